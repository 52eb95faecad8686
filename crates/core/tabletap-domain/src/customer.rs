//! Who picks an order up: a name, and a way to reach them. Personal data: it stands in one sealed row, in no log and in no key.

use crate::{limits, text};
use std::fmt;

/// Whoever picks an order up. `Debug` tells nothing of it.
#[derive(Clone, PartialEq, Eq)]
pub struct Customer {
    /// The name to call.
    pub name: String,
    /// For the receipt.
    pub email: Option<Email>,
    /// Where mail does not reach, or is not wanted.
    pub phone: Option<Phone>,
}

impl fmt::Debug for Customer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Customer(..)")
    }
}

/// What is wrong with what a guest says of themselves.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CustomerError {
    /// No name.
    NameMissing,
    /// Too many characters.
    NameTooLong,
    /// Neither mail nor phone.
    ContactMissing,
    /// No address.
    EmailInvalid,
    /// No number.
    PhoneInvalid,
}

impl Customer {
    /// A customer of what was typed; an empty text is none.
    ///
    /// # Errors
    /// The first [`CustomerError`].
    pub fn new(name: &str, email: &str, phone: &str) -> Result<Self, CustomerError> {
        let name = text::clean(name);
        if name.is_empty() {
            return Err(CustomerError::NameMissing);
        }
        if name.chars().count() > limits::GUEST_CHARS_MAX {
            return Err(CustomerError::NameTooLong);
        }
        let typed = |text: &str| !text.trim().is_empty();
        let email = typed(email).then(|| Email::parse(email).ok_or(CustomerError::EmailInvalid));
        let phone = typed(phone).then(|| Phone::parse(phone).ok_or(CustomerError::PhoneInvalid));
        let (email, phone) = (email.transpose()?, phone.transpose()?);
        if email.is_none() && phone.is_none() {
            return Err(CustomerError::ContactMissing);
        }
        Ok(Self { name, email, phone })
    }
}

/// An e-mail address in ASCII that a mail can be sent to: never more than one, and without a display name.
#[derive(Clone, PartialEq, Eq)]
pub struct Email(String);

impl Email {
    /// Reads an address as it was typed. Stricter than RFC 5321 where nobody's address is (no quoted parts, no bare host names).
    #[must_use]
    pub fn parse(typed: &str) -> Option<Self> {
        let address = typed.trim();
        let (local, domain) = address.split_once('@')?;
        let atom = |part: &str, also: &str| {
            let good = |b: char| b.is_ascii_alphanumeric() || also.contains(b);
            !part.is_empty() && part.chars().all(good)
        };
        let label = |part: &str| {
            atom(part, "-") && part.len() <= 63 && !part.starts_with('-') && !part.ends_with('-')
        };
        let top = domain.rsplit('.').next().unwrap_or_default();
        let sound = address.len() <= 254
            && local.len() <= 64
            && local
                .split('.')
                .all(|part| atom(part, "!#$%&'*+-/=?^_`{|}~"))
            && domain.contains('.')
            && domain.split('.').all(label)
            && top.bytes().any(|b| b.is_ascii_alphabetic());
        sound.then(|| Self(address.to_owned()))
    }

    /// The address.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for Email {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Email(..)")
    }
}

/// A phone number: digits, with a leading `+` where it was given with its country.
#[derive(Clone, PartialEq, Eq)]
pub struct Phone(String);

impl Phone {
    /// Reads a number as it was typed, with the usual signs between its digits. See ITU-T E.164 for its length.
    #[must_use]
    pub fn parse(typed: &str) -> Option<Self> {
        let typed: String = typed.trim().chars().map(latin).collect();
        let (plus, rest) = match typed.strip_prefix('+') {
            Some(rest) => ("+", rest),
            None => ("", typed.as_str()),
        };
        let digits: String = rest.chars().filter(char::is_ascii_digit).collect();
        let sound = rest
            .chars()
            .all(|c| c.is_ascii_digit() || " ()-./".contains(c))
            && (6..=15).contains(&digits.len());
        sound.then(|| Self(format!("{plus}{digits}")))
    }

