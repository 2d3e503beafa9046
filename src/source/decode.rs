//! Decoding by projection: one pass over an answer keeps the wanted properties as slots and skips the rest. A value of
//! another shape than wanted becomes [`Slot::Mismatch`] in its own slot, so that it costs its own field and no other.

use bytes::Bytes;

use super::{
    Answer, Cause, Cell, Detail, Failure, KeyRows, Projection, Record, Rows, Run, Slot, Span, Wanted, WantedItem,
};
use crate::graphql::{JsonError, JsonKind, JsonReader};
use crate::schema::Take;

/// Most slots of one answer: an object takes one for each wanted property, there or not, so that a short text of empty
/// objects could ask for far more memory than `maxAnswer` allows. 96 MiB.
const MAX_SLOTS: usize = 8 * 1024 * 1024;

/// About as many bytes of an answer come to one slot, so that there is room for them at once.
const BYTES_OF_A_SLOT: usize = 64;

/// Decodes the body of an HTTP answer: the value at `at` (raw names from the root), by projection.
///
/// # Errors
/// `BadResponse` when the body is not JSON, when there is nothing at `at`, or when what stands there is not what the field
/// is; `TooLarge` when it holds more values than there is room for.
pub fn decode_body(body: &Bytes, at: &[Box<str>], wanted: &Wanted) -> Result<Answer, Failure> {
    let text = std::str::from_utf8(body).map_err(|error| bad_response("is not UTF-8", Detail::of(&error)))?;
    let slots = Vec::with_capacity(body.len() / BYTES_OF_A_SLOT);
    let mut decoder = Decoder { slots, ..Decoder::default() };
    let mut reader = JsonReader::new(text);
    let found = decoder.find(&mut reader, at, wanted).and_then(|found| reader.end().map(|()| found));
    match found.map_err(|error| undecodable(&error))? {
        Some(root) => fitting(Answer::new(body.clone(), decoder.slots, root), wanted),
        None => Err(bad_response("has nothing where the value is to stand", Detail::new(at.join(".")))),
    }
}

/// Chooses from the rows of one key by projection.
///
/// # Errors
/// `BadResponse` when the rows are not what the field is; `TooLarge` when they hold more values than there is room for.
pub fn decode_rows(rows: &KeyRows, take: Take, wanted: &Wanted) -> Result<Answer, Failure> {
    let mut decoder = Decoder::default();
    let root = decoder.rows(rows, take, wanted).map_err(|error| undecodable(&error))?;
    fitting(Answer::new(rows.rows.text().clone(), decoder.slots, root), wanted)
}

/// The columns that are read, each with the slot that it fills.
fn columns_read(rows: &Rows, projection: &Projection) -> Vec<(usize, usize)> {
    let slots = |name| projection.places(name).iter().copied();
    rows.columns.iter().enumerate().flat_map(|(column, name)| slots(name).map(move |slot| (column, slot))).collect()
}

/// An answer whose value is of another shape than the field fails as a whole: it is the fetch that failed.
fn fitting(answer: Answer, wanted: &Wanted) -> Result<Answer, Failure> {
    match (answer.root(), &wanted.item) {
        (Slot::Mismatch | Slot::Absent, _) if wanted.list_depth > 0 => {
            Err(bad_response("is no list", Detail::default()))
        }
        (Slot::Mismatch | Slot::Absent, WantedItem::Object(_)) => Err(bad_response("is no object", Detail::default())),
        (Slot::Mismatch | Slot::Absent, WantedItem::Leaf) => Err(bad_response("is no text", Detail::default())),
        _ => Ok(answer),
    }
}

pub(super) fn undecodable(error: &JsonError) -> Failure {
    match error {
        JsonError::Syntax(_) | JsonError::NoText(_) => bad_response("is not JSON", Detail::of(error)),
        JsonError::TooDeep => bad_response("is nested too deep to be read", Detail::of(error)),
        JsonError::NoRoom => {
            let limit = (MAX_SLOTS * size_of::<Slot>()) as u64;
            Failure::unsent(Cause::TooLarge(limit), Detail::of(error))
        }
    }
}

