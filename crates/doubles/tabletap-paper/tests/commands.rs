//! The interpreter against bytes written by hand from Epson's command reference.

use tabletap_paper::{Element, Event, Interpreter, Paper, Style};

fn cut_paper(bytes: &[u8]) -> Paper {
    let mut printer = Interpreter::default();
    let events = printer.feed(bytes);
    match events.as_slice() {
        [Event::Cut(paper)] => paper.clone(),
        other => panic!("expected one cut, got {other:?}"),
    }
}

fn first_style(paper: &Paper) -> Style {
    match &paper.elements[0] {
        Element::Line { cells, .. } => cells[0].style,
        Element::Picture { .. } => panic!("expected a line"),
    }
}

#[test]
fn plain_lines_come_out_as_text() {
    let paper = cut_paper(b"\x1b@Hello\nworld\n\x1dV\x00");
    assert_eq!(paper.text(), "Hello\nworld");
    assert_eq!(paper.problems, Vec::<String>::new());
}

#[test]
fn a_paper_is_the_same_however_the_bytes_are_split() {
    let bytes =
        b"\x1b@\x1d!\x11Big\n\x1dv0\x00\x02\x00\x02\x00\xff\x00\xff\x00\x1b!\x00small\n\x1dVB\x10";
    let whole = cut_paper(bytes);
    for at in 0..bytes.len() {
        let mut printer = Interpreter::default();
        let mut events = printer.feed(&bytes[..at]);
        events.extend(printer.feed(&bytes[at..]));
        assert_eq!(events, [Event::Cut(whole.clone())], "split at {at}");
    }
}

#[test]
fn each_style_command_changes_what_it_names() {
    let styles: [(&[u8], Style); 8] = [
        (
            b"\x1bE\x01",
            Style {
                bold: true,
                ..Style::default()
            },
        ),
        (
            b"\x1bG\x01",
            Style {
                bold: true,
                ..Style::default()
            },
        ),
        (
            b"\x1dB\x01",
            Style {
                reverse: true,
                ..Style::default()
            },
        ),
        (
            b"\x1d!\x23",
            Style {
                width: 3,
                height: 4,
                ..Style::default()
            },
        ),
        (
            b"\x1b!\x30",
            Style {
                width: 2,
                height: 2,
                ..Style::default()
            },
        ),
        (
            b"\x1b-\x02",
            Style {
                underline: 2,
                ..Style::default()
            },
        ),
        (
            b"\x1bM\x01",
            Style {
                font: tabletap_paper::Font::B,
                ..Style::default()
            },
        ),
        (b"\x1d!\x23\x1b@", Style::default()),
    ];
    for (command, style) in styles {
        let paper = cut_paper(&[command, b"x\n\x1dV\x01"].concat());
        assert_eq!(first_style(&paper), style, "{command:02x?}");
    }
}

#[test]
fn a_line_too_long_continues_on_the_next() {
    let paper = cut_paper(&[&[b'a'; 50][..], b"\n\x1dV\x00"].concat());
    assert_eq!(paper.text(), format!("{}\naa", "a".repeat(48)));
}

#[test]
fn alignment_moves_text_and_pictures() {
    let paper = cut_paper(b"\x1ba\x01ab\n\x1ba\x02\x1dv0\x00\x02\x00\x01\x00\xff\xff\x1dV\x00");
    let lefts: Vec<usize> = paper
        .elements
        .iter()
        .map(|element| match element {
            Element::Line { cells, .. } => cells[0].x,
            Element::Picture { x, .. } => *x,
        })
        .collect();
    assert_eq!(lefts, [276, 560]);
}

#[test]
fn bands_of_one_image_are_one_picture() {
    let band = b"\x1dv0\x00\x01\x00\x02\x00\xff\x81";
    let paper = cut_paper(&[&band[..], band, b"\x1dV\x00"].concat());
    assert_eq!(paper.text(), "[picture 8x4]");
}

#[test]
fn nuls_outside_a_command_print_nothing() {
    let paper = cut_paper(&[&[0; 1744][..], b"text\n\x1dV\x00"].concat());
    assert_eq!(paper.text(), "text");
    assert_eq!(paper.problems, Vec::<String>::new());
}

