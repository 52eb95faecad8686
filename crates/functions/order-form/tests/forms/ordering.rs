//! From the dish to the paper: what is ordered, for whom, and once.

use super::Phone;
use tabletap_domain::{TableId, time::UnixMillis};
use tabletap_seating::{Unpaid, close};

#[tokio::test]
async fn a_dish_is_chosen_looked_at_and_ordered_and_sent_twice_it_is_one_order() {
    let phone = Phone::sushi().await;
    let form = phone.open("shoyu-ramen").await;
    assert_eq!(form.status, 200);
    assert!(
        form.html.contains("value=\"regular\" checked"),
        "the preset: {form:?}"
    );
    let chosen = [
        ("c.noodle-size", "large"),
        ("n.ramen-extras/egg", "2"),
        ("n.ramen-extras/chashu", "0"),
        ("c.ramen-extras", "corn"),
        ("quantity", "2"),
        ("note", "<b>not</b> too hot"),
        ("allergy", "nuts"),
    ];
    let price = phone.show("shoyu-ramen", &chosen).await;
    assert_eq!(price.status, 200, "{price:?}");
    assert_eq!(phone.orders().await, 0, "looking stores nothing");
    assert!(
        price
            .html
            .contains("Large · 2× Soft egg · Corn · “&#60;b&#62;not&#60;/b&#62; too hot”"),
        "{price:?}"
    );
    assert!(
        !price.html.contains("<b>not"),
        "a guest's words act on no page"
    );

    let body = price.press("send");
    let placed = phone.post(&body).await;
    let address = format!("{}/{}", phone.path(), price.field("order"));
    assert_eq!((placed.status, &placed.location), (303, &address));
    let again = phone.post(&body).await;
    assert_eq!((again.status, &again.location), (303, &address));
    assert_eq!(phone.orders().await, 1);

    let order = phone.look(&address).await;
    assert_eq!(order.status, 200);
    for part in [
        "Going to the kitchen",
        "Shoyu ramen",
        "Refresh",
        "Order something else",
    ] {
        assert!(order.html.contains(part), "{part}: {order:?}");
    }
}

#[tokio::test]
async fn going_back_to_change_the_dish_keeps_the_form_and_makes_another_order() {
    let phone = Phone::sushi().await;
    let first = phone
        .show(
            "edamame",
            &[("c.seasoning", "chilli-garlic"), ("quantity", "3")],
        )
        .await;
    assert_eq!(phone.post(&first.press("send")).await.status, 303);
    let form = phone.post(&first.press("change")).await;
    assert!(
        form.html.contains("value=\"chilli-garlic\" checked"),
        "{form:?}"
    );
    assert!(form.html.contains("max=\"50\" value=\"3\""), "{form:?}");
    let second = phone
        .show("edamame", &[("c.seasoning", "salt"), ("quantity", "1")])
        .await;
    assert_eq!(phone.post(&second.press("send")).await.status, 303);
    assert_eq!(phone.orders().await, 2);
}

#[tokio::test]
async fn another_price_than_the_guest_saw_is_shown_and_asked_about() {
    let phone = Phone::sushi().await;
    let price = phone.show("tuna-tataki", &[("quantity", "1")]).await;
    let total = price.field("total");
    let body = price
        .press("send")
        .replace(&format!("total={total}"), "total=100");
    let changed = phone.post(&body).await;
    phone
        .refuses(409, &changed, "Your order was $1.00 and is now")
        .await;
    assert_eq!(
        changed.field("order"),
        price.field("order"),
        "nothing was stored under it"
    );
    assert_eq!(phone.post(&changed.press("send")).await.status, 303);
}

#[tokio::test]
async fn the_form_orders_for_the_party_that_opened_it_and_for_no_later_one() {
    let phone = Phone::sushi().await;
    let early = phone.show("tuna-tataki", &[("quantity", "1")]).await;
    let late = phone
        .show("edamame", &[("c.seasoning", "salt"), ("quantity", "1")])
        .await;
    let placed = phone.post(&early.press("send")).await;
    assert_eq!(phone.look(&placed.location).await.status, 200);

    let (store, table) = (&phone.kitchen.sushi.key, TableId::parse("t1").unwrap());
    close(
        &phone.kitchen.store,
        store,
        &table,
        Unpaid::Accepted,
        UnixMillis(1),
    )
    .await
    .unwrap();
    for button in ["send", "show", "change"] {
        let page = phone.post(&late.press(button)).await;
        assert_eq!(page.status, 410, "{page:?}");
        assert!(page.html.contains("This table has been closed"), "{page:?}");
        assert!(
            page.html.contains("href=\"order?item=edamame\""),
            "the way to start again"
        );
    }
    assert_eq!(phone.orders().await, 1);
    assert_eq!(
        phone.post(&early.press("send")).await.status,
        303,
        "what is stored is answered for ever"
    );
    let page = phone.look(&placed.location).await;
    assert_eq!(page.status, 404);
    assert!(
        page.html.contains("This order is from an earlier visit."),
        "{page:?}"
    );
}

#[tokio::test]
async fn where_the_house_confirms_tables_the_order_says_that_it_waits() {
    let phone = Phone::at("corner-bakery", "window", "de").await;
    let price = phone.show("croissant", &[("quantity", "2")]).await;
    let placed = phone.post(&price.press("send")).await;
    assert_eq!(placed.status, 303, "{price:?}");
    let order = phone.look(&placed.location).await;
    assert!(
        order
            .html
            .contains("Jemand vom Service bestätigt gleich Ihren Tisch"),
        "{order:?}"
    );
}

#[tokio::test]
async fn every_language_has_its_form_and_arabic_reads_from_the_right() {
    for (lang, says) in [
        ("en", "Quantity"),
        ("en", "<span>sulfites</span>"),
        ("ja", "数量"),
    ] {
        let phone = Phone::at("kumo-sushi", "t1", lang).await;
        let form = phone.open("shoyu-ramen").await;
        assert!(
            form.html
                .contains(&format!("<html lang=\"{lang}\" dir=\"ltr\">")),
            "{form:?}"
        );
        assert!(form.html.contains(says), "{form:?}");
    }
    let phone = Phone::at("kumo-sushi", "t1", "ar").await;
    let form = phone.open("shoyu-ramen").await;
    assert!(
        form.html.contains("<html lang=\"en\" dir=\"ltr\">"),
        "a language that the menu does not have"
    );
}
