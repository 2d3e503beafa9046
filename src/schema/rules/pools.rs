//! A pool of connections to SQLite has a size beyond which nothing is gained.

use crate::config::{Config, Mistakes};
use crate::schema::SqliteTarget;

/// Warns of a pool that is larger than what is used.
pub(in crate::schema) fn check(config: &Config, mistakes: &mut Mistakes) {
    for sql in config.directives.sources.iter().filter_map(|source| source.sql.as_ref()) {
        let most = SqliteTarget::MOST_CONNECTIONS;
        let is_sqlite = sql.url.text().starts_with("sqlite:");
        if let Some(pool) = sql.pool.as_ref().filter(|pool| is_sqlite && pool.value > most) {
            let message = format!("SQLite is given at most {most} connections");
            mistakes.warning(pool.span, message, "it gains nothing by more".to_owned());
        }
    }
}
