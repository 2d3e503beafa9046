//! Rows that need minutes: they are run for seconds unless somebody asks for more, and the process that they look at is
//! read from outside.

use std::fs;
use std::time::Duration;

/// Set by `tests/run.sh --long`.
const LONG: &str = "TRIBUTARY_TEST_LONG";

/// Whether there is time for everything.
pub fn is_long() -> bool {
    std::env::var_os(LONG).is_some()
}

/// The longer time where there is time for everything.
pub fn for_long(short: Duration, long: Duration) -> Duration {
    if is_long() { long } else { short }
}

/// Memory that a process holds, in KiB.
pub fn resident_kib(process: u32) -> u64 {
    let status = fs::read_to_string(format!("/proc/{process}/status")).unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:")).unwrap_or_default();
    line.split_whitespace().next().and_then(|number| number.parse().ok()).unwrap_or_default()
}

/// Descriptors that a process holds.
pub fn descriptors(process: u32) -> usize {
    fs::read_dir(format!("/proc/{process}/fd")).map_or(0, Iterator::count)
}
