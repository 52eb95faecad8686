//! The tickets of the mock, read back by the independent decoder.

mod common;

use common::{PRINTED_AT, choice, dish, fonts, kitchen_job, paper};
use tabletap_domain::{call::CallKind, menu::Allergen};
use tabletap_ticket::{Fonts, render};
use tabletap_wire::print::{PrintJob, ReprintReason};

fn sushi_bar_job() -> PrintJob {
    let mut job = kitchen_job();
    job.ticket_id = "tkt_00112233445566778899aabbccddeeff_bar_1"
        .parse()
        .expect("an id");
    job.station_name = "Sushi bar".to_owned();
    job.number = Some("B08".parse().expect("a number"));
    job.table_name = Some("Table 3".to_owned());
    job.count = 1;
    job.lines = vec![dish(1, "Nigiri set, 10", vec![])];
    job.lines[0].note = "soy sauce apart".to_owned();
    (job.note, job.guest, job.allergies, job.dishes) = (String::new(), String::new(), vec![], 1);
    (job.attempt, job.reprint) = (2, Some(ReprintReason::UnknownOutcome));
    job
}

#[test]
fn the_kitchens_ticket_reads_like_the_mock() {
    let ticket = render(&kitchen_job(), PRINTED_AT, &Fonts::none());
    let paper = paper(&ticket.bytes);
    assert_eq!(
        (
            paper.problems.len(),
            ticket.undrawn.len(),
            paper.starts_with_banner()
        ),
        (0, 0, false)
    );
    insta::assert_snapshot!(paper.text());
}

#[test]
fn takeout_says_its_number_who_picks_it_up_and_when() {
    let job = PrintJob {
        order_type: "takeout".parse().expect("a kind"),
        table_name: None,
        ready_clock: Some("19:45".to_owned()),
        customer: Some("Ada Lovelace".to_owned()),
        guest: String::new(),
        paid: true,
        ..kitchen_job()
    };
    let ticket = render(&job, PRINTED_AT, &Fonts::none());
    let paper = paper(&ticket.bytes);
    assert_eq!(
        (paper.problems.len(), paper.starts_with_banner()),
        (0, false)
    );
    insta::assert_snapshot!(paper.text());
}

#[test]
fn a_call_is_a_slip_that_says_who_wants_what() {
    for kind in CallKind::ALL {
        let job = PrintJob {
            number: None,
            call: Some(*kind),
            lines: Vec::new(),
            note: String::new(),
            guest: String::new(),
            allergies: Vec::new(),
            dishes: 0,
            ..kitchen_job()
        };
        let ticket = render(&job, PRINTED_AT, &Fonts::none());
        let paper = paper(&ticket.bytes);
        assert_eq!(
            (paper.problems.len(), paper.starts_with_banner()),
            (0, false)
        );
        assert!(paper.ticket_code().is_some());
        insta::assert_snapshot!(format!("call-{kind}"), paper.text());
    }
}

#[test]
fn a_dish_that_its_guest_is_allergic_to_and_wants_says_so_on_every_copy() {
    let mut job = kitchen_job();
    job.lines[0].accepted_allergens = vec![Allergen::Egg, Allergen::Milk];
    for (attempt, reprint) in [(1, None), (2, Some(ReprintReason::Operator))] {
        let job = PrintJob {
            attempt,
            reprint,
            ..job.clone()
        };
        let ticket = render(&job, PRINTED_AT, &Fonts::none());
        let text = paper(&ticket.bytes).text();
        let words: Vec<&str> = text.split(|c: char| !c.is_alphanumeric()).collect();
        let words: Vec<&str> = words.into_iter().filter(|word| !word.is_empty()).collect();
        let said = words.join(" ");
        assert!(said.contains("CONTAINS EGG MILK GUEST ACCEPTED"), "{text}");
        assert_eq!(said.matches("GUEST ACCEPTED").count(), 1, "{text}");
    }
}

#[test]
fn a_possible_duplicate_says_so_first_and_last() {
    let ticket = render(&sushi_bar_job(), PRINTED_AT, &Fonts::none());
    let paper = paper(&ticket.bytes);
    assert!(paper.starts_with_banner() && paper.ends_with_banner());
    assert_eq!(
        paper.ticket_code().expect("the code is readable").attempt,
        2
    );
    insta::assert_snapshot!(paper.text());
}

#[test]
fn what_a_printer_cannot_show_is_drawn() {
    let mut job = kitchen_job();
    job.lines = vec![dish(
        2,
        "冷奴と揚げ出し豆腐",
        vec![choice("Crème brûlée – 5 €")],
    )];
    job.guest = "はな".to_owned();
    job.note = "بدون بصل من فضلك".to_owned();
    let ticket = render(&job, PRINTED_AT, &fonts());
    let paper = paper(&ticket.bytes);
    assert_eq!(ticket.undrawn, Vec::<String>::new());
    assert_eq!(
        paper.text().matches("[picture 576x").count(),
        3,
        "{}",
        paper.text()
    );
}

#[test]
fn without_fonts_the_ticket_says_what_is_missing() {
    let mut job = kitchen_job();
    job.lines = vec![dish(1, "牛肉面", vec![]), dish(1, "Crème brûlée", vec![])];
    let ticket = render(&job, PRINTED_AT, &Fonts::none());
    let text = paper(&ticket.bytes).text();
    assert_eq!(ticket.undrawn, ["牛肉面", "Crème brûlée"]);
    assert!(text.contains("1x ? [text needs a font]"), "{text}");
    assert!(text.contains("1x Creme brulee [text"), "{text}");
}

#[test]
fn the_flush_saves_the_banner_wherever_an_earlier_attempt_broke_off() {
    let mut job = kitchen_job();
    job.lines = vec![dish(2, "冷奴", vec![choice("大")])];
    let first = render(&job, PRINTED_AT, &fonts()).bytes;
    let second = [
        tabletap_ticket::flush_prefix(),
        render(&sushi_bar_job(), PRINTED_AT, &Fonts::none()).bytes,
    ]
    .concat();
    for at in 0..first.len() - 4 {
        let events = tabletap_paper::Interpreter::default().feed(&[&first[..at], &second].concat());
        let Some(tabletap_paper::Event::Cut(copy)) = events.last() else {
            panic!("no copy at {at}")
        };
        assert!(
            copy.starts_with_banner() && copy.ends_with_banner(),
            "broken off at byte {at}"
        );
        assert_eq!(
            copy.problems,
            Vec::<String>::new(),
            "broken off at byte {at}"
        );
    }
}
