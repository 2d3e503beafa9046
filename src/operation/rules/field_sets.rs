//! The fields of selection sets by their response keys, inline fragments expanded and spreads not: each set is gathered
//! once. Fields of one key that nothing tells apart are one entry, however often they are selected.

use std::collections::{HashMap, HashSet};
use std::rc::Rc;

use apollo_compiler::Node;
use apollo_compiler::ast::{Field, Selection, Type};
use apollo_compiler::schema::ExtendedType;

use super::context::Context;
use super::literals::identity;

/// A selection set, gathered.
pub(super) struct FieldSet<'d> {
    pub(super) id: usize,
    /// By response key, in the order of the document.
    pub(super) groups: Vec<(&'d str, Vec<Selected<'d>>)>,
    places: HashMap<&'d str, usize>,
    /// The fragments that it spreads, each once.
    pub(super) fragments: Vec<usize>,
}

/// A field of a type; or several of no arguments and no selections, which mean the same.
pub(super) struct Selected<'d> {
    pub(super) parent: Option<&'d ExtendedType>,
    /// The type of the field; nothing where it is not known, or of introspection.
    pub(super) type_: Option<&'d Type>,
    pub(super) arguments: Rc<Arguments<'d>>,
    /// In the order of the document.
    pub(super) nodes: Vec<&'d Node<Field>>,
}

/// The arguments of a field: each name with the number that stands for its value.
#[derive(Default)]
pub(super) struct Arguments<'d> {
    given: Vec<(&'d str, usize)>,
    last: HashMap<&'d str, usize>,
}

/// The sets of a document.
pub(super) struct FieldSets<'c, 'd> {
    context: &'c Context<'d>,
    known: HashMap<(Option<*const ExtendedType>, *const Selection), Rc<FieldSet<'d>>>,
    /// What each different value of an argument is numbered by.
    values: HashMap<String, usize>,
    arguments: HashMap<*const Field, Rc<Arguments<'d>>>,
}

impl<'d> Selected<'d> {
    /// Whether both are the same leaf without arguments, which can be merged wherever it is.
    pub(super) fn is_same_leaf(&self, other: &Selected<'_>) -> bool {
        let is_plain = |field: &Field| field.arguments.is_empty() && field.selection_set.is_empty();
        self.field().name == other.field().name
            && self.type_ == other.type_
            && is_plain(self.field())
            && is_plain(other.field())
    }

    /// The field, or the first one.
    pub(super) fn field(&self) -> &'d Node<Field> {
        self.nodes[0]
    }
}

impl<'d> FieldSet<'d> {
    /// The fields of a response key.
    pub(super) fn group(&self, key: &str) -> Option<&[Selected<'d>]> {
        self.places.get(key).map(|place| &*self.groups[*place].1)
    }
}

impl Arguments<'_> {
    /// Whether two fields are given the same, and how many comparisons that took.
    pub(super) fn compare(&self, other: &Arguments<'_>) -> (bool, usize) {
        let is_same = self.given.len() == other.given.len()
            && self.given.iter().all(|(name, value)| other.last.get(name) == Some(value));
        (is_same, self.given.len())
    }
}

impl<'c, 'd> FieldSets<'c, 'd> {
    /// None yet.
    pub(super) fn new(context: &'c Context<'d>) -> FieldSets<'c, 'd> {
        FieldSets { context, known: HashMap::new(), values: HashMap::new(), arguments: HashMap::new() }
    }

    /// The fields of a fragment.
    pub(super) fn of_fragment(&mut self, id: usize) -> Rc<FieldSet<'d>> {
        let fragment = self.context.fragments()[id].definition;
        self.of(self.context.type_named(&fragment.type_condition), &fragment.selection_set)
    }

    /// The fields of selections, of which there is one at least, of a type.
    pub(super) fn of(&mut self, parent: Option<&'d ExtendedType>, selections: &'d [Selection]) -> Rc<FieldSet<'d>> {
        let key = (parent.map(std::ptr::from_ref), selections.as_ptr());
        if let Some(known) = self.known.get(&key) {
            return known.clone();
        }
        let id = self.known.len();
        let mut set = FieldSet { id, groups: Vec::new(), places: HashMap::new(), fragments: Vec::new() };
        let mut same = HashMap::new();
        self.gather(parent, selections, &mut set, &mut same);
        let mut seen = HashSet::new();
        set.fragments.retain(|fragment| seen.insert(*fragment));
        let set = Rc::new(set);
        self.known.insert(key, set.clone());
        set
    }

    fn gather(
        &mut self,
        parent: Option<&'d ExtendedType>,
        selections: &'d [Selection],
        set: &mut FieldSet<'d>,
        same: &mut HashMap<Leaf<'d>, usize>,
    ) {
        for selection in selections {
            match selection {
                Selection::Field(field) => self.field(parent, field, set, same),
                Selection::FragmentSpread(spread) => {
                    set.fragments.extend(self.context.fragment_id(&spread.fragment_name));
                }
                Selection::InlineFragment(inline) => {
                    let condition = inline.type_condition.as_ref();
                    let type_ = condition.map_or(parent, |condition| self.context.type_named(condition));
                    self.gather(type_, &inline.selection_set, set, same);
                }
            }
        }
    }

    fn field(
        &mut self,
        parent: Option<&'d ExtendedType>,
        field: &'d Node<Field>,
        set: &mut FieldSet<'d>,
        same: &mut HashMap<Leaf<'d>, usize>,
    ) {
        let key = field.response_name().as_str();
        let group = *set.places.entry(key).or_insert(set.groups.len());
        if group == set.groups.len() {
            set.groups.push((key, Vec::new()));
        }
        let entries = &mut set.groups[group].1;
        if field.arguments.is_empty() && field.selection_set.is_empty() {
            let leaf = (parent.map(std::ptr::from_ref), key, field.name.as_str());
            let entry = *same.entry(leaf).or_insert(entries.len());
            if let Some(entry) = entries.get_mut(entry) {
                return entry.nodes.push(field);
            }
        }
        let type_ = match parent {
            Some(ExtendedType::Object(object)) => object.fields.get(&field.name),
            Some(ExtendedType::Interface(interface)) => interface.fields.get(&field.name),
            _ => None,
        };
        let arguments = self.arguments_of(field);
        let selected = Selected { parent, type_: type_.map(|type_| &type_.ty), arguments, nodes: vec![field] };
        set.groups[group].1.push(selected);
    }

    fn arguments_of(&mut self, field: &'d Node<Field>) -> Rc<Arguments<'d>> {
        let key: *const Field = std::ptr::from_ref(&**field);
        if let Some(known) = self.arguments.get(&key) {
            return known.clone();
        }
        let mut arguments = Arguments::default();
        for argument in &field.arguments {
            let next = self.values.len();
            let value = *self.values.entry(identity(self.context, &argument.value)).or_insert(next);
            arguments.given.push((&argument.name, value));
            arguments.last.insert(&argument.name, value);
        }
        let arguments = Rc::new(arguments);
        self.arguments.insert(key, arguments.clone());
        arguments
    }
}

/// What fields of one response key, without arguments and selections, are the same by: parent, key and name.
type Leaf<'d> = (Option<*const ExtendedType>, &'d str, &'d str);
