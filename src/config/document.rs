//! The schema files as one schema: parsed under a limit of nesting, our definitions added, scalars that need no
//! definition provided. apollo-compiler's own diagnostics become ours here; what could be made of a schema that is not
//! valid goes on, so that everything else about it is told too.

use std::collections::{HashMap, HashSet};

use apollo_compiler::ast::{Definition, Document, Type};
use apollo_compiler::diagnostic::ToCliReport as _;
use apollo_compiler::parser::{FileId, Parser};
use apollo_compiler::schema::{DirectiveList, ExtendedType, ScalarType, SchemaBuilder};
use apollo_compiler::validation::DiagnosticList;
use apollo_compiler::{Name, Node, Schema};

use super::causes::{Causes, words_of};
use super::found::{Found, ValidationError};
use super::reader::{Places, span_of};
use super::scalars::{BUILT_IN, SCALARS};
use super::suggestion::nearest_name;
use super::syntax_error::{SyntaxError, syntax_error};
use super::type_positions::{check_positions, is_about_positions};
use super::validation_error::validation_error;
use super::{DIRECTIVES, Mistakes, SourceMap, Span};

/// Deepest value or type in a file; the parser is recursive.
const MAX_NESTING: usize = 100;

/// The documents of the files that could be parsed, in order.
pub(super) struct Documents {
    parsed: Vec<Document>,
    /// The numbers of the author's files.
    pub files: HashMap<FileId, usize>,
    /// Every word of the files that could not be parsed.
    pub unread: HashSet<String>,
}

impl Documents {
    /// Whether an operation stands among the definitions: then it is a file of operations that was checked.
    fn hold_operation(&self) -> bool {
        self.parsed.iter().flat_map(|document| &document.definitions).any(Definition::is_executable_definition)
    }
}

/// A schema, and the types that it names and that are defined nowhere.
pub(super) struct BuiltSchema {
    pub schema: Schema,
    pub missing_types: HashSet<String>,
}

/// Parses every file. One with a syntax error, which is told, is left out: what of it could be parsed is not what its
/// author meant. Nothing where no file is left.
pub(super) fn parse_files(sources: &SourceMap, mistakes: &mut Mistakes) -> Option<Documents> {
    let mut documents = Documents { parsed: Vec::new(), files: HashMap::new(), unread: HashSet::new() };
    for (number, file) in sources.files().iter().enumerate() {
        match Parser::new().recursion_limit(MAX_NESTING).parse_ast(file.text.as_str(), &file.name) {
            Ok(document) => {
                documents.files.extend(document.sources.keys().map(|id| (*id, number)));
                documents.parsed.push(document);
            }
            Err(failed) => {
                documents.files.extend(failed.partial.sources.keys().map(|id| (*id, number)));
                tell_syntax_error(&failed.errors, sources, &documents.files, mistakes);
                let words = words_of(&file.text).filter(|word| !SCALARS[..BUILT_IN].contains(word));
                documents.unread.extend(words.map(str::to_owned));
            }
        }
    }
    (!documents.parsed.is_empty()).then_some(documents)
}

/// Makes one schema of the documents. What is not valid is told; the schema is then whatever could be made of the rest.
pub(super) fn build_schema(documents: &Documents, sources: &SourceMap, mistakes: &mut Mistakes) -> BuiltSchema {
    let places = Places { sources, files: &documents.files };
    let mut builder = SchemaBuilder::new().adopt_orphan_extensions();
    let ours = our_definitions(&documents.parsed);
    builder = builder.add_ast(&ours);
    for document in &documents.parsed {
        builder = builder.add_ast(&without_ours(document, &ours, sources, &documents.files, mistakes));
    }
    for name in builder.iter_orphan_extension_types().filter(|name| !documents.unread.contains(name.as_str())) {
        let span = span_of(sources, &documents.files, name.location());
        let known = defined_types(&documents.parsed);
        let hint = nearest_name(name, known).or_else(|| Some(format!("define it: `type {name} {{ … }}`")));
        mistakes.error_with_hint(span, format!("`extend` of the type `{name}`, which is defined nowhere"), hint);
    }
    let mut schema = match builder.build() {
        Ok(schema) => schema,
        Err(failed) => {
            tell(&failed.errors, documents, places, &failed.partial, mistakes);
            failed.partial
        }
    };
    add_implicit_query(&mut schema, &documents.parsed);
    provide_scalars(&mut schema);
    let mut schema = match schema.validate() {
        Ok(valid) => valid.into_inner(),
        Err(failed) => {
            tell(&failed.errors, documents, places, &failed.partial, mistakes);
            failed.partial
        }
    };
    check_positions(&schema, places, mistakes);
    let missing_types = provide_missing_types(&mut schema);
    BuiltSchema { schema, missing_types }
}

