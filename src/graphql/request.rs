//! A GraphQL request as a transport hands it over. What it means is found out in `operation`.

use std::time::Duration;

use super::Value;

/// A request (specification, section 6.1).
#[derive(Debug, Clone, Default)]
pub struct Request {
    /// The document.
    pub query: String,
    /// Which of its operations is meant. An empty name is the name of none.
    pub operation_name: Option<String>,
    /// Raw variable values: an object, or nothing.
    pub variables: Option<Value>,
    /// The client's headers, for templates and forwarding.
    pub headers: Headers,
    /// How long the client is ready to wait; the gateway's own deadline bounds it.
    pub timeout: Option<Duration>,
    /// Whether only queries are allowed (a GET).
    pub read_only: bool,
    /// Whether the response is to tell what was fetched, and when.
    pub trace: bool,
    /// Whether the operation is to be explained and not executed, and how many items each list is taken to have.
    pub explain: Option<u64>,
}

/// The headers of a client: names in lower case, in the order in which they came.
#[derive(Debug, Clone, Default)]
pub struct Headers(pub Vec<(Box<str>, Box<str>)>);

impl Headers {
    /// The first value under a name, which is compared without regard to case.
    #[must_use]
    pub fn get(&self, name: &str) -> Option<&str> {
        self.0.iter().find(|(key, _)| key.eq_ignore_ascii_case(name)).map(|(_, value)| &**value)
    }
}