pub(super) fn bad_response(words: &'static str, detail: Detail) -> Failure {
    Failure::unsent(Cause::BadResponse(words), detail)
}

/// Slots in the making.
#[derive(Default)]
struct Decoder {
    slots: Vec<Slot>,
    /// Items of the lists that are being read: a list's items must stand side by side, and what is below them comes first.
    items: Vec<Slot>,
    /// Where the text being read begins within the answer's text.
    offset: usize,
}

impl Decoder {
    /// Walks down `at`, checking all that it passes; nothing where a name is missing. A null on the way is a null.
    fn find(
        &mut self,
        reader: &mut JsonReader<'_>,
        at: &[Box<str>],
        wanted: &Wanted,
    ) -> Result<Option<Slot>, JsonError> {
        let Some((name, below)) = at.split_first() else {
            return self.value(reader, wanted.list_depth, &wanted.item).map(Some);
        };
        match reader.peek()? {
            JsonKind::Object => {
                let mut found = None;
                reader.object(|reader, key| {
                    if key == &**name {
                        found = self.find(reader, below, wanted)?;
                    } else {
                        reader.value()?;
                    }
                    Ok(())
                })?;
                Ok(found)
            }
            JsonKind::Null => reader.value().map(|_| Some(Slot::Null)),
            JsonKind::Boolean | JsonKind::Number | JsonKind::String | JsonKind::List => reader.value().map(|_| None),
        }
    }

    fn value(&mut self, reader: &mut JsonReader<'_>, depth: u8, item: &WantedItem) -> Result<Slot, JsonError> {
        let kind = reader.peek()?;
        match (kind, item) {
            (JsonKind::Null, _) => reader.value().map(|_| Slot::Null),
            (JsonKind::List, _) if depth > 0 => self.list(reader, depth - 1, item),
            (JsonKind::Object, WantedItem::Object(projection)) if depth == 0 => self.object(reader, projection),
            (_, WantedItem::Leaf) if depth == 0 => self.leaf(reader),
            _ => reader.value().map(|_| Slot::Mismatch),
        }
    }

    fn leaf(&mut self, reader: &mut JsonReader<'_>) -> Result<Slot, JsonError> {
        let raw = reader.value()?;
        Ok(if raw.is_text { Slot::Json(span(raw.start + self.offset, raw.end + self.offset)) } else { Slot::Mismatch })
    }

    fn list(&mut self, reader: &mut JsonReader<'_>, depth: u8, item: &WantedItem) -> Result<Slot, JsonError> {
        let below = self.items.len();
        reader.list(|reader| {
            let slot = self.value(reader, depth, item)?;
            self.items.push(slot);
            self.make_room(self.slots.len())
        })?;
        self.close_list(below)
    }

    fn object(&mut self, reader: &mut JsonReader<'_>, projection: &Projection) -> Result<Slot, JsonError> {
        let first = self.open_object(projection)?;
        reader.object(|reader, key| match *projection.places(key) {
            [] => reader.value().map(drop),
            [place] => {
                let wanted = &projection.properties()[place].wanted;
                self.slots[first + place] = self.value(reader, wanted.list_depth, &wanted.item)?;
                Ok(())
            }
            ref places => {
                let start = reader.clone();
                for place in places {
                    *reader = start.clone();
                    let wanted = &projection.properties()[*place].wanted;
                    self.slots[first + place] = self.value(reader, wanted.list_depth, &wanted.item)?;
                }
                Ok(())
            }
        })?;
        Ok(object_at(first))
    }

