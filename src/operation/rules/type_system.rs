//! The directives of a definition that is not executable: to the rules about directives they are as any others. Nothing else
//! of such a definition is looked at, which is a mistake as a whole.

use apollo_compiler::Node;
use apollo_compiler::ast::{
    Definition, Directive, DirectiveLocation, EnumValueDefinition, FieldDefinition, InputValueDefinition,
};

/// Directives that stand in one place, and what that is.
pub(super) type Placed<'d> = (&'d [Node<Directive>], DirectiveLocation);

/// The directives of a definition, place by place; none of an executable one.
pub(super) fn directives_of(definition: &Definition) -> Vec<Placed<'_>> {
    let alone = |directives, location| vec![(directives, location)];
    match definition {
        Definition::OperationDefinition(_) | Definition::FragmentDefinition(_) => Vec::new(),
        Definition::SchemaDefinition(schema) => alone(&**schema.directives, DirectiveLocation::Schema),
        Definition::SchemaExtension(schema) => alone(&**schema.directives, DirectiveLocation::Schema),
        Definition::ScalarTypeDefinition(scalar) => alone(&**scalar.directives, DirectiveLocation::Scalar),
        Definition::ScalarTypeExtension(scalar) => alone(&**scalar.directives, DirectiveLocation::Scalar),
        Definition::UnionTypeDefinition(union) => alone(&**union.directives, DirectiveLocation::Union),
        Definition::UnionTypeExtension(union) => alone(&**union.directives, DirectiveLocation::Union),
        Definition::ObjectTypeDefinition(object) => {
            with_fields((&object.directives, DirectiveLocation::Object), &object.fields)
        }
        Definition::ObjectTypeExtension(object) => {
            with_fields((&object.directives, DirectiveLocation::Object), &object.fields)
        }
        Definition::InterfaceTypeDefinition(interface) => {
            with_fields((&interface.directives, DirectiveLocation::Interface), &interface.fields)
        }
        Definition::InterfaceTypeExtension(interface) => {
            with_fields((&interface.directives, DirectiveLocation::Interface), &interface.fields)
        }
        Definition::EnumTypeDefinition(enum_) => with_values(&enum_.directives, &enum_.values),
        Definition::EnumTypeExtension(enum_) => with_values(&enum_.directives, &enum_.values),
        Definition::InputObjectTypeDefinition(object) => {
            let object_itself = (&**object.directives, DirectiveLocation::InputObject);
            with_inputs(Some(object_itself), &object.fields, DirectiveLocation::InputFieldDefinition)
        }
        Definition::InputObjectTypeExtension(object) => {
            let object_itself = (&**object.directives, DirectiveLocation::InputObject);
            with_inputs(Some(object_itself), &object.fields, DirectiveLocation::InputFieldDefinition)
        }
        Definition::DirectiveDefinition(directive) => {
            with_inputs(None, &directive.arguments, DirectiveLocation::ArgumentDefinition)
        }
    }
}

fn with_fields<'d>(type_: Placed<'d>, fields: &'d [Node<FieldDefinition>]) -> Vec<Placed<'d>> {
    let of_field = |field: &'d Node<FieldDefinition>| {
        let itself = (&**field.directives, DirectiveLocation::FieldDefinition);
        with_inputs(Some(itself), &field.arguments, DirectiveLocation::ArgumentDefinition)
    };
    std::iter::once(type_).chain(fields.iter().flat_map(of_field)).collect()
}

fn with_values<'d>(enum_: &'d [Node<Directive>], values: &'d [Node<EnumValueDefinition>]) -> Vec<Placed<'d>> {
    let values = values.iter().map(|value| (&**value.directives, DirectiveLocation::EnumValue));
    std::iter::once((enum_, DirectiveLocation::Enum)).chain(values).collect()
}

fn with_inputs<'d>(
    owner: Option<Placed<'d>>,
    inputs: &'d [Node<InputValueDefinition>],
    location: DirectiveLocation,
) -> Vec<Placed<'d>> {
    owner.into_iter().chain(inputs.iter().map(|input| (&**input.directives, location))).collect()
}
