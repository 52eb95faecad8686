//! Staff at the command line: they know an order by its number and a table by its name, and read amounts as money.

use std::process::Output;

use serde_json::{Value, json};
use tabletap_domain::{OrderId, number::candidates};
use tabletap_tests::Program;

const AT: [&str; 2] = ["--store", "kumo-sushi"];

fn command(program: &Program, arguments: &[&str]) -> Output {
    program.command(&[arguments, &AT].concat())
}

/// What a command that works says.
fn told(program: &Program, arguments: &[&str]) -> String {
    let output = command(program, arguments);
    let problem = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{arguments:?}: {problem}");
    String::from_utf8_lossy(&output.stdout).into_owned()
}

/// The sentence of a command that refuses.
fn refused(program: &Program, arguments: &[&str]) -> String {
    let output = command(program, arguments);
    assert!(!output.status.success(), "{arguments:?} was not refused");
    String::from_utf8_lossy(&output.stderr).into_owned()
}

fn text<'a>(of: &'a Value, key: &str) -> &'a str {
    of[key].as_str().unwrap_or_else(|| panic!("{key} of {of}"))
}

#[tokio::test]
async fn an_order_is_listed_shown_and_printed_again_by_its_number() {
    let program = Program::start().await;
    let order = program.guest("kumo-sushi", 0).await.order(6).await;
    let (id, number) = (text(&order, "order_id"), text(&order, "number"));
    let papers = program.await_papers(id, 2).await;

    let listed = told(&program, &["order", "list"]);
    let line = listed.lines().find(|line| line.starts_with(number));
    let line = line.unwrap_or_else(|| panic!("{number} in: {listed}"));
    for part in ["Table 1", "6 dishes", "unpaid", "USD", id] {
        assert!(line.contains(part), "{part} in: {line}");
    }
    let shown = told(&program, &["order", "show", &number.to_lowercase()]);
    assert_eq!(shown, told(&program, &["order", "show", id]));
    let total = order["total_minor"].as_i64().expect("a total");
    let total = format!("total\t{}.{:02} USD", total / 100, total % 100);
    assert!(shown.contains(&total), "{total} in: {shown}");
    assert_eq!(
        shown.matches("\tprinted\t").count(),
        papers.len(),
        "{shown}"
    );

    let said = refused(&program, &["ticket", "reprint", number]);
    let stations: Vec<&str> = papers
        .iter()
        .filter_map(|paper| text(paper, "ticket_id").split('_').nth(2))
        .collect();
    for station in &stations {
        assert!(said.contains(&format!("{number}/{station}")), "{said}");
    }
    let one = format!("{number}/{}", stations[0]);
    let said = told(&program, &["ticket", "reprint", &one]);
    assert!(said.contains("attempt 2"), "{said}");
}

#[tokio::test]
async fn what_is_no_order_is_said_to_be_none() {
    let program = Program::start().await;
    for (named, sentence) in [
        (
            "17",
            "neither an order's number, such as K27, nor an order id",
        ),
        ("K27", "has had no order K27 since yesterday"),
        (
            "ord_00000000000000000000000000000001",
            "there is no order ord_0",
        ),
    ] {
        for command in [["order", "show"].as_slice(), &["refund"]] {
            let said = refused(&program, &[command, &[named]].concat());
            assert!(said.contains(sentence), "{command:?} {named}: {said}");
        }
    }
    let none = told(&program, &["order", "list"]);
    assert_eq!(none.trim(), "no open orders since yesterday");
    let said = refused(&program, &["seating", "close", "Table 99"]);
    assert!(
        said.contains("has no table `Table 99`") && said.contains("(Table 1)"),
        "{said}"
    );
}

/// Two order ids that get the same number.
fn namesakes() -> [OrderId; 2] {
    let id = |n: u32| OrderId::parse(&format!("ord_{n:032x}")).expect("an id");
    let first = id(1);
    let wanted = &candidates(&first, 0)[0];
    let second = (2..)
        .map(id)
        .find(|other| candidates(other, 0)[0] == *wanted);
    [first, second.expect("numbers are few")]
}

#[tokio::test]
async fn a_number_that_two_orders_have_had_is_not_guessed() {
    let program = Program::start().await;
    let guest = program.guest("kumo-sushi", 1).await;
    let [first, second] = namesakes().map(|id| id.to_string());
    let mut number = String::new();
    for id in [&first, &second] {
        let mut body = guest.cart(1).await;
        body["order_id"] = json!(id);
        let guest = program.guest("kumo-sushi", 1).await;
        let reply = guest.send(&guest.quote(body).await).await;
        assert_eq!(reply.status, 201, "{}", reply.body);
        number = text(&reply.body, "number").to_owned();
        program.await_papers(id, 1).await;
        if id == &first {
            // Its number is free from now on.
            told(&program, &["seating", "close", "table 2", "--unpaid"]);
        }
    }
    for command in [
        ["order", "show"].as_slice(),
        &["ticket", "reprint"],
        &["refund"],
    ] {
        let said = refused(&program, &[command, &[&number]].concat());
        assert!(
            said.contains(&first) && said.contains(&second),
            "{command:?}: {said}"
        );
        assert!(said.contains("name one by its id"), "{command:?}: {said}");
    }
    let shown = told(&program, &["order", "show", &first]);
    assert!(shown.contains("served"), "{shown}");
    let (open, all) = (
        told(&program, &["order", "list"]),
        told(&program, &["order", "list", "--all"]),
    );
    assert_eq!((open.lines().count(), all.lines().count()), (1, 2), "{all}");
}

#[tokio::test]
async fn refunds_and_the_audit_speak_of_money() {
    let program = Program::start().await;
    let diner = program.diner("kumo-sushi").await;
    let order = diner.order(&diner.cart(1).await).await;
    let session = diner.session(&order).await;
    program.pay(&session, "paid").await;
    let paid = diner.await_order(&order, "paid", |order| order["payment"]["status"] == "paid");
    let paid = paid.await;
    let number = text(&paid, "number");
    let total = paid["total_minor"].as_i64().expect("a total");
    let total = format!("{}.{:02} USD", total / 100, total % 100);

    let said = refused(&program, &["refund", number, "--amount", "9999"]);
    let sentence = format!("only {total} of it can still be refunded");
    assert!(said.contains(&sentence), "{sentence} in: {said}");
    let audit = told(&program, &["audit"]);
    assert!(
        audit.contains(&format!("paid {total}, refunded 0.00 USD")),
        "{audit}"
    );
    let said = told(&program, &["refund", number, "--amount", "1.00"]);
    assert!(said.contains("1.00 USD of pay_"), "{said}");
    let audit = told(&program, &["audit"]);
    assert!(
        audit.contains(&format!("paid {total}, refunded 1.00 USD")),
        "{audit}"
    );
    let shown = told(&program, &["order", "show", number]);
    assert!(shown.contains("partly refunded"), "{shown}");
}
