//! The README says what the code does.

use crate::{
    paying::{checkout, payment, piece, refund, settlement, share},
    readme::{fits, readme_table},
    samples::*,
    support::Table,
};
use std::{
    collections::{BTreeMap, BTreeSet},
    slice,
};
use tabletap_domain::{
    Minor, TableId,
    call::{Call, CallKind},
    order::{Order, OrderStatus, PaymentStatus, PickupWish, RefundReason},
    payment::{PaymentState, RefundState},
    receipt::{MailFate, ReceiptOf},
    seating::OrderSize,
    store::HouseRule,
    ticket::{TicketReport, TicketState},
    unpaid::{CountedBy, UnpaidLimit},
};
use tabletap_store::{Cause, NewHold, OrderStep, StoredAgent, UnpaidCap};

/// What each method asked, as the README writes it: the indexes, and the requests or key conditions.
#[derive(Default)]
struct Asked(BTreeMap<String, (String, String)>);

impl Asked {
    fn note(&mut self, method: &str, table: &Table) {
        let (mut indexes, mut questions) = (Vec::new(), Vec::new());
        for request in table.requests.take() {
            let named = |name: &str| {
                request
                    .body
                    .get(name)
                    .and_then(|text| text.as_str())
                    .map(str::to_owned)
            };
            indexes.push(named("IndexName").unwrap_or_else(|| "table".to_owned()));
            questions.push(named("KeyConditionExpression").unwrap_or(request.operation));
        }
        let each_once = |list: Vec<String>| {
            let mut once: Vec<String> = Vec::new();
            for text in list {
                if !once.contains(&text) {
                    once.push(text);
                }
            }
            once.join(", ")
        };
        self.0.insert(
            method.to_owned(),
            (each_once(indexes), each_once(questions)),
        );
    }
}

/// Does everything once that a store does, and notes after each call what it asked.
macro_rules! noting {
    ($asked:ident, $table:ident, $($method:ident($($argument:expr),* $(,)?);)+) => {
        $($table.requests.take();
        let _ = $table.store.$method($($argument),*).await.unwrap();
        $asked.note(stringify!($method), &$table);)+
    };
}

async fn everything_once(table: &Table) -> Asked {
    let mut asked = Asked::default();
    let one = order(&kumo(), 1);
    let two = Order {
        held: true,
        ..order(&kumo(), 2)
    };
    set_up_and_order(table, &mut asked, &one, &two).await;
    cook_and_print(table, &mut asked, &one, &two).await;
    asked
}

async fn set_up_and_order(table: &Table, asked: &mut Asked, one: &Order, two: &Order) {
    let (store, config, menu) = (
        kumo(),
        config(&kumo(), "kumo-sushi"),
        crate::selling::menu("m0123456789abcdef"),
    );
    let t1 = dining_table(1);
    let code = &codes("kumo")[&t1];
    noting!(asked, table,
        warm_up();
        import_store(&config, &codes("kumo"));
        stores();
        store(&store);
        store_by_slug(&config.slug);
        table_codes(&store);
        publish_menu(&store, &menu);
        current_menu(&store);
        menu(&store, &menu.version);
        switch_item(&store, &"tuna-roll".parse().unwrap(), false);
        scan(code);
        table_seatings(&store);
        read_for_order(&store, &t1, &one.id, slice::from_ref(&one.number));
        place_order(one, &first_order(), None);
    );
    table
        .store
        .place_order(two, &first_order(), None)
        .await
        .unwrap();
}

async fn cook_and_print(table: &Table, asked: &mut Asked, one: &Order, two: &Order) {
    let (store, t1) = (kumo(), dining_table(1));
    let bar = ticket_id(one, "bar");
    let agent = thing(&store);
    let told = |state| TicketReport { attempt: 1, state };
    noting!(asked, table,
        open_orders_of(&store, &t1, 1);
        order(&store, &one.id);
        move_order(one, OrderStatus::Placed, OrderStatus::Ready);
        release_order(&store, &two.id, NOW);
        postpone_order(&store, &one.id, at(30));
        read_for_call(&store, &t1, tabletap_domain::call::CallKind::Staff);
        place_call(&crate::calling::call(&store, 8), None, &first_order().to.stay());
        waiting_calls(&store, &t1);
        release_call(&crate::calling::call(&store, 8), NOW);
        slip_waits(&store, &crate::calling::call(&store, 8).id);
        postpone_call(&crate::calling::call(&store, 8), at(30));
        day_orders(&store, TODAY, 5);
        recent_orders(&store, NOW, 5);
        numbered_order(&store, &one.number);
        next_recent_orders(&mut tabletap_store::RecentOrders::new(store.clone(), NOW));
        write_tickets(&store, Cause::Order(one), vec![draft(one, "bar"), draft(one, "hot")], NOW);
        ticket(&store, &bar);
        report_ticket(&store, &agent, &bar, told(TicketState::Printed), Some("status"), at(1));
        reprint_ticket(&store, &ticket_id(one, "hot"), NOW);
        postpone_ticket(&store, &ticket_id(one, "hot"), 2, at(1));
    );
    let hot = table.store.ticket(&store, &ticket_id(one, "hot")).await;
    let hot = hot.unwrap().unwrap();
    noting!(asked, table,
        reoffer_ticket(&store, &hot, at(1));
        open_tickets(&store);
        agent(&store, &agent);
        note_agent(&store, &agent, &StoredAgent::default());
        kitchen_due(&store, at(9), None, 5);
        later_due(&store, at(20_000), 5);
    );
    // The rest of what a ticket's row can bear.
    table
        .store
        .write_tickets(&store, Cause::Order(two), vec![draft(two, "hot")], NOW)
        .await
        .unwrap();
    for state in [TicketState::Accepted, TicketState::Blocked] {
        let hot = ticket_id(two, "hot");
        table
            .store
            .report_ticket(&store, &agent, &hot, told(state), Some("paper_out"), NOW)
            .await
            .unwrap();
    }
    take_out(table, asked).await;
    pay(table, asked).await;
    count_and_pay(table, asked).await;
    // One that the kitchen does not know of yet.
    placed(&table.store, &store, 3).await;
    let stay = first_order().to.stay();
    noting!(asked, table, move_seating(&store, &t1, &stay, Some(at(60))););
}

