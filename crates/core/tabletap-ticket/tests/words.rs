//! What a kitchen reads: in its own language, with every word that a guest wrote, whatever fonts its printer has.
#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

mod common;

use common::{
    PRINTED_AT, arabic_fonts, choice, dish, fonts, fonts_with_empty_emoji, kitchen_job, paper,
    removal,
};
use tabletap_domain::{call::CallKind, time::UnixMillis};
use tabletap_ticket::{Fonts, render};
use tabletap_wire::print::{ClockChange, JobChoice, PrintJob, ReprintReason};

fn text(job: &PrintJob, fonts: &Fonts) -> String {
    let paper = paper(&render(job, PRINTED_AT, fonts).bytes);
    assert_eq!(paper.problems, Vec::<String>::new());
    paper.text()
}

fn in_language(lang: &str) -> PrintJob {
    PrintJob {
        lang: Some(lang.parse().unwrap()),
        ..kitchen_job()
    }
}

#[test]
fn an_allergy_written_as_an_emoji_is_said_in_words_whatever_fonts_there_are() {
    let all = [
        (Fonts::none(), "no fonts"),
        (fonts(), "no font for emoji"),
        (fonts_with_empty_emoji(), "one whose emoji are empty"),
    ];
    for (note, said) in [
        ("NO 🥜 PLEASE", "Note: NO [peanuts] PLEASE"),
        ("🥜🥜🥜", "Note: [peanuts] x3"),
        ("thanks 👩\u{200d}🍳!", "Note: thanks [woman cook]!"),
        ("👍🏽", "Note: [thumbs up: medium skin tone]"),
        ("2\u{fe0f}\u{20e3} forks", "Note: [keycap: 2] forks"),
        ("🇯🇵", "Note: [flag: Japan]"),
        (
            "🏴\u{e0067}\u{e0062}\u{e0065}\u{e006e}\u{e0067}\u{e007f}",
            "Note: [flag: England]",
        ),
        ("🫪", "Note: [emoji U+1FAEA]"),
        ("\u{f8ff}", "Note: [U+F8FF]"),
        ("\u{301}", "Note: [U+0301]"),
        ("\u{3164}", "Note: [U+3164]"),
    ] {
        let mut job = kitchen_job();
        job.note = note.to_owned();
        for (fonts, which) in &all {
            let text = text(&job, fonts);
            assert!(text.contains(said), "{which}: {said}\n{text}");
        }
    }
}

#[test]
fn emoji_are_said_in_words_wherever_somebody_can_write_them() {
    let mut job = kitchen_job();
    job.lines = vec![dish(1, "🍜 Ramen", vec![choice("🌶"), removal("🥚")])];
    job.lines[0].note = "🧄".to_owned();
    job.lines[0].part_of = Some("🍱".to_owned());
    job.station_name = "🔥".to_owned();
    job.table_name = Some("🌴 Terrace".to_owned());
    (job.guest, job.customer) = ("🦊".to_owned(), Some("🐻".to_owned()));
    let text = text(&job, &Fonts::none());
    for said in [
        "[FIRE]",
        "[PALM TREE] TERRACE",
        "Name: [bear]",
        "1x [steaming bowl] Ramen",
        "part of [bento box]",
        "+ [hot pepper]",
        "NO [egg]",
        "\"[garlic]\"",
        "Guest: [fox]",
    ] {
        assert!(text.contains(said), "{said}\n{text}");
    }
}

#[test]
fn a_sign_whose_glyph_is_empty_is_marked() {
    let mut job = kitchen_job();
    job.note = "rune \u{16a0} here".to_owned();
    for fonts in [fonts(), fonts_with_empty_emoji()] {
        let ticket = render(&job, PRINTED_AT, &fonts);
        let text = paper(&ticket.bytes).text();
        assert!(text.contains("Note: rune [?] here"), "{text}");
        assert_eq!(ticket.undrawn, ["rune \u{16a0} here"]);
    }
}

