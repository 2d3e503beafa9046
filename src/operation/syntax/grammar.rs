//! The order of tokens, one method for each production of the grammar that has one. Where a token cannot stand is its
//! place, and of several such the first. Definitions of a type system end the reading: what is wrong behind one is apollo-compiler's to tell.

use std::ops::Range;

use super::descriptions::Descriptions;
use super::lexer::Lexer;
use super::token::{SyntaxError, Token, TokenKind, quoted};
use super::type_system::note_behind;
use crate::graphql::MAX_DEPTH;

/// Reads a document, levels within each other up to a limit.
///
/// # Errors
/// The first place where it is none.
pub(in crate::operation) fn read(text: &str, max_depth: usize) -> Result<Descriptions, SyntaxError> {
    let mut lexer = Lexer::from(text, 0);
    let token = lexer.next()?;
    let descriptions = Descriptions::default();
    let mut reader = Reader { text, lexer, token, left: max_depth, left_in_value: MAX_DEPTH, descriptions };
    loop {
        let start = reader.token.range.start;
        let then = reader.definition()?;
        if then == Then::Stop {
            note_behind(text, start, &mut reader.descriptions);
        }
        if then == Then::Stop || reader.token.kind == TokenKind::End {
            return Ok(reader.descriptions);
        }
    }
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
    /// The same, of the value that is read.
    left_in_value: u32,
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
        let end = self.token.range.end;
        self.name()?;
        if self.token.kind == TokenKind::Sign(':') {
            self.descriptions.blank_commas(self.text, end..self.token.range.start);
            self.advance()?;
            self.name()?;
        }
        self.arguments(Variables::Allowed)?;
        self.directives(Variables::Allowed)?;
        if self.token.kind == TokenKind::Sign('{') { self.selection_set() } else { Ok(()) }
    }

    /// A fragment spread or an inline fragment.
    fn spread(&mut self) -> Result<(), SyntaxError> {
        let dots = self.token.range.end;
        self.advance()?;
        self.descriptions.blank_commas(self.text, dots..self.token.range.start);
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
            TokenKind::Sign('[') => self.deeper_in_value(|reader| {
                reader.advance()?;
                reader.any(']', |reader| reader.value(variables))
            }),
            TokenKind::Sign('{') => self.deeper_in_value(|reader| {
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

    /// Reads what stands one level deeper in a value; values in JSON have no more levels.
    fn deeper_in_value(&mut self, read: impl FnOnce(&mut Self) -> Result<(), SyntaxError>) -> Result<(), SyntaxError> {
        if self.left_in_value == 0 {
            return Err(SyntaxError::ValueTooDeep(self.token.range.start));
        }
        self.left_in_value -= 1;
        self.deeper(read)?;
        self.left_in_value += 1;
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

#[cfg(test)]
mod tests {
    use super::{SyntaxError, read};

    /// The places are those of graphql-js 17.1.
    #[test]
    fn the_first_place_where_a_document_is_none() {
        for (text, expected) in [
            ("{a}", None),
            (
                "query Q($x:[Int!]!=[1]@d,\"e\"$y:B){a}fragment F on Q@d{b:a(c:{d:[$e,1.5e-3,\"\\u{1F600}\\ud83d\\ude00\",null]})...F...on Q@d{a}...@d{a}...{a}}",
                None,
            ),
            ("", Some(0)),
            ("{", Some(1)),
            ("{}", Some(1)),
            ("{a(}", Some(3)),
            ("{a()}", Some(3)),
            ("{a{}}", Some(3)),
            ("{a(b)}", Some(4)),
            ("{a(b:{c})}", Some(7)),
            ("{a(b:{c:1 d})}", Some(11)),
            ("{a(b:$)}", Some(6)),
            ("query($x:Int=$y){a}", Some(13)),
            ("query($x:Int=[{a:$}]){a}", Some(17)),
            ("query(x:Int){a}", Some(6)),
            ("query($x){a}", Some(8)),
            ("fragment on on Q{a}", Some(9)),
            ("fragment F of Q{a}", Some(11)),
            ("{...on}", Some(6)),
            ("{...on Q}", Some(8)),
            ("{a:}", Some(3)),
            ("a", Some(0)),
            ("query Q", Some(7)),
            ("\"d\"{a}", Some(0)),
            ("\"d\" a{b}", Some(0)),
            ("\"d\" extend type A{b}", Some(0)),
            ("\"d\" 1", Some(4)),
            ("{a \"d\" b}", Some(3)),
            ("{\"d\" a}", Some(1)),
            ("{a(b:\"\\q\")}", Some(6)),
            ("{a(b:\"\\u12\")}", Some(6)),
            ("{a(b:\"\\ud83d\")}", Some(6)),
            ("{a(b:\"\\u{110000}\")}", Some(6)),
            ("{a(b:\"x)}\n", Some(9)),
            ("{a(b:\"\"\"x)}\n", Some(12)),
            ("{a(b:01)}", Some(6)),
            ("{a(b:-)}", Some(6)),
            ("{a(b:1.)}", Some(7)),
            ("{a(b:1e)}", Some(7)),
            ("{a(b:1x)}", Some(6)),
            ("{a(b:.5)}", Some(5)),
            ("{..a}", Some(1)),
            ("{a.b}", Some(2)),
            ("{a(b:'c')}", Some(5)),
            ("{a?}", Some(2)),
            ("{é}", Some(1)),
            ("{a}}", Some(3)),
            ("#", Some(1)),
            ("\u{feff}{a}", None),
        ] {
            let place = match read(text, 200) {
                Ok(_) => None,
                Err(SyntaxError::Wrong(place, message)) => {
                    assert!(!message.contains('\n'), "{message}");
                    Some(place)
                }
                Err(SyntaxError::TooDeep(place) | SyntaxError::ValueTooDeep(place)) => {
                    panic!("{text} is not deep at {place}")
                }
            };
            assert_eq!(place, expected, "{text}");
        }
    }

    #[test]
    fn levels_are_counted_through_everything_that_nests() {
        let nested = |levels| "{a".repeat(levels) + &"}".repeat(levels);
        assert!(read(&nested(200), 200).is_ok() && read(&nested(201), 200).is_err());
        for text in ["{a".repeat(300), format!("query($a:{}", "[".repeat(300)), "{a".repeat(198) + "(b:[[["] {
            assert!(matches!(read(&text, 200), Err(SyntaxError::TooDeep(_))), "{text}");
        }
        let value = |pairs: usize| format!("{{a(b:{}[]{})}}", "[{c:".repeat(pairs), "}]".repeat(pairs));
        assert!(read(&value(63), 200).is_ok());
        assert_eq!(read(&value(64), 200).err(), Some(SyntaxError::ValueTooDeep(5 + 4 * 64)));
    }

    #[test]
    fn descriptions_are_blanked_and_definitions_begin_with_them() {
        let text = "\"é\" query(\"\"\"b\n\"\"\"$x:Int){a(b:\"c\")}";
        let descriptions = read(text, 200).expect("a document");
        let blanked = descriptions.blanked(text);
        assert_eq!(
            blanked,
            format!("{}query({}\n{}$x:Int){{a(b:\"c\")}}", " ".repeat(5), " ".repeat(4), " ".repeat(3))
        );
        let place = |what: &str| blanked.find(what).expect("it is there");
        assert_eq!((descriptions.start_of(place("query")), descriptions.start_of(place("$x"))), (0, 11));
        assert_eq!(descriptions.start_of(place("{a")), place("{a"));
    }

    #[test]
    fn what_the_parser_does_not_take_is_blanked_where_it_stands() {
        for (text, expected) in [
            ("{...,F}", "{... F}"),
            ("{a,\n,:,b(x,:,1)c,d,:e}", "{a \n :,b(x,:,1)c,d :e}"),
            ("{...\u{feff},,on A{a,b}}", "{...     on A{a,b}}"),
            ("{... #,é\r\n @d{...,{a}}}", "{...     \r\n @d{... {a}}}"),
            ("\"d\" query{...,F ...F,}", "    query{... F ...F,}"),
            (
                "\"k\" type A{a(x:Int=\"q\"):Int} \"d\"query(\"v\"$x:[B!]=[\"s\"]){...,F a(x:\"q\"y:[\"q\" $x])}",
                "\"k\" type A{a(x:Int=\"q\"):Int}    query(   $x:[B!]=[\"s\"]){... F a(x:\"q\"y:[\"q\" $x])}",
            ),
            ("query{a}extend type A \"\"\"d\n\"\"\"fragment F on", "query{a}extend type A     \n   fragment F on"),
            ("{a,b}\"k\",type,A{b,:C}extend,type A", "{a,b}\"k\" type A{b :C}extend type A"),
        ] {
            let blanked = read(text, 200).expect("a document").blanked(text);
            assert_eq!(blanked, expected, "{text}");
        }
    }
}
