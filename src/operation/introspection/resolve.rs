//! What the introspection types are made of (specification, section 4.2): for each object and field its value.

use apollo_compiler::Node;
use apollo_compiler::Schema;
use apollo_compiler::ast::{
    DirectiveDefinition, DirectiveList, EnumValueDefinition, FieldDefinition, InputValueDefinition, Type,
};
use apollo_compiler::schema::ExtendedType;

use super::literal::print_literal;

/// An object of an introspection type.
#[derive(Clone, Copy)]
pub(super) enum Object<'s> {
    /// `__Schema`.
    Schema,
    /// `__Type`, named.
    Named(&'s ExtendedType),
    /// `__Type`, a list of this type.
    List(&'s Type),
    /// `__Type`, this type and not null.
    NonNull(NonNull<'s>),
    /// `__Field`.
    Field(&'s FieldDefinition),
    /// `__InputValue`.
    Input(&'s InputValueDefinition),
    /// `__EnumValue`.
    EnumValue(&'s EnumValueDefinition),
    /// `__Directive`.
    Directive(&'s DirectiveDefinition),
}

/// What is not null.
#[derive(Clone, Copy)]
pub(super) enum NonNull<'s> {
    /// A named type.
    Named(&'s ExtendedType),
    /// A list of this type.
    List(&'s Type),
}

/// The value of a field.
pub(super) enum Value<'s> {
    Null,
    Boolean(bool),
    Text(String),
    Object(Object<'s>),
    Texts(Vec<String>),
    Objects(Vec<Object<'s>>),
}

impl<'s> Object<'s> {
    /// The name of its type.
    pub(super) fn type_name(self) -> &'static str {
        match self {
            Object::Schema => "__Schema",
            Object::Named(_) | Object::List(_) | Object::NonNull(_) => "__Type",
            Object::Field(_) => "__Field",
            Object::Input(_) => "__InputValue",
            Object::EnumValue(_) => "__EnumValue",
            Object::Directive(_) => "__Directive",
        }
    }

    /// The value of one of its fields; `deprecated` is the argument `includeDeprecated`.
    pub(super) fn field(self, schema: &'s Schema, name: &str, deprecated: bool) -> Value<'s> {
        match self {
            _ if name == "__typename" => Value::Text(self.type_name().to_owned()),
            Object::Schema => schema_field(schema, name),
            Object::Named(type_) => type_field(schema, type_, name, deprecated),
            Object::List(inner) => match name {
                "kind" => Value::Text("LIST".to_owned()),
                "ofType" => type_of(schema, inner),
                _ => Value::Null,
            },
            Object::NonNull(inner) => match (name, inner) {
                ("kind", _) => Value::Text("NON_NULL".to_owned()),
                ("ofType", NonNull::Named(type_)) => Value::Object(Object::Named(type_)),
                ("ofType", NonNull::List(inner)) => Value::Object(Object::List(inner)),
                _ => Value::Null,
            },
            Object::Field(field) => match name {
                "name" => Value::Text(field.name.to_string()),
                "description" => text(field.description.as_deref()),
                "args" => inputs(field.arguments.iter(), deprecated),
                "type" => type_of(schema, &field.ty),
                _ => deprecation(&field.directives, name),
            },
            Object::Input(input) => match name {
                "name" => Value::Text(input.name.to_string()),
                "description" => text(input.description.as_deref()),
                "type" => type_of(schema, &input.ty),
                "defaultValue" => match &input.default_value {
                    Some(value) => Value::Text(print_literal(value)),
                    None => Value::Null,
                },
                _ => deprecation(&input.directives, name),
            },
            Object::EnumValue(value) => match name {
                "name" => Value::Text(value.value.to_string()),
                "description" => text(value.description.as_deref()),
                _ => deprecation(&value.directives, name),
            },
            Object::Directive(directive) => directive_field(directive, name, deprecated),
        }
    }
}

/// Whether a field of an introspection type that has objects may be null (specification, section 4.2).
pub(super) fn is_nullable(type_: &str, field: &str) -> bool {
    !matches!(
        (type_, field),
        ("__Schema", "types" | "queryType" | "directives")
            | ("__Field", "args" | "type")
            | ("__InputValue", "type")
            | ("__Directive", "args")
    )
}

fn schema_field<'s>(schema: &'s Schema, name: &str) -> Value<'s> {
    let definition = &schema.schema_definition;
    let root = |name: &Option<apollo_compiler::schema::ComponentName>| match name {
        Some(name) => named(schema, name),
        None => Value::Null,
    };
    match name {
        "description" => text(definition.description.as_deref()),
        "types" => Value::Objects(schema.types.values().map(Object::Named).collect()),
        "queryType" => root(&definition.query),
        "mutationType" => root(&definition.mutation),
        "subscriptionType" => root(&definition.subscription),
        "directives" => Value::Objects(
            schema.directive_definitions.values().map(|directive| Object::Directive(directive)).collect(),
        ),
        _ => Value::Null,
    }
}

fn type_field<'s>(schema: &'s Schema, type_: &'s ExtendedType, name: &str, deprecated: bool) -> Value<'s> {
    match (name, type_) {
        ("kind", _) => Value::Text(kind(type_).to_owned()),
        ("name", _) => Value::Text(type_.name().to_string()),
        ("description", _) => text(type_.description().map(|description| &**description)),
        ("fields", ExtendedType::Object(object)) => fields(object.fields.values().map(|field| &***field), deprecated),
        ("fields", ExtendedType::Interface(interface)) => {
            fields(interface.fields.values().map(|field| &***field), deprecated)
        }
        ("interfaces", ExtendedType::Object(object)) => types(schema, object.implements_interfaces.iter()),
        ("interfaces", ExtendedType::Interface(interface)) => types(schema, interface.implements_interfaces.iter()),
        ("possibleTypes", ExtendedType::Union(union)) => types(schema, union.members.iter()),
        ("possibleTypes", ExtendedType::Interface(interface)) => {
            let implements = |type_: &&ExtendedType| matches!(type_, ExtendedType::Object(object) if object.implements_interfaces.contains(&interface.name));
            Value::Objects(schema.types.values().filter(implements).map(Object::Named).collect())
        }
        ("enumValues", ExtendedType::Enum(definition)) => {
            let values = definition.values.values().map(|value| &***value);
            let shown = values.filter(|value| deprecated || !is_deprecated(&value.directives));
            Value::Objects(shown.map(Object::EnumValue).collect())
        }
        ("inputFields", ExtendedType::InputObject(input)) => {
            let values = input.fields.values().map(|field| &***field);
            let shown = values.filter(|field| deprecated || !is_deprecated(&field.directives));
            Value::Objects(shown.map(Object::Input).collect())
        }
        ("isOneOf", ExtendedType::InputObject(input)) => Value::Boolean(input.directives.has("oneOf")),
        ("specifiedByURL", ExtendedType::Scalar(scalar)) => {
            let directive = scalar.directives.get("specifiedBy");
            text(directive.and_then(|directive| directive.specified_argument_by_name("url")?.as_str()))
        }
        _ => Value::Null,
    }
}

fn directive_field<'s>(directive: &'s DirectiveDefinition, name: &str, deprecated: bool) -> Value<'s> {
    match name {
        "name" => Value::Text(directive.name.to_string()),
        "description" => text(directive.description.as_deref()),
        "locations" => Value::Texts(directive.locations.iter().map(|location| location.name().to_owned()).collect()),
        "args" => inputs(directive.arguments.iter(), deprecated),
        "isRepeatable" => Value::Boolean(directive.repeatable),
        _ => Value::Null,
    }
}

fn kind(type_: &ExtendedType) -> &'static str {
    match type_ {
        ExtendedType::Scalar(_) => "SCALAR",
        ExtendedType::Object(_) => "OBJECT",
        ExtendedType::Interface(_) => "INTERFACE",
        ExtendedType::Union(_) => "UNION",
        ExtendedType::Enum(_) => "ENUM",
        ExtendedType::InputObject(_) => "INPUT_OBJECT",
    }
}

fn text(text: Option<&str>) -> Value<'static> {
    text.map_or(Value::Null, |text| Value::Text(text.to_owned()))
}

fn named<'s>(schema: &'s Schema, name: &str) -> Value<'s> {
    schema.types.get(name).map_or(Value::Null, |type_| Value::Object(Object::Named(type_)))
}

