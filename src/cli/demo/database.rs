//! The demo's database where it is not the embedded one: which it is, and that it is filled.

use std::time::Duration;

use super::super::exit::Failure;
use super::super::start;
use super::super::terminal;
use super::init_folder::SHOP;
use crate::config::Config;
use crate::schema::SourceTarget;
use crate::source::Deadline;
use crate::source::sql::{Filling, fill_postgres};

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

/// Fills PostgreSQL where it is empty, and tells what was done. SQLite is filled when it is opened.
pub(super) async fn fill(config: &Config) -> Result<(), Failure> {
    let (schema, _) = start::build(config)?;
    let targets = schema.sources.iter().filter_map(|source| match &source.target {
        SourceTarget::Postgres(target) => Some(target),
        SourceTarget::Sqlite(_) | SourceTarget::Rest(_) => None,
    });
    for target in targets {
        let filled = fill_postgres(target, SHOP, MARK, Deadline::of_operation(TIMEOUT)).await;
        match filled.map_err(|error| Failure::Unreachable(format!("the database of {VARIABLE} {error}")))? {
            Filling::Filled(name) => {
                terminal::print_error(&format!(
                    "filled the empty PostgreSQL database `{name}` with the shop's tables\n"
                ));
            }
            Filling::FilledBefore(name) => {
                terminal::print_error(&format!(
                    "using the shop in the PostgreSQL database `{name}`, filled by an earlier demo\n"
                ));
            }
            Filling::Occupied(name) => return Err(Failure::Unreachable(occupied(&name))),
        }
    }
    Ok(())
}

fn occupied(name: &str) -> String {
    format!(
        "the PostgreSQL database `{name}` has tables of its own, so the demo leaves it alone\n  \
         = hint: name an empty database in {VARIABLE} (`create database shop`), or unset it for an embedded one"
    )
}
