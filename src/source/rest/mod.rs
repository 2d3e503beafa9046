//! REST sources: HTTP calls through reqwest, the only place that knows it.

use std::sync::Arc;

use futures_util::StreamExt as _;

use super::{Fetch, FetchResults, Script};
use crate::schema::{RestTarget, SourceDefinition, SourceId};

/// One HTTP service.
#[derive(Debug)]
pub struct RestSource;

impl RestSource {
    /// Makes a client for a service; connects with the first call.
    ///
    /// # Errors
    /// What is wrong with the definition, without secrets.
    pub fn connect(_id: SourceId, _definition: &SourceDefinition, _target: &RestTarget) -> Result<RestSource, String> {
        Ok(RestSource)
    }

    /// A service that answers from a script.
    ///
    /// # Errors
    /// As for [`RestSource::connect`].
    pub fn scripted(
        _id: SourceId,
        _definition: &SourceDefinition,
        _target: &RestTarget,
        _script: Script,
    ) -> Result<RestSource, String> {
        Ok(RestSource)
    }

    /// One call for each key.
    pub fn fetch(self: Arc<Self>, _fetch: Fetch) -> FetchResults {
        futures_util::stream::empty().boxed()
    }
}
