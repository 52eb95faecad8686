//! A kitchen that cannot print takes no takeout money, and takes it again as soon as a printer prints.

use super::{ORDER, T0, sweep};
use std::time::Duration;
use tabletap_domain::{
    order::Order,
    ticket::{TicketReport, TicketState},
    time::UnixMillis,
};
use tabletap_store::StoredTicket;
use tabletap_testkit::Kitchen;

const SECOND_ORDER: &str = "ord_0123456789abcdef0123456789abcd00";

fn at(s: u64) -> UnixMillis {
    T0.plus(Duration::from_secs(s))
}

async fn paused_until(kitchen: &Kitchen) -> Option<UnixMillis> {
    let until = kitchen.store.kitchen_unreachable_until(&kitchen.sushi.key);
    until.await.unwrap()
}

async fn report(kitchen: &Kitchen, ticket: &StoredTicket, state: TicketState, s: u64) {
    let report = TicketReport { attempt: 1, state };
    let key = &kitchen.sushi.key;
    let (thing, id) = (&ticket.thing, &ticket.status.id);
    let reported = kitchen
        .store
        .report_ticket(key, thing, id, report, None, at(s));
    reported.await.unwrap();
}

/// An order with a ticket for each of two printers.
async fn cooked(kitchen: &Kitchen, id: &str, table: &str, s: u64) -> (Order, Vec<StoredTicket>) {
    let order = kitchen.order_sushi(id, table, at(s)).await;
    let tickets = kitchen.write_tickets(&order, at(s)).await;
    assert_ne!(tickets[0].job.printer, tickets[1].job.printer);
    (order, tickets)
}

#[tokio::test]
async fn with_every_printer_off_takeout_pauses_after_three_minutes_and_ends_its_pause_with_the_first_paper()
 {
    let kitchen = Kitchen::open().await;
    let (_, tickets) = cooked(&kitchen, ORDER, "t1", 0).await;
    for ticket in &tickets {
        report(&kitchen, ticket, TicketState::Blocked, 2).await;
    }
    assert_eq!(sweep(&kitchen, 179).await.unreachable, 0);
    assert_eq!(paused_until(&kitchen).await, None);
    // Guests go on ordering at their tables: that those tickets are young says nothing.
    cooked(&kitchen, SECOND_ORDER, "t2", 200).await;
    assert_eq!(sweep(&kitchen, 240).await.unreachable, 1);
    assert_eq!(paused_until(&kitchen).await, Some(at(240 + 150)));
    assert_eq!(sweep(&kitchen, 300).await.unreachable, 1);
    assert_eq!(paused_until(&kitchen).await, Some(at(300 + 150)));
    report(&kitchen, &tickets[0], TicketState::Printed, 320).await;
    assert_eq!(sweep(&kitchen, 360).await.unreachable, 0);
    assert_eq!(paused_until(&kitchen).await, None, "it goes on by itself");
}

#[tokio::test]
async fn a_sweep_that_comes_a_moment_early_keeps_the_pause() {
    let kitchen = Kitchen::open().await;
    cooked(&kitchen, ORDER, "t1", 0).await;
    assert_eq!(sweep(&kitchen, 240).await.unreachable, 1);
    // Its tickets are on their alarm again at 300 seconds only.
    let early = sweep(&kitchen, 299).await;
    assert_eq!((early.unreachable, early.alarms), (1, 0));
    assert_eq!(paused_until(&kitchen).await, Some(at(299 + 150)));
}

#[tokio::test]
async fn a_store_of_which_one_printer_works_goes_on_selling() {
    let kitchen = Kitchen::open().await;
    let (_, tickets) = cooked(&kitchen, ORDER, "t1", 0).await;
    report(&kitchen, &tickets[1], TicketState::Printed, 3).await;
    for s in [180, 240, 3600] {
        let swept = sweep(&kitchen, s).await;
        assert_eq!((swept.unreachable, swept.alarms), (0, 1), "{s} seconds");
    }
    // Then it goes off too.
    cooked(&kitchen, SECOND_ORDER, "t2", 3601).await;
    assert_eq!(sweep(&kitchen, 3700).await.unreachable, 0);
    assert_eq!(sweep(&kitchen, 3790).await.unreachable, 1);
}

#[tokio::test]
async fn tickets_that_wait_for_the_staffs_word_pause_nothing() {
    let kitchen = Kitchen::open().await;
    let (_, tickets) = cooked(&kitchen, ORDER, "t1", 0).await;
    for ticket in &tickets {
        report(&kitchen, ticket, TicketState::Unknown, 2).await;
    }
    assert_eq!(sweep(&kitchen, 600).await.unreachable, 0);
    assert_eq!(paused_until(&kitchen).await, None);
}
