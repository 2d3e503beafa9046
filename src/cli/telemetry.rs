//! The log: on the standard error stream, one line an event, JSON unless a person reads along. What came from outside
//! cannot forge a line or move a cursor: control characters are escaped in both forms.

use std::any::Any;
use std::io::{self, IsTerminal as _, stderr};

use tracing_subscriber::EnvFilter;
use tracing_subscriber::field::MakeExt as _;
use tracing_subscriber::fmt::format::debug_fn;

use super::escaped::escaped;
use super::log_format::{LogFormat, Reader};
use super::log_writer::{LogGuard, LogWriter};
use super::terminal;

/// Accepts what [`start`] can use.
pub(super) fn read_filter(text: &str) -> Result<String, String> {
    match EnvFilter::builder().parse(text) {
        Ok(_) => Ok(text.to_owned()),
        Err(error) => Err(error.to_string()),
    }
}

/// Who reads what is logged, where no flag says it.
pub(super) fn reader() -> Reader {
    if stderr().is_terminal() { Reader::Person } else { Reader::Program }
}

/// Starts the log, which ends when the guard is dropped, with all that was logged by then. Panics go to it too, with
/// their place and without a backtrace.
///
/// # Errors
/// Where there is no thread to be had.
pub(super) fn start(filter: &str, reader: Reader) -> io::Result<LogGuard> {
    let filter = EnvFilter::builder().parse_lossy(filter);
    let (writer, guard) = LogWriter::start(stderr())?;
    let builder = tracing_subscriber::fmt().with_env_filter(filter).with_writer(move || writer.clone());
    // A second start, as in a test, keeps the first log.
    let _ = if reader == Reader::Person {
        let fields = debug_fn(|writer, field, value| match field.name() {
            "message" => write!(writer, "{}", escaped(&format!("{value:?}"))),
            name => write!(writer, "{name}={}", escaped(&format!("{value:?}"))),
        });
        let builder = builder
            .compact()
            .with_target(false)
            .with_ansi(terminal::takes_colour(&stderr()))
            .fmt_fields(fields.delimited(" "));
        builder.map_event_format(|others| LogFormat { others, reader }).try_init()
    } else {
        builder.json().map_event_format(|others| LogFormat { others, reader }).try_init()
    };
    std::panic::set_hook(Box::new(|panic| {
        let place = panic.location().map(ToString::to_string);
        tracing::error!(reason = reason(panic.payload()), place, "a bug: the program panicked");
    }));
    Ok(guard)
}

/// What a panic said.
fn reason(payload: &dyn Any) -> &str {
    match payload.downcast_ref::<String>() {
        Some(text) => text,
        None => payload.downcast_ref::<&str>().copied().unwrap_or("unknown"),
    }
}

#[cfg(test)]
mod tests {
    use super::read_filter;

    #[test]
    fn a_filter_is_checked_when_it_is_typed() {
        assert!(read_filter("info,tributary=debug").is_ok());
        assert!(read_filter("tributary=loud").is_err());
    }
}
