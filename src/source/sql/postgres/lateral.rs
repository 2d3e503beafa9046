//! One statement for many keys, whatever statement the author wrote: the keys are rows of their own, and the author's
//! statement stands behind them as the lateral side of a join, so that it means what it means for each key alone. Only what
//! differs from key to key is a column of the keys; everything else stays a parameter.

use std::fmt::Write as _;

use tokio_postgres::types::Type;

use super::parameter::element_of;
use super::wrapped::{Selection, quoted, without_final_semicolon};
use crate::source::Columns;
use crate::source::sql::statement::Cut;

/// The text of the statement. Its first column is the number of the key, from 1, the others are those that are brought. Its
/// parameters are those of the author's placeholders that are the same for every key, then an array for each other one.
/// `types` are those of the author's placeholders.
pub fn lateral(cut: &Cut, types: &[Type], selection: &Selection<'_>) -> String {
    let alias = Aliases::beside(cut);
    let list = format!("{}.n, {}", alias.keys, selection.list(&alias.rows));
    written(cut, types, &alias, &list, &selection.aliases())
}

/// The same with every column of the author's, under the names that they have there, and without the number: to learn the
/// names.
pub fn every_column(cut: &Cut, types: &[Type]) -> String {
    let alias = Aliases::beside(cut);
    written(cut, types, &alias, &format!("{}.*", alias.rows), "")
}

/// The statement as far as it is known without the database, which tells the types of the placeholders and in which order
/// the columns stand: `…` stands for those.
pub fn outline(cut: &Cut, columns: &Columns) -> String {
    let alias = Aliases::beside(cut);
    let rows = &alias.rows;
    let list = match columns {
        Columns::All => format!("{rows}.*"),
        Columns::First => format!("{rows}.…"),
        Columns::Named(names) => {
            names.iter().map(|name| format!("{rows}.{}", quoted(name))).collect::<Vec<_>>().join(", ")
        }
    };
    let list = if list.is_empty() { String::new() } else { format!(", {list}") };
    written(cut, &[], &alias, &format!("{}.n{list}", alias.keys), "")
}

fn written(cut: &Cut, types: &[Type], alias: &Aliases, list: &str, names: &str) -> String {
    let mut author = String::new();
    let (mut constants, mut arrays) = (0, Vec::new());
    let mut of_places = types.iter();
    for (text, placeholder) in cut.parts() {
        author.push_str(text);
        let Some(differs) = placeholder else { continue };
        let of_place = of_places.next();
        if differs {
            arrays.push(of_place);
            let _ = write!(author, "{}.p{}{}", alias.keys, arrays.len(), of_place.map_or(String::new(), cast_back));
        } else {
            constants += 1;
            let _ = write!(author, "${constants}");
        }
    }
    let places: Vec<String> = (1..=arrays.len()).map(|number| format!("p{number}")).collect();
    let unnested = arrays
        .iter()
        .zip(constants + 1..)
        .map(|(type_, number)| format!("${number}::{}", type_.map_or_else(|| "…[]".to_owned(), array_of)));
    // The line break ends a comment at the end of the author's text.
    format!(
        "select {list}\nfrom unnest({}) with ordinality as {keys}({}, n)\ncross join lateral (\n{}\n) as {rows}{names}",
        unnested.collect::<Vec<_>>().join(", "),
        places.join(", "),
        without_final_semicolon(&author),
        keys = alias.keys,
        rows = alias.rows,
    )
}

/// Whether values of a type are carried as text and made what they are behind the keys: `unnest` takes arrays apart, down
/// to their last elements, and its arrays cannot be of different lengths within each other.
pub fn is_carried_as_text(type_: &Type) -> bool {
    element_of(type_).is_some()
}

fn array_of(type_: &Type) -> String {
    if is_carried_as_text(type_) { "text[]".to_owned() } else { format!("{}[]", name(type_)) }
}

fn cast_back(type_: &Type) -> String {
    if is_carried_as_text(type_) { format!("::{}", name(type_)) } else { String::new() }
}

/// `"pg_catalog"."int4"`.
fn name(type_: &Type) -> String {
    format!("{}.{}", quoted(type_.schema()), quoted(type_.name()))
}

/// Names that stand nowhere in the author's statement, so that neither can hide the other.
struct Aliases {
    keys: String,
    rows: String,
}

impl Aliases {
    fn beside(cut: &Cut) -> Aliases {
        let author: String = cut.parts().map(|(text, _)| text.to_lowercase()).collect();
        let mut base = "__tributary".to_owned();
        while author.contains(&base) {
            base.push('_');
        }
        Aliases { keys: format!("{base}_keys"), rows: format!("{base}_rows") }
    }
}

#[cfg(test)]
mod tests {
    use tokio_postgres::types::Type;

    use super::{Columns, Selection, lateral};
    use crate::source::sql::statement::Cut;

    fn text(pieces: &[&str], differs: &[bool], parameters: &[Type]) -> String {
        let cut = Cut::new(pieces.iter().map(|piece| (*piece).into()).collect(), differs.to_vec());
        let columns = [("a", &Type::INT4), ("b", &Type::TEXT), ("c", &Type::TS_VECTOR)];
        let wanted = Columns::Named(["b".into(), "c".into()].into());
        lateral(&cut, parameters, &Selection::among(&columns, &wanted))
    }

    #[test]
    fn what_differs_is_a_column_of_the_keys() {
        let pieces = ["select * from t where a = ", " and b = any(", ") and c < ", "; -- the end"];
        assert_eq!(
            text(&pieces, &[true, true, false], &[Type::INT4, Type::INT4_ARRAY, Type::INT8]),
            "select __tributary_keys.n, __tributary_rows.\"b\", __tributary_rows.\"c\"::text\nfrom \
             unnest($2::\"pg_catalog\".\"int4\"[], $3::text[]) with ordinality as __tributary_keys(p1, p2, n)\ncross join \
             lateral (\nselect * from t where a = __tributary_keys.p1 and b = \
             any(__tributary_keys.p2::\"pg_catalog\".\"_int4\") and c < $1\n) as __tributary_rows"
        );
    }

    #[test]
    fn an_author_may_use_our_names() {
        let sent = text(&["select * from __Tributary_keys where a = ", ""], &[true], &[Type::TEXT]);
        assert!(sent.contains("as __tributary___keys(p1, n)"), "{sent}");
    }
}
