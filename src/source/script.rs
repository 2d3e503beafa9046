//! A script that stands in for the network, so that a test can say what each source answers and when, and see what it
//! was asked. Everything around the wire (templates, limits, deadlines, decoding) stays the real thing.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;

use super::{Failure, Rows};

/// One call in words.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ScriptedCall {
    /// The name of the source.
    pub source: Arc<str>,
    /// `GET /reviews?id=1`, with headers and body on further lines; or the statement as sent, with its parameters as a
    /// JSON array on a further line.
    pub words: String,
}

/// What the script answers.
#[derive(Debug)]
pub enum ScriptedAnswer {
    /// An HTTP answer.
    Http {
        /// Its status.
        status: u16,
        /// Its body.
        body: Bytes,
    },
    /// Rows of a statement.
    Rows(Rows),
    /// A call that fails.
    Failure(Failure),
    /// Nothing, ever.
    Hang,
}

/// Answers calls after a delay on the runtime's clock.
#[derive(Clone)]
pub struct Script(Arc<AnswerCall>);

type AnswerCall = dyn Fn(&ScriptedCall) -> (Duration, ScriptedAnswer) + Send + Sync;

impl Script {
    /// A script from a function, which is asked once for each call, at the moment when it would be sent.
    pub fn new(answer: impl Fn(&ScriptedCall) -> (Duration, ScriptedAnswer) + Send + Sync + 'static) -> Script {
        Script(Arc::new(answer))
    }

    /// Answers one call; never ends where the script says so.
    pub async fn answer(&self, call: &ScriptedCall) -> ScriptedAnswer {
        let (delay, answer) = (self.0)(call);
        if !delay.is_zero() {
            tokio::time::sleep(delay).await;
        }
        match answer {
            ScriptedAnswer::Hang => std::future::pending().await,
            answer => answer,
        }
    }
}

impl fmt::Debug for Script {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("Script")
    }
}
