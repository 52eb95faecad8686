//! What becomes of a claim on a receipt whose holder died: nothing is sent twice, and nothing is left unsent.

use crate::{Bench, id_of, paid, receipt_of};
use std::path::Path;
use tabletap_domain::{
    receipt::{RECEIVED_AGAIN_AFTER, ReceiptState, SETTLED_AFTER},
    time::UnixMillis,
};
use tabletap_runtime::clock::now_ms;
use tabletap_store::ReceiptClaim;
use tabletap_testkit::{MailBehaviour, sample};

#[tokio::test]
async fn a_claim_whose_holder_died_before_it_asked_ses_is_taken_over() {
    let bench = Bench::open().await;
    let order = bench.paid("ada@example.com", "", "").await;
    let (store, receipt) = (&bench.kitchen.store, receipt_of(&order));
    let settled_ms = i64::try_from(SETTLED_AFTER.as_millis()).unwrap();
    let long_ago = UnixMillis(now_ms() - settled_ms - 1_000);
    let claim = store.claim_receipt(&receipt, long_ago).await;
    assert_eq!(claim, Ok(ReceiptClaim::Ours));
    let moment_after = UnixMillis(long_ago.0 + settled_ms - 1_000);
    let claim = store.claim_receipt(&receipt, moment_after).await;
    assert_eq!(claim, Ok(ReceiptClaim::Underway));
    assert_eq!(bench.deliver(paid()).await, [""; 0]);
    assert_eq!(bench.post.sent().len(), 1);
}

#[tokio::test]
async fn a_mail_whose_sender_died_is_not_sent_twice_while_word_of_it_may_still_come() {
    let bench = Bench::open().await;
    let order = bench.paid("ada@example.com", "", "").await;
    bench.post.set_behaviour(MailBehaviour::Silent);
    assert_eq!(bench.deliver(paid()).await, [id_of(&paid())]);
    bench.post.set_behaviour(MailBehaviour::Sends);
    let claims = i64::try_from(RECEIVED_AGAIN_AFTER.as_millis()).unwrap();
    // Whoever had SES's word died with it, once and again: it is received a third time after two visibility timeouts.
    for timeouts in [1, 2] {
        let claimed_at = now_ms() - timeouts * claims - 1_000;
        bench.claimed_at(claimed_at).await;
        assert_eq!(bench.deliver(paid()).await, [id_of(&paid())], "it waits");
    }
    let event = sample("receipt-mailer/mail-sent");
    assert_eq!(bench.deliver(event).await, [""; 0]);
    assert_eq!(bench.deliver(paid()).await, [""; 0]);
    assert_eq!(bench.post.sent().len(), 1, "one mail");
    let stored = bench.receipt(&order).await.unwrap();
    assert_eq!(stored.state, ReceiptState::Sent);
}

#[test]
fn a_claim_outlasts_two_visibility_timeouts_of_the_template() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../infra/mail.yaml");
    let template = std::fs::read_to_string(path).unwrap();
    let timeouts = template
        .lines()
        .filter_map(|line| line.trim().strip_prefix("VisibilityTimeout: "));
    let timeouts: Vec<u64> = timeouts.map(|text| text.parse().unwrap()).collect();
    assert_eq!(timeouts, [RECEIVED_AGAIN_AFTER.as_secs()]);
    assert!(SETTLED_AFTER > 2 * RECEIVED_AGAIN_AFTER);
    let receives = template
        .lines()
        .find_map(|line| line.trim().strip_prefix("maxReceiveCount: "));
    let receives: u32 = receives.unwrap().parse().unwrap();
    assert!(
        SETTLED_AFTER < (receives - 1) * RECEIVED_AGAIN_AFTER,
        "it is taken over before the dead letters get it"
    );
}
