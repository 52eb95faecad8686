//! Guesses what was meant: the known word nearest to an unknown one.

/// `did you mean `tuna-roll`?` for the nearest of `known`, when one is near enough to be meant.
pub(crate) fn did_you_mean<'a>(
    word: &str,
    known: impl IntoIterator<Item = &'a str>,
) -> Option<String> {
    nearest(word, known).map(|best| format!("did you mean `{best}`?"))
}

/// The nearest known word, else a list of all when they are few.
pub(crate) fn did_you_mean_or_list<'a>(
    word: &str,
    known: impl IntoIterator<Item = &'a str>,
) -> Option<String> {
    let known: Vec<&str> = known.into_iter().collect();
    did_you_mean(word, known.iter().copied()).or_else(|| {
        (1..=20)
            .contains(&known.len())
            .then(|| format!("known are: {}", known.join(", ")))
    })
}

/// An id made of any text: `Tuna Roll!` becomes `tuna-roll`.
pub(crate) fn slug_of(text: &str) -> Option<String> {
    let mut slug = String::new();
    for character in text.chars().take(48) {
        match character.to_ascii_lowercase() {
            c if c.is_ascii_lowercase() || c.is_ascii_digit() => slug.push(c),
            _ if !slug.is_empty() && !slug.ends_with('-') => slug.push('-'),
            _ => {}
        }
    }
    slug.truncate(slug.trim_end_matches('-').len());
    (!slug.is_empty() && slug != text).then_some(slug)
}

fn nearest<'a>(word: &str, known: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    let letters: Vec<char> = word.to_lowercase().chars().take(64).collect();
    let far = letters.len() / 3 + 1;
    known
        .into_iter()
        .map(|candidate| (distance(&letters, candidate), candidate))
        .filter(|(steps, candidate)| *steps <= far && *steps < candidate.chars().count())
        .min_by_key(|(steps, _)| *steps)
        .map(|(_, candidate)| candidate)
}

/// Letters to insert, remove or replace (Levenshtein), in one row of the table.
fn distance(from: &[char], to: &str) -> usize {
    let mut row: Vec<usize> = (0..=from.len()).collect();
    for (index, letter) in to.to_lowercase().chars().enumerate() {
        let mut diagonal = row[0];
        row[0] = index + 1;
        for (column, known) in from.iter().enumerate() {
            let replace = diagonal + usize::from(*known != letter);
            diagonal = row[column + 1];
            row[column + 1] = replace.min(diagonal + 1).min(row[column] + 1);
        }
    }
    row.last().copied().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_slip_of_the_finger_finds_the_word_and_nonsense_finds_none() {
        let known = ["tuna-roll", "salmon-roll", "price"];
        for (word, wanted, why) in [
            ("tuna-rol", Some("tuna-roll"), "a letter missing"),
            ("Tuna-Roll", Some("tuna-roll"), "capitals"),
            ("prize", Some("price"), "a letter wrong"),
            ("zzzz", None, "nothing like it"),
            ("", None, "nothing"),
        ] {
            assert_eq!(nearest(word, known), wanted, "{why}");
        }
    }

    #[test]
    fn an_id_is_made_of_any_text() {
        assert_eq!(slug_of("Tuna Roll!").as_deref(), Some("tuna-roll"));
        assert_eq!(slug_of("枝豆"), None);
        assert_eq!(slug_of("tuna-roll"), None);
    }
}
