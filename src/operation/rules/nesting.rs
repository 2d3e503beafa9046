//! How deep the selections of a document nest when its fragments are expanded. Everything that follows fragments after
//! validation does so by recursion, and relies on this bound; to find it no fragment is followed that way.

use apollo_compiler::ast::Selection;

use super::context::Context;

/// Most levels of selections within each other, through fields and fragments of both kinds.
const MAX_LEVELS: usize = 200;

/// What is said of a document that is deeper.
pub(super) const TOO_DEEP: &str = "the document is nested deeper than 200 levels, its fragments expanded";

/// Whether selections nest deeper than is followed. Circles, which are told otherwise, are followed once round.
pub(super) fn is_too_deep(context: &Context<'_>) -> bool {
    let levels = levels_of_fragments(context);
    let fragment = |name: &str| context.fragment_id(name).and_then(|id| levels.get(id)).copied().unwrap_or(0);
    let deepest = context.operations().map(|operation| levels_of(&operation.selection_set, &fragment)).max();
    deepest.into_iter().chain(levels.iter().copied()).any(|levels| levels > MAX_LEVELS)
}

/// The levels of each fragment: those that it spreads are measured first.
fn levels_of_fragments(context: &Context<'_>) -> Vec<usize> {
    let fragments = context.fragments();
    let mut levels = vec![0; fragments.len()];
    let mut is_open = vec![false; fragments.len()];
    let mut is_done = vec![false; fragments.len()];
    let mut open: Vec<usize> = (0..fragments.len()).collect();
    while let Some(&id) = open.last() {
        if is_done[id] {
            open.pop();
        } else if is_open[id] {
            let known = |name: &str| context.fragment_id(name).map_or(0, |below| levels[below]);
            levels[id] = levels_of(&fragments[id].definition.selection_set, &known);
            is_done[id] = true;
            open.pop();
        } else {
            is_open[id] = true;
            let below = fragments[id].spreads.iter().filter_map(|spread| context.fragment_id(&spread.fragment_name));
            open.extend(below.filter(|below| !is_open[*below]));
        }
    }
    levels
}

/// The parser bounds how deep this goes itself.
fn levels_of(selections: &[Selection], fragment: &dyn Fn(&str) -> usize) -> usize {
    let below = selections.iter().map(|selection| match selection {
        Selection::Field(field) => levels_of(&field.selection_set, fragment),
        Selection::InlineFragment(inline) => levels_of(&inline.selection_set, fragment),
        Selection::FragmentSpread(spread) => fragment(&spread.fragment_name),
    });
    below.max().map_or(0, |deepest| deepest.saturating_add(1))
}
