//! The order that an attempt, the state of the table and the menu make together: pure, so the time and the number come in as arguments.

use crate::{attempt::OrderAttempt, fulfilment::Fulfilment};
use tabletap_domain::{
    Lang, Money,
    cart::{Cart, CartError},
    charge,
    menu::Menu,
    number::OrderNumber,
    order::{Order, OrderStatus, OrderType, PaymentStatus},
    pricing::{PricedCart, price_cart},
    refusal::PlaceError,
    store::StoreConfig,
    ticket::check_size,
    time::UnixMillis,
};
use tabletap_session::CustomerKeys;

/// A cart at the menu's prices, as it can be ordered.
///
/// # Errors
/// The first [`CartError`].
pub fn price(menu: &Menu, cart: &Cart, lang: &Lang) -> Result<PricedCart, CartError> {
    let cart = price_cart(menu, cart, lang)?;
    check_size(&cart)?;
    Ok(cart)
}

/// The order that the attempt becomes, at the menu's prices, and its fulfilment; refused where the guest saw another total, or nobody
/// could pay this one.
pub(crate) fn order(
    attempt: &OrderAttempt,
    store: &StoreConfig,
    menu: &Menu,
    fulfilment: Fulfilment,
    number: OrderNumber,
    customers: &CustomerKeys,
    now: UnixMillis,
) -> Result<(Order, Fulfilment), PlaceError> {
    let request = attempt.request()?;
    let asked = request
        .lang
        .as_ref()
        .filter(|lang| menu.languages.contains(lang));
    let lang = asked.unwrap_or_else(|| menu.first_language());
    let cart = request.cart().and_then(|cart| price(menu, &cart, lang));
    let cart = cart.map_err(PlaceError::Cart)?;
    if cart.totals.total_minor != request.expected_total_minor {
        return Err(PlaceError::QuoteChanged(Box::new(cart.totals)));
    }
    if let Fulfilment::Takeout { .. } = fulfilment {
        // It is paid before it is made: what nobody can pay would wait for its end and keep its place from others.
        let total = Money::new(cart.totals.total_minor, menu.currency);
        charge::check(total).map_err(PlaceError::Unpayable)?;
    }
    let fulfilment = fulfilment.for_cart(&cart, menu);
    let (kind, status, payment) = match fulfilment {
        Fulfilment::Table { .. } => (
            OrderType::DineIn,
            OrderStatus::Placed,
            PaymentStatus::Unpaid,
        ),
        Fulfilment::Takeout { .. } => (
            OrderType::Takeout,
            OrderStatus::AwaitingPayment,
            PaymentStatus::Pending,
        ),
    };
    // The digest of a body that says who somebody is takes a key to compare: it outlives the sealed row.
    let digest = match fulfilment {
        Fulfilment::Takeout { .. } => customers.digest(&attempt.body_digest),
        Fulfilment::Table { .. } => attempt.body_digest.clone(),
    };
    let order = Order {
        id: attempt.order_id.clone(),
        store: store.key.clone(),
        number,
        kind,
        seat: fulfilment.seat(),
        takeout: fulfilment.takeout(),
        held: fulfilment.holds_order(),
        status,
        payment,
        fire_at: None,
        ready_at: None,
        refund_reason: None,
        placed_at: now,
        lang: lang.clone(),
        menu_version: menu.version.clone(),
        currency: menu.currency,
        cart,
        body_digest: digest,
    };
    Ok((order, fulfilment))
}
