//! `@from` names raw properties with dots between them.

use crate::config::{Config, Mistakes};
use crate::schema::type_table::TypeTable;

/// Tells paths with a missing name.
pub(in crate::schema) fn check(config: &Config, table: &TypeTable, mistakes: &mut Mistakes) {
    for id in table.field_ids() {
        let from = table.written(config, id).and_then(|written| written.from.as_ref());
        if let Some(from) = from.filter(|from| from.value.split('.').any(str::is_empty)) {
            let hint = "write it as `company.name`".to_owned();
            mistakes.error_with_hint(from.span, "`@from` is a path of names with a dot between them", hint);
        }
    }
}