/// The names of all types that the documents define.
fn defined_types(documents: &[Document]) -> impl Iterator<Item = &str> {
    let definitions = documents.iter().flat_map(|document| &document.definitions);
    let types = definitions.filter(|definition| !definition.is_extension_definition());
    types
        .filter(|definition| definition.as_directive_definition().is_none())
        .filter_map(|definition| Some(definition.name()?.as_str()))
}

/// The definitions of the language, with `@oneOf` where the author did not define it: the parser's own definitions
/// lack it.
fn our_definitions(documents: &[Document]) -> Document {
    let defines_one_of = documents
        .iter()
        .flat_map(|document| &document.definitions)
        .any(|definition| definition.as_directive_definition().is_some_and(|directive| directive.name == "oneOf"));
    let one_of = if defines_one_of { "" } else { "\ndirective @oneOf on INPUT_OBJECT\n" };
    let text = format!("{DIRECTIVES}{one_of}");
    match Parser::new().parse_ast(text, "directives.graphql") {
        Ok(document) => document,
        Err(failed) => failed.partial,
    }
}

/// A document without definitions that repeat ours, which editors like to have beside a schema.
fn without_ours(
    document: &Document,
    ours: &Document,
    sources: &SourceMap,
    files: &HashMap<FileId, usize>,
    mistakes: &mut Mistakes,
) -> Document {
    let mut kept = document.clone();
    kept.definitions.retain(|definition| {
        let Some(same) = ours.definitions.iter().find(|own| defines_the_same(own, definition)) else { return true };
        if same != definition {
            let name = definition.name().map(ToString::to_string).unwrap_or_default();
            let span = span_of(sources, files, definition.name().and_then(Name::location));
            let message = format!("`{name}` belongs to the language of tributary and is defined otherwise there");
            mistakes.error_with_hint(span, message, "`tributary directives` prints its definition".to_owned());
        }
        false
    });
    kept
}

fn defines_the_same(own: &Definition, other: &Definition) -> bool {
    let both_directives = own.as_directive_definition().is_some() == other.as_directive_definition().is_some();
    both_directives && !other.is_extension_definition() && own.name().is_some() && own.name() == other.name()
}

/// `extend schema { mutation: … }` without a schema definition extends the implicit one, which has `Query` (specification,
/// section 3.3.1 "Default Root Operation Type Names").
fn add_implicit_query(schema: &mut Schema, documents: &[Document]) {
    let mut definitions = documents.iter().flat_map(|document| &document.definitions);
    let is_explicit = definitions.any(|definition| definition.as_schema_definition().is_some());
    if !is_explicit && schema.schema_definition.query.is_none() && schema.get_object("Query").is_some() {
        let query = schema.types.get_key_value("Query").map(|(name, _)| name.clone());
        schema.schema_definition.make_mut().query = query.map(Into::into);
    }
}

/// Defines those of the provided scalars that are used and not defined.
fn provide_scalars(schema: &mut Schema) {
    let used = used_types(schema);
    for name in &SCALARS[BUILT_IN..] {
        if let Some(name) = used.get(*name).filter(|name| !schema.types.contains_key(*name)) {
            define_scalar(schema, name);
        }
    }
}

/// Defines the types that are used and not defined, which was told, as scalars: they take everything, so that nothing
/// else is said of them.
fn provide_missing_types(schema: &mut Schema) -> HashSet<String> {
    let mut missing = used_types(schema);
    missing.retain(|name| !schema.types.contains_key(name));
    for name in &missing {
        define_scalar(schema, name);
    }
    missing.iter().map(ToString::to_string).collect()
}

