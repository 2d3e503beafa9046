//! How property and column names of a source become field names.

/// How property and column names become field names.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Naming {
    /// As they are.
    Exact,
    /// `unitPrice` is `unit_price`.
    SnakeCase,
}

impl Naming {
    /// The naming of that name; a name that is none was told by the validation of the whole document.
    #[must_use]
    pub fn named(name: &str) -> Option<Naming> {
        match name {
            "EXACT" => Some(Naming::Exact),
            "SNAKE_CASE" => Some(Naming::SnakeCase),
            _ => None,
        }
    }

    /// The raw property behind a field's own name.
    #[must_use]
    pub fn property(self, field: &str) -> String {
        match self {
            Naming::Exact => field.to_owned(),
            Naming::SnakeCase => snake_case(field),
        }
    }
}

/// `unitPrice` → `unit_price`, `HTMLUrl` → `html_url`, `line2` → `line2`.
fn snake_case(name: &str) -> String {
    let characters: Vec<char> = name.chars().collect();
    let mut out = String::with_capacity(name.len() + 4);
    for (index, character) in characters.iter().enumerate() {
        let after_lower = index > 0 && !characters[index - 1].is_ascii_uppercase() && characters[index - 1] != '_';
        let ends_acronym = index > 0
            && characters[index - 1].is_ascii_uppercase()
            && characters.get(index + 1).is_some_and(char::is_ascii_lowercase);
        if character.is_ascii_uppercase() && (after_lower || ends_acronym) {
            out.push('_');
        }
        out.push(character.to_ascii_lowercase());
    }
    out
}

#[cfg(test)]
mod tests {
    use super::snake_case;

    #[test]
    fn field_names_become_column_names() {
        for (field, column) in [
            ("unitPrice", "unit_price"),
            ("id", "id"),
            ("HTMLUrl", "html_url"),
            ("line2", "line2"),
            ("already_snake", "already_snake"),
            ("userID", "user_id"),
        ] {
            assert_eq!(snake_case(field), column);
        }
    }
}
