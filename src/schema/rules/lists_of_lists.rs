//! A row is an object, and all rows are one list of them: they never fit a list of lists.

use crate::config::{BindingDirective, Config, Mistakes};
use crate::schema::type_table::TypeTable;

/// Tells statements behind lists of lists of objects. A list of lists of leaves takes a column of arrays.
pub(in crate::schema) fn check(config: &Config, table: &TypeTable, mistakes: &mut Mistakes) {
    for id in table.field_ids() {
        let type_ = &table.field(id).type_;
        if type_.list_depth() < 2 || table.is_leaf(type_.named()) {
            continue;
        }
        let bindings = table.written(config, id).map_or(&[][..], |written| &written.bindings);
        for binding in bindings.iter().filter(|binding| matches!(binding, BindingDirective::Sql(_))) {
            let message = format!("rows never fit the type `{}`: they are one list of objects", table.show(type_));
            let hint = format!("make it `[{}]`", table.type_(type_.named()).name);
            mistakes.error_with_hint(binding.span(), message, hint);
        }
    }
}
