//! A timeout longer than the deadline is never reached, nor is a wait for a connection.

use crate::config::{BindingDirective, Config, Mistakes};
use crate::schema::GatewayLimits;
use crate::schema::type_table::TypeTable;

/// Warns of each timeout that the deadline cuts short.
pub(in crate::schema) fn check(config: &Config, table: &TypeTable, limits: &GatewayLimits, mistakes: &mut Mistakes) {
    let of_sources = config.directives.sources.iter().filter_map(|source| source.timeout.as_ref());
    let fields = table.field_ids();
    let bindings = fields.iter().filter_map(|id| table.written(config, *id)).flat_map(|written| &written.bindings);
    let of_bindings = bindings.filter_map(|binding| match binding {
        BindingDirective::Sql(sql) => sql.timeout.as_ref(),
        BindingDirective::Rest(rest) => rest.timeout.as_ref(),
        BindingDirective::Value(_) => None,
    });
    for timeout in of_sources.chain(of_bindings).filter(|timeout| timeout.value > limits.deadline) {
        let message = format!("this timeout is longer than the deadline of {:?}", limits.deadline);
        mistakes.warning(timeout.span, message, "the deadline ends the fetch first".to_owned());
    }
    let sources = &config.directives.sources;
    let acquire = sources.iter().filter_map(|source| source.sql.as_ref()?.acquire.as_ref());
    let connect = sources.iter().filter_map(|source| source.rest.as_ref()?.connect.as_ref());
    for wait in acquire.chain(connect).filter(|wait| wait.value > limits.deadline) {
        let message = format!("this wait for a connection is longer than the deadline of {:?}", limits.deadline);
        mistakes.warning(wait.span, message, "the deadline ends the fetch first".to_owned());
    }
}
