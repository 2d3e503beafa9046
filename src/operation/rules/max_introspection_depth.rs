//! Introspection does not go through many lists of fields or types within each other, as in the reference implementation:
//! each of them multiplies the answer by the size of the schema.

use apollo_compiler::Node;
use apollo_compiler::ast::{Definition, Field, Selection};

use super::context::{Context, start_of};
use crate::operation::mistakes::Mistakes;

/// As many lists within each other are too many. No more are counted.
const TOO_MANY_LISTS: usize = 3;

/// Tells each `__schema` and `__type` below which there are too many lists; those within it are not told.
pub(super) fn check(context: &Context<'_>, mistakes: &mut Mistakes) {
    let selection_sets = || context.tree.definitions.iter().filter_map(selections_of);
    if !selection_sets().any(introspects) {
        return;
    }
    let mut lists = Lists { of_fragments: of_fragments(context), context, mistakes };
    selection_sets().for_each(|selections| lists.tell(selections));
}

fn selections_of(definition: &Definition) -> Option<&[Selection]> {
    match definition {
        Definition::OperationDefinition(operation) => Some(&operation.selection_set),
        Definition::FragmentDefinition(fragment) => Some(&fragment.selection_set),
        _ => None,
    }
}

fn introspects(selections: &[Selection]) -> bool {
    selections.iter().any(|selection| match selection {
        Selection::Field(field) => is_introspection(field) || introspects(&field.selection_set),
        Selection::InlineFragment(inline) => introspects(&inline.selection_set),
        Selection::FragmentSpread(_) => false,
    })
}

fn is_introspection(field: &Node<Field>) -> bool {
    matches!(field.name.as_str(), "__schema" | "__type")
}

struct Lists<'c, 'd> {
    context: &'c Context<'d>,
    mistakes: &'c mut Mistakes,
    of_fragments: Vec<usize>,
}

impl Lists<'_, '_> {
    fn tell(&mut self, selections: &[Selection]) {
        for selection in selections {
            match selection {
                Selection::Field(field) if is_introspection(field) && self.below(field) >= TOO_MANY_LISTS => {
                    self.mistakes.tell(&[start_of(field)], || "Maximum introspection depth exceeded".to_owned());
                }
                Selection::Field(field) => self.tell(&field.selection_set),
                Selection::InlineFragment(inline) => self.tell(&inline.selection_set),
                Selection::FragmentSpread(_) => {}
            }
        }
    }

    fn below(&self, field: &Node<Field>) -> usize {
        let found = Found::below(&field.selection_set);
        let through = found
            .spreads
            .iter()
            .filter_map(|(name, above)| self.context.fragment_id(name).map(|id| above + self.of_fragments[id]));
        through.max().unwrap_or(0).max(found.most)
    }
}

/// The lists within each other of each fragment, those that it spreads included. No fragment is followed by recursion: what
/// is found of one is handed up to those that spread it, and round a circle until there are as many as are counted.
fn of_fragments(context: &Context<'_>) -> Vec<usize> {
    let all = context.fragments().iter().map(|fragment| Found::below(&fragment.definition.selection_set));
    let all: Vec<Found<'_>> = all.collect();
    let mut spread_by = vec![Vec::new(); all.len()];
    for (id, found) in all.iter().enumerate() {
        for (name, above) in &found.spreads {
            if let Some(below) = context.fragment_id(name) {
                spread_by[below].push((id, *above));
            }
        }
    }
    let mut lists: Vec<usize> = all.iter().map(|found| found.most.min(TOO_MANY_LISTS)).collect();
    let mut open: Vec<usize> = (0..all.len()).collect();
    while let Some(id) = open.pop() {
        for &(outer, above) in &spread_by[id] {
            let through = (above + lists[id]).min(TOO_MANY_LISTS);
            if through > lists[outer] {
                lists[outer] = through;
                open.push(outer);
            }
        }
    }
    lists
}

/// What selections have of lists within each other, without those of fragments.
#[derive(Default)]
struct Found<'d> {
    most: usize,
    /// Each fragment that is spread, and the lists above it.
    spreads: Vec<(&'d str, usize)>,
}

impl<'d> Found<'d> {
    fn below(selections: &'d [Selection]) -> Found<'d> {
        let mut found = Found::default();
        found.look(selections, 0);
        found
    }

    /// The parser bounds how deep this goes.
    fn look(&mut self, selections: &'d [Selection], above: usize) {
        self.most = self.most.max(above);
        for selection in selections {
            match selection {
                Selection::Field(field) => {
                    let name = field.name.as_str();
                    let is_list = matches!(name, "fields" | "interfaces" | "possibleTypes" | "inputFields");
                    self.look(&field.selection_set, above + usize::from(is_list));
                }
                Selection::InlineFragment(inline) => self.look(&inline.selection_set, above),
                Selection::FragmentSpread(spread) => self.spreads.push((&spread.fragment_name, above)),
            }
        }
    }
}
