//! Rows of a statement in a neutral form: one text, and cells that refer to it. A database writes them, and
//! [`super::decode_rows`] chooses from them by projection.

use bytes::Bytes;

use super::Span;

/// The rows of one statement.
#[derive(Debug, Default)]
pub struct Rows {
    /// The names of the columns.
    pub columns: Vec<Box<str>>,
    text: Bytes,
    cells: Vec<Cell>,
    count: usize,
}

/// One cell.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Cell {
    /// Null.
    Null,
    /// A number or a boolean as JSON text that we wrote.
    Json(Span),
    /// JSON text that needs reading before it can be trusted: a `json` column, or an array that we wrote.
    Document(Span),
    /// Plain text, UTF-8.
    Plain(Span),
}

/// Rows in the making.
#[derive(Debug, Default)]
pub struct RowsBuilder {
    columns: Vec<Box<str>>,
    text: Vec<u8>,
    cells: Vec<Cell>,
}

impl RowsBuilder {
    /// No rows yet, of these columns.
    #[must_use]
    pub fn new(columns: Vec<Box<str>>) -> RowsBuilder {
        RowsBuilder { columns, ..RowsBuilder::default() }
    }

    /// Adds the next cell of the current row; rows follow one another without a mark. `kind` makes the cell from the
    /// span of what `write` wrote.
    pub fn cell(&mut self, kind: fn(Span) -> Cell, write: impl FnOnce(&mut Vec<u8>)) {
        let start = self.text.len();
        write(&mut self.text);
        self.cells.push(kind(Span { start: offset(start), end: offset(self.text.len()) }));
    }

    /// Adds a null as the next cell.
    pub fn null(&mut self) {
        self.cells.push(Cell::Null);
    }

    /// Bytes held so far, for the caller to bound.
    #[must_use]
    pub fn size(&self) -> u64 {
        (self.text.len() + self.cells.len() * size_of::<Cell>()) as u64
    }

    /// The finished rows.
    #[must_use]
    pub fn finish(self) -> Rows {
        let count = self.cells.len().checked_div(self.columns.len()).unwrap_or(0);
        Rows { columns: self.columns, text: self.text.into(), cells: self.cells, count }
    }
}

impl Rows {
    /// The text that spans refer to.
    #[must_use]
    pub fn text(&self) -> &Bytes {
        &self.text
    }

    /// How many rows there are.
    #[must_use]
    pub fn len(&self) -> usize {
        self.count
    }

    /// Whether there are none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.count == 0
    }

    /// The cells of one row, column by column.
    #[must_use]
    pub fn row(&self, index: usize) -> &[Cell] {
        let width = self.columns.len();
        self.cells.get(index * width..(index + 1) * width).unwrap_or_default()
    }
}

/// Answers are bounded far below 4 GiB (`maxAnswer` is at most 1 GiB), so that a span fits.
fn offset(length: usize) -> u32 {
    u32::try_from(length).unwrap_or(u32::MAX)
}
