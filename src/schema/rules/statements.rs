//! What can be known of a statement without a database; each of its rules stands in a file of its own.

use super::source_of_binding::{SourceKindOfBinding, find_source};
use super::{placeholders, quoted_templates, single_statement};
use crate::config::{BindingDirective, Config, Mistakes, SqlDirective, StatementText};
use crate::graphql::SourceKind;
use crate::schema::type_table::TypeTable;

/// Tells empty statements, several statements in one, and placeholders that the author wrote; warns of templates that
/// are text.
pub(in crate::schema) fn check(config: &Config, table: &TypeTable, mistakes: &mut Mistakes) {
    for id in table.field_ids() {
        let bindings = table.written(config, id).map_or(&[][..], |written| &written.bindings);
        for binding in bindings {
            if let BindingDirective::Sql(sql) = binding {
                check_statement(config, sql, mistakes);
            }
        }
    }
}

fn check_statement(config: &Config, sql: &SqlDirective, mistakes: &mut Mistakes) {
    if sql.query.complete && sql.query.slots().next().is_none() && sql.query.authors_text().trim().is_empty() {
        let hint = "write `query: \"select …\"`".to_owned();
        mistakes.error_with_hint(sql.query.span, "this statement is empty", hint);
    }
    let Some(statement) = StatementText::read(&config.files, sql.query.span) else { return };
    placeholders::check(&statement, engine_of(config, sql), mistakes);
    single_statement::check(&statement, mistakes);
    quoted_templates::check(&statement, mistakes);
}

/// The engine that runs a statement; PostgreSQL where its source is not known, which is told elsewhere.
fn engine_of(config: &Config, sql: &SqlDirective) -> SourceKind {
    let mut told_elsewhere = Mistakes::default();
    let source = find_source(config, sql.source.as_ref(), SourceKindOfBinding::Sql, sql.span, &mut told_elsewhere);
    let url = source.and_then(|(_, source)| source.sql.as_ref()).map(|sql| sql.url.text()).unwrap_or_default();
    if url.starts_with("sqlite:") { SourceKind::Sqlite } else { SourceKind::Postgres }
}