    /// The number.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// A digit of an Arabic, Persian, Indian or full-width keyboard as the one it stands for; every other sign as it is.
fn latin(typed: char) -> char {
    let digit = ['٠', '۰', '०', '০', '０'].into_iter().find_map(|zero| {
        let value = u32::from(typed).checked_sub(u32::from(zero))?;
        char::from_digit(value, 10)
    });
    match typed {
        '＋' => '+',
        _ => digit.unwrap_or(typed),
    }
}

impl fmt::Debug for Phone {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Phone(..)")
    }
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "a test fails by panicking")]
    use super::*;

    #[test]
    fn an_address_is_one_address() {
        for good in [
            "ada@example.com",
            "a.b+c@mail.example.co.uk",
            "o'hara@x-y.de",
            "1@a.io",
        ] {
            assert_eq!(Email::parse(&format!(" {good} ")).unwrap().as_str(), good);
        }
        for (bad, why) in [
            ("ada", "no at"),
            ("ada@localhost", "a bare host"),
            ("ada@example.com,bob@example.com", "two of them"),
            (
                "ada@example.com\r\nBcc: bob@example.com",
                "a header of its own",
            ),
            ("Ada <ada@example.com>", "a display name"),
            ("ada@@example.com", "two ats"),
            (".ada@example.com", "a leading dot"),
            ("ada@-example.com", "a label's leading hyphen"),
            ("ada@example..com", "an empty label"),
            ("ada@127.0.0.1", "a number for a name"),
            ("@example.com", "nobody"),
            (
                "ädä@example.com",
                "letters that not every mail server takes",
            ),
        ] {
            assert_eq!(Email::parse(bad), None, "{why}");
        }
    }

    #[test]
    fn a_phone_number_is_its_digits() {
        assert_eq!(
            Phone::parse("+1 (212) 555-0100").unwrap().as_str(),
            "+12125550100"
        );
        assert_eq!(
            Phone::parse("٠٥٥ ١٢٣ ٤٥٦٧").unwrap().as_str(),
            "0551234567",
            "as an Arabic keyboard types it"
        );
        assert_eq!(
            Phone::parse("＋８１ ９０-1234-5678").unwrap().as_str(),
            "+819012345678"
        );
        assert_eq!(
            Phone::parse("030/123 45 67").unwrap().as_str(),
            "0301234567"
        );
        for (bad, why) in [
            ("12345", "too short"),
            ("+1234567890123456", "longer than any"),
            ("call me", "words"),
            ("0301234567;ext=1", "more than a number"),
        ] {
            assert_eq!(Phone::parse(bad), None, "{why}");
        }
    }

    #[test]
    fn a_customer_has_a_name_and_a_way_to_be_reached() {
        let mail = "ada@example.com";
        assert!(Customer::new("Ada", mail, "").is_ok());
        assert!(Customer::new("Ada", " ", "+1 212 555 0100").is_ok());
        for (name, email, phone, error) in [
            ("\u{1b} ", mail, "", CustomerError::NameMissing),
            ("Ada", "", "", CustomerError::ContactMissing),
            ("Ada", "ada", "", CustomerError::EmailInvalid),
            ("Ada", mail, "x", CustomerError::PhoneInvalid),
        ] {
            assert_eq!(Customer::new(name, email, phone), Err(error));
        }
        let long = "a".repeat(limits::GUEST_CHARS_MAX + 1);
        assert_eq!(
            Customer::new(&long, mail, ""),
            Err(CustomerError::NameTooLong)
        );
    }

    #[test]
    fn who_a_customer_is_stands_in_no_debug_text() {
        let customer = Customer::new("Ada", "ada@example.com", "+1 212 555 0100").unwrap();
        let told = format!("{customer:?} {:?} {:?}", customer.email, customer.phone);
        assert!(
            !told.contains("Ada") && !told.contains('@') && !told.contains("555"),
            "{told}"
        );
    }
}
