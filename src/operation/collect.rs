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

/// A selection set that cannot be collected: a variable brings null to `@skip` or `@include`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Uncollected {
    /// In words.
    pub message: String,
    /// Where the variable is used.
    pub locations: Vec<Location>,
}

impl SelectionSets<'_> {
    /// What tells these sets from others of the same document.
    #[must_use]
    pub fn identity(&self) -> Vec<usize> {
        self.0.iter().map(|set| std::ptr::from_ref::<SelectionSet>(set) as usize).collect()
    }
}

impl<N> CollectedField<'_, N> {
    /// The name of the field, as the document has it.
    #[must_use]
    pub fn field_name(&self) -> &str {
        &self.first.name
    }
}

impl<'d> CollectedField<'d, ()> {
    /// Fields that are merged, wherever they stand; nothing of none.
    pub(super) fn of(fields: &[&'d Field], locations: &[Location]) -> Option<CollectedField<'d, ()>> {
        let first = *fields.first()?;
        let selection_sets = SelectionSets(fields.iter().map(|field| &field.selection_set).collect());
        let response_key = first.response_key().as_str();
        Some(CollectedField { response_key, name: (), locations: locations.to_vec(), selection_sets, first })
    }
}

impl Operation {
    /// The selection set of the operation itself.
    #[must_use]
    pub fn root_selection(&self) -> SelectionSets<'_> {
        SelectionSets(self.definition().map(|operation| &operation.selection_set).into_iter().collect())
    }

    /// The fields that these sets select of an object type, in query order.
    ///
    /// # Errors
    /// [`Uncollected`], of which the object that the fields are for is the nearest null.
    pub fn collect_fields<'d>(
        &'d self,
        schema: &Schema,
        object: TypeId,
        sets: &SelectionSets<'d>,
        variables: &VariableValues,
    ) -> Result<Vec<CollectedField<'d>>, Uncollected> {
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
    ) -> Result<Vec<CollectedField<'d, &'d str>>, Uncollected> {
        self.collect(sets, variables, &|name| Some(name), &|condition| condition == type_)
    }

    /// `applies` is `DoesFragmentTypeApply` (specification, section 6.3.2).
    fn collect<'d, N>(
        &'d self,
        sets: &SelectionSets<'d>,
        variables: &VariableValues,
        name_of: &dyn Fn(&'d str) -> Option<N>,
        applies: &dyn Fn(&str) -> bool,
    ) -> Result<Vec<CollectedField<'d, N>>, Uncollected> {
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
            collection.selection_set(set)?;
        }
        Ok(collection.fields)
    }

    /// Each `__schema` and `__type` of the operation and its fragments, by its place.
    pub(super) fn introspection_fields(&self) -> HashMap<Location, &Field> {
        let mut found = HashMap::new();
        let fragments = self.document().fragments.values().map(|fragment| &fragment.selection_set);
        let mut sets: Vec<_> = fragments.chain(self.definition().map(|operation| &operation.selection_set)).collect();
        while let Some(set) = sets.pop() {
            for selection in &set.selections {
                match selection {
                    Selection::Field(field) if matches!(field.name.as_str(), "__schema" | "__type") => {
                        found.extend(self.places().of_span(field.location()).map(|place| (place, &**field)));
                    }
                    Selection::Field(field) => sets.push(&field.selection_set),
                    Selection::InlineFragment(inline) => sets.push(&inline.selection_set),
                    Selection::FragmentSpread(_) => {}
                }
            }
        }
        found
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
    fn selection_set(&mut self, set: &'d SelectionSet) -> Result<(), Uncollected> {
        for selection in &set.selections {
            if !self.is_included(selection.directives())? {
                continue;
            }
            match selection {
                Selection::Field(field) => self.field(field),
                Selection::InlineFragment(inline) => {
                    if inline.type_condition.as_ref().is_none_or(|condition| (self.applies)(condition)) {
                        self.selection_set(&inline.selection_set)?;
                    }
                }
                Selection::FragmentSpread(spread) => {
                    let Some(fragment) = self.operation.document().fragments.get(&spread.fragment_name) else {
                        continue;
                    };
                    if self.visited.insert(fragment.name.as_str()) && (self.applies)(fragment.type_condition()) {
                        self.selection_set(&fragment.selection_set)?;
                    }
                }
            }
        }
        Ok(())
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

    fn is_included(&self, directives: &DirectiveList) -> Result<bool, Uncollected> {
        if self.condition(directives, "skip")? == Some(true) {
            return Ok(false);
        }
        Ok(self.condition(directives, "include")? != Some(false))
    }

    /// `if` of a directive; nothing where the directive is not there.
    fn condition(&self, directives: &DirectiveList, name: &str) -> Result<Option<bool>, Uncollected> {
        let argument = directives.get(name).and_then(|directive| directive.specified_argument_by_name("if"));
        let Some(argument) = argument else { return Ok(None) };
        match &**argument {
            ast::Value::Boolean(flag) => Ok(Some(*flag)),
            ast::Value::Variable(variable) => {
                let place = self.operation.variables.iter().position(|known| *known.name == **variable);
                match place.and_then(|place| self.variables.get(place)) {
                    Some(Some(Value::Boolean(flag))) => Ok(Some(*flag)),
                    _ => Err(Uncollected {
                        message: format!("argument \"if\" of @{name} must not be null"),
                        locations: self.operation.places().of_span(argument.location()).into_iter().collect(),
                    }),
                }
            }
            _ => Ok(None),
        }
    }
}
