//! Prepared statements: what a statement's columns are called and how each is read, and the bounded set of them that
//! one connection keeps. The author's own statement is prepared first: from it come the names and types of its columns and
//! the types of its parameters, by which the statement that is run is written.

use std::sync::Arc;

use tokio_postgres::types::{FromSql, Type};
use tokio_postgres::{Error, Row};

use super::described::Described;
use super::format::Format;
use super::lateral::{every_column, lateral};
use super::lease::Lease;
use super::session::Session;
use super::volatile::{Leaves, may_run_once};
use super::wrapped::{Selection, wrap};
use crate::source::sql::statement::Cut;
use crate::source::{Cause, Columns, Detail, Failure, RowsBuilder};

/// A statement that the server knows.
#[derive(Debug)]
pub struct Prepared {
    /// What is run.
    pub statement: Arc<Described>,
    /// The names of the columns that it brings, as the author gave them.
    pub names: Arc<[Box<str>]>,
    /// Of a statement for many keys, the types of the values that differ from key to key. Its first column is then the
    /// number of the key, from 1.
    pub key_types: Option<Vec<Type>>,
    /// What it may leave behind in its session.
    pub leaves: Leaves,
    formats: Vec<Format>,
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

/// Prepares the statement that brings these columns of the author's, for one key.
///
/// # Errors
/// The server refuses it.
pub async fn for_one(lease: &Lease, plain: &Arc<Described>, text: &str, columns: &Columns) -> Result<Prepared, Error> {
    let leaves = lease.notes().known_leaves.of(lease.client(), text).await?;
    let selection = Selection::of(plain, columns);
    let all = Selection::of(plain, &Columns::All);
    // Columns of a `*` that have one name are told apart by their places, which may change with the tables: the server tells
    // of that only where it gives them all.
    let may_move = follows_tables(text) && !selection.is_by_name() && all.is_the_authors();
    if selection.is_the_authors() || may_move {
        return Ok(as_it_is(plain, if may_move { &all } else { &selection }, leaves));
    }
    match describe(lease, &wrap(text, &selection), &plain.parameters).await {
        Ok(statement) => {
            let (formats, statement) = (formats(&statement.columns), Arc::new(statement));
            Ok(Prepared { statement, names: selection.names(), key_types: None, leaves, formats })
        }
        // What cannot stand within another statement (`show`, `explain`) brings all its columns.
        Err(error) => {
            if error.as_db_error().is_some() && all.is_the_authors() {
                Ok(as_it_is(plain, &all, leaves))
            } else {
                Err(error)
            }
        }
    }
}

fn as_it_is(plain: &Arc<Described>, all: &Selection<'_>, leaves: Leaves) -> Prepared {
    Prepared {
        statement: Arc::clone(plain),
        names: all.names(),
        key_types: None,
        leaves,
        formats: formats(&plain.columns),
    }
}

/// Has the server look at a statement.
///
/// # Errors
/// The server refuses it.
pub async fn describe(lease: &Lease, text: &str, types: &[Type]) -> Result<Described, Error> {
    match &*lease.notes().session {
        Session::Own(_) => Ok(Described::kept(text, lease.client().prepare_typed(text, types).await?)),
        Session::Lent(pooled) => {
            let _turn = lease.turn().await;
            pooled.describe(lease.client(), text, types).await
        }
    }
}

/// Prepares the statement that brings these columns of the author's for many keys at once. Nothing where the author's
/// statement cannot stand behind rows of keys, or would have columns of other types there.
///
/// # Errors
/// What has nothing to do with the statement.
pub async fn for_many(
    lease: &Lease,
    plain: &Described,
    cut: &Cut,
    columns: &Columns,
) -> Result<Option<Prepared>, Error> {
    let selection = Selection::of(plain, columns);
    if selection.is_empty() || plain.parameters.len() != cut.differs().len() {
        return Ok(None);
    }
    if may_run_once(lease.client(), cut.parts().map(|(text, _)| text)).await? {
        return Ok(None);
    }
    let types = |wanted: bool| {
        let of = plain.parameters.iter().zip(cut.differs()).filter(move |(_, differs)| **differs == wanted);
        of.map(|(type_, _)| type_.clone()).collect::<Vec<_>>()
    };
    let constants = types(false);
    let author: String = cut.parts().map(|(text, _)| text).collect::<Vec<_>>().join(" ");
    let leaves = lease.notes().known_leaves.of(lease.client(), &author).await?;
    // Columns are told apart by their places: behind rows of keys a column may have another name, since `$1::text` is called
    // by its type and `keys.p1::text` is not.
    let follows_tables = cut.parts().any(|(text, _)| follows_tables(text));
    if !follows_tables {
        let selection = selection.by_place();
        let text = lateral(cut, &plain.parameters, &selection);
        let Some(statement) = try_prepare(lease, &text, &constants).await? else { return Ok(None) };
        return Ok(of_keys(statement, &selection, types(true), leaves));
    }
    // Those of a `*` follow the tables, and places may change: they are told by name, or all are given, so that the server
    // tells of a change.
    let text = every_column(cut, &plain.parameters);
    let Some(all) = try_prepare(lease, &text, &constants).await? else { return Ok(None) };
    let names = |columns: &[(Box<str>, Type)]| columns.iter().map(|(name, _)| name.clone()).collect::<Vec<_>>();
    let are_named = all.columns.split_first().is_some_and(|(_, behind)| names(behind) == names(&plain.columns));
    if !(are_named && selection.is_by_name()) {
        let every = Selection::of(plain, &Columns::All);
        return Ok(every.is_the_authors().then(|| of_keys(all, &every, types(true), leaves)).flatten());
    }
    let text = lateral(cut, &plain.parameters, &selection);
    let Some(statement) = try_prepare(lease, &text, &constants).await? else { return Ok(None) };
    Ok(of_keys(statement, &selection, types(true), leaves))
}

/// A statement for many keys, if its columns are the number of the key and those that were asked for.
fn of_keys(statement: Described, selection: &Selection<'_>, key_types: Vec<Type>, leaves: Leaves) -> Option<Prepared> {
    let ((_, number), behind) = statement.columns.split_first()?;
    if *number != Type::INT8 || !selection.is_brought_as(behind) {
        return None;
    }
    let (names, formats) = (selection.names(), formats(behind));
    Some(Prepared { names, formats, key_types: Some(key_types), leaves, statement: Arc::new(statement) })
}

/// Whether which columns a statement has depends on its tables: `select *`, `table t`.
fn follows_tables(text: &str) -> bool {
    let is_word = |word: &str| word.eq_ignore_ascii_case("table");
    text.contains('*') || text.split(|character: char| !character.is_alphanumeric() && character != '_').any(is_word)
}

/// Prepares a statement; nothing where it is refused as one.
async fn try_prepare(lease: &Lease, text: &str, types: &[Type]) -> Result<Option<Described>, Error> {
    match describe(lease, text, types).await {
        Ok(statement) => Ok(Some(statement)),
        Err(error) if is_refused(&error) => Ok(None),
        Err(error) => Err(error),
    }
}

/// Whether the server says that this is no statement: a syntax error, a rule of the language, a feature that is not there.
fn is_refused(error: &Error) -> bool {
    error.code().is_some_and(|code| code.code().starts_with("42") || code.code().starts_with("0A"))
}

fn formats(columns: &[(Box<str>, Type)]) -> Vec<Format> {
    columns.iter().map(|(_, type_)| Format::of(type_).unwrap_or(Format::TEXT)).collect()
}

impl Prepared {
    /// Adds a row, and tells whose it is where the statement answers many keys.
    ///
    /// # Errors
    /// `BadResponse` for bytes that are not what their type says.
    pub fn write(&self, row: &Row, rows: &mut RowsBuilder) -> Result<(), Failure> {
        let first = usize::from(self.key_types.is_some());
        if first > 0 {
            let number: i64 = row.try_get(0).map_err(|error| unreadable(Detail::of(&error)))?;
            rows.key(u32::try_from(number - 1).unwrap_or(u32::MAX));
        }
        for (index, format) in self.formats.iter().enumerate() {
            let Raw(raw) = row.try_get(first + index).map_err(|error| unreadable(Detail::of(&error)))?;
            format.write(raw, rows).map_err(|_| {
                let name = self.names.get(index).map_or("", |name| name);
                unreadable(Detail::new(format!("column {name} of type {}", row.columns()[first + index].type_())))
            })?;
        }
        Ok(())
    }
}

fn unreadable(detail: Detail) -> Failure {
    Failure::unsent(Cause::BadResponse("holds a value that cannot be read"), detail)
}

/// Which statement it is.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum Variant {
    /// The author's own.
    Plain,
    /// With these columns, for one key.
    One(Columns),
    /// With these columns, for many keys at once, of which these placeholders differ.
    Many(Columns, Box<[bool]>),
}

/// A statement that a connection knows.
#[derive(Debug, Clone)]
pub enum Kept {
    /// The author's own, as the server describes it.
    Plain(Arc<Described>),
    /// One that is run.
    Prepared(Arc<Prepared>),
}
