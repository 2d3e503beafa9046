//! The parts of an operation: an answer decoded; an answer decoded, completed and written; that with a hundred calls rendered from
//! templates; a plan made. `cargo bench --bench parts`; with `-- --save-baseline NAME` and `-- --baseline NAME` before and
//! after a change.

use std::hint::black_box;

use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use tributary::operation::{Operation, VariableValues};
use tributary::plan;
use tributary::source::{Projection, Property, Wanted, WantedItem, decode_body};

mod posts;

use posts::{POSTS, execute, gateway, runtime, schema};

/// Ten fields, one of which is fetched for each of its parents.
const USERS: &str = "{ posts { id userId title body user { id name email } } __typename }";

/// What `{ posts { id title } }` wants.
fn wanted() -> Wanted {
    let leaf = |name: &str| Property { name: name.into(), wanted: Wanted { list_depth: 0, item: WantedItem::Leaf } };
    Wanted { list_depth: 1, item: WantedItem::Object(Projection::new(vec![leaf("id"), leaf("title")])) }
}

fn decode(criterion: &mut Criterion) {
    let (body, wanted) = (posts::posts(), wanted());
    let mut group = criterion.benchmark_group("decode");
    group.throughput(Throughput::Bytes(body.len() as u64));
    group.bench_function("100 posts by 2 of their 4 properties", |bencher| {
        bencher.iter(|| decode_body(black_box(&body), &[], &wanted).expect("posts"));
    });
}

fn complete(criterion: &mut Criterion) {
    let (runtime, gateway) = (runtime(), gateway());
    let mut group = criterion.benchmark_group("decode and complete");
    group.throughput(Throughput::Bytes(posts::posts().len() as u64));
    group.bench_function("100 posts", |bencher| bencher.iter(|| execute(&runtime, &gateway, POSTS)));
}

fn template(criterion: &mut Criterion) {
    let (runtime, gateway) = (runtime(), gateway());
    criterion.bench_function("template: 101 calls, each rendered, made and answered", |bencher| {
        bencher.iter(|| execute(&runtime, &gateway, USERS));
    });
}

fn plan(criterion: &mut Criterion) {
    let schema = schema();
    let variables = VariableValues::default();
    criterion.bench_function("plan: a query of 10 fields, from its text", |bencher| {
        bencher.iter(|| {
            let operation = Operation::parse(&schema, black_box(USERS), None).expect("it is right");
            plan::build(&schema, &operation, &variables).expect("it can be planned")
        });
    });
}

criterion_group!(parts, decode, complete, template, plan);
criterion_main!(parts);
