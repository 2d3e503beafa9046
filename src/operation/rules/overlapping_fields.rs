//! Fields of one response key can be merged (specification, section 5.3.2): the same field with the same arguments wherever
//! one object may have both, and types of one shape everywhere. Pairs are compared as the reference implementation compares
//! them, each pair of fragments once, and within its bound.

use std::collections::HashMap;

use apollo_compiler::ast::{Selection, Type};
use apollo_compiler::schema::ExtendedType;

use super::conflict::{Conflict, Conflicts, Reason};
use super::context::Context;
use super::field_sets::{FieldSet, FieldSets, Selected};
use super::found_conflicts::FoundConflicts;
use crate::operation::mistakes::Mistakes;

/// Steps of comparing that a document may take, as many as in the reference implementation. Fields of several types that are
/// nested in each other have exponentially many ways to meet; those of documents that people write meet in few.
const STEPS: usize = 500_000;

/// How many pairs of equal leaves make a step. Clients that give each of their parts a fragment of its own select the same
/// leaves very often.
const EQUAL_LEAVES_OF_A_STEP: usize = 4;

/// Comparisons within each other. Validation bounds how deep selections nest, unless fragments go round in circles.
const MAX_DEPTH: usize = 800;

/// Whether one object can have both fields.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Meeting {
    OfOneObject,
    Never,
}

/// What is known of a document's fields.
pub(super) struct OverlappingFields<'c, 'd> {
    context: &'c Context<'d>,
    sets: FieldSets<'c, 'd>,
    with_fragment: HashMap<(usize, usize), Meeting>,
    of_fragments: HashMap<(usize, usize), Meeting>,
    left: usize,
    depth: usize,
}

impl<'c, 'd> OverlappingFields<'c, 'd> {
    /// Nothing was compared yet.
    pub(super) fn new(context: &'c Context<'d>) -> OverlappingFields<'c, 'd> {
        OverlappingFields {
            context,
            sets: FieldSets::new(context),
            with_fragment: HashMap::new(),
            of_fragments: HashMap::new(),
            left: STEPS,
            depth: 0,
        }
    }

    /// Tells the fields of a selection set, its fragments expanded, that cannot be merged.
    pub(super) fn check(
        &mut self,
        parent: Option<&'d ExtendedType>,
        selections: &'d [Selection],
        mistakes: &mut Mistakes,
    ) {
        if matches!(selections, [] | [Selection::Field(_) | Selection::FragmentSpread(_)]) || self.left == 0 {
            return;
        }
        let set = self.sets.of(parent, selections);
        self.within(&set, &mut Conflicts::told(mistakes));
        for (place, &fragment) in set.fragments.iter().enumerate() {
            self.fields_and_fragment(Meeting::OfOneObject, &set, fragment, &mut Conflicts::told(mistakes));
            for &other in &set.fragments[place + 1..] {
                self.fragments(Meeting::OfOneObject, fragment, other, &mut Conflicts::told(mistakes));
            }
        }
        if self.left == 0 {
            mistakes.refuse("the operation merges too many fields of one name");
        }
    }

    fn within(&mut self, set: &FieldSet<'d>, conflicts: &mut Conflicts<'_, 'd>) {
        for (key, entries) in &set.groups {
            for (place, one) in entries.iter().enumerate() {
                self.spend((entries.len() - place) / EQUAL_LEAVES_OF_A_STEP);
                for other in &entries[place + 1..] {
                    if self.left == 0 {
                        return;
                    }
                    if let Some(conflict) = self.compare(Meeting::OfOneObject, key, one, other) {
                        self.tell_all(&conflict, one, other, Conflict::in_order, conflicts);
                    }
                }
            }
        }
    }

    fn between(
        &mut self,
        meeting: Meeting,
        set: &FieldSet<'d>,
        other_set: &FieldSet<'d>,
        conflicts: &mut Conflicts<'_, 'd>,
    ) {
        self.spend(set.groups.len());
        for (key, entries) in &set.groups {
            let others = other_set.group(key).unwrap_or_default();
            let mut found = FoundConflicts::default();
            for (place, one) in entries.iter().enumerate() {
                self.spend(others.len() / EQUAL_LEAVES_OF_A_STEP);
                for (other_place, other) in others.iter().enumerate() {
                    if self.left == 0 {
                        return;
                    }
                    match self.compare(meeting, key, one, other) {
                        Some(conflict) if conflicts.are_told() => {
                            self.tell_all(&conflict, one, other, |conflict| conflict, conflicts);
                        }
                        Some(conflict) => found.keep(place, other_place, conflict),
                        None => {}
                    }
                }
            }
            self.left = found.tell(entries, others, self.left, conflicts);
        }
    }

    /// The fields of a set with those of a fragment, and of the fragments that it spreads.
    fn fields_and_fragment(
        &mut self,
        meeting: Meeting,
        set: &FieldSet<'d>,
        fragment: usize,
        conflicts: &mut Conflicts<'_, 'd>,
    ) {
        self.spend(1);
        if self.left == 0 || set.groups.is_empty() || !is_new(&mut self.with_fragment, (set.id, fragment), meeting) {
            return;
        }
        let other = self.sets.of_fragment(fragment);
        if other.id == set.id || !self.goes_deeper() {
            return;
        }
        self.between(meeting, set, &other, conflicts);
        for &below in &other.fragments {
            self.fields_and_fragment(meeting, set, below, conflicts);
        }
        self.depth -= 1;
    }

