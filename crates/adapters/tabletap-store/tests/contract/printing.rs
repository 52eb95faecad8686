//! Tickets: written once, numbered without a gap, moved by reports, due until they are printed.

use crate::{samples::*, support::Table};
use std::{collections::BTreeSet, future::poll_fn, pin::pin, task::Poll, time::Duration};
use tabletap_domain::{
    StoreKey, TicketId,
    order::Order,
    ticket::{ASK_AFTER, RESEND_AFTER, TicketReport, TicketState},
    time::UnixMillis,
};
use tabletap_store::{Cause, ReportError, Reported, StoreError, StoredAgent, StoredTicket};
use tabletap_wire::print::ReprintReason;
use tokio::{task::JoinSet, time::timeout};

/// One order with its ticket for the bar.
pub(crate) async fn with_ticket(table: &Table) -> (StoreKey, Order, StoredTicket) {
    let store = open_kumo(&table.store).await;
    let placed = placed(&table.store, &store, 1).await;
    let written = table
        .store
        .write_tickets(
            &store,
            Cause::Order(&placed),
            vec![draft(&placed, "bar")],
            NOW,
        )
        .await
        .unwrap();
    (store, placed, written[0].clone())
}

pub(crate) async fn report(
    table: &Table,
    ticket: &StoredTicket,
    attempt: u32,
    state: TicketState,
    at: UnixMillis,
) -> Reported {
    let store = ticket.thing.owner();
    let told = TicketReport { attempt, state };
    table
        .store
        .report_ticket(
            &store,
            &ticket.thing,
            &ticket.status.id,
            told,
            Some("why"),
            at,
        )
        .await
        .unwrap()
}

pub(crate) async fn stored(table: &Table, ticket: &TicketId) -> StoredTicket {
    table.store.ticket(&kumo(), ticket).await.unwrap().unwrap()
}

#[tokio::test]
async fn twenty_concurrent_orders_get_gap_free_numbers_on_each_printer() {
    let table = Table::open().await;
    let store = open_kumo(&table.store).await;
    let mut racing = JoinSet::new();
    for number in 1..=20 {
        // Half of them share one function's memory, the others have each their own.
        let writer = if number % 2 == 0 {
            table.store.clone()
        } else {
            table.other_store()
        };
        let placed = placed(&table.store, &store, number).await;
        let drafts = vec![draft(&placed, "bar"), draft(&placed, "hot")];
        let store = store.clone();
        racing.spawn(async move {
            writer
                .write_tickets(&store, Cause::Order(&placed), drafts, NOW)
                .await
                .unwrap()
        });
    }
    let written: Vec<StoredTicket> = racing.join_all().await.into_iter().flatten().collect();
    for printer in ["bar-1", "hot-1"] {
        let of_printer = written
            .iter()
            .filter(|ticket| ticket.job.printer.as_str() == printer);
        let numbers: BTreeSet<u64> = of_printer.map(|ticket| ticket.job.seq).collect();
        assert_eq!(numbers, (1..=20).collect(), "{printer}");
    }
    assert_eq!(table.store.open_tickets(&store).await.unwrap().len(), 40);
}

#[tokio::test]
async fn a_writer_whose_transaction_takes_long_holds_up_no_other() {
    let table = Table::open().await;
    let store = open_kumo(&table.store).await;
    let orders = [
        placed(&table.store, &store, 1).await,
        placed(&table.store, &store, 2).await,
    ];
    let [slow, quick] = orders.each_ref().map(|order| {
        let drafts = vec![draft(order, "bar")];
        let writer = &table.store;
        writer.write_tickets(&store, Cause::Order(order), drafts, NOW)
    });
    // Its transaction has begun, and nobody looks after it.
    let mut slow = pin!(slow);
    let looked_at = poll_fn(|context| Poll::Ready(slow.as_mut().poll(context))).await;
    assert!(looked_at.is_pending());
    let quick = timeout(Duration::from_secs(30), quick).await;
    let quick = quick.expect("it waits for nobody").unwrap();
    let slow = slow.await.unwrap();
    let mut numbers = [slow[0].job.seq, quick[0].job.seq];
    numbers.sort_unstable();
    assert_eq!(numbers, [1, 2], "and no number is given twice");
}

