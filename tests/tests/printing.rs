//! What a restaurant prints, from the running program: stickers whose links open the table, and the menu on paper.
#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::fs;
use tabletap_tests::Program;

#[tokio::test]
async fn sheets_and_paper_menus_are_written_and_shown() {
    let program = Program::start().await;
    let out = tempfile::tempdir().unwrap();
    let folder = out.path().to_str().unwrap();
    let sheets = program.command(&["qr", "brasa-barranco", "--size", "4cm", "--out", folder]);
    let said = String::from_utf8(sheets.stdout).unwrap();
    assert!(
        sheets.status.success() && said.contains("they are marked TRIAL"),
        "{said}{}",
        String::from_utf8_lossy(&sheets.stderr)
    );
    let pdf = fs::read(out.path().join("brasa-barranco-qr-4cm.pdf")).unwrap();
    assert!(pdf.starts_with(b"%PDF"));

    for address in ["menu.brasa.example", "https://menu.brasa.example/m"] {
        let dead = out.path().join("dead");
        let folder = dead.to_str().unwrap();
        let arguments = ["qr", "brasa-barranco", "--url", address, "--out", folder];
        let refused = program.command(&arguments);
        let said = String::from_utf8(refused.stderr).unwrap();
        assert!(
            !refused.status.success() && said.contains("write `https://menu.brasa.example`"),
            "{said}"
        );
        assert!(!dead.exists(), "no sticker is written");
    }

    let paper = program.command(&[
        "menu",
        "paper",
        "bait-sidra",
        "--lang",
        "en",
        "--out",
        folder,
    ]);
    assert!(paper.status.success());
    let html = fs::read_to_string(out.path().join("bait-sidra-menu-en.html")).unwrap();
    assert!(html.contains("Grilled zubaidi") && html.contains("contains fish"));

    for path in [
        "/local/print?store=bait-sidra&size=a6",
        "/local/print/bait-sidra/8cm.svg",
        "/local/print/bait-sidra/menu-ar.html",
    ] {
        let reply = program.fetch(path).await;
        assert_eq!(reply.status(), 200, "{path}");
        assert!(!reply.text().await.unwrap().is_empty(), "{path}");
    }
}

#[tokio::test]
async fn a_table_or_language_that_is_not_there_is_refused_and_nothing_is_written() {
    let program = Program::start().await;
    let out = tempfile::tempdir().unwrap();
    let folder = out.path().to_str().unwrap();
    for (arguments, says) in [
        (
            vec!["qr", "kumo-sushi", "--table", "t99"],
            "kumo-sushi has no table `t99`; there are: t1, t2",
        ),
        (
            vec!["qr", "kumo-sushi", "--size", "2cm"],
            "`2cm` is not a size",
        ),
        (
            vec!["menu", "paper", "kumo-sushi", "--lang", "fr"],
            "is published in: en, ja",
        ),
    ] {
        let refused = program.command(&[&arguments[..], &["--out", folder]].concat());
        let said = String::from_utf8(refused.stderr).unwrap();
        assert!(!refused.status.success() && said.contains(says), "{said}");
    }
    assert_eq!(fs::read_dir(out.path()).unwrap().count(), 0);
}

#[tokio::test]
async fn the_console_hears_of_each_change_in_a_form_that_browsers_pass_on() {
    let program = Program::start().await;
    let mut events = program.fetch("/local/events").await;
    assert_eq!(events.headers()["content-type"], "text/event-stream");
    let mut is_told = async || loop {
        let event = events.chunk().await.unwrap().expect("an event");
        let event = String::from_utf8_lossy(&event).into_owned();
        // A comment only says that the connection is alive.
        if !event.starts_with(':') {
            assert!(
                event.contains("event: changed") && event.contains("data: "),
                "{event}"
            );
            break;
        }
    };
    is_told().await;
    let faults = "/local/printers/kumo-sushi-hot-1/faults";
    let out = serde_json::json!({ "paper": false });
    assert_eq!(program.post(faults, &out).await, 200);
    is_told().await;
}
