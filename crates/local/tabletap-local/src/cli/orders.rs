//! Orders, as staff name them: by the number on the ticket, or by their id.

use std::{fmt::Write, path::Path};

use anyhow::{Context, Result, anyhow, bail, ensure};
use clap::Subcommand;
use jiff::{
    Timestamp,
    tz::{TimeZone, TimeZoneDatabase},
};
use tabletap_domain::{
    Minor, Money, OrderId, StationId, TicketId,
    number::OrderNumber,
    order::Order,
    store::StoreConfig,
    ticket::{TicketState, TicketStatus},
    time::UnixMillis,
};
use tabletap_store::{RecentOrders, Store};

use super::{
    output::say,
    running::{StoreArguments, attach, now},
};
use crate::words;

#[derive(Debug, Subcommand)]
pub(super) enum Orders {
    /// List the open orders of today and yesterday, newest first.
    List(ListArguments),
    /// Show an order: its dishes, its money and its tickets.
    Show(ShowArguments),
}

#[derive(Debug, clap::Args)]
pub(super) struct ListArguments {
    #[command(flatten)]
    at: StoreArguments,
    /// List those that have ended, too.
    #[arg(long)]
    all: bool,
}

#[derive(Debug, clap::Args)]
pub(super) struct ShowArguments {
    /// The order's number, such as K27, or its id.
    order: String,
    #[command(flatten)]
    at: StoreArguments,
}

impl Orders {
    pub(super) async fn execute(self, data: &Path) -> Result<()> {
        let (publisher, _) = attach(data)?;
        let store = &publisher.store;
        match self {
            Self::List(ListArguments { at, all }) => {
                let config = publisher.store_of(&at.store).await?;
                let mut orders = recent(store, &config).await?;
                orders.retain(|order| all || !order.status.is_end());
                if orders.is_empty() {
                    let which = if all { "no orders" } else { "no open orders" };
                    return say(&format!("{which} since yesterday"));
                }
                for order in orders {
                    say(&line(&config, &order))?;
                }
                Ok(())
            }
            Self::Show(ShowArguments { order, at }) => {
                let config = publisher.store_of(&at.store).await?;
                let id = find(store, &config, &order).await?;
                let found = store.order(&config.key, &id).await?;
                let (order, tickets) = found.with_context(|| format!("there is no order {id}"))?;
                say(&whole(&config, &order, &tickets))
            }
        }
    }
}

/// The order that staff name by its number or its id.
///
/// # Errors
/// Where it is neither, where there is no such order, and where several had the number: the sentence lists them.
pub(super) async fn find(store: &Store, config: &StoreConfig, text: &str) -> Result<OrderId> {
    let text = text.trim();
    if let Ok(id) = OrderId::parse(text) {
        return Ok(id);
    }
    let number = OrderNumber::parse(&text.to_uppercase()).map_err(|_| {
        anyhow!("`{text}` is neither an order's number, such as K27, nor an order id")
    })?;
    // A number is free again once its order has ended, so several orders of a day may have had it.
    let mut orders = recent(store, config).await?;
    orders.retain(|order| order.number == number);
    let open = store.numbered_order(&config.key, &number).await?;
    match (orders.as_slice(), open) {
        ([], Some(ordered_days_ago)) => Ok(ordered_days_ago),
        ([], None) => bail!(
            "{} has had no order {number} since yesterday; name an older one by its id",
            config.name
        ),
        ([one], open) if open.as_ref().is_none_or(|open| *open == one.id) => Ok(one.id.clone()),
        (several, open) => {
            let mut told =
                format!("several orders have had the number {number}; name one by its id:");
            if let Some(open) = open.filter(|open| several.iter().all(|order| order.id != *open)) {
                let _ = write!(told, "\n{number}\tordered before yesterday\t{open}");
            }
            for order in several {
                let _ = write!(told, "\n{}", line(config, order));
            }
            bail!(told)
        }
    }
}

