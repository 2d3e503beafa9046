//! Each page below `tests/spec` is one test: a schema, what the sources answer and are asked, a request, its response.
//! The sources are scripted and the clock is paused, so that a timeout takes no time and nothing depends on the machine.
//! (`tests/spec/diagnostics` belongs to `diagnostics.rs`.)
//!
//! A page has a title and fenced blocks, each named behind its language:
//!
//! - `graphql schema`, and `graphql query`;
//! - `json environment`: the variables that `{env.X}` reads, all text; without it none is set;
//! - `json variables`, `json headers` (with `x-tributary-trace` the response is traced), `text operation` (its name), `text timeout` (the client's, such as `500ms`);
//! - `text calls`: what the sources are asked and answer, a line each:
//!   `[2x] SOURCE WORDS => [after 50ms] REPLY`, where WORDS are those of the call (lines joined by ` | `; a `*` at the end
//!   stands for the rest; of a statement for many parents the values of each are a line, and the first column of its rows
//!   is the number of the parent, from 1) and REPLY is `200 BODY` (any status), `rows [{…}]`, `hang`, or `refuse`. Each line must be asked
//!   for just as often as it says (once), and nothing else may be asked;
//! - `text plan`: the operation explained, with a hundred items in each list;
//! - `json response`: compared with the order of its keys; `errorId` is left out;
//! - `text time`: how long the operation takes, such as `200ms`.

use std::collections::HashMap;
use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use libtest_mimic::{Arguments, Failed, Trial};
use tributary::config::{self, Environment, SourceFile};
use tributary::gateway::{Debug, Gateway};
use tributary::graphql::{Error, Headers, Request, Value};
use tributary::operation::{Operation, condition_values};
use tributary::plan;
use tributary::schema::{self, Schema};
use tributary::source::{
    Cause, Cell, Detail, Failure, Reason, RowsBuilder, Script, ScriptedAnswer, ScriptedCall, connect_scripted,
};

fn main() {
    let arguments = Arguments::from_args();
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/spec");
    let mut pages = Vec::new();
    find_pages(&root, &mut pages);
    pages.sort();
    let trials = pages
        .into_iter()
        .map(|page| {
            let name = page.strip_prefix(&root).unwrap_or(&page).with_extension("").display().to_string();
            Trial::test(name, move || Page::read(&page).and_then(|page| page.run()).map_err(Failed::from))
        })
        .collect();
    libtest_mimic::run(&arguments, trials).exit();
}

fn find_pages(folder: &Path, pages: &mut Vec<PathBuf>) {
    for entry in std::fs::read_dir(folder).expect("tests/spec is there").flatten() {
        let path = entry.path();
        if path.is_dir() && path.file_name().is_some_and(|name| name != "diagnostics") {
            find_pages(&path, pages);
        } else if path.extension().is_some_and(|extension| extension == "md") {
            pages.push(path);
        }
    }
}

/// The blocks of a page by their names.
struct Page(HashMap<String, String>);

impl Page {
    fn read(path: &Path) -> Result<Page, String> {
        const NAMES: [&str; 11] = [
            "schema",
            "environment",
            "query",
            "variables",
            "headers",
            "operation",
            "timeout",
            "calls",
            "response",
            "time",
            "plan",
        ];
        let text = std::fs::read_to_string(path).map_err(|error| error.to_string())?;
        let mut blocks = HashMap::new();
        let mut lines = text.lines();
        while let Some(line) = lines.next() {
            let Some(info) = line.strip_prefix("```") else { continue };
            let name = info.split_once(' ').map(|(_, name)| name).ok_or(format!("a block without a name: {line}"))?;
            if !NAMES.contains(&name) {
                return Err(format!("unknown block: {line}"));
            }
            let block: Vec<&str> = lines.by_ref().take_while(|line| *line != "```").collect();
            if blocks.insert(name.to_owned(), block.join("\n")).is_some() {
                return Err(format!("two blocks named {name}"));
            }
        }
        Ok(Page(blocks))
    }

    fn block(&self, name: &str) -> Option<&str> {
        self.0.get(name).map(String::as_str)
    }

    fn json(&self, name: &str) -> Result<Option<Value>, String> {
        self.block(name).map(Value::from_json).transpose().map_err(|error| format!("{name}: {error}"))
    }

    fn run(&self) -> Result<(), String> {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().start_paused(true).build();
        runtime.map_err(|error| error.to_string())?.block_on(self.execute())
    }