    fn rows(&mut self, of_key: &KeyRows, take: Take, wanted: &Wanted) -> Result<Slot, JsonError> {
        let rows = &of_key.rows;
        match (take, &wanted.item, of_key.places.first()) {
            (Take::Record, WantedItem::Object(projection), Some(first)) => {
                self.record(rows, *first as usize, projection, &columns_read(rows, projection))
            }
            (Take::Value, item, Some(first)) => self.first_cell(rows, *first as usize, wanted.list_depth, item),
            (Take::Record | Take::Value, ..) => Ok(Slot::Null),
            (Take::Records, WantedItem::Object(projection), _) => {
                let columns = columns_read(rows, projection);
                self.each_row(of_key, |decoder, index| decoder.record(rows, index, projection, &columns))
            }
            (Take::Records | Take::Values, item, _) => {
                let depth = wanted.list_depth.saturating_sub(1);
                self.each_row(of_key, |decoder, index| decoder.first_cell(rows, index, depth, item))
            }
        }
    }

    fn each_row(
        &mut self,
        rows: &KeyRows,
        mut row: impl FnMut(&mut Self, usize) -> Result<Slot, JsonError>,
    ) -> Result<Slot, JsonError> {
        let below = self.items.len();
        for index in &rows.places {
            let slot = row(self, *index as usize)?;
            self.items.push(slot);
        }
        self.close_list(below)
    }

    fn record(
        &mut self,
        rows: &Rows,
        index: usize,
        projection: &Projection,
        columns: &[(usize, usize)],
    ) -> Result<Slot, JsonError> {
        let first = self.open_object(projection)?;
        let row = rows.row(index);
        for (column, place) in columns {
            let Some(cell) = row.get(*column) else { continue };
            let wanted = &projection.properties()[*place].wanted;
            self.slots[first + place] = self.cell(rows, *cell, wanted.list_depth, &wanted.item)?;
        }
        Ok(object_at(first))
    }

    fn first_cell(&mut self, rows: &Rows, index: usize, depth: u8, item: &WantedItem) -> Result<Slot, JsonError> {
        match rows.row(index).first() {
            Some(cell) => self.cell(rows, *cell, depth, item),
            None => Ok(Slot::Null),
        }
    }

    fn cell(&mut self, rows: &Rows, cell: Cell, depth: u8, item: &WantedItem) -> Result<Slot, JsonError> {
        match cell {
            Cell::Null => Ok(Slot::Null),
            // A text column may hold the JSON of a list or an object: SQLite has no type for it.
            Cell::Json(span) | Cell::Plain(span) if depth > 0 || matches!(item, WantedItem::Object(_)) => {
                self.document_or_mismatch(rows, span, depth, item)
            }
            Cell::Json(span) => Ok(Slot::Json(span)),
            Cell::Plain(span) => Ok(Slot::Plain(span)),
            Cell::Document(span) => self.document_or_mismatch(rows, span, depth, item),
        }
    }

    /// A cell that does not hold JSON costs its own field: what was read of it is taken back.
    fn document_or_mismatch(
        &mut self,
        rows: &Rows,
        span: Span,
        depth: u8,
        item: &WantedItem,
    ) -> Result<Slot, JsonError> {
        let (slots, items) = (self.slots.len(), self.items.len());
        match self.document(rows, span, depth, item) {
            Err(JsonError::Syntax(_) | JsonError::NoText(_) | JsonError::TooDeep) => {
                self.slots.truncate(slots);
                self.items.truncate(items);
                Ok(Slot::Mismatch)
            }
            result => result,
        }
    }

    fn document(&mut self, rows: &Rows, span: Span, depth: u8, item: &WantedItem) -> Result<Slot, JsonError> {
        let bytes = rows.text().get(span.start as usize..span.end as usize).unwrap_or_default();
        let text = std::str::from_utf8(bytes).map_err(|error| JsonError::Syntax(error.valid_up_to()))?;
        self.offset = span.start as usize;
        let mut reader = JsonReader::new(text);
        let slot = self.value(&mut reader, depth, item)?;
        reader.end()?;
        Ok(slot)
    }

