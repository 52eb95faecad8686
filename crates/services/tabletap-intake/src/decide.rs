//! What a wish, the state of the table and the menu make together: pure, so the time and the number come in as arguments.

use crate::way::{Spot, Way};
use tabletap_customer::CustomerKeys;
use tabletap_domain::{
    Lang, Money, OrderId, TableId,
    cart::{Cart, CartError},
    charge,
    menu::Menu,
    number::OrderNumber,
    order::{Order, OrderStatus, OrderType, PaymentStatus},
    pricing::{PricedCart, price_cart},
    refusal::{BodyError, PlaceError},
    store::StoreConfig,
    ticket::check_size,
    time::UnixMillis,
};
use tabletap_session::Session;
use tabletap_wire::order_request::{OrderRequest, RawOrderRequest};

/// An authentic session with a body of which the order id is known. The rest of the body is judged only when it matters.
#[derive(Debug)]
pub(crate) struct Wish {
    pub(crate) session: Session,
    pub(crate) order_id: OrderId,
    body_digest: String,
    request: Result<OrderRequest, BodyError>,
}

/// What was read to decide by.
#[derive(Debug)]
pub(crate) struct Standing {
    pub(crate) store: StoreConfig,
    pub(crate) spot: Spot,
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

    /// The table and party it is for.
    pub(crate) fn seat(&self) -> Result<(&TableId, u32), PlaceError> {
        self.session.at_table().ok_or(PlaceError::NotAtTable)
    }

    /// The body.
    pub(crate) fn request(&self) -> Result<&OrderRequest, PlaceError> {
        let request = self.request.as_ref();
        request.map_err(|error| PlaceError::Body(error.clone()))
    }

    /// An order that is stored under this id is the answer to its own body from its own party, whatever has happened since.
    pub(crate) fn answer_stored(
        &self,
        stored: Order,
        customers: &CustomerKeys,
    ) -> Result<Order, PlaceError> {
        let same = match stored.takeout.is_some() {
            true => customers.has_digest(&self.body_digest, &stored.body_digest),
            false => stored.body_digest == self.body_digest,
        };
        if !self.session.owns(&stored) {
            Err(PlaceError::OrderNotYours)
        } else if !same {
            Err(PlaceError::OrderIdTaken)
        } else {
            Ok(stored)
        }
    }

    /// The digest that the order keeps. That of a body that says who somebody is takes a key to compare: it outlives the sealed row.
    fn kept_digest(&self, way: &Way, customers: &CustomerKeys) -> String {
        match way {
            Way::Takeout { .. } => customers.digest(&self.body_digest),
            Way::Table { .. } => self.body_digest.clone(),
        }
    }
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

/// The order that the wish becomes, at the menu's prices, and its way; refused where the guest saw another total, or nobody could pay this
/// one.
pub(crate) fn order(
    wish: &Wish,
    store: &StoreConfig,
    menu: &Menu,
    way: Way,
    number: OrderNumber,
    customers: &CustomerKeys,
    now: UnixMillis,
) -> Result<(Order, Way), PlaceError> {
    let request = wish.request()?;
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
    if let Way::Takeout { .. } = way {
        // It is paid before it is made: what nobody can pay would wait for its end and keep its place from others.
        let total = Money::new(cart.totals.total_minor, menu.currency);
        charge::check(total).map_err(PlaceError::Unpayable)?;
    }
    let way = way.carrying(&cart, menu);
    let (kind, status, payment) = match way {
        Way::Table { .. } => (
            OrderType::DineIn,
            OrderStatus::Placed,
            PaymentStatus::Unpaid,
        ),
        Way::Takeout { .. } => (
            OrderType::Takeout,
            OrderStatus::AwaitingPayment,
            PaymentStatus::Pending,
        ),
    };
    let order = Order {
        id: wish.order_id.clone(),
        store: store.key.clone(),
        number,
        kind,
        seat: way.seat(),
        takeout: way.takeout(),
        held: way.holds_order(),
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
        body_digest: wish.kept_digest(&way, customers),
    };
    Ok((order, way))
}
