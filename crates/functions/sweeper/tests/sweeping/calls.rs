//! A call that the stream's word never came for.

use crate::{NOTHING, ORDER, T0, sweep};
use serde_json::json;
use sweeper::Tally;
use tabletap_domain::{
    TableId,
    call::{Call, CallKind},
};
use tabletap_testkit::Kitchen;

#[tokio::test]
async fn a_call_without_a_slip_gets_it_from_the_sweep() {
    let kitchen = Kitchen::open().await;
    let call = Call {
        id: ORDER.parse().unwrap(),
        store: kitchen.sushi.key.clone(),
        table: TableId::parse("t1").unwrap(),
        seating: 1,
        kind: CallKind::Cash,
        called_at: T0,
        held: false,
    };
    kitchen.call(&call, None).await;
    assert_eq!(
        sweep(&kitchen, 14).await,
        NOTHING,
        "the stream may be on its way"
    );
    let swept = Tally {
        dispatched: 1,
        ..NOTHING
    };
    assert_eq!(sweep(&kitchen, 15).await, swept);
    let slips = kitchen.broker.take();
    assert_eq!(
        (slips.len(), &slips[0].message["call"]),
        (1, &json!("cash"))
    );
    assert_eq!(sweep(&kitchen, 16).await, NOTHING);
}
