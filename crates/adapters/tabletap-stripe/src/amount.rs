//! Amounts as Stripe counts them. See docs.stripe.com/currencies: "Zero-decimal currencies", "Three-decimal currencies", "Special cases".

use tabletap_domain::{Currency, Minor, charge};
use tabletap_gateway::GatewayError;

/// What Stripe counts in hundredths although we count whole ones.
fn factor(currency: Currency) -> i64 {
    match currency.code() {
        "ISK" => 100,
        _ => 1,
    }
}

/// Our minor units as Stripe's.
pub(crate) fn to_stripe(minor: Minor, currency: Currency) -> Result<i64, GatewayError> {
    if !charge::is_on_step(minor, currency) {
        let reason = format!("an amount in {} lies between two steps", currency.code());
        return Err(GatewayError::Refused(reason));
    }
    let counted = minor.0.checked_mul(factor(currency));
    counted.ok_or_else(|| GatewayError::Refused("the amount is too large".to_owned()))
}

/// Stripe's amount in our minor units. One that is no multiple is not of ours, and compares unequal whatever it becomes.
pub(crate) fn from_stripe(amount: i64, currency: Currency) -> Minor {
    Minor(amount / factor(currency))
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "a test fails by panicking")]
    use super::*;

    #[test]
    fn amounts_go_there_and_back_whatever_the_decimals() {
        for (code, minor, stripe) in [
            ("USD", 1250, 1250),
            ("JPY", 900, 900),
            ("KWD", 1250, 1250),
            ("ISK", 900, 90_000),
        ] {
            let currency = Currency::from_code(code).unwrap();
            assert_eq!(to_stripe(Minor(minor), currency), Ok(stripe), "{code}");
            assert_eq!(from_stripe(stripe, currency), minor, "{code}");
        }
        let kwd = Currency::from_code("KWD").unwrap();
        assert!(matches!(
            to_stripe(Minor(1255), kwd),
            Err(GatewayError::Refused(_))
        ));
    }
}
