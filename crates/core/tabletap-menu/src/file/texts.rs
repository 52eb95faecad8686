//! Texts in several languages: `{en: Salmon, ja: サーモン}`, or plain text for the first language.

use super::{fields::Field, hint, mistake::Report};
use std::collections::BTreeMap;
use tabletap_domain::{Lang, menu::Texts};

/// Reads texts of at most `chars_max` characters each; a missing translation is a warning, the missing first language an error.
pub(crate) fn read(
    field: &Field<'_>,
    report: &mut Report,
    languages: &[Lang],
    chars_max: usize,
) -> Option<Texts> {
    // Without languages there is nothing to read texts by, and the missing list is reported already.
    let first = languages.first()?;
    if !field.is_map() {
        let line = field.line(report, chars_max)?;
        warn_of_missing(field, report, languages.iter().skip(1).collect());
        return Some(Texts(BTreeMap::from([(first.clone(), line)])));
    }
    let mut texts = BTreeMap::new();
    let mut missing: Vec<&Lang> = languages.iter().collect();
    for (key, text) in field.entries(report) {
        let Some(lang) = languages.iter().find(|lang| lang.as_str() == key.text) else {
            let known = languages.iter().map(Lang::as_str);
            let message = format!("`{}` is not one of the store's languages", key.text);
            let hint = hint::did_you_mean_or_list(&key.text, known);
            report.error_with_hint(key.at, &text.path, message, hint);
            continue;
        };
        missing.retain(|other| *other != lang);
        if let Some(line) = text.line(report, chars_max) {
            texts.insert(lang.clone(), line);
        }
    }
    if missing.contains(&first) {
        let message = format!("the text in `{first}`, the store's first language, is missing");
        field.error(report, message);
        return None;
    }
    warn_of_missing(field, report, missing);
    Some(Texts(texts))
}

fn warn_of_missing(field: &Field<'_>, report: &mut Report, missing: Vec<&Lang>) {
    if !missing.is_empty() {
        let list: Vec<&str> = missing.into_iter().map(Lang::as_str).collect();
        report.warning(
            field.at,
            &field.path,
            format!("not translated into {}", list.join(", ")),
        );
    }
}