    fn open_object(&mut self, projection: &Projection) -> Result<usize, JsonError> {
        let first = self.slots.len();
        let end = first + projection.properties().len();
        self.make_room(end)?;
        self.slots.resize(end, Slot::Absent);
        Ok(first)
    }

    fn close_list(&mut self, below: usize) -> Result<Slot, JsonError> {
        let first = self.slots.len();
        self.make_room(first + self.items.len() - below)?;
        self.slots.extend(self.items.drain(below..));
        Ok(Slot::List(Run { first: index(first), len: index(self.slots.len() - first) }))
    }

    fn make_room(&self, slots: usize) -> Result<(), JsonError> {
        if slots + self.items.len() > MAX_SLOTS { Err(JsonError::NoRoom) } else { Ok(()) }
    }
}

fn object_at(first: usize) -> Slot {
    Slot::Object(Record { first: index(first), number: Record::UNNUMBERED })
}

fn span(start: usize, end: usize) -> Span {
    Span { start: index(start), end: index(end) }
}

/// Places in the text are bounded by `maxAnswer`, which is at most 1 GiB, and places of slots by [`MAX_SLOTS`]: each fits.
fn index(place: usize) -> u32 {
    u32::try_from(place).unwrap_or(u32::MAX)
}

#[cfg(test)]
mod tests {
    use bytes::Bytes;

    use super::{decode_body, decode_rows};
    use crate::schema::Take;
    use crate::source::{
        Answer, Cause, Cell, KeyRows, Projection, Property, Record, RowsBuilder, Slot, Wanted, WantedItem,
    };

    fn leaf(name: &str) -> Property {
        Property { name: name.into(), wanted: Wanted { list_depth: 0, item: WantedItem::Leaf } }
    }

    fn objects(list_depth: u8, properties: Vec<Property>) -> Wanted {
        Wanted { list_depth, item: WantedItem::Object(Projection::new(properties)) }
    }

    fn decode(body: &'static str, wanted: &Wanted) -> Answer {
        decode_body(&Bytes::from_static(body.as_bytes()), &[], wanted).expect("it is JSON")
    }

    /// An answer in words: leaves as they stand, `!` for a mismatch, `-` for what is absent.
    fn words(answer: &Answer, slot: Slot, width: usize) -> String {
        match slot {
            Slot::Absent => "-".into(),
            Slot::Null => "null".into(),
            Slot::Mismatch => "!".into(),
            Slot::Json(span) | Slot::Plain(span) => String::from_utf8_lossy(answer.bytes(span)).into_owned(),
            Slot::List(run) => {
                let items: Vec<_> = answer.items(run).iter().map(|item| words(answer, *item, width)).collect();
                format!("[{}]", items.join(" "))
            }
            Slot::Object(record @ Record { .. }) => {
                let properties: Vec<_> =
                    (0..width).map(|place| words(answer, answer.property(record, place), width)).collect();
                format!("({})", properties.join(" "))
            }
        }
    }

