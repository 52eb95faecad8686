//! From a receipt to the mail: every amount and word decided here, the templates only place them.

use crate::{
    Mail,
    receipt::{Choice, Kind, Method, Pickup, Place, Receipt, Refund, Tax},
    when,
    words::{self, Words, fill},
};
use askama::Template;
use tabletap_domain::{Minor, text::clean};
use tabletap_menu::page::{self, Accent};

/// Renders a receipt.
#[must_use]
pub fn render(receipt: &Receipt) -> Mail {
    let paper = Paper::new(receipt);
    let html = Html { p: &paper }.render();
    let text = Text { p: &paper }.render();
    Mail {
        html: html.expect("writing text into memory does not fail"),
        text: text.expect("writing text into memory does not fail"),
        subject: paper.subject,
    }
}

#[derive(Template)]
#[template(path = "receipt.html")]
struct Html<'a> {
    p: &'a Paper,
}

#[derive(Template)]
#[template(path = "receipt.txt")]
struct Text<'a> {
    p: &'a Paper,
}

/// Everything a receipt shows, as text. Whatever a person typed was cleaned on its way in here.
struct Paper {
    words: &'static Words,
    direction: &'static str,
    /// Where a line begins and ends.
    start: &'static str,
    end: &'static str,
    accent: Accent,
    subject: String,
    restaurant: String,
    heading: &'static str,
    amount: String,
    sentence: &'static str,
    part: Option<&'static str>,
    facts: Vec<(&'static str, String)>,
    method: Option<(&'static str, Badge)>,
    lines: Vec<Line>,
    sums: Vec<Sum>,
    included: Vec<Sum>,
    link: Option<String>,
    address: Vec<String>,
    contact: Vec<String>,
    tax_number: Option<String>,
    reply: Option<&'static str>,
}

struct Line {
    quantity: String,
    name: String,
    choices: Vec<String>,
    amount: String,
}

struct Sum {
    label: String,
    amount: String,
    strong: bool,
}

struct Badge {
    brand: String,
    last4: Option<String>,
    /// How the digits are said in words.
    ending: String,
}

/// What every part of a receipt is written with.
struct Pen<'a> {
    receipt: &'a Receipt,
    words: &'static Words,
    locale: String,
}

impl Paper {
    fn new(receipt: &Receipt) -> Self {
        let words = words::of(receipt.lang.as_str());
        let locale = page::locale(words.code, receipt.currency.code());
        let pen = Pen {
            receipt,
            words,
            locale,
        };
        let is_rtl = page::direction(words.code) == "rtl";
        let (start, end) = if is_rtl {
            ("right", "left")
        } else {
            ("left", "right")
        };
        let restaurant = clean(&receipt.restaurant.name);
        let (subject, heading, sentence, minor) = match &receipt.kind {
            Kind::Payment => {
                let total = receipt.sums.total_minor;
                (words.payment_subject, words.payment, words.thanks, total)
            }
            Kind::Refund(refund) => {
                let amount = refund.amount_minor;
                (words.refund_subject, words.refund, words.refund_way, amount)
            }
        };
        let orders = pen.orders();
        let values = [("restaurant", restaurant.as_str()), ("orders", &orders)];
        let own = &receipt.restaurant;
        let contact = [&own.phone, &own.email].into_iter().flatten();
        let number = own.tax_number.as_deref().map(clean);
        let is_part = matches!(receipt.place, Place::Table { is_part: true, .. });
        let is_payment = receipt.kind == Kind::Payment;
        Self {
            words,
            direction: page::direction(words.code),
            start,
            end,
            accent: Accent::new(&own.accent),
            subject: fill(subject, &values),
            heading,
            amount: pen.money(minor),
            sentence,
            part: (is_part && is_payment).then_some(words.part),
            facts: pen.facts(),
            method: pen.method(),
            lines: pen.lines(),
            sums: pen.sums(),
            included: pen.included(),
            link: receipt.link.clone(),
            address: own.address.iter().map(|line| clean(line)).collect(),
            contact: contact.map(|text| clean(text)).collect(),
            tax_number: number.map(|n| fill(words.tax_number, &[("number", &n)])),
            reply: own.email.is_some().then_some(words.reply),
            restaurant,
        }
    }

    /// What a list of mails shows beside the subject.
    fn preheader(&self) -> String {
        format!("{} · {}", self.amount, self.sentence)
    }
}

impl Pen<'_> {
    fn money(&self, minor: Minor) -> String {
        let currency = self.receipt.currency;
        page::money(minor, currency.code(), currency.digits(), &self.locale)
    }

    fn orders(&self) -> String {
        let numbers = self.receipt.orders.iter().map(|number| number.as_str());
        numbers.collect::<Vec<_>>().join(self.words.comma)
    }

    fn facts(&self) -> Vec<(&'static str, String)> {
        let (words, receipt) = (self.words, self.receipt);
        let label = match receipt.orders.as_slice() {
            [_] => words.order,
            _ => words.orders,
        };
        let mut facts = vec![(label, self.orders())];
        match (&receipt.place, &receipt.kind) {
            (Place::Table { name, .. }, _) => facts.push((words.at_table, clean(name))),
            (Place::Takeout(pickup), Kind::Payment) => {
                facts.push((words.takeout, self.pickup(*pickup)));
            }
            // When it was to be picked up is of no use to whom gets the money back.
            (Place::Takeout(_), Kind::Refund(_)) => {}
        }
        let date_time = |at| when::date_time(at, words, &self.locale);
        facts.push((words.paid, date_time(receipt.paid_at)));
        if let Kind::Refund(Refund { at, .. }) = receipt.kind {
            facts.push((words.refunded, date_time(at)));
        }
        facts
    }

