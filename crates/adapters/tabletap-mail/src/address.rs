//! Names before mail addresses, so that none can end a header and begin another.

use base64::{Engine, prelude::BASE64_STANDARD};
use tabletap_domain::{customer::Email, text::clean};

/// An encoded word is at most 75 characters long, see RFC 2047, section 2: `=?UTF-8?B?…?=` leaves 60 of base64, which are 45 bytes.
const ENCODED_BYTES_MAX: usize = 45;
/// Longer names than any restaurant's.
const NAME_CHARS_MAX: usize = 100;

/// An address with a name before it, as a header holds them: `"Kumo Sushi" <receipts@example.com>`; a name beyond ASCII in encoded
/// words, see RFC 2047.
#[must_use]
pub fn mailbox(name: &str, address: &Email) -> String {
    let address = address.as_str();
    let name: String = clean(name).chars().take(NAME_CHARS_MAX).collect();
    if name.is_empty() {
        return address.to_owned();
    }
    if name.is_ascii() {
        let quoted = name.replace('\\', "\\\\").replace('"', "\\\"");
        return format!("\"{quoted}\" <{address}>");
    }
    let mut words: Vec<String> = vec![String::new()];
    for character in name.chars() {
        // No character is cut in two.
        match words.last_mut() {
            Some(word) if word.len() + character.len_utf8() <= ENCODED_BYTES_MAX => {
                word.push(character);
            }
            _ => words.push(character.to_string()),
        }
    }
    let encoded: Vec<String> = words
        .iter()
        .map(|word| format!("=?UTF-8?B?{}?=", BASE64_STANDARD.encode(word)))
        .collect();
    format!("{} <{address}>", encoded.join(" "))
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "a test fails by panicking")]
    use super::*;
    use proptest::prelude::*;

    fn own() -> Email {
        Email::parse("receipts@example.com").unwrap()
    }

    #[test]
    fn names_are_quoted_or_encoded() {
        for (name, expected) in [
            ("Kumo Sushi", "\"Kumo Sushi\" <receipts@example.com>"),
            (
                "Joe \"The Grill\" \\ Sons",
                "\"Joe \\\"The Grill\\\" \\\\ Sons\" <receipts@example.com>",
            ),
            ("Café", "=?UTF-8?B?Q2Fmw6k=?= <receipts@example.com>"),
            ("", "receipts@example.com"),
        ] {
            assert_eq!(mailbox(name, &own()), expected);
        }
        let long = mailbox(&"雲".repeat(40), &own());
        assert!(long.split(' ').all(|word| word.len() <= 75), "{long}");
    }

    proptest! {
        #[test]
        fn no_name_begins_a_header_or_another_address(name in any::<String>()) {
            let header = mailbox(&name, &own());
            prop_assert!(header.is_ascii());
            prop_assert!(!header.chars().any(char::is_control));
            prop_assert!(header.ends_with("receipts@example.com") || header.ends_with("<receipts@example.com>"));
        }
    }
}
