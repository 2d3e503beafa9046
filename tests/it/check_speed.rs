//! How long a schema is checked: what it holds twice of takes twice as long, whatever its shape and however many mistakes
//! stand in it.

use std::fmt::Write as _;
use std::path::Path;
use std::time::{Duration, Instant};

use tributary::config::{self, Diagnostics, Environment, SourceFile};
use tributary::schema;

const SOURCES: &str = r#"
extend schema
  @source(name: "shop", sql: { url: "sqlite::memory:" })
  @source(name: "api", rest: { url: "http://127.0.0.1:1" })
"#;

/// One type with so many fields, each with a template that names another one.
fn one_big_type(fields: usize) -> String {
    let mut text = format!("{SOURCES}type Query {{ big: Big @rest(get: \"/big\") }}\ntype Big {{\n  id: ID\n");
    for number in 0..fields {
        let _ = writeln!(text, "  field{number}(first: Int): String @rest(get: \"/a/{{parent.id}}?n={{args.first}}\")");
    }
    text + "}\n"
}

/// So many fields in types of four.
fn many_small_types(fields: usize) -> String {
    let mut text = format!("{SOURCES}type Query {{ first: Type0 @rest(get: \"/first\") }}\n");
    for number in 0..fields / 4 {
        let next = (number + 1) % (fields / 4);
        let _ = writeln!(
            text,
            "\"One of many.\"\ntype Type{number} implements Node {{\n  id: ID!\n  name: String @from(path: \"a.b\")\n  \
             next: Type{next} @rest(get: \"/next/{{parent.id}}\", timeout: \"1s\")\n  \
             list: [Type{next}!] @sql(query: \"select id, name from next where id = {{parent.id}}\")\n}}"
        );
    }
    text + "interface Node { id: ID! }\n"
}

/// So many interfaces, each with one type.
fn many_interfaces(amount: usize) -> String {
    let mut text = format!("{SOURCES}type Query {{ a: Face0 @rest(get: \"/a\") }}\n");
    for number in 0..amount {
        let _ = writeln!(
            text,
            "interface Face{number} {{ id: ID! }}\ntype Type{number} implements Face{number} {{ id: ID! }}"
        );
    }
    text
}

/// A field of one big type that needs the next one, and the last one the first.
fn one_long_circle(fields: usize) -> String {
    let mut text = format!("{SOURCES}type Query {{ big: Big @rest(get: \"/big\") }}\ntype Big {{\n");
    for number in 0..fields {
        let next = (number + 1) % fields;
        let _ = writeln!(text, "  field{number}: ID @rest(get: \"/a/{{parent.field{next}}}\")");
    }
    text + "}\n"
}

/// Each field names a field of its parent that there is not.
fn many_wrong_fields(fields: usize) -> String {
    one_big_type(fields).replace("{parent.id}", "{parent.feild1}")
}

/// The same in a single line.
fn one_long_line(fields: usize) -> String {
    many_wrong_fields(fields).replace('\n', " ")
}

/// Each field names a type that there is not.
fn many_wrong_types(fields: usize) -> String {
    many_small_types(fields).replace("next: Type", "next: Tipe").replace("[Type", "[Tpye")
}

/// Each field has an argument that its directive has not.
fn many_wrong_arguments(fields: usize) -> String {
    one_big_type(fields).replace("get:", "gett:")
}

/// Each field stands there twice.
fn many_duplicates(fields: usize) -> String {
    let text = one_big_type(fields / 2);
    let (start, body) = text.split_once("type Big").expect("there");
    format!("{start}type Big{}{}", body.trim_end_matches("}\n"), body.trim_start_matches(" {\n"))
}

fn check(text: &str) -> (Duration, Diagnostics) {
    let files = vec![SourceFile { name: "schema.graphql".to_owned(), text: text.to_owned() }];
    let started = Instant::now();
    let config = config::parse(files, Path::new("."), &Environment::new(|_| None)).expect("parsed");
    let told = match schema::build(&config) {
        Ok((_, warnings)) => warnings,
        Err(errors) => errors,
    };
    let _ = (told.render(false), told.to_json());
    (started.elapsed(), told)
}

/// A schema of a shape, with so many fields.
type Shape = fn(usize) -> String;

const SHAPES: [(&str, Shape); 9] = [
    ("one big type", one_big_type),
    ("many small types", many_small_types),
    ("many interfaces", many_interfaces),
    ("one long circle", one_long_circle),
    ("many wrong fields", many_wrong_fields),
    ("many wrong fields in a line", one_long_line),
    ("many wrong types", many_wrong_types),
    ("many wrong arguments", many_wrong_arguments),
    ("many duplicates", many_duplicates),
];

/// The shorter of two tries.
fn time(text: &str) -> Duration {
    check(text).0.min(check(text).0)
}

/// Four times the fields take four times as long; where each looked at each other one they would take sixteen times.
#[test]
fn a_check_takes_as_long_as_the_schema_is_large() {
    for (name, shape) in SHAPES {
        let (small, large) = (time(&shape(1_500)), time(&shape(6_000)));
        assert!(large < small * 9, "{name}: {small:?} for 1,500 fields, {large:?} for 6,000");
    }
}

/// The limit of a release build is 100 ms; an unoptimised one needs three times as much here, and has ten times.
#[test]
fn two_thousand_fields_are_checked_before_anyone_waits() {
    let limit = Duration::from_millis(if cfg!(debug_assertions) { 1_500 } else { 100 });
    for (name, shape) in SHAPES {
        let took = time(&shape(2_000));
        assert!(took < limit, "{name}: {took:?}");
    }
}

#[test]
fn every_shape_is_what_it_says() {
    for (name, shape) in SHAPES {
        let (_, told) = check(&shape(400));
        let is_wrong = name.contains("wrong") || name.contains("duplicates");
        let expected = if is_wrong { 50 } else { usize::from(name.contains("circle")) };
        assert_eq!(told.iter().count(), expected, "{name}: {told}");
    }
}
