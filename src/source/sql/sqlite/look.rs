//! What a database file holds, looked at without touching it. Only the demo asks: it never writes to a file of somebody
//! else's.

use std::path::Path;

use rusqlite::{Connection, OpenFlags};

/// Whether a file holds tables and not this one among them. A file that is not there, or is no database, holds none: opening
/// it tells what is wrong with it.
#[must_use]
pub fn holds_other_tables(file: &Path, table: &str) -> bool {
    let look = || {
        let database = Connection::open_with_flags(file, OpenFlags::SQLITE_OPEN_READ_ONLY)?;
        let count = "select count(*) > 0 and sum(name = ?1) = 0 from sqlite_schema where type = 'table'";
        database.query_row(count, [table], |row| row.get::<_, bool>(0))
    };
    look().unwrap_or(false)
}
