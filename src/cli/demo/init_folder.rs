//! The demo's SQL file where its schema looks for it. The schema names a file, and the program must run where there is
//! no repository; so the file is written to a folder of its own, which is gone as soon as the schema was read.

use std::fs;
use std::io;
use std::os::unix::fs::DirBuilderExt as _;
use std::path::{Path, PathBuf};

/// The file's path as the schema names it.
const PLACE: &str = "src/cli/demo/shop.sql";

/// What is in it.
pub(super) const SHOP: &str = include_str!("shop.sql");

/// A folder that is removed when dropped.
pub(super) struct InitFolder(PathBuf);

impl InitFolder {
    /// Makes the folder, for this user alone and under a name that nobody can have taken.
    pub(super) fn create() -> io::Result<InitFolder> {
        let folder = InitFolder(std::env::temp_dir().join(format!("tributary-demo-{}", uuid::Uuid::new_v4())));
        fs::DirBuilder::new().mode(0o700).create(&folder.0)?;
        let file = folder.0.join(PLACE);
        if let Some(parent) = file.parent() {
            fs::create_dir_all(parent)?;
        }
        fs::write(file, SHOP)?;
        Ok(folder)
    }

    /// Where it is.
    pub(super) fn path(&self) -> &Path {
        &self.0
    }
}

impl Drop for InitFolder {
    fn drop(&mut self) {
        // A folder that stays behind harms nobody.
        let _ = fs::remove_dir_all(&self.0);
    }
}
