//! Kills the agent at every step, with every mishap of the printer: no ticket is lost, and no second copy is unmarked.
#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

mod common;

use common::{Shop, job, printer::Mishap, ticket, wait_until};
use tabletap_wire::print::Report;

/// How many copies of a ticket are on paper, without and with the banner.
fn copies(paper: &str, number: u64) -> (usize, usize) {
    let slips: Vec<_> = paper.split("\u{1d}V").collect();
    let of_ticket = slips.iter().filter(|slip| slip.contains(&ticket(number)));
    let (marked, plain): (Vec<&&str>, _) =
        of_ticket.partition(|slip| slip.contains("POSSIBLE DUPLICATE"));
    (plain.len(), marked.len())
}

fn is_alarmed(reports: &[Report], number: u64) -> bool {
    reports.iter().any(|report| matches!(report, Report::Unknown(news) if news.ticket_id.to_string() == ticket(number)))
}

fn is_printed(reports: &[Report], number: u64) -> bool {
    reports.iter().any(|report| matches!(report, Report::Printed(news) if news.ticket_id.to_string() == ticket(number)))
}

async fn run(fault: &str, mishap: Option<Mishap>) {
    let case = format!("{fault} with {mishap:?}");
    let shop = Shop::open().await;
    let mut agent = shop.agent(fault);
    shop.printer.schedule_mishap(mishap);
    for number in 1..=3 {
        shop.broker.send(&job(number, 1));
    }
    let (broker, printer) = (shop.broker.clone(), shop.printer.clone());
    let refill = tokio::spawn(async move {
        wait_until("the paper is out, and an agent has reported it", || {
            let blocked = |report: &Report| matches!(report, Report::Blocked(_));
            printer.inside.lock().unwrap().paper_out && broker.reports().iter().any(blocked)
        })
        .await;
        printer.set_paper_out(false);
    });
    if !fault.is_empty() {
        assert!(!agent.wait().await.unwrap().success(), "{case}");
    }
    let mut second = if fault.is_empty() {
        agent
    } else {
        shop.agent("")
    };
    // The cloud offers again what it has not seen accepted, and more.
    for number in 1..=3 {
        shop.broker.send(&job(number, 1));
    }
    wait_until(&format!("all tickets have ended ({case})"), || {
        let reports = shop.broker.reports();
        (1..=3).all(|number| is_printed(&reports, number) || is_alarmed(&reports, number))
    })
    .await;
    refill.abort();
    second.kill().await.unwrap();
    let (paper, reports) = (shop.printer.paper(), shop.broker.reports());
    for number in 1..=3 {
        let (plain, marked) = copies(&paper, number);
        assert!(
            plain <= 1,
            "{case}: ticket {number} has {plain} unmarked copies"
        );
        assert!(
            marked <= 1,
            "{case}: ticket {number} was reprinted {marked} times"
        );
        assert!(
            plain + marked > 0 || is_alarmed(&reports, number),
            "{case}: ticket {number} is lost"
        );
        if fault.is_empty() && mishap != Some(Mishap::PowerCut) {
            assert_eq!((plain, marked), (1, 0), "{case}: ticket {number}");
        }
    }
}

const POINTS: [&str; 7] = [
    "",
    "agent.queued:crash",
    "agent.sending:crash",
    "agent.mid-write:crash",
    "agent.written:crash",
    "agent.fenced:crash",
    "agent.printed:crash",
];

#[tokio::test]
async fn a_crash_at_any_step_loses_no_ticket_and_leaves_no_unmarked_duplicate() {
    for point in POINTS {
        run(point, None).await;
    }
}

#[tokio::test]
async fn a_crash_while_the_paper_is_out_loses_no_ticket_and_leaves_no_unmarked_duplicate() {
    for point in POINTS {
        run(point, Some(Mishap::PaperOut)).await;
    }
}

#[tokio::test]
async fn a_crash_and_a_power_cut_lose_no_ticket_and_leave_no_unmarked_duplicate() {
    for point in POINTS {
        run(point, Some(Mishap::PowerCut)).await;
    }
}