#[test]
fn a_spanish_kitchen_reads_spanish() {
    let mut job = in_language("es");
    job.lines = vec![dish(
        1,
        "Hamburguesa",
        vec![
            removal("Sin cebolla"),
            removal("Pepinillo"),
            JobChoice {
                question: Some("Salsa".to_owned()),
                ..removal("No")
            },
        ],
    )];
    (job.note, job.dishes) = ("NO 🥜".to_owned(), 1);
    job.reprint = Some(ReprintReason::Operator);
    insta::assert_snapshot!(text(&job, &fonts()));
}

#[test]
fn a_german_kitchen_without_fonts_reads_german_without_its_dots() {
    let mut job = in_language("de");
    job.allergies = vec!["peanut".parse().unwrap()];
    job.lines = vec![dish(
        1,
        "Burger",
        vec![removal("Zwiebeln"), removal("Ohne Ei")],
    )];
    insta::assert_snapshot!(text(&job, &Fonts::none()));
}

#[test]
fn a_kitchen_whose_letters_no_font_has_reads_english() {
    for lang in ["ja", "ar", "th"] {
        let text = text(&in_language(lang), &Fonts::none());
        for word in ["ALLERGY", "NO sesame", "DINE-IN", "3 dishes", "Guest: Ada"] {
            assert!(text.contains(word), "{lang}: {word}\n{text}");
        }
        assert!(!text.contains("needs a font"), "{lang}\n{text}");
    }
}

/// The lines that a person reads, without their margins.
fn lines(text: &str) -> Vec<&str> {
    text.lines().map(str::trim).collect()
}

#[test]
fn an_arabic_kitchen_whose_fonts_lack_latin_letters_reads_these_in_plain_text() {
    let mut job = in_language("ar");
    job.lines = vec![
        dish(2, "Coca-Cola", vec![choice("Large"), removal("Ice")]),
        dish(1, "كباب", vec![choice("Crème"), removal("خبز")]),
        dish(3, "كباب Texas مشوي", vec![]),
    ];
    job.lines[1].note = "well done".to_owned();
    (job.guest, job.note) = ("علي Ada".to_owned(), "!!".to_owned());
    job.reprint = Some(ReprintReason::Operator);
    for has_marks in [false, true] {
        reads_in_plain_text(&job, &arabic_fonts(has_marks));
    }
}

fn reads_in_plain_text(job: &PrintJob, fonts: &Fonts) {
    let ticket = render(job, PRINTED_AT, fonts);
    let paper = paper(&ticket.bytes);
    assert_eq!(paper.problems, Vec::<String>::new());
    let text = paper.text();
    let lines = lines(&text);
    for line in [
        "2x Coca-Cola",
        "+ Large",
        "NO Ice",
        "1x",
        "+ Creme",
        "\"well done\"",
        "3x",
        "Texas",
        "Ada",
        "!!",
        "TABLE 7",
    ] {
        assert!(lines.contains(&line), "{line}\n{text}");
    }
    assert!(!text.contains('?'), "{text}");
    let after = |line: &str| {
        let place = lines.iter().position(|of| *of == line);
        lines[place.unwrap() + 1]
    };
    for line in ["1x", "3x", "Texas"] {
        assert!(after(line).starts_with("[picture"), "{line}\n{text}");
    }
    assert_eq!(ticket.undrawn, ["+ Crème"], "its accent");
}

#[test]
fn a_frame_of_allergies_is_whole_when_fonts_lack_latin_letters() {
    let frame_dots = |allergies: &[&str]| -> u32 {
        let mut job = in_language("ar");
        job.allergies = allergies.iter().map(|of| of.parse().unwrap()).collect();
        let text = text(&job, &arabic_fonts(true));
        assert!(!text.contains('?'), "{text}");
        let pictures = text.split("[picture 576x").skip(1);
        let heights = pictures.map(|rest| rest.split(']').next().unwrap().parse().unwrap());
        heights.max().unwrap()
    };
    let (one, two) = (frame_dots(&["egg"]), frame_dots(&["egg", "milk"]));
    assert_eq!(
        two - one,
        one / 2,
        "the title and each name are a row of the picture"
    );
}

