//! Breaks plain text into lines of so many columns.

/// The lines of a plain text: broken at spaces, words longer than a line broken where it ends.
pub(crate) fn wrap(text: &str, columns: usize) -> Vec<String> {
    let columns = columns.max(1);
    let mut lines: Vec<String> = vec![String::new()];
    for word in text.split(' ') {
        let mut word = word;
        let line = lines.last_mut().map_or(0, |line| line.len());
        let room = columns.saturating_sub(if line == 0 { 0 } else { line + 1 });
        if word.len() > room && line > 0 {
            lines.push(String::new());
        }
        while word.len() > columns {
            let (head, rest) = word.split_at(columns);
            append(&mut lines, head);
            lines.push(String::new());
            word = rest;
        }
        append(&mut lines, word);
    }
    lines.retain(|line| !line.is_empty());
    lines
}

fn append(lines: &mut [String], word: &str) {
    if let Some(line) = lines.last_mut() {
        if !line.is_empty() {
            line.push(' ');
        }
        line.push_str(word);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_break_at_spaces_and_inside_words_that_fit_nowhere() {
        let cases: [(&str, &[&str]); 5] = [
            ("", &[]),
            ("one", &["one"]),
            ("birthday, candle", &["birthday,", "candle"]),
            ("abcdefghijklmnop", &["abcdefghij", "klmnop"]),
            ("a bcdefghijklm n", &["a", "bcdefghijk", "lm n"]),
        ];
        for (text, lines) in cases {
            assert_eq!(wrap(text, 10), lines, "{text}");
        }
    }
}
