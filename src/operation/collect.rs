//! `CollectFields` (specification, section 6.3.2): the fields of an object, grouped by response key, fragments expanded
//! for one concrete type, `@skip` and `@include` applied.

use std::collections::{HashMap, HashSet};

use apollo_compiler::Node;
use apollo_compiler::ast;
use apollo_compiler::executable::{DirectiveList, Field, Selection, SelectionSet};

use super::arguments::{ArgumentValue, FieldArguments};
use super::document::Operation;
use super::variable::VariableValues;
use crate::graphql::{Location, Value};
use crate::schema::{FieldId, Schema, TypeId, TypeKind};

/// The selection sets of one field and all that are merged with it.
#[derive(Debug, Clone, Default)]
pub struct SelectionSets<'d>(Vec<&'d SelectionSet>);

/// Fields that share a response key; `N` tells a field of its type.
#[derive(Debug)]
pub struct CollectedField<'d, N = FieldName> {
    /// The key.
    pub response_key: &'d str,
    /// Which field it is.
    pub name: N,
    /// Where each of them stands.
    pub locations: Vec<Location>,
    /// What is selected below them all.
    pub selection_sets: SelectionSets<'d>,
    pub(super) first: &'d Field,
}

/// A field of a type, or one that every schema has.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FieldName {
    /// A field of the schema.
    Field(FieldId),
    /// `__typename`.
    Typename,
    /// `__schema` or `__type`.
    Introspection,
}

impl SelectionSets<'_> {
    /// What tells these sets from others of the same document.
    #[must_use]
    pub fn identity(&self) -> Vec<usize> {
        self.0.iter().map(|set| std::ptr::from_ref::<SelectionSet>(set) as usize).collect()
    }
}

impl Operation {
    /// The selection set of the operation itself.
    #[must_use]
    pub fn root_selection(&self) -> SelectionSets<'_> {
        SelectionSets(self.definition().map(|operation| &operation.selection_set).into_iter().collect())
    }

    /// The fields that these sets select of an object type, in query order.
    #[must_use]
    pub fn collect_fields<'d>(
        &'d self,
        schema: &Schema,
        object: TypeId,
        sets: &SelectionSets<'d>,
        variables: &VariableValues,
    ) -> Vec<CollectedField<'d>> {
        let name_of = |name: &'d str| match name {
            "__typename" => Some(FieldName::Typename),
            "__schema" | "__type" => Some(FieldName::Introspection),
            name => schema.field_named(object, name).map(FieldName::Field),
        };
        let applies = |condition: &str| {
            schema.type_named(condition).is_some_and(|id| {
                id == object
                    || matches!(&schema.type_(id).kind, TypeKind::Abstract(type_) if type_.possible.contains(&object))
            })
        };
        self.collect(sets, variables, &name_of, &applies)
    }

    /// The fields that these sets select of an introspection type, told by their names.
    pub(super) fn collect_introspection_fields<'d>(
        &'d self,
        type_: &str,
        sets: &SelectionSets<'d>,
        variables: &VariableValues,
    ) -> Vec<CollectedField<'d, &'d str>> {
        self.collect(sets, variables, &|name| Some(name), &|condition| condition == type_)
    }

    /// `applies` is `DoesFragmentTypeApply` (specification, section 6.3.2).
    fn collect<'d, N>(
        &'d self,
        sets: &SelectionSets<'d>,
        variables: &VariableValues,
        name_of: &dyn Fn(&'d str) -> Option<N>,
        applies: &dyn Fn(&str) -> bool,
    ) -> Vec<CollectedField<'d, N>> {
        let mut collection = Collection {
            operation: self,
            variables,
            name_of,
            applies,
            fields: Vec::new(),
            places: HashMap::new(),
            visited: HashSet::new(),
        };
        for set in &sets.0 {
            collection.selection_set(set);
        }
        collection.fields
    }

    /// The arguments of a collected field, as far as the document says them.
    ///
    /// # Errors
    /// What is wrong with a literal, in words.
    pub fn arguments(
        &self,
        schema: &Schema,
        field: FieldId,
        collected: &CollectedField<'_>,
    ) -> Result<FieldArguments, String> {
        let definitions = &schema.field(field).arguments;
        ArgumentValue::of_field(schema, &self.variables, definitions, &collected.first.arguments)
    }
}

struct Collection<'c, 'd, N> {
    operation: &'d Operation,
    variables: &'c VariableValues,
    name_of: &'c dyn Fn(&'d str) -> Option<N>,
    applies: &'c dyn Fn(&str) -> bool,
    fields: Vec<CollectedField<'d, N>>,
    places: HashMap<&'d str, usize>,
    visited: HashSet<&'d str>,
}

impl<'d, N> Collection<'_, 'd, N> {
    fn selection_set(&mut self, set: &'d SelectionSet) {
        for selection in &set.selections {
            if !self.is_included(selection.directives()) {
                continue;
            }
            match selection {
                Selection::Field(field) => self.field(field),
                Selection::InlineFragment(inline) => {
                    if inline.type_condition.as_ref().is_none_or(|condition| (self.applies)(condition)) {
                        self.selection_set(&inline.selection_set);
                    }
                }
                Selection::FragmentSpread(spread) => {
                    let Some(fragment) = self.operation.document().fragments.get(&spread.fragment_name) else {
                        continue;
                    };
                    if self.visited.insert(fragment.name.as_str()) && (self.applies)(fragment.type_condition()) {
                        self.selection_set(&fragment.selection_set);
                    }
                }
            }
        }
    }

    fn field(&mut self, field: &'d Node<Field>) {
        let location = self.operation.places().of_span(field.location());
        let response_key = field.response_key().as_str();
        if let Some(&place) = self.places.get(response_key) {
            let merged = &mut self.fields[place];
            merged.locations.extend(location);
            merged.selection_sets.0.push(&field.selection_set);
            return;
        }
        let Some(name) = (self.name_of)(field.name.as_str()) else { return };
        self.places.insert(response_key, self.fields.len());
        self.fields.push(CollectedField {
            response_key,
            name,
            locations: location.into_iter().collect(),
            selection_sets: SelectionSets(vec![&field.selection_set]),
            first: field,
        });
    }

    fn is_included(&self, directives: &DirectiveList) -> bool {
        !self.condition(directives, "skip").unwrap_or(false) && self.condition(directives, "include").unwrap_or(true)
    }

    fn condition(&self, directives: &DirectiveList, name: &str) -> Option<bool> {
        match &**directives.get(name)?.specified_argument_by_name("if")? {
            ast::Value::Boolean(flag) => Some(*flag),
            ast::Value::Variable(variable) => {
                let place = self.operation.variables.iter().position(|known| *known.name == **variable)?;
                match self.variables.get(place)? {
                    Some(Value::Boolean(flag)) => Some(*flag),
                    _ => None,
                }
            }
            _ => None,
        }
    }
}
