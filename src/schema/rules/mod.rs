//! The rules of the language that need no other file than the schema, one a file. Each tells what it finds and goes
//! on, so that all mistakes are told at once. What a template names is judged where it is looked up.

pub(super) mod certificates;
pub(super) mod circles;
pub(super) mod constants;
pub(super) mod contradictions;
pub(super) mod default_root_types;
pub(super) mod discriminators;
pub(super) mod duplicate_headers;
pub(super) mod foreign_placeholders;
pub(super) mod headers;
pub(super) mod hedges;
pub(super) mod input_definitions;
pub(super) mod interface_fields;
pub(super) mod internal_fields;
pub(super) mod lists_of_lists;
pub(super) mod literal_secrets;
pub(super) mod missing_sources;
pub(super) mod non_null;
pub(super) mod null_on;
pub(super) mod paths;
pub(super) mod placeholders;
pub(super) mod pools;
pub(super) mod postgres_url;
pub(super) mod quoted_templates;
pub(super) mod reserved_names;
pub(super) mod rest_url;
pub(super) mod root_fields;
pub(super) mod several_bindings;
pub(super) mod single_statement;
pub(super) mod sizes;
pub(super) mod source_of_binding;
pub(super) mod sources;
pub(super) mod statements;
pub(super) mod timeouts;
pub(super) mod url_hints;
