//! Places orders in the table as `cart-intake` does.

use crate::{CUSTOMER_KEY, Kitchen, SESSION_KEY};
use tabletap_domain::{
    CallId, GroupId, GuestSessionId, ItemId, OptionId, OrderId, StoreKey, TableId,
    call::Call,
    cart::{Cart, CartLine, Choice},
    customer::Customer,
    menu::Menu,
    number::candidates,
    order::{Order, OrderStatus, OrderType, PaymentStatus, PickupWish, Seat, Takeout},
    pricing::price_cart,
    store::StoreConfig,
    ticket::{StationTicket, split_by_station},
    time::UnixMillis,
};
use tabletap_session::{CustomerKeys, NONCE_LEN, Scope, Session, SessionKeys};
use tabletap_store::{Cause, PlaceOrderError, StoredTicket, UnpaidCap};
use tabletap_wire::print::PrintJob;

/// The phone of every session at a table.
const PHONE: &str = "tos_0000000000000000000000000000000f";

impl Kitchen {
    /// A session at a table of a store. The phone is always the same.
    #[must_use]
    pub fn session(
        &self,
        store: &StoreKey,
        table: &str,
        seating: u32,
        expires_at: UnixMillis,
    ) -> String {
        let table = TableId::parse(table).unwrap();
        self.session_for(
            store,
            Scope::Table {
                table,
                seating,
                phone: GuestSessionId::parse(PHONE).ok(),
            },
            expires_at,
        )
    }

    /// A session for anything else at a store.
    #[must_use]
    pub fn session_for(&self, store: &StoreKey, scope: Scope, expires_at: UnixMillis) -> String {
        let session = Session {
            store: store.clone(),
            scope,
            expires_at,
        };
        SessionKeys::parse(SESSION_KEY).unwrap().sign(&session)
    }

    /// Places an order at the sushi bar: one dish of the kitchen and one of the bar.
    pub async fn order_sushi(&self, id: &str, table: &str, now: UnixMillis) -> Order {
        self.order_sushi_of(None, id, table, now).await
    }

    /// The same for the party with this number, or for the one that a scan joins now.
    pub async fn order_sushi_of(
        &self,
        party: Option<u32>,
        id: &str,
        table: &str,
        now: UnixMillis,
    ) -> Order {
        self.order_of(&self.sushi, party, id, table, now).await
    }

    /// The same at the sushi bar or a branch of it, for the party that a scan joins now.
    pub async fn order_at(
        &self,
        store: &StoreConfig,
        id: &str,
        table: &str,
        now: UnixMillis,
    ) -> Order {
        self.order_of(store, None, id, table, now).await
    }

    async fn order_of(
        &self,
        store: &StoreConfig,
        party: Option<u32>,
        id: &str,
        table: &str,
        now: UnixMillis,
    ) -> Order {
        let choice = Choice {
            group: GroupId::parse("seasoning").unwrap(),
            option: OptionId::parse("salt").unwrap(),
            quantity: 1,
            choices: Vec::new(),
        };
        let lines = vec![
            line("edamame", 1, vec![choice]),
            line("tuna-tataki", 2, Vec::new()),
        ];
        let house = (store, &self.sushi_menu);
        self.place(house, id, (table, party), lines, now).await
    }

    /// Places an order at the bakery, where a first order waits for the staff.
    pub async fn order_bakery(&self, id: &str, table: &str, now: UnixMillis) -> Order {
        let lines = vec![line("croissant", 2, Vec::new())];
        let house = (&self.bakery, &self.bakery_menu);
        self.place(house, id, (table, None), lines, now).await
    }

