//! From lines to the total: service charge, then taxes, each rounded once for the whole order to what payments can carry.

use crate::{Currency, Minor, TaxCategory, charge, limits, menu::PricingRules, money::MoneyError};

/// One million: rates are in parts per million.
const PPM: i64 = 1_000_000;

/// The money of an order, in minor units. `total = subtotal + service + tax` where tax is exclusive, `subtotal + service` where inclusive.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Totals {
    /// Sum of the lines.
    pub subtotal_minor: Minor,
    /// The service charge, or 0.
    pub service_charge_minor: Minor,
    /// What the restaurant calls it; empty without one.
    pub service_name: String,
    /// Each tax with its amount.
    pub taxes: Vec<TaxAmount>,
    /// Sum of the taxes; contained in the total either way.
    pub tax_minor: Minor,
    /// Whether the prices already held the taxes.
    pub tax_inclusive: bool,
    /// What the guest owes.
    pub total_minor: Minor,
}

/// One tax of an order.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TaxAmount {
    /// Its name on the bill.
    pub name: String,
    /// Parts per million.
    pub rate_ppm: u32,
    /// What it was computed on: net where exclusive, gross where inclusive.
    pub base_minor: Minor,
    /// The tax.
    pub tax_minor: Minor,
}

/// A line's tax category and its amount in minor units.
pub type TaxedAmount<'a> = (&'a TaxCategory, Minor);

/// Sums `lines` by `rules`.
///
/// # Errors
/// [`MoneyError::Overflow`] when an amount leaves the limits.
pub fn total(
    lines: &[TaxedAmount<'_>],
    rules: &PricingRules,
    currency: Currency,
) -> Result<Totals, MoneyError> {
    let subtotal_minor = Minor::sum(lines.iter().map(|(_, minor)| *minor))?;
    let service_charge_minor = match &rules.service_charge {
        Some(charge) => charge::scale(subtotal_minor, i64::from(charge.rate_ppm), PPM, currency)?,
        None => Minor::ZERO,
    };
    let taxes = taxes(lines, service_charge_minor, rules, currency)?;
    let tax_minor = Minor::sum(taxes.iter().map(|tax| tax.tax_minor))?;
    let on_top = match rules.tax_inclusive {
        true => Minor::ZERO,
        false => tax_minor,
    };
    let total_minor = Minor::sum([subtotal_minor, service_charge_minor, on_top])?;
    if total_minor > limits::TOTAL_MINOR_MAX {
        return Err(MoneyError::Overflow);
    }
    Ok(Totals {
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
    service_minor: Minor,
    rules: &PricingRules,
    currency: Currency,
) -> Result<Vec<TaxAmount>, MoneyError> {
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
            let rate_sum: i64 = ppm.iter().sum(); // a handful of numbers of 32 bits
            let tax_minor = charge::scale(base_minor, rate_sum, PPM + rate_sum, currency)?;
            charge::split(tax_minor, &ppm, currency)
        } else {
            ppm.iter()
                .map(|rate| charge::scale(base_minor, *rate, PPM, currency))
                .collect::<Result<_, _>>()?
        };
        for (rate, tax_minor) in rates.iter().zip(parts) {
            let same =
                |row: &&mut TaxAmount| row.name == rate.name && row.rate_ppm == rate.rate_ppm;
            if let Some(row) = amounts.iter_mut().find(same) {
                row.base_minor.increase(base_minor)?;
                row.tax_minor.increase(tax_minor)?;
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
    Ok(amounts)
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
    service_minor: Minor,
    rules: &PricingRules,
) -> Result<Minor, MoneyError> {
    let of_lines = lines.iter().filter(|(taxed, _)| *taxed == category);
    let charge = rules
        .service_charge
        .as_ref()
        .and_then(|charge| charge.tax_category.as_ref());
    let of_service = (charge == Some(category)).then_some(service_minor);
    Minor::sum(of_lines.map(|(_, minor)| *minor).chain(of_service))
}