#[tokio::test]
async fn tickets_written_again_are_the_same_and_take_no_number() {
    let table = Table::open().await;
    let (store, placed, first) = with_ticket(&table).await;
    for writer in [table.store.clone(), table.other_store()] {
        let again = writer
            .write_tickets(
                &store,
                Cause::Order(&placed),
                vec![draft(&placed, "bar")],
                at(30),
            )
            .await
            .unwrap();
        assert_eq!(again, std::slice::from_ref(&first));
    }
    let second = self::placed(&table.store, &store, 2).await;
    let next = table
        .store
        .write_tickets(
            &store,
            Cause::Order(&second),
            vec![draft(&second, "bar")],
            NOW,
        )
        .await
        .unwrap();
    assert_eq!((first.job.seq, next[0].job.seq), (1, 2));
}

#[tokio::test]
async fn two_stations_of_one_printer_get_two_numbers_in_one_transaction() {
    let table = Table::open().await;
    let store = open_kumo(&table.store).await;
    let placed = placed(&table.store, &store, 1).await;
    let (bar, mut hot) = (draft(&placed, "bar"), draft(&placed, "hot"));
    hot.1.printer = bar.1.printer.clone();
    table.requests.take();
    let written = table
        .store
        .write_tickets(&store, Cause::Order(&placed), vec![bar, hot], NOW)
        .await
        .unwrap();
    assert_eq!(
        written
            .iter()
            .map(|ticket| ticket.job.seq)
            .collect::<Vec<_>>(),
        [1, 2]
    );
    let asked: Vec<String> = table
        .requests
        .take()
        .into_iter()
        .map(|request| request.operation)
        .collect();
    assert_eq!(asked, ["TransactWriteItems"], "nothing is read");
}

#[tokio::test]
async fn reports_that_come_twice_late_or_out_of_order_tell_nothing_new() {
    let table = Table::open().await;
    let (_, _, ticket) = with_ticket(&table).await;
    let id = &ticket.status.id;
    assert_eq!(ticket.due, Some(NOW.plus(RESEND_AFTER)));

    let Reported::Moved(blocked) = report(&table, &ticket, 1, TicketState::Blocked, at(2)).await
    else {
        panic!("new")
    };
    assert_eq!(
        (blocked.state, blocked.problem.as_deref()),
        (TicketState::Blocked, Some("why"))
    );
    assert_eq!(stored(&table, id).await.due, Some(NOW.plus(ASK_AFTER)));
    assert_eq!(
        report(&table, &ticket, 1, TicketState::Blocked, at(3)).await,
        Reported::Nothing,
        "twice"
    );

    let Reported::Moved(accepted) = report(&table, &ticket, 1, TicketState::Accepted, at(3)).await
    else {
        panic!("new")
    };
    assert_eq!(
        (accepted.accepted_at, accepted.problem),
        (Some(at(3)), None)
    );

    let Reported::Moved(printed) = report(&table, &ticket, 1, TicketState::Printed, at(4)).await
    else {
        panic!("new")
    };
    assert_eq!(
        (printed.printed_at, printed.accepted_at),
        (Some(at(4)), Some(at(3)))
    );
    let before = table.rows().await;
    for late in [
        TicketState::Accepted,
        TicketState::Blocked,
        TicketState::Unknown,
        TicketState::Printed,
    ] {
        assert_eq!(
            report(&table, &ticket, 1, late, at(9)).await,
            Reported::Nothing,
            "{late}"
        );
    }
    assert_eq!(table.rows().await, before);
    assert!(table.store.open_tickets(&kumo()).await.unwrap().is_empty());
}

#[tokio::test]
async fn only_its_own_agent_may_report_a_ticket() {
    let table = Table::open().await;
    let (store, placed, ticket) = with_ticket(&table).await;
    let before = table.rows().await;
    let other = "kumo-hospitality:kumo-sushi:other-pc".parse().unwrap();
    let told = TicketReport {
        attempt: 1,
        state: TicketState::Printed,
    };
    let refused = table
        .store
        .report_ticket(&store, &other, &ticket.status.id, told, None, at(1))
        .await;
    assert_eq!(refused, Err(ReportError::NotYours));
    let unknown = ticket_id(&placed, "hot");
    let refused = table
        .store
        .report_ticket(&store, &ticket.thing, &unknown, told, None, at(1))
        .await;
    assert_eq!(refused, Err(ReportError::NotFound));
    assert_eq!(table.rows().await, before);
}

