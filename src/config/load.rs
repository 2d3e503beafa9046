//! From files to a [`Config`].

use std::path::{Path, PathBuf};
use std::sync::Arc;

use super::directives::{read_directives, read_places};
use super::document::{build_schema, parse_files};
use super::reader::Reader;
use super::{Config, Diagnostics, Environment, Mistakes, SourceFile, SourceMap};

/// Reads a schema from a file, or from the `.graphql` files of a folder, sorted by name and not below it.
///
/// # Errors
/// [`Diagnostics`] where nothing can be read, or what was read is no valid GraphQL schema.
pub fn load(path: &Path, environment: &Environment) -> Result<Config, Diagnostics> {
    let unreadable = |path: &Path, error: &std::io::Error| match error.kind() {
        std::io::ErrorKind::NotFound => alone(format!("there is no file `{}`", path.display())),
        other => alone(format!("`{}` cannot be read: {other}", path.display())),
    };
    let is_folder = std::fs::metadata(path).map_err(|error| unreadable(path, &error))?.is_dir();
    let (paths, base) = if is_folder {
        (graphql_files(path).map_err(|error| unreadable(path, &error))?, path)
    } else {
        (vec![path.to_owned()], path.parent().unwrap_or(Path::new("")))
    };
    if paths.is_empty() {
        return Err(alone(format!("the folder `{}` has no `.graphql` file", path.display())));
    }
    let mut files = Vec::new();
    for path in paths {
        let bytes = std::fs::read(&path).map_err(|error| unreadable(&path, &error))?;
        let text = String::from_utf8(bytes).map_err(|_| alone(format!("`{}` is not UTF-8", path.display())))?;
        files.push(SourceFile { name: path.display().to_string(), text });
    }
    parse(files, base, environment)
}

/// Makes a config of texts; `base` is the folder at which the paths in them start.
///
/// # Errors
/// [`Diagnostics`] where the texts are no valid GraphQL schema.
pub fn parse(files: Vec<SourceFile>, base: &Path, environment: &Environment) -> Result<Config, Diagnostics> {
    let sources = Arc::new(SourceMap::new(files));
    let mut mistakes = Mistakes::new(Arc::clone(&sources));
    let Some(parsed) = parse_files(&sources, &mut mistakes) else { return Err(mistakes.finish()) };
    let (schema, valid) = build_schema(&parsed, &sources, &mut mistakes);
    let valid = valid.filter(|_| !mistakes.has_errors());
    let mut reader = Reader { sources: Arc::clone(&sources), files: &parsed.files, environment, base, mistakes };
    let directives = read_directives(&mut reader, &schema);
    let places = read_places(&reader, &schema);
    let Some(schema) = valid else { return Err(reader.mistakes.finish()) };
    let mistakes = reader.mistakes.found().to_vec();
    let numbers = parsed.files.clone();
    Ok(Config { schema, files: sources, base: base.to_owned(), directives, mistakes, places, numbers })
}

fn graphql_files(folder: &Path) -> std::io::Result<Vec<PathBuf>> {
    let mut paths = Vec::new();
    for entry in std::fs::read_dir(folder)? {
        let path = entry?.path();
        if path.extension().is_some_and(|extension| extension == "graphql") && path.is_file() {
            paths.push(path);
        }
    }
    paths.sort();
    Ok(paths)
}

/// One mistake without a place.
fn alone(message: String) -> Diagnostics {
    let mut mistakes = Mistakes::default();
    mistakes.error(None, message);
    mistakes.finish()
}
