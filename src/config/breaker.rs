//! `tributary__Breaker`: when a source that keeps failing is no longer called, as it was written.

use std::time::Duration;

use super::Written;
use super::arguments::Arguments;
use super::reader::Reader;

/// `breaker` as it was written.
#[derive(Debug)]
pub struct BreakerObject {
    /// `failureRate`.
    pub failure_rate: Option<Written<f64>>,
    /// `minCalls`.
    pub min_calls: Option<usize>,
    /// `window`.
    pub window: Option<Written<Duration>>,
    /// `cooldown`.
    pub cooldown: Option<Written<Duration>>,
}

/// Reads it; nothing where it was not written.
pub(super) fn read_breaker(reader: &mut Reader<'_>, owner: &Arguments<'_>) -> Option<BreakerObject> {
    let arguments = owner.object(reader, "breaker")?;
    Some(BreakerObject {
        failure_rate: arguments.share(reader, "failureRate"),
        min_calls: arguments.count(reader, "minCalls", 1),
        window: arguments.duration(reader, "window"),
        cooldown: arguments.duration(reader, "cooldown"),
    })
}
