//! The limits on an operation: how deep, how wide, how many aliases. Each fragment is measured once, whatever the number
//! of its spreads, and sums saturate: a document that expands to 2^31 fields is refused as fast as it is read.

use std::collections::{HashMap, HashSet};

use apollo_compiler::ExecutableDocument;
use apollo_compiler::ast;
use apollo_compiler::executable::{Operation, Selection, SelectionSet};
use apollo_compiler::validation::Valid;

use super::meetings;
use crate::graphql::{Error, ErrorCode};
use crate::schema::Schema;

/// The measure of a selection set, its fragments expanded.
#[derive(Debug, Clone, Copy, Default)]
struct Measure {
    fields: usize,
    depth: usize,
    aliases: usize,
    root_fields: usize,
}

/// Refuses an operation that passes one of the gateway's limits.
///
/// # Errors
/// `OPERATION_TOO_COMPLEX` with the amount and the limit.
pub(super) fn check(document: &Valid<ExecutableDocument>, operation: &Operation, schema: &Schema) -> Result<(), Error> {
    let limits = &schema.limits;
    let mut measures = Measures { document, known: HashMap::new() };
    let measure = measures.selection_set(&operation.selection_set);
    let too_complex = |words: &str, amount: usize, limit: usize| {
        let message = format!("the operation has {amount} {words}; at most {limit} are allowed");
        Err(Error::request(ErrorCode::OperationTooComplex, message))
    };
    if measure.fields > limits.max_fields {
        return too_complex("fields", measure.fields, limits.max_fields);
    }
    if measure.depth > limits.max_depth {
        return too_complex("levels of fields", measure.depth, limits.max_depth);
    }
    if measure.aliases > limits.max_aliases {
        return too_complex("aliases", measure.aliases, limits.max_aliases);
    }
    if measure.root_fields > limits.max_root_fields {
        return too_complex("root fields", measure.root_fields, limits.max_root_fields);
    }
    meetings::check(document, operation, schema.client.schema(), limits.max_fields)
}

/// The variables that `@skip` and `@include` use anywhere in an operation.
pub(super) fn condition_variables<'d>(document: &'d ExecutableDocument, operation: &'d Operation) -> HashSet<&'d str> {
    let mut found = HashSet::new();
    let mut seen = HashSet::new();
    let mut open = vec![&operation.selection_set];
    while let Some(selection_set) = open.pop() {
        for selection in &selection_set.selections {
            for directive in selection.directives() {
                let argument = directive.specified_argument_by_name("if").map(|value| &**value);
                if let Some(ast::Value::Variable(name)) = argument {
                    found.insert(name.as_str());
                }
            }
            match selection {
                Selection::Field(field) => open.push(&field.selection_set),
                Selection::InlineFragment(inline) => open.push(&inline.selection_set),
                Selection::FragmentSpread(spread) if seen.insert(spread.fragment_name.as_str()) => {
                    open.extend(document.fragments.get(&spread.fragment_name).map(|fragment| &fragment.selection_set));
                }
                Selection::FragmentSpread(_) => {}
            }
        }
    }
    found
}

struct Measures<'d> {
    document: &'d ExecutableDocument,
    known: HashMap<&'d str, Measure>,
}

impl<'d> Measures<'d> {
    /// Validation has refused circles, and nesting beyond 200 levels, by selections or by a chain of fragments: the
    /// recursion ends early.
    fn selection_set(&mut self, selection_set: &'d SelectionSet) -> Measure {
        let mut sum = Measure::default();
        for selection in &selection_set.selections {
            let part = match selection {
                Selection::Field(field) => {
                    let below = self.selection_set(&field.selection_set);
                    let is_alias = field.alias.is_some() && field.name != "__typename";
                    Measure {
                        fields: below.fields.saturating_add(1),
                        depth: below.depth.saturating_add(1),
                        aliases: below.aliases.saturating_add(usize::from(is_alias)),
                        root_fields: 1,
                    }
                }
                Selection::InlineFragment(inline) => self.selection_set(&inline.selection_set),
                Selection::FragmentSpread(spread) => self.fragment(&spread.fragment_name),
            };
            sum = sum.and(part);
        }
        sum
    }

    fn fragment(&mut self, name: &'d str) -> Measure {
        if let Some(measure) = self.known.get(name) {
            return *measure;
        }
        let fragment = self.document.fragments.get(name);
        let measure = fragment.map_or_else(Measure::default, |fragment| self.selection_set(&fragment.selection_set));
        self.known.insert(name, measure);
        measure
    }
}

impl Measure {
    fn and(self, other: Measure) -> Measure {
        Measure {
            fields: self.fields.saturating_add(other.fields),
            depth: self.depth.max(other.depth),
            aliases: self.aliases.saturating_add(other.aliases),
            root_fields: self.root_fields.saturating_add(other.root_fields),
        }
    }
}
