//! A template as it was written: text, the environment's values, and slots that name a root and a path. Whether a slot
//! names anything is not known here.

use std::fmt;

use super::Span;
use crate::graphql::Value;

/// Text with slots in it. It can hold a password, so it is not shown where it is printed.
#[derive(Clone)]
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
    /// `{env.X}`, read when the program started.
    Environment(EnvironmentValue),
    /// A value to come.
    Slot(Slot),
}

/// A value of the environment. It is a value like any other, so no character of it ever counts as the author's text.
#[derive(Clone)]
pub struct EnvironmentValue {
    /// Text, or the default with its own type.
    pub value: Value,
    /// From brace to brace.
    pub span: Span,
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

impl fmt::Debug for WrittenTemplate {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("WrittenTemplate").field("span", &self.span).finish_non_exhaustive()
    }
}

impl fmt::Debug for EnvironmentValue {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("EnvironmentValue").field("span", &self.span).finish_non_exhaustive()
    }
}

impl WrittenTemplate {
    /// The slots in order.
    pub fn slots(&self) -> impl Iterator<Item = &Slot> {
        self.pieces.iter().filter_map(|piece| match piece {
            WrittenPiece::Slot(slot) => Some(slot),
            WrittenPiece::Text(_) | WrittenPiece::Environment(_) => None,
        })
    }

    /// The text of a template without slots, the environment's values in it; slots are left out.
    #[must_use]
    pub fn text(&self) -> String {
        let texts = self.pieces.iter().map(|piece| match piece {
            WrittenPiece::Text(text) => text.as_str(),
            WrittenPiece::Environment(known) => known.value.as_text().unwrap_or_default(),
            WrittenPiece::Slot(_) => "",
        });
        texts.collect()
    }

    /// The author's own text alone.
    #[must_use]
    pub fn authors_text(&self) -> String {
        let texts = self.pieces.iter().map(|piece| match piece {
            WrittenPiece::Text(text) => text.as_str(),
            WrittenPiece::Environment(_) | WrittenPiece::Slot(_) => "",
        });
        texts.collect()
    }

    /// Whether a value of the environment stands in it.
    #[must_use]
    pub fn has_environment(&self) -> bool {
        self.pieces.iter().any(|piece| matches!(piece, WrittenPiece::Environment(_)))
    }

    /// The value of a template without slots: that of the environment where it is nothing else, text otherwise.
    #[must_use]
    pub fn constant(&self) -> Option<Value> {
        match self.pieces.as_slice() {
            [WrittenPiece::Environment(known)] => Some(known.value.clone()),
            _ if self.slots().next().is_some() => None,
            _ => Some(Value::String(self.text().into())),
        }
    }
}

impl Slot {
    /// As it was written, without default.
    #[must_use]
    pub fn name(&self) -> String {
        format!("{{{}.{}}}", self.root.name(), self.path.join("."))
    }
}
