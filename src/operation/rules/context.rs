//! What every rule may ask: the document with its fragments by name, the schema, and where things stand.

use std::cell::OnceCell;
use std::collections::{HashMap, HashSet};

use apollo_compiler::ast::{Definition, Document, FragmentDefinition, FragmentSpread, OperationDefinition, Selection};
use apollo_compiler::collections::HashMap as ApolloMap;
use apollo_compiler::schema::{ExtendedType, FieldDefinition, Implementers};
use apollo_compiler::{Name, Node, Schema};

use crate::operation::syntax::{Descriptions, Lexer, TokenKind};

/// Whether clients may look into a schema.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::operation) enum Introspection {
    /// They may ask it, and messages name what is near in it to a name that is not.
    Allowed,
    /// Neither of both.
    Refused,
}

/// A document on its way through the rules.
pub(in crate::operation) struct Context<'d> {
    pub(super) tree: &'d Document,
    pub(super) schema: &'d Schema,
    /// Whether clients may ask the schema, and messages name what it has.
    pub(super) is_introspectable: bool,
    /// The names of what the document defines that cannot be executed.
    pub(super) defined_types: HashSet<&'d str>,
    text: &'d str,
    descriptions: &'d Descriptions,
    fragments: HashMap<&'d str, usize>,
    definitions: Vec<Fragment<'d>>,
    implementers: OnceCell<ApolloMap<Name, Implementers>>,
}

/// A fragment, and the fragments that its own selections spread.
pub(super) struct Fragment<'d> {
    pub(super) definition: &'d Node<FragmentDefinition>,
    pub(super) spreads: Vec<&'d Node<FragmentSpread>>,
}

impl<'d> Context<'d> {
    /// A document for a schema; of fragments of one name the last one is meant.
    pub(in crate::operation) fn new(
        tree: &'d Document,
        schema: &'d Schema,
        introspection: Introspection,
        text: &'d str,
        descriptions: &'d Descriptions,
    ) -> Context<'d> {
        let fragments = tree.definitions.iter().filter_map(|definition| match definition {
            Definition::FragmentDefinition(definition) => {
                Some(Fragment { definition, spreads: spreads(&definition.selection_set) })
            }
            _ => None,
        });
        let definitions: Vec<Fragment<'d>> = fragments.collect();
        let names = definitions.iter().enumerate().map(|(id, fragment)| (fragment.definition.name.as_str(), id));
        let fragments = names.collect();
        let defined = tree.definitions.iter().filter(|definition| !definition.is_executable_definition());
        let defined_types = defined.filter_map(Definition::name).map(Name::as_str).collect();
        let (implementers, is_introspectable) = (OnceCell::new(), introspection == Introspection::Allowed);
        Context {
            tree,
            schema,
            is_introspectable,
            defined_types,
            text,
            descriptions,
            fragments,
            definitions,
            implementers,
        }
    }

    /// Every fragment, in the order of the document; a place in it is an id.
    pub(super) fn fragments(&self) -> &[Fragment<'d>] {
        &self.definitions
    }

    /// The id of the fragment of a name.
    pub(super) fn fragment_id(&self, name: &str) -> Option<usize> {
        self.fragments.get(name).copied()
    }

    /// The fragment of a name.
    pub(super) fn fragment(&self, name: &str) -> Option<&'d Node<FragmentDefinition>> {
        self.fragment_id(name).and_then(|id| self.definitions.get(id)).map(|fragment| fragment.definition)
    }

    /// Every operation, in the order of the document.
    pub(super) fn operations(&self) -> impl Iterator<Item = &'d Node<OperationDefinition>> {
        self.tree.definitions.iter().filter_map(|definition| match definition {
            Definition::OperationDefinition(operation) => Some(operation),
            _ => None,
        })
    }

    /// The type of a name.
    pub(super) fn type_named(&self, name: &str) -> Option<&'d ExtendedType> {
        self.schema.types.get(name)
    }

    /// The type of a name, where selections may be of it.
    pub(super) fn composite(&self, name: &str) -> Option<&'d ExtendedType> {
        self.type_named(name).filter(|type_| is_composite(type_))
    }

    /// The field of a type, the three of introspection included.
    pub(super) fn field(&self, type_: &ExtendedType, name: &str) -> Option<&'d FieldDefinition> {
        self.schema.type_field(type_.name(), name).ok().map(|field| &***field)
    }

    /// The object types that an abstract type may be.
    pub(super) fn possible_types<'a>(&'a self, type_: &'a ExtendedType) -> Vec<&'a Name> {
        match type_ {
            ExtendedType::Union(union) => union.members.iter().map(|member| &member.name).collect(),
            ExtendedType::Interface(interface) => {
                let implementers = self.implementers.get_or_init(|| self.schema.implementers_map());
                implementers.get(&interface.name).into_iter().flat_map(|known| &known.objects).collect()
            }
            _ => Vec::new(),
        }
    }

    /// Where an operation, a fragment or a variable definition begins.
    pub(super) fn start_of_definition<T>(&self, definition: &Node<T>) -> usize {
        self.descriptions.start_of(start_of(definition))
    }

    /// The text from a byte on.
    pub(super) fn text(&self, from: usize) -> &'d str {
        self.text.get(from..).unwrap_or_default()
    }

    /// Where the next sign of this kind begins, behind a place at which no token is cut.
    pub(super) fn next_sign(&self, behind: usize, sign: char) -> usize {
        let mut lexer = Lexer::from(self.text, behind);
        next_token(&mut lexer, Some(sign)).unwrap_or(behind)
    }

    /// Where the type of a variable begins.
    pub(super) fn start_of_type(&self, variable_name: &Name) -> usize {
        let behind = variable_name.location().map_or(0, |span| span.end_offset());
        let mut lexer = Lexer::from(self.text, self.next_sign(behind, ':') + 1);
        next_token(&mut lexer, None).unwrap_or(behind)
    }
}

/// Where the next token begins, or the next of a sign. The text was read before, so that only its end ends the search early.
fn next_token(lexer: &mut Lexer<'_>, sign: Option<char>) -> Option<usize> {
    loop {
        let token = lexer.next().ok().filter(|token| token.kind != TokenKind::End)?;
        if sign.is_none_or(|sign| token.kind == TokenKind::Sign(sign)) {
            return Some(token.range.start);
        }
    }
}

/// Where a part of the document begins.
pub(super) fn start_of<T: ?Sized>(node: &Node<T>) -> usize {
    node.location().map_or(0, |span| span.offset())
}

/// Where a part of the document ends.
pub(super) fn end_of<T: ?Sized>(node: &Node<T>) -> usize {
    node.location().map_or(0, |span| span.end_offset())
}

/// Where a name begins.
pub(super) fn start_of_name(name: &Name) -> usize {
    name.location().map_or(0, |span| span.offset())
}

/// Whether selections may be of a type.
pub(super) fn is_composite(type_: &ExtendedType) -> bool {
    matches!(type_, ExtendedType::Object(_) | ExtendedType::Interface(_) | ExtendedType::Union(_))
}

/// Every spread in a selection set, those deeper in it included, in the reference implementation's order.
pub(super) fn spreads(selections: &[Selection]) -> Vec<&Node<FragmentSpread>> {
    let mut found = Vec::new();
    let mut open = vec![selections];
    while let Some(selections) = open.pop() {
        for selection in selections {
            match selection {
                Selection::FragmentSpread(spread) => found.push(spread),
                Selection::Field(field) => open.push(&field.selection_set),
                Selection::InlineFragment(inline) => open.push(&inline.selection_set),
            }
        }
    }
    found
}