/// The rest of what a table's row can bear: what it has sent, that it is paid, and another code.
async fn count_and_pay(table: &Table, asked: &mut Asked) {
    let (store, t2) = (kumo(), dining_table(2));
    let waiting = Call {
        kind: CallKind::Bill,
        held: true,
        ..crate::calling::call(&store, 10)
    };
    let stay = first_order().to.stay();
    let placed = table.store.place_call(&waiting, None, &stay);
    placed.await.unwrap();
    let mut order = order(&store, 6);
    order.seat.as_mut().unwrap().table = t2.clone();
    table
        .store
        .place_order(&order, &sized_order(1), None)
        .await
        .unwrap();
    let sticker = table.store.table_code(&store, &t2).await.unwrap().unwrap();
    let new = "another-code-of-table-2".parse().unwrap();
    noting!(asked, table, rotate_code(&store, &t2, &sticker, &new););
    let orders = [order.id.clone()];
    share(table, &order).await;
    let payment = piece(&order, 6, 1_000);
    let bills = table.store.bills(&store, &orders).await.unwrap();
    let phone = format!("tos_{:032x}", 1).parse().ok();
    let begun = table
        .store
        .open_payment(&payment, &bills, phone.as_ref(), None, at(60));
    begun.await.unwrap();
    let stored = table.store.payment(&store, &payment.id).await.unwrap();
    let bills = table.store.bills(&store, &orders).await.unwrap();
    let pay = OrderStep::Pay(PaymentStatus::Paid);
    let mut paid = settlement(PaymentState::Paid, vec![(bills[0].clone(), pay)]);
    paid.table = Some((t2.clone(), sticker.seating.pay(1, 1, at(70)).unwrap()));
    let stored = stored.unwrap();
    let settled = table.store.settle_payment(&stored, &paid);
    settled.await.unwrap();
    order_again(table, &t2).await;
}

/// A glass of water, after everything is paid.
async fn order_again(table: &Table, t2: &TableId) {
    let store = kumo();
    let mut water = order(&store, 47);
    water.seat.as_mut().unwrap().table = t2.clone();
    let sticker = table.store.table_code(&store, t2).await.unwrap().unwrap();
    let step = sticker.seating.order(1, HouseRule::Open, at(80)).unwrap();
    let size = OrderSize {
        total_minor: Minor(0),
        ..size_of(1)
    };
    let step = step.carrying(size, MINOR_MAX);
    let placed = table.store.place_order(&water, &step, None);
    placed.await.unwrap();
}

async fn take_out(table: &Table, asked: &mut Asked) {
    let store = kumo();
    // With everything that is set only when it is paid, and later.
    let one = Order {
        fire_at: Some(at(60)),
        ready_at: Some(at(120)),
        refund_reason: Some(RefundReason::ItemGone),
        ..takeout_order(&store, 4, PickupWish::At(at(900)))
    };
    let cap = UnpaidCap {
        store_max: 9,
        by: vec![CountedBy {
            digest: "v0123456789abcdef".to_owned(),
            limit: UnpaidLimit::Viewer,
        }],
    };
    noting!(asked, table,
        read_for_takeout(&store, &one.id, Some(at(900)), NOW, slice::from_ref(&one.number));
        place_takeout(&one, b"sealed".to_vec(), &cap, Some(b"sealed".to_vec()));
        places(&store, NOW, at(3600));
        release_slot(&one);
        retake_slot(&one, 2);
        note_kitchen(&store, Some(at(150)));
        kitchen_unreachable_until(&store);
        customer(&store, &one.id);
        allergy_statement(&store, &one.id);
        look_after_order(&one, one.status, Some(at(700)));
    );
}

