//! A start while sources are down: what needs none of them is served, their fields say what is wrong, and all is well as soon
//! as they come.

use std::fs;
use std::net::TcpListener;
use std::time::{Duration, Instant};

use crate::postgres_cluster::Cluster;
use crate::program::{Client, Serving, tributary};
use crate::rest_server::{Behaviour, RestServer};

const WELL: &str = "{\"data\":{\"here\":1,\"row\":7,\"thing\":2}}";

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn o17_a_start_without_sources_serves_the_rest_and_heals() {
    let (cluster, database) = tokio::task::spawn_blocking(Cluster::start).await.expect("a cluster");
    let cluster = tokio::task::spawn_blocking(move || {
        cluster.crash();
        cluster
    });
    let cluster = cluster.await.expect("crashed");
    let nobody = TcpListener::bind("127.0.0.1:0").and_then(|listener| listener.local_addr()).expect("a free port");
    let schema = format!(
        "schema @source(name: \"db\", sql: {{url: \"{database}\"}}) @source(name: \"up\", rest: {{url: \"http://{nobody}\"}}) {{
           query: Query
         }}
         type Query {{ here: Int @value(of: 1) row: Int @sql(query: \"select 7\") thing: Int @rest(get: \"/thing\") }}"
    );
    let serving = tokio::task::spawn_blocking(move || {
        let folder = tempfile::tempdir().expect("a folder");
        fs::write(folder.path().join("schema.graphql"), schema).expect("written");
        let serving = Serving::start(tributary(&["serve", "--listen", "127.0.0.1:0"]).current_dir(folder.path()));
        let mut client = Client::connect(&serving.address);
        assert_eq!(client.query("{ here }").1, "{\"data\":{\"here\":1}}");
        assert_eq!(client.get("/health/ready").0, "HTTP/1.1 200 OK");
        let asked = Instant::now();
        let answer = client.query("{ here row thing }").1;
        assert!(answer.starts_with("{\"data\":{\"here\":1,\"row\":null,\"thing\":null}"), "{answer}");
        assert_eq!(answer.matches("SOURCE_UNAVAILABLE").count(), 2, "{answer}");
        assert!(asked.elapsed() < Duration::from_millis(1_250), "{:?}", asked.elapsed());
        serving
    });
    let serving = serving.await.expect("served");
    let thing = RestServer::start_at(&nobody.to_string()).await;
    thing.on("/thing", Behaviour::Json("2".to_owned()));
    let healed = tokio::task::spawn_blocking(move || {
        let half = |answer: &str| answer.starts_with("{\"data\":{\"here\":1,\"row\":null,\"thing\":2}");
        assert!(half(&Client::connect(&serving.address).query("{ here row thing }").1), "one heals without the other");
        cluster.resume();
        let back = Instant::now();
        let mut client = Client::connect(&serving.address);
        serving.wait_until("the database is found again", |_| client_says(&serving.address, WELL));
        assert!(back.elapsed() < Duration::from_secs(1), "{:?}", back.elapsed());
        assert_eq!(client.query("{ here row thing }").1, WELL);
        let mut serving = serving;
        drop(client);
        assert_eq!(serving.terminate(), Some(0));
    });
    healed.await.expect("all is well");
}

fn client_says(address: &str, answer: &str) -> bool {
    Client::connect(address).query("{ here row thing }").1 == answer
}
