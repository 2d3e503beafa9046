//! Whose the session behind a connection is, and what ends a transaction in it.

use super::own_session::{AFRESH, Own};
use super::pooled::Pooled;
use super::volatile::Leaves;

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
    pub fn commit(&self, leaves: Leaves) -> String {
        match (self, leaves) {
            (_, Leaves::Nothing) => "commit".to_owned(),
            (Session::Own(own), Leaves::Something) => format!("commit; {}", own.afresh()),
            (Session::Lent(pooled), Leaves::Something) => format!("commit; {AFRESH} {}", pooled.name()),
        }
    }

    /// What ends whatever was begun while a statement was being prepared: a session that is lent forgets what is prepared.
    pub fn end_of_preparing(&self) -> String {
        match self {
            Session::Own(_) => "rollback".to_owned(),
            Session::Lent(_) => Pooled::end_of_describing(),
        }
    }
}
