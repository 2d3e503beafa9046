//! Prepared statements: what a statement's columns are called and how each is read, and the bounded set of them that
//! one connection keeps.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use tokio_postgres::types::{FromSql, Type};
use tokio_postgres::{Client, Error, Row, Statement};

use super::as_text;
use super::format::Format;
use crate::source::{Cause, Detail, Failure, RowsBuilder};

/// Statements kept on one connection; the one unused for longest makes place for a new one.
const KEPT: usize = 256;

/// A statement that the server knows.
#[derive(Debug)]
pub struct Prepared {
    /// Its handle; the server forgets it when this is dropped.
    pub statement: Statement,
    /// The names of its columns, as the author gave them.
    pub names: Vec<Box<str>>,
    formats: Vec<Format>,
}

/// The prepared statements of one connection, by their text.
#[derive(Debug, Default)]
pub struct PreparedStatements {
    kept: Mutex<Kept>,
}

#[derive(Debug, Default)]
struct Kept {
    statements: HashMap<Arc<str>, (Arc<Prepared>, u64)>,
    uses: u64,
}

/// The bytes of a value as the server sent them; nothing for null.
struct Raw<'a>(Option<&'a [u8]>);

impl<'a> FromSql<'a> for Raw<'a> {
    fn from_sql(_: &Type, raw: &'a [u8]) -> Result<Raw<'a>, Box<dyn std::error::Error + Sync + Send>> {
        Ok(Raw(Some(raw)))
    }

    fn from_sql_null(_: &Type) -> Result<Raw<'a>, Box<dyn std::error::Error + Sync + Send>> {
        Ok(Raw(None))
    }

    fn accepts(_: &Type) -> bool {
        true
    }
}

/// Prepares a statement. Where a column has a type that is not read from its binary form, the statement is prepared
/// once more with that column as text.
///
/// # Errors
/// The server refuses it.
pub async fn prepare(client: &Client, text: &str) -> Result<Prepared, Error> {
    let plain = client.prepare(text).await?;
    let names: Vec<Box<str>> = plain.columns().iter().map(|column| column.name().into()).collect();
    let known: Option<Vec<Format>> = plain.columns().iter().map(|column| Format::of(column.type_())).collect();
    if let Some(formats) = known {
        return Ok(Prepared { statement: plain, names, formats });
    }
    let types: Vec<&Type> = plain.columns().iter().map(tokio_postgres::Column::type_).collect();
    let statement = client.prepare_typed(&as_text::wrap(text, &types), plain.params()).await?;
    let formats = statement.columns().iter().map(|column| Format::of(column.type_()).unwrap_or(Format::TEXT)).collect();
    Ok(Prepared { statement, names, formats })
}

impl Prepared {
    /// Adds a row.
    ///
    /// # Errors
    /// `BadResponse` for bytes that are not what their type says.
    pub fn write(&self, row: &Row, rows: &mut RowsBuilder) -> Result<(), Failure> {
        for (index, format) in self.formats.iter().enumerate() {
            let Raw(raw) = row.try_get(index).map_err(|error| unreadable(Detail::of(&error)))?;
            format.write(raw, rows).map_err(|_| {
                let name = self.names.get(index).map_or("", |name| name);
                unreadable(Detail::new(format!("column {name} of type {}", row.columns()[index].type_())))
            })?;
        }
        Ok(())
    }
}

fn unreadable(detail: Detail) -> Failure {
    Failure::unsent(Cause::BadResponse("holds a value that cannot be read"), detail)
}

impl PreparedStatements {
    /// The statement of this text.
    pub fn get(&self, text: &str) -> Option<Arc<Prepared>> {
        let mut kept = self.kept.lock().unwrap_or_else(PoisonError::into_inner);
        kept.uses += 1;
        let now = kept.uses;
        let (prepared, used) = kept.statements.get_mut(text)?;
        *used = now;
        Some(Arc::clone(prepared))
    }

    /// Keeps a statement.
    pub fn keep(&self, text: Arc<str>, prepared: Arc<Prepared>) {
        let mut kept = self.kept.lock().unwrap_or_else(PoisonError::into_inner);
        if kept.statements.len() >= KEPT {
            let oldest = kept.statements.iter().min_by_key(|(_, (_, used))| *used).map(|(text, _)| Arc::clone(text));
            oldest.and_then(|text| kept.statements.remove(&text));
        }
        kept.uses += 1;
        let now = kept.uses;
        kept.statements.insert(text, (prepared, now));
    }

    /// Forgets the statement of this text.
    pub fn forget(&self, text: &str) {
        self.kept.lock().unwrap_or_else(PoisonError::into_inner).statements.remove(text);
    }
}
