//! How long something took, each time: counted in steps, so that shares can be read from it for ever in the same space.

use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

/// The upper bounds of the steps, in seconds; what took longer is counted beyond them.
const BOUNDS: [f64; 14] = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0];

/// Lengths of time, counted. Each count stands alone, so relaxed additions are enough.
#[derive(Debug, Default)]
pub struct Durations {
    steps: [AtomicU64; BOUNDS.len() + 1],
    micros: AtomicU64,
}

/// What was counted.
#[derive(Debug, Clone, PartialEq)]
pub struct DurationCounts {
    /// The upper bound of each step in seconds, the last one without end, and how many lie in it.
    pub steps: Vec<(f64, u64)>,
    /// All of them together, in seconds.
    pub sum: f64,
}

impl Durations {
    /// Counts one.
    pub fn note(&self, took: Duration) {
        let seconds = took.as_secs_f64();
        let step = BOUNDS.iter().position(|bound| seconds <= *bound).unwrap_or(BOUNDS.len());
        self.steps[step].fetch_add(1, Ordering::Relaxed);
        self.micros.fetch_add(u64::try_from(took.as_micros()).unwrap_or(u64::MAX), Ordering::Relaxed);
    }

    /// What was counted so far.
    #[must_use]
    pub fn counts(&self) -> DurationCounts {
        let bounds = BOUNDS.into_iter().chain([f64::INFINITY]);
        let counts = self.steps.iter().map(|step| step.load(Ordering::Relaxed));
        let sum = Duration::from_micros(self.micros.load(Ordering::Relaxed)).as_secs_f64();
        DurationCounts { steps: bounds.zip(counts).collect(), sum }
    }
}

impl DurationCounts {
    /// How many there were.
    #[must_use]
    pub fn count(&self) -> u64 {
        self.steps.iter().map(|(_, count)| count).sum()
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::Durations;

    #[test]
    fn each_is_counted_in_its_step() {
        let durations = Durations::default();
        for milliseconds in [0, 1, 2, 300, 31_000] {
            durations.note(Duration::from_millis(milliseconds));
        }
        let counts = durations.counts();
        assert_eq!(counts.count(), 5);
        let filled: Vec<(f64, u64)> = counts.steps.iter().copied().filter(|(_, count)| *count > 0).collect();
        assert_eq!(filled, [(0.001, 2), (0.0025, 1), (0.5, 1), (f64::INFINITY, 1)]);
        assert!((counts.sum - 31.303).abs() < 1e-9);
    }
}
