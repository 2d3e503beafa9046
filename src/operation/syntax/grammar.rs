//! The order of tokens, one method for each production of the grammar that has one. Where a token cannot stand is its
//! place, and of several such the first. Definitions of a type system end the reading: what is behind one is apollo-compiler's.

use std::ops::Range;

use super::descriptions::Descriptions;
use super::lexer::Lexer;
use super::token::{SyntaxError, Token, TokenKind, quoted};

/// Reads a document, levels within each other up to a limit.
///
/// # Errors
/// The first place where it is none.
pub(in crate::operation) fn read(text: &str, max_depth: usize) -> Result<Descriptions, SyntaxError> {
    let mut lexer = Lexer::from(text, 0);
    let token = lexer.next()?;
    let mut reader = Reader { text, lexer, token, left: max_depth, descriptions: Descriptions::default() };
    while reader.definition()? == Then::GoOn && reader.token.kind != TokenKind::End {}
    Ok(reader.descriptions)
}

/// What follows a definition.
#[derive(PartialEq, Eq)]
enum Then {
    GoOn,
    Stop,
}

/// Whether variables may stand in a value.
#[derive(Clone, Copy)]
enum Variables {
    Allowed,
    Forbidden,
}

struct Reader<'t> {
    text: &'t str,
    lexer: Lexer<'t>,
    token: Token,
    /// Levels that may still be opened.
    left: usize,
    descriptions: Descriptions,
}