    #[test]
    fn only_what_is_wanted_is_kept() {
        let wanted = objects(1, vec![leaf("a"), leaf("b")]);
        let answer = decode(r#"[{"x":[1,{"a":2}],"b":"B","a":1},{"a":null},null,{"a":1,"a":2},7]"#, &wanted);
        assert_eq!(words(&answer, answer.root(), 2), r#"[(1 "B") (null -) null (2 -) !]"#);
    }

    #[test]
    fn lists_of_lists_keep_their_shape() {
        let wanted = objects(2, vec![leaf("a")]);
        let answer = decode(r#"[[{"a":1},{"a":2}],[],null,{"a":3},[[{"a":4}]]]"#, &wanted);
        assert_eq!(words(&answer, answer.root(), 1), "[[(1) (2)] [] null ! [!]]");
    }

    #[test]
    fn one_name_can_fill_two_slots() {
        let nested = Property { name: "a".into(), wanted: objects(0, vec![leaf("b"), leaf("z")]) };
        let answer = decode(r#"{"a":{"b":1}}"#, &objects(0, vec![leaf("a"), nested]));
        assert_eq!(words(&answer, answer.root(), 2), r#"({"b":1} (1 -))"#);
    }

    #[test]
    fn the_value_may_stand_below_names() {
        let at: Vec<Box<str>> = vec!["data".into(), "items".into()];
        let wanted = objects(1, vec![leaf("a")]);
        let found = |body: &'static str| decode_body(&Bytes::from_static(body.as_bytes()), &at, &wanted);
        let answer = found(r#"{"x":1,"data":{"items":[{"a":1}]}}"#).expect("it is there");
        assert_eq!(words(&answer, answer.root(), 1), "[(1)]");
        assert_eq!(found(r#"{"data":null}"#).expect("null is a value").root(), Slot::Null);
        assert!(found(r#"{"data":{}}"#).is_err());
        assert!(found(r#"{"data":{"items":[]}} x"#).is_err());
    }

    #[test]
    fn half_a_character_costs_its_own_field() {
        let answer = decode(r#"{"a":"\ud800","b":"ok"}"#, &objects(0, vec![leaf("a"), leaf("b")]));
        assert_eq!(words(&answer, answer.root(), 2), r#"(! "ok")"#);
    }

    #[test]
    fn a_broken_cell_costs_its_own_field_and_leaves_nothing_behind() {
        let mut builder = RowsBuilder::new(vec!["id".into(), "kids".into()]);
        for (id, kids) in [("1", "[]"), ("2", r#"[{"x":7},{"x":8"#), ("3", r#"[{"x":9}]"#)] {
            builder.cell(Cell::Json, |text| text.extend_from_slice(id.as_bytes()));
            builder.cell(Cell::Plain, |text| text.extend_from_slice(kids.as_bytes()));
        }
        let kids = Property { name: "kids".into(), wanted: objects(1, vec![leaf("x"), leaf("y")]) };
        let wanted = objects(1, vec![leaf("id"), kids]);
        let answer =
            decode_rows(&KeyRows::all(builder.finish()), Take::Records, &wanted).expect("the other rows are right");
        assert_eq!(words(&answer, answer.root(), 2), "[(1 []) (2 !) (3 [(9 -)])]");
    }

    #[test]
    fn many_empty_objects_find_no_room() {
        let names: Vec<Property> = (0..100).map(|number| leaf(&number.to_string())).collect();
        let body = Bytes::from(format!("[{}{{}}]", "{},".repeat(100_000)));
        let failure = decode_body(&body, &[], &objects(1, names)).expect_err("ten million slots");
        assert!(matches!(failure.cause, Cause::TooLarge(_)), "{failure:?}");
    }

    #[test]
    fn rows_become_records() {
        let mut builder = RowsBuilder::new(vec!["id".into(), "tags".into()]);
        builder.cell(Cell::Json, |text| text.extend_from_slice(b"1"));
        builder.cell(Cell::Document, |text| text.extend_from_slice(br#"["x","y"]"#));
        builder.cell(Cell::Json, |text| text.extend_from_slice(b"2"));
        builder.null();
        let rows = KeyRows::all(builder.finish());
        let tags = Property { name: "tags".into(), wanted: Wanted { list_depth: 1, item: WantedItem::Leaf } };
        let wanted = objects(1, vec![tags, leaf("id")]);
        let answer = decode_rows(&rows, Take::Records, &wanted).expect("valid");
        assert_eq!(words(&answer, answer.root(), 2), r#"[(["x" "y"] 1) (null 2)]"#);
        let ids = Wanted { list_depth: 1, item: WantedItem::Leaf };
        let answer = decode_rows(&rows, Take::Values, &ids).expect("valid");
        assert_eq!(words(&answer, answer.root(), 0), "[1 2]");
    }
}
