//! The faults that one source has on purpose, and which of its attempts meet one. They stand where the wire is: retry,
//! breaker, places and deadlines are above, and take a fault for the real thing.

use std::sync::atomic::{AtomicU64, Ordering};

use bytes::Bytes;

use super::{CallAnswer, CallResult, Cause, Deadline, Detail, Failure, FaultKind, Progress, Reason};

/// What a proxy says that knows no better.
const HTML: &[u8] = b"<!doctype html><title>502 Bad Gateway</title><h1>502 Bad Gateway</h1>";

/// The faults of one source, in their order.
#[derive(Debug)]
pub struct SourceFaults {
    chances: Vec<Chance>,
    /// How many attempts there have been.
    attempts: AtomicU64,
}

#[derive(Debug)]
struct Chance {
    kind: FaultKind,
    share: f64,
    seed: u64,
}

/// What one attempt meets; mostly nothing.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[must_use]
pub struct Meeting(Option<FaultKind>);

impl SourceFaults {
    /// The faults of the source of this name, each with its share of the attempts.
    #[must_use]
    pub fn new(source: &str, faults: impl IntoIterator<Item = (FaultKind, f64)>, seed: u64) -> SourceFaults {
        // A source's decisions are its own: those of another one, or another fault, say nothing of them.
        let of_source = source.bytes().fold(mixed(seed), |mix, byte| mixed(mix ^ u64::from(byte)));
        let chances = faults.into_iter().zip(1_u64..);
        let chances =
            chances.map(|((kind, share), place)| Chance { kind, share, seed: mixed(of_source.wrapping_add(place)) });
        SourceFaults { chances: chances.collect(), attempts: AtomicU64::new(0) }
    }

    /// What the next attempt meets: each fault has its own chance, and the first one that hits is it. It depends on the
    /// seed, the source's name, and the number of the attempt, and on nothing else.
    pub fn next(&self) -> Meeting {
        let number = self.attempts.fetch_add(1, Ordering::Relaxed);
        Meeting(self.chances.iter().find(|chance| chance.hits(number)).map(|chance| chance.kind))
    }
}

impl Chance {
    fn hits(&self, number: u64) -> bool {
        #[expect(clippy::cast_precision_loss, reason = "53 bits are what a double holds")]
        let drawn = (mixed(self.seed ^ mixed(number)) >> 11) as f64 / (1_u64 << 53) as f64;
        drawn < self.share
    }
}

/// What an attempt of a source meets that has perhaps no faults.
pub fn meeting(faults: Option<&SourceFaults>) -> Meeting {
    faults.map_or(Meeting(None), SourceFaults::next)
}

impl Meeting {
    /// What comes back instead of an answer, where the source gets no call.
    #[must_use]
    pub fn instead(self, progress: &Progress) -> Option<CallResult> {
        let answer = match self.0? {
            FaultKind::Status(status) => Err(self.failure(Cause::Status(status))),
            FaultKind::Down => Err(self.failure(Cause::Unavailable(Reason::Connect))),
            FaultKind::Garbage => Ok(CallAnswer::Http { status: 200, body: Bytes::from_static(HTML) }),
            FaultKind::Latency(_) | FaultKind::Hang | FaultKind::Reset | FaultKind::SlowBody(_) => return None,
        };
        progress.attempt();
        Some(answer)
    }

    /// What comes of an answer on its way back, no later than the deadline. What never reached the source met nothing.
    ///
    /// # Errors
    /// The attempt's own failure, the fault's, `TimedOut` at the deadline.
    pub async fn after(self, result: CallResult, deadline: Deadline) -> CallResult {
        let Some(kind) = self.0 else { return result };
        if !was_sent(&result) {
            return result;
        }
        let wait = match kind {
            FaultKind::Latency(length) => Some(length),
            FaultKind::SlowBody(length) if result.is_ok() => Some(length),
            FaultKind::Hang => None,
            FaultKind::Reset => return Err(self.failure(Cause::Unavailable(Reason::Lost))),
            FaultKind::SlowBody(_) | FaultKind::Status(_) | FaultKind::Down | FaultKind::Garbage => return result,
        };
        let waited = match wait {
            Some(length) => deadline.run(tokio::time::sleep(length)).await,
            None => deadline.run(std::future::pending()).await,
        };
        waited.map_err(|expired| self.failure(Cause::TimedOut(expired)))?;
        result
    }

