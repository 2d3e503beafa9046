//! A template as it was written: text, and slots that name a root and a path. `{env.X}` is text already. Whether a slot
//! names anything is not known here.

use super::Span;
use crate::graphql::Value;

/// Text with slots in it.
#[derive(Debug, Clone)]
pub struct WrittenTemplate {
    /// The parts in order; no two texts stand side by side.
    pub pieces: Vec<WrittenPiece>,
    /// The whole string, quotes included.
    pub span: Span,
    /// Whether it is right as far as can be seen: nothing malformed, and no environment variable missing.
    pub complete: bool,
}

/// A part of a template.
#[derive(Debug, Clone)]
pub enum WrittenPiece {
    /// Text as it is.
    Text(String),
    /// A value to come.
    Slot(Slot),
}

/// `{root.path ?? default|csv}`.
#[derive(Debug, Clone)]
pub struct Slot {
    /// Where the value comes from.
    pub root: Root,
    /// The names behind the root. Never empty.
    pub path: Vec<String>,
    /// What stands in for a missing value.
    pub default: Option<Value>,
    /// Whether `|csv` was written.
    pub csv: bool,
    /// From brace to brace.
    pub span: Span,
}

/// Where the value of a slot comes from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Root {
    /// Arguments of the field.
    Arguments,
    /// Fields of the parent.
    Parent,
    /// A field of all parents at once.
    Batch,
    /// Headers of the client.
    Headers,
    /// Claims of the token.
    Claims,
    /// The process's environment.
    Environment,
}

impl Root {
    /// Every root.
    pub const ALL: [Root; 6] =
        [Root::Arguments, Root::Parent, Root::Batch, Root::Headers, Root::Claims, Root::Environment];

    /// As it is written.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Root::Arguments => "args",
            Root::Parent => "parent",
            Root::Batch => "batch",
            Root::Headers => "headers",
            Root::Claims => "claims",
            Root::Environment => "env",
        }
    }

    /// The root of that name.
    #[must_use]
    pub fn named(name: &str) -> Option<Root> {
        Root::ALL.into_iter().find(|root| root.name() == name)
    }
}

impl WrittenTemplate {
    /// The slots in order.
    pub fn slots(&self) -> impl Iterator<Item = &Slot> {
        self.pieces.iter().filter_map(|piece| match piece {
            WrittenPiece::Slot(slot) => Some(slot),
            WrittenPiece::Text(_) => None,
        })
    }

    /// The text of a template without slots; slots are left out.
    #[must_use]
    pub fn text(&self) -> String {
        let texts = self.pieces.iter().map(|piece| match piece {
            WrittenPiece::Text(text) => text.as_str(),
            WrittenPiece::Slot(_) => "",
        });
        texts.collect()
    }
}

impl Slot {
    /// As it was written, without default.
    #[must_use]
    pub fn name(&self) -> String {
        format!("{{{}.{}}}", self.root.name(), self.path.join("."))
    }
}
