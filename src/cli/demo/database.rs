//! The demo's database where it is not the embedded one: which it is, and that it is filled.

use std::time::Duration;

use super::super::exit::Failure;
use super::super::start;
use super::super::terminal;
use super::init_folder::SHOP;
use crate::config::Config;
use crate::schema::{PostgresTarget, SourceTarget};
use crate::source::Deadline;
use crate::source::sql::{Filling, fill_postgres, holds_other_tables};

/// What names another database.
pub(super) const VARIABLE: &str = "DATABASE_URL";

/// A table of `shop.sql`, by which a database is known that was filled by it.
const MARK: &str = "tributary_demo";

/// Longest time for filling a database.
const TIMEOUT: Duration = Duration::from_secs(15);

/// The URL in the environment. A SQLite file is named from where the program was started, as everywhere, and not from
/// the folder of the demo's schema, which is gone soon.
pub(super) fn url() -> Option<String> {
    let url = std::env::var(VARIABLE).ok().filter(|url| !url.is_empty())?;
    let file = url.strip_prefix("sqlite:").map(|file| file.strip_prefix("//").unwrap_or(file));
    match file {
        Some(file) if !file.is_empty() && file != ":memory:" => {
            let absolute = std::path::absolute(file).ok()?;
            Some(format!("sqlite:{}", absolute.display()))
        }
        Some(_) | None => Some(url),
    }
}

/// Whether the URL names a database at all.
///
/// # Errors
/// What it should be.
pub(super) fn check_url() -> Result<(), Failure> {
    let url = std::env::var(VARIABLE).unwrap_or_default();
    let is_database = ["postgres://", "postgresql://", "sqlite:"].iter().any(|scheme| url.starts_with(scheme));
    if url.is_empty() || is_database {
        return Ok(());
    }
    let message = format!("{VARIABLE} names no database: write postgres://… or sqlite:FILE, or unset it");
    Err(Failure::Usage(message))
}

/// Fills PostgreSQL where it is empty, and tells what was done. SQLite is filled when it is opened, if it is new.
pub(super) async fn fill(config: &Config) -> Result<(), Failure> {
    let (schema, _) = start::build(config)?;
    for source in &schema.sources {
        match &source.target {
            SourceTarget::Postgres(target) => fill_one(target).await?,
            SourceTarget::Sqlite(target) => match &target.file {
                Some(file) if holds_other_tables(file, MARK) => {
                    return Err(Failure::Unreachable(occupied("SQLite", &file.display().to_string())));
                }
                Some(_) | None => {}
            },
            SourceTarget::Rest(_) => {}
        }
    }
    Ok(())
}

async fn fill_one(target: &PostgresTarget) -> Result<(), Failure> {
    let filled = fill_postgres(target, SHOP, MARK, Deadline::of_operation(TIMEOUT)).await;
    let told = match filled.map_err(|error| Failure::Unreachable(format!("the database of {VARIABLE} {error}")))? {
        Filling::Filled(name) => format!("filled the empty PostgreSQL database `{name}` with the shop's tables\n"),
        Filling::FilledBefore(name) => {
            format!("using the shop in the PostgreSQL database `{name}`, filled by an earlier demo\n")
        }
        Filling::Occupied(name) => return Err(Failure::Unreachable(occupied("PostgreSQL", &name))),
    };
    terminal::print_error(&told);
    Ok(())
}

fn occupied(kind: &str, name: &str) -> String {
    format!(
        "the {kind} database `{name}` holds something of its own, so the demo leaves it alone\n  \
         = hint: name an empty database in {VARIABLE} (`create database shop`), or unset it for an embedded one"
    )
}
