//! Every key of the table, made in one place from parsed ids. Tenant and store stand in each, except in what leads to them: a table's
//! code, a store's slug, and the list of stores.
//!
//! The README's entity table is the contract; `tests/contract/documents.rs` holds the builders to it.

use crate::value::{Row, s};
use tabletap_domain::{
    AccountName, MenuVersion, OrderId, PaymentId, PrinterId, RefundId, Slug, StationId, StoreKey,
    TableCode, TableId, ThingName, call::CallKind, number::OrderNumber, receipt::ReceiptOf,
    time::UnixMillis,
};

/// Sort-key prefix of dining tables.
pub(crate) const TABLE: &str = "TABLE#";
/// Sort-key prefix of tickets.
pub(crate) const TICKET: &str = "TICKET#";
/// Sort-key prefix of guests' calls.
pub(crate) const CALL: &str = "CALL#";
/// Sort-key prefix of pick-up slots.
pub(crate) const SLOT: &str = "SLOT#";
/// Sort-key prefix of places that are held while somebody pays.
pub(crate) const HOLD: &str = "HOLD#";
/// Partition of the list of stores.
pub(crate) const STORES: &str = "STORES";
/// Sort key of a payment.
pub(crate) const PAYMENT: &str = "PAYMENT";
/// Sort-key prefix of refunds.
pub(crate) const REFUND: &str = "REFUND#";
/// Sort key of an order's head.
pub(crate) const HEAD: &str = "HEAD";

/// The key of one row.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(crate) struct Key {
    /// Partition.
    pub(crate) pk: String,
    /// Place in it.
    pub(crate) sk: String,
}

impl Key {
    fn new(pk: String, sk: impl Into<String>) -> Self {
        Self { pk, sk: sk.into() }
    }

    /// The key's attributes.
    pub(crate) fn into_row(self) -> Row {
        Row::from([("pk".to_owned(), s(self.pk)), ("sk".to_owned(), s(self.sk))])
    }

    /// The key of a row or of an index entry.
    pub(crate) fn of(row: &Row) -> Option<Self> {
        let part = |name| row.get(name).and_then(|value| value.as_s().ok()).cloned();
        Some(Self {
            pk: part("pk")?,
            sk: part("sk")?,
        })
    }

    /// The order of a key in an order's partition.
    pub(crate) fn order(&self) -> Option<OrderId> {
        self.pk
            .strip_prefix("ORDER#")?
            .rsplit('#')
            .next()?
            .parse()
            .ok()
    }

    /// The table of a dining table's key.
    pub(crate) fn table(&self) -> Option<TableId> {
        self.sk.strip_prefix(TABLE)?.parse().ok()
    }
}

pub(crate) fn of_store(kind: &str, store: &StoreKey) -> String {
    format!("{kind}#{}#{}", store.tenant, store.store)
}

/// A row that nobody writes.
pub(crate) fn nothing() -> Key {
    Key::new("NOTHING".to_owned(), "NOTHING")
}

/// A store's partition.
pub(crate) fn store_partition(store: &StoreKey) -> String {
    of_store("STORE", store)
}

/// A store's set-up.
pub(crate) fn config(store: &StoreKey) -> Key {
    Key::new(store_partition(store), "CONFIG")
}

/// Which menu is sold, and what is off.
pub(crate) fn current_menu(store: &StoreKey) -> Key {
    Key::new(store_partition(store), "MENU#CURRENT")
}

/// A published menu.
pub(crate) fn menu(store: &StoreKey, version: &MenuVersion) -> Key {
    Key::new(store_partition(store), format!("MENU#{version}"))
}

/// A dining table's counter.
pub(crate) fn table(store: &StoreKey, table: &TableId) -> Key {
    Key::new(store_partition(store), format!("{TABLE}{table}"))
}

/// The last call of a kind from a dining table.
pub(crate) fn call(store: &StoreKey, table: &TableId, kind: CallKind) -> Key {
    Key::new(store_partition(store), format!("{CALL}{table}#{kind}"))
}

/// The places taken of the slot that begins at this time.
pub(crate) fn slot(store: &StoreKey, start: UnixMillis) -> Key {
    Key::new(store_partition(store), format!("{SLOT}{start}"))
}

/// The place of this slot that an order holds while it is being paid.
pub(crate) fn hold(store: &StoreKey, slot: UnixMillis, order: &OrderId) -> Key {
    Key::new(store_partition(store), format!("{HOLD}{slot}#{order}"))
}

