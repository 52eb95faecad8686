//! How a removal reads: an option called `Egg` that leaves the egg out is `No Egg`, and one called `Sin cebolla` says so already.

use crate::Lang;

/// What a name begins with when it says by itself that something is left out. Lower case; whole words only.
///
/// Absent on purpose: Finnish `ei`, which is German for egg.
const FIRST: &[&str] = &[
    // English
    "no",
    "not",
    "none",
    "nothing",
    "without",
    "w o",
    "hold",
    "omit",
    "skip",
    "minus",
    "less",
    "leave out",
    "leave off",
    "remove",
    "exclude",
    "do not",
    "don t",
    // Spanish, Catalan, Portuguese, Galician
    "sin",
    "nada",
    "quitar",
    "menos",
    "ninguno",
    "ninguna",
    "ningún",
    "sense",
    "sem",
    "não",
    "nenhum",
    "nenhuma",
    // German, Dutch
    "ohne",
    "kein",
    "keine",
    "keinen",
    "keinem",
    "keiner",
    "keins",
    "nicht",
    "nichts",
    "weniger",
    "zonder",
    "geen",
    // French, Italian, Romanian
    "sans",
    "pas de",
    "pas d",
    "aucun",
    "aucune",
    "senza",
    "niente",
    "nessun",
    "nessuno",
    "nessuna",
    "fără",
    // Nordic
    "utan",
    "uden",
    "uten",
    "ingen",
    "inget",
    "inga",
    "ilman",
    // Slavic, Greek
    "bez",
    "brez",
    "nie",
    "без",
    "нет",
    "не",
    "χωρίς",
    // Arabic, Persian, Hebrew
    "بدون",
    "من دون",
    "دون",
    "بلا",
    "من غير",
    "بغير",
    "خالي من",
    "خال من",
    "لا",
    "בלי",
    "ללא",
    "לא",
    // Elsewhere
    "tanpa",
    "không",
    "walang",
    "बिना",
];

/// What a name ends with then, as words of their own.
const LAST: &[&str] = &[
    "free",
    "weglassen",
    "frei",
    "nélkül",
    "olmasın",
    "yok",
    "빼고",
    "빼기",
    "없이",
    "제외",
    "के बिना",
];

/// How its last word ends then.
const ENDINGS: &[&str] = &[
    "frei", "less", "mentes", "siz", "sız", "suz", "süz", "抜き", "なし", "無し", "ぬき",
];

/// What it holds anywhere then, in scripts without spaces.
const WITHIN: &[&str] = &[
    "抜き",
    "抜く",
    "抜いて",
    "無し",
    "不要",
    "いらない",
    "要らない",
    "除く",
    "少なめ",
    "不加",
    "不放",
    "ไม่",
];

/// What it begins with then, in scripts without spaces.
const FIRST_SIGNS: &[&str] = &["不", "无", "無", "去", "免", "走"];

/// Whether the name of a removal says by itself that something is left out, in any of the languages that menus are written in: `Sin
/// cebolla`, `No sesame`, `Glutenfrei`, `さび抜き`, just `No`. A second mark would turn it around.
#[must_use]
pub fn names_its_absence(name: &str) -> bool {
    let said = folded(name);
    let mut words = said.split(' ');
    if words.next() == Some("no") && words.next().is_some_and(starts_with_digit) {
        return false; // `No. 7` is a number
    }
    let begins = |phrase: &str| said == phrase || said.starts_with(&format!("{phrase} "));
    let ends = |phrase: &str| said == phrase || said.ends_with(&format!(" {phrase}"));
    let is_cut_off = |ending: &str| said.ends_with(ending) && said != ending;
    // Tanuki is a topping.
    let is_tanuki = said.ends_with("たぬき");
    FIRST.iter().any(|phrase| begins(phrase))
        || LAST.iter().any(|phrase| ends(phrase))
        || (ENDINGS.iter().any(|ending| is_cut_off(ending)) && !is_tanuki)
        || WITHIN.iter().any(|sign| said.contains(sign))
        || FIRST_SIGNS.iter().any(|sign| said.starts_with(sign))
        || said == "なし"
}

/// Whether a name says that something is left out, but not what: a bare `No` or `None`, which needs its question.
#[must_use]
pub fn says_nothing_alone(name: &str) -> bool {
    let said = folded(name);
    FIRST.contains(&said.as_str()) || said == "なし"
}

