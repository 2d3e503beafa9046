//! The shop's deepest query: what the gateway tells of its calls is what its sources were asked, and that is little.

use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use axum::Router;
use axum::extract::RawQuery;
use axum::routing::get;
use serde_json::{Value as Json, json};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};
use tributary::config::{self, Environment};
use tributary::gateway::{Debug, Gateway};
use tributary::graphql::Request;
use tributary::schema;
use tributary::source::connect;

use crate::postgres_cluster::{connect as connect_to, new_database};

const DEEP: &str = "{
  customers(first: 100) {
    name
    orders(first: 100) {
      total
      customer { city }
      product { name rating { average } reviews { stars } seller { name products(first: 100) { id rating { count } reviews { text } } } }
    }
  }
}";

/// A review service that counts its calls and refuses more than a hundred products in one.
async fn reviews(calls: Arc<AtomicUsize>) -> String {
    let answer = move |RawQuery(query): RawQuery| {
        calls.fetch_add(1, Ordering::Relaxed);
        let products: Vec<String> =
            query.unwrap_or_default().trim_start_matches("product=").split(',').map(ToOwned::to_owned).collect();
        assert!(products.len() <= 100, "{products:?}");
        let review = |product: &String| json!({ "product": product, "id": product, "stars": 5, "text": "Good.", "author": { "name": "A" } });
        let summary = |product: &String| json!({ "product": product, "average": 5.0, "count": 1 });
        let reviews: Vec<Json> = products.iter().map(review).collect();
        let summaries: Vec<Json> = products.iter().map(summary).collect();
        async move { json!({ "reviews": reviews, "summaries": summaries }).to_string() }
    };
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let address = listener.local_addr().expect("an address");
    tokio::spawn(async move { axum::serve(listener, Router::new().route("/reviews", get(answer))).await });
    format!("http://{address}")
}

/// A way to PostgreSQL that counts the statements which are run on it (`Bind` of the protocol, section 55.7).
async fn counted(url: &str, statements: Arc<AtomicUsize>) -> String {
    let server = url.split('@').next_back().and_then(|rest| rest.split('/').next()).expect("a host").to_owned();
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let address = listener.local_addr().expect("an address").to_string();
    let to = server.clone();
    tokio::spawn(async move {
        while let Ok((client, _)) = listener.accept().await {
            let server = TcpStream::connect(&to).await.expect("the server");
            let (mut from_client, mut to_client) = client.into_split();
            let (mut from_server, mut to_server) = server.into_split();
            tokio::spawn(async move { tokio::io::copy(&mut from_server, &mut to_client).await });
            let statements = Arc::clone(&statements);
            tokio::spawn(async move {
                // The first message has no type.
                let mut first = true;
                loop {
                    let kind = if first { None } else { from_client.read_u8().await.ok() };
                    let Ok(length) = from_client.read_u32().await else { return };
                    if kind == Some(b'B') {
                        statements.fetch_add(1, Ordering::Relaxed);
                    }
                    let mut message: Vec<u8> = kind.into_iter().chain(length.to_be_bytes()).collect();
                    let start = message.len();
                    message.resize(start + length as usize - 4, 0);
                    if from_client.read_exact(&mut message[start..]).await.is_err()
                        || to_server.write_all(&message).await.is_err()
                    {
                        return;
                    }
                    first = false;
                }
            });
        }
    });
    url.replace(&server, &address)
}

#[tokio::test(flavor = "multi_thread")]
async fn the_deepest_query_makes_few_calls() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let shop = std::fs::read_to_string(root.join("src/cli/demo/shop.sql")).expect("the shop");
    let database = new_database().await;
    connect_to(&database).await.batch_execute(&shop).await.expect("the shop's tables");
    let (statements, calls) = (Arc::new(AtomicUsize::new(0)), Arc::new(AtomicUsize::new(0)));
    let database = counted(&database, Arc::clone(&statements)).await;
    let service = reviews(Arc::clone(&calls)).await;
    let environment = Environment::new(move |name| match name {
        "DATABASE_URL" => Some(database.clone()),
        "REVIEWS_URL" => Some(service.clone()),
        _ => None,
    });
    let config = config::load(&root.join("schema.graphql"), &environment);
    let config = config.map_err(|mistakes| mistakes.render(false)).expect("a schema");
    let (schema, _) = schema::build(&config).map_err(|mistakes| mistakes.render(false)).expect("a right one");
    let schema = Arc::new(schema);
    let gateway = Gateway::new(Arc::clone(&schema), connect(&schema).expect("sources"), Debug::Hidden);
    let ask = || async {
        let request = Request { query: DEEP.to_owned(), trace: true, ..Request::default() };
        let response = gateway.execute(request).await;
        serde_json::from_slice::<Json>(&response.body).expect("JSON")
    };
    let _ = ask().await;
    let (before, calls_before) = (statements.load(Ordering::Relaxed), calls.load(Ordering::Relaxed));
    let response = ask().await;
    assert_eq!(response["errors"], Json::Null);
    let (ran, asked) = (statements.load(Ordering::Relaxed) - before, calls.load(Ordering::Relaxed) - calls_before);

    let sources = response["extensions"]["sources"].as_array().expect("a trace");
    let of = |name: &str| sources.iter().find(|source| source["source"] == name).expect("it was asked");
    let fetches = of("shop")["fetches"].as_array().expect("fetches");
    assert_eq!(fetches.len(), 6, "{fetches:?}");
    assert!(fetches.iter().all(|fetch| fetch["calls"] == 1), "{fetches:?}");
    assert_eq!(ran, 6, "statements that PostgreSQL was sent");

    let mut most = 0;
    for fetch in of("reviews")["fetches"].as_array().expect("fetches") {
        let keys = fetch["keys"].as_u64().expect("a number");
        let made = fetch["calls"].as_u64().expect("a number") + fetch["hits"].as_u64().expect("a number");
        assert_eq!(made, keys.div_ceil(100), "{fetch}");
        most = most.max(keys);
    }
    assert!(most >= 190, "{most} products");
    assert_eq!(of("reviews")["calls"].as_u64(), Some(asked as u64), "calls that the service was sent");
    assert!(asked <= 4, "{asked}");
}
