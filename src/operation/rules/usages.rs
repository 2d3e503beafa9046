//! Where a document uses variables, and what is expected there: noted for each definition while it is walked, and asked for
//! each operation with the fragments that it reaches. What is the same of many usages is noted once, so that many
//! operations over one large fragment ask no more than it has variables of different meaning.

use std::collections::HashMap;

use apollo_compiler::Node;
use apollo_compiler::ast::{OperationDefinition, Type, VariableDefinition};
use apollo_compiler::schema::InputObjectType;

use super::context::{Context, spreads, start_of};

/// What is expected where a variable stands.
#[derive(Clone, Copy)]
pub(super) struct Place<'d> {
    /// The type of the place; nothing where that is not known.
    pub(super) type_: Option<&'d Type>,
    /// Whether the place has a default of its own.
    pub(super) has_default: bool,
    /// The `@oneOf` input object of which it is a field.
    pub(super) one_of: Option<&'d InputObjectType>,
}

/// Usages of one variable in one definition that mean the same.
pub(super) struct Usage<'d> {
    pub(super) name: &'d str,
    pub(super) place: Place<'d>,
    /// Where they are, in the order of the document.
    pub(super) offsets: Vec<usize>,
    variable: usize,
}

/// What two usages of one definition are the same by.
type Identity<'d> = (&'d str, Option<*const Type>, bool, Option<*const InputObjectType>);

/// The usages of one definition, and the fragments that it spreads.
#[derive(Default)]
struct Noted<'d> {
    usages: Vec<Usage<'d>>,
    known: HashMap<Identity<'d>, usize>,
    spreads: Vec<usize>,
}

/// The usages of a document.
pub(super) struct Usages<'d> {
    fragments: Vec<Noted<'d>>,
    operations: HashMap<usize, Noted<'d>>,
    /// Every name of a variable that is used, by the number that stands for it.
    variables: HashMap<&'d str, usize>,
}

/// A definition whose usages are noted.
#[derive(Clone, Copy)]
pub(super) enum Definition {
    /// A fragment, by its id.
    Fragment(usize),
    /// An operation, by where it begins.
    Operation(usize),
}

/// What one operation uses.
pub(super) struct Used<'u, 'd> {
    pub(super) operation: &'d Node<OperationDefinition>,
    definitions: Vec<&'u Noted<'d>>,
    /// The definition of each variable of the document that the operation defines, by its number.
    defined: Vec<Option<&'d Node<VariableDefinition>>>,
}

impl<'d> Usages<'d> {
    /// None yet.
    pub(super) fn new(context: &Context<'d>) -> Usages<'d> {
        let fragments = context.fragments().iter().map(|fragment| {
            let names = fragment.spreads.iter().map(|spread| spread.fragment_name.as_str());
            Noted { spreads: ids(context, names), ..Noted::default() }
        });
        let operations = context.operations().map(|operation| {
            let found = spreads(&operation.selection_set);
            let names = found.iter().map(|spread| spread.fragment_name.as_str());
            (identity(operation), Noted { spreads: ids(context, names), ..Noted::default() })
        });
        Usages { fragments: fragments.collect(), operations: operations.collect(), variables: HashMap::new() }
    }

    /// Notes that a definition uses a variable.
    pub(super) fn note(&mut self, definition: Definition, name: &'d str, place: Place<'d>, offset: usize) {
        let next = self.variables.len();
        let variable = *self.variables.entry(name).or_insert(next);
        let noted = match definition {
            Definition::Fragment(id) => self.fragments.get_mut(id),
            Definition::Operation(operation) => self.operations.get_mut(&operation),
        };
        let Some(noted) = noted else { return };
        let pointer = place.type_.map(std::ptr::from_ref);
        let key = (name, pointer, place.has_default, place.one_of.map(std::ptr::from_ref));
        let index = *noted.known.entry(key).or_insert(noted.usages.len());
        match noted.usages.get_mut(index) {
            Some(usage) => usage.offsets.push(offset),
            None => noted.usages.push(Usage { name, place, offsets: vec![offset], variable }),
        }
    }

    /// What an operation uses, itself and through fragments.
    pub(super) fn of_operation(&self, operation: &'d Node<OperationDefinition>) -> Used<'_, 'd> {
        let mut definitions = Vec::new();
        let mut is_reached = vec![false; self.fragments.len()];
        let mut open: Vec<&Noted<'d>> = self.operations.get(&identity(operation)).into_iter().collect();
        while let Some(noted) = open.pop() {
            definitions.push(noted);
            for &id in &noted.spreads {
                if !std::mem::replace(&mut is_reached[id], true) {
                    open.push(&self.fragments[id]);
                }
            }
        }
        let mut defined = vec![None; self.variables.len()];
        for variable in &operation.variables {
            if let Some(&number) = self.variables.get(variable.name.as_str()) {
                defined[number] = Some(variable);
            }
        }
        Used { operation, definitions, defined }
    }
}

impl<'u, 'd> Used<'u, 'd> {
    /// Every usage, with the definition of its variable where there is one.
    pub(super) fn usages(&self) -> impl Iterator<Item = (&'u Usage<'d>, Option<&'d Node<VariableDefinition>>)> {
        let usages = self.definitions.iter().flat_map(|noted| &noted.usages);
        usages.map(|usage| (usage, self.defined.get(usage.variable).copied().flatten()))
    }
}

/// An operation can have the name of another one, but not its place.
pub(super) fn identity(operation: &Node<OperationDefinition>) -> usize {
    start_of(operation)
}

/// The fragments of these names, each once.
fn ids<'n>(context: &Context<'_>, names: impl Iterator<Item = &'n str>) -> Vec<usize> {
    let mut ids: Vec<usize> = names.filter_map(|name| context.fragment_id(name)).collect();
    ids.sort_unstable();
    ids.dedup();
    ids
}
