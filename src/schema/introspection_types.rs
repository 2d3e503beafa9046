//! What introspection adds to the schema that clients see: the field `__Type.isOneOf` of the September 2025 edition, and
//! the order of types in `__schema.types`, which is the reference implementation's: each type as it was written, behind
//! it the scalars of the language that it is the first to name, and last the introspection types.

use apollo_compiler::Schema;
use apollo_compiler::ast::{FieldDefinition, Type};
use apollo_compiler::collections::IndexSet;
use apollo_compiler::schema::{Component, ExtendedType};
use apollo_compiler::{Name, Node, name};

/// Adds `isOneOf` (specification, section 4.2.2).
pub(super) fn add_is_one_of(schema: &mut Schema) {
    let Some(ExtendedType::Object(type_)) = schema.types.get_mut("__Type") else { return };
    let field = FieldDefinition {
        description: Some(Node::new_str("Whether just one of the input fields must be given.")),
        name: name!("isOneOf"),
        arguments: Vec::new(),
        ty: Type::Named(name!("Boolean")),
        directives: apollo_compiler::ast::DirectiveList::default(),
    };
    type_.make_mut().fields.insert(field.name.clone(), Component::new(field));
}

/// Puts types and directives into the order of the reference.
pub(super) fn order(schema: &mut Schema) {
    let is_own = |name: &Name| !schema.types.get(name).is_some_and(ExtendedType::is_built_in);
    let mut order: IndexSet<Name> = IndexSet::default();
    for (name, type_) in schema.types.iter().filter(|(name, _)| is_own(name)) {
        order.insert(name.clone());
        order.extend(named_by(type_).into_iter().filter(|name| !is_own(name)));
    }
    for directive in schema.directive_definitions.values() {
        order.extend(directive.arguments.iter().map(|argument| argument.ty.inner_named_type().clone()));
    }
    let mut types = std::mem::take(&mut schema.types);
    for name in order {
        // The name as it stands there: its place tells a name of the language from one of the author's.
        if let Some((name, type_)) = types.shift_remove_entry(&name) {
            schema.types.insert(name, type_);
        }
    }
    schema.types.extend(types);
    const STANDARD: [&str; 5] = ["include", "skip", "deprecated", "specifiedBy", "oneOf"];
    for name in STANDARD {
        if let Some((name, directive)) = schema.directive_definitions.shift_remove_entry(name) {
            schema.directive_definitions.insert(name, directive);
        }
    }
}

/// The types that a type's fields and their arguments name, in order.
fn named_by(type_: &ExtendedType) -> Vec<Name> {
    let of_field = |field: &Component<FieldDefinition>| {
        let arguments = field.arguments.iter().map(|argument| argument.ty.inner_named_type().clone());
        std::iter::once(field.ty.inner_named_type().clone()).chain(arguments).collect::<Vec<_>>()
    };
    match type_ {
        ExtendedType::Object(object) => object.fields.values().flat_map(of_field).collect(),
        ExtendedType::Interface(interface) => interface.fields.values().flat_map(of_field).collect(),
        ExtendedType::InputObject(input) => {
            input.fields.values().map(|field| field.ty.inner_named_type().clone()).collect()
        }
        ExtendedType::Scalar(_) | ExtendedType::Union(_) | ExtendedType::Enum(_) => Vec::new(),
    }
}
