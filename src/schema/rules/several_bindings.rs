//! Several bindings are joined into a list or laid over each other in an object; a leaf has nothing to join.

use crate::config::{Config, Mistakes};
use crate::schema::type_table::TypeTable;

/// Tells the second binding of a leaf.
pub(in crate::schema) fn check(config: &Config, table: &TypeTable, mistakes: &mut Mistakes) {
    for id in table.field_ids() {
        let field = table.field(id);
        let is_leaf = field.type_.list_depth() == 0 && table.is_leaf(field.type_.named());
        if !is_leaf || table.is_missing(config, &field.type_) {
            continue;
        }
        let second = table.written(config, id).and_then(|written| written.bindings.get(1));
        if let Some(second) = second {
            let message = format!("`{}` is a leaf and has one binding at most", field.coordinate);
            mistakes.error_with_hint(second.span(), message, "only lists and objects are joined".to_owned());
        }
    }
}
