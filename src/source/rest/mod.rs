//! REST sources: HTTP calls over connections of hyper's. A binding and a key are rendered to a
//! [`call::Call`]; the call is sent, and its answer read within bounds. Nothing here retries but the one race that no
//! server can avoid (see `send`), and nothing here caches.

mod answer;
mod batch;
mod body;
mod call;
mod classify;
mod connection;
mod connector;
mod headers;
mod origin;
mod paced;
mod pairs;
mod parents;
mod path;
mod pool;
mod read;
mod redirect;
mod render;
mod resolver;
mod rest_source;
mod send;
mod text;
mod tls;
mod transport;
mod unfold;
mod url_room;

pub use rest_source::RestSource;
