//! From what a client sent to a [`Request`]: the parameters of GraphQL over HTTP, in a JSON body or in a URL. Whether
//! the document means anything is found out in `operation`.

use std::time::Duration;

use axum::http::{HeaderMap, HeaderValue};
use percent_encoding::percent_decode_str;

use super::refusal::Refusal;
use crate::graphql::{Headers, Request, Value};

/// How long a client is ready to wait, in whole milliseconds.
const TIMEOUT_HEADER: &str = "x-request-timeout-ms";

/// Asks what was fetched, and when.
const TRACE_HEADER: &str = "x-tributary-trace";

/// Asks for the plan in place of the data; its value is how many items each list is taken to have.
const EXPLAIN_HEADER: &str = "x-tributary-explain";

/// What some programs put before a text; a reader of JSON may pass over it (RFC 8259, section 8.1).
const BYTE_ORDER_MARK: &[u8] = b"\xef\xbb\xbf";

/// Reads the parameters of a POST, without headers to pass on. Unknown keys are ignored: they are reserved for what is to come. `extensions` must be
/// an object and is not used yet.
pub(super) fn read_json(body: &[u8], headers: &HeaderMap) -> Result<Request, Refusal> {
    let fields = match read_value(body.strip_prefix(BYTE_ORDER_MARK).unwrap_or(body), "the body")? {
        Value::Object(fields) => fields,
        Value::List(_) => return Err(Refusal::malformed("batches are not accepted")),
        _ => return Err(Refusal::malformed("the body must be a JSON object with a `query`")),
    };
    let mut parameters = Parameters::default();
    for (name, value) in fields {
        parameters.set(&name, value)?;
    }
    parameters.finish(headers)
}

/// Reads the parameters of a GET; only queries may be executed by it. A URL cannot say null, so an empty value is none,
/// but for the document's.
pub(super) fn read_url(query: &str, headers: &HeaderMap) -> Result<Request, Refusal> {
    let mut parameters = Parameters::default();
    for pair in query.split('&').filter(|pair| !pair.is_empty()) {
        let (name, text) = pair.split_once('=').unwrap_or((pair, ""));
        let (name, text) = (decode(name)?, decode(text)?);
        let value = match name.as_str() {
            "operationName" | "variables" | "extensions" if text.is_empty() => Value::Null,
            "variables" | "extensions" => read_value(text.as_bytes(), &format!("`{name}`"))?,
            _ => Value::String(text.into()),
        };
        parameters.set(&name, value)?;
    }
    Ok(Request { read_only: true, ..parameters.finish(headers)? })
}

/// The parameters so far; of two with one name the last one counts.
#[derive(Default)]
struct Parameters {
    query: Option<String>,
    operation_name: Option<String>,
    variables: Option<Value>,
}

impl Parameters {
    fn set(&mut self, name: &str, value: Value) -> Result<(), Refusal> {
        match (name, value) {
            ("query", Value::String(text)) => self.query = Some(text.into()),
            ("query", Value::Null) => self.query = None,
            ("query", _) => return Err(Refusal::malformed("`query` must be a string")),
            ("operationName", Value::String(text)) => self.operation_name = Some(text.into()),
            ("operationName", Value::Null) => self.operation_name = None,
            ("operationName", _) => return Err(Refusal::malformed("`operationName` must be a string")),
            ("variables", value @ Value::Object(_)) => self.variables = Some(value),
            ("variables", Value::Null) => self.variables = None,
            ("variables", _) => return Err(Refusal::malformed("`variables` must be an object")),
            ("extensions", Value::Object(_) | Value::Null) => {}
            ("extensions", _) => return Err(Refusal::malformed("`extensions` must be an object")),
            _ => {}
        }
        Ok(())
    }

    fn finish(self, headers: &HeaderMap) -> Result<Request, Refusal> {
        Ok(Request {
            query: self.query.ok_or_else(|| Refusal::malformed("`query` is missing"))?,
            operation_name: self.operation_name,
            variables: self.variables,
            timeout: read_timeout(headers)?,
            headers: Headers::default(),
            read_only: false,
            trace: headers.get(TRACE_HEADER).is_some_and(|value| value == "1"),
            explain: headers.get(EXPLAIN_HEADER).map(items).transpose()?,
        })
    }
}

/// How many items a list is taken to have. What is no such number is refused: whoever wants a plan wants nothing executed.
fn items(value: &HeaderValue) -> Result<u64, Refusal> {
    let number = value.to_str().ok().and_then(|text| text.trim().parse().ok());
    let refused =
        || Refusal::malformed(format!("`{EXPLAIN_HEADER}` is how many items each list is taken to have, such as 100"));
    number.ok_or_else(refused)
}

fn read_value(text: &[u8], what: &str) -> Result<Value, Refusal> {
    let text = std::str::from_utf8(text).map_err(|error| {
        let place = error.valid_up_to();
        Refusal::malformed(format!("{what} is not UTF-8 at byte {place}"))
    })?;
    Value::from_json(text).map_err(|error| Refusal::malformed(format!("{what} is {error}")))
}

