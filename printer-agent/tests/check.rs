//! The findings of `printer-agent check`, and that it disturbs no running agent.
#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

mod common;

use common::{Shop, THING, job, wait_for_reports};

#[tokio::test]
async fn check_names_what_is_wrong_and_prints_nothing() {
    let shop = Shop::open().await;
    let good = shop.command("check").output().await.unwrap();
    let text = String::from_utf8(good.stdout).unwrap();
    assert!(good.status.success(), "{text}");
    assert_eq!(text.lines().count(), 4, "{text}");
    assert!(text.contains(&format!("issued to {THING}")), "{text}");
    assert!(
        text.contains("connects and subscribes") && text.contains("confirms its tickets"),
        "{text}"
    );

    shop.printer.set_paper_out(true);
    let path = shop.folder.path().join("agent.toml");
    let config = std::fs::read_to_string(&path).unwrap();
    let port = format!("localhost:{}", shop.broker.port);
    std::fs::write(
        &path,
        config
            .replace(&port, "localhost:1")
            .replace("kitchen-pc", "bar-pc"),
    )
    .unwrap();
    let bad = shop.command("check").output().await.unwrap();
    let text = String::from_utf8(bad.stdout).unwrap();
    assert_eq!(bad.status.code(), Some(1));
    for (place, words) in ["issued to", "no connection", "out of paper; put in a roll"]
        .iter()
        .enumerate()
    {
        let line = text.lines().nth(place).unwrap();
        assert!(line.starts_with("BAD") && line.contains(words), "{line}");
    }
    assert_eq!(shop.printer.paper(), "");
}

#[tokio::test]
async fn check_beside_a_running_agent_disturbs_neither_its_session_nor_its_printer() {
    let shop = Shop::open().await;
    shop.printer.inside.lock().unwrap().serves_one = true;
    let _agent = shop.agent("");
    shop.broker.send(&job(1, 1));
    wait_for_reports(&shop, "printed", 1).await;
    let good = shop.command("check").output().await.unwrap();
    let text = String::from_utf8(good.stdout).unwrap();
    assert!(good.status.success(), "{text}");
    for words in [
        "an agent is running with this configuration",
        "the session is the running agent's",
        "the running agent is using it",
    ] {
        assert!(text.contains(words), "{text}");
    }
    shop.broker.send(&job(2, 1));
    wait_for_reports(&shop, "printed", 2).await;
    assert_eq!(shop.broker.received.lock().unwrap().connects, 1);
    assert!(!shop.printer.paper().contains("POSSIBLE DUPLICATE"));
}

#[tokio::test]
async fn run_and_check_both_name_a_damaged_journal_and_the_remedy() {
    let shop = Shop::open().await;
    let mut agent = shop.agent("");
    shop.broker.send(&job(1, 1));
    wait_for_reports(&shop, "printed", 1).await;
    agent.kill().await.unwrap();
    let path = shop.folder.path().join("data/journal");
    let mut bytes = std::fs::read(&path).unwrap();
    bytes[12] ^= 1;
    std::fs::write(&path, &bytes).unwrap();

    let ended = shop.command("run").output().await.unwrap();
    assert_eq!(ended.status.code(), Some(1));
    let output = String::from_utf8(ended.stderr).unwrap();
    let last = output.lines().last().unwrap();
    let checked = shop.command("check").output().await.unwrap();
    assert_eq!(checked.status.code(), Some(1));
    let found = String::from_utf8(checked.stdout).unwrap();
    let found = found.lines().find(|line| line.starts_with("BAD")).unwrap();
    for text in [last, found] {
        let is_clear = text.contains("is damaged at byte 0")
            && text.contains("move the file away and start the agent");
        assert!(is_clear, "{text}");
    }
    assert_eq!(std::fs::read(&path).unwrap(), bytes, "nothing was touched");

    std::fs::rename(&path, path.with_extension("broken")).unwrap();
    let _again = shop.agent("");
    shop.broker.send(&job(2, 1));
    wait_for_reports(&shop, "printed", 2).await;
}