    async fn execute(&self) -> Result<(), String> {
        let traffic = Arc::new(Traffic::parse(self.block("calls").unwrap_or_default())?);
        let gateway = self.gateway(&traffic)?;
        let started = tokio::time::Instant::now();
        let response = gateway.execute(self.request()?).await;
        let took = started.elapsed();
        let mut problems = String::new();
        let expected = self.block("response").ok_or("the page has no response")?;
        let body = std::str::from_utf8(&response.body).map_err(|error| error.to_string())?;
        let (expected, actual) = (canonical(expected)?, canonical(body)?);
        if expected != actual {
            let _ = write!(problems, "\nexpected response\n  {expected}\nactual response\n  {actual}\n");
        }
        if let Some(expected) = self.block("time").map(duration).transpose()?
            && took != expected
        {
            let _ = write!(problems, "\nexpected to take {expected:?}, took {took:?}\n");
        }
        problems.push_str(&traffic.problems());
        if let Some(expected) = self.block("plan") {
            let explained = self.explained()?;
            if expected.trim_end() != explained.trim_end() {
                let _ = write!(problems, "\nexpected plan\n{expected}\nactual plan\n{explained}\n");
            }
        }
        if problems.is_empty() { Ok(()) } else { Err(problems) }
    }

    fn explained(&self) -> Result<String, String> {
        let schema = self.schema()?;
        let told = |errors: Vec<Error>| errors.into_iter().map(|error| error.message).collect::<Vec<_>>().join("\n");
        let query = self.block("query").ok_or("the page has no query")?;
        let operation = Operation::parse(&schema, query, self.block("operation")).map_err(told)?;
        let variables = condition_values(&schema, &operation, self.json("variables")?.as_ref()).map_err(told)?;
        let plan = plan::build(&schema, &operation, &variables).map_err(|error| error.message)?;
        Ok(plan::explain(&plan, &schema, operation.name(), 100).text(false))
    }

    fn gateway(&self, traffic: &Arc<Traffic>) -> Result<Gateway, String> {
        let schema = self.schema()?;
        let traffic = Arc::clone(traffic);
        let script = Script::new(move |call| traffic.answer(call));
        let sources = connect_scripted(&schema, &script).map_err(|error| error.to_string())?;
        Ok(Gateway::new(Arc::new(schema), sources, Debug::Hidden))
    }

    fn schema(&self) -> Result<Schema, String> {
        let text = self.block("schema").ok_or("the page has no schema")?.to_owned();
        let variables = self.json("environment")?.unwrap_or(Value::Null);
        let environment =
            Environment::new(move |name| variables.get(name).and_then(Value::as_text).map(ToOwned::to_owned));
        let files = vec![SourceFile { name: "schema.graphql".to_owned(), text }];
        let config = config::parse(files, Path::new("."), &environment).map_err(|mistakes| mistakes.render(false))?;
        schema::build(&config).map(|(schema, _)| schema).map_err(|mistakes| mistakes.render(false))
    }

    fn request(&self) -> Result<Request, String> {
        let headers = match self.json("headers")? {
            Some(Value::Object(fields)) => {
                fields.into_iter().map(|(name, value)| (name, value.as_text().unwrap_or_default().into())).collect()
            }
            _ => Vec::new(),
        };
        Ok(Request {
            query: self.block("query").ok_or("the page has no query")?.to_owned(),
            operation_name: self.block("operation").map(ToOwned::to_owned),
            variables: self.json("variables")?,
            headers: Headers(headers),
            timeout: self.block("timeout").map(duration).transpose()?,
            read_only: false,
            explain: None,
            trace: self.json("headers")?.is_some_and(|headers| headers.get("x-tributary-trace").is_some()),
        })
    }
}

/// What the sources are to be asked, what they answer, and what they were asked.
struct Traffic {
    lines: Vec<Line>,
    seen: Mutex<Seen>,
}

#[derive(Default)]
struct Seen {
    counts: Vec<usize>,
    unexpected: Vec<String>,
}

struct Line {
    times: usize,
    words: String,
    delay: Duration,
    reply: Reply,
}

enum Reply {
    Http(u16, String),
    Rows(Value),
    Hang,
    Refuse,
}

impl Traffic {
    fn parse(text: &str) -> Result<Traffic, String> {
        let lines: Vec<Line> =
            text.lines().filter(|line| !line.trim().is_empty()).map(Line::parse).collect::<Result<_, _>>()?;
        let seen = Seen { counts: vec![0; lines.len()], unexpected: Vec::new() };
        Ok(Traffic { lines, seen: Mutex::new(seen) })
    }

    fn answer(&self, call: &ScriptedCall) -> (Duration, ScriptedAnswer) {
        let words = format!("{} {}", call.source, call.words.replace('\n', " | "));
        let mut seen = self.seen.lock().expect("no test panics while it holds this");
        let fits = |line: &Line| match line.words.strip_suffix('*') {
            Some(beginning) => words.starts_with(beginning),
            None => words == line.words,
        };
        // Of several lines that fit, each is used up before the next.
        let fitting: Vec<usize> = (0..self.lines.len()).filter(|place| fits(&self.lines[*place])).collect();
        let free = fitting.iter().find(|place| seen.counts[**place] < self.lines[**place].times);
        let Some(place) = free.or(fitting.last()) else {
            seen.unexpected.push(words);
            return (Duration::ZERO, Reply::Refuse.answer());
        };
        seen.counts[*place] += 1;
        let line = &self.lines[*place];
        (line.delay, line.reply.answer())
    }

