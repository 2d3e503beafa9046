//! Whose the session behind a connection is, and what ends a transaction in it.

use super::own_session::{AFRESH, Own};
use super::pooled::Pooled;

/// Whose the session behind a connection is.
#[derive(Debug)]
pub enum Session {
    /// Ours, for as long as the connection lasts: what it is told stays.
    Own(Own),
    /// A pooler's, which lends one for each transaction.
    Lent(Pooled),
}

impl Session {
    /// What ends a transaction that has written, and takes back what else its statement may have left in the session.
    pub fn commit(&self, leaves: bool) -> String {
        match self {
            _ if !leaves => "commit".to_owned(),
            Session::Own(own) => format!("commit; {}", own.afresh()),
            Session::Lent(pooled) => format!("commit; {AFRESH} {}", pooled.name()),
        }
    }

    /// What ends whatever was begun on its connection; with `describing`, what is prepared is forgotten as well.
    pub fn end(&self, describing: bool) -> String {
        match self {
            Session::Lent(_) if describing => Pooled::end_of_describing(),
            Session::Own(_) | Session::Lent(_) => "rollback".to_owned(),
        }
    }
}
