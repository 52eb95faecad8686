//! What the store block says that the rest of the file is read by.

use super::{fields::Field, mistake::Report};
use std::collections::BTreeSet;
use tabletap_domain::{Currency, Lang, StationId, TaxCategory, menu::PricingRules, store::Names};

/// What the rest of the file is read by. Ids are kept as written even where they are wrong, so that one mistake is told once.
#[derive(Debug, Default)]
pub(crate) struct Known {
    pub(crate) currency: Option<Currency>,
    pub(crate) languages: Vec<Lang>,
    pub(crate) stations: BTreeSet<String>,
    pub(crate) tax_categories: BTreeSet<String>,
    /// Guests can pay in the page.
    pub(crate) payments: bool,
    /// It sells takeout, which is paid before it is made.
    pub(crate) takeout: bool,
    pub(crate) pricing: Option<PricingRules>,
    /// What stands in the store block in several languages.
    pub(crate) names: Names,
}

impl Known {
    /// One of the store's tax categories.
    pub(crate) fn tax_category(
        &self,
        field: &Field<'_>,
        report: &mut Report,
    ) -> Option<TaxCategory> {
        let known = || self.tax_categories.iter().map(String::as_str);
        let word = field.one_of(report, "tax category", known(), |word| {
            self.tax_categories.get(word).cloned()
        })?;
        TaxCategory::parse(&word).ok()
    }

    /// One of the store's stations.
    pub(crate) fn station(&self, field: &Field<'_>, report: &mut Report) -> Option<StationId> {
        let known = || self.stations.iter().map(String::as_str);
        let word = field.one_of(report, "station", known(), |word| {
            self.stations.get(word).cloned()
        })?;
        StationId::parse(&word).ok()
    }
}
