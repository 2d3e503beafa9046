//! Rows of a statement in a neutral form: one text, and cells that refer to it. A database writes them, and
//! [`super::decode_rows`] chooses from them by projection.

use std::sync::Arc;

use bytes::Bytes;

use super::Span;

/// The rows of one statement.
#[derive(Debug, Default)]
pub struct Rows {
    /// The names of the columns.
    pub columns: Arc<[Box<str>]>,
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
    columns: Arc<[Box<str>]>,
    text: Vec<u8>,
    cells: Vec<Cell>,
    keys: Vec<u32>,
}

/// The rows of one key among those of many.
#[derive(Debug, Clone, Default)]
pub struct KeyRows {
    /// The rows of all of them.
    pub rows: Arc<Rows>,
    /// Which are this key's, in order.
    pub places: Box<[u32]>,
}

impl RowsBuilder {
    /// No rows yet, of these columns.
    #[must_use]
    pub fn new(columns: impl Into<Arc<[Box<str>]>>) -> RowsBuilder {
        RowsBuilder { columns: columns.into(), ..RowsBuilder::default() }
    }

    /// Adds the next cell of the current row; rows follow one another without a mark. `kind` makes the cell from the
    /// span of what `write` wrote.
    pub fn cell(&mut self, kind: fn(Span) -> Cell, write: impl FnOnce(&mut Vec<u8>)) {
        let start = self.text.len();
        write(&mut self.text);
        self.cells.push(kind(Span { start: offset(start), end: offset(self.text.len()) }));
    }

    /// Tells whose the next row is, where one statement answers many keys: a number from 0.
    pub fn key(&mut self, key: u32) {
        self.keys.push(key);
    }

    /// Adds a null as the next cell.
    pub fn null(&mut self) {
        self.cells.push(Cell::Null);
    }

    /// Bytes held so far, for the caller to bound.
    #[must_use]
    pub fn size(&self) -> u64 {
        (self.text.len() + self.cells.len() * size_of::<Cell>() + self.keys.len() * size_of::<u32>()) as u64
    }

    /// The finished rows.
    #[must_use]
    pub fn finish(self) -> Rows {
        let count = self.cells.len().checked_div(self.columns.len()).unwrap_or(0);
        Rows { columns: self.columns, text: self.text.into(), cells: self.cells, count }
    }

    /// The finished rows, each with whom it was told to belong to: those of so many keys.
    #[must_use]
    pub fn finish_for_keys(mut self, keys: usize) -> Vec<KeyRows> {
        let mut places: Vec<Vec<u32>> = vec![Vec::new(); keys];
        for (row, key) in (0..).zip(std::mem::take(&mut self.keys)) {
            if let Some(places) = places.get_mut(key as usize) {
                places.push(row);
            }
        }
        let rows = Arc::new(self.finish());
        places.into_iter().map(|places| KeyRows { rows: Arc::clone(&rows), places: places.into() }).collect()
    }
}

impl KeyRows {
    /// All rows of a statement that was run for one key.
    #[must_use]
    pub fn all(rows: Rows) -> KeyRows {
        let places = (0..offset(rows.len())).collect();
        KeyRows { rows: Arc::new(rows), places }
    }
}

impl Rows {
    /// The text that spans refer to.
    #[must_use]
    pub fn text(&self) -> &Bytes {
        &self.text
    }

    /// Bytes held.
    #[must_use]
    pub fn size(&self) -> u64 {
        (self.text.len() + self.cells.len() * size_of::<Cell>()) as u64
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

    /// The rows as those of so many keys: the first column, which is the number of the key, from 1, tells whose each row is
    /// and is none of theirs.
    #[must_use]
    pub fn by_first_column(self, keys: usize) -> Vec<KeyRows> {
        let mut places: Vec<Vec<u32>> = vec![Vec::new(); keys];
        let mut cells = Vec::with_capacity(self.cells.len());
        for row in 0..offset(self.count) {
            let Some((number, others)) = self.row(row as usize).split_first() else { continue };
            cells.extend_from_slice(others);
            if let Some(places) = self.number(*number).and_then(|number| places.get_mut(number.checked_sub(1)?)) {
                places.push(row);
            }
        }
        let columns = self.columns.iter().skip(1).cloned().collect();
        let rows = Arc::new(Rows { columns, cells, ..self });
        places.into_iter().map(|places| KeyRows { rows: Arc::clone(&rows), places: places.into() }).collect()
    }

    fn number(&self, cell: Cell) -> Option<usize> {
        let Cell::Json(span) = cell else { return None };
        std::str::from_utf8(self.text.get(span.start as usize..span.end as usize)?).ok()?.parse().ok()
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