#[test]
fn an_unfinished_image_swallows_what_follows_unless_flushed() {
    let torn = b"\x1dv0\x00\x48\x00\x18\x00\xff\xff";
    let lost = cut_paper(&[&torn[..], &[b'A'; 1726], b"rest\n\x1dV\x00"].concat());
    assert_eq!(lost.text(), "[picture 576x24]\nrest");

    let mut printer = Interpreter::default();
    let events = printer.feed(&[&torn[..], &[0; 1744], b"\x1dV\x00BANNER\n\x1dV\x00"].concat());
    let [Event::Cut(_), Event::Cut(second)] = events.as_slice() else {
        panic!("expected the fragment and the copy, got {events:?}");
    };
    assert_eq!(second.text(), "BANNER");
}

#[test]
fn questions_are_answered_in_order_with_the_printing() {
    let mut printer = Interpreter::default();
    let events = printer.feed(b"a\n\x1dr\x01\x1d(H\x06\x0000A001\x1dV\x00");
    assert!(matches!(
        events.as_slice(),
        [
            Event::AskStatus(1),
            Event::AskProcessId([b'A', b'0', b'0', b'1']),
            Event::Cut(_)
        ]
    ));
}

#[test]
fn known_commands_of_other_makers_are_no_problem() {
    let paper = cut_paper(
        b"\x1bt\x10\x1c.\x1bB\x03\x02\x10\x04\x01\x1d(k\x04\x001A2\x00\x1d(k\x03\x001C\x06\x1dkA\x02ab\x1bD\x08\x10\x00ok\n\x1dV\x00",
    );
    assert_eq!(paper.text(), "ok");
    assert_eq!(paper.problems, Vec::<String>::new());
    assert_eq!(paper.drawer_kicks, 0);
}

#[test]
fn the_drawer_and_strangers_are_reported() {
    let paper = cut_paper(b"\x1bp\x00\x32\x32\x1b\x7f\x1dV\x00");
    assert_eq!(paper.drawer_kicks, 1);
    assert_eq!(paper.problems, ["unknown command [1b, 7f]"]);
}

#[test]
fn high_bytes_are_read_in_code_page_437() {
    assert_eq!(
        cut_paper(b"Cr\x8ame br\x96l\x82e\n\x1dV\x00").text(),
        "Crème brûlée"
    );
}

#[test]
fn paper_without_a_cut_is_torn_off_in_the_end() {
    let mut printer = Interpreter::default();
    let events = printer.feed(&b"x\n".repeat(1000));
    assert!(matches!(events.as_slice(), [Event::Cut(_)]));
    assert!(printer.strip().height < 20_000);
}

#[test]
fn power_loss_keeps_the_paper_and_forgets_the_rest() {
    let mut printer = Interpreter::default();
    printer.feed(b"\x1d!\x33printed\nlost\x1dv0\x00\x48");
    assert!(printer.pending_len() > 0);
    printer.power_cycle();
    let events = printer.feed(b"after\n\x1dV\x00");
    let [Event::Cut(paper)] = events.as_slice() else {
        panic!("one cut, got {events:?}")
    };
    assert_eq!(paper.text(), "printed\nafter");
}

#[test]
fn the_banner_is_found_first_and_last() {
    let both = cut_paper(b" POSSIBLE DUPLICATE \nx\nPOSSIBLE DUPLICATE\n\x1dV\x00");
    assert!(both.starts_with_banner() && both.ends_with_banner());
    let torn = cut_paper(b"POSSIBLE DUPLICATE\nx\n\x1dV\x00");
    assert!(torn.starts_with_banner() && !torn.ends_with_banner());
    let note = cut_paper(b"TABLE 7\nNote: POSSIBLE DUPLICATE\nUNPAID\n\x1dV\x00");
    assert!(!note.starts_with_banner() && !note.ends_with_banner());
}

proptest::proptest! {
    #[test]
    fn no_bytes_whatever_break_the_interpreter(bytes in proptest::collection::vec(proptest::prelude::any::<u8>(), 0..2000)) {
        let mut printer = Interpreter::default();
        for event in printer.feed(&bytes) {
            if let Event::Cut(paper) = event {
                let _ = (paper.text(), paper.ticket_code(), paper.starts_with_banner());
            }
        }
    }
}
