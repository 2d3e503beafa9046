//! A field of a root type has no parent value to take a property from.

use crate::config::{Config, Mistakes, Span};
use crate::schema::type_table::TypeTable;
use crate::schema::{FieldId, Resolution, TypeId};

/// Warns of root fields that are always null, and tells `@from` on root fields.
pub(in crate::schema) fn check(config: &Config, table: &TypeTable, mistakes: &mut Mistakes) {
    for root in table.roots().into_iter().filter(|root| Some(*root) != table.subscription) {
        for place in 0..table.fields(root).len() {
            if let Ok(index) = u16::try_from(place) {
                check_field(config, table, FieldId { owner: root, index }, mistakes);
            }
        }
    }
    if let Some(subscription) = table.subscription {
        warn_of_subscription(config, table, subscription, mistakes);
    }
}

fn check_field(config: &Config, table: &TypeTable, id: FieldId, mistakes: &mut Mistakes) {
    let field = table.field(id);
    if let Some(from) = table.written(config, id).and_then(|written| written.from.as_ref()) {
        let message = format!("`{}` is a root field and has no parent to take a property from", field.coordinate);
        let hint = "bind it with `@sql`, `@rest` or `@value`".to_owned();
        mistakes.error_with_hint(from.span, message, hint);
    } else if !table.is_bound(config, id)
        && !matches!(field.resolution, Resolution::EmptyObject)
        && !mistakes.is_invalid_within(whole_span(config, table, id))
    {
        let message = format!("`{}` has no binding, so it is always null", field.coordinate);
        let hint = "bind it with `@sql`, `@rest` or `@value`".to_owned();
        mistakes.warning(table.place(config, id), message, hint);
    }
}

/// The whole definition of a field: what stands on it could not be read where something in it is not valid.
fn whole_span(config: &Config, table: &TypeTable, id: FieldId) -> Option<Span> {
    let definition = config.schema.type_field(&table.type_(id.owner).name, &table.field(id).name).ok()?;
    config.span(definition.location())
}

fn warn_of_subscription(config: &Config, table: &TypeTable, subscription: TypeId, mistakes: &mut Mistakes) {
    let name = &table.type_(subscription).name;
    let message = format!("the fields of `{name}` are not executed: subscriptions are not yet supported");
    mistakes.warning(config.places.get(&**name).copied(), message, None);
}
