//! Dishes that several payments pay for, as an order's head keeps them: who has which line, or which piece of it.
//!
//! `line_{place}` holds the payment that has a line. Where several share it, `split_{place}` lists what each has of it, and `line_{place}` holds
//! the first of them, so that nobody can reserve the whole line, not even an older release that does not know pieces. A list is only changed
//! on condition that it still is what was read, so pieces never overlap.

use super::OrderBill;
use crate::{
    error::StoreError,
    row::{Read, Row, s},
    write::Change,
};
use std::{collections::BTreeMap, fmt::Write};
use tabletap_domain::{
    Minor, PaymentId,
    payment::{Payment, PaymentPart, due_by_line},
    share::Piece,
};

/// The mark of a piece whose money is there.
const PAID: &str = "paid";

/// The attribute that holds the payment of a line.
fn line_attribute(place: usize) -> String {
    format!("line_{place}")
}

/// The attribute that lists the pieces of a line.
fn split_attribute(place: usize) -> String {
    format!("split_{place}")
}

/// Which payments have the lines of an order.
#[derive(Debug, Default)]
pub(super) struct Holders {
    pub(super) taken: BTreeMap<usize, PaymentId>,
    pub(super) pieces: BTreeMap<usize, Vec<Piece>>,
}

/// Who has which of an order's first `lines` lines.
pub(super) fn holders_in(row: &Row, lines: usize) -> Result<Holders, StoreError> {
    let mut holders = Holders::default();
    for place in 0..lines {
        let split = split_attribute(place);
        if let Some(text) = row.maybe::<String>(&split)? {
            let pieces = read(&text).ok_or_else(|| row.corrupt(&split))?;
            holders.pieces.insert(place, pieces);
        } else if let Some(payment) = row.maybe(&line_attribute(place))? {
            holders.taken.insert(place, payment);
        }
    }
    Ok(holders)
}

/// `pay_… 333 paid,pay_… 667`
fn read(text: &str) -> Option<Vec<Piece>> {
    let piece = |text: &str| {
        let mut words = text.split(' ');
        let payment = words.next()?.parse().ok()?;
        let amount_minor = words.next()?.parse().ok()?;
        let is_paid = match words.next() {
            None => false,
            Some(PAID) => true,
            Some(_) => return None,
        };
        Some(Piece {
            payment,
            amount_minor,
            is_paid,
        })
    };
    text.split(',').map(piece).collect()
}

fn write(pieces: &[Piece]) -> String {
    let mut text = String::new();
    for piece in pieces {
        let comma = if text.is_empty() { "" } else { "," };
        let paid = if piece.is_paid { " paid" } else { "" };
        // Writing to a string never fails.
        let _ = write!(
            text,
            "{comma}{} {}{paid}",
            piece.payment, piece.amount_minor
        );
    }
    text
}

/// What a payment does with the lines it pays.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum LineMove {
    /// They are kept for it.
    Reserve,
    /// They are anybody's again.
    Release,
    /// They are paid.
    Pay,
}

/// The clauses of an update that moves the lines of one order.
#[derive(Debug, Default)]
pub(super) struct LineClauses {
    pub(super) sets: Vec<String>,
    pub(super) removes: Vec<String>,
    conditions: Vec<String>,
    texts: Vec<(String, String)>,
}

impl LineClauses {
    /// The clauses of `step` for the lines that `payment` pays of this order; `None` where it pays none.
    pub(super) fn of(payment: &Payment, bill: &OrderBill, step: LineMove) -> Option<Self> {
        let part = payment.part(&bill.order.id)?;
        let due = due_by_line(&bill.order);
        let mut clauses = Self::default();
        for (place, amount_minor) in &part.lines {
            let due_minor = due.get(*place).copied().unwrap_or(*amount_minor);
            let line = line_attribute(*place);
            if bill.pieces.contains_key(place) || *amount_minor < due_minor {
                clauses.split(payment, bill, (*place, *amount_minor), step);
            } else {
                clauses.whole(&line, step);
            }
        }
        Some(clauses)
    }

    fn whole(&mut self, line: &str, step: LineMove) {
        match step {
            LineMove::Release => self.removes.push(format!("#{line}")),
            LineMove::Reserve | LineMove::Pay => self.sets.push(format!("#{line} = :by")),
        }
        // Only its own lines are given back. Money that came after its lines were given back may still pay them, unless another payment has
        // them by now: then the transaction is refused, and this payment is looked at again.
        self.conditions.push(match step {
            LineMove::Reserve => format!("attribute_not_exists(#{line})"),
            LineMove::Release => format!("#{line} = :by"),
            LineMove::Pay => format!("(attribute_not_exists(#{line}) OR #{line} = :by)"),
        });
    }

