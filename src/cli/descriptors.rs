//! How many descriptors the process may have: as many as the system lets it, and clients get no more of them than leave
//! some for sources. A server that gave all of them to clients could not fetch anything for them.

use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};

use crate::server::ServerSettings;

/// Raises the limit as far as it goes, and lets no more clients in than it has room for.
pub(super) fn within_descriptors(mut settings: ServerSettings) -> ServerSettings {
    if let Some(limit) = raised_limit() {
        let places = places_for_clients(limit);
        if places < settings.max_connections {
            tracing::warn!(descriptors = limit, connections = places, "few descriptors, so few clients at once");
            settings.max_connections = places;
        }
    }
    settings
}

/// The limit, raised to what it can be raised to; nothing where there is none.
fn raised_limit() -> Option<u64> {
    let Rlimit { current, maximum } = getrlimit(Resource::Nofile);
    // Where it cannot be raised, it stays what it is.
    let is_raised = current != maximum && setrlimit(Resource::Nofile, Rlimit { current: maximum, maximum }).is_ok();
    if is_raised { maximum } else { current }
}

/// Three quarters: the rest is for sources, probes, files and the log.
fn places_for_clients(limit: u64) -> usize {
    usize::try_from(limit / 4 * 3).unwrap_or(usize::MAX).max(1)
}

#[cfg(test)]
mod tests {
    use super::places_for_clients;

    #[test]
    fn a_quarter_is_left_for_sources() {
        assert_eq!(
            [0, 3, 256, 1024, u64::MAX].map(places_for_clients).map(|places| places.min(10_000)),
            [1, 1, 192, 768, 10_000]
        );
    }
}
