//! What a language is called by its own speakers, and the script it is written in, as CLDR has them.

/// Tag, script, own name: of each language, then of each with a script or region where one of the two is another.
const LANGUAGES: &str = include_str!("../data/languages.tsv");

/// The scripts of today that are written from right to left. See Unicode, "Bidi_Class".
const FROM_THE_RIGHT: [&str; 10] = [
    "Adlm", "Arab", "Hebr", "Mand", "Nkoo", "Rohg", "Samr", "Syrc", "Thaa", "Yezi",
];

/// The likely script of a language tag: `Hant` of `zh-TW`, `Arab` of `ckb`. One that the tag names itself goes first.
#[must_use]
pub fn script(tag: &str) -> String {
    let named = tag
        .split('-')
        .skip(1)
        .find(|part| part.len() == 4 && part.bytes().all(|letter| letter.is_ascii_alphabetic()));
    if let Some(script) = named {
        return script[..1].to_ascii_uppercase() + &script[1..].to_ascii_lowercase();
    }
    let region = tag.split('-').skip(1).find(|part| part.len() == 2);
    let with_region = region.and_then(|region| row(&format!("{}-{region}", primary(tag))));
    let (script, _) = with_region
        .or_else(|| row(primary(tag)))
        .unwrap_or(("Latn", ""));
    script.to_owned()
}

/// `rtl` for a language written from right to left, else `ltr`.
#[must_use]
pub fn direction(tag: &str) -> &'static str {
    if FROM_THE_RIGHT.contains(&script(tag).as_str()) {
        "rtl"
    } else {
        "ltr"
    }
}

/// A language's own name for itself, with its script where that tells it apart: `繁體中文`. The tag where CLDR has no name.
#[must_use]
pub fn own_name(tag: &str) -> &str {
    let with_script = format!("{}-{}", primary(tag), script(tag));
    let name = |tag: &str| {
        row(tag)
            .map(|(_, name)| name)
            .filter(|name| !name.is_empty())
    };
    // A menu that says only `zh` means the one Chinese it has.
    let exact = (tag != primary(tag)).then(|| name(&with_script)).flatten();
    exact.or_else(|| name(primary(tag))).unwrap_or(tag)
}

/// The language of a tag, without script and region.
#[must_use]
pub fn primary(tag: &str) -> &str {
    tag.split('-').next().unwrap_or(tag)
}

fn row(tag: &str) -> Option<(&'static str, &'static str)> {
    LANGUAGES.lines().find_map(|line| {
        let (known, rest) = line.split_once('\t')?;
        known
            .eq_ignore_ascii_case(tag)
            .then(|| rest.split_once('\t'))?
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_language_has_its_likely_script_its_direction_and_its_own_name() {
        for (tag, written_in, from, name) in [
            ("en", "Latn", "ltr", "English"),
            ("pt-BR", "Latn", "ltr", "Português"),
            ("ja", "Jpan", "ltr", "日本語"),
            ("es", "Latn", "ltr", "Español"),
            ("ar", "Arab", "rtl", "العربية"),
            ("ckb", "Arab", "rtl", "کوردیی ناوەندی"),
            ("he", "Hebr", "rtl", "עברית"),
            ("dv", "Thaa", "rtl", "dv"),
            ("zh", "Hans", "ltr", "中文"),
            ("zh-TW", "Hant", "ltr", "繁體中文"),
            ("zh-Hans", "Hans", "ltr", "简体中文"),
            ("ZH-hant-hk", "Hant", "ltr", "繁體中文"),
            ("pa", "Guru", "ltr", "ਪੰਜਾਬੀ"),
            ("pa-PK", "Arab", "rtl", "پنجابی (عربی)"),
            ("sr-Latn", "Latn", "ltr", "Srpski (latinica)"),
            ("uz-AF", "Arab", "rtl", "اوزبیک (عربی)"),
            ("qqq", "Latn", "ltr", "qqq"),
        ] {
            assert_eq!(script(tag), written_in, "{tag}");
            assert_eq!(direction(tag), from, "{tag}");
            assert_eq!(own_name(tag), name, "{tag}");
        }
    }
}
