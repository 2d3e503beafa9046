//! Values of the schema definition language as text, as `__InputValue.defaultValue` has it (specification, section
//! 4.2.6): in the form that the reference implementation prints.

use std::fmt::Write as _;

use apollo_compiler::ast::Value;

/// The text of a literal.
pub(super) fn print_literal(value: &Value) -> String {
    let mut out = String::new();
    write_literal(value, &mut out);
    out
}

fn write_literal(value: &Value, out: &mut String) {
    match value {
        Value::String(text) => write_text(text, out),
        Value::List(items) => {
            out.push('[');
            for (place, item) in items.iter().enumerate() {
                out.push_str(if place == 0 { "" } else { ", " });
                write_literal(item, out);
            }
            out.push(']');
        }
        Value::Object(fields) => {
            out.push('{');
            for (place, (name, value)) in fields.iter().enumerate() {
                let _ = write!(out, "{}{name}: ", if place == 0 { "" } else { ", " });
                write_literal(value, out);
            }
            out.push('}');
        }
        Value::Null | Value::Enum(_) | Value::Variable(_) | Value::Float(_) | Value::Int(_) | Value::Boolean(_) => {
            let _ = write!(out, "{value}");
        }
    }
}

/// A quoted string whose control characters are escaped (specification, section 2.9.4).
fn write_text(text: &str, out: &mut String) {
    out.push('"');
    for character in text.chars() {
        match character {
            '"' => out.push_str("\\\""),
            '\\' => out.push_str("\\\\"),
            '\u{8}' => out.push_str("\\b"),
            '\u{c}' => out.push_str("\\f"),
            '\n' => out.push_str("\\n"),
            '\r' => out.push_str("\\r"),
            '\t' => out.push_str("\\t"),
            control if control.is_control() => {
                let _ = write!(out, "\\u{:04X}", u32::from(control));
            }
            other => out.push(other),
        }
    }
    out.push('"');
}