impl Reader<'_> {
    fn definition(&mut self) -> Result<Then, SyntaxError> {
        let description = self.description()?;
        match (self.token.kind, self.word()) {
            (TokenKind::Sign('{'), _) => match description {
                None => self.selection_set()?,
                Some(range) => {
                    return Err(SyntaxError::at(range.start, "a description does not stand before a shorthand query"));
                }
            },
            (TokenKind::Name, "query" | "mutation" | "subscription") => {
                self.note(description);
                self.operation()?;
            }
            (TokenKind::Name, "fragment") => {
                self.note(description);
                self.fragment()?;
            }
            (
                TokenKind::Name,
                "schema" | "scalar" | "type" | "interface" | "union" | "enum" | "input" | "directive",
            ) => return Ok(Then::Stop),
            (TokenKind::Name, "extend") if description.is_none() => return Ok(Then::Stop),
            (TokenKind::Name, _) if description.is_some() => {
                let start = description.map_or(0, |range| range.start);
                return Err(SyntaxError::at(start, "a description stands before definitions only"));
            }
            _ => return Err(self.expected("a definition")),
        }
        Ok(Then::GoOn)
    }

    fn operation(&mut self) -> Result<(), SyntaxError> {
        self.advance()?;
        if self.token.kind == TokenKind::Name {
            self.advance()?;
        }
        if self.takes('(')? {
            self.many(')', Reader::variable_definition)?;
        }
        self.directives(Variables::Allowed)?;
        self.selection_set()
    }

    fn fragment(&mut self) -> Result<(), SyntaxError> {
        self.advance()?;
        if self.word() == "on" {
            return Err(self.expected("the name of a fragment"));
        }
        self.name()?;
        if self.word() != "on" {
            return Err(self.expected("\"on\""));
        }
        self.advance()?;
        self.name()?;
        self.directives(Variables::Allowed)?;
        self.selection_set()
    }

    fn variable_definition(&mut self) -> Result<(), SyntaxError> {
        let description = self.description()?;
        self.note(description);
        self.sign('$')?;
        self.name()?;
        self.sign(':')?;
        self.type_()?;
        if self.takes('=')? {
            self.value(Variables::Forbidden)?;
        }
        self.directives(Variables::Forbidden)
    }

    fn type_(&mut self) -> Result<(), SyntaxError> {
        if self.token.kind == TokenKind::Sign('[') {
            self.deeper(|reader| {
                reader.advance()?;
                reader.type_()?;
                reader.sign(']')
            })?;
        } else {
            self.name()?;
        }
        self.takes('!').map(drop)
    }

    fn selection_set(&mut self) -> Result<(), SyntaxError> {
        self.deeper(|reader| {
            reader.sign('{')?;
            reader.many('}', Reader::selection)
        })
    }

    fn selection(&mut self) -> Result<(), SyntaxError> {
        if self.token.kind == TokenKind::Spread {
            return self.spread();
        }
        self.name()?;
        if self.takes(':')? {
            self.name()?;
        }
        self.arguments(Variables::Allowed)?;
        self.directives(Variables::Allowed)?;
        if self.token.kind == TokenKind::Sign('{') { self.selection_set() } else { Ok(()) }
    }

    /// A fragment spread or an inline fragment.
    fn spread(&mut self) -> Result<(), SyntaxError> {
        self.advance()?;
        if self.token.kind == TokenKind::Name && self.word() != "on" {
            self.advance()?;
            return self.directives(Variables::Allowed);
        }
        if self.word() == "on" {
            self.advance()?;
            self.name()?;
        }
        self.directives(Variables::Allowed)?;
        self.selection_set()
    }

    fn directives(&mut self, variables: Variables) -> Result<(), SyntaxError> {
        while self.takes('@')? {
            self.name()?;
            self.arguments(variables)?;
        }
        Ok(())
    }

    fn arguments(&mut self, variables: Variables) -> Result<(), SyntaxError> {
        if self.takes('(')? {
            self.many(')', |reader| reader.named_value(variables))?;
        }
        Ok(())
    }

    /// An argument, or a field of an input object.
    fn named_value(&mut self, variables: Variables) -> Result<(), SyntaxError> {
        self.name()?;
        self.sign(':')?;
        self.value(variables)
    }

    fn value(&mut self, variables: Variables) -> Result<(), SyntaxError> {
        match self.token.kind {
            TokenKind::Sign('[') => self.deeper(|reader| {
                reader.advance()?;
                reader.any(']', |reader| reader.value(variables))
            }),
            TokenKind::Sign('{') => self.deeper(|reader| {
                reader.advance()?;
                reader.any('}', |reader| reader.named_value(variables))
            }),
            TokenKind::Number | TokenKind::Text | TokenKind::Name => self.advance(),
            TokenKind::Sign('$') => self.variable(variables),
            TokenKind::Sign(_) | TokenKind::Spread | TokenKind::End => Err(self.expected("a value")),
        }
    }

    fn variable(&mut self, variables: Variables) -> Result<(), SyntaxError> {
        let dollar = self.token.range.start;
        self.advance()?;
        match variables {
            Variables::Allowed => self.name(),
            Variables::Forbidden if self.token.kind == TokenKind::Name => {
                let name = quoted(&format!("${}", self.word()));
                Err(SyntaxError::at(dollar, format!("a constant value has no variable, found {name}")))
            }
            Variables::Forbidden => Err(SyntaxError::at(dollar, "expected a value, found \"$\"")),
        }
    }

    fn description(&mut self) -> Result<Option<Range<usize>>, SyntaxError> {
        if self.token.kind != TokenKind::Text {
            return Ok(None);
        }
        let range = self.token.range.clone();
        self.advance()?;
        Ok(Some(range))
    }

    /// Notes the description of what begins with the token that stands here.
    fn note(&mut self, description: Option<Range<usize>>) {
        if let Some(range) = description {
            self.descriptions.note(range, self.token.range.start);
        }
    }

    /// One or more, until a sign closes them; what opens them was read.
    fn many(
        &mut self,
        close: char,
        mut read: impl FnMut(&mut Self) -> Result<(), SyntaxError>,
    ) -> Result<(), SyntaxError> {
        read(self)?;
        self.any(close, read)
    }

    /// None or more, until a sign closes them.
    fn any(
        &mut self,
        close: char,
        mut read: impl FnMut(&mut Self) -> Result<(), SyntaxError>,
    ) -> Result<(), SyntaxError> {
        while !self.takes(close)? {
            read(self)?;
        }
        Ok(())
    }

    /// Reads what stands one level deeper.
    fn deeper(&mut self, read: impl FnOnce(&mut Self) -> Result<(), SyntaxError>) -> Result<(), SyntaxError> {
        if self.left == 0 {
            return Err(SyntaxError::TooDeep(self.token.range.start));
        }
        self.left -= 1;
        read(self)?;
        self.left += 1;
        Ok(())
    }

    fn name(&mut self) -> Result<(), SyntaxError> {
        if self.token.kind == TokenKind::Name { self.advance() } else { Err(self.expected("a name")) }
    }

    fn sign(&mut self, sign: char) -> Result<(), SyntaxError> {
        if self.takes(sign)? { Ok(()) } else { Err(self.expected(&format!("\"{sign}\""))) }
    }

    /// Whether a sign stood here; it was read then.
    fn takes(&mut self, sign: char) -> Result<bool, SyntaxError> {
        let is_here = self.token.kind == TokenKind::Sign(sign);
        if is_here {
            self.advance()?;
        }
        Ok(is_here)
    }

    fn advance(&mut self) -> Result<(), SyntaxError> {
        self.token = self.lexer.next()?;
        Ok(())
    }

    fn word(&self) -> &str {
        self.text.get(self.token.range.clone()).unwrap_or_default()
    }

    fn expected(&self, what: &str) -> SyntaxError {
        SyntaxError::at(self.token.range.start, format!("expected {what}, found {}", self.token.found(self.text)))
    }
}
