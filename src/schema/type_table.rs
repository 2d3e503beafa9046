//! The types of a schema under their numbers, before any binding is resolved: what rules and templates look names up
//! in.

use std::collections::HashMap;
use std::sync::Arc;

use apollo_compiler::ast::{FieldDefinition as WrittenField, InputValueDefinition as WrittenInput, Type};
use apollo_compiler::schema::ExtendedType;
use apollo_compiler::{Name, Node};

use super::coercion::coerce_literal;
use super::rules::reserved_names::is_of_the_language;
use super::{
    AbstractType, FieldDefinition, FieldId, InputObjectType, InputValueDefinition, ObjectType, PropertyName,
    Resolution, Scalar, TypeDefinition, TypeId, TypeKind, TypeRef,
};
use crate::config::{Config, DiscriminatorDirective, FieldDirectives, Mistakes, Span};

/// Every type but the introspection types and the language's own.
#[derive(Debug)]
pub(super) struct TypeTable {
    pub types: Vec<TypeDefinition>,
    pub type_ids: HashMap<Box<str>, TypeId>,
    /// The place of each field in its type, by name, under the number of the type.
    places: Vec<HashMap<Arc<str>, u16>>,
    pub query: TypeId,
    pub mutation: Option<TypeId>,
    pub subscription: Option<TypeId>,
}

/// Numbers the types and takes over what each says of itself.
pub(super) fn collect_types(config: &Config, mistakes: &mut Mistakes) -> TypeTable {
    let schema = &config.schema;
    let names: Vec<&Name> =
        schema.types.values().filter(|type_| is_authors(config, type_)).map(ExtendedType::name).collect();
    let type_ids: HashMap<Box<str>, TypeId> =
        names.iter().zip(0..).map(|(name, id)| (name.as_str().into(), TypeId(id))).collect();
    let definition = &schema.schema_definition;
    let root = |name: Option<&str>| name.and_then(|name| type_ids.get(name).copied());
    // A schema without a query type was told; a scalar has no fields to be judged as roots.
    let query = root(definition.query.as_ref().map(|name| name.as_str())).or(root(Some("Boolean")));
    let query = query.unwrap_or(TypeId(0));
    let mutation = root(definition.mutation.as_ref().map(|name| name.as_str()));
    let subscription = root(definition.subscription.as_ref().map(|name| name.as_str()));
    let implementers = implementers(config);
    let mut collector = Collector { config, type_ids: &type_ids, implementers: &implementers, mistakes };
    let types = names
        .iter()
        .map(|name| TypeDefinition { name: name.as_str().into(), kind: collector.kind(name, &schema.types[*name]) })
        .collect();
    let mut table = TypeTable { types, type_ids, places: Vec::new(), query, mutation, subscription };
    table.places = (0..).map(TypeId).take(names.len()).map(|id| places_of(table.fields(id))).collect();
    table.resolve_unbound_root_fields(config);
    table
}

fn places_of(fields: &[FieldDefinition]) -> HashMap<Arc<str>, u16> {
    fields.iter().zip(0..).map(|(field, place)| (Arc::clone(&field.name), place)).collect()
}

/// Whether a type is the author's, or a scalar that needs no definition.
fn is_authors(config: &Config, type_: &ExtendedType) -> bool {
    !type_.name().starts_with("__") && !is_of_the_language(config, type_)
}

/// The object types that implement each interface, in the order of the schema.
fn implementers(config: &Config) -> HashMap<&str, Vec<&str>> {
    let mut implementers: HashMap<&str, Vec<&str>> = HashMap::new();
    for object in config.schema.types.values().filter_map(ExtendedType::as_object) {
        for interface in &object.implements_interfaces {
            implementers.entry(interface.as_str()).or_default().push(object.name.as_str());
        }
    }
    implementers
}

struct Collector<'a> {
    config: &'a Config,
    type_ids: &'a HashMap<Box<str>, TypeId>,
    implementers: &'a HashMap<&'a str, Vec<&'a str>>,
    mistakes: &'a mut Mistakes,
}

