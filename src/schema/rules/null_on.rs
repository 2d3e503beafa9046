//! `nullOn` is for failures that mean "there is none"; a status of success among them throws every answer away.

use crate::config::{BindingDirective, Config, Mistakes};
use crate::schema::type_table::TypeTable;

/// Warns of statuses of success that mean null. 204 and 205 have no content and are null in any case.
pub(in crate::schema) fn check(config: &Config, table: &TypeTable, mistakes: &mut Mistakes) {
    for id in table.field_ids() {
        let bindings = table.written(config, id).map_or(&[][..], |written| &written.bindings);
        for binding in bindings {
            let BindingDirective::Rest(rest) = binding else { continue };
            for status in rest.null_on.iter().filter(|status| has_content(status.value)) {
                let message = format!("every answer with the status {} becomes null", status.value);
                let hint = "name statuses of failures, such as 404".to_owned();
                mistakes.warning(status.span, message, hint);
            }
        }
    }
}

fn has_content(status: u16) -> bool {
    (200..300).contains(&status) && ![204, 205].contains(&status)
}
