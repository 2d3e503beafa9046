//! The files of a new gateway, and how they come into a folder: none of them over another one.

use std::fs::{self, OpenOptions};
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};

/// Each file under its place in the folder.
pub(super) const FILES: [(&str, &str); 4] = [
    ("schema.graphql", include_str!("schema.graphql")),
    ("cities.sql", include_str!("cities.sql")),
    ("service/stations/ENBR.json", include_str!("service/stations/ENBR.json")),
    ("service/stations/LPPT.json", include_str!("service/stations/LPPT.json")),
];

/// Those of the files that are there already, or something else of their name.
pub(super) fn already_there(folder: &Path) -> Vec<PathBuf> {
    let paths = FILES.iter().map(|(place, _)| folder.join(place));
    paths.filter(|path| fs::symlink_metadata(path).is_ok()).collect()
}

/// Writes every file; the folder is made where it is missing.
///
/// # Errors
/// Where a file cannot be written, with its path. One that another program makes meanwhile is not overwritten.
pub(super) fn write(folder: &Path) -> Result<Vec<PathBuf>, (PathBuf, io::Error)> {
    FILES
        .iter()
        .map(|(place, text)| {
            let path = folder.join(place);
            match write_one(&path, text) {
                Ok(()) => Ok(path),
                Err(error) => Err((path, error)),
            }
        })
        .collect()
}

fn write_one(path: &Path, text: &str) -> io::Result<()> {
    if let Some(folder) = path.parent() {
        fs::create_dir_all(folder)?;
    }
    OpenOptions::new().write(true).create_new(true).open(path)?.write_all(text.as_bytes())
}
