//! What introspection adds to the schema that clients see: what apollo-compiler lacks of the September 2025 edition, and
//! the order of types in `__schema.types`, which is the reference implementation's: each type as it was written, behind
//! it the scalars of the language that it is the first to name, and last the introspection types.

use apollo_compiler::Schema;
use apollo_compiler::ast::{FieldDefinition, InputValueDefinition, Type};
use apollo_compiler::collections::IndexSet;
use apollo_compiler::schema::{Component, ExtendedType};
use apollo_compiler::{Name, Node, name};

/// The directives of the language, in the order of the reference implementation.
const STANDARD: [&str; 5] = ["include", "skip", "deprecated", "specifiedBy", "oneOf"];

/// Makes them those of the September 2025 edition (sections 3.13.3 and 4.2): `isOneOf`, `includeDeprecated` and the reason
/// of `@deprecated` that are never null, and the order of fields.
pub(super) fn bring_up_to_date(schema: &mut Schema) {
    if let Some(deprecated) = schema.directive_definitions.get_mut("deprecated") {
        for argument in &mut deprecated.make_mut().arguments {
            non_null(argument.make_mut());
        }
    }
    for name in ["__Type", "__Field", "__Directive"] {
        let Some(ExtendedType::Object(type_)) = schema.types.get_mut(name) else { continue };
        for argument in type_.make_mut().fields.values_mut().flat_map(|field| &mut field.make_mut().arguments) {
            non_null(argument.make_mut());
        }
    }
    let Some(ExtendedType::Object(type_)) = schema.types.get_mut("__Type") else { return };
    let fields = &mut type_.make_mut().fields;
    let field = FieldDefinition {
        description: None,
        name: name!("isOneOf"),
        arguments: Vec::new(),
        ty: Type::Named(name!("Boolean")),
        directives: apollo_compiler::ast::DirectiveList::default(),
    };
    fields.insert(field.name.clone(), Component::new(field));
    if let (Some(from), Some(before)) = (fields.get_index_of("specifiedByURL"), fields.get_index_of("fields")) {
        fields.move_index(from, before);
    }
}

fn non_null(argument: &mut InputValueDefinition) {
    argument.ty = Node::new(argument.ty.as_ref().clone().non_null());
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
    // Keys stay as they are: the place of a name tells one of the language from one of the author's.
    let rank = |name: &Name| order.get_index_of(name).unwrap_or(usize::MAX);
    schema.types.sort_by(|left, _, right, _| rank(left).cmp(&rank(right)));
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