    /// Writes an order's tickets as `print-dispatcher` does, each for the first printer of its station.
    pub async fn write_tickets(&self, order: &Order, now: UnixMillis) -> Vec<StoredTicket> {
        let stores = [&self.sushi, &self.bakery];
        let store = stores
            .into_iter()
            .find(|store| store.key == order.store)
            .unwrap();
        let draft = |ticket: &StationTicket<'_>| {
            let station = store.station(&ticket.id.station).unwrap();
            let job = PrintJob {
                v: 1,
                ticket_id: ticket.id.clone(),
                attempt: 1,
                reprint: None,
                seq: 0,
                printer: station.printer.clone(),
                station: station.id.clone(),
                station_name: station.name.clone(),
                number: Some(order.number.clone()),
                call: None,
                order_type: order.kind,
                table_name: None,
                index: ticket.index,
                count: ticket.count,
                placed_at: order.placed_at,
                ready_clock: None,
                utc_offset_s: 0,
                clock_change: None,
                lang: None,
                lines: Vec::new(),
                note: String::new(),
                guest: String::new(),
                customer: None,
                allergies: Vec::new(),
                dishes: 1,
                paid: false,
            };
            (station.agent.clone(), job)
        };
        let drafts = split_by_station(order, 1).iter().map(draft).collect();
        self.store
            .write_tickets(&order.store, Cause::Order(order), drafts, now)
            .await
            .unwrap()
    }

    /// Places an unpaid takeout order for Ada Lovelace at the sushi bar.
    pub async fn order_takeout(&self, id: &str, pickup: PickupWish, now: UnixMillis) -> Order {
        let id = OrderId::parse(id).unwrap();
        let cart = Cart {
            lines: vec![line("tuna-tataki", 1, Vec::new())],
            ..Cart::default()
        };
        let menu = &self.sushi_menu;
        let lang = menu.first_language().clone();
        let mut order = Order {
            number: candidates(&id, 0)[0].clone(),
            store: self.sushi.key.clone(),
            kind: OrderType::Takeout,
            seat: None,
            takeout: Some(Takeout {
                session: format!("tos_{}", id.hex()).parse().unwrap(),
                pickup,
            }),
            fire_at: None,
            ready_at: None,
            refund_reason: None,
            held: false,
            status: OrderStatus::AwaitingPayment,
            payment: PaymentStatus::Pending,
            placed_at: now,
            cart: price_cart(menu, &cart, &lang).unwrap(),
            lang,
            menu_version: menu.version.clone(),
            currency: menu.currency,
            body_digest: format!("digest of {id}"),
            id,
        };
        let customer = Customer::new("Ada Lovelace", "ada@example.com", "").unwrap();
        let keys = CustomerKeys::parse(CUSTOMER_KEY).unwrap();
        let sealed = keys.seal(&customer, &order.store, &order.id, [7; NONCE_LEN]);
        for number in candidates(&order.id, 0) {
            order.number = number;
            let cap = uncapped();
            let placed = self.store.place_takeout(&order, sealed.clone(), &cap, None);
            match placed.await {
                Err(PlaceOrderError::NumberTaken) => {}
                placed => {
                    placed.unwrap();
                    return order;
                }
            }
        }
        panic!("every number is taken")
    }

    /// Places a call, whatever its table allows.
    pub async fn call(&self, call: &Call, last: Option<&CallId>) {
        let read = self
            .store
            .read_for_call(&call.store, &call.table, call.kind);
        let step = read.await.unwrap().seating.stay();
        self.store.place_call(call, last, &step).await.unwrap();
    }

    async fn place(
        &self,
        (store, menu): (&StoreConfig, &Menu),
        id: &str,
        (table, party): (&str, Option<u32>),
        lines: Vec<CartLine>,
        now: UnixMillis,
    ) -> Order {
        let id = OrderId::parse(id).unwrap();
        let table = TableId::parse(table).unwrap();
        let numbers = candidates(&id, 0);
        let context = self
            .store
            .read_for_order(&store.key, &table, &id, &numbers)
            .await
            .unwrap();
        let seating = party.unwrap_or(context.seating.number_for_scan());
        let step = context
            .seating
            .order(seating, store.house_rule, now)
            .unwrap();
        let cart = Cart {
            lines,
            note: String::new(),
            guest: "Ada".to_owned(),
            ..Cart::default()
        };
        let lang = menu.first_language().clone();
        let order = Order {
            number: numbers
                .into_iter()
                .find(|number| !context.taken.contains(number))
                .unwrap(),
            store: store.key.clone(),
            kind: OrderType::DineIn,
            seat: Some(Seat {
                table_name: store.table(&table).unwrap().name.clone(),
                table,
                seating,
                phone: None,
            }),
            takeout: None,
            fire_at: None,
            ready_at: None,
            refund_reason: None,
            held: step.holds_order(),
            status: OrderStatus::Placed,
            payment: PaymentStatus::Unpaid,
            placed_at: now,
            cart: price_cart(menu, &cart, &lang).unwrap(),
            lang,
            menu_version: menu.version.clone(),
            currency: menu.currency,
            body_digest: format!("digest of {id}"),
            id,
        };
        self.store.place_order(&order, &step, None).await.unwrap();
        order
    }
}

/// No limit on unpaid orders.
#[must_use]
pub fn uncapped() -> UnpaidCap {
    UnpaidCap {
        store_max: u32::MAX,
        by: Vec::new(),
    }
}

fn line(item: &str, quantity: i64, choices: Vec<Choice>) -> CartLine {
    CartLine {
        acknowledged: false,
        item: ItemId::parse(item).unwrap(),
        quantity,
        choices,
        note: String::new(),
    }
}