fn define_scalar(schema: &mut Schema, name: &Name) {
    let scalar = ScalarType { description: None, name: name.clone(), directives: DirectiveList::default() };
    schema.types.insert(name.clone(), ExtendedType::Scalar(Node::new(scalar)));
}

/// The types that a field, an argument or an input field names.
fn used_types(schema: &Schema) -> HashSet<Name> {
    let mut used: HashSet<Name> = HashSet::new();
    let mut note = |type_: &Type| {
        used.insert(type_.inner_named_type().clone());
    };
    for directive in schema.directive_definitions.values() {
        directive.arguments.iter().for_each(|argument| note(&argument.ty));
    }
    for type_ in schema.types.values() {
        let fields = match type_ {
            ExtendedType::Object(object) => &object.fields,
            ExtendedType::Interface(interface) => &interface.fields,
            ExtendedType::InputObject(input) => {
                input.fields.values().for_each(|field| note(&field.ty));
                continue;
            }
            ExtendedType::Scalar(_) | ExtendedType::Union(_) | ExtendedType::Enum(_) => continue,
        };
        for field in fields.values() {
            note(&field.ty);
            field.arguments.iter().for_each(|argument| note(&argument.ty));
        }
    }
    used
}

/// Tells the first of a file's syntax errors.
fn tell_syntax_error(
    errors: &DiagnosticList,
    sources: &SourceMap,
    files: &HashMap<FileId, usize>,
    mistakes: &mut Mistakes,
) {
    let placed =
        errors.iter().filter_map(|found| Some((span_of(sources, files, found.error.location())?, found.error)));
    let Some((span, error)) = placed.min_by_key(|(span, _)| span.start) else { return };
    let message = error.to_string();
    let message = message.strip_prefix("syntax error: ").unwrap_or(&message);
    let SyntaxError { span, message, hint } = syntax_error(sources, span, message, MAX_NESTING);
    mistakes.error_with_hint(span, message, hint);
}

/// Tells what apollo-compiler found in a schema.
fn tell(errors: &DiagnosticList, documents: &Documents, places: Places<'_>, schema: &Schema, mistakes: &mut Mistakes) {
    let mut found: Vec<(Option<Span>, String)> =
        errors.iter().map(|found| (places.span(found.error.location()), found.error.to_string())).collect();
    if documents.hold_operation() {
        found.retain(|(_, message)| !message.starts_with("missing query root operation"));
    }
    leave_out_consequences(&mut found);
    for (span, message) in &found {
        if is_of_a_circle_of_directives(message) {
            let message = "the definition of this directive leads back to itself".to_owned();
            let hint = "take it off the types that its own arguments have".to_owned();
            mistakes.warning(*span, message, hint);
            continue;
        }
        if !mistakes.may_be_told(*span) {
            // It is counted, and nobody reads its words.
            mistakes.error(*span, message.as_str());
            continue;
        }
        let ValidationError { span, message, hint } = validation_error(&Found { message, span: *span, places, schema });
        mistakes.error_with_hint(span, message, hint);
    }
}

/// Whether apollo-compiler refuses a directive because its definition leads back to it (specification, section 3.13). The
/// reference implementation accepts it, and nothing here follows such a circle.
pub(crate) fn is_of_a_circle_of_directives(message: &str) -> bool {
    message.ends_with("directive definition cannot reference itself")
}

/// Takes out what follows from another mistake, and what is told in words of our own.
fn leave_out_consequences(found: &mut Vec<(Option<Span>, String)>) {
    let misnamed =
        |message: &str| message.contains("` is not supported by `") || message.contains("` does not exist on `");
    let mut misnamed_here = Causes::default();
    misnamed_here
        .set_places(found.iter().filter(|(_, message)| misnamed(message)).filter_map(|(span, _)| *span).collect());
    found.retain(|(span, message)| {
        let lacks = message.starts_with("the required ") && span.is_some_and(|span| misnamed_here.is_around(span));
        !lacks && !is_about_positions(message)
    });
}
