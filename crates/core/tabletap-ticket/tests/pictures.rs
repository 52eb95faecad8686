//! The mock's tickets as pictures, kept under the target folder to be looked at.

mod common;

use common::{PRINTED_AT, choice, dish, font_folder, fonts, kitchen_job, paper};
use tabletap_paper::PaperRenderer;
use tabletap_ticket::render;
use tabletap_wire::print::{PrintJob, ReprintReason};

/// The share of black in percent, from the PNG itself.
fn picture(name: &str, job: &PrintJob) -> usize {
    let mut pen = PaperRenderer::from_folders(&[font_folder()]).expect("fonts, see `make setup`");
    let png = pen
        .png(&paper(&render(job, PRINTED_AT, &fonts()).bytes))
        .expect("a picture");
    let path = std::path::Path::new(env!("CARGO_TARGET_TMPDIR")).join(name);
    std::fs::write(path, &png).expect("the target folder can be written");
    let mut reader = png::Decoder::new(std::io::Cursor::new(png))
        .read_info()
        .expect("a PNG");
    let mut grey = vec![0; reader.output_buffer_size().expect("a size")];
    let frame = reader.next_frame(&mut grey).expect("a frame");
    assert_eq!(
        (frame.width, frame.color_type),
        (640, png::ColorType::Grayscale)
    );
    grey.iter().filter(|dot| **dot < 128).count() * 100 / grey.len()
}

#[test]
fn a_ticket_has_ink_on_white_paper() {
    assert!((4..25).contains(&picture("kitchen.png", &kitchen_job())));
}

#[test]
fn a_duplicate_in_other_scripts_has_ink_on_white_paper() {
    let mut job = kitchen_job();
    (job.attempt, job.reprint) = (2, Some(ReprintReason::UnknownOutcome));
    job.lines = vec![
        dish(
            2,
            "冷奴と揚げ出し豆腐",
            vec![choice("Crème brûlée – 5 €"), common::removal("わさび")],
        ),
        dish(1, "Phở bò • Đặc biệt", vec![]),
    ];
    (job.guest, job.table_name) = ("はな".to_owned(), Some("Terrasse 4 é".to_owned()));
    job.note = "بدون بصل من فضلك".to_owned();
    assert!((4..30).contains(&picture("scripts.png", &job)));
}

#[test]
fn a_kitchen_reads_its_own_language_and_from_its_own_side() {
    for (lang, table, name, left_out, note) in [
        (
            "ja",
            "テーブル 7",
            "醤油ラーメン",
            "玉子",
            "🥜 抜きでお願いします",
        ),
        ("ar", "7", "كباب مشوي", "من دون خبز", "بدون 🥜 من فضلك"),
        ("de", "7", "Käsespätzle", "Zwiebeln", "Keine 🥜 bitte"),
    ] {
        let mut job = kitchen_job();
        job.lang = Some(lang.parse().expect("a language"));
        job.table_name = Some(table.to_owned());
        job.lines = vec![
            dish(2, name, vec![choice("Large"), common::removal(left_out)]),
            dish(1, "Coca-Cola", vec![common::removal("Ice")]),
        ];
        job.lines[0].part_of = Some(name.to_owned());
        job.customer = Some("Ada Lovelace".to_owned());
        job.ready_clock = Some("19:45".to_owned());
        job.note = note.to_owned();
        (job.attempt, job.reprint) = (2, Some(ReprintReason::UnknownOutcome));
        let ink = picture(&format!("kitchen-{lang}.png"), &job);
        assert!((4..35).contains(&ink), "{lang}: {ink} %");
    }
}
