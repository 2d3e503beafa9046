//! Many parents on their way to their items: which values are asked for in which call, and who waits for it. Nothing is
//! sent here.

use std::sync::Arc;

use ahash::AHashMap;

use super::url_room::UrlRoom;
use crate::graphql::{Value, number_text};
use crate::schema::{BatchOf, RestBatch};
use crate::source::{Answer, Cause, Detail, Failure, Fetch, Items, Key, KeyResult, all_items, first_item};

/// What one call brought: its items, or nothing where the answer means null.
pub(super) type Brought = Result<Option<Items>, Failure>;

/// The keys of a fetch, put together in chunks.
#[derive(Debug)]
pub(super) struct Parents {
    fetch: Arc<Fetch>,
    /// Which input is the batch value.
    place: usize,
    of: BatchOf,
    max: usize,
    chunks: Vec<Chunk>,
    /// Those that wait, by their places among the keys.
    waiting: Vec<Option<Waiting>>,
    /// Those whose results are known without a call.
    settled: Vec<KeyResult>,
}

/// What is asked in one call.
#[derive(Debug)]
struct Chunk {
    /// A key like those of its parents, with all their values in the place of one.
    key: Key,
    /// The keys that wait for it.
    keys: Vec<usize>,
    brought: Option<Brought>,
}

/// A key that waits for items.
#[derive(Debug)]
struct Waiting {
    /// Its own values, in its order, each with the chunk in which it is asked for.
    values: Vec<(Box<str>, usize)>,
    /// How many chunks have not come.
    open: usize,
}

/// Keys that differ in nothing but their batch value.
#[derive(Debug, Default)]
struct Group {
    chunk_of: AHashMap<Box<str>, usize>,
    /// The chunk that is being filled, and how many values it still takes.
    last: usize,
    room: usize,
    /// How many bytes its URL still takes.
    bytes: usize,
}

impl Parents {
    /// Puts keys together that differ in nothing but their batch value, at most so many values in a chunk and no more than
    /// its URL has room for. Values that are the same as text are asked for once.
    pub(super) fn of(fetch: &Arc<Fetch>, batch: &RestBatch, room: &UrlRoom<'_>) -> Parents {
        let mut parents = Parents {
            fetch: Arc::clone(fetch),
            place: usize::from(batch.input),
            of: batch.of,
            max: batch.max,
            chunks: Vec::new(),
            waiting: Vec::new(),
            settled: Vec::new(),
        };
        let mut groups: AHashMap<Key, Group> = AHashMap::new();
        for (index, key) in fetch.keys.iter().enumerate() {
            let mut others = key.clone();
            let own = others.get_mut(parents.place).and_then(Option::take);
            let known = match values(own, batch.of) {
                Ok(Some(values)) if !values.is_empty() => {
                    let waiting = parents.wait(index, values, key, groups.entry(others).or_default(), room);
                    parents.waiting.push(Some(waiting));
                    continue;
                }
                Ok(Some(_)) => all_items(std::iter::empty(), &fetch.wanted),
                Ok(None) => Ok(Answer::null()),
                Err(failure) => Err(failure),
            };
            parents.settled.push((index, known));
            parents.waiting.push(None);
        }
        parents
    }

    /// The results that are known without a call.
    pub(super) fn settled(&mut self) -> Vec<KeyResult> {
        std::mem::take(&mut self.settled)
    }

    /// The calls to make, by their numbers.
    pub(super) fn calls(&self) -> impl Iterator<Item = (usize, &Key)> {
        self.chunks.iter().map(|chunk| &chunk.key).enumerate()
    }

    /// Takes what a call brought; gives the results of the keys that have waited for nothing else.
    pub(super) fn take(&mut self, number: usize, brought: Brought) -> Vec<KeyResult> {
        let Some(chunk) = self.chunks.get_mut(number) else { return Vec::new() };
        chunk.brought = Some(brought);
        let mut results = Vec::new();
        for index in std::mem::take(&mut chunk.keys) {
            let Some(waiting) = self.waiting[index].as_mut() else { continue };
            waiting.open = waiting.open.saturating_sub(1);
            if waiting.open == 0
                && let Some(waiting) = self.waiting[index].take()
            {
                results.push((index, self.result(&waiting)));
            }
        }
        results
    }

