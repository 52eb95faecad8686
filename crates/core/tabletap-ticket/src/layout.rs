//! Lays out a ticket: what is on it, in which order and how large. Knows nothing of ESC/POS.
//!
//! A cook reads it from two metres away, through steam. So table and number come first and are huge, dishes are bold, removals are white on
//! black, allergies are framed, and details are small at the end. It looks like the product's ticket mock.

use tabletap_domain::{call::CallKind, order::OrderType, time::UnixMillis};
use tabletap_wire::print::{JobChoice, JobLine, PrintJob, ReprintReason};

use crate::words::{Phrase, Words};

/// Marks every copy that may be a second one. English in every language, because machines read it too.
pub(crate) const BANNER: &str = "POSSIBLE DUPLICATE";

/// A text size, with its columns on 80 mm paper.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Size {
    /// 64 columns.
    Small,
    /// 48 columns.
    Body,
    /// 48 columns, twice as high.
    Tall,
    /// 24 columns.
    Large,
    /// 12 columns.
    Huge,
}

/// One piece of the ticket, from the top.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Block {
    /// The banner, across the paper in reverse.
    Banner,
    /// A short fixed text, centred.
    Centred(String),
    /// Texts spread from edge to edge, if they fit.
    Columns {
        parts: Vec<String>,
        size: Size,
        bold: bool,
    },
    /// Text with a hanging indent: `lead` comes before its first line.
    Paragraph {
        lead: String,
        text: String,
        indent: usize,
        size: Size,
        bold: bool,
        reverse: bool,
    },
    /// A frame with large lines.
    Framed(Vec<String>),
    /// A dashed line.
    Rule,
    /// Empty paper, in dots.
    Gap(u8),
}

/// Options start under the dish's name: two columns of quantity and a space, in dots.
const OPTION_INDENT: usize = 72;

/// Options of an option are indented by this much more.
const NESTED_INDENT: usize = 24;
const DEPTH_SHOWN_MAX: usize = 4;

/// The ticket for one attempt at a job.
pub(crate) fn lay_out(job: &PrintJob, printed_at: UnixMillis, words: Words<'_>) -> Vec<Block> {
    let mut blocks = Vec::new();
    let duplicate = job.attempt > 1 || job.reprint.is_some();
    let translated = Some(words.phrase(Phrase::DUPLICATE)).filter(|own| own != BANNER);
    let translated = translated.map(Block::Centred);
    if duplicate {
        blocks.push(Block::Banner);
        blocks.extend(translated.clone());
        blocks.extend([Block::Centred(reprint_reason(job, words)), Block::Rule]);
    }
    blocks.extend(header(job, words));
    blocks.push(Block::Rule);
    if let Some(kind) = job.call {
        blocks.extend([
            Block::Gap(12),
            Block::Framed(vec![words.phrase(call_phrase(kind))]),
        ]);
    }
    for line in &job.lines {
        blocks.extend(dish(line, words));
    }
    blocks.extend(warnings(job, words));
    blocks.push(Block::Rule);
    if job.call.is_none() {
        blocks.extend(totals(job, words));
    }
    blocks.push(small_print(job, printed_at, words));
    if duplicate {
        blocks.push(Block::Gap(8));
        blocks.extend(translated);
        blocks.push(Block::Banner);
    }
    blocks
}

fn reprint_reason(job: &PrintJob, words: Words<'_>) -> String {
    let why = words.phrase(match job.reprint {
        Some(ReprintReason::Operator) => Phrase::COPY_FOR_STAFF,
        Some(ReprintReason::UnknownOutcome) | None => Phrase::COPY_IN_DOUBT,
    });
    words.fill(Phrase::COPY, &[&job.attempt.to_string(), &why])
}

