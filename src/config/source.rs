//! `@source`: one database or one service, as it was written. The files that it names are read here, so that nothing
//! above this floor touches the disk for them.

use std::path::PathBuf;
use std::time::Duration;

use apollo_compiler::Node;
use apollo_compiler::ast::Directive;

use super::arguments::Arguments;
use super::breaker::{BreakerObject, read_breaker};
use super::reader::Reader;
use super::retry::{RetryObject, read_retry};
use super::template_parser::Syntax;
use super::{Naming, Span, Written, WrittenHeader, WrittenTemplate};

/// `@source` as it was written.
#[derive(Debug)]
pub struct SourceDirective {
    /// `name`.
    pub name: Written<String>,
    /// `sql`.
    pub sql: Option<SqlSource>,
    /// `rest`.
    pub rest: Option<RestSource>,
    /// `timeout`.
    pub timeout: Option<Written<Duration>>,
    /// `concurrency`.
    pub concurrency: Option<usize>,
    /// `queue`.
    pub queue: Option<usize>,
    /// `maxAnswer`.
    pub max_answer: Option<Written<u64>>,
    /// `retry`.
    pub retry: Option<RetryObject>,
    /// `breaker`.
    pub breaker: Option<BreakerObject>,
    /// `naming`.
    pub naming: Option<Naming>,
    /// The whole directive.
    pub span: Span,
}

/// `tributary__Sql` as it was written.
#[derive(Debug)]
pub struct SqlSource {
    /// `url`.
    pub url: WrittenTemplate,
    /// `pool`.
    pub pool: Option<Written<usize>>,
    /// `acquire`.
    pub acquire: Option<Written<Duration>>,
    /// `init`, its files read.
    pub init: Vec<WrittenFile>,
}

/// `tributary__Rest` as it was written.
#[derive(Debug)]
pub struct RestSource {
    /// `url`.
    pub url: WrittenTemplate,
    /// `headers`.
    pub headers: Vec<WrittenHeader>,
    /// `forward`.
    pub forward: Vec<Written<String>>,
    /// `connect`.
    pub connect: Option<Written<Duration>>,
    /// `redirects`.
    pub redirects: Option<usize>,
    /// `ca`, its file read.
    pub ca: Option<WrittenFile>,
}

/// A file that a schema names.
#[derive(Debug)]
pub struct WrittenFile {
    /// As it was written.
    pub name: Written<String>,
    /// Where that is.
    pub path: PathBuf,
    /// What it holds.
    pub text: String,
}

/// Reads the directive; nothing without a name.
pub(super) fn read_source(reader: &mut Reader<'_>, directive: &Node<Directive>) -> Option<SourceDirective> {
    let arguments = Arguments::of_directive(reader, directive);
    let sql = arguments.object(reader, "sql").and_then(|sql| read_sql(reader, &sql));
    let rest = arguments.object(reader, "rest").and_then(|rest| read_rest(reader, &rest));
    Some(SourceDirective {
        name: arguments.text(reader, "name")?,
        sql,
        rest,
        timeout: arguments.duration(reader, "timeout"),
        concurrency: arguments.count(reader, "concurrency", 1),
        queue: arguments.count(reader, "queue", 0),
        max_answer: arguments.byte_size(reader, "maxAnswer"),
        retry: read_retry(reader, &arguments),
        breaker: read_breaker(reader, &arguments),
        naming: arguments.name("naming").and_then(|name| Naming::named(name)),
        span: arguments.span,
    })
}

fn read_sql(reader: &mut Reader<'_>, arguments: &Arguments<'_>) -> Option<SqlSource> {
    arguments.refuse(reader, &["replica", "settings"]);
    let init = arguments.texts(reader, "init").into_iter().filter_map(|name| read_file(reader, name)).collect();
    Some(SqlSource {
        url: arguments.template(reader, "url", Syntax::Text)?,
        pool: arguments.written_count(reader, "pool", 1),
        acquire: arguments.duration(reader, "acquire"),
        init,
    })
}

fn read_rest(reader: &mut Reader<'_>, arguments: &Arguments<'_>) -> Option<RestSource> {
    Some(RestSource {
        url: arguments.template(reader, "url", Syntax::Text)?,
        headers: arguments.headers(reader, "headers"),
        forward: arguments.texts(reader, "forward"),
        connect: arguments.duration(reader, "connect"),
        redirects: arguments.count(reader, "redirects", 0),
        ca: arguments.text(reader, "ca").and_then(|name| read_file(reader, name)),
    })
}

/// Reads a file that stands beside the schema; one that cannot be read is told, but for a schema that is only printed.
fn read_file(reader: &mut Reader<'_>, name: Written<String>) -> Option<WrittenFile> {
    let path = reader.base.join(&name.value);
    reader.named_files.push(path.clone());
    match std::fs::read_to_string(&path) {
        Ok(text) => Some(WrittenFile { name, path, text }),
        Err(_) if reader.environment.is_lenient() => None,
        Err(error) => {
            let hint = "a path starts at the folder of the schema".to_owned();
            let message = match error.kind() {
                std::io::ErrorKind::NotFound => format!("there is no file `{}`", name.value),
                other => format!("the file `{}` cannot be read: {other}", name.value),
            };
            reader.mistakes.error_with_hint(name.span, message, hint);
            None
        }
    }
}
