//! From what the author wrote to what is believed. Every step tells its mistakes and goes on, so that all are told at
//! once; only at the end is it asked whether there were any.

use std::sync::Arc;

use super::client_schema::client_schema;
use super::resolve_binding::resolve_bindings;
use super::resolve_source::resolve_sources;
use super::rules;
use super::type_table::{TypeTable, collect_types};
use super::{AllowedOrigins, GatewayLimits, Resolution, Schema, TypeKind};
use crate::config::{ANY_ORIGIN, Config, Diagnostics, GatewayDirective, Mistakes, Written};

/// Builds the schema; the diagnostics on the good side are warnings.
///
/// # Errors
/// Every mistake of the schema files, warnings included.
pub fn build(config: &Config) -> Result<(Schema, Diagnostics), Diagnostics> {
    let mut mistakes = config.mistakes.clone();
    let mut table = collect_types(config, &mut mistakes);
    let sources = resolve_sources(config, &mut mistakes).into_iter().map(Arc::new).collect();
    let bindings = resolve_bindings(config, &table, &mut mistakes);
    let limits = limits(&config.directives.gateway);
    check_rules(config, &table, &limits, &mut mistakes);
    rules::circles::check(config, &table, &bindings, &mut mistakes);
    if mistakes.has_errors() {
        return Err(mistakes.finish());
    }
    let client = client_schema(config, &mut mistakes);
    let Some(client) = client.filter(|_| !mistakes.has_errors()) else { return Err(mistakes.finish()) };
    for (id, bindings) in bindings {
        bind(&mut table, id, Resolution::Bound(bindings));
    }
    let TypeTable { types, type_ids, query, mutation, .. } = table;
    Ok((Schema { types, type_ids, query, mutation, sources, limits, client }, mistakes.finish()))
}

/// Every rule that looks at what was written.
fn check_rules(config: &Config, table: &TypeTable, limits: &GatewayLimits, mistakes: &mut Mistakes) {
    rules::default_root_types::check(config, mistakes);
    rules::sources::check(config, mistakes);
    rules::missing_sources::check(config, mistakes);
    rules::literal_secrets::check(config, mistakes);
    rules::pools::check(config, mistakes);
    rules::reserved_names::check(config, mistakes);
    rules::sizes::check(config, mistakes);
    rules::contradictions::check(config, table, mistakes);
    rules::several_bindings::check(config, table, mistakes);
    rules::input_definitions::check(config, mistakes);
    rules::interface_fields::check(config, table, mistakes);
    rules::statements::check(config, table, mistakes);
    rules::lists_of_lists::check(config, table, mistakes);
    rules::null_on::check(config, table, mistakes);
    rules::paths::check(config, table, mistakes);
    rules::foreign_placeholders::check(config, table, mistakes);
    rules::root_fields::check(config, table, mistakes);
    rules::non_null::check(config, table, mistakes);
    rules::constants::check(config, table, mistakes);
    rules::discriminators::check(config, table, mistakes);
    rules::internal_fields::check(config, mistakes);
    rules::timeouts::check(config, table, limits, mistakes);
}

fn bind(table: &mut TypeTable, id: super::FieldId, resolution: Resolution) {
    let fields = match &mut table.types[id.owner.0 as usize].kind {
        TypeKind::Object(object) => &mut object.fields,
        TypeKind::Abstract(interface) => &mut interface.fields,
        TypeKind::Scalar(_) | TypeKind::Enum(_) | TypeKind::InputObject(_) => return,
    };
    fields[id.index as usize].resolution = resolution;
}

/// `@gateway` with every default filled in.
fn limits(written: &GatewayDirective) -> GatewayLimits {
    let default = GatewayLimits::default();
    GatewayLimits {
        deadline: written.deadline.as_ref().map_or(default.deadline, |length| length.value),
        max_body: written.max_body.as_ref().map_or(default.max_body, |size| size.value),
        max_tokens: written.max_tokens.unwrap_or(default.max_tokens),
        max_depth: written.max_depth.unwrap_or(default.max_depth),
        max_aliases: written.max_aliases.unwrap_or(default.max_aliases),
        max_root_fields: written.max_root_fields.unwrap_or(default.max_root_fields),
        max_fields: written.max_fields.unwrap_or(default.max_fields),
        max_calls: written.max_calls.and_then(|calls| u32::try_from(calls).ok()).unwrap_or(default.max_calls),
        max_response: written.max_response.as_ref().map_or(default.max_response, |size| size.value),
        max_errors: written.max_errors.unwrap_or(default.max_errors),
        partial_status: written.partial_status.unwrap_or(default.partial_status),
        introspection: written.introspection.unwrap_or(default.introspection),
        graphiql: written.graphiql.unwrap_or(default.graphiql),
        cors: allowed_origins(&written.cors),
    }
}

fn allowed_origins(written: &[Written<String>]) -> AllowedOrigins {
    if written.is_empty() {
        AllowedOrigins::Nobody
    } else if written.iter().any(|origin| origin.value == ANY_ORIGIN) {
        AllowedOrigins::Anybody
    } else {
        AllowedOrigins::Listed(written.iter().map(|origin| origin.value.as_str().into()).collect())
    }
}
