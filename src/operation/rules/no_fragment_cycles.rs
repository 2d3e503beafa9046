//! A fragment does not spread itself, not through others either (specification, section 5.5.2.2).

use std::collections::{HashMap, HashSet};
use std::fmt::Write as _;

use apollo_compiler::Node;
use apollo_compiler::ast::FragmentSpread;

use super::context::{Context, Fragment, start_of};
use crate::operation::mistakes::{MAX_PLACES, Mistakes};

/// Whether fragments spread each other in a circle.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Circles {
    Found,
    None,
}

/// Tells each spread that closes a circle, with the spreads that lead to it.
pub(super) fn check(context: &Context<'_>, mistakes: &mut Mistakes) -> Circles {
    let mut search = Search { context, mistakes, visited: HashSet::new(), circles: Circles::None };
    for fragment in context.fragments() {
        search.from(fragment);
    }
    search.circles
}

/// A fragment whose spreads are being followed.
struct Open<'c, 'd> {
    fragment: &'c Fragment<'d>,
    /// The spread that is followed next.
    next: usize,
}

impl<'d> Open<'_, 'd> {
    /// The spread that is followed.
    fn left_by(&self) -> Option<&'d Node<FragmentSpread>> {
        self.next.checked_sub(1).and_then(|last| self.fragment.spreads.get(last)).copied()
    }
}

struct Search<'c, 'd> {
    context: &'c Context<'d>,
    mistakes: &'c mut Mistakes,
    visited: HashSet<&'d str>,
    circles: Circles,
}

impl<'c, 'd> Search<'c, 'd> {
    /// Depth first, without recursion: a chain of fragments can be as long as the document.
    fn from(&mut self, fragment: &'c Fragment<'d>) {
        let mut path: Vec<Open<'c, 'd>> = Vec::new();
        let mut places = HashMap::new();
        self.open(fragment, &mut path, &mut places);
        while let Some(open) = path.last_mut() {
            let Some(spread) = open.fragment.spreads.get(open.next).copied() else {
                places.remove(open.fragment.definition.name.as_str());
                path.pop();
                continue;
            };
            open.next += 1;
            let name = spread.fragment_name.as_str();
            if let Some(place) = places.get(name) {
                self.circles = Circles::Found;
                tell(self.mistakes, &path[*place..]);
            } else if let Some(below) = self.context.fragment_id(name).and_then(|id| self.context.fragments().get(id)) {
                self.open(below, &mut path, &mut places);
            }
        }
    }

    fn open(&mut self, fragment: &'c Fragment<'d>, path: &mut Vec<Open<'c, 'd>>, places: &mut HashMap<&'d str, usize>) {
        let name = fragment.definition.name.as_str();
        if self.visited.insert(name) && !fragment.spreads.is_empty() {
            places.insert(name, path.len());
            path.push(Open { fragment, next: 0 });
        }
    }
}

/// The spread that each fragment of a circle was left by.
fn tell(mistakes: &mut Mistakes, circle: &[Open<'_, '_>]) {
    let places: Vec<usize> = circle.iter().take(MAX_PLACES).filter_map(Open::left_by).map(start_of).collect();
    mistakes.tell(&places, || {
        let (last, others) = match circle.split_last() {
            Some((last, others)) => (last.left_by(), others),
            None => (None, circle),
        };
        words(last, others.iter().filter_map(Open::left_by))
    });
}

fn words<'d>(last: Option<&Node<FragmentSpread>>, via: impl Iterator<Item = &'d Node<FragmentSpread>>) -> String {
    let name = last.map_or("", |spread| spread.fragment_name.as_str());
    let mut message = format!("Cannot spread fragment \"{name}\" within itself");
    for (place, spread) in via.enumerate() {
        let _ = write!(message, "{}\"{}\"", if place == 0 { " via " } else { ", " }, spread.fragment_name);
    }
    message + "."
}