/// The name of a removal as its guest reads it, in the language of the name: `No Egg`, `玉子抜き`. A name that says it already stays as it
/// is; a bare `No` or `None` gets its question in front, because it means nothing alone.
#[must_use]
pub fn reads_as(group: &str, name: &str, lang: &Lang) -> String {
    if says_nothing_alone(name) {
        let question = group.trim_end_matches([':', '：', '?', '？', '؟', ' ']);
        let colon = if primary(lang) == "ja" { "：" } else { ": " };
        return if question.is_empty() {
            name.to_owned()
        } else {
            format!("{question}{colon}{name}")
        };
    }
    if names_its_absence(name) {
        return name.to_owned();
    }
    match primary(lang) {
        "ar" | "fa" => format!("بدون {name}"),
        "bg" | "ru" | "uk" => format!("Без {name}"),
        "bs" | "cs" | "hr" | "lv" | "pl" | "sk" | "sr" => format!("Bez {name}"),
        "ca" => format!("Sense {name}"),
        "da" => format!("Uden {name}"),
        "de" => format!("Ohne {name}"),
        "el" => format!("Χωρίς {name}"),
        "es" => format!("Sin {name}"),
        "fr" => format!("Sans {name}"),
        "he" => format!("בלי {name}"),
        "hi" => format!("{name} के बिना"),
        "hu" => format!("{name} nélkül"),
        "id" | "ms" => format!("Tanpa {name}"),
        "it" => format!("Senza {name}"),
        "ja" => format!("{name}抜き"),
        "ko" => format!("{name} 빼고"),
        "nb" | "nn" | "no" => format!("Uten {name}"),
        "nl" => format!("Zonder {name}"),
        "pt" => format!("Sem {name}"),
        "ro" => format!("Fără {name}"),
        "sv" => format!("Utan {name}"),
        "th" => format!("ไม่ใส่{name}"),
        "tr" => format!("{name} olmasın"),
        "vi" => format!("Không {name}"),
        "zh" => format!("不要{name}"),
        _ => format!("No {name}"),
    }
}

fn primary(lang: &Lang) -> &str {
    let tag = lang.as_str();
    tag.split('-').next().unwrap_or(tag)
}

fn starts_with_digit(word: &str) -> bool {
    word.starts_with(|first: char| first.is_ascii_digit())
}

/// Lower case, words with one space between them, without Arabic vowel marks and stretchers.
fn folded(name: &str) -> String {
    let lower = name.to_lowercase();
    let kept = lower
        .chars()
        .filter(|c| !matches!(c, '\u{640}' | '\u{64B}'..='\u{65F}' | '\u{307}'));
    let spaced: String = kept
        .map(|c| {
            if c.is_ascii() && !c.is_ascii_alphanumeric() {
                ' '
            } else {
                c
            }
        })
        .collect();
    let words: Vec<&str> = spaced.split_whitespace().collect();
    words.join(" ")
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "a test fails by panicking")]
    use super::*;

    #[test]
    fn a_name_that_says_what_is_left_out_is_known_in_many_languages() {
        for name in [
            "No sesame",
            "no",
            "None",
            "Without onion",
            "w/o onion",
            "Hold the mayo",
            "Gluten-free",
            "Skinless",
            "Less",
            "Sin cebolla",
            "SIN CEBOLLA",
            "Nada",
            "Ohne Käse",
            "Keine Zwiebeln",
            "Glutenfrei",
            "Zwiebeln weglassen",
            "さび抜き",
            "わさびぬき",
            "ねぎ抜きで",
            "なし",
            "ねぎなし",
            "少なめ",
            "من دون خبز",
            "بدون بصل",
            "بِدُون بصل",
            "بلا سكر",
            "Sans oignon",
            "Pas d'oignon",
            "Senza cipolla",
            "Sem cebola",
            "Zonder ui",
            "Bez cebuli",
            "Без лука",
            "Χωρίς κρεμμύδι",
            "Soğansız",
            "不要葱",
            "無糖",
            "양파 빼고",
            "ไม่ใส่ผัก",
        ] {
            assert!(names_its_absence(name), "{name}");
        }
    }

    #[test]
    fn a_name_of_a_thing_needs_the_mark() {
        for name in [
            "Egg",
            "Ei",
            "Cebolla",
            "Onion",
            "Nori",
            "Noodles",
            "玉子",
            "ねぎ",
            "たぬき",
            "بصل",
            "خبز",
            "Sesame",
            "No. 7 sauce",
            "Walnuts",
            "Cress",
            "Noisettes",
            "Sinigang",
            "Ohnigiri",
            "",
            "🥜",
        ] {
            assert!(!names_its_absence(name), "{name}");
        }
    }

    #[test]
    fn a_removal_reads_as_one_in_the_language_of_its_name() {
        for (lang, group, name, read) in [
            ("en", "Without", "Egg", "No Egg"),
            ("en-GB", "Without:", "Egg", "No Egg"),
            ("es", "Quitar", "Cebolla", "Sin Cebolla"),
            ("es", "Quitar", "Sin cebolla", "Sin cebolla"),
            ("de", "Weglassen", "Zwiebeln", "Ohne Zwiebeln"),
            ("de", "Weglassen", "Ei", "Ohne Ei"),
            ("ja", "抜くもの", "玉子", "玉子抜き"),
            ("ja", "わさび", "さび抜き", "さび抜き"),
            ("ja", "わさび", "なし", "わさび：なし"),
            ("ar", "بدون", "بصل", "بدون بصل"),
            ("ar", "الخبز", "من دون خبز", "من دون خبز"),
            ("fr", "Sans", "Oignon", "Sans Oignon"),
            ("en", "No sesame?", "No", "No sesame: No"),
            ("en", "Bread:", "None", "Bread: None"),
            ("en", "", "No", "No"),
            ("xx", "", "Onion", "No Onion"),
        ] {
            assert_eq!(reads_as(group, name, &Lang::parse(lang).unwrap()), read);
        }
    }
}
