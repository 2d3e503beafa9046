//! The output streams: whether a person reads one, and text for them. Whoever closes a stream early, as `head` does, has
//! read enough: that nobody takes the rest is no failure.

use std::io::{self, IsTerminal, Write as _};

/// Writes to the standard output stream.
pub(super) fn print(text: &str) {
    let mut out = io::stdout().lock();
    let _ = out.write_all(text.as_bytes()).and_then(|()| out.flush());
}

/// Writes to the standard error stream.
pub(super) fn print_error(text: &str) {
    let _ = io::stderr().lock().write_all(text.as_bytes());
}

/// Whether to colour what is written there: on a terminal, unless `NO_COLOR` is set to anything (no-color.org).
pub(super) fn takes_colour(stream: &impl IsTerminal) -> bool {
    stream.is_terminal() && std::env::var_os("NO_COLOR").is_none_or(|value| value.is_empty())
}
