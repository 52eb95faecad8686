//! What a store's things are called: one name for every language, or texts as the menu has them.
//!
//! Staff, paper and orders have the name in the first language; guests read their own.

use super::{fields::Field, known::Known, limits::NAME_CHARS_MAX, mistake::Report, texts};

/// The name in the first language; the others go to `known`.
pub(crate) fn read(field: &Field<'_>, report: &mut Report, known: &mut Known) -> Option<String> {
    if !field.is_map() {
        return field.line(report, NAME_CHARS_MAX);
    }
    let texts = texts::read(field, report, &known.languages, NAME_CHARS_MAX)?;
    let name = texts.0.get(known.languages.first()?)?.clone();
    let names = &mut known.names.0;
    let first = names.entry(name.clone()).or_insert_with(|| texts.clone());
    if *first != texts {
        let message = format!("another `{name}` has other translations");
        let hint = Some("an order says only the name: give both the same translations".to_owned());
        field.error_with_hint(report, message, hint);
    }
    Some(name)
}
