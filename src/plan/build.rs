//! Making a plan: the operation is walked once for each concrete type that an object can have. Each bound field becomes a
//! node, each unbound one a property that the fetch above it must bring, each response object a shape.

use std::collections::HashMap;
use std::sync::Arc;

use super::Plan;
use super::ids::{AnchorId, NodeId};
use super::node::{InputFrom, Node, Part};
use super::position::Typing;
use super::properties::{PositionId, Properties, ReadAs};
use super::shape::{Item, Leaf, Shape, ShapeField, ShapeValue};
use crate::graphql::{Error, ErrorCode, Location, Value, write_quoted};
use crate::operation::{
    ArgumentValue, CollectedField, FieldArguments, FieldName, Operation, OperationKind, SelectionSets, VariableValues,
};
use crate::schema::{
    Binding, BindingRequest, FieldDefinition, FieldId, Input, Naming, Resolution, Schema, TypeId, TypeKind, TypeRef,
};
use crate::source::{Access, Columns};

/// Most response fields of one plan, each concrete type counted: shapes must not grow without bound where fragments on
/// many types meet.
const MAX_SHAPE_FIELDS: usize = 50_000;

/// About how many bytes a response field takes in a plan, a part of a node, and a property of a projection.
const SIZE_OF_FIELD: usize = 512;
const SIZE_OF_PART: usize = 1024;
const SIZE_OF_PROPERTY: usize = 256;

/// Makes the plan of an operation. Of `variables` only those that `@skip` and `@include` use are looked at.
///
/// # Errors
/// A request error for a literal that does not fit its argument, and for an operation whose plan would be too large.
pub fn build(schema: &Schema, operation: &Operation, variables: &VariableValues) -> Result<Plan, Error> {
    let mut properties = Properties::default();
    let root = Place { position: properties.position(Typing::Always(operation.root)), type_: operation.root };
    properties.anchor(root.position, || AnchorId::ROOT);
    let mut builder = Builder {
        schema,
        operation,
        variables,
        root,
        properties,
        nodes: Vec::new(),
        known: HashMap::new(),
        anchors: vec![Vec::new()],
        shapes: HashMap::new(),
        root_fields: Vec::new(),
        introspections: Vec::new(),
        shape_fields: 0,
    };
    let shape = builder.root_shape()?;
    Ok(builder.finish(shape))
}

/// Where fields stand: the position of the nearest record above them, and the record's type. Only an object without
/// properties, which is no record, has fields of another type there.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
struct Place {
    position: PositionId,
    type_: TypeId,
}

/// Where a node is, which field it resolves and with which arguments: two fields that agree in all of it are one node.
/// The root fields of a mutation never are: each runs by itself.
type NodeKey = (AnchorId, FieldId, FieldArguments, Option<usize>);

struct Builder<'p, 'd> {
    schema: &'p Schema,
    operation: &'d Operation,
    variables: &'p VariableValues,
    root: Place,
    properties: Properties,
    nodes: Vec<NodeDraft>,
    known: HashMap<NodeKey, NodeId>,
    anchors: Vec<Vec<NodeId>>,
    shapes: HashMap<(Place, TypeId, Vec<usize>), Arc<Shape>>,
    root_fields: Vec<Vec<NodeId>>,
    introspections: Vec<Vec<Location>>,
    shape_fields: usize,
}

/// A node before its projection is known.
struct NodeDraft {
    anchor: AnchorId,
    only: Option<TypeId>,
    field: FieldId,
    arguments: FieldArguments,
    bindings: Vec<(Arc<Binding>, Vec<InputFrom>)>,
    list_depth: u8,
    position: Option<PositionId>,
    needs: Vec<NodeId>,
}