#[test]
fn text_in_letters_that_no_font_has_is_still_marked() {
    let mut job = in_language("ar");
    job.note = "كباب 寿司 \u{16a0}".to_owned();
    let ticket = render(&job, PRINTED_AT, &arabic_fonts(false));
    let text = paper(&ticket.bytes).text();
    assert!(lines(&text).contains(&"[?] [?]"), "{text}");
    assert_eq!(ticket.undrawn, [job.note]);
}

#[test]
fn an_english_kitchen_reads_an_arabic_name_beside_plain_words() {
    let mut job = kitchen_job();
    job.guest = "علي".to_owned();
    let text = text(&job, &arabic_fonts(false));
    let at = lines(&text).iter().position(|line| *line == "Guest:");
    assert!(
        lines(&text)[at.unwrap() + 1].starts_with("[picture"),
        "{text}"
    );
    assert!(text.contains("2x Agedashi tofu"), "{text}");
}

#[test]
fn a_name_reads_as_a_name_and_a_wish_as_a_wish() {
    let mut job = kitchen_job();
    job.guest = "*** VOID *** PAID".to_owned();
    job.customer = Some("POSSIBLE DUPLICATE".to_owned());
    job.note = "ALLERGY: none".to_owned();
    let paper = paper(&render(&job, PRINTED_AT, &Fonts::none()).bytes);
    let text = paper.text();
    for line in [
        "Guest: *** VOID *** PAID",
        "Name: POSSIBLE DUPLICATE",
        "Note: ALLERGY: none",
    ] {
        assert!(text.lines().any(|one| one.trim() == line), "{line}\n{text}");
    }
    assert!(!paper.starts_with_banner() && !paper.ends_with_banner());
}

#[test]
fn paper_shows_the_clock_of_the_night_in_which_it_comes_out() {
    let at = |text: &str| -> UnixMillis {
        let job = serde_json::json!({"at": text, "utc_offset_s": 0});
        serde_json::from_value::<ClockChange>(job).unwrap().at
    };
    let night = |placed: &str, before, change: &str, after| PrintJob {
        placed_at: at(placed),
        utc_offset_s: before,
        clock_change: Some(ClockChange {
            at: at(change),
            utc_offset_s: after,
        }),
        ..kitchen_job()
    };
    let march = night("2026-03-28T19:00:00Z", 3600, "2026-03-29T01:00:00Z", 7200);
    let october = night("2026-10-24T20:00:00Z", 7200, "2026-10-25T01:00:00Z", 3600);
    for (job, printed, clock) in [
        (&march, "2026-03-29T00:59:59Z", "01:59:59"),
        (&march, "2026-03-29T01:00:00Z", "03:00:00"),
        (&march, "2026-03-29T01:05:49Z", "03:05:49"),
        (&october, "2026-10-25T00:30:00Z", "02:30:00"),
        (&october, "2026-10-25T01:30:00Z", "02:30:00"),
        (&october, "2026-10-25T02:00:00Z", "03:00:00"),
    ] {
        let text = paper(&render(job, at(printed), &Fonts::none()).bytes).text();
        assert!(
            text.contains(&format!("printed {clock}")),
            "{printed}\n{text}"
        );
    }
    let text = paper(&render(&march, at("2026-03-29T01:05:49Z"), &Fonts::none()).bytes).text();
    assert!(text.contains("20:00"), "it was placed in winter\n{text}");
}

#[test]
fn a_job_of_yesterday_prints_as_it_did() {
    let mut job = serde_json::to_value(kitchen_job()).unwrap();
    let fields = job.as_object_mut().unwrap();
    assert_eq!(fields.remove("lang"), None, "absent where nobody said it");
    let job: PrintJob = serde_json::from_value(job).unwrap();
    assert_eq!(job, kitchen_job());
    assert!(text(&job, &Fonts::none()).contains("NO sesame"));
}

#[test]
fn a_call_is_said_in_the_kitchens_language() {
    for (lang, said) in [
        ("es", "LA CUENTA, POR FAVOR"),
        ("de", "DIE RECHNUNG, BITTE"),
    ] {
        let job = PrintJob {
            number: None,
            call: Some(CallKind::Bill),
            lines: Vec::new(),
            ..in_language(lang)
        };
        assert!(text(&job, &Fonts::none()).contains(said));
    }
}