impl Collector<'_> {
    fn kind(&mut self, name: &Name, type_: &ExtendedType) -> TypeKind {
        match type_ {
            ExtendedType::Scalar(_) => TypeKind::Scalar(scalar(name)),
            ExtendedType::Enum(definition) => {
                TypeKind::Enum(definition.values.keys().map(|value| value.as_str().into()).collect())
            }
            ExtendedType::Object(object) => TypeKind::Object(ObjectType {
                fields: object.fields.values().map(|field| self.field(name, field)).collect(),
            }),
            ExtendedType::Interface(interface) => {
                let fields = interface.fields.values().map(|field| self.field(name, field)).collect();
                let possible = self.implementers.get(name.as_str()).map_or(&[][..], Vec::as_slice);
                TypeKind::Abstract(self.abstract_type(name, fields, possible))
            }
            ExtendedType::Union(union) => {
                let possible: Vec<&str> = union.members.iter().map(|member| member.as_str()).collect();
                TypeKind::Abstract(self.abstract_type(name, Vec::new(), &possible))
            }
            ExtendedType::InputObject(input) => TypeKind::InputObject(InputObjectType {
                fields: input.fields.values().map(|field| self.input(field)).collect(),
                one_of: input.directives.has("oneOf"),
            }),
        }
    }

    /// What an abstract type can be; which values its discriminator takes, the rule of `@discriminator` judges.
    fn abstract_type(&self, name: &Name, fields: Vec<FieldDefinition>, possible: &[&str]) -> AbstractType {
        let directive = self.config.directives.discriminators.get(name.as_str());
        let field = directive.and_then(|directive| directive.field.as_ref());
        let types: &[_] = directive.map_or(&[], |directive: &DiscriminatorDirective| &directive.types);
        let id = |name: &str| self.type_ids.get(name).copied();
        let meanings = if types.is_empty() {
            possible.iter().filter_map(|name| Some(((*name).into(), id(name)?))).collect()
        } else {
            types.iter().filter_map(|(value, type_)| Some((value.value.as_str().into(), id(&type_.value)?))).collect()
        };
        AbstractType {
            fields,
            possible: possible.iter().filter_map(|name| id(name)).collect(),
            discriminator: field.map_or("__typename", |field| field.value.as_str()).into(),
            meanings,
        }
    }

    fn field(&mut self, owner: &Name, field: &WrittenField) -> FieldDefinition {
        let name: Arc<str> = field.name.as_str().into();
        let coordinate = format!("{owner}.{name}");
        let from = self.config.directives.fields.get(&coordinate).and_then(|written| written.from.as_ref());
        let property = match from {
            Some(path) => PropertyName::From(path.value.split('.').map(Into::into).collect()),
            None => PropertyName::Own(Arc::clone(&name)),
        };
        FieldDefinition {
            name,
            coordinate: coordinate.into(),
            type_: self.type_ref(&field.ty),
            arguments: field.arguments.iter().map(|argument| self.input(argument)).collect(),
            resolution: Resolution::Property(property),
        }
    }

    fn input(&mut self, input: &Node<WrittenInput>) -> InputValueDefinition {
        let literal = input.default_value.as_ref();
        let coerced = literal.map(|value| coerce_literal(&self.config.schema, &input.ty, value));
        if let (Some(literal), Some(Err(message))) = (literal, &coerced) {
            let span = self.config.span(literal.location());
            self.mistakes.error(span, format!("the default of `{}` does not fit: {message}", input.name));
        }
        InputValueDefinition {
            name: input.name.as_str().into(),
            type_: self.type_ref(&input.ty),
            default: coerced.and_then(Result::ok),
        }
    }

    fn type_ref(&self, type_: &Type) -> TypeRef {
        let named = |name: &Name| TypeRef::Named(self.type_ids.get(name.as_str()).copied().unwrap_or(TypeId(0)));
        match type_ {
            Type::Named(name) => named(name),
            Type::NonNullNamed(name) => TypeRef::NonNull(Box::new(named(name))),
            Type::List(item) => TypeRef::List(Box::new(self.type_ref(item))),
            Type::NonNullList(item) => TypeRef::NonNull(Box::new(TypeRef::List(Box::new(self.type_ref(item))))),
        }
    }
}

fn scalar(name: &str) -> Scalar {
    match name {
        "Int" => Scalar::Int,
        "Float" => Scalar::Float,
        "String" => Scalar::String,
        "Boolean" => Scalar::Boolean,
        "ID" => Scalar::Id,
        "BigInt" | "Decimal" => Scalar::ExactNumber,
        _ => Scalar::Custom,
    }
}

impl TypeTable {
    /// A field of a root type that has an object type and no binding is an object without properties of its own.
    fn resolve_unbound_root_fields(&mut self, config: &Config) {
        for root in self.roots() {
            let places: Vec<usize> = (0..self.fields(root).len())
                .filter(|place| {
                    let field = &self.fields(root)[*place];
                    let written = config.directives.fields.get(&*field.coordinate);
                    let is_plain = written.is_none_or(|written| written.bindings.is_empty() && written.from.is_none());
                    is_plain && field.type_.list_depth() == 0 && self.is_object(field.type_.named())
                })
                .collect();
            if let TypeKind::Object(object) = &mut self.types[root.0 as usize].kind {
                for place in places {
                    object.fields[place].resolution = Resolution::EmptyObject;
                }
            }
        }
    }

