//! What is noted about each connection of a pool: where it goes, what is prepared on it, whose its session is. The pool
//! holds clients and nothing else, so the notes stand beside it. The statement cache of deadpool-postgres is not used:
//! it has no bound, and knows nothing of how columns are read.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError, Weak};

use deadpool_postgres::{Object, ObjectId, StatementCache};
use tokio_postgres::Config;

use super::address::Address;
use super::connector::Reached;
use super::guarded::TooLong;
use super::kept_statements::KeptStatements;
use super::session::Session;
use super::volatile::KnownLeaves;

/// The notes on one connection.
#[derive(Debug)]
pub struct Notes {
    /// The server's own address.
    pub address: Address,
    /// How the server is connected to.
    pub config: Arc<Config>,
    /// Whether it ended with a row that was too long.
    pub too_long: TooLong,
    /// What is prepared on it.
    pub prepared: KeptStatements,
    /// What statements leave in a session.
    pub known_leaves: Arc<KnownLeaves>,
    /// Whose its session is.
    pub session: Arc<Session>,
}

/// The notes on all connections of a pool.
#[derive(Debug, Default)]
pub struct Notebook {
    known_leaves: Arc<KnownLeaves>,
    pages: Mutex<HashMap<ObjectId, Page>>,
}

#[derive(Debug)]
struct Page {
    notes: Arc<Notes>,
    /// Belongs to the connection, and goes when it goes: a pool does not tell which connections it has dropped.
    connection: Weak<StatementCache>,
}

impl Notebook {
    /// Begins the notes on a new connection, and throws away those on connections that are no more. There are never
    /// more notes than the pool may have connections, but for those that are being closed.
    pub fn open(&self, object: &Object, reached: Reached) -> Arc<Notes> {
        let Reached { address, config, too_long, session } = reached;
        let notes = Arc::new(Notes {
            address,
            config,
            too_long,
            prepared: KeptStatements::default(),
            known_leaves: Arc::clone(&self.known_leaves),
            session,
        });
        let page = Page { notes: Arc::clone(&notes), connection: Arc::downgrade(&object.statement_cache) };
        let mut pages = self.pages.lock().unwrap_or_else(PoisonError::into_inner);
        pages.retain(|_, page| page.connection.strong_count() > 0);
        pages.insert(Object::id(object), page);
        notes
    }

    /// The notes on a connection that was used before.
    pub fn find(&self, object: &Object) -> Option<Arc<Notes>> {
        let pages = self.pages.lock().unwrap_or_else(PoisonError::into_inner);
        pages.get(&Object::id(object)).map(|page| Arc::clone(&page.notes))
    }
}
