//! A bound field that must not be null takes its parent along when it fails, which is seldom what a page wants.

use crate::config::{BindingDirective, Config, Mistakes};
use crate::schema::type_table::TypeTable;

/// Warns of non-null fields whose bindings can all fail.
pub(in crate::schema) fn check(config: &Config, table: &TypeTable, mistakes: &mut Mistakes) {
    for id in table.field_ids() {
        let field = table.field(id);
        let Some(written) = table.written(config, id) else { continue };
        let all_can_fail = written.bindings.iter().all(|binding| match binding {
            BindingDirective::Sql(sql) => sql.fallback.is_none(),
            BindingDirective::Rest(rest) => rest.fallback.is_none(),
            BindingDirective::Value(_) => false,
        });
        if field.type_.is_non_null() && all_can_fail && !written.bindings.is_empty() {
            let message = format!("`{}` must not be null, so a failed fetch takes its parent along", field.coordinate);
            let hint = format!("make it `{}`, or give it a `fallback`", table.show(field.type_.nullable()));
            mistakes.warning(table.place(config, id), message, hint);
        }
    }
}
