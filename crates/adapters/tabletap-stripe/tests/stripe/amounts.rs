//! Amounts that can be paid, with Stripe's own table as the witness.

use crate::support::{payment, stripe};
use tabletap_domain::{Currency, Money, charge};
use tabletap_gateway::{Gateway, GatewayError};
use tabletap_testkit::Till;

#[tokio::test]
async fn the_provider_takes_the_least_amount_of_every_currency_and_nothing_below_what_it_publishes()
{
    let till = Till::open("http://127.0.0.1:9/").await;
    let gateway = stripe(&till);
    let mut n = 0;
    for currency in Currency::all() {
        n += 1;
        let least = charge::least_minor(currency);
        let page = gateway
            .create_page(&payment(n, least.0, currency), None)
            .await;
        assert!(page.is_ok(), "{}: {page:?}", Money::new(least, currency));
    }
    for (code, minor) in [
        ("USD", 49),
        ("GBP", 29),
        ("HUF", 17_499),
        ("JPY", 49),
        ("KWD", 190),
        ("KWD", 1_412),
    ] {
        n += 1;
        let currency = Currency::from_code(code).unwrap();
        assert!(
            charge::check(Money::new(minor, currency)).is_err(),
            "{minor} {code}"
        );
        let page = gateway
            .create_page(&payment(n, minor, currency), None)
            .await;
        assert!(
            matches!(page, Err(GatewayError::Refused(_))),
            "{minor} {code}: {page:?}"
        );
    }
}
