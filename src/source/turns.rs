//! The turns of one operation: its calls wait for each other before they ask for a place of a source. A source's queue
//! is there for operations that meet; without turns a single wide one would fill it by itself and be refused.

use std::sync::{Arc, Mutex, PoisonError};

use ahash::AHashMap;
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

use super::{Cause, Detail, Failure, Place, Places};
use crate::schema::SourceId;

/// The turns at each source that was called.
#[derive(Debug, Default)]
pub struct Turns(Mutex<AHashMap<SourceId, Arc<Semaphore>>>);

/// A place in use in one's turn; both are free again when this is dropped.
#[derive(Debug)]
pub struct Turn {
    _place: Place,
    _permit: OwnedSemaphorePermit,
}

impl Turns {
    /// Waits until fewer calls of the operation than the source has places are under way, then for a place. The
    /// caller's deadline ends both.
    ///
    /// # Errors
    /// As for [`Places::take`].
    pub async fn take(&self, source: SourceId, places: &Places) -> Result<Turn, Failure> {
        let permit = self.at(source, places).acquire_owned().await;
        let permit = permit.map_err(|closed| Failure::unsent(Cause::Overloaded, Detail::of(&closed)))?;
        Ok(Turn { _place: places.take().await?, _permit: permit })
    }

    fn at(&self, source: SourceId, places: &Places) -> Arc<Semaphore> {
        let mut turns = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        Arc::clone(turns.entry(source).or_insert_with(|| Arc::new(Semaphore::new(places.concurrency()))))
    }
}
