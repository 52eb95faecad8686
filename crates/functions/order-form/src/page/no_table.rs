//! What a guest without a script and without a table can do: the form orders at a table only.

use crate::words::{Own, Words, fill};

/// The sentences: scan the sticker, where there are tables; the menu's own script for takeout; the staff; the telephone.
pub(super) fn ways(
    (words, own): (&Words, &Own),
    has_takeout: bool,
    has_tables: bool,
    phone: Option<&str>,
) -> Vec<String> {
    let mut ways = Vec::new();
    if has_tables {
        ways.push(words.browse_only.to_owned());
    }
    if has_takeout {
        ways.push(own.takeout_needs_script.to_owned());
    }
    if ways.is_empty() {
        ways.push(words.ask_in_person.to_owned());
    }
    if let Some(phone) = phone {
        ways.push(fill(own.or_call, &[("phone", phone.to_owned())]));
    }
    ways
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::words::of;

    #[test]
    fn a_guest_at_no_table_reads_what_they_can_do() {
        let phone = Some("+1 212 555 0100");
        let table = "To order, scan the code on your table.";
        let takeout = "To order for pickup, please turn on JavaScript in this browser and open the menu again.";
        let call = "Or call us: +1 212 555 0100";
        for (has_takeout, has_tables, phone, expected) in [
            (false, true, None, vec![table]),
            (true, true, phone, vec![table, takeout, call]),
            (true, false, phone, vec![takeout, call]),
            (false, false, None, vec!["Please ask our staff."]),
        ] {
            assert_eq!(ways(of("en"), has_takeout, has_tables, phone), expected);
        }
        for lang in ["ar", "de", "es", "ja"] {
            let ways = ways(of(lang), true, true, phone);
            assert!(ways[2].contains("+1 212 555 0100"), "{ways:?}");
        }
    }
}
