//! Whether an output stream is read by a person.

use std::io::IsTerminal;

/// Whether to colour what is written there: on a terminal, unless `NO_COLOR` is set to anything (no-color.org).
pub(super) fn takes_colour(stream: &impl IsTerminal) -> bool {
    stream.is_terminal() && std::env::var_os("NO_COLOR").is_none_or(|value| value.is_empty())
}
