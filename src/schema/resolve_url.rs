//! The path and query of a call, cut at the author's own delimiters before any value is known, so that no value can
//! add one.

use percent_encoding::percent_decode_str;

use super::inputs::{Inputs, Position};
use super::resolve_template::resolve_pieces;
use super::{QueryParameter, Template, UrlTemplate};
use crate::config::{Mistakes, WrittenPiece, WrittenTemplate};

/// Cuts a URL template into segments and parameters; what is malformed is told.
pub(super) fn resolve_url(written: &WrittenTemplate, inputs: &mut Inputs<'_>, mistakes: &mut Mistakes) -> UrlTemplate {
    if let Some((message, hint)) = problem_of(written).filter(|_| written.complete) {
        mistakes.error_with_hint(written.span, message, hint);
    }
    let (path, query) = split_once(&written.pieces, '?');
    let mut url = UrlTemplate::default();
    let segments = split(&path, '/');
    // What stands before the first slash is nothing, or was told.
    for pieces in segments.iter().skip(1) {
        let decoded = decode(pieces, false, written, mistakes);
        if matches!(decoded.as_slice(), [WrittenPiece::Text(text)] if text == "." || text == "..") {
            let hint = "write the path that it leads to".to_owned();
            mistakes.error_with_hint(written.span, "a path has no `.` or `..`", hint);
        }
        url.segments.push(resolve_pieces(&decoded, Position::Segment, inputs, mistakes));
    }
    for pieces in query.iter().flat_map(|query| split(query, '&')).filter(|pieces| !pieces.is_empty()) {
        url.query.extend(parameter(&pieces, written, inputs, mistakes));
    }
    url
}

fn parameter(
    pieces: &[WrittenPiece],
    written: &WrittenTemplate,
    inputs: &mut Inputs<'_>,
    mistakes: &mut Mistakes,
) -> Option<QueryParameter> {
    let (name, value) = split_once(pieces, '=');
    let name = decode(&name, true, written, mistakes);
    let Some(name) = text_of(&name).filter(|name| !name.is_empty()) else {
        let hint = "write the name itself: `?name={args.name}`".to_owned();
        mistakes.error_with_hint(written.span, "the name of a query parameter is text", hint);
        return None;
    };
    let value = decode(&value.unwrap_or_default(), true, written, mistakes);
    let value: Template = resolve_pieces(&value, Position::QueryValue, inputs, mistakes);
    inputs.check_batch_alone(&value, written.span, mistakes);
    Some(QueryParameter { name: name.into(), value })
}

/// The text of pieces that hold nothing of a request.
fn text_of(pieces: &[WrittenPiece]) -> Option<String> {
    let text = |piece: &'_ WrittenPiece| match piece {
        WrittenPiece::Text(text) => Some(text.clone()),
        WrittenPiece::Environment(known) => known.value.as_text().map(str::to_owned),
        WrittenPiece::Slot(_) => None,
    };
    pieces.iter().map(text).collect()
}

/// What is wrong with the URL as a whole.
fn problem_of(written: &WrittenTemplate) -> Option<(&'static str, String)> {
    const NO_SLASH: &str = "a call's URL starts with `/`";
    let start = match written.pieces.first() {
        None => "",
        Some(WrittenPiece::Text(text)) => text,
        Some(WrittenPiece::Environment(_)) => {
            let hint = "`{env.…}` is one segment of a path; a prefix is part of the source's URL";
            return Some((NO_SLASH, hint.to_owned()));
        }
        Some(WrittenPiece::Slot(_)) => return Some((NO_SLASH, format!("write `/{}`", shown(written)))),
    };
    let scheme = start.split_once("://").map(|(scheme, _)| scheme);
    if start.starts_with("//") || scheme.is_some_and(|scheme| !scheme.contains(['/', '?'])) {
        let path = start.split_once("//").and_then(|(_, rest)| rest.split_once('/')).map_or("", |(_, path)| path);
        let hint = format!("scheme and host are the source's; write what is below them: `/{path}`");
        return Some(("a call's URL starts with a path", hint));
    }
    if written.authors_text().contains('#') {
        return Some(("a fragment (`#`) is never sent", "write `%23` for a plain `#`".to_owned()));
    }
    let is_below = start.is_empty() || start.starts_with(['/', '?']);
    (!is_below).then(|| (NO_SLASH, format!("write `/{}`", shown(written))))
}

/// The URL as it was written, but for what the environment brought.
fn shown(written: &WrittenTemplate) -> String {
    let pieces = written.pieces.iter().map(|piece| match piece {
        WrittenPiece::Text(text) => text.clone(),
        WrittenPiece::Environment(_) => "{env.…}".to_owned(),
        WrittenPiece::Slot(slot) => slot.name(),
    });
    pieces.collect()
}

/// Undoes the author's percent-encoding, so that everything can be encoded once when it is sent.
fn decode(
    pieces: &[WrittenPiece],
    plus_is_space: bool,
    written: &WrittenTemplate,
    mistakes: &mut Mistakes,
) -> Vec<WrittenPiece> {
    let mut decoded = Vec::new();
    for piece in pieces {
        match piece {
            WrittenPiece::Slot(_) | WrittenPiece::Environment(_) => decoded.push(piece.clone()),
            WrittenPiece::Text(text) => {
                let text = if plus_is_space { text.replace('+', " ") } else { text.clone() };
                let plain = percent_decode_str(&text).decode_utf8().ok().filter(|_| escapes_are_whole(&text));
                if plain.is_none() {
                    mistakes.error_with_hint(
                        written.span,
                        "this URL has a `%` that encodes nothing",
                        "write `%25` for a plain `%`".to_owned(),
                    );
                }
                decoded.push(WrittenPiece::Text(plain.unwrap_or_default().into_owned()));
            }
        }
    }
    decoded
}

fn escapes_are_whole(text: &str) -> bool {
    text.match_indices('%').all(|(at, _)| {
        text.get(at + 1..at + 3).is_some_and(|digits| digits.bytes().all(|byte| byte.is_ascii_hexdigit()))
    })
}

/// Cuts pieces at each delimiter in their texts.
fn split(pieces: &[WrittenPiece], delimiter: char) -> Vec<Vec<WrittenPiece>> {
    let mut parts = Vec::new();
    let mut rest = pieces.to_vec();
    loop {
        let (first, more) = split_once(&rest, delimiter);
        parts.push(first);
        match more {
            Some(more) => rest = more,
            None => return parts,
        }
    }
}

/// Cuts pieces at the first delimiter in their texts.
fn split_once(pieces: &[WrittenPiece], delimiter: char) -> (Vec<WrittenPiece>, Option<Vec<WrittenPiece>>) {
    for (place, piece) in pieces.iter().enumerate() {
        let WrittenPiece::Text(text) = piece else { continue };
        let Some((before, after)) = text.split_once(delimiter) else { continue };
        let keep = |text: &str| (!text.is_empty()).then(|| WrittenPiece::Text(text.to_owned()));
        let first = pieces.iter().take(place).cloned().chain(keep(before)).collect();
        let second = keep(after).into_iter().chain(pieces.iter().skip(place + 1).cloned()).collect();
        return (first, Some(second));
    }
    (pieces.to_vec(), None)
}