/// One that is being paid still.
async fn hold_a_place(table: &Table, hold: &NewHold) {
    let other = takeout_order(&kumo(), 46, PickupWish::At(at(900)));
    let (cap, sealed) = (uncapped(), b"sealed".to_vec());
    let placed = table.store.place_takeout(&other, sealed, &cap, None);
    placed.await.unwrap();
    let held = table.store.bills(&kumo(), slice::from_ref(&other.id)).await;
    let other = crate::paying::payment(&other, 46);
    let opened = table
        .store
        .open_payment(&other, &held.unwrap(), None, Some(hold), at(60))
        .await;
    opened.unwrap();
}

async fn pay(table: &Table, asked: &mut Asked) {
    let store = kumo();
    let order = takeout_order(&store, 5, PickupWish::At(at(900)));
    table
        .store
        .place_takeout(&order, b"sealed".to_vec(), &uncapped(), None)
        .await
        .unwrap();
    let payment = payment(&order, 1);
    let account = payment.account.clone();
    let orders = [order.id.clone()];
    let bills = table.store.bills(&store, &orders).await.unwrap();
    let hold = NewHold {
        capacity: 9,
        since: NOW,
        viewer: "v0123456789abcdef".to_owned(),
    };
    noting!(asked, table,
        table_code(&store, &dining_table(1));
        code_replaced(&codes("kumo")[&dining_table(1)]);
        bills(&store, &orders);
        order_bill(&store, &order.id);
        open_payment(&payment, &bills, None, Some(&hold), at(60));
        note_checkout(&payment, &checkout());
        payment(&store, &payment.id);
        payments(&store, &[payment.id.clone()].into());
    );
    hold_a_place(table, &hold).await;
    let read = || async {
        let bills = table.store.bills(&store, &orders).await.unwrap();
        let stored = table.store.payment(&store, &payment.id).await.unwrap();
        (bills, stored.unwrap())
    };
    let (bills, stored) = read().await;
    let place = OrderStep::Place {
        fire_at: at(60),
        ready_at: at(900),
    };
    let paid = settlement(PaymentState::Paid, vec![(bills[0].clone(), place)]);
    noting!(asked, table, settle_payment(&stored, &paid););
    let (_, stored) = read().await;
    noting!(asked, table, claim_refund(&stored, &refund(1, 100), at(60)););
    let (bills, stored) = read().await;
    let back = [(&bills[0].order, PaymentStatus::PartRefunded)];
    noting!(asked, table,
        move_refund(&stored, &refund(1, 100), RefundState::Succeeded, Some("re_1"), &back);
        postpone_payment(&stored, Some(at(90)));
        has_event(&account, "evt_1");
        note_event(&account, "evt_1", NOW);
    );
    let receipt = ReceiptOf {
        store,
        payment: payment.id,
        refund: None,
    };
    noting!(asked, table,
        claim_receipt(&receipt, NOW);
        release_receipt(&receipt, NOW);
        note_receipt_sent(&receipt, "mail-1", NOW);
        note_receipt_fate(&receipt, MailFate::Bounced, NOW);
        receipt(&receipt);
    );
}

#[tokio::test]
async fn every_access_pattern_asks_what_the_readme_says() {
    let asked = everything_once(&Table::open().await).await;
    let documented: BTreeMap<String, (String, String)> = readme_table("question")
        .into_iter()
        .map(|row| (row[3].clone(), (row[1].clone(), row[2].clone())))
        .collect();
    assert_eq!(asked.0, documented);
}

#[tokio::test]
async fn every_row_is_described_and_everything_described_occurs() {
    let table = Table::open().await;
    everything_once(&table).await;
    let mut undescribed = Vec::new();
    let entities = readme_table("row");
    let mut unseen: BTreeMap<String, BTreeSet<String>> = entities
        .iter()
        .map(|entity| {
            (
                entity[0].clone(),
                entity[3].split(' ').map(str::to_owned).collect(),
            )
        })
        .collect();
    let described = unseen.clone();
    for row in table.rows().await {
        let (pk, sk) = (
            crate::support::text(&row, "pk"),
            crate::support::text(&row, "sk"),
        );
        let fits = |entity: &&Vec<String>| fits(&entity[1], &pk) && fits(&entity[2], &sk);
        // `MENU#CURRENT` also fits `MENU#{version}`; the first that fits is meant.
        let Some(entity) = entities.iter().find(fits) else {
            undescribed.push(format!("{pk} {sk}"));
            continue;
        };
        for attribute in row.keys().filter(|name| *name != "pk" && *name != "sk") {
            // A name that is made of a digest or an id is described as `by_{digest}`.
            let described_as = match attribute.split_once("by_") {
                Some(("", _)) => "by_{digest}",
                Some(("pages_", _)) => "pages_by_{phone}",
                _ => attribute,
            };
            if !described[&entity[0]].contains(described_as) {
                undescribed.push(format!("{}: {attribute}", entity[0]));
            }
            unseen.get_mut(&entity[0]).unwrap().remove(described_as);
        }
    }
    unseen.retain(|_, attributes| !attributes.is_empty());
    assert_eq!((undescribed, unseen), (Vec::new(), BTreeMap::new()));
}
