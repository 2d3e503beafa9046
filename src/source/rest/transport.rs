//! The two ways in which a call leaves: over the network, or to a script that stands in for it. What the answer means
//! is decided the same way for both.

use std::sync::Arc;

use bytes::Bytes;

use super::call::Call;
use super::send::{HttpService, Sending};
use crate::source::{CallAnswer, CallResult, Cause, Detail, Failure, Script, ScriptedAnswer};

/// How calls leave.
#[derive(Debug)]
pub(super) enum Transport {
    /// Over the network.
    Http(Box<HttpService>),
    /// To a script.
    Scripted(ScriptedService),
}

/// A service that a script plays.
#[derive(Debug)]
pub(super) struct ScriptedService {
    /// The name of the source.
    pub name: Arc<str>,
    /// Who answers.
    pub script: Script,
    /// Largest answer in bytes.
    pub max_answer: u64,
}

impl Transport {
    /// Makes a call.
    ///
    /// # Errors
    /// Whatever can go wrong with a call, `Status` for what is not 2xx, but not its deadline, which is the caller's
    /// business.
    pub async fn send(&self, call: &Call, sending: &Sending) -> CallResult {
        let (status, body) = match self {
            Transport::Http(service) => service.send(call, sending).await?,
            Transport::Scripted(service) => service.send(call, sending).await?,
        };
        Ok(CallAnswer::Http { status, body })
    }
}

impl ScriptedService {
    async fn send(&self, call: &Call, sending: &Sending) -> Result<(u16, Bytes), Failure> {
        sending.progress.attempt();
        let fail = |cause| Err(Failure::unsent(cause, Detail::new("the script said so")));
        match self.script.answer(&call.scripted(&self.name)).await {
            ScriptedAnswer::Http { status, .. } if !(200..300).contains(&status) => fail(Cause::Status(status)),
            ScriptedAnswer::Http { body, .. } if body.len() as u64 > self.max_answer => {
                fail(Cause::TooLarge(self.max_answer))
            }
            ScriptedAnswer::Http { status, body } => Ok((status, body)),
            ScriptedAnswer::Failure(failure) => Err(failure),
            ScriptedAnswer::Rows(_) | ScriptedAnswer::Hang => fail(Cause::Internal),
        }
    }
}