fn types<'s, N: AsRef<str> + 's>(schema: &'s Schema, names: impl Iterator<Item = &'s N>) -> Value<'s> {
    Value::Objects(names.filter_map(|name| schema.types.get(name.as_ref())).map(Object::Named).collect())
}

fn type_of<'s>(schema: &'s Schema, type_: &'s Type) -> Value<'s> {
    match type_ {
        Type::Named(name) => named(schema, name),
        Type::List(inner) => Value::Object(Object::List(inner)),
        Type::NonNullList(inner) => Value::Object(Object::NonNull(NonNull::List(inner))),
        Type::NonNullNamed(name) => {
            let type_ = schema.types.get(name);
            type_.map_or(Value::Null, |type_| Value::Object(Object::NonNull(NonNull::Named(type_))))
        }
    }
}

/// Fields whose names begin with two underscores are the language's own, and are not listed.
fn fields<'s>(fields: impl Iterator<Item = &'s FieldDefinition>, deprecated: bool) -> Value<'s> {
    let shown = fields.filter(|field| deprecated || !is_deprecated(&field.directives));
    Value::Objects(shown.map(Object::Field).collect())
}

fn inputs<'s>(inputs: impl Iterator<Item = &'s Node<InputValueDefinition>>, deprecated: bool) -> Value<'s> {
    let shown = inputs.filter(|input| deprecated || !is_deprecated(&input.directives));
    Value::Objects(shown.map(|input| Object::Input(input)).collect())
}

fn is_deprecated(directives: &DirectiveList) -> bool {
    directives.has("deprecated")
}

/// `isDeprecated` and `deprecationReason`.
fn deprecation(directives: &DirectiveList, name: &str) -> Value<'static> {
    let directive = directives.get("deprecated");
    match (name, directive) {
        ("isDeprecated", directive) => Value::Boolean(directive.is_some()),
        ("deprecationReason", Some(directive)) => {
            let reason = directive.specified_argument_by_name("reason").and_then(|reason| reason.as_str());
            Value::Text(reason.unwrap_or("No longer supported").to_owned())
        }
        _ => Value::Null,
    }
}