    /// The time alone where it is on the day of the payment.
    fn pickup(&self, pickup: Pickup) -> String {
        let at = |at: jiff::civil::DateTime| {
            let is_today = at.date() == self.receipt.paid_at.date();
            if is_today {
                when::time(at, self.words, &self.locale)
            } else {
                when::date_time(at, self.words, &self.locale)
            }
        };
        match pickup {
            Pickup::Asap(None) => self.words.asap.to_owned(),
            Pickup::Asap(Some(ready)) => fill(self.words.asap_about, &[("time", &at(ready))]),
            Pickup::At(wished) => at(wished),
        }
    }

    fn method(&self) -> Option<(&'static str, Badge)> {
        let Method { brand, last4 } = self.receipt.method.as_ref()?;
        let label = match self.receipt.kind {
            Kind::Payment => self.words.method,
            Kind::Refund(_) => self.words.refund_method,
        };
        let last4 = last4.as_deref().map(clean);
        let digits = last4.as_deref().unwrap_or_default();
        let ending = fill(self.words.ending, &[("digits", digits)]);
        let brand = brand_name(brand).unwrap_or_else(|| self.words.card.to_owned());
        Some((
            label,
            Badge {
                brand,
                last4,
                ending,
            },
        ))
    }

    fn lines(&self) -> Vec<Line> {
        let choice = |Choice { name, quantity }: &Choice| match quantity {
            0 | 1 => clean(name),
            _ => format!("{} × {}", self.count(*quantity), clean(name)),
        };
        let lines = self.receipt.lines.iter().map(|line| Line {
            quantity: self.count(line.quantity),
            name: clean(&line.name),
            choices: line.choices.iter().map(choice).collect(),
            amount: self.money(line.total_minor),
        });
        lines.collect()
    }

    fn count(&self, quantity: u32) -> String {
        page::digits(&quantity.to_string(), &self.locale)
    }

    fn sum(&self, label: &str, minor: Minor) -> Sum {
        Sum {
            label: label.to_owned(),
            amount: self.money(minor),
            strong: false,
        }
    }

    fn tax(&self, pattern: &str, tax: &Tax) -> Sum {
        let rate = page::rate(tax.rate_ppm, &self.locale);
        let name = format!("{} {rate}", clean(&tax.name));
        let base = self.money(tax.base_minor);
        let label = fill(pattern, &[("tax", &name), ("base", &base)]);
        self.sum(&label, tax.tax_minor)
    }

    fn sums(&self) -> Vec<Sum> {
        let (words, sums) = (self.words, &self.receipt.sums);
        let mut all = Vec::new();
        if sums.subtotal_minor != sums.total_minor {
            all.push(self.sum(words.subtotal, sums.subtotal_minor));
        }
        if sums.service_minor != 0 {
            let name = match sums.service_name.as_str() {
                "" => words.service,
                name => name,
            };
            all.push(self.sum(name, sums.service_minor));
        }
        if !sums.tax_inclusive {
            all.extend(sums.taxes.iter().map(|tax| self.tax(words.tax_on, tax)));
        }
        if sums.tip_minor != 0 {
            all.push(self.sum(words.tip, sums.tip_minor));
        }
        let strong = |label, minor| Sum {
            strong: true,
            ..self.sum(label, minor)
        };
        let Kind::Refund(refund) = &self.receipt.kind else {
            all.push(strong(words.total, sums.total_minor));
            return all;
        };
        all.push(self.sum(words.total_paid, sums.total_minor));
        let minus = |minor: Minor| Minor(minor.0.saturating_neg());
        if refund.earlier_minor != 0 {
            all.push(self.sum(words.refunded_earlier, minus(refund.earlier_minor)));
        }
        all.push(strong(words.refunded_now, minus(refund.amount_minor)));
        let left = sums.total_minor.checked_sub(refund.earlier_minor);
        if let Ok(left) = left.and_then(|left| left.checked_sub(refund.amount_minor)) {
            all.push(self.sum(words.remains, left));
        }
        all
    }

    fn included(&self) -> Vec<Sum> {
        let sums = &self.receipt.sums;
        let taxes = sums.taxes.iter().filter(|_| sums.tax_inclusive);
        taxes.map(|tax| self.tax(self.words.tax_in, tax)).collect()
    }
}

/// A brand as its cards spell it; none where the provider only knows that it was a card.
fn brand_name(word: &str) -> Option<String> {
    let known = match word {
        "" | "card" | "unknown" => return None,
        "amex" => "American Express",
        "cartes_bancaires" => "Cartes Bancaires",
        "diners" => "Diners Club",
        "eftpos_au" => "eftpos",
        "jcb" => "JCB",
        "knet" => "KNET",
        "paypal" => "PayPal",
        "unionpay" => "UnionPay",
        _ => "",
    };
    if !known.is_empty() {
        return Some(known.to_owned());
    }
    let spaced = clean(&word.replace('_', " "));
    let mut letters = spaced.chars();
    let first = letters.next()?;
    Some(first.to_uppercase().chain(letters).collect())
}
