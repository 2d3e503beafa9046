//! From files to a [`Config`].

use std::path::{Path, PathBuf};
use std::str::Utf8Error;
use std::sync::Arc;

use apollo_compiler::Schema;

use super::directives::{read_directives, read_places};
use super::document::{BuiltSchema, build_schema, parse_files};
use super::reader::Reader;
use super::{Config, Diagnostics, Environment, Mistakes, SourceFile, SourceMap};

/// Reads a schema from a file, or from the `.graphql` files of a folder, sorted by name and not below it.
///
/// # Errors
/// [`Diagnostics`] where nothing can be read, or nothing of it can be parsed.
pub fn load(path: &Path, environment: &Environment) -> Result<Config, Diagnostics> {
    let unreadable = |path: &Path, error: &std::io::Error| match error.kind() {
        std::io::ErrorKind::NotFound => alone(format!("there is no file `{}`", path.display())),
        other => alone(format!("`{}` cannot be read: {other}", path.display())),
    };
    let paths = schema_files(path).map_err(|error| unreadable(path, &error))?;
    let base = if path.is_dir() { path } else { path.parent().unwrap_or(Path::new("")) };
    if paths.is_empty() {
        return Err(alone(format!("the folder `{}` has no `.graphql` file", path.display())));
    }
    let mut files = Vec::new();
    for path in paths {
        let bytes = std::fs::read(&path).map_err(|error| unreadable(&path, &error))?;
        let text = String::from_utf8(bytes).map_err(|error| not_text(&path, error.as_bytes(), error.utf8_error()))?;
        files.push(SourceFile { name: path.display().to_string(), text });
    }
    parse(files, base, environment)
}

/// Makes a config of texts; `base` is the folder at which the paths in them start. Mistakes that leave something to go
/// on with stand in the config.
///
/// # Errors
/// [`Diagnostics`] where none of the texts can be parsed.
pub fn parse(files: Vec<SourceFile>, base: &Path, environment: &Environment) -> Result<Config, Diagnostics> {
    let sources = Arc::new(SourceMap::new(files));
    let mut mistakes = Mistakes::new(Arc::clone(&sources));
    let Some(parsed) = parse_files(&sources, &mut mistakes) else { return Err(mistakes.finish()) };
    mistakes.miss_words(parsed.unread.clone());
    let BuiltSchema { schema, missing_types } = build_schema(&parsed, &sources, &mut mistakes);
    mistakes.leave_out_consequences();
    // What is malformed in itself is no consequence of anything.
    let own = Mistakes::new(Arc::clone(&sources));
    let mut reader = Reader {
        sources: Arc::clone(&sources),
        files: &parsed.files,
        environment,
        base,
        mistakes: own,
        named_files: Vec::new(),
    };
    let directives = read_directives(&mut reader, &schema);
    let places = read_places(&reader, &schema);
    mistakes.take_over(reader.mistakes);
    Ok(Config {
        sources_are_known: directives.sources.len() == written_sources(&schema) && !parsed.unread.contains("source"),
        schema,
        files: sources,
        base: base.to_owned(),
        named_files: reader.named_files,
        directives,
        mistakes,
        missing_types,
        places,
        numbers: parsed.files,
    })
}

fn written_sources(schema: &Schema) -> usize {
    schema.schema_definition.directives.get_all("source").count()
}

/// The files of the schema at a path: itself, or the `.graphql` files of a folder, sorted.
///
/// # Errors
/// Where the path leads nowhere, or the folder cannot be read.
pub fn schema_files(path: &Path) -> std::io::Result<Vec<PathBuf>> {
    if !std::fs::metadata(path)?.is_dir() {
        return Ok(vec![path.to_owned()]);
    }
    let mut paths = Vec::new();
    for entry in std::fs::read_dir(path)? {
        let path = entry?.path();
        if path.extension().is_some_and(|extension| extension == "graphql") && path.is_file() {
            paths.push(path);
        }
    }
    paths.sort();
    Ok(paths)
}

/// A file that is no text, or text of another encoding.
fn not_text(path: &Path, bytes: &[u8], error: Utf8Error) -> Diagnostics {
    let read = bytes.get(..error.valid_up_to()).unwrap_or_default();
    let line = read.split(|byte| *byte == b'\n').count();
    let message = format!("`{}` is not UTF-8 text: line {line} cannot be read", path.display());
    Diagnostics::alone(message, Some("a schema is text; save it in the encoding UTF-8".to_owned()))
}

/// One mistake without a place.
fn alone(message: String) -> Diagnostics {
    Diagnostics::alone(message, None)
}
