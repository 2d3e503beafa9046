//! The grammar of executable documents (specification, sections 2.1 to 2.12), read for two things that apollo-compiler's
//! parser does not tell: the first place where a document stops being one, as the reference implementation has it, and
//! where that is which the parser does not take, descriptions and some commas. No tree is made here; that is the parser's.

mod descriptions;
mod grammar;
mod lexer;
mod numbers;
mod strings;
mod token;
mod type_system;

pub(super) use descriptions::Descriptions;
pub(super) use grammar::read;
pub(super) use lexer::Lexer;
pub(super) use token::{SyntaxError, TokenKind};
