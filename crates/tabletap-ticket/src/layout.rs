//! What stands on a ticket, in which order and how large: the look, without a word of ESC/POS.
//!
//! Read from two metres in steam: place and number first and huge, dishes bold, removals reversed, allergies
//! framed, thin things small at the end. The look is that of the product's ticket mock.

use tabletap_domain::{call::CallKind, menu::Allergen, time::UnixMillis};
use tabletap_wire::print::{JobChoice, JobLine, PrintJob, ReprintReason};

use crate::clean::clean;

/// The words that mark every copy that may be a second one.
pub(crate) const BANNER: &str = "POSSIBLE DUPLICATE";

/// How large text is, each with its columns on 80 mm paper.
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
    /// A short fixed text in the middle.
    Centred(String),
    /// Words at both edges and between, as far as they fit; always plain where they stand on one line.
    Columns {
        parts: Vec<String>,
        size: Size,
        bold: bool,
    },
    /// Text that continues under itself; `lead` stands before its first line.
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

/// What belongs to an option stands this much further in.
const NESTED_INDENT: usize = 24;
const DEPTH_SHOWN_MAX: usize = 4;

/// The ticket for one attempt at a job.
pub(crate) fn lay_out(job: &PrintJob, printed_at: UnixMillis) -> Vec<Block> {
    let mut blocks = Vec::new();
    let duplicate = job.attempt > 1 || job.reprint.is_some();
    if duplicate {
        blocks.extend([Block::Banner, Block::Centred(reason(job)), Block::Rule]);
    }
    blocks.extend(head(job));
    blocks.push(Block::Rule);
    if let Some(kind) = job.call {
        blocks.extend([Block::Gap(12), Block::Framed(vec![call(kind).to_owned()])]);
    }
    for line in &job.lines {
        blocks.extend(dish(line));
    }
    blocks.extend(warnings(job));
    blocks.push(Block::Rule);
    if job.call.is_none() {
        blocks.push(sums(job));
    }
    blocks.push(small_print(job, printed_at));
    if duplicate {
        blocks.extend([Block::Gap(8), Block::Banner]);
    }
    blocks
}

fn reason(job: &PrintJob) -> String {
    let why = match job.reprint {
        Some(ReprintReason::Operator) => "printed again for the staff",
        Some(ReprintReason::UnknownOutcome) | None => "an earlier one may have come out",
    };
    format!("copy {}: {why}", job.attempt)
}

/// Station and time, the place, number and kind, and the ticket's code. A call is from a place, and has no number.
fn head(job: &PrintJob) -> Vec<Block> {
    let number = job.number.as_ref().map(|number| spaced(number.as_str()));
    let kind = job.order_type.to_string().to_uppercase().replace('_', "-");
    let place = format!("{} of {}", job.index, job.count);
    let station = clean(&job.station_name).to_uppercase();
    let (huge, second) = match (&job.table_name, number) {
        (Some(name), Some(number)) => (table(name), vec![number, kind, place]),
        (Some(name), None) => (table(name), Vec::new()),
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
    if !second.is_empty() {
        blocks.push(Block::Columns {
            parts: second,
            size: Size::Large,
            bold: true,
        });
    }
    if let Some(ready) = &job.ready_clock {
        blocks.push(Block::Columns {
            parts: vec!["READY AT".to_owned(), clean(ready)],
            size: Size::Large,
            bold: true,
        });
    }
    let code = format!("{} /{}", job.ticket_id, job.attempt);
    blocks.push(paragraph(code, Size::Small, false));
    blocks
}

/// What a waiter reads from across the room.
fn call(kind: CallKind) -> &'static str {
    match kind {
        CallKind::Staff => "PLEASE COME",
        CallKind::Bill => "THE BILL, PLEASE",
        CallKind::Cash => "PAYS CASH",
    }
}

/// Tables that are only numbered are called tables.
fn table(name: &str) -> String {
    let name = clean(name).to_uppercase();
    if name.starts_with(|c: char| c.is_ascii_digit()) {
        format!("TABLE {name}")
    } else {
        name
    }
}

