//! What every directive is read with: the files, the environment, and the mistakes found on the way.

use std::collections::HashMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use apollo_compiler::parser::{FileId, SourceSpan};

use super::literal::Literal;
use super::template_parser::{ParsedPiece, ParsedSlot, Syntax, TemplateMistake, parse_template};
use super::{
    Environment, EnvironmentValue, Mistakes, Root, Severity, Slot, SourceMap, Span, WrittenPiece, WrittenTemplate,
};
use crate::graphql::Value;

/// A place outside every file: that of a definition of our own.
const NOWHERE: Span = Span { file: usize::MAX, start: 0, end: 0 };

/// Reads directives.
pub(super) struct Reader<'a> {
    pub sources: Arc<SourceMap>,
    pub files: &'a HashMap<FileId, usize>,
    pub environment: &'a Environment,
    pub base: &'a Path,
    pub mistakes: Mistakes,
    /// The files that the schema names, whether they are there or not.
    pub named_files: Vec<PathBuf>,
}

impl Reader<'_> {
    /// The place of a node, without the white space that the parser counts to it.
    pub(super) fn span(&self, location: Option<SourceSpan>) -> Span {
        span_of(&self.sources, self.files, location).unwrap_or(NOWHERE)
    }

    /// Cuts a string literal into its pieces and puts the environment in.
    pub(super) fn template(&mut self, text: &str, span: Span, syntax: Syntax) -> WrittenTemplate {
        let literal = Literal::new(&self.sources, span, text);
        let (parsed, mistakes) = parse_template(text, syntax);
        let mut template = WrittenTemplate { pieces: Vec::new(), span, complete: true };
        for TemplateMistake { severity, message, hint, range } in mistakes {
            let place = literal.span_of(&range);
            match severity {
                Severity::Error => {
                    template.complete = false;
                    self.mistakes.error_with_hint(place, message, hint);
                }
                Severity::Warning => self.mistakes.warning(place, message, hint),
            }
        }
        for piece in parsed {
            match piece {
                ParsedPiece::Text(text) => template.pieces.push(WrittenPiece::Text(text)),
                ParsedPiece::Slot(slot) => {
                    let place = literal.span_of(&slot.range);
                    self.push_slot(&mut template, slot, place);
                }
            }
        }
        template
    }

    fn push_slot(&mut self, template: &mut WrittenTemplate, slot: ParsedSlot, span: Span) {
        let ParsedSlot { root, path, default, csv, .. } = slot;
        if root != Root::Environment {
            template.pieces.push(WrittenPiece::Slot(Slot { root, path, default, csv, span }));
            return;
        }
        if csv {
            self.mistakes.error(span, "`|csv` has no meaning for an environment variable");
        }
        let name = path.concat();
        let Some(value) = self.environment.get(&name).map(|text| Value::String(text.into())).or(default) else {
            template.complete = false;
            self.tell_missing_variable(&name, span);
            return;
        };
        template.pieces.push(WrittenPiece::Environment(EnvironmentValue { value, span }));
    }

    fn tell_missing_variable(&mut self, name: &str, span: Span) {
        if !self.environment.is_lenient() {
            let hint = format!("set it, or write a default: `{{env.{name} ?? 'text'}}`");
            self.mistakes.error_with_hint(span, format!("the environment variable `{name}` is not set"), hint);
        }
    }
}

/// Where the parser's locations are in the author's files.
#[derive(Clone, Copy)]
pub(super) struct Places<'a> {
    pub sources: &'a SourceMap,
    pub files: &'a HashMap<FileId, usize>,
}

impl Places<'_> {
    /// The place of a location; nothing for a definition of our own.
    pub(super) fn span(&self, location: Option<SourceSpan>) -> Option<Span> {
        span_of(self.sources, self.files, location)
    }
}

/// The place of a location in the author's files; nothing for a definition of our own.
pub(super) fn span_of(
    sources: &SourceMap,
    files: &HashMap<FileId, usize>,
    location: Option<SourceSpan>,
) -> Option<Span> {
    let location = location?;
    let file = *files.get(&location.file_id())?;
    let span = Span { file, start: location.offset(), end: location.end_offset() };
    let text = sources.text(span);
    let ignored = |character: char| character.is_whitespace() || character == ',' || character == '\u{feff}';
    let start = span.start + (text.len() - text.trim_start_matches(ignored).len());
    let end = span.start + text.trim_end_matches(ignored).len();
    Some(if start < end { Span { start, end, ..span } } else { span })
}
