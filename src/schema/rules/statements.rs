//! What can be known of a statement without a database: it is there, and its parameters are ours to number.

use crate::config::{BindingDirective, Config, Mistakes, SqlDirective, WrittenPiece, statement_has_parameter};
use crate::schema::type_table::TypeTable;

/// Tells empty statements and parameters that the author numbered.
pub(in crate::schema) fn check(config: &Config, table: &TypeTable, mistakes: &mut Mistakes) {
    for id in table.field_ids() {
        let bindings = table.written(config, id).map_or(&[][..], |written| &written.bindings);
        for binding in bindings {
            if let BindingDirective::Sql(sql) = binding {
                check_statement(sql, mistakes);
            }
        }
    }
}

fn check_statement(sql: &SqlDirective, mistakes: &mut Mistakes) {
    let span = sql.query.span;
    if sql.query.complete && sql.query.slots().next().is_none() && sql.query.authors_text().trim().is_empty() {
        mistakes.error(span, "this statement is empty");
    }
    let texts = sql.query.pieces.iter().filter_map(|piece| match piece {
        WrittenPiece::Text(text) => Some(text.as_str()),
        WrittenPiece::Slot(_) | WrittenPiece::Environment(_) => None,
    });
    if texts.into_iter().any(statement_has_parameter) {
        let hint = "write the value where it goes: `{args.id}`".to_owned();
        mistakes.error_with_hint(span, "a statement numbers no parameters of its own (`$1`)", hint);
    }
}
