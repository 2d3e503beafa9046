//! Values as SQLite binds them: it has integers, reals and text. Lists and objects are JSON text, for `json_each`.

use rusqlite::types::Value as SqliteValue;

use super::failure::rejected;
use crate::graphql::Value;
use crate::source::Failure;

/// A value as it is bound.
///
/// # Errors
/// `RejectedInput` for a number that SQLite cannot hold, and for text with U+0000, at which SQLite's functions stop.
pub fn bind(value: &Value) -> Result<SqliteValue, Failure> {
    match value {
        Value::Null => Ok(SqliteValue::Null),
        Value::Boolean(flag) => Ok(SqliteValue::Integer(i64::from(*flag))),
        Value::Number(digits) => number(digits),
        Value::String(text) | Value::Enum(text) if text.contains('\0') => Err(rejected("it holds U+0000")),
        Value::String(text) | Value::Enum(text) => Ok(SqliteValue::Text(text.to_string())),
        Value::List(_) | Value::Object(_) => Ok(SqliteValue::Text(value.to_json())),
    }
}

fn number(digits: &str) -> Result<SqliteValue, Failure> {
    if digits.bytes().all(|byte| byte.is_ascii_digit() || byte == b'-') {
        return digits.parse().map(SqliteValue::Integer).map_err(|_| rejected("an integer of more than 64 bits"));
    }
    match digits.parse::<f64>() {
        Ok(real) if real.is_finite() => Ok(SqliteValue::Real(real)),
        Ok(_) | Err(_) => Err(rejected("a number beyond what a real can hold")),
    }
}

#[cfg(test)]
mod tests {
    use rusqlite::types::Value as SqliteValue;

    use super::bind;
    use crate::graphql::Value;

    #[test]
    fn values_keep_their_kind() {
        for (value, bound) in [
            (Value::Null, SqliteValue::Null),
            (Value::Boolean(true), SqliteValue::Integer(1)),
            (Value::Number("9223372036854775807".into()), SqliteValue::Integer(i64::MAX)),
            (Value::Number("1.5e1".into()), SqliteValue::Real(15.0)),
            (Value::Enum("RED".into()), SqliteValue::Text("RED".into())),
            (Value::List(vec![Value::integer(1), Value::Null]), SqliteValue::Text("[1,null]".into())),
        ] {
            assert_eq!(bind(&value).expect("can be bound"), bound);
        }
    }

    #[test]
    fn what_does_not_fit_is_refused() {
        for value in
            [Value::Number("9223372036854775808".into()), Value::Number("1e400".into()), Value::String("a\0b".into())]
        {
            assert!(bind(&value).is_err(), "{value:?}");
        }
    }
}
