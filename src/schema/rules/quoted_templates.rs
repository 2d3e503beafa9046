//! Inside a quoted SQL string braces are plain text, so a template there is one that its author hardly meant.

use crate::config::{Mistakes, StatementText};

/// Warns of well-formed templates inside quotes.
pub(super) fn check(statement: &StatementText, mistakes: &mut Mistakes) {
    for range in statement.quoted_templates() {
        let slot = statement.text().get(range.clone()).unwrap_or_default();
        let hint = format!("write `= {slot}` without quotes; it is a bound parameter");
        mistakes.warning(statement.span(&range), format!("inside quotes `{slot}` is text"), hint);
    }
}