/// A name or value of a form-encoded pair.
fn decode(text: &str) -> Result<String, Refusal> {
    let spaced = text.replace('+', " ");
    match percent_decode_str(&spaced).decode_utf8() {
        Ok(decoded) => Ok(decoded.into_owned()),
        Err(_) => Err(Refusal::malformed("the URL is not UTF-8")),
    }
}

/// A value that is no number is refused: whoever sends it believes that it bounds something.
fn read_timeout(headers: &HeaderMap) -> Result<Option<Duration>, Refusal> {
    let Some(value) = headers.get(TIMEOUT_HEADER) else { return Ok(None) };
    let milliseconds = value.to_str().ok().and_then(|text| text.trim().parse().ok());
    match milliseconds {
        Some(milliseconds) => Ok(Some(Duration::from_millis(milliseconds))),
        None => Err(Refusal::malformed(format!("`{TIMEOUT_HEADER}` must be a whole number of milliseconds"))),
    }
}

/// Every header that is text. One that is not could not be passed on unchanged.
pub(super) fn read_headers(headers: &HeaderMap) -> Headers {
    let text = headers.iter().filter_map(|(name, value)| {
        let value = std::str::from_utf8(value.as_bytes()).ok()?;
        Some((name.as_str().into(), value.into()))
    });
    Headers(text.collect())
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use axum::http::{HeaderMap, HeaderValue};

    use super::{read_json, read_url};

    #[test]
    fn a_body_is_read() {
        let body = br#"{"query":"{a}","operationName":"","variables":{"n":9007199254740993},"other":[1]}"#;
        let request = read_json(body, &HeaderMap::new()).expect("well-formed");
        // An empty name is a name, which no operation has.
        assert_eq!(request.operation_name.as_deref(), Some(""));
        assert_eq!((request.query.as_str(), request.read_only), ("{a}", false));
        assert_eq!(request.variables.expect("given").to_json(), r#"{"n":9007199254740993}"#);
    }

    #[test]
    fn a_url_is_read() {
        let query = "query=query+A($n:Int){a}&operationName=A&variables=%7B%22n%22%3A1%7D&extensions=";
        let request = read_url(query, &HeaderMap::new()).expect("well-formed");
        assert_eq!(request.query, "query A($n:Int){a}");
        assert_eq!(request.operation_name.as_deref(), Some("A"));
        assert_eq!(request.variables.expect("given").to_json(), r#"{"n":1}"#);
        assert!(request.read_only);
        let request = read_url("query={a}&operationName=", &HeaderMap::new()).expect("well-formed");
        assert_eq!(request.operation_name, None);
    }

    #[test]
    fn of_two_keys_the_last_one_counts_and_a_mark_before_the_text_for_nothing() {
        let body = "\u{feff}{\"query\":\"{a}\",\"query\":\"{b}\",\"variables\":{\"n\":1,\"n\":2}}";
        let request = read_json(body.as_bytes(), &HeaderMap::new()).expect("well-formed");
        assert_eq!(request.query, "{b}");
        assert_eq!(request.variables.expect("given").to_json(), r#"{"n":2}"#);
        let request = read_url("query={a}&query={b}", &HeaderMap::new()).expect("well-formed");
        assert_eq!(request.query, "{b}");
        assert!(read_json("\u{feff}\u{feff}{}".as_bytes(), &HeaderMap::new()).is_err());
    }

    #[test]
    fn what_is_not_well_formed_is_refused() {
        for body in [
            "",
            "{",
            "null",
            "[]",
            "[{\"query\":\"{a}\"}]",
            "{}",
            r#"{"query":1}"#,
            r#"{"query":"{a}","variables":[]}"#,
            r#"{"query":"{a}","operationName":{}}"#,
            r#"{"query":"{a}","extensions":1}"#,
            "{\"query\":\"\\ud800\"}",
        ] {
            assert!(read_json(body.as_bytes(), &HeaderMap::new()).is_err(), "{body}");
        }
        for query in ["", "query=%FF", "query={a}&variables={", "query={a}&variables=1"] {
            assert!(read_url(query, &HeaderMap::new()).is_err(), "{query}");
        }
    }

    #[test]
    fn a_client_says_how_long_it_waits() {
        let timeout = |value: &'static str| {
            let headers = HeaderMap::from_iter([(
                "x-request-timeout-ms".parse().expect("a name"),
                HeaderValue::from_static(value),
            )]);
            read_json(br#"{"query":"{a}"}"#, &headers).map(|request| request.timeout)
        };
        assert_eq!(timeout("250").expect("a number"), Some(Duration::from_millis(250)));
        for bad in ["", "-1", "1.5", "soon", "99999999999999999999"] {
            assert!(timeout(bad).is_err(), "{bad}");
        }
    }
}
