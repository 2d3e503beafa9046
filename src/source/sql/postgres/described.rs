//! A statement as the server describes it: the types of its parameters, the names and types of its columns. In a session of
//! our own it stays prepared under a name; behind a pooler nothing of it stays, and it is sent anew with each use.

use tokio_postgres::types::Type;
use tokio_postgres::{Client, Error, Row, RowStream, Statement};

use super::parameter::Parameter;

/// A statement that the server has looked at.
#[derive(Debug)]
pub struct Described {
    text: Box<str>,
    /// The types of its parameters.
    pub parameters: Vec<Type>,
    /// The names and types of its columns.
    pub columns: Vec<(Box<str>, Type)>,
    /// The server's own, which it forgets when this is dropped; nothing where it keeps none.
    handle: Option<Statement>,
}

impl Described {
    /// One that the session keeps as long as this is there.
    pub fn kept(text: &str, statement: Statement) -> Described {
        let described = Described::unkept(text, &statement);
        Described { handle: Some(statement), ..described }
    }

    /// One that no session keeps.
    pub fn unkept(text: &str, statement: &Statement) -> Described {
        let columns = statement.columns().iter().map(|column| (column.name().into(), column.type_().clone()));
        Described {
            text: text.into(),
            parameters: statement.params().to_vec(),
            columns: columns.collect(),
            handle: None,
        }
    }

    /// Sends it with its parameters.
    ///
    /// # Errors
    /// It was not begun.
    pub async fn query(&self, client: &Client, parameters: Vec<Parameter<'_>>) -> Result<RowStream, Error> {
        match &self.handle {
            Some(handle) => client.query_raw(handle, parameters).await,
            None => client.query_typed_raw(&self.text, parameters.into_iter().zip(self.parameters.clone())).await,
        }
    }

    /// Whether a row has the columns that were described. A session that keeps a statement tells of a change by itself; one
    /// that is given it anew has no way to know.
    pub fn is_still_so(&self, row: &Row) -> bool {
        let is_same = |((name, type_), now): (&(Box<str>, Type), &tokio_postgres::Column)| {
            **name == *now.name() && type_ == now.type_()
        };
        self.handle.is_some()
            || (row.len() == self.columns.len() && self.columns.iter().zip(row.columns()).all(is_same))
    }
}