/// The ticket that staff name by its id, by its order's number, or by number and station: `K27/hot`. Of several, those that are not printed
/// yet come first.
///
/// # Errors
/// As [`find`], and where the order has several such tickets: the sentence lists them.
pub(super) async fn find_ticket(
    store: &Store,
    config: &StoreConfig,
    text: &str,
) -> Result<TicketId> {
    if let Ok(id) = TicketId::parse(text.trim()) {
        return Ok(id);
    }
    let (order, station) = match text.split_once('/') {
        Some((order, station)) => (order, Some(StationId::parse(station.trim())?)),
        None => (text, None),
    };
    let id = find(store, config, order).await?;
    let found = store.order(&config.key, &id).await?;
    let (order, mut tickets) = found.with_context(|| format!("there is no order {id}"))?;
    let number = &order.number;
    if let Some(station) = &station {
        tickets.retain(|ticket| ticket.id.station == *station);
    }
    if tickets.iter().any(is_open) {
        tickets.retain(is_open);
    }
    ensure!(!tickets.is_empty(), "{number} has no such ticket");
    if let [only] = tickets.as_slice() {
        return Ok(only.id.clone());
    }
    let names: Vec<String> = tickets
        .iter()
        .map(|ticket| match station {
            None => format!("{number}/{}", ticket.id.station),
            Some(_) => ticket.id.to_string(),
        })
        .collect();
    bail!(
        "{number} has several tickets; name one: {}",
        names.join(", ")
    )
}

fn is_open(ticket: &TicketStatus) -> bool {
    ticket.state != TicketState::Printed
}

/// A store's orders of today and yesterday, newest first.
async fn recent(store: &Store, config: &StoreConfig) -> Result<Vec<Order>> {
    let mut list = RecentOrders::new(config.key.clone(), now());
    let mut orders = Vec::new();
    while let Some(ids) = store.next_recent_orders(&mut list).await? {
        let bills = store.bills(&config.key, &ids).await?;
        orders.extend(bills.into_iter().map(|bill| bill.order));
    }
    orders.sort_by_key(|order| std::cmp::Reverse(order.placed_at));
    Ok(orders)
}

/// An order in a line: number, time, place, dishes, how it stands, money, id.
fn line(config: &StoreConfig, order: &Order) -> String {
    [
        order.number.to_string(),
        clock(config, order.placed_at),
        words::place(order),
        words::dishes(order),
        words::standing(order).to_owned(),
        words::payment(order.payment).to_owned(),
        amount(order, order.cart.totals.total_minor),
        order.id.to_string(),
    ]
    .join("\t")
}

fn amount(order: &Order, minor: Minor) -> String {
    Money::new(minor, order.currency).to_string()
}

/// Everything that staff may want to know of an order.
fn whole(config: &StoreConfig, order: &Order, tickets: &[TicketStatus]) -> String {
    let mut text = line(config, order);
    for (number, line) in (1..).zip(&order.cart.lines) {
        let _ = write!(
            text,
            "\n{number}\t{} × {}\t{}",
            line.quantity,
            line.name.kitchen,
            amount(order, line.total_minor)
        );
        for choice in &line.choices {
            let count = if choice.quantity > 1 {
                format!("{} × ", choice.quantity)
            } else {
                String::new()
            };
            let _ = write!(text, "\n\t  {count}{}", choice.name.kitchen);
        }
        for left_out in &line.left_out {
            let _ = write!(text, "\n\t  without {}", left_out.kitchen);
        }
        if !line.note.is_empty() {
            let _ = write!(text, "\n\t  “{}”", line.note);
        }
    }
    if !order.cart.note.is_empty() {
        let _ = write!(text, "\nnote\t“{}”", order.cart.note);
    }
    let totals = &order.cart.totals;
    if totals.service_charge_minor != 0 {
        let service = amount(order, totals.service_charge_minor);
        let _ = write!(text, "\nservice\t{service}");
    }
    for tax in &totals.taxes {
        let _ = write!(text, "\n{}\t{}", tax.name, amount(order, tax.tax_minor));
    }
    let _ = write!(text, "\ntotal\t{}", amount(order, totals.total_minor));
    if let Some(ready_at) = order.ready_at {
        let _ = write!(text, "\npromised for\t{}", clock(config, ready_at));
    }
    for ticket in tickets {
        let attempt = match ticket.attempt {
            1 => String::new(),
            copy => format!(", copy {copy}"),
        };
        let problem = ticket.problem.as_ref();
        let problem = problem.map(|problem| format!(": {}", words::problem(problem)));
        let _ = write!(
            text,
            "\nticket {}/{}\t{}{}{attempt}\t{}",
            order.number,
            ticket.id.station,
            words::ticket(ticket.state),
            problem.unwrap_or_default(),
            ticket.id
        );
    }
    text
}

/// What the store's clock shows then.
fn clock(config: &StoreConfig, at: UnixMillis) -> String {
    let zone = TimeZoneDatabase::bundled().get(&config.time_zone);
    let at = Timestamp::from_millisecond(at.0).unwrap_or_default();
    at.to_zoned(zone.unwrap_or(TimeZone::UTC))
        .strftime("%H:%M")
        .to_string()
}
