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
    let list = format!("{}.{}, {}", alias.keys, alias.number, selection.list(&alias.rows));
    written(cut, types, &alias, &list, &selection.aliases())
}

/// The same with every column of the author's, under the names that they have there.
pub fn every_column(cut: &Cut, types: &[Type]) -> String {
    let alias = Aliases::beside(cut);
    written(cut, types, &alias, &format!("{}.{}, {}.*", alias.keys, alias.number, alias.rows), "")
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
    written(cut, &[], &alias, &format!("{}.{}{list}", alias.keys, alias.number), "")
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
            let cast = of_place.map_or(String::new(), cast_back);
            let _ = write!(author, "{}.{}{}{cast}", alias.keys, alias.place, arrays.len());
        } else {
            constants += 1;
            let _ = write!(author, "${constants}");
        }
    }
    let places: Vec<String> = (1..=arrays.len()).map(|number| format!("{}{number}", alias.place)).collect();
    let unnested = arrays
        .iter()
        .zip(constants + 1..)
        .map(|(type_, number)| format!("${number}::{}", type_.map_or_else(|| "…[]".to_owned(), array_of)));
    // The line break ends a comment at the end of the author's text.
    let author = without_final_semicolon(&author);
    // `offset 0` keeps the server from taking the author's statement apart: it is run for each key, and has the order that it
    // has alone.
    format!(
        "select {list}\nfrom unnest({}) with ordinality as {keys}({}, {number})\ncross join lateral (\n\
         select * from (\n{author}\n) as {rows} offset 0) as {rows}{names}",
        unnested.collect::<Vec<_>>().join(", "),
        places.join(", "),
        keys = alias.keys,
        number = alias.number,
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
///
/// Columns too: a bare name is looked for among the columns of all that stands around before it means a whole row.
struct Aliases {
    keys: String,
    rows: String,
    /// What the column with the number of a key is called.
    number: String,
    /// How the columns with the values of a key begin.
    place: String,
}

impl Aliases {
    fn beside(cut: &Cut) -> Aliases {
        let author: String = cut.parts().map(|(text, _)| text.to_lowercase()).collect();
        let mut base = "__tributary".to_owned();
        while author.contains(&base) {
            base.push('_');
        }
        let name = |end: &str| format!("{base}_{end}");
        Aliases { keys: name("keys"), rows: name("rows"), number: name("n"), place: name("p") }
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
            "select __tributary_keys.__tributary_n, __tributary_rows.\"b\", __tributary_rows.\"c\"::text\nfrom \
             unnest($2::\"pg_catalog\".\"int4\"[], $3::text[]) with ordinality as \
             __tributary_keys(__tributary_p1, __tributary_p2, __tributary_n)\ncross join lateral (\nselect * from (\nselect * from t \
             where a = __tributary_keys.__tributary_p1 and b = \
             any(__tributary_keys.__tributary_p2::\"pg_catalog\".\"_int4\") and c < $1\n) as __tributary_rows offset 0) as \
             __tributary_rows"
        );
    }

    #[test]
    fn an_author_may_use_our_names() {
        let sent = text(&["select * from __Tributary_keys where a = ", ""], &[true], &[Type::TEXT]);
        assert!(sent.contains("as __tributary___keys(__tributary___p1, __tributary___n)"), "{sent}");
    }
}
