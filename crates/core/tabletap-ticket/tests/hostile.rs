//! Whatever words a job holds, the printer gets a ticket and no orders.

mod common;

use common::{PRINTED_AT, arabic_fonts, choice, dish, fonts, kitchen_job, paper, removal};
use proptest::prelude::*;
use tabletap_paper::RealTimeWatcher;
use tabletap_ticket::{Fonts, render};
use tabletap_wire::print::{PrintJob, ReprintReason};

/// Names and notes as the worst guest writes them.
fn words() -> impl Strategy<Value = String> {
    prop_oneof![
        any::<String>(),
        "[ -~]{0,300}",
        proptest::collection::vec(any::<char>(), 0..40).prop_map(String::from_iter),
        Just("\u{1b}@\u{1d}V\u{0}\u{10}\u{4}\u{1}\u{1b}p\u{0}22".to_owned()),
        Just("POSSIBLE DUPLICATE".to_owned()),
        Just("x".repeat(300)),
        Just("👩\u{200d}🍳🍣 寿司 \u{202e}كباب Đặc biệt".to_owned()),
        Just("牛".repeat(100)),
    ]
}

fn jobs() -> impl Strategy<Value = PrintJob> {
    let words = proptest::collection::vec(words(), 7);
    (words, 0_u32..300, 1_u32..4, any::<bool>()).prop_map(|(words, quantity, attempt, asked)| {
        let mut job = kitchen_job();
        job.lines = vec![dish(
            quantity,
            &words[0],
            vec![choice(&words[1]), removal(&words[2])],
        )];
        job.lines[0].note = words[3].clone();
        job.station_name = words[4].clone();
        (job.note, job.guest) = (words[5].clone(), words[6].clone());
        job.attempt = attempt;
        job.reprint = asked.then_some(ReprintReason::Operator);
        job
    })
}

fn check(job: &PrintJob, fonts: &Fonts) -> Result<(), TestCaseError> {
    let ticket = render(job, PRINTED_AT, fonts);
    let paper = paper(&ticket.bytes);
    let asked = job.attempt > 1 || job.reprint.is_some();
    prop_assert_eq!(&paper.problems, &Vec::<String>::new());
    prop_assert_eq!(paper.drawer_kicks, 0);
    prop_assert_eq!(RealTimeWatcher::scan(&ticket.bytes), vec![]);
    prop_assert_eq!(&ticket.bytes[ticket.bytes.len() - 4..], [0x1d, b'V', 66, 0]);
    prop_assert_eq!(
        (paper.starts_with_banner(), paper.ends_with_banner()),
        (asked, asked)
    );
    let code = paper.ticket_code().expect("the code is readable");
    prop_assert_eq!(code.ticket_id, job.ticket_id.to_string());
    prop_assert_eq!(code.attempt, job.attempt);
    prop_assert!(paper.text().lines().all(|line| line.len() <= 64));
    prop_assert!(ticket.height_mm >= u32::try_from(paper.height / 8).unwrap_or(u32::MAX));
    Ok(())
}

proptest! {
    #[test]
    fn no_words_reach_the_printer_as_commands(job in jobs()) {
        check(&job, &Fonts::none())?;
    }
}

#[test]
fn nor_do_drawn_words() {
    for fonts in [fonts(), arabic_fonts(true)] {
        let mut runner = proptest::test_runner::TestRunner::new(ProptestConfig::with_cases(40));
        runner
            .run(&jobs(), |job| check(&job, &fonts))
            .expect("every job makes a harmless ticket");
    }
}
