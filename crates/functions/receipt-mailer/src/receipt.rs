//! From rows to what a receipt says. Pure: the clock and the database were read before.

use jiff::{Timestamp, civil::DateTime, tz::TimeZone};
use tabletap_domain::{
    Lang, Minor,
    money::MoneyError,
    order::{Order, PickupWish},
    payment::{PaymentPart, Refund, RefundState},
    pricing::PricedChoice,
    receipt::{PaidSums, paid_prices},
    store::StoreConfig,
    time::UnixMillis,
};
use tabletap_mail::{Choice, Kind, Line, Method, Pickup, Place, Receipt, Restaurant, Sums, Tax};
use tabletap_store::StoredPayment;

/// What a receipt is made of.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Facts<'a> {
    /// Who sold it.
    pub(crate) store: &'a StoreConfig,
    /// What was paid.
    pub(crate) stored: &'a StoredPayment,
    /// What went back, for a refund's receipt.
    pub(crate) refund: Option<&'a Refund>,
    /// The orders that were paid, each with the part of it.
    pub(crate) parts: &'a [(&'a Order, &'a PaymentPart)],
}

impl Facts<'_> {
    /// What the receipt says. `link` leads to the order's page.
    pub(crate) fn receipt(&self, link: Option<String>) -> Result<Receipt, MoneyError> {
        let payment = &self.stored.payment;
        let paid_at = self.stored.paid_at.unwrap_or(payment.created_at);
        let method = self.stored.method.as_ref();
        Ok(Receipt {
            kind: self.kind()?,
            lang: payment.lang.clone(),
            restaurant: self.restaurant(),
            orders: payment
                .parts
                .iter()
                .map(|part| part.number.clone())
                .collect(),
            place: self.place(),
            lines: self.parts.iter().flat_map(|part| lines(*part)).collect(),
            sums: self.sums()?,
            currency: payment.currency,
            method: method.map(|method| Method {
                brand: method.brand.clone(),
                last4: method.last4.clone(),
            }),
            paid_at: self.local(paid_at),
            link,
        })
    }

    fn kind(&self) -> Result<Kind, MoneyError> {
        let Some(refund) = self.refund else {
            return Ok(Kind::Payment);
        };
        let is_earlier = |other: &&Refund| {
            other.state == RefundState::Succeeded
                && (other.created_at, &other.id) < (refund.created_at, &refund.id)
        };
        let earlier = self.stored.refunds.iter().filter(is_earlier);
        Ok(Kind::Refund(tabletap_mail::Refund {
            amount_minor: refund.amount_minor,
            earlier_minor: Minor::sum(earlier.map(|other| other.amount_minor))?,
            at: self.local(refund.created_at),
        }))
    }

    fn restaurant(&self) -> Restaurant {
        let contact = &self.store.contact;
        Restaurant {
            name: self.named(&self.store.name),
            accent: self.store.accent.clone(),
            address: contact.address.clone(),
            phone: contact.phone.clone(),
            email: contact.email.clone(),
            tax_number: contact.tax_number.clone(),
        }
    }

    /// What something of the store is called in the receipt's language.
    fn named(&self, name: &str) -> String {
        let names = &self.store.names;
        names.get(name, &self.stored.payment.lang).to_owned()
    }

    fn place(&self) -> Place {
        let takeout = self
            .parts
            .iter()
            .find_map(|(order, _)| Some((order, order.takeout.as_ref()?)));
        if let Some((order, takeout)) = takeout {
            return Place::Takeout(match takeout.pickup {
                PickupWish::Asap => Pickup::Asap(order.ready_at.map(|at| self.local(at))),
                PickupWish::At(at) => Pickup::At(self.local(at)),
            });
        }
        let seat = self.parts.iter().find_map(|(order, _)| order.seat.as_ref());
        let is_part = |(order, part): &(&Order, &PaymentPart)| {
            part.amount_minor()
                .is_ok_and(|paid| paid < order.cart.totals.total_minor)
        };
        Place::Table {
            name: seat
                .map(|seat| self.named(&seat.table_name))
                .unwrap_or_default(),
            is_part: self.parts.iter().any(is_part),
        }
    }

    fn sums(&self) -> Result<Sums, MoneyError> {
        let payment = &self.stored.payment;
        let paid = PaidSums::of(self.parts)?;
        let taxes = paid.taxes.into_iter().map(|tax| Tax {
            name: self.named(&tax.name),
            rate_ppm: tax.rate_ppm,
            base_minor: tax.base_minor,
            tax_minor: tax.tax_minor,
        });
        Ok(Sums {
            subtotal_minor: paid.subtotal_minor,
            service_minor: paid.service_minor,
            service_name: self.named(&paid.service_name),
            taxes: taxes.collect(),
            tax_inclusive: paid.tax_inclusive,
            tip_minor: payment.tip_minor,
            total_minor: payment.total_minor,
        })
    }

    /// The store's clock; that of Greenwich where its zone is not known.
    fn local(&self, at: UnixMillis) -> DateTime {
        let zone = TimeZone::get(&self.store.time_zone).unwrap_or(TimeZone::UTC);
        let at = Timestamp::from_millisecond(at.0).unwrap_or(Timestamp::UNIX_EPOCH);
        zone.to_datetime(at)
    }
}

fn lines((order, part): (&Order, &PaymentPart)) -> Vec<Line> {
    let prices = paid_prices(order, part).into_iter();
    let lines = prices.filter_map(|(place, price)| Some((order.cart.lines.get(place)?, price)));
    lines
        .map(|(line, total_minor)| {
            let mut choices = Vec::new();
            flatten(&line.choices, &order.lang, &mut choices);
            Line {
                quantity: line.quantity,
                name: line.name.guest.clone(),
                choices,
                total_minor,
            }
        })
        .collect()
}

/// Options in the menu's order, each before its own.
fn flatten(chosen: &[PricedChoice], lang: &Lang, into: &mut Vec<Choice>) {
    for choice in chosen {
        into.push(Choice {
            name: choice.reads_as(lang),
            quantity: choice.quantity,
        });
        flatten(&choice.choices, lang, into);
    }
}
