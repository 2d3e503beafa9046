//! A value always has an object type, so what a field is bound to is said on object types.

use crate::config::{Config, Mistakes};
use crate::schema::TypeKind;
use crate::schema::type_table::TypeTable;

/// Tells bindings and `@from` on fields of interfaces.
pub(in crate::schema) fn check(config: &Config, table: &TypeTable, mistakes: &mut Mistakes) {
    for id in table.field_ids() {
        let TypeKind::Abstract(interface) = &table.type_(id.owner).kind else { continue };
        let Some(written) = table.written(config, id) else { continue };
        let names: Vec<String> =
            interface.possible.iter().take(3).map(|id| format!("`{}`", table.type_(*id).name)).collect();
        let hint = format!("write it on each object type: {}", names.join(", "));
        for binding in &written.bindings {
            mistakes.error_with_hint(binding.span(), "a field of an interface has no binding", hint.clone());
        }
        if let Some(from) = &written.from {
            mistakes.error_with_hint(from.span, "a field of an interface has no `@from`", hint);
        }
    }
}