    /// The fields of two fragments, and of the fragments that they spread.
    fn fragments(&mut self, meeting: Meeting, fragment: usize, other: usize, conflicts: &mut Conflicts<'_, 'd>) {
        self.spend(2);
        let pair = (fragment.min(other), fragment.max(other));
        if self.left == 0 || fragment == other || !is_new(&mut self.of_fragments, pair, meeting) || !self.goes_deeper()
        {
            return;
        }
        let (set, other_set) = (self.sets.of_fragment(fragment), self.sets.of_fragment(other));
        self.between(meeting, &set, &other_set, conflicts);
        for &below in &other_set.fragments {
            self.fragments(meeting, fragment, below, conflicts);
        }
        for &below in &set.fragments {
            self.fragments(meeting, below, other, conflicts);
        }
        self.depth -= 1;
    }

    /// Why two fields cannot be merged.
    fn compare(
        &mut self,
        meeting: Meeting,
        key: &'d str,
        one: &Selected<'d>,
        other: &Selected<'d>,
    ) -> Option<Conflict<'d>> {
        if one.is_same_leaf(other) {
            return None;
        }
        self.spend(2);
        let (field, other_field) = (one.field(), other.field());
        let meeting = if are_different_objects(one.parent, other.parent) { Meeting::Never } else { meeting };
        let conflict = |reason| Some(Conflict::of(key, reason, field, other_field));
        if meeting == Meeting::OfOneObject {
            if field.name != other_field.name {
                return conflict(Reason::Names(&field.name, &other_field.name));
            }
            let (is_same, steps) = one.arguments.compare(&other.arguments);
            self.spend(steps);
            if !is_same {
                return conflict(Reason::Arguments);
            }
        }
        if let (Some(type_), Some(other_type)) = (one.type_, other.type_)
            && self.do_types_conflict(type_, other_type)
        {
            return conflict(Reason::Types(type_, other_type));
        }
        self.compare_below(meeting, key, one, other)
    }

    fn compare_below(
        &mut self,
        meeting: Meeting,
        key: &'d str,
        one: &Selected<'d>,
        other: &Selected<'d>,
    ) -> Option<Conflict<'d>> {
        let (field, other_field) = (one.field(), other.field());
        if field.selection_set.is_empty() || other_field.selection_set.is_empty() || !self.goes_deeper() {
            return None;
        }
        let context = self.context;
        let named = |type_: Option<&'d Type>| type_.and_then(|type_| context.type_named(type_.inner_named_type()));
        let set = self.sets.of(named(one.type_), &field.selection_set);
        let other_set = self.sets.of(named(other.type_), &other_field.selection_set);
        let mut found = Vec::new();
        let conflicts = &mut Conflicts::gathered(&mut found);
        self.between(meeting, &set, &other_set, conflicts);
        for &fragment in &other_set.fragments {
            self.fields_and_fragment(meeting, &set, fragment, conflicts);
        }
        for &fragment in &set.fragments {
            self.fields_and_fragment(meeting, &other_set, fragment, conflicts);
        }
        for &fragment in &set.fragments {
            for &other in &other_set.fragments {
                self.fragments(meeting, fragment, other, conflicts);
            }
        }
        self.depth -= 1;
        Conflict::below(key, &found, field, other_field)
    }

    /// A conflict is one of each of the fields that mean the same.
    fn tell_all(
        &mut self,
        conflict: &Conflict<'d>,
        one: &Selected<'d>,
        other: &Selected<'d>,
        order: impl Fn(Conflict<'d>) -> Conflict<'d>,
        conflicts: &mut Conflicts<'_, 'd>,
    ) {
        for field in &one.nodes {
            for other_field in &other.nodes {
                if self.left == 0 {
                    return;
                }
                self.spend(1);
                conflicts.add(&order(conflict.of_others(field, other_field)));
            }
        }
    }

    fn do_types_conflict(&self, type_: &Type, other: &Type) -> bool {
        match (type_, other) {
            (Type::List(item), Type::List(other)) | (Type::NonNullList(item), Type::NonNullList(other)) => {
                self.do_types_conflict(item, other)
            }
            (Type::Named(name), Type::Named(other)) | (Type::NonNullNamed(name), Type::NonNullNamed(other)) => {
                let is_leaf = |name| self.context.type_named(name).is_some_and(ExtendedType::is_leaf);
                name != other && (is_leaf(name) || is_leaf(other))
            }
            _ => true,
        }
    }

    fn spend(&mut self, steps: usize) {
        self.left = self.left.saturating_sub(steps);
    }

    /// Whether comparing may go on a level deeper; it has then.
    fn goes_deeper(&mut self) -> bool {
        if self.depth == MAX_DEPTH {
            self.left = 0;
        }
        let may = self.left > 0;
        self.depth += usize::from(may);
        may
    }
}

/// Whether a pair was not compared for this meeting, and neither for one that tells more; it is now.
fn is_new(known: &mut HashMap<(usize, usize), Meeting>, pair: (usize, usize), meeting: Meeting) -> bool {
    let is_known = known.get(&pair).is_some_and(|before| *before == meeting || *before == Meeting::OfOneObject);
    if !is_known {
        known.insert(pair, meeting);
    }
    !is_known
}

fn are_different_objects(one: Option<&ExtendedType>, other: Option<&ExtendedType>) -> bool {
    match (one, other) {
        (Some(ExtendedType::Object(one)), Some(ExtendedType::Object(other))) => one.name != other.name,
        _ => false,
    }
}
