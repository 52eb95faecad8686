//! Who gets a receipt: the address that was typed on our page, else the one that was typed at the provider.

use super::*;

#[tokio::test]
async fn who_left_only_a_phone_and_who_has_not_paid_get_no_mail() {
    let bench = Bench::open().await;
    let order = bench.paid("", "+1 212 555 0100", "").await;
    assert_eq!(bench.deliver(paid()).await, [""; 0]);
    assert!(bench.post.sent().is_empty());
    let receipt = bench.receipt(&order).await;
    assert_eq!(receipt, None, "and nothing is claimed");
    let mut open = paid();
    let body = open["Records"][0]["body"].as_str().unwrap();
    open["Records"][0]["body"] = body.replace("\"paid\"", "\"open\"").into();
    assert_eq!(bench.deliver(open).await, [""; 0]);
    assert!(bench.post.sent().is_empty());
}

#[tokio::test]
async fn an_address_that_was_typed_at_the_provider_gets_the_receipt_where_our_page_has_none() {
    for (email, phone, expected) in [
        ("", "+1 212 555 0100", "there@example.com"),
        ("ada@example.com", "", "ada@example.com"),
    ] {
        let bench = Bench::open().await;
        bench.paid(email, phone, "there@example.com").await;
        assert_eq!(bench.deliver(paid()).await, [""; 0]);
        let sent = bench.post.sent();
        assert_eq!(sent.len(), 1, "one mail");
        assert_eq!(sent[0]["Destination"]["ToAddresses"], json!([expected]));
    }
}
