//! Fields that cannot be merged: why, and where they stand, with the fields below them whose fault it is.

use std::fmt::{self, Write as _};

use apollo_compiler::Node;
use apollo_compiler::ast::{Field, Type};

use super::context::start_of;
use crate::operation::mistakes::Mistakes;

/// Longest name and longest reason in a message, in characters.
const MAX_DETAIL: usize = 1_000;

/// Most fields of one side that are told.
const MAX_FIELDS: usize = 20;

/// Most conflicts of the fields below two others that are kept: more go into no message.
pub(super) const MAX_BELOW: usize = 30;

/// Two fields of one response key that cannot be merged.
#[derive(Clone)]
pub(super) struct Conflict<'d> {
    key: &'d str,
    reason: Reason<'d>,
    /// Where the one stands, and what is below it.
    fields: Vec<usize>,
    /// Where the other one stands, and what is below it.
    others: Vec<usize>,
}

/// Why two fields cannot be merged.
#[derive(Clone)]
pub(super) enum Reason<'d> {
    /// They are other fields.
    Names(&'d str, &'d str),
    /// Their arguments differ.
    Arguments,
    /// Their types have no common shape.
    Types(&'d Type, &'d Type),
    /// Fields below them cannot be merged.
    Below(String),
}

/// Where conflicts go: to the mistakes of the document, or into the reason of one further up.
pub(super) enum Conflicts<'c, 'd> {
    /// Each is a mistake.
    Told(&'c mut Mistakes),
    /// As many as a message has room for.
    Gathered(&'c mut Vec<Conflict<'d>>),
}

impl<'c, 'd> Conflicts<'c, 'd> {
    /// Tells each of them.
    pub(super) fn told(mistakes: &'c mut Mistakes) -> Conflicts<'c, 'd> {
        Conflicts::Told(mistakes)
    }

    /// Gathers them.
    pub(super) fn gathered(found: &'c mut Vec<Conflict<'d>>) -> Conflicts<'c, 'd> {
        Conflicts::Gathered(found)
    }

    /// Whether each is a mistake, in whatever order they come.
    pub(super) fn are_told(&self) -> bool {
        matches!(self, Conflicts::Told(_))
    }

    /// Adds one.
    pub(super) fn add(&mut self, conflict: &Conflict<'d>) {
        match self {
            Conflicts::Gathered(found) if found.len() < MAX_BELOW => found.push(conflict.clone()),
            Conflicts::Gathered(_) => {}
            Conflicts::Told(mistakes) => {
                let places = [&*conflict.fields, &*conflict.others].concat();
                mistakes.tell(&places, || {
                    let key = abbreviated(conflict.key);
                    format!(
                        "Fields \"{key}\" conflict because {}. Use different aliases on the fields to fetch both if \
                         this was intentional.",
                        conflict.reason
                    )
                });
            }
        }
    }
}

impl<'d> Conflict<'d> {
    /// Of two fields.
    pub(super) fn of(key: &'d str, reason: Reason<'d>, field: &Node<Field>, other: &Node<Field>) -> Conflict<'d> {
        Conflict { key, reason, fields: vec![start_of(field)], others: vec![start_of(other)] }
    }

    /// Of two fields for what is below them, if anything is.
    pub(super) fn below(
        key: &'d str,
        found: &[Conflict<'d>],
        field: &Node<Field>,
        other: &Node<Field>,
    ) -> Option<Conflict<'d>> {
        if found.is_empty() {
            return None;
        }
        let mut message = String::new();
        for conflict in found {
            let and = if message.is_empty() { "" } else { " and " };
            let key = abbreviated(conflict.key);
            let _ = write!(message, "{and}subfields \"{key}\" conflict because {}", conflict.reason);
            if message.chars().count() > MAX_DETAIL {
                break;
            }
        }
        let fields = with_below(field, found.iter().map(|conflict| &*conflict.fields));
        let others = with_below(other, found.iter().map(|conflict| &*conflict.others));
        Some(Conflict { key, reason: Reason::Below(abbreviated(&message)), fields, others })
    }

    /// The same of two fields that mean what these do.
    pub(super) fn of_others(&self, field: &Node<Field>, other: &Node<Field>) -> Conflict<'d> {
        let mut conflict = self.clone();
        conflict.fields[0] = start_of(field);
        conflict.others[0] = start_of(other);
        conflict
    }

    /// The same with the field first that comes first.
    pub(super) fn in_order(self) -> Conflict<'d> {
        if self.fields <= self.others {
            return self;
        }
        let reason = match self.reason {
            Reason::Names(name, other) => Reason::Names(other, name),
            Reason::Types(type_, other) => Reason::Types(other, type_),
            reason @ (Reason::Arguments | Reason::Below(_)) => reason,
        };
        Conflict { key: self.key, reason, fields: self.others, others: self.fields }
    }
}

impl fmt::Display for Reason<'_> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Reason::Names(name, other) => {
                write!(formatter, "\"{}\" and \"{}\" are different fields", abbreviated(name), abbreviated(other))
            }
            Reason::Arguments => formatter.write_str("they have differing arguments"),
            Reason::Types(type_, other) => {
                write!(formatter, "they return conflicting types \"{type_}\" and \"{other}\"")
            }
            Reason::Below(reason) => formatter.write_str(reason),
        }
    }
}

/// The place of a field, and those of the fields below it, of each conflict the last ones that there is room for.
fn with_below<'f>(field: &Node<Field>, below: impl Iterator<Item = &'f [usize]>) -> Vec<usize> {
    let mut places = vec![start_of(field)];
    for found in below {
        let room = MAX_FIELDS - places.len();
        places.extend_from_slice(&found[found.len().saturating_sub(room)..]);
        if places.len() == MAX_FIELDS {
            break;
        }
    }
    places
}

fn abbreviated(text: &str) -> String {
    match text.char_indices().nth(MAX_DETAIL) {
        None => text.to_owned(),
        Some((end, _)) => format!("{}...", text.get(..end).unwrap_or_default()),
    }
}
