//! The log in the form that its reader needs. The event of an operation (`gateway::OPERATION_LOG`) is one short line for
//! people, a JSON object with the sources as they are for programs; mistakes of a schema that is being watched are lines for
//! people. Every other event goes its usual way.

use std::fmt::{self, Write as _};

use serde::Deserialize;
use tracing::field::{Field, Visit};
use tracing::{Event, Subscriber};
use tracing_subscriber::fmt::format::Writer;
use tracing_subscriber::fmt::time::{FormatTime as _, SystemTime};
use tracing_subscriber::fmt::{FmtContext, FormatEvent, FormatFields};
use tracing_subscriber::registry::LookupSpan;

use super::escaped::{escaped, escaped_json};
use crate::gateway::OPERATION_LOG;
use crate::graphql::write_quoted;

/// Who reads the log.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Reader {
    /// Somebody who looks on.
    Person,
    /// Something that collects it.
    Program,
}

/// The target of what is told of a schema that is being watched. Its field `mistakes` is text of ours, in lines.
pub(super) const SCHEMA_LOG: &str = "tributary::schema";

/// A format for operations and schemas over one for everything else.
pub(super) struct LogFormat<F> {
    /// For everything else.
    pub(super) others: F,
    /// Who reads.
    pub(super) reader: Reader,
}

impl<S, N, F> FormatEvent<S, N> for LogFormat<F>
where
    S: Subscriber + for<'a> LookupSpan<'a>,
    N: for<'a> FormatFields<'a> + 'static,
    F: FormatEvent<S, N>,
{
    fn format_event(&self, context: &FmtContext<'_, S, N>, mut writer: Writer<'_>, event: &Event<'_>) -> fmt::Result {
        match (event.metadata().target(), self.reader) {
            (OPERATION_LOG, Reader::Person) => write_line(&mut writer, event),
            (SCHEMA_LOG, Reader::Person) => write_mistakes(&mut writer, event),
            (_, Reader::Person) => self.others.format_event(context, writer, event),
            (target, Reader::Program) => {
                let mut line = String::new();
                match target {
                    OPERATION_LOG => write_json(&mut Writer::new(&mut line), event)?,
                    _ => self.others.format_event(context, Writer::new(&mut line), event)?,
                }
                writer.write_str(&escaped_json(&line))
            }
        }
    }
}

/// What an operation's event says.
#[derive(Debug, Default)]
struct Operation {
    name: Option<String>,
    kind: String,
    elapsed_ms: f64,
    errors: u64,
    code: Option<String>,
    reason: String,
    sources: Vec<Sums>,
}

/// What a source did for it.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Sums {
    source: String,
    calls: u32,
    failures: u32,
    hits: u32,
    time_ms: f64,
}

impl Visit for Operation {
    fn record_f64(&mut self, _: &Field, value: f64) {
        self.elapsed_ms = value;
    }

    fn record_u64(&mut self, _: &Field, value: u64) {
        self.errors = value;
    }

    fn record_str(&mut self, field: &Field, value: &str) {
        match field.name() {
            "graphql.operation.name" => self.name = Some(value.to_owned()),
            "graphql.operation.type" => value.clone_into(&mut self.kind),
            "reason" => value.clone_into(&mut self.reason),
            "sources" => self.sources = serde_json::from_str(value).unwrap_or_default(),
            _ => {}
        }
    }

    fn record_debug(&mut self, field: &Field, value: &dyn fmt::Debug) {
        if field.name() == "error.type" {
            self.code = Some(format!("{value:?}"));
        }
    }
}

/// `query ShopFront  31 ms  shop 3 calls 4.12 ms · reviews 12 calls 30 ms, 1 failed  2 errors`
fn write_line(writer: &mut Writer<'_>, event: &Event<'_>) -> fmt::Result {
    let mut operation = Operation::default();
    event.record(&mut operation);
    let paint = Paint(writer.has_ansi_escapes());
    let time = paint.bold(&milliseconds(operation.elapsed_ms));
    if let Some(code) = &operation.code {
        let refused = paint.red(&format!("refused {}", escaped(code)));
        return writeln!(writer, "{refused}  {time}  {}", escaped(&operation.reason));
    }
    let name = operation.name.as_deref().unwrap_or("(no name)");
    let sources: Vec<String> = operation.sources.iter().map(|sums| paint.sums(sums)).collect();
    let sources = if sources.is_empty() { "no source asked".to_owned() } else { sources.join(" · ") };
    write!(writer, "{} {}  {time}  {sources}", operation.kind, paint.bold(&escaped(name)))?;
    match operation.errors {
        0 => writeln!(writer),
        1 => writeln!(writer, "  {}", paint.red("1 error")),
        errors => writeln!(writer, "  {}", paint.red(&format!("{errors} errors"))),
    }
}