    /// Gives each of a key's values its chunk.
    fn wait(&mut self, index: usize, own: OwnValues, key: &Key, group: &mut Group, room: &UrlRoom<'_>) -> Waiting {
        let mut waiting = Waiting { values: Vec::with_capacity(own.len()), open: 0 };
        for (text, value) in own {
            let known = group.chunk_of.get(&text).copied();
            let chunk = known.unwrap_or_else(|| self.ask_for(value, key, group, room));
            if known.is_none() {
                group.chunk_of.insert(text.clone(), chunk);
            }
            let keys = &mut self.chunks[chunk].keys;
            if keys.last() != Some(&index) {
                keys.push(index);
                waiting.open += 1;
            }
            waiting.values.push((text, chunk));
        }
        waiting
    }

    /// Puts a value into the group's last chunk, or into a new one.
    fn ask_for(&mut self, value: Value, key: &Key, group: &mut Group, room: &UrlRoom<'_>) -> usize {
        let bytes = room.taken_by(&value);
        if group.room == 0 || group.bytes < bytes {
            let mut key = key.clone();
            key[self.place] = Some(Value::List(vec![value]));
            *group = Group {
                chunk_of: std::mem::take(&mut group.chunk_of),
                last: self.chunks.len(),
                room: self.max - 1,
                bytes: room.left(&key),
            };
            self.chunks.push(Chunk { key, keys: Vec::new(), brought: None });
            return group.last;
        }
        group.room -= 1;
        group.bytes -= bytes;
        if let Some(Value::List(asked)) = &mut self.chunks[group.last].key[self.place] {
            asked.push(value);
        }
        group.last
    }

    fn result(&self, parent: &Waiting) -> Result<Answer, Failure> {
        let mut own = Vec::with_capacity(parent.values.len());
        for (value, chunk) in &parent.values {
            match &self.chunks[*chunk].brought {
                Some(Ok(Some(items))) => own.push((&**value, items)),
                Some(Ok(None)) if self.of == BatchOf::OneValue => return Ok(Answer::null()),
                Some(Ok(None)) | None => {}
                Some(Err(failure)) => return Err(failure.clone()),
            }
        }
        // An item that tells nobody whom it is for may be this parent's: then what it has is not known.
        let is_unsure = |(value, items): &&(&str, &Items)| items.has_stray() && items.of(value).next().is_none();
        if let Some((value, _)) = own.iter().find(is_unsure) {
            let detail = Detail::new(format!("none is for {value}"));
            return Err(Failure {
                attempts: 1,
                ..Failure::unsent(Cause::BadResponse("has an item for nobody"), detail)
            });
        }
        let items = own.iter().flat_map(|(value, items)| items.of(value));
        let wanted = &self.fetch.wanted;
        if wanted.list_depth > 0 { all_items(items, wanted) } else { first_item(items, wanted) }
    }
}

/// A parent's own values, each with its text.
type OwnValues = Vec<(Box<str>, Value)>;

/// What a parent asks for; nothing for null, which asks for nothing.
fn values(own: Option<Value>, of: BatchOf) -> Result<Option<OwnValues>, Failure> {
    let many = match (own, of) {
        (None | Some(Value::Null), _) => return Ok(None),
        (Some(Value::List(items)), BatchOf::ListOfValues) => items,
        (Some(value), _) => vec![value],
    };
    let with_text = |value: Value| {
        let text = match &value {
            Value::Number(digits) => Some(number_text(digits).map_or_else(|| digits.clone(), Into::into)),
            value => value.as_text().map(Into::into),
        };
        let words = "a list or an object where one value is to be";
        text.map(|text| (text, value))
            .ok_or_else(|| Failure::unsent(Cause::RejectedInput(words, None), Detail::default()))
    };
    many.into_iter().filter(|value| !value.is_null()).map(with_text).collect::<Result<_, _>>().map(Some)
}
