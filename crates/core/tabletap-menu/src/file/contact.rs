//! `contact:` and `payments:` of the store block: what receipts say, and where the money goes.

use super::{
    fields::{Field, Fields},
    limits::{ADDRESS_LINES_MAX, NAME_CHARS_MAX},
    mistake::Report,
};
use tabletap_domain::{
    AccountName,
    customer::{Email, Phone},
    store::Contact,
};

pub(crate) fn read(fields: &mut Fields<'_>, report: &mut Report) -> Contact {
    let Some(block) = fields.optional("contact") else {
        return Contact::default();
    };
    let mut fields = block.open(report);
    let lines = fields.optional("address");
    let lines = lines.map(|field| field.list(report, ADDRESS_LINES_MAX));
    let lines = lines.unwrap_or_default().into_iter();
    let address = lines.filter_map(|line| line.line(report, NAME_CHARS_MAX));
    let contact = Contact {
        address: address.collect(),
        phone: line(&mut fields, report, "phone", |text| {
            Phone::parse(text).is_some()
        }),
        email: line(&mut fields, report, "email", |text| {
            Email::parse(text).is_some()
        }),
        tax_number: line(&mut fields, report, "tax_number", |_| true),
    };
    fields.close(report);
    contact
}

fn line(
    fields: &mut Fields<'_>,
    report: &mut Report,
    key: &'static str,
    is_good: fn(&str) -> bool,
) -> Option<String> {
    let field = fields.optional(key)?;
    let text = field.line(report, NAME_CHARS_MAX)?;
    if !is_good(&text) {
        let what = if key == "email" {
            "email address"
        } else {
            "phone number"
        };
        field.error(report, format!("`{text}` is not a valid {what}"));
        return None;
    }
    Some(text)
}

/// `payments: {account: …}`.
pub(crate) fn account(fields: &mut Fields<'_>, report: &mut Report) -> Option<AccountName> {
    let block: Field<'_> = fields.optional("payments")?;
    let mut fields = block.open(report);
    let account = fields
        .required(report, "account")
        .and_then(|f| f.id(report));
    fields.close(report);
    account
}
