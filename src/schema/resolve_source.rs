//! `@source` becomes a source definition: its defaults filled in, its URL judged as far as text can be judged.

use std::path::Path;
use std::time::Duration;

use super::breaker_policy::resolve_breaker;
use super::retry_policy::resolve_retry;
use super::rules;
use super::rules::headers::is_forwardable;
use super::{
    HeaderTemplate, InitScript, InputRef, ListStyle, Piece, PostgresTarget, RestTarget, Secret, SourceDefinition,
    SourceTarget, SqliteTarget, Template,
};
use crate::config::{
    Config, Mistakes, Naming, RestSource, Root, SourceDirective, SqlSource, WrittenHeader, WrittenPiece,
    WrittenTemplate,
};

/// The timeout of a source that names none.
pub(super) const DEFAULT_TIMEOUT: Duration = Duration::from_secs(5);

/// Every source that could be understood, under the number of its directive; one that could not keeps its number.
pub(super) fn resolve_sources(config: &Config, mistakes: &mut Mistakes) -> Vec<SourceDefinition> {
    config.directives.sources.iter().map(|written| resolve_source(config, written, mistakes)).collect()
}

fn resolve_source(config: &Config, written: &SourceDirective, mistakes: &mut Mistakes) -> SourceDefinition {
    let target = match (&written.sql, &written.rest) {
        (Some(sql), None) => resolve_sql(config, sql, mistakes),
        (_, Some(rest)) => SourceTarget::Rest(resolve_rest(rest, mistakes)),
        (None, None) => SourceTarget::Rest(no_target()),
    };
    SourceDefinition {
        name: written.name.value.as_str().into(),
        target,
        concurrency: written.concurrency.unwrap_or(64),
        queue: written.queue.unwrap_or(256),
        max_answer: written.max_answer.as_ref().map_or(10 << 20, |size| size.value),
        retry: resolve_retry(written.retry.as_ref(), timeout_of(written), mistakes),
        breaker: written.breaker.as_ref().map(resolve_breaker),
        naming: written.naming.unwrap_or(Naming::Exact),
    }
}

/// Stands in for a source that has neither `sql` nor `rest`; that was told, so no schema ever holds it.
fn no_target() -> RestTarget {
    RestTarget {
        url: Secret(String::new()),
        headers: Vec::new(),
        header_inputs: Vec::new(),
        forward: Vec::new(),
        connect: Duration::from_secs(1),
        redirects: 0,
        ca: None,
    }
}

fn resolve_sql(config: &Config, sql: &SqlSource, mistakes: &mut Mistakes) -> SourceTarget {
    let url = constant_url(&sql.url, mistakes);
    let pool = sql.pool.as_ref().map_or(16, |pool| pool.value);
    let acquire = sql.acquire.as_ref().map_or(Duration::from_millis(500), |length| length.value);
    if let Some(file) = url.strip_prefix("sqlite:") {
        let file = file.strip_prefix("//").unwrap_or(file);
        if file.is_empty() && sql.url.complete {
            let hint = "write `sqlite:shop.db`, or `sqlite::memory:`".to_owned();
            mistakes.error_with_hint(sql.url.span, "this URL names no file", hint);
        }
        let init = sql
            .init
            .iter()
            .map(|file| InitScript { name: file.name.value.as_str().into(), text: file.text.as_str().into() });
        return SourceTarget::Sqlite(SqliteTarget {
            file: (file != ":memory:").then(|| config.base.join(Path::new(file))),
            pool,
            acquire,
            init: init.collect(),
        });
    }
    let rest = url.strip_prefix("postgres://").or_else(|| url.strip_prefix("postgresql://"));
    if sql.url.complete && sql.url.slots().next().is_none() {
        check_postgres(&sql.url, rest, mistakes);
    }
    // Where the environment chooses the engine, the file says what is for either of them.
    let is_chosen_outside = matches!(sql.url.pieces.first(), Some(WrittenPiece::Environment(_)));
    if rest.is_some()
        && !is_chosen_outside
        && let Some(file) = sql.init.first()
    {
        let message = "`init` is for SQLite; PostgreSQL is never filled";
        mistakes.warning(file.name.span, message, None);
    }
    SourceTarget::Postgres(PostgresTarget { url: Secret(url), pool, acquire })
}

