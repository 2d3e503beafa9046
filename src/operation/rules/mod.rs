//! Validation (specification, section 5): every rule as the reference implementation has it, one a file, run in one walk
//! over the document as it was parsed. Each tells all that it finds, in the words of the reference implementation and at its
//! places. What the walk passes to a rule may be wrong in other ways: what a rule does not find is no mistake of its own.

mod arguments;
mod check;
mod conflict;
mod context;
mod executable_definitions;
mod field_sets;
mod fields_on_correct_type;
mod found_conflicts;
mod fragments_on_composite_types;
mod known_argument_names;
mod known_directives;
mod known_fragment_names;
mod known_operation_types;
mod known_type_names;
mod literals;
mod lone_anonymous_operation;
mod max_introspection_depth;
mod nesting;
mod no_fragment_cycles;
mod no_schema_introspection;
mod no_undefined_variables;
mod no_unused_fragments;
mod no_unused_variables;
mod overlapping_fields;
mod possible_fragment_spreads;
mod printed;
mod provided_required_arguments;
mod scalar_leafs;
mod single_field_subscriptions;
mod suggestions;
mod type_system;
mod unique_argument_names;
mod unique_directives;
mod unique_fragment_names;
mod unique_input_field_names;
mod unique_operation_names;
mod unique_variable_names;
mod usages;
mod values_of_correct_type;
mod variables_are_input_types;
mod variables_in_allowed_position;
mod walk;

pub(super) use check::check;
pub(super) use context::{Context, Introspection};
