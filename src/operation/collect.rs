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

/// Fields that share a response key.
#[derive(Debug)]
pub struct CollectedField<'d> {
    /// The key.
    pub response_key: &'d str,
    /// Which field it is.
    pub name: FieldName,
    /// Where each of them stands.
    pub locations: Vec<Location>,
    /// What is selected below them all.
    pub selection_sets: SelectionSets<'d>,
    first: &'d Field,
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
        let mut collection = Collection {
            operation: self,
            schema,
            object,
            variables,
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

struct Collection<'c, 'd> {
    operation: &'d Operation,
    schema: &'c Schema,
    object: TypeId,
    variables: &'c VariableValues,
    fields: Vec<CollectedField<'d>>,
    places: HashMap<&'d str, usize>,
    visited: HashSet<&'d str>,
}

impl<'d> Collection<'_, 'd> {
    fn selection_set(&mut self, set: &'d SelectionSet) {
        for selection in &set.selections {
            if !self.is_included(selection.directives()) {
                continue;
            }
            match selection {
                Selection::Field(field) => self.field(field),
                Selection::InlineFragment(inline) => {
                    if inline.type_condition.as_ref().is_none_or(|condition| self.applies(condition)) {
                        self.selection_set(&inline.selection_set);
                    }
                }
                Selection::FragmentSpread(spread) => {
                    let Some(fragment) = self.operation.document().fragments.get(&spread.fragment_name) else {
                        continue;
                    };
                    if self.visited.insert(fragment.name.as_str()) && self.applies(fragment.type_condition()) {
                        self.selection_set(&fragment.selection_set);
                    }
                }
            }
        }
    }

    fn field(&mut self, field: &'d Node<Field>) {
        let location = field.location().and_then(|span| span.line_column(&self.operation.document().sources));
        let location = location.map(|place| Location { line: place.line, column: place.column });
        let response_key = field.response_key().as_str();
        if let Some(&place) = self.places.get(response_key) {
            let merged = &mut self.fields[place];
            merged.locations.extend(location);
            merged.selection_sets.0.push(&field.selection_set);
            return;
        }
        let name = match field.name.as_str() {
            "__typename" => FieldName::Typename,
            "__schema" | "__type" => FieldName::Introspection,
            name => match self.schema.field_named(self.object, name) {
                Some(id) => FieldName::Field(id),
                None => return,
            },
        };
        self.places.insert(response_key, self.fields.len());
        self.fields.push(CollectedField {
            response_key,
            name,
            locations: location.into_iter().collect(),
            selection_sets: SelectionSets(vec![&field.selection_set]),
            first: field,
        });
    }

    /// `DoesFragmentTypeApply` (specification, section 6.3.2).
    fn applies(&self, condition: &str) -> bool {
        self.schema.type_named(condition).is_some_and(|id| {
            id == self.object
                || matches!(&self.schema.type_(id).kind, TypeKind::Abstract(type_) if type_.possible.contains(&self.object))
        })
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
