//! A call, rendered: exactly what will be sent, but for what every call of a source carries. No template is left in it.

use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use hyper::header::{HeaderName, HeaderValue};

use crate::schema::{Method, SourceId};
use crate::source::{CallKey, ScriptedCall};

/// One HTTP call.
#[derive(Debug, Clone)]
pub(super) struct Call {
    /// The method.
    pub method: Method,
    /// Path and query below the source's URL, percent-encoded: `/x?y=z`.
    pub target: String,
    /// The binding's, the source's and the forwarded headers.
    pub headers: Vec<(HeaderName, HeaderValue)>,
    /// What is sent.
    pub body: Option<Body>,
}

/// What is sent, and its media type.
#[derive(Debug, Clone)]
pub(super) struct Body {
    /// The value of `content-type` where no header says otherwise.
    pub media_type: &'static str,
    /// The bytes.
    pub bytes: Bytes,
}

impl Call {
    /// What makes this call the same as another one: all that can change its answer. The time left is not part of it.
    pub fn key(&self, source: SourceId, timeout: Duration) -> CallKey {
        let mut words = self.head();
        if let Some(body) = &self.body {
            // Exactly, so that a large body is not copied once more when the room that is left over is given back.
            words.reserve_exact(body.media_type.len() + body.bytes.len() + 2);
            words.push(b'\n');
            words.extend_from_slice(body.media_type.as_bytes());
            words.push(b'\n');
            words.extend_from_slice(&body.bytes);
        }
        CallKey { source, timeout, words: words.into() }
    }

    /// The call as a script sees it.
    pub fn scripted(&self, source: &Arc<str>) -> ScriptedCall {
        let mut words = self.head();
        words.pop();
        if let Some(body) = &self.body {
            words.push(b'\n');
            words.extend_from_slice(&body.bytes);
        }
        ScriptedCall { source: Arc::clone(source), words: String::from_utf8_lossy(&words).into_owned() }
    }

    /// The request line and the headers, a line each. No value holds a line break, so that no two calls look the same.
    fn head(&self) -> Vec<u8> {
        let mut head = Vec::with_capacity(self.target.len() + 16 + self.headers.len() * 48);
        head.extend_from_slice(self.method.name().as_bytes());
        head.push(b' ');
        head.extend_from_slice(self.target.as_bytes());
        head.push(b'\n');
        for (name, value) in &self.headers {
            head.extend_from_slice(name.as_str().as_bytes());
            head.extend_from_slice(b": ");
            head.extend_from_slice(value.as_bytes());
            head.push(b'\n');
        }
        head
    }
}