/// `K27` as it is called out: `K 27`.
fn spaced(number: &str) -> String {
    let (letter, digits) = number.split_at_checked(1).unwrap_or((number, ""));
    format!("{letter} {digits}")
}

fn dish(line: &JobLine) -> Vec<Block> {
    let mut blocks = vec![
        Block::Gap(6),
        Block::Paragraph {
            lead: format!("{}x ", line.quantity),
            text: clean(&line.name),
            indent: 0,
            size: Size::Large,
            bold: true,
            reverse: false,
        },
    ];
    if let Some(whole) = &line.part_of {
        blocks.push(option(format!("part of {}", clean(whole)), 0));
    }
    blocks.extend(line.choices.iter().map(choice));
    let note = clean(&line.note);
    if !note.is_empty() {
        blocks.push(option(format!("\"{note}\""), 0));
    }
    blocks
}

fn choice(choice: &JobChoice) -> Block {
    let depth = usize::try_from(choice.depth).unwrap_or(DEPTH_SHOWN_MAX);
    let name = clean(&choice.name);
    let times = match choice.quantity {
        0 | 1 => String::new(),
        quantity => format!("{quantity}x "),
    };
    if !choice.removal {
        return option(format!("+ {times}{name}"), depth);
    }
    // A menu may already call it "No sesame".
    let bare = name
        .get(..3)
        .filter(|no| no.eq_ignore_ascii_case("no "))
        .map_or(&*name, |_| &name[3..]);
    Block::Paragraph {
        lead: String::new(),
        text: format!("NO {bare}"),
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

/// Allergies in a frame, then the guest's words.
fn warnings(job: &PrintJob) -> Vec<Block> {
    let mut blocks = Vec::new();
    if !job.allergies.is_empty() {
        let names: Vec<&str> = job
            .allergies
            .iter()
            .copied()
            .map(Allergen::as_str)
            .collect();
        let names = names.join(" - ").to_uppercase();
        blocks.extend([
            Block::Gap(12),
            Block::Framed(vec!["!! ALLERGY !!".to_owned(), names]),
        ]);
    }
    let note = clean(&job.note);
    if !note.is_empty() {
        blocks.push(Block::Gap(10));
        blocks.push(Block::Paragraph {
            lead: "Note: ".to_owned(),
            text: note,
            indent: 0,
            size: Size::Body,
            bold: true,
            reverse: false,
        });
    }
    blocks
}

/// Who ordered how much, and whether it is paid.
fn sums(job: &PrintJob) -> Block {
    let dishes = if job.dishes == 1 {
        "1 dish".to_owned()
    } else {
        format!("{} dishes", job.dishes)
    };
    let guest = clean(&job.guest);
    let paid = if job.paid { "PAID" } else { "UNPAID" }.to_owned();
    let parts = if guest.is_empty() {
        vec![dishes, paid]
    } else {
        vec![guest, dishes, paid]
    };
    Block::Columns {
        parts,
        size: Size::Body,
        bold: false,
    }
}

/// Where it stands among the printer's slips, and when it came out.
fn small_print(job: &PrintJob, printed_at: UnixMillis) -> Block {
    let printed = format!("printed {}", clock(printed_at, job.utc_offset_s));
    Block::Columns {
        parts: vec![format!("slip {}", job.seq), printed],
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

    #[test]
    fn paper_shows_the_kitchens_clock() {
        let at = UnixMillis(1_795_287_841_250);
        assert_eq!(clock(at, 0), "19:04:01");
        assert_eq!(clock(at, -18_000), "14:04:01");
        assert_eq!(clock(at, 9 * 3600), "04:04:01");
    }

    #[test]
    fn numbered_tables_are_called_tables() {
        assert_eq!(table("7"), "TABLE 7");
        assert_eq!(table("Table 7"), "TABLE 7");
        assert_eq!(table("Terrace 3"), "TERRACE 3");
    }
}
