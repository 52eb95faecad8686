//! The tags of a receipt's mail: what SES's events bring back, so that they find the receipt's row again. SES takes letters, digits,
//! `_` and `-` only; ids are made of nothing else.

use std::collections::BTreeMap;
use tabletap_domain::{OrderId, StoreKey, receipt::ReceiptOf};
use tabletap_mail::Tag;

/// SES takes fifty tags; a payment has at most forty orders.
const ORDERS_MAX: usize = 40;

/// The tags of a receipt about these orders.
pub(crate) fn of<'a>(
    receipt: &ReceiptOf,
    orders: impl IntoIterator<Item = &'a OrderId>,
) -> Vec<Tag> {
    let tag = |name: &str, value: &str| Tag {
        name: name.to_owned(),
        value: value.to_owned(),
    };
    let kind = match receipt.refund {
        None => "receipt",
        Some(_) => "refund",
    };
    let mut tags = vec![
        tag("kind", kind),
        tag("tenant", receipt.store.tenant.as_str()),
        tag("store", receipt.store.store.as_str()),
        tag("payment", receipt.payment.as_str()),
    ];
    tags.extend(
        receipt
            .refund
            .iter()
            .map(|refund| tag("refund", refund.as_str())),
    );
    let orders = (0..).zip(orders).take(ORDERS_MAX);
    tags.extend(
        orders.map(|(place, order): (usize, _)| tag(&format!("order-{place}"), order.as_str())),
    );
    tags
}

/// The receipt whose tags an event brings back: each name with its values. None where they are not a receipt's.
pub(crate) fn receipt(tags: &BTreeMap<String, Vec<String>>) -> Option<ReceiptOf> {
    let value = |name: &str| tags.get(name).and_then(|values| values.first());
    let refund = value("refund").map(|refund| refund.parse());
    Some(ReceiptOf {
        store: StoreKey {
            tenant: value("tenant")?.parse().ok()?,
            store: value("store")?.parse().ok()?,
        },
        payment: value("payment")?.parse().ok()?,
        refund: refund.transpose().ok()?,
    })
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "a test fails by panicking")]
    use super::*;

    #[test]
    fn a_receipt_is_found_again_by_its_tags() {
        let order: OrderId = format!("ord_{:032x}", 1).parse().unwrap();
        for refund in [None, Some(format!("ref_{:032x}", 2).parse().unwrap())] {
            let of_it = ReceiptOf {
                store: StoreKey {
                    tenant: "kumo-hospitality".parse().unwrap(),
                    store: "kumo-sushi".parse().unwrap(),
                },
                payment: format!("pay_{:032x}", 3).parse().unwrap(),
                refund,
            };
            let tags = of(&of_it, [&order]);
            for Tag { name, value } in &tags {
                let plain = |b: u8| b.is_ascii_alphanumeric() || b"_-".contains(&b);
                assert!(name.bytes().chain(value.bytes()).all(plain));
            }
            let told = tags.into_iter().map(|tag| (tag.name, vec![tag.value]));
            assert_eq!(receipt(&told.collect()), Some(of_it));
        }
    }

    #[test]
    fn tags_of_another_mail_name_no_receipt() {
        let kind = ("kind".to_owned(), vec!["receipt".to_owned()]);
        assert_eq!(receipt(&BTreeMap::from([kind])), None);
    }
}
