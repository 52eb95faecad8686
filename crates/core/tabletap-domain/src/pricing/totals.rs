//! From lines to the total: service charge, then taxes, each rounded once for the whole order to what payments can carry.

use crate::{Currency, TaxCategory, charge, limits, menu::PricingRules};

/// One million: rates are in parts per million.
const PPM: i64 = 1_000_000;

/// The money of an order, in minor units. `total = subtotal + service + tax` where tax is exclusive, `subtotal + service` where inclusive.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Totals {
    /// Sum of the lines.
    pub subtotal_minor: i64,
    /// The service charge, or 0.
    pub service_charge_minor: i64,
    /// What the restaurant calls it; empty without one.
    pub service_name: String,
    /// Each tax with its amount.
    pub taxes: Vec<TaxAmount>,
    /// Sum of the taxes; contained in the total either way.
    pub tax_minor: i64,
    /// Whether the prices already held the taxes.
    pub tax_inclusive: bool,
    /// What the guest owes.
    pub total_minor: i64,
}

/// One tax of an order.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TaxAmount {
    /// Its name on the bill.
    pub name: String,
    /// Parts per million.
    pub rate_ppm: u32,
    /// What it was computed on: net where exclusive, gross where inclusive.
    pub base_minor: i64,
    /// The tax.
    pub tax_minor: i64,
}

/// A line's tax category and its amount in minor units.
pub type TaxedAmount<'a> = (&'a TaxCategory, i64);

/// Sums `lines` by `rules`; `None` when an amount leaves the limits.
#[must_use]
pub fn total(
    lines: &[TaxedAmount<'_>],
    rules: &PricingRules,
    currency: Currency,
) -> Option<Totals> {
    let subtotal_minor = sum(lines.iter().map(|(_, minor)| *minor))?;
    let service_charge_minor = match &rules.service_charge {
        Some(charge) => charge::scale(subtotal_minor, i64::from(charge.rate_ppm), PPM, currency)?,
        None => 0,
    };
    let taxes = taxes(lines, service_charge_minor, rules, currency)?;
    let tax_minor = sum(taxes.iter().map(|tax| tax.tax_minor))?;
    let on_top = if rules.tax_inclusive { 0 } else { tax_minor };
    let total_minor = sum([subtotal_minor, service_charge_minor, on_top].into_iter())?;
    (total_minor <= limits::TOTAL_MINOR_MAX).then_some(Totals {
        subtotal_minor,
        service_charge_minor,
        service_name: rules
            .service_charge
            .as_ref()
            .map(|charge| charge.name.clone())
            .unwrap_or_default(),
        taxes,
        tax_minor,
        tax_inclusive: rules.tax_inclusive,
        total_minor,
    })
}

/// The taxes of each category's sum, in the order the store lists them, each rounded once. Taxes that share a name and a rate are one row.
fn taxes(
    lines: &[TaxedAmount<'_>],
    service_minor: i64,
    rules: &PricingRules,
    currency: Currency,
) -> Option<Vec<TaxAmount>> {
    let mut amounts: Vec<TaxAmount> = Vec::new();
    for category in categories(rules) {
        let base_minor = base(category, lines, service_minor, rules)?;
        let rates: Vec<_> = rules
            .taxes
            .iter()
            .filter(|tax| tax.category == *category)
            .collect();
        if base_minor == 0 {
            continue;
        }
        let ppm: Vec<i64> = rates.iter().map(|tax| i64::from(tax.rate_ppm)).collect();
        let parts = if rules.tax_inclusive {
            let rate_sum = sum(ppm.iter().copied())?;
            let tax_minor = charge::scale(base_minor, rate_sum, PPM + rate_sum, currency)?;
            charge::split(tax_minor, &ppm, currency)
        } else {
            ppm.iter()
                .map(|rate| charge::scale(base_minor, *rate, PPM, currency))
                .collect::<Option<_>>()?
        };
        for (rate, tax_minor) in rates.iter().zip(parts) {
            let same =
                |row: &&mut TaxAmount| row.name == rate.name && row.rate_ppm == rate.rate_ppm;
            if let Some(row) = amounts.iter_mut().find(same) {
                row.base_minor = row.base_minor.checked_add(base_minor)?;
                row.tax_minor = row.tax_minor.checked_add(tax_minor)?;
            } else {
                let (name, rate_ppm) = (rate.name.clone(), rate.rate_ppm);
                amounts.push(TaxAmount {
                    name,
                    rate_ppm,
                    base_minor,
                    tax_minor,
                });
            }
        }
    }
    Some(amounts)
}

/// The categories that bear a tax, each once, in the order the store lists them.
fn categories(rules: &PricingRules) -> Vec<&TaxCategory> {
    let mut seen = Vec::new();
    for tax in &rules.taxes {
        if !seen.contains(&&tax.category) {
            seen.push(&tax.category);
        }
    }
    seen
}

fn base(
    category: &TaxCategory,
    lines: &[TaxedAmount<'_>],
    service_minor: i64,
    rules: &PricingRules,
) -> Option<i64> {
    let of_lines = lines.iter().filter(|(taxed, _)| *taxed == category);
    let charge = rules
        .service_charge
        .as_ref()
        .and_then(|charge| charge.tax_category.as_ref());
    let of_service = if charge == Some(category) {
        service_minor
    } else {
        0
    };
    sum(of_lines.map(|(_, minor)| *minor))?.checked_add(of_service)
}

fn sum(mut amounts: impl Iterator<Item = i64>) -> Option<i64> {
    amounts.try_fold(0_i64, i64::checked_add)
}
