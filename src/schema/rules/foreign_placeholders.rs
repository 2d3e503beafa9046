//! `:id` and `$id` in the URL of a call are text: other routers and shells read them as values. Only a name that the
//! field's arguments or its parent have is doubted; any other could be what the service wants.

use crate::config::{BindingDirective, Config, Mistakes, WrittenPiece, WrittenTemplate, find_in_literal};
use crate::schema::FieldId;
use crate::schema::type_table::TypeTable;

/// Warns of placeholders of other languages in the URLs of calls.
pub(in crate::schema) fn check(config: &Config, table: &TypeTable, mistakes: &mut Mistakes) {
    for id in table.field_ids() {
        let bindings = table.written(config, id).map_or(&[][..], |written| &written.bindings);
        for binding in bindings {
            let BindingDirective::Rest(rest) = binding else { continue };
            for (_, url) in &rest.calls {
                check_url(config, table, id, url, mistakes);
            }
        }
    }
}

fn check_url(config: &Config, table: &TypeTable, id: FieldId, url: &WrittenTemplate, mistakes: &mut Mistakes) {
    let texts = url.pieces.iter().filter_map(|piece| match piece {
        WrittenPiece::Text(text) => Some(text.as_str()),
        WrittenPiece::Environment(_) | WrittenPiece::Slot(_) => None,
    });
    for (placeholder, name) in texts.flat_map(placeholders) {
        let Some(template) = meant(table, id, name) else { continue };
        let span = find_in_literal(&config.files, url.span, placeholder).unwrap_or(url.span);
        mistakes.warning(span, format!("`{placeholder}` is plain text here"), format!("did you mean `{template}`?"));
    }
}

/// Each `:name` and `$name` with which a segment or a value begins.
fn placeholders(text: &str) -> impl Iterator<Item = (&str, &str)> {
    text.split(['/', '?', '&', '=']).filter_map(|part| {
        let name = part.strip_prefix([':', '$'])?;
        let is_name = !name.is_empty() && name.chars().all(|next| next.is_ascii_alphanumeric() || next == '_');
        is_name.then_some((part, name))
    })
}

/// The template for a name that the field can use.
fn meant(table: &TypeTable, id: FieldId, name: &str) -> Option<String> {
    if table.field(id).arguments.iter().any(|argument| &*argument.name == name) {
        return Some(format!("{{args.{name}}}"));
    }
    let parent = Some(id.owner).filter(|owner| !table.is_root(*owner))?;
    table.field_named(parent, name).map(|_| format!("{{parent.{name}}}"))
}
