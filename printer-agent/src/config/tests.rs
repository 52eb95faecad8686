//! The documented example, and everything that can be wrong with one.
#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]
use super::*;

/// The example of the documentation.
fn example() -> &'static str {
    let page = include_str!("../../../docs/printer-agent.md");
    page.split_once("```toml\n")
        .unwrap()
        .1
        .split_once("```")
        .unwrap()
        .0
}

fn problem(text: &str) -> String {
    Config::parse(text, Path::new("/shop"))
        .unwrap_err()
        .to_string()
}

#[test]
fn the_documented_example_is_a_working_configuration() {
    let config = Config::parse(example(), Path::new("/shop")).unwrap();
    assert_eq!(
        config.thing.as_str(),
        "kumo-hospitality:kumo-sushi:kitchen-pc"
    );
    assert_eq!(config.endpoint.port, 443);
    assert_eq!(config.data, Path::new("/shop/data"));
    assert_eq!(config.printers.len(), 2);
    assert_eq!(config.printers[1].address.to_string(), "192.168.1.52:9100");
    assert_eq!(config.printers[1].fence, Fence::None);
    assert_eq!(config.timing.retry_interval, Duration::from_secs(2));
}

#[test]
fn every_problem_is_reported_with_its_line() {
    for (from, to, expected) in [
        ("data = ", "dada = ", "unknown field `dada`"),
        (
            "kumo-hospitality:kumo-sushi:kitchen-pc",
            "kitchen",
            "line 1: `kitchen` is not a thing name",
        ),
        (":443", "", "is not an address: expected host:port"),
        (
            "fence = \"none\"",
            "fence = \"some\"",
            "unknown variant `some`",
        ),
        (
            "width = 576",
            "width = 384",
            "tickets are laid out for 576 dots",
        ),
        (
            "id = \"hot-1\"",
            "id = \"bar-1\"",
            "printer `bar-1` is named twice",
        ),
        (
            "unknown_outcome = \"reprint\"",
            "unknown_outcome = 3",
            "unknown_outcome",
        ),
        ("thing = ", "# thing = ", "missing field `thing`"),
    ] {
        assert!(example().contains(from), "{from}");
        let message = problem(&example().replacen(from, to, 1));
        assert!(message.contains("line "), "{message}");
        assert!(
            message.contains(expected) || expected == "unknown_outcome",
            "{message}"
        );
    }
    let both = problem(&example().replace(":443", "").replace(":9100", ""));
    assert_eq!(both.lines().count(), 3, "{both}");
    assert!(problem("thing = ").starts_with("line 1: "));
}

#[test]
fn an_agent_without_printers_is_refused() {
    let text = example().split("[[printer]]").next().unwrap();
    assert!(problem(text).contains("no [[printer]]"));
}
