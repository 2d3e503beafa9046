//! `@from` and `at` name raw properties with dots between them, and take no templates.

use crate::config::{BindingDirective, Config, Mistakes, Written};
use crate::schema::type_table::TypeTable;

/// Tells paths with a missing name or a brace; warns of those that mean an item or the root of another path language.
pub(in crate::schema) fn check(config: &Config, table: &TypeTable, mistakes: &mut Mistakes) {
    for id in table.field_ids() {
        let Some(written) = table.written(config, id) else { continue };
        if let Some(from) = &written.from {
            check_path("@from", from, mistakes);
        }
        for binding in &written.bindings {
            let BindingDirective::Rest(rest) = binding else { continue };
            if let Some(at) = rest.at.as_ref().filter(|at| !at.value.is_empty()) {
                check_path("at", at, mistakes);
            }
            if let Some(by) = rest.by.as_ref().filter(|by| !by.value.is_empty()) {
                check_path("by", by, mistakes);
            }
        }
    }
}

fn check_path(name: &str, path: &Written<String>, mistakes: &mut Mistakes) {
    if path.value.contains(['{', '}']) {
        let hint = "it names properties, as `company.name` does".to_owned();
        mistakes.error_with_hint(path.span, format!("`{name}` takes no template"), hint);
    } else if path.value.split('.').any(str::is_empty) {
        let hint = "write it as `company.name`".to_owned();
        mistakes.error_with_hint(path.span, format!("`{name}` is a path of names with a dot between them"), hint);
    } else if path.value.contains(['[', ']']) {
        let hint = "it is read as the name of a property; no path leads into a list".to_owned();
        mistakes.warning(path.span, format!("`{name}` names properties, and no items of lists"), hint);
    } else if path.value.starts_with('$') {
        let hint = "it is read as the name of a property; leave out the `$`".to_owned();
        mistakes.warning(path.span, format!("`{name}` starts with a property of the answer, and not with `$`"), hint);
    }
}