    fn problems(&self) -> String {
        let mut problems = String::new();
        let seen = self.seen.lock().expect("no test panics while it holds this");
        for words in &seen.unexpected {
            let _ = write!(problems, "\nunexpected call: {words}\n");
        }
        for (line, count) in self.lines.iter().zip(&seen.counts).filter(|(line, count)| line.times != **count) {
            let _ = write!(problems, "\nasked {count} times and not {}: {}\n", line.times, line.words);
        }
        problems
    }
}

impl Line {
    fn parse(line: &str) -> Result<Line, String> {
        let (words, reply) = line.split_once(" => ").ok_or(format!("a call without a reply: {line}"))?;
        let (times, words) = match words.split_once("x ") {
            Some((times, rest)) if times.parse::<usize>().is_ok() => (times.parse().unwrap_or(1), rest),
            _ => (1, words),
        };
        let (delay, reply) = match reply.strip_prefix("after ") {
            Some(rest) => {
                let (delay, reply) = rest.split_once(' ').ok_or(format!("a delay without a reply: {line}"))?;
                (duration(delay)?, reply)
            }
            None => (Duration::ZERO, reply),
        };
        Ok(Line { times, words: words.trim().to_owned(), delay, reply: Reply::parse(reply.trim())? })
    }
}

impl Reply {
    fn parse(text: &str) -> Result<Reply, String> {
        let (kind, rest) = text.split_once(' ').unwrap_or((text, ""));
        match kind {
            "hang" => Ok(Reply::Hang),
            "refuse" => Ok(Reply::Refuse),
            "rows" => Ok(Reply::Rows(Value::from_json(rest).map_err(|error| format!("{rest}: {error}"))?)),
            status => {
                let status = status.parse().map_err(|_| format!("unknown reply: {text}"))?;
                Ok(Reply::Http(status, rest.to_owned()))
            }
        }
    }

    fn answer(&self) -> ScriptedAnswer {
        match self {
            Reply::Http(status, body) => ScriptedAnswer::Http { status: *status, body: body.clone().into() },
            Reply::Rows(rows) => ScriptedAnswer::Rows(rows_of(rows)),
            Reply::Hang => ScriptedAnswer::Hang,
            Reply::Refuse => {
                let secret = Detail::new("connection refused by http://user:secret@internal.example/");
                ScriptedAnswer::Failure(Failure::unsent(Cause::Unavailable(Reason::Connect), secret))
            }
        }
    }
}

/// Rows from a JSON list of objects, all with the columns of the first.
fn rows_of(rows: &Value) -> tributary::source::Rows {
    let Value::List(rows) = rows else { return RowsBuilder::default().finish() };
    let columns: Vec<Box<str>> = match rows.first() {
        Some(Value::Object(fields)) => fields.iter().map(|(name, _)| name.clone()).collect(),
        _ => Vec::new(),
    };
    let mut builder = RowsBuilder::new(columns.clone());
    for row in rows {
        for column in &columns {
            match row.get(column) {
                None | Some(Value::Null) => builder.null(),
                Some(Value::String(text)) => builder.cell(Cell::Plain, |out| out.extend_from_slice(text.as_bytes())),
                Some(value @ (Value::Number(_) | Value::Boolean(_))) => {
                    builder.cell(Cell::Json, |out| value.write_json(out));
                }
                Some(value) => builder.cell(Cell::Document, |out| value.write_json(out)),
            }
        }
    }
    builder.finish()
}

/// JSON in one line, its keys in their order, without what differs from run to run.
fn canonical(text: &str) -> Result<String, String> {
    let mut value = Value::from_json(text).map_err(|error| format!("{error} in {text}"))?;
    leave_out_error_ids(&mut value);
    Ok(value.to_json())
}

fn leave_out_error_ids(value: &mut Value) {
    match value {
        Value::Object(fields) => {
            fields.retain(|(name, _)| &**name != "errorId");
            for (_, value) in fields {
                leave_out_error_ids(value);
            }
        }
        Value::List(items) => items.iter_mut().for_each(leave_out_error_ids),
        Value::Null | Value::Boolean(_) | Value::Number(_) | Value::String(_) | Value::Enum(_) => {}
    }
}

fn duration(text: &str) -> Result<Duration, String> {
    let milliseconds = text.trim().strip_suffix("ms").and_then(|digits| digits.parse().ok());
    milliseconds.map(Duration::from_millis).ok_or(format!("not a number of ms: {text}"))
}