/// Station and time, table, number and order type, the customer's name, and the ticket's code. A call has a table and no number.
fn header(job: &PrintJob, words: Words<'_>) -> Vec<Block> {
    let number = job.number.as_ref().map(|number| spaced(number.as_str()));
    let kind = words.phrase(match job.order_type {
        OrderType::DineIn => Phrase::DINE_IN,
        OrderType::Takeout => Phrase::TAKEOUT,
        OrderType::Delivery => Phrase::DELIVERY,
    });
    let (index, count) = (job.index.to_string(), job.count.to_string());
    let place = words.fill(Phrase::TICKET_OF_ORDER, &[&index, &count]);
    let station = words.text(&job.station_name).to_uppercase();
    let (huge, second) = match (&job.table_name, number) {
        (Some(name), Some(number)) => (table(name, words), vec![number, kind, place]),
        (Some(name), None) => (table(name, words), Vec::new()),
        (None, number) => (number.unwrap_or_default(), vec![kind, place]),
    };
    let placed = clock(job.placed_at, job.utc_offset_s);
    let mut blocks = vec![
        Block::Columns {
            parts: vec![station, placed[..5].to_owned()],
            size: Size::Body,
            bold: true,
        },
        paragraph(huge, Size::Huge, true),
    ];
    let mut large = |parts| {
        blocks.push(Block::Columns {
            parts,
            size: Size::Large,
            bold: true,
        });
    };
    if !second.is_empty() {
        large(second);
    }
    if let Some(ready) = &job.ready_clock {
        large(vec![words.phrase(Phrase::READY_AT), words.text(ready)]);
    }
    if let Some(customer) = &job.customer {
        blocks.extend(labelled(Phrase::NAME, customer, Size::Large, words));
    }
    let code = format!("{} /{}", job.ticket_id, job.attempt);
    blocks.push(paragraph(code, Size::Small, false));
    blocks
}

/// The large text on a call's slip.
fn call_phrase(kind: CallKind) -> Phrase {
    match kind {
        CallKind::Staff => Phrase::CALL_STAFF,
        CallKind::Bill => Phrase::CALL_BILL,
        CallKind::Cash => Phrase::CALL_CASH,
    }
}

/// A table with only a number gets the word "table" before it.
fn table(name: &str, words: Words<'_>) -> String {
    let name = words.text(name).to_uppercase();
    if name.starts_with(|c: char| c.is_ascii_digit()) {
        words.fill(Phrase::TABLE, &[&name])
    } else {
        name
    }
}

/// `K27` as it is called out: `K 27`.
fn spaced(number: &str) -> String {
    let (letter, digits) = number.split_at_checked(1).unwrap_or((number, ""));
    format!("{letter} {digits}")
}

fn dish(line: &JobLine, words: Words<'_>) -> Vec<Block> {
    let mut blocks = vec![
        Block::Gap(6),
        Block::Paragraph {
            lead: format!("{}x ", line.quantity),
            text: words.text(&line.name),
            indent: 0,
            size: Size::Large,
            bold: true,
            reverse: false,
        },
    ];
    if let Some(whole) = &line.part_of {
        let whole = words.fill(Phrase::PART_OF, &[&words.text(whole)]);
        blocks.push(option(whole, 0));
    }
    blocks.extend(accepted_allergens(line, words));
    blocks.extend(line.choices.iter().map(|of| choice(of, words)));
    let note = words.text(&line.note);
    if !note.is_empty() {
        blocks.push(option(format!("\"{note}\""), 0));
    }
    blocks
}

/// The dish contains an allergen of its guest, who accepted that. Printed so that the cook need not ask.
fn accepted_allergens(line: &JobLine, words: Words<'_>) -> Option<Block> {
    let allergens = line.accepted_allergens.iter();
    let names: Vec<String> = allergens.map(|of| words.allergen(*of)).collect();
    let names = names.join(", ").to_uppercase();
    (!names.is_empty()).then(|| Block::Paragraph {
        lead: String::new(),
        text: words.fill(Phrase::ACCEPTED, &[&names]),
        indent: indent(0),
        size: Size::Large,
        bold: true,
        reverse: true,
    })
}

fn choice(choice: &JobChoice, words: Words<'_>) -> Block {
    let depth = usize::try_from(choice.depth).unwrap_or(DEPTH_SHOWN_MAX);
    let name = words.text(&choice.name);
    let times = match choice.quantity {
        0 | 1 => String::new(),
        quantity => format!("{quantity}x "),
    };
    if !choice.removal {
        return option(format!("+ {times}{name}"), depth);
    }
    let left_out = words.without(&name);
    let text = match &choice.question {
        Some(question) => format!("{}: {left_out}", words.text(question)),
        None => left_out,
    };
    Block::Paragraph {
        lead: String::new(),
        text,
        indent: indent(depth),
        size: Size::Large,
        bold: true,
        reverse: true,
    }
}