/// `rest` is what follows the scheme, where it is that of PostgreSQL.
fn check_postgres(url: &WrittenTemplate, rest: Option<&str>, mistakes: &mut Mistakes) {
    let Some(rest) = rest else {
        let message = "the scheme of a database's URL is `postgres` or `sqlite`";
        mistakes.error_with_hint(url.span, message, rules::url_hints::of_database(url));
        return;
    };
    if let Some((problem, hint)) = rules::postgres_url::problem_of(rest) {
        let message = format!("the URL of a PostgreSQL server {problem}");
        mistakes.error_with_hint(url.span, message, hint.to_owned());
    }
}

fn resolve_rest(rest: &RestSource, mistakes: &mut Mistakes) -> RestTarget {
    let url = constant_url(&rest.url, mistakes);
    if rest.url.complete
        && rest.url.slots().next().is_none()
        && let Some(problem) = rules::rest_url::problem_of(&url)
    {
        let hint = rules::url_hints::of_service(&rest.url);
        mistakes.error_with_hint(rest.url.span, format!("the URL of a REST source {problem}"), hint);
    }
    if let Some(file) = &rest.ca {
        rules::certificates::check(file, mistakes);
    }
    rules::duplicate_headers::check(&rest.headers, mistakes);
    rules::duplicate_headers::check_names(&rest.forward, mistakes);
    let mut header_inputs = Vec::new();
    let headers =
        rest.headers.iter().filter_map(|header| source_header(header, &mut header_inputs, mistakes)).collect();
    for name in &rest.forward {
        if !is_forwardable(&name.value) {
            let message = format!("the header `{}` cannot be forwarded", name.value);
            mistakes.error_with_hint(name.span, message, rules::headers::reason(&name.value).to_owned());
        }
    }
    RestTarget {
        url: Secret(url),
        headers,
        header_inputs,
        forward: rest.forward.iter().map(|name| name.value.to_lowercase().into()).collect(),
        connect: rest.connect.as_ref().map_or(Duration::from_secs(1), |length| length.value),
        redirects: rest.redirects.unwrap_or(0),
        ca: rest.ca.as_ref().map(|file| file.text.clone().into_bytes()),
    }
}

/// A header of every call: it can name headers of the client, and nothing of a field. One with a null of the environment
/// in it is none.
fn source_header(
    header: &WrittenHeader,
    inputs: &mut Vec<Box<str>>,
    mistakes: &mut Mistakes,
) -> Option<HeaderTemplate> {
    rules::headers::check(header, mistakes);
    let mut pieces = Vec::new();
    for piece in &header.value.pieces {
        match piece {
            WrittenPiece::Text(text) => pieces.push(Piece::Text(text.as_str().into())),
            WrittenPiece::Environment(known) => {
                // Null drops the header, as it does everywhere.
                pieces.push(Piece::Text(known.value.as_text()?.into()));
            }
            WrittenPiece::Slot(slot) if slot.root == Root::Headers => {
                let name: Box<str> = slot.path.concat().to_lowercase().into();
                let place = inputs.iter().position(|known| *known == name).unwrap_or_else(|| {
                    inputs.push(name);
                    inputs.len() - 1
                });
                let input = u16::try_from(place).unwrap_or(u16::MAX);
                pieces.push(Piece::Input(InputRef { input, default: slot.default.clone(), list: ListStyle::Repeat }));
            }
            WrittenPiece::Slot(slot) if slot.root == Root::Claims => {
                mistakes.error(slot.span, "`{claims.…}` is not yet supported");
            }
            WrittenPiece::Slot(slot) => {
                let hint = "a header of every call can hold `{headers.…}` and `{env.…}`".to_owned();
                mistakes.error_with_hint(slot.span, format!("`{}` has no meaning for a source", slot.name()), hint);
            }
        }
    }
    Some(HeaderTemplate { name: header.name.value.to_lowercase().into(), value: Template { pieces } })
}

/// The text of a URL that may hold `env` and nothing else.
fn constant_url(url: &WrittenTemplate, mistakes: &mut Mistakes) -> String {
    for slot in url.slots() {
        let hint = "only `{env.…}` can stand in a source's URL".to_owned();
        mistakes.error_with_hint(slot.span, format!("`{}` has no meaning for a source", slot.name()), hint);
    }
    url.text()
}

/// The timeout of a source.
pub(super) fn timeout_of(written: &SourceDirective) -> Duration {
    written.timeout.as_ref().map_or(DEFAULT_TIMEOUT, |timeout| timeout.value)
}