    fn split(
        &mut self,
        payment: &Payment,
        bill: &OrderBill,
        (place, amount_minor): (usize, Minor),
        step: LineMove,
    ) {
        let (line, split) = (line_attribute(place), split_attribute(place));
        let seen = bill.pieces.get(&place);
        let mut next: Vec<Piece> = seen.cloned().unwrap_or_default();
        next.retain(|piece| piece.payment != payment.id);
        if step != LineMove::Release {
            next.push(Piece {
                payment: payment.id.clone(),
                amount_minor,
                is_paid: step == LineMove::Pay,
            });
        }
        match next.first() {
            Some(first) => {
                self.sets
                    .push(format!("#{split} = :{split}, #{line} = :{line}"));
                self.texts.push((line.clone(), first.payment.to_string()));
                self.texts.push((split.clone(), write(&next)));
            }
            None => self.removes.push(format!("#{split}, #{line}")),
        }
        match seen {
            Some(seen) => {
                self.conditions.push(format!("#{split} = :seen_{split}"));
                self.texts.push((format!("seen_{split}"), write(seen)));
            }
            None => self.conditions.push(format!(
                "attribute_not_exists(#{split}) AND attribute_not_exists(#{line})"
            )),
        }
    }

    /// `change` with the conditions and values of these clauses; its expression has their sets and removes already.
    pub(super) fn complete(self, change: Change, payment: &Payment) -> Change {
        let names_payment = self
            .sets
            .iter()
            .chain(&self.conditions)
            .any(|clause| clause.contains(":by"));
        let change = change.and_only_if(self.conditions.join(" AND "));
        let change = self
            .texts
            .into_iter()
            .fold(change, |change, (name, text)| change.value(name, s(text)));
        match names_payment {
            true => change.value("by", s(&payment.id)),
            false => change,
        }
    }
}

impl OrderBill {
    /// The payments that have lines of this order, or pieces of them.
    pub fn payers(&self) -> impl Iterator<Item = &PaymentId> {
        let sharing = self.pieces.values().flatten().map(|piece| &piece.payment);
        self.taken.values().chain(sharing)
    }

    /// What nobody has paid or is paying of a line that owes `due_minor`.
    #[must_use]
    pub fn open_minor(&self, place: usize, due_minor: Minor) -> Minor {
        if self.taken.contains_key(&place) {
            return Minor::ZERO;
        }
        let pieces = self.pieces.get(&place).into_iter().flatten();
        let shared = Minor::sum(pieces.map(|piece| piece.amount_minor));
        // Where the pieces do not sum up, nothing is open to anybody.
        let open = shared.and_then(|shared| due_minor.checked_sub(shared));
        open.unwrap_or_default()
    }

    /// How many lines are paid to the end once this part is paid too.
    #[must_use]
    pub fn paid_lines_with(&self, part: &PaymentPart) -> usize {
        let due = due_by_line(&self.order);
        let is_completed = |(place, amount_minor): &&(usize, Minor)| {
            let due_minor = due.get(*place).copied().unwrap_or(*amount_minor);
            let pieces = self.pieces.get(place).into_iter().flatten();
            let others = pieces.filter(|piece| piece.is_paid);
            let paid = others
                .map(|piece| piece.amount_minor)
                .chain([*amount_minor]);
            Minor::sum(paid).is_ok_and(|paid| paid >= due_minor)
        };
        self.paid_lines + part.lines.iter().filter(is_completed).count()
    }

    /// Whether a payment has a line, or its piece of it.
    #[must_use]
    pub fn has(&self, place: usize, payment: &PaymentId) -> bool {
        let mut pieces = self.pieces.get(&place).into_iter().flatten();
        self.taken.get(&place) == Some(payment) || pieces.any(|piece| piece.payment == *payment)
    }
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "a test fails by panicking")]
    use super::*;

    #[test]
    fn pieces_are_read_as_they_were_written() {
        let piece = |n: u8, amount_minor, is_paid| Piece {
            payment: format!("pay_{n:032x}").parse().unwrap(),
            amount_minor: Minor(amount_minor),
            is_paid,
        };
        let pieces = vec![piece(1, 333, true), piece(2, 667, false)];
        let text = write(&pieces);
        assert_eq!(
            text,
            "pay_00000000000000000000000000000001 333 paid,pay_00000000000000000000000000000002 667"
        );
        assert_eq!(read(&text), Some(pieces));
        for broken in [
            "",
            "pay_1 333",
            "pay_00000000000000000000000000000001",
            "pay_00000000000000000000000000000001 3 maybe",
        ] {
            assert_eq!(read(broken), None, "{broken}");
        }
    }
}