    /// The root types, queries first.
    pub(super) fn roots(&self) -> Vec<TypeId> {
        [Some(self.query), self.mutation, self.subscription].into_iter().flatten().collect()
    }

    /// Whether this is a root type.
    pub(super) fn is_root(&self, id: TypeId) -> bool {
        self.roots().contains(&id)
    }

    /// The definition of a type.
    pub(super) fn type_(&self, id: TypeId) -> &TypeDefinition {
        &self.types[id.0 as usize]
    }

    /// The fields of an object or interface type; none for the others.
    pub(super) fn fields(&self, id: TypeId) -> &[FieldDefinition] {
        match &self.type_(id).kind {
            TypeKind::Object(object) => &object.fields,
            TypeKind::Abstract(interface) => &interface.fields,
            TypeKind::Scalar(_) | TypeKind::Enum(_) | TypeKind::InputObject(_) => &[],
        }
    }

    /// The definition of a field.
    pub(super) fn field(&self, id: FieldId) -> &FieldDefinition {
        &self.fields(id.owner)[id.index as usize]
    }

    /// The field of that name.
    pub(super) fn field_named(&self, owner: TypeId, name: &str) -> Option<FieldId> {
        let index = self.places.get(owner.0 as usize)?.get(name)?;
        Some(FieldId { owner, index: *index })
    }

    /// Every field of every object and interface type, in order.
    pub(super) fn field_ids(&self) -> Vec<FieldId> {
        let of_type = |owner: TypeId| {
            let amount = u16::try_from(self.fields(owner).len()).unwrap_or(u16::MAX);
            (0..amount).map(move |index| FieldId { owner, index })
        };
        (0..u32::try_from(self.types.len()).unwrap_or(0)).flat_map(|id| of_type(TypeId(id))).collect()
    }

    /// Whether values of this type are leaves.
    pub(super) fn is_leaf(&self, id: TypeId) -> bool {
        matches!(self.type_(id).kind, TypeKind::Scalar(_) | TypeKind::Enum(_))
    }

    /// Whether this is an object type.
    pub(super) fn is_object(&self, id: TypeId) -> bool {
        matches!(self.type_(id).kind, TypeKind::Object(_))
    }

    /// What the author wrote on a field.
    pub(super) fn written<'a>(&self, config: &'a Config, id: FieldId) -> Option<&'a FieldDirectives> {
        config.directives.fields.get(&*self.field(id).coordinate)
    }

    /// Whether a field has a binding.
    pub(super) fn is_bound(&self, config: &Config, id: FieldId) -> bool {
        self.written(config, id).is_some_and(|written| !written.bindings.is_empty())
    }

    /// Where a field is named.
    pub(super) fn place(&self, config: &Config, id: FieldId) -> Option<Span> {
        config.places.get(&*self.field(id).coordinate).copied()
    }

    /// Whether a type is named and defined nowhere, so that nothing more can be said of its values.
    pub(super) fn is_missing(&self, config: &Config, type_: &TypeRef) -> bool {
        config.missing_types.contains(&*self.type_(type_.named()).name)
    }

    /// A constant that fits a type, to begin with.
    pub(super) fn example(&self, type_: &TypeRef) -> String {
        match type_ {
            TypeRef::NonNull(inner) => self.example(inner),
            TypeRef::List(item) => format!("[{}]", self.example(item)),
            TypeRef::Named(id) => match &self.type_(*id).kind {
                TypeKind::Scalar(Scalar::Int) => "1".to_owned(),
                TypeKind::Scalar(Scalar::Float) => "0.5".to_owned(),
                TypeKind::Scalar(Scalar::Boolean) => "true".to_owned(),
                TypeKind::Scalar(Scalar::String | Scalar::Id | Scalar::ExactNumber | Scalar::Custom) => {
                    "\"1\"".to_owned()
                }
                TypeKind::Enum(values) => values.iter().map(ToString::to_string).min().unwrap_or_default(),
                TypeKind::Object(object) => {
                    let name = object.fields.first().map_or("id", |field| &*field.name);
                    format!("{{ {name}: … }}")
                }
                TypeKind::Abstract(_) | TypeKind::InputObject(_) => "{ __typename: \"…\" }".to_owned(),
            },
        }
    }

    /// A type as it is written: `[Product!]!`.
    pub(super) fn show(&self, type_: &TypeRef) -> String {
        match type_ {
            TypeRef::Named(id) => self.type_(*id).name.to_string(),
            TypeRef::List(item) => format!("[{}]", self.show(item)),
            TypeRef::NonNull(inner) => format!("{}!", self.show(inner)),
        }
    }
}
