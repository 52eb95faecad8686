//! Tax categories with their rates, and the service charge.

use super::{
    amount,
    fields::{Field, Fields},
    hint,
    known::Known,
    limits::TAX_RATES_MAX,
    mistake::Report,
    names,
};
use tabletap_domain::{
    TaxCategory,
    menu::{PricingRules, ServiceCharge, TaxRate},
};

/// Reads `tax:` and `service_charge:` of the store block, and makes the tax categories known.
pub(crate) fn read(
    fields: &mut Fields<'_>,
    known: &mut Known,
    report: &mut Report,
) -> Option<PricingRules> {
    let block = fields.required(report, "tax");
    let mut rules = block
        .map(|block| tax(&block, known, report))
        .unwrap_or_default();
    if let Some(charge) = fields.optional("service_charge") {
        let charge = service_charge(&charge, known, report)?;
        rules = rules.map(|rules| PricingRules {
            service_charge: Some(charge),
            ..rules
        });
    }
    rules
}

fn tax(block: &Field<'_>, known: &mut Known, report: &mut Report) -> Option<PricingRules> {
    let mut fields = block.open(report);
    let inclusive = fields.required(report, "prices").and_then(|field| {
        field.one_of(
            report,
            "way of showing prices",
            ["inclusive", "exclusive"],
            |word| match word {
                "inclusive" => Some(true),
                "exclusive" => Some(false),
                _ => None,
            },
        )
    });
    let mut taxes = Vec::new();
    let categories = fields.required(report, "categories");
    let entries = categories
        .as_ref()
        .map(|field| field.entries(report))
        .unwrap_or_default();
    for (key, rates) in entries {
        known.tax_categories.insert(key.text.clone());
        match TaxCategory::parse(&key.text) {
            Ok(category) => {
                for rate in rates.list(report, TAX_RATES_MAX) {
                    taxes.extend(tax_rate(&rate, &category, known, report));
                }
            }
            Err(error) => {
                let hint = hint::slug_of(&key.text).map(|slug| format!("for example `{slug}`"));
                report.error_with_hint(
                    key.at,
                    &rates.path,
                    format!("`{}` is {error}", key.text),
                    hint,
                );
            }
        }
    }
    if let Some(field) = categories.filter(|_| known.tax_categories.is_empty()) {
        field.error(
            report,
            "at least one is needed; if nothing is taxed, write `all: []`",
        );
    }
    fields.close(report);
    Some(PricingRules {
        tax_inclusive: inclusive?,
        taxes,
        service_charge: None,
    })
}

fn tax_rate(
    field: &Field<'_>,
    category: &TaxCategory,
    known: &mut Known,
    report: &mut Report,
) -> Option<TaxRate> {
    let mut fields = field.open(report);
    let name = fields
        .required(report, "name")
        .and_then(|f| names::read(&f, report, known));
    let rate = fields
        .required(report, "percent")
        .and_then(|f| amount::percent(&f, report));
    fields.close(report);
    Some(TaxRate {
        category: category.clone(),
        name: name?,
        rate_ppm: rate?,
    })
}

fn service_charge(
    field: &Field<'_>,
    known: &mut Known,
    report: &mut Report,
) -> Option<ServiceCharge> {
    let mut fields = field.open(report);
    let name = fields
        .required(report, "name")
        .and_then(|f| names::read(&f, report, known));
    let rate = fields
        .required(report, "percent")
        .and_then(|f| amount::percent(&f, report));
    let tax_category = match fields.optional("tax") {
        Some(field) => Some(known.tax_category(&field, report)?),
        None => None,
    };
    fields.close(report);
    Some(ServiceCharge {
        name: name?,
        rate_ppm: rate?,
        tax_category,
    })
}