/// The unpaid orders of the window that begins at this time.
pub(crate) fn unpaid(store: &StoreKey, window: UnixMillis) -> Key {
    Key::new(store_partition(store), format!("UNPAID#{window}"))
}

/// What the sweeper found out about a store's kitchen.
pub(crate) fn kitchen(store: &StoreKey) -> Key {
    Key::new(store_partition(store), "KITCHEN")
}

/// A printer's counter.
pub(crate) fn printer(store: &StoreKey, printer: &PrinterId) -> Key {
    Key::new(store_partition(store), format!("PRINTER#{printer}"))
}

/// An agent's journal.
pub(crate) fn agent(store: &StoreKey, thing: &ThingName) -> Key {
    Key::new(store_partition(store), format!("AGENT#{thing}"))
}

/// What a sticker's code leads to.
pub(crate) fn code(code: &TableCode) -> Key {
    Key::new(format!("CODE#{code}"), "CODE")
}

/// That a sticker's code was replaced. Beside what a code leads to, so that a release that knows of no replaced codes finds nothing.
pub(crate) fn replaced(code: &TableCode) -> Key {
    Key::new(format!("CODE#{code}"), "REPLACED")
}

/// What a slug leads to.
pub(crate) fn slug(slug: &Slug) -> Key {
    Key::new(format!("SLUG#{slug}"), "SLUG")
}

/// A store's place in the list of stores.
pub(crate) fn listed_store(store: &StoreKey) -> Key {
    Key::new(STORES.to_owned(), store_partition(store))
}

/// An order's partition.
pub(crate) fn order_partition(store: &StoreKey, order: &OrderId) -> String {
    format!("{}#{order}", of_store("ORDER", store))
}

/// An order's head.
pub(crate) fn head(store: &StoreKey, order: &OrderId) -> Key {
    Key::new(order_partition(store, order), HEAD)
}

/// Who picks an order up.
pub(crate) fn customer(store: &StoreKey, order: &OrderId) -> Key {
    Key::new(order_partition(store, order), "CUSTOMER")
}

/// What an order's guest said of an allergy.
pub(crate) fn allergy_statement(store: &StoreKey, order: &OrderId) -> Key {
    Key::new(order_partition(store, order), "ALLERGY")
}

/// A ticket.
pub(crate) fn ticket(store: &StoreKey, order: &OrderId, station: &StationId, revision: u32) -> Key {
    Key::new(
        order_partition(store, order),
        format!("{TICKET}{station}#{revision}"),
    )
}

/// A payment's partition.
pub(crate) fn payment_partition(store: &StoreKey, payment: &PaymentId) -> String {
    format!("{}#{payment}", of_store("PAYMENT", store))
}

/// A payment.
pub(crate) fn payment(store: &StoreKey, payment: &PaymentId) -> Key {
    Key::new(payment_partition(store, payment), PAYMENT)
}

/// Money given back of a payment.
pub(crate) fn refund(store: &StoreKey, payment: &PaymentId, refund: &RefundId) -> Key {
    Key::new(
        payment_partition(store, payment),
        format!("{REFUND}{refund}"),
    )
}

/// A receipt for a payment, or for one of its refunds.
pub(crate) fn receipt(of: &ReceiptOf) -> Key {
    let refund = of.refund.as_ref().map(RefundId::as_str);
    Key::new(
        payment_partition(&of.store, &of.payment),
        format!("RECEIPT#{}", refund.unwrap_or("payment")),
    )
}

/// An event of the payment provider that was dealt with. Accounts stand above stores: an event's store is known once it is asked about.
pub(crate) fn provider_event(account: &AccountName, event: &str) -> Key {
    Key::new(format!("EVENT#{account}#{event}"), "EVENT")
}

/// The claim on a speakable number.
pub(crate) fn number(store: &StoreKey, number: &OrderNumber) -> Key {
    Key::new(format!("{}#{number}", of_store("NUMBER", store)), "NUMBER")
}

/// Index `open-orders`: a store's orders that have not ended.
pub(crate) fn open_partition(store: &StoreKey) -> String {
    of_store("OPEN", store)
}

/// What the open orders of one seating begin with; `-` stands for takeout, which has no table (no table id is a lone hyphen).
pub(crate) fn open_prefix(table: Option<&TableId>, seating: u32) -> String {
    format!("{}#{seating:010}#", table.map_or("-", TableId::as_str))
}

/// Index `day-orders`: a store's orders of one day in UTC, `yyyy-mm-dd`.
pub(crate) fn day_partition(store: &StoreKey, day: &str) -> String {
    format!("{}#{day}", of_store("DAY", store))
}
