//! What a team writes by hand where there is no gateway: handlers for exactly the operations of the contest, with axum,
//! reqwest and a fast JSON library, and no GraphQL in them. Beside them the service that answers slowly.
//!
//! `cargo build --release --example floor`; `contest.py` starts it as `floor WEB`, the address of the services. It prints
//! the address at which it listens.

use std::borrow::Cow;
use std::collections::HashMap;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use axum::Router;
use axum::body::Bytes;
use axum::extract::{Path, State};
use axum::http::header::CONTENT_TYPE;
use axum::response::IntoResponse;
use axum::routing::{get, post};
use futures_util::future::join_all;
use serde::{Deserialize, Serialize};
use tokio::net::TcpListener;

/// As the gateway has it, so that the allocator decides nothing.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

/// What clients get.
const JSON: [(axum::http::HeaderName, &str); 1] = [(CONTENT_TYPE, "application/json; charset=utf-8")];

/// Headers and body.
type Answer = ([(axum::http::HeaderName, &'static str); 1], Vec<u8>);

#[derive(Clone)]
struct Services {
    client: reqwest::Client,
    web: String,
}

#[derive(Serialize, Deserialize)]
struct Title<'a> {
    #[serde(borrow)]
    title: Cow<'a, str>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Post<'a> {
    id: u32,
    user_id: u32,
    #[serde(borrow)]
    title: Cow<'a, str>,
}

#[derive(Serialize, Deserialize)]
struct User<'a> {
    id: u32,
    #[serde(borrow)]
    name: Cow<'a, str>,
    #[serde(borrow)]
    email: Cow<'a, str>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct PostWithUser<'a> {
    id: u32,
    user_id: u32,
    title: &'a str,
    user: Option<&'a User<'a>>,
}

#[derive(Serialize)]
struct Response<T> {
    data: Posts<T>,
}

#[derive(Serialize)]
struct Posts<T> {
    posts: Vec<T>,
}

impl Services {
    async fn fetch(&self, path: &str) -> Bytes {
        let response = self.client.get(format!("{}{path}", self.web)).send().await.expect("the service answers");
        response.bytes().await.expect("a whole answer")
    }
}

fn respond<T: Serialize>(posts: Vec<T>) -> Answer {
    (JSON, sonic_rs::to_vec(&Response { data: Posts { posts } }).expect("it can be written"))
}

/// `{ posts { title } }`
async fn titles(State(services): State<Services>, _request: Bytes) -> Answer {
    let body = services.fetch("/posts").await;
    let posts: Vec<Title<'_>> = sonic_rs::from_slice(&body).expect("posts");
    respond(posts)
}

/// `{ posts { id userId title user { id name email } } }`, with one call for each user.
async fn users(State(services): State<Services>, _request: Bytes) -> Answer {
    let body = services.fetch("/posts").await;
    let posts: Vec<Post<'_>> = sonic_rs::from_slice(&body).expect("posts");
    let ids = users_of(&posts);
    let paths: Vec<String> = ids.iter().map(|id| format!("/users/{id}")).collect();
    let bodies = join_all(paths.iter().map(|path| services.fetch(path))).await;
    let users = bodies.iter().map(|body| sonic_rs::from_slice::<User<'_>>(body).expect("a user"));
    let users: HashMap<u32, User<'_>> = users.map(|user| (user.id, user)).collect();
    respond(with_users(&posts, &users))
}

/// The same with one call for all users.
async fn users_at_once(State(services): State<Services>, _request: Bytes) -> Answer {
    let body = services.fetch("/posts").await;
    let posts: Vec<Post<'_>> = sonic_rs::from_slice(&body).expect("posts");
    let ids = users_of(&posts);
    let query: Vec<String> = ids.iter().map(|id| format!("id={id}")).collect();
    let body = services.fetch(&format!("/users?{}", query.join("&"))).await;
    let users: Vec<User<'_>> = sonic_rs::from_slice(&body).expect("users");
    let users: HashMap<u32, User<'_>> = users.into_iter().map(|user| (user.id, user)).collect();
    respond(with_users(&posts, &users))
}

/// The distinct users of posts.
fn users_of(posts: &[Post<'_>]) -> Vec<u32> {
    let mut ids: Vec<u32> = posts.iter().map(|post| post.user_id).collect();
    ids.sort_unstable();
    ids.dedup();
    ids
}

fn with_users<'a>(posts: &'a [Post<'a>], users: &'a HashMap<u32, User<'a>>) -> Vec<PostWithUser<'a>> {
    posts
        .iter()
        .map(|post| PostWithUser {
            id: post.id,
            user_id: post.user_id,
            title: &post.title,
            user: users.get(&post.user_id),
        })
        .collect()
}

/// `{ greet }`
async fn greet() -> impl IntoResponse {
    (JSON, r#"{"data":{"greet":"hello"}}"#)
}

/// How many slow calls there were.
static SLOW_CALLS: AtomicUsize = AtomicUsize::new(0);

/// A call that takes so many milliseconds.
async fn slow(Path(milliseconds): Path<u64>) -> impl IntoResponse {
    SLOW_CALLS.fetch_add(1, Ordering::Relaxed);
    tokio::time::sleep(Duration::from_millis(milliseconds)).await;
    (JSON, format!(r#"{{"took":{milliseconds}}}"#))
}

#[tokio::main]
async fn main() {
    let web = std::env::args().nth(1).expect("the address of the services");
    // Nothing here is secure, but a client cannot be made without saying how it would be.
    let _ = rustls::crypto::ring::default_provider().install_default();
    let services = Services { client: reqwest::Client::new(), web };
    let router = Router::new()
        .route("/titles", post(titles))
        .route("/users", post(users))
        .route("/users-at-once", post(users_at_once))
        .route("/greet", post(greet))
        .route("/slow", get(async || SLOW_CALLS.load(Ordering::Relaxed).to_string()))
        .route("/slow/{milliseconds}", get(slow))
        .with_state(services);
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("an address");
    println!("http://{}", listener.local_addr().expect("it listens"));
    axum::serve(listener, router).await.expect("it serves");
}
