//! What number people mean by one that the file does not take: `12,50 €`, `1.250,00`, `١٢٫٥٠`.
//!
//! A hint is copied without a second thought, so there is none where a number can be read in two ways.

/// `word` as the file wants it; `None` where it is no number, or could be more than one. `marks` are the letters that may stand beside it.
pub(crate) fn guess(word: &str, decimals: usize, marks: &[&str]) -> Option<String> {
    let digits = word.chars().map(western).collect::<String>();
    let number = without_marks(&digits, marks)?;
    let groups: Vec<&str> = number.split(is_separator).collect();
    let separators: Vec<char> = number.chars().filter(|c| is_separator(*c)).collect();
    let plain = |group: &&str| !group.is_empty() && group.bytes().all(|b| b.is_ascii_digit());
    if !groups.iter().all(plain) {
        return None;
    }
    let (fraction, whole) = groups.split_last()?;
    let Some((&last, others)) = separators.split_last() else {
        return Some(number.to_owned());
    };
    let is_repeated = others.contains(&last);
    let is_point = matches!(last, '.' | ',' | ARABIC_POINT) && !is_repeated;
    let is_fraction = is_point && (1..=decimals).contains(&fraction.len());
    // `1,250` is a thousand to some and one and a quarter to others.
    let is_clear = fraction.len() != 3 || last == ARABIC_POINT || !others.is_empty();
    if is_fraction && is_clear && is_grouped(whole, others) {
        return Some(format!("{}.{fraction}", whole.concat()));
    }
    let could_be_fraction = is_point && decimals > 0 && others.is_empty();
    let is_whole = !could_be_fraction && last != ARABIC_POINT && is_grouped(&groups, &separators);
    is_whole.then(|| groups.concat())
}

const ARABIC_POINT: char = '\u{66B}';

fn is_separator(character: char) -> bool {
    matches!(
        character,
        '.' | ',' | '\'' | '’' | ' ' | '\u{A0}' | '\u{202F}' | ARABIC_POINT | '\u{66C}'
    )
}

/// Arabic, Persian, Indian and full-width digits as those of a file.
fn western(character: char) -> char {
    let zeros = ['\u{660}', '\u{6F0}', '\u{966}', '\u{FF10}'].map(u32::from);
    let value = |zero: u32| u32::from(character).checked_sub(zero).filter(|v| *v < 10);
    let digit = zeros.into_iter().find_map(value);
    digit
        .and_then(|digit| char::from_digit(digit, 10))
        .unwrap_or(character)
}

/// The number between what people write around it: a currency's sign or code, `,-` for no cents.
fn without_marks<'w>(word: &'w str, marks: &[&str]) -> Option<&'w str> {
    let is_digit = |c: char| c.is_ascii_digit();
    let (first, last) = (word.find(is_digit)?, word.rfind(is_digit)?);
    let (before, number, after) = (&word[..first], &word[first..=last], &word[last + 1..]);
    let known = |text: &str| {
        let text = text.trim();
        let is_sign = text
            .chars()
            .all(|c| !c.is_alphanumeric() && !is_separator(c) && c != '-');
        is_sign || marks.iter().any(|mark| mark.eq_ignore_ascii_case(text))
    };
    let after = after
        .strip_prefix(",-")
        .or(after.strip_prefix(",–"))
        .unwrap_or(after);
    (known(before) && known(after)).then_some(number)
}

/// Thousands set apart by one separator: `1.234.567`, not `12.34`.
fn is_grouped(groups: &[&str], separators: &[char]) -> bool {
    let Some((first, others)) = groups.split_first() else {
        return false;
    };
    let is_one = separators.windows(2).all(|pair| pair[0] == pair[1]);
    others.is_empty() || (is_one && first.len() <= 3 && others.iter().all(|group| group.len() == 3))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn a_number_is_meant_only_where_it_can_be_nothing_else() {
        for (word, decimals, wanted, why) in [
            ("12,50", 2, Some("12.50"), "a decimal comma"),
            ("12,50 €", 2, Some("12.50"), "with a sign behind it"),
            ("S/ 18.50", 2, Some("18.50"), "with one before it"),
            ("USD 15", 2, Some("15"), "with its code"),
            ("15,-", 2, Some("15"), "no cents"),
            ("1.250,00", 2, Some("1250.00"), "thousands as in Germany"),
            ("1,250.00", 2, Some("1250.00"), "as in the USA"),
            ("1 250,00", 2, Some("1250.00"), "as in France"),
            ("1'250.00", 2, Some("1250.00"), "as in Switzerland"),
            (
                "1.234.567",
                2,
                Some("1234567"),
                "twice the same sign groups",
            ),
            ("1,200", 0, Some("1200"), "yen have no decimals"),
            ("١٢٫٥٠", 2, Some("12.50"), "Arabic digits"),
            ("١٫٢٥٠", 3, Some("1.250"), "and their point"),
            ("１２００", 0, Some("1200"), "full width"),
            ("1,250", 2, None, "a thousand, or one and a quarter"),
            ("1,250", 3, None, "the same in dinars"),
            ("12 50", 2, None, "would be a hundred times the price"),
            ("12'50", 2, None, "the same"),
            ("12:50", 2, None, "a clock"),
            (".50", 2, None, "would be a hundred times the price"),
            (",50", 2, None, "the same"),
            ("12.5k", 2, None, "k is a thousand"),
            ("1.5e1", 2, None, "an exponent"),
            ("12,5,0", 2, None, "groups of no size"),
            ("12.50", 0, None, "yen have no decimals"),
            ("12,500", 2, None, "finer than a cent, or a thousand"),
            ("$-5", 2, None, "a sign inside"),
            ("six", 2, None, "a word"),
        ] {
            let marks = ["USD", "S/"];
            assert_eq!(
                guess(word, decimals, &marks).as_deref(),
                wanted,
                "{word}: {why}"
            );
        }
    }

    proptest! {
        /// However an amount is written, a hint is that amount.
        #[test]
        fn a_hint_never_changes_a_price(
            minor in 0_u64..10_000_000_000,
            decimals in prop::sample::select(vec![0_usize, 2, 3]),
            point in prop::sample::select(vec!['.', ',', '\u{66B}']),
            group in prop::sample::select(vec!["", ",", ".", "'", " ", "\u{A0}", "\u{66C}"]),
            sign in prop::sample::select(vec!["", "$", "€ ", "S/ ", "USD "]),
        ) {
            prop_assume!(group != point.to_string());
            let scale = 10_u64.pow(u32::try_from(decimals).unwrap_or_default());
            let plain = (minor / scale).to_string();
            let mut whole = String::new();
            for (index, digit) in plain.chars().enumerate() {
                if index > 0 && (plain.len() - index).is_multiple_of(3) {
                    whole.push_str(group);
                }
                whole.push(digit);
            }
            let (fraction, wanted) = match decimals {
                0 => (String::new(), plain),
                _ => {
                    let fraction = format!("{:0decimals$}", minor % scale);
                    (format!("{point}{fraction}"), format!("{plain}.{fraction}"))
                }
            };
            let word = format!("{sign}{whole}{fraction}");
            if let Some(hint) = guess(&word, decimals, &["USD", "S/"]) {
                prop_assert_eq!(hint, wanted, "{}", word);
            }
        }
    }
}