#[tokio::test]
async fn a_ticket_of_unknown_outcome_stays_due_and_a_reprint_begins_anew() {
    let table = Table::open().await;
    let (store, _, ticket) = with_ticket(&table).await;
    let id = &ticket.status.id;
    report(&table, &ticket, 1, TicketState::Unknown, at(10)).await;
    assert_eq!(stored(&table, id).await.due, Some(at(10)));

    let again = table
        .store
        .reprint_ticket(&store, id, at(90))
        .await
        .unwrap();
    assert_eq!(
        (again.job.attempt, again.job.reprint),
        (2, Some(ReprintReason::Operator))
    );
    assert_eq!(
        (again.job.seq, again.status.state),
        (ticket.job.seq, TicketState::Queued)
    );
    assert_eq!((again.since, again.due), (at(90), Some(at(90))));
    assert_eq!(again.status.created_at, NOW);
    assert_eq!(
        report(&table, &ticket, 1, TicketState::Printed, at(91)).await,
        Reported::Nothing,
        "of the first copy"
    );

    report(&table, &ticket, 3, TicketState::Accepted, at(95)).await;
    let by_agent = stored(&table, id).await;
    assert_eq!(
        (by_agent.job.attempt, by_agent.job.reprint),
        (3, Some(ReprintReason::UnknownOutcome))
    );
    assert_eq!(
        by_agent.due,
        Some(at(95).plus(ASK_AFTER)),
        "counted from the agent's own attempt"
    );
    let missing = ticket_id(&order(&store, 9), "bar");
    assert_eq!(
        table.store.reprint_ticket(&store, &missing, NOW).await,
        Err(ReportError::NotFound)
    );
}

#[tokio::test]
async fn no_tickets_are_written_of_an_order_that_is_not_there() {
    let table = Table::open().await;
    let store = open_kumo(&table.store).await;
    let before = table.rows().await;
    let nowhere = order(&store, 9);
    let written = table.store.write_tickets(
        &store,
        Cause::Order(&nowhere),
        vec![draft(&nowhere, "bar")],
        NOW,
    );
    assert!(matches!(written.await, Err(StoreError::Corrupt(_))));
    assert_eq!(table.rows().await, before);
}

#[tokio::test]
async fn a_ticket_is_offered_again_only_as_it_was_seen() {
    let table = Table::open().await;
    let (store, _, ticket) = with_ticket(&table).await;
    let offer = |stored| {
        let (table, store) = (&table, &store);
        async move {
            table
                .store
                .reoffer_ticket(store, stored, at(9))
                .await
                .unwrap()
        }
    };
    let again = offer(&ticket).await.unwrap();
    assert_eq!(
        (again.job.attempt, again.job.reprint),
        (2, Some(ReprintReason::UnknownOutcome))
    );
    assert_eq!(again.due, Some(at(9).plus(RESEND_AFTER)));
    assert_eq!(offer(&ticket).await, None, "it stands otherwise by now");
    assert_eq!(stored(&table, &ticket.status.id).await, again);
}

#[tokio::test]
async fn what_an_agent_last_said_of_itself_is_kept_and_an_earlier_releases_row_says_less() {
    let table = Table::open().await;
    let store = open_kumo(&table.store).await;
    let agent = thing(&store);
    let said = |journal: &str, can: &[&str]| StoredAgent {
        journal: journal.to_owned(),
        can: can.iter().map(|name| (*name).to_owned()).collect(),
    };
    assert_eq!(table.store.agent(&store, &agent).await.unwrap(), None);
    for now in [said("first", &[]), said("second", &["ask", "fly"])] {
        table.store.note_agent(&store, &agent, &now).await.unwrap();
        let known = table.store.agent(&store, &agent).await.unwrap();
        assert_eq!(known, Some(now));
    }
    let mut row = table
        .rows()
        .await
        .into_iter()
        .find(|row| row.contains_key("can"));
    let row = row.as_mut().unwrap();
    row.remove("can");
    let put = table.client.put_item().table_name(&table.name);
    put.set_item(Some(row.clone())).send().await.unwrap();
    let known = table.store.agent(&store, &agent).await.unwrap();
    assert_eq!(known, Some(said("second", &[])));
}