impl<'d> Builder<'_, 'd> {
    fn root_shape(&mut self) -> Result<Arc<Shape>, Error> {
        let (operation, root) = (self.operation, self.root);
        let selection = operation.root_selection();
        let collected = match operation.collect_fields(self.schema, operation.root, &selection, self.variables) {
            Ok(collected) => collected,
            Err(refusal) => return Ok(Arc::new(Shape::refused(refusal))),
        };
        let mut fields = Vec::new();
        for collected in collected {
            self.root_fields.push(Vec::new());
            fields.push(self.field(root, operation.root, &collected)?);
            self.shape_fields += 1;
        }
        Ok(Arc::new(Shape { fields, refusal: None }))
    }

    fn shape(&mut self, place: Place, object: TypeId, sets: &SelectionSets<'d>) -> Result<Arc<Shape>, Error> {
        let key = (place, object, sets.identity());
        let within_mutation_root = place == self.root && self.operation.kind == OperationKind::Mutation;
        if let Some(shape) = self.shapes.get(&key).filter(|_| !within_mutation_root) {
            return Ok(Arc::clone(shape));
        }
        let operation = self.operation;
        let mut shape = Shape::default();
        match operation.collect_fields(self.schema, object, sets, self.variables) {
            Ok(collected) => {
                for collected in collected {
                    shape.fields.push(self.field(place, object, &collected)?);
                }
            }
            Err(refusal) => shape = Shape::refused(refusal),
        }
        self.shape_fields += shape.fields.len();
        if self.shape_fields > MAX_SHAPE_FIELDS {
            let message = format!("the plan of the operation has more than {MAX_SHAPE_FIELDS} fields");
            return Err(Error::request(ErrorCode::OperationTooComplex, message));
        }
        let shape = Arc::new(shape);
        self.shapes.insert(key, Arc::clone(&shape));
        Ok(shape)
    }

    fn field(&mut self, place: Place, object: TypeId, collected: &CollectedField<'d>) -> Result<ShapeField, Error> {
        let schema = self.schema;
        let mut arguments = FieldArguments::new();
        let (coordinate, value) = match collected.name {
            FieldName::Typename => {
                let name = &schema.type_(object).name;
                (format!("{name}.__typename").into(), ShapeValue::Typename(quoted(name).into()))
            }
            FieldName::Introspection => {
                let coordinate = format!("{}.{}", schema.type_(object).name, collected.field_name());
                (coordinate.into(), ShapeValue::Introspection(self.introspection(&collected.locations)))
            }
            FieldName::Field(id) => {
                let definition = schema.field(id);
                if !matches!(definition.resolution, Resolution::Bound(_)) {
                    arguments = self.arguments(id, definition, collected)?;
                    arguments.retain(ArgumentValue::has_variables);
                }
                (Arc::clone(&definition.coordinate), self.value(place, id, definition, collected)?)
            }
        };
        let mut key_json = quoted(collected.response_key);
        key_json.push(b':');
        Ok(ShapeField {
            key: collected.response_key.into(),
            key_json: key_json.into(),
            coordinate,
            locations: collected.locations.clone(),
            arguments,
            value,
        })
    }

    fn introspection(&mut self, places: &[Location]) -> usize {
        self.introspections.iter().position(|known| known == places).unwrap_or_else(|| {
            self.introspections.push(places.to_vec());
            self.introspections.len() - 1
        })
    }

    fn arguments(
        &self,
        id: FieldId,
        definition: &FieldDefinition,
        collected: &CollectedField<'d>,
    ) -> Result<FieldArguments, Error> {
        self.operation.arguments(self.schema, id, collected).map_err(|problem| {
            let message = format!("{}: {problem}", definition.coordinate);
            let locations = collected.locations.clone();
            Error { locations, ..Error::request(ErrorCode::GraphqlValidationFailed, message) }
        })
    }

    fn value(
        &mut self,
        place: Place,
        id: FieldId,
        definition: &FieldDefinition,
        collected: &CollectedField<'d>,
    ) -> Result<ShapeValue, Error> {
        let (type_, sets) = (&definition.type_, &collected.selection_sets);
        match &definition.resolution {
            Resolution::EmptyObject => {
                Ok(ShapeValue::EmptyObject(type_.clone(), self.shape(place, type_.named(), sets)?))
            }
            Resolution::Property(_) if id.owner != place.type_ => Ok(ShapeValue::Nothing(type_.clone())),
            Resolution::Property(name) => {
                let read_as = self.read_as(type_);
                let (places, below) =
                    self.properties.field(place.position, id.owner, name, type_.list_depth(), read_as);
                Ok(ShapeValue::Property(places, type_.clone(), self.item(type_, below, sets)?))
            }
            Resolution::Bound(_) => {
                let arguments = self.arguments(id, definition, collected)?;
                let node = self.node(place, id, arguments);
                let below = self.nodes[node.0 as usize].position;
                Ok(ShapeValue::Node(node, type_.clone(), self.item(type_, below, sets)?))
            }
        }
    }

    fn read_as(&self, type_: &TypeRef) -> ReadAs {
        let named = type_.named();
        if self.schema.is_leaf(named) { ReadAs::Leaf } else { ReadAs::Object(named) }
    }

    /// The shape of what stands under a value's lists; `below` is where its objects stand.
    fn item(&mut self, type_: &TypeRef, below: Option<PositionId>, sets: &SelectionSets<'d>) -> Result<Item, Error> {
        let (schema, named) = (self.schema, type_.named());
        match (&schema.type_(named).kind, below) {
            (TypeKind::Scalar(scalar), _) => Ok(Item::Leaf(Leaf::Scalar(*scalar))),
            (TypeKind::Enum(_), _) => Ok(Item::Leaf(Leaf::Enum(named))),
            (TypeKind::Abstract(abstract_type), Some(below)) => {
                let told_by = self.properties.discriminator(below, &abstract_type.discriminator, named);
                let mut shapes = Vec::with_capacity(abstract_type.possible.len());
                for object in &abstract_type.possible {
                    let place = Place { position: below, type_: *object };
                    shapes.push((*object, self.shape(place, *object, sets)?));
                }
                Ok(Item::Abstract { type_: named, told_by, shapes })
            }
            (TypeKind::Object(_), Some(below)) => {
                let place = Place { position: below, type_: named };
                Ok(Item::Object(named, self.shape(place, named, sets)?))
            }
            (TypeKind::Object(_) | TypeKind::Abstract(_), None) | (TypeKind::InputObject(_), _) => {
                Err(Error::request(ErrorCode::Internal, "a composite value without a place"))
            }
        }
    }

    fn node(&mut self, place: Place, field: FieldId, arguments: FieldArguments) -> NodeId {
        let anchors = &mut self.anchors;
        let anchor = self.properties.anchor(place.position, || {
            anchors.push(Vec::new());
            AnchorId(number(anchors.len() - 1))
        });
        let in_series = self.operation.kind == OperationKind::Mutation && anchor == AnchorId::ROOT;
        let key = (anchor, field, arguments, in_series.then_some(self.nodes.len()));
        if let Some(node) = self.known.get(&key) {
            return *node;
        }
        let definition = self.schema.field(field);
        let only = (anchor != AnchorId::ROOT).then_some(place.type_);
        let mut needs = Vec::new();
        let bindings = match &definition.resolution {
            Resolution::Bound(bindings) => bindings.as_slice(),
            Resolution::Property(_) | Resolution::EmptyObject => &[],
        };
        let bindings = bindings
            .iter()
            .map(|binding| {
                let inputs =
                    binding.inputs.iter().map(|input| self.input(place, definition, input, &mut needs)).collect();
                (Arc::clone(binding), inputs)
            })
            .collect();
        let node_position = match self.read_as(&definition.type_) {
            ReadAs::Leaf => None,
            ReadAs::Object(declared) => Some(self.properties.position(Typing::Always(declared))),
        };
        let id = NodeId(number(self.nodes.len()));
        let list_depth = definition.type_.list_depth();
        let arguments = key.2.clone();
        self.nodes.push(NodeDraft {
            anchor,
            only,
            field,
            arguments,
            bindings,
            list_depth,
            position: node_position,
            needs,
        });
        self.known.insert(key, id);
        self.anchors[anchor.0 as usize].push(id);
        if anchor == AnchorId::ROOT
            && let Some(nodes) = self.root_fields.last_mut()
        {
            nodes.push(id);
        }
        id
    }

    fn input(
        &mut self,
        place: Place,
        definition: &FieldDefinition,
        input: &Input,
        needs: &mut Vec<NodeId>,
    ) -> InputFrom {
        match input {
            Input::Header(name) => InputFrom::Header(name.clone()),
            Input::Environment(value) => InputFrom::Constant(value.clone()),
            Input::Argument(path) => {
                let (first, below) = path.split_first().map_or(("", &[][..]), |(first, below)| (&**first, below));
                let number = definition.arguments.iter().position(|argument| &*argument.name == first);
                InputFrom::Argument(number.unwrap_or(usize::MAX), below.to_vec())
            }
            Input::Parent(path) | Input::Batch(path) => self.parent_input(place, path, needs),
        }
    }

    /// A field of the parent, and fields below it: properties, but for the first, which may be another node.
    fn parent_input(&mut self, place: Place, path: &[FieldId], needs: &mut Vec<NodeId>) -> InputFrom {
        let mut places = Vec::new();
        let has_properties = path.first().is_some_and(|first| first.owner == place.type_);
        let (mut at, mut node) = (has_properties.then_some(place.position), None);
        for (step, id) in path.iter().enumerate() {
            let definition = self.schema.field(*id);
            let is_last = step + 1 == path.len();
            match (&definition.resolution, at) {
                (Resolution::Property(name), Some(position)) => {
                    let read_as = if is_last { ReadAs::Leaf } else { self.read_as(&definition.type_) };
                    // The last value is taken as it stands, a list or an object too.
                    let list_depth = if is_last { 0 } else { definition.type_.list_depth() };
                    let (steps, below) = self.properties.field(position, id.owner, name, list_depth, read_as);
                    places.extend(steps);
                    at = below;
                }
                (Resolution::Bound(_), _) if step == 0 => {
                    let arguments = definition.arguments.iter().map(ArgumentValue::defaulted).collect();
                    let needed = self.node(place, *id, arguments);
                    if !needs.contains(&needed) {
                        needs.push(needed);
                    }
                    node = Some(needed);
                    at = self.nodes[needed.0 as usize].position;
                }
                (Resolution::Property(_) | Resolution::Bound(_) | Resolution::EmptyObject, _) => at = None,
            }
        }
        match node {
            Some(node) => InputFrom::Node(node, places),
            None if has_properties => InputFrom::Property(places),
            None => InputFrom::Constant(Value::Null),
        }
    }

    fn finish(self, root: Arc<Shape>) -> Plan {
        let access = |anchor| match (self.operation.kind, anchor) {
            (OperationKind::Mutation, AnchorId::ROOT) => Access::Write,
            (OperationKind::Mutation | OperationKind::Query, _) => Access::Read,
        };
        let properties = &self.properties;
        let parts: usize = self.nodes.iter().map(|node| node.bindings.len()).sum();
        let size =
            self.shape_fields * SIZE_OF_FIELD + (parts + 1) * SIZE_OF_PART + properties.count() * SIZE_OF_PROPERTY;
        let mut nodes: Vec<Node> = self
            .nodes
            .into_iter()
            .map(|draft| Node {
                anchor: draft.anchor,
                only: draft.only,
                coordinate: Arc::clone(&self.schema.field(draft.field).coordinate),
                arguments: draft.arguments,
                is_list: draft.list_depth > 0,
                position: draft.position.and_then(|position| properties.numbered(position)),
                access: access(draft.anchor),
                needs: draft.needs,
                parts: draft
                    .bindings
                    .into_iter()
                    .map(|(binding, inputs)| {
                        let naming = match binding.request {
                            BindingRequest::Rest(source, _) | BindingRequest::Sql(source, _) => {
                                self.schema.source(source).naming
                            }
                            BindingRequest::Value(_) => Naming::Exact,
                        };
                        let wanted = Arc::new(properties.wanted(draft.list_depth, draft.position, naming));
                        let columns = match &binding.request {
                            BindingRequest::Sql(_, sql) => Columns::read_by(sql.take, &wanted),
                            BindingRequest::Rest(..) | BindingRequest::Value(_) => Columns::All,
                        };
                        Part { binding, wanted, columns, inputs }
                    })
                    .collect(),
            })
            .collect();
        share_columns(&mut nodes);
        Plan {
            kind: self.operation.kind,
            root,
            nodes,
            anchors: self.anchors,
            root_fields: self.root_fields,
            introspections: self.introspections,
            size,
        }
    }
}

/// Gives all parts with one binding the columns of them all.
fn share_columns(nodes: &mut [Node]) {
    let mut of_binding: HashMap<*const Binding, Columns> = HashMap::new();
    for part in nodes.iter().flat_map(|node| &node.parts) {
        let known = of_binding.entry(Arc::as_ptr(&part.binding)).or_insert_with(|| part.columns.clone());
        *known = known.clone().and(part.columns.clone());
    }
    for part in nodes.iter_mut().flat_map(|node| &mut node.parts) {
        if let Some(columns) = of_binding.get(&Arc::as_ptr(&part.binding)) {
            part.columns = columns.clone();
        }
    }
}

fn quoted(text: &str) -> Vec<u8> {
    let mut out = Vec::with_capacity(text.len() + 3);
    write_quoted(text, &mut out);
    out
}

/// A plan is bounded far below 2^32 of anything.
fn number(place: usize) -> u32 {
    u32::try_from(place).unwrap_or(u32::MAX)
}