    fn failure(self, cause: Cause) -> Failure {
        let words = self.0.map_or_else(String::new, |kind| format!("a fault on purpose: {kind}"));
        Failure::unsent(cause, Detail::new(words))
    }
}

fn was_sent(result: &CallResult) -> bool {
    match result {
        Ok(CallAnswer::Refused) => false,
        Ok(_) => true,
        Err(failure) => !matches!(failure.cause, Cause::Overloaded | Cause::RejectedInput(..) | Cause::Internal),
    }
}

/// Every bit of what comes out depends on every bit of what goes in (the last step of `SplitMix64`). It is our own, because
/// decisions must be the same with every version of every library.
fn mixed(bits: u64) -> u64 {
    let mut mix = bits.wrapping_add(0x9e37_79b9_7f4a_7c15);
    mix = (mix ^ (mix >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    mix = (mix ^ (mix >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    mix ^ (mix >> 31)
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::{Meeting, SourceFaults};
    use crate::source::FaultKind;

    const HANG: FaultKind = FaultKind::Hang;
    const DOWN: FaultKind = FaultKind::Down;

    fn met(source: &str, faults: &[(FaultKind, f64)], seed: u64, attempts: usize) -> Vec<Meeting> {
        let faults = SourceFaults::new(source, faults.iter().copied(), seed);
        (0..attempts).map(|_| faults.next()).collect()
    }

    fn share_of(met: &[Meeting], kind: FaultKind) -> f64 {
        let hits = met.iter().filter(|met| **met == Meeting(Some(kind))).count();
        f64::from(u32::try_from(hits).expect("few")) / f64::from(u32::try_from(met.len()).expect("few"))
    }

    #[test]
    fn decisions_hang_on_the_seed_and_the_source_alone() {
        let faults = [(HANG, 0.5)];
        let first = met("a", &faults, 0, 200);
        assert_eq!(first, met("a", &faults, 0, 200));
        for (source, seed) in [("a", 1), ("a", u64::MAX), ("b", 0), ("", 0), ("aa", 0)] {
            let other = met(source, &faults, seed, 200);
            let alike = first.iter().zip(&other).filter(|(first, other)| first == other).count();
            assert!((60..140).contains(&alike), "{source} {seed}: {alike} of 200 are alike");
        }
        // With a greater share the same attempts meet it, and more.
        let more = met("a", &[(HANG, 0.8)], 0, 200);
        assert!(first.iter().zip(&more).all(|(first, more)| *first == Meeting(None) || more == first));
        // These stay for ever: somebody has written a seed down.
        let hits: Vec<usize> = (0..20).filter(|place| first[*place] == Meeting(Some(HANG))).collect();
        assert_eq!(hits, [0, 1, 3, 7, 11, 12, 13, 14, 18, 19]);
    }

    #[test]
    fn a_share_is_what_it_says() {
        for seed in 0..20 {
            for share in [0.01, 0.3, 0.5, 0.97] {
                let is = share_of(&met("reviews", &[(HANG, share)], seed, 10_000), HANG);
                assert!((is - share).abs() < 0.02, "seed {seed}, {share}: {is}");
            }
        }
        assert!(met("reviews", &[(HANG, 1.0)], 0, 10_000).iter().all(|met| *met == Meeting(Some(HANG))));
    }

    #[test]
    fn each_fault_has_its_own_chance_and_the_first_that_hits_is_met() {
        let both = met("reviews", &[(HANG, 0.5), (DOWN, 0.5)], 0, 10_000);
        let (hang, down) = (share_of(&both, HANG), share_of(&both, DOWN));
        assert!((hang - 0.5).abs() < 0.02 && (down - 0.25).abs() < 0.02, "{hang} {down}");
        let late = FaultKind::Latency(Duration::from_secs(1));
        let met = met("reviews", &[(late, 1.0), (DOWN, 1.0)], 0, 100);
        assert!(met.iter().all(|met| *met == Meeting(Some(late))));
    }
}
