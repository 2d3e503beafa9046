//! The schema files as one valid schema: parsed under a limit of nesting, our definitions added, scalars that need no
//! definition provided. apollo-compiler's own diagnostics become ours here.

use std::collections::{HashMap, HashSet};

use apollo_compiler::ast::{Definition, Document, Type};
use apollo_compiler::diagnostic::ToCliReport as _;
use apollo_compiler::parser::{FileId, Parser};
use apollo_compiler::schema::{DirectiveList, ExtendedType, ScalarType, SchemaBuilder};
use apollo_compiler::validation::{DiagnosticList, Valid};
use apollo_compiler::{Name, Node, Schema};

use super::reader::span_of;
use super::{DIRECTIVES, Mistakes, SourceMap, Span, did_you_mean};

/// Deepest value or type in a file; the parser is recursive.
const MAX_NESTING: usize = 100;

/// Scalars that an author may use without defining them.
const PROVIDED_SCALARS: [&str; 7] = ["DateTime", "Date", "Time", "UUID", "BigInt", "Decimal", "JSON"];

/// Documents in the order of the files, and which number each has.
pub(super) struct Documents {
    documents: Vec<Document>,
    /// The numbers of the author's files.
    pub files: HashMap<FileId, usize>,
}

/// Parses every file; syntax errors are told, and then there is nothing to go on with.
pub(super) fn parse_files(sources: &SourceMap, mistakes: &mut Mistakes) -> Option<Documents> {
    let mut parsed = Documents { documents: Vec::new(), files: HashMap::new() };
    for (number, file) in sources.files().iter().enumerate() {
        let result = Parser::new().recursion_limit(MAX_NESTING).parse_ast(file.text.as_str(), &file.name);
        let (document, errors) = match result {
            Ok(document) => (document, None),
            Err(failed) => (failed.partial, Some(failed.errors)),
        };
        parsed.files.extend(document.sources.keys().map(|id| (*id, number)));
        if let Some(errors) = errors {
            tell(&errors, sources, &parsed.files, None, mistakes);
        }
        parsed.documents.push(document);
    }
    (!mistakes.has_errors()).then_some(parsed)
}

/// Makes one schema of the documents. What is not valid is told; the schema is then whatever could be made of the rest.
pub(super) fn build_schema(
    parsed: &Documents,
    sources: &SourceMap,
    mistakes: &mut Mistakes,
) -> (Schema, Option<Valid<Schema>>) {
    let mut builder = SchemaBuilder::new().adopt_orphan_extensions();
    let ours = our_definitions(&parsed.documents);
    builder = builder.add_ast(&ours);
    for document in &parsed.documents {
        builder = builder.add_ast(&without_ours(document, &ours, sources, &parsed.files, mistakes));
    }
    for name in builder.iter_orphan_extension_types() {
        let span = span_of(sources, &parsed.files, name.location());
        mistakes.error(span, format!("`extend` of the type `{name}`, which is defined nowhere"));
    }
    let mut schema = match builder.build() {
        Ok(schema) => schema,
        Err(failed) => {
            tell(&failed.errors, sources, &parsed.files, Some(&failed.partial), mistakes);
            failed.partial
        }
    };
    add_implicit_query(&mut schema, &parsed.documents);
    provide_scalars(&mut schema);
    match schema.clone().validate() {
        Ok(valid) => (schema, Some(valid)),
        Err(failed) => {
            tell(&failed.errors, sources, &parsed.files, Some(&failed.partial), mistakes);
            (schema, None)
        }
    }
}

/// Whether a type is the language's own.
fn is_ours(type_name: &str) -> bool {
    type_name.starts_with("tributary__")
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
    let mut used: HashSet<String> = HashSet::new();
    let mut note = |type_: &Type| {
        used.insert(type_.inner_named_type().to_string());
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
    for name in PROVIDED_SCALARS {
        if used.contains(name) && !schema.types.contains_key(name) {
            let name = Name::new_static(name);
            let Ok(name) = name else { continue };
            let scalar = ScalarType { description: None, name: name.clone(), directives: DirectiveList::default() };
            schema.types.insert(name, ExtendedType::Scalar(Node::new(scalar)));
        }
    }
}

/// Tells apollo-compiler's diagnostics as ours.
fn tell(
    errors: &DiagnosticList,
    sources: &SourceMap,
    files: &HashMap<FileId, usize>,
    schema: Option<&Schema>,
    mistakes: &mut Mistakes,
) {
    for diagnostic in errors.iter() {
        let message = diagnostic.error.to_string().replace(" in this document", " in this schema");
        let span: Option<Span> = span_of(sources, files, diagnostic.error.location());
        let hint = schema.and_then(|schema| hint_for(&message, schema));
        mistakes.error_with_hint(span, message, hint);
    }
}

/// A hint for the messages in which a name is not known.
fn hint_for(message: &str, schema: &Schema) -> Option<String> {
    let mut quoted = message.split('`').skip(1).step_by(2);
    let wrong = quoted.next()?;
    if message.starts_with("cannot find type") {
        let known = schema.types.keys().map(Name::as_str).filter(|name| !name.starts_with("__") && !is_ours(name));
        super::suggestion::nearest_name(wrong, known)
    } else if message.starts_with("cannot find directive") {
        let known: Vec<String> = schema.directive_definitions.keys().map(|name| format!("@{name}")).collect();
        did_you_mean(wrong, known.iter().map(String::as_str))
    } else if message.starts_with("the argument") && message.contains("is not supported by") {
        let directive = schema.directive_definitions.get(quoted.next()?.trim_start_matches('@'))?;
        did_you_mean(wrong, directive.arguments.iter().map(|argument| argument.name.as_str()))
    } else if message.starts_with("field `") && message.contains("does not exist on") {
        let input = schema.get_input_object(quoted.next()?)?;
        did_you_mean(wrong, input.fields.keys().map(Name::as_str))
    } else if message.starts_with("value `") && message.contains("does not exist on") {
        let definition = schema.get_enum(quoted.next()?)?;
        did_you_mean(wrong, definition.values.keys().map(Name::as_str))
    } else {
        None
    }
}