fn indent(depth: usize) -> usize {
    OPTION_INDENT + NESTED_INDENT * depth.min(DEPTH_SHOWN_MAX)
}

fn option(text: String, depth: usize) -> Block {
    Block::Paragraph {
        lead: String::new(),
        text,
        indent: indent(depth),
        size: Size::Body,
        bold: true,
        reverse: false,
    }
}

fn paragraph(text: String, size: Size, bold: bool) -> Block {
    Block::Paragraph {
        lead: String::new(),
        text,
        indent: 0,
        size,
        bold,
        reverse: false,
    }
}

/// A guest's text after a label, so that `*** VOID *** PAID` reads as a name.
fn labelled(label: Phrase, text: &str, size: Size, words: Words<'_>) -> Option<Block> {
    let text = words.text(text);
    (!text.is_empty()).then(|| Block::Paragraph {
        lead: format!("{}: ", words.phrase(label)),
        text,
        indent: 0,
        size,
        bold: true,
        reverse: false,
    })
}

/// Allergies in a frame, then the guest's note.
fn warnings(job: &PrintJob, words: Words<'_>) -> Vec<Block> {
    let mut blocks = Vec::new();
    if !job.allergies.is_empty() {
        let names: Vec<String> = job.allergies.iter().map(|of| words.allergen(*of)).collect();
        let names = names.join(" - ").to_uppercase();
        let title = format!("!! {} !!", words.phrase(Phrase::ALLERGY));
        blocks.extend([Block::Gap(12), Block::Framed(vec![title, names])]);
    }
    if let Some(note) = labelled(Phrase::NOTE, &job.note, Size::Body, words) {
        blocks.extend([Block::Gap(10), note]);
    }
    blocks
}

/// The guest, the number of dishes, and whether the order is paid.
fn totals(job: &PrintJob, words: Words<'_>) -> Vec<Block> {
    let mut blocks = Vec::new();
    if job.customer.as_ref() != Some(&job.guest) {
        blocks.extend(labelled(Phrase::GUEST, &job.guest, Size::Body, words));
    }
    let paid = words.phrase(if job.paid {
        Phrase::PAID
    } else {
        Phrase::UNPAID
    });
    blocks.push(Block::Columns {
        parts: vec![words.dishes(job.dishes), paid],
        size: Size::Body,
        bold: false,
    });
    blocks
}

/// The printer's slip number, and when it was printed.
fn small_print(job: &PrintJob, printed_at: UnixMillis, words: Words<'_>) -> Block {
    let utc_offset_s = match job.clock_change {
        Some(change) if change.at <= printed_at => change.utc_offset_s,
        Some(_) | None => job.utc_offset_s,
    };
    let printed = clock(printed_at, utc_offset_s);
    let slip = words.fill(Phrase::SLIP, &[&job.seq.to_string()]);
    Block::Columns {
        parts: vec![slip, words.fill(Phrase::PRINTED, &[&printed])],
        size: Size::Small,
        bold: false,
    }
}

/// The kitchen's clock, `19:04:01`.
fn clock(at: UnixMillis, utc_offset_s: i32) -> String {
    let second_of_day = (at.seconds().saturating_add(i64::from(utc_offset_s))).rem_euclid(86_400);
    let (minutes, seconds) = (second_of_day / 60, second_of_day % 60);
    format!("{:02}:{:02}:{seconds:02}", minutes / 60, minutes % 60)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Fonts;

    #[test]
    fn paper_shows_the_kitchens_clock() {
        let at = UnixMillis(1_795_287_841_250);
        assert_eq!(clock(at, 0), "19:04:01");
        assert_eq!(clock(at, -18_000), "14:04:01");
        assert_eq!(clock(at, 9 * 3600), "04:04:01");
    }

    #[test]
    fn numbered_tables_are_called_tables() {
        let fonts = Fonts::none();
        let words = Words::of(None, &fonts);
        assert_eq!(table("7", words), "TABLE 7");
        assert_eq!(table("Table 7", words), "TABLE 7");
        assert_eq!(table("Terrace 3", words), "TERRACE 3");
        assert_eq!(table("🌴 Terrace", words), "[PALM TREE] TERRACE");
    }
}
