//! What a wish, the state of the table and the menu make together: pure, so the time and the number come in as arguments.

use crate::refusal::Refusal;
use tabletap_domain::{
    Lang, OrderId,
    cart::{Cart, CartError},
    menu::Menu,
    number::OrderNumber,
    order::{Order, OrderStatus, OrderType, PaymentStatus, Seat},
    pricing::{PricedCart, price_cart},
    seating::SeatingMove,
    store::StoreConfig,
    ticket::check_size,
    time::UnixMillis,
};
use tabletap_session::Session;
use tabletap_store::OrderContext;
use tabletap_wire::{
    ErrorBody,
    order_request::{OrderRequest, RawOrderRequest},
};

/// An authentic session with a body of which the order id is known. The rest of the body is judged only when it matters.
#[derive(Debug)]
pub(crate) struct Wish {
    pub(crate) session: Session,
    pub(crate) order_id: OrderId,
    body_digest: String,
    request: Result<OrderRequest, (u16, ErrorBody)>,
}

impl Wish {
    pub(crate) fn new(session: Session, raw: RawOrderRequest) -> Self {
        Self {
            session,
            order_id: raw.order_id.clone(),
            body_digest: raw.body_digest.clone(),
            request: raw.parse(),
        }
    }

    /// The body.
    pub(crate) fn request(&self) -> Result<&OrderRequest, Refusal> {
        self.request
            .as_ref()
            .map_err(|refusal| refusal.clone().into())
    }

    /// An order that is stored under this id is the answer to its own body from its own party, whatever has happened since.
    pub(crate) fn answer_stored(&self, stored: Order) -> Result<Order, Refusal> {
        if !stored.is_of(&self.session.table, self.session.seating) {
            Err(Refusal::order_not_yours())
        } else if stored.body_digest != self.body_digest {
            Err(Refusal::order_id_taken())
        } else {
            Ok(stored)
        }
    }
}

/// What a new order of this session does to its table, if it may order at all.
pub(crate) fn may_order(
    session: &Session,
    context: &OrderContext,
    now: UnixMillis,
) -> Result<SeatingMove, Refusal> {
    if session.is_expired(now) {
        return Err(Refusal::session_expired());
    }
    let step = context
        .seating
        .order(session.seating, context.store.house_rule, now);
    step.map_err(|_| Refusal::seating_ended())
}

/// A cart at the menu's prices, as it can be ordered.
///
/// # Errors
/// The first [`CartError`].
pub fn price(menu: &Menu, cart: &Cart, lang: &Lang) -> Result<PricedCart, CartError> {
    let cart = price_cart(menu, cart, lang)?;
    check_size(&cart)?;
    Ok(cart)
}

/// The order that the wish becomes, at the menu's prices; refused where the guest saw another total.
pub(crate) fn order(
    wish: &Wish,
    request: &OrderRequest,
    store: &StoreConfig,
    menu: &Menu,
    step: &SeatingMove,
    number: OrderNumber,
    now: UnixMillis,
) -> Result<Order, Refusal> {
    let asked = request
        .lang
        .as_ref()
        .filter(|lang| menu.languages.contains(lang));
    let lang = asked.unwrap_or_else(|| menu.first_language());
    let cart = price(menu, &request.cart()?, lang)?;
    if cart.totals.total_minor != request.expected_total_minor {
        return Err(Refusal::quote_changed((&cart.totals).into()));
    }
    let Session { table, seating, .. } = &wish.session;
    // A table that was taken out of the set-up keeps its code until the sticker is gone too.
    let table_name = store
        .table(table)
        .map_or_else(|| table.to_string(), |table| table.name.clone());
    Ok(Order {
        id: wish.order_id.clone(),
        store: store.key.clone(),
        number,
        kind: OrderType::DineIn,
        seat: Some(Seat {
            table: table.clone(),
            table_name,
            seating: *seating,
        }),
        held: step.holds_order(),
        status: OrderStatus::Placed,
        payment: PaymentStatus::Unpaid,
        placed_at: now,
        lang: lang.clone(),
        menu_version: menu.version.clone(),
        currency: menu.currency,
        cart,
        body_digest: wish.body_digest.clone(),
    })
}