/// Mistakes as they are, then what becomes of the schema.
fn write_mistakes(writer: &mut Writer<'_>, event: &Event<'_>) -> fmt::Result {
    struct Mistakes<'w, 'a>(&'w mut Writer<'a>, fmt::Result);
    impl Visit for Mistakes<'_, '_> {
        fn record_str(&mut self, _: &Field, value: &str) {
            self.1 = self.1.and_then(|()| self.0.write_str(value));
        }

        fn record_debug(&mut self, _: &Field, _: &dyn fmt::Debug) {}
    }
    struct Message<'w, 'a>(&'w mut Writer<'a>, fmt::Result);
    impl Visit for Message<'_, '_> {
        fn record_debug(&mut self, field: &Field, value: &dyn fmt::Debug) {
            if field.name() == "message" {
                self.1 = self.1.and_then(|()| writeln!(self.0, "{value:?}"));
            }
        }
    }
    let mut mistakes = Mistakes(writer, Ok(()));
    event.record(&mut mistakes);
    mistakes.1?;
    let mut message = Message(writer, Ok(()));
    event.record(&mut message);
    message.1
}

/// Colours, on a terminal.
#[derive(Clone, Copy)]
struct Paint(bool);

impl Paint {
    fn bold(self, text: &str) -> String {
        self.with("1", text)
    }

    fn red(self, text: &str) -> String {
        self.with("31", text)
    }

    fn with(self, code: &str, text: &str) -> String {
        if self.0 { format!("\u{1b}[{code}m{text}\u{1b}[0m") } else { text.to_owned() }
    }

    fn sums(self, sums: &Sums) -> String {
        let Sums { source, calls, failures, hits, time_ms } = sums;
        let mut text = format!("{} {calls} {}", escaped(source), if *calls == 1 { "call" } else { "calls" });
        let _ = write!(text, " {}", milliseconds(*time_ms));
        if *hits > 0 {
            let _ = write!(text, ", {hits} shared");
        }
        if *failures > 0 {
            let _ = write!(text, ", {}", self.red(&format!("{failures} failed")));
        }
        text
    }
}

fn milliseconds(value: f64) -> String {
    if value < 10.0 { format!("{value:.2} ms") } else { format!("{value:.0} ms") }
}

fn write_json(writer: &mut Writer<'_>, event: &Event<'_>) -> fmt::Result {
    let mut fields = JsonFields(String::from("{"));
    event.record(&mut fields);
    writer.write_str("{\"timestamp\":\"")?;
    SystemTime.format_time(writer)?;
    let metadata = event.metadata();
    writeln!(
        writer,
        "\",\"level\":\"{}\",\"fields\":{}}},\"target\":\"{}\"}}",
        metadata.level(),
        fields.0,
        metadata.target()
    )
}

/// An event's fields as the members of an object.
struct JsonFields(String);

impl JsonFields {
    fn key(&mut self, field: &Field) -> &mut String {
        if self.0.len() > 1 {
            self.0.push(',');
        }
        let _ = write!(self.0, "\"{}\":", field.name());
        &mut self.0
    }

    fn quoted(&mut self, field: &Field, text: &str) {
        let mut quoted = Vec::with_capacity(text.len() + 2);
        write_quoted(text, &mut quoted);
        self.key(field).push_str(&String::from_utf8_lossy(&quoted));
    }
}

impl Visit for JsonFields {
    fn record_f64(&mut self, field: &Field, value: f64) {
        let _ = write!(self.key(field), "{value}");
    }

    fn record_u64(&mut self, field: &Field, value: u64) {
        let _ = write!(self.key(field), "{value}");
    }

    fn record_str(&mut self, field: &Field, value: &str) {
        if field.name() == "sources" {
            self.key(field).push_str(value);
        } else {
            self.quoted(field, value);
        }
    }

    fn record_debug(&mut self, field: &Field, value: &dyn fmt::Debug) {
        self.quoted(field, &format!("{value:?}"));
    }
}
