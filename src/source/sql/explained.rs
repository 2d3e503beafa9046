//! The statement of a binding as it is sent, as far as that is known without the database.

use super::postgres;
use super::statement::{Cut, Dialect};
use crate::graphql::SourceKind;
use crate::schema::{Input, Template};
use crate::source::Columns;

/// The text for one parent, or `together` for many. `…` stands for what only the database knows.
#[must_use]
pub fn explained(
    kind: SourceKind,
    statement: &Template,
    inputs: &[Input],
    columns: &Columns,
    together: bool,
) -> String {
    match (kind, together) {
        (SourceKind::Postgres, true) => postgres::outline(&Cut::of(statement, inputs), columns),
        (SourceKind::Postgres | SourceKind::Rest, _) => Dialect::Postgres.text(statement).to_string(),
        (SourceKind::Sqlite, _) => Dialect::Sqlite.text(statement).to_string(),
    }
}
