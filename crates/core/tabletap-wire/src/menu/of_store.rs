//! Makes the published menu of a store's own.

use super::{
    PublicCategory, PublicGroup, PublicItem, PublicMenu, PublicOption, PublicPricing,
    PublicServiceCharge, PublicStation, PublicTax,
};
use crate::picture;
use std::collections::{BTreeMap, BTreeSet};
use tabletap_domain::{
    Lang, Slug, charge,
    menu::{Category, Item, Menu, MenuOption, Nutrient, OptionGroup, PricingRules, TaxRate, Texts},
    removal,
    store::{Station, StoreConfig},
};

impl PublicMenu {
    /// A store's menu in `lang`.
    #[must_use]
    pub fn new(store: &StoreConfig, menu: &Menu, lang: &Lang) -> Self {
        let reader = Reader {
            lang,
            fallback: menu.first_language(),
            slug: &store.slug,
        };
        let menu_names = reader.names(store);
        Self {
            slug: store.slug.clone(),
            name: store.names.get(&store.name, lang).to_owned(),
            lang: lang.clone(),
            languages: menu.languages.clone(),
            version: menu.version.clone(),
            currency: menu.currency.code().to_owned(),
            currency_digits: menu.currency.digits(),
            accent: store.accent.clone(),
            stations: store
                .stations
                .iter()
                .map(|known| station(known, store, lang))
                .collect(),
            pricing: reader.pricing(&menu.pricing, store),
            categories: menu.categories.iter().map(|c| reader.category(c)).collect(),
            takeout: store.takeout.is_some() && store.payment_account.is_some(),
            payments: store.payment_account.is_some(),
            least_payment_minor: store
                .payment_account
                .as_ref()
                .map(|_| charge::least_minor(menu.currency)),
            time_zone: store.time_zone.clone(),
            address: store.contact.address.clone(),
            phone: store.contact.phone.clone(),
            favourites: menu.favourites.as_ref().map(|tag| reader.text(tag)),
            names: menu_names,
        }
    }
}

fn station(station: &Station, store: &StoreConfig, lang: &Lang) -> PublicStation {
    PublicStation {
        id: station.id.clone(),
        name: store.names.get(&station.name, lang).to_owned(),
    }
}

impl From<&PricingRules> for PublicPricing {
    fn from(rules: &PricingRules) -> Self {
        let tax = |tax: &TaxRate| PublicTax {
            category: tax.category.clone(),
            name: tax.name.clone(),
            rate_ppm: tax.rate_ppm,
        };
        Self {
            tax_inclusive: rules.tax_inclusive,
            taxes: rules.taxes.iter().map(tax).collect(),
            service_charge: rules
                .service_charge
                .as_ref()
                .map(|charge| PublicServiceCharge {
                    name: charge.name.clone(),
                    rate_ppm: charge.rate_ppm,
                    tax_category: charge.tax_category.clone(),
                }),
        }
    }
}

/// A declaration by the names of its nutrients.
pub(crate) fn nutrition(nutrition: &BTreeMap<Nutrient, u32>) -> BTreeMap<String, u32> {
    let named = nutrition.iter();
    named
        .map(|(nutrient, amount)| (nutrient.to_string(), *amount))
        .collect()
}

struct Reader<'a> {
    lang: &'a Lang,
    fallback: &'a Lang,
    slug: &'a Slug,
}

impl Reader<'_> {
    fn names(&self, store: &StoreConfig) -> BTreeMap<String, String> {
        let known = store.names.0.keys();
        let named = known.map(|name| (name.clone(), store.names.get(name, self.lang).to_owned()));
        named.filter(|(name, own)| name != own).collect()
    }

    fn pricing(&self, rules: &PricingRules, store: &StoreConfig) -> PublicPricing {
        let mut pricing = PublicPricing::from(rules);
        let taxes = pricing.taxes.iter_mut().map(|tax| &mut tax.name);
        let charge = pricing.service_charge.iter_mut();
        for name in taxes.chain(charge.map(|charge| &mut charge.name)) {
            *name = store.names.get(name, self.lang).to_owned();
        }
        pricing
    }

    fn text(&self, texts: &Texts) -> String {
        texts.get(self.lang, self.fallback).0.to_owned()
    }

    /// The language of a text that is missing in the menu's.
    fn foreign(&self, texts: &Texts) -> Option<Lang> {
        let (text, lang) = texts.get(self.lang, self.fallback);
        (!text.is_empty() && lang != self.lang).then(|| lang.clone())
    }

    /// What a text says in the menu's other languages.
    fn others(&self, texts: &Texts) -> Vec<String> {
        let shown = texts.get(self.lang, self.fallback).0;
        let said: BTreeSet<&String> = texts.0.values().filter(|text| *text != shown).collect();
        said.into_iter().cloned().collect()
    }

    fn category(&self, category: &Category) -> PublicCategory {
        PublicCategory {
            id: category.id.clone(),
            name: self.text(&category.name),
            name_lang: self.foreign(&category.name),
            other_names: self.others(&category.name),
            note: self.text(&category.note),
            items: category.items.iter().map(|item| self.item(item)).collect(),
        }
    }

    fn item(&self, item: &Item) -> PublicItem {
        let image = item.image.as_ref();
        PublicItem {
            id: item.id.clone(),
            name: self.text(&item.name),
            name_lang: self.foreign(&item.name),
            other_names: self.others(&item.name),
            description: self.text(&item.description),
            description_lang: self.foreign(&item.description),
            price_minor: item.price_minor,
            points: item.points,
            available: item.available,
            image: image.map(|file| format!("/menus/{}/images/{}", self.slug, picture::wide(file))),
            nutrition: nutrition(&item.nutrition),
            goes_with: item.goes_with.clone(),
            allergens: item.allergens.iter().copied().collect(),
            diets: item.diets.iter().copied().collect(),
            tags: item.tags.iter().map(|tag| self.text(tag)).collect(),
            tax_category: item.tax_category.clone(),
            option_groups: item
                .option_groups
                .iter()
                .map(|group| self.group(group))
                .collect(),
        }
    }

    fn group(&self, group: &OptionGroup) -> PublicGroup {
        PublicGroup {
            id: group.id.clone(),
            name: self.text(&group.name),
            name_lang: self.foreign(&group.name),
            min: group.min,
            max: group.max,
            options: group
                .options
                .iter()
                .map(|option| self.option(group, option))
                .collect(),
        }
    }

    fn reads_as(&self, group: &OptionGroup, option: &MenuOption) -> Option<String> {
        let (name, lang) = option.name.get(self.lang, self.fallback);
        let text = removal::reads_as(&self.text(&group.name), name, lang);
        (option.removal && text != name).then_some(text)
    }

    fn option(&self, group: &OptionGroup, option: &MenuOption) -> PublicOption {
        PublicOption {
            id: option.id.clone(),
            name: self.text(&option.name),
            name_lang: self.foreign(&option.name),
            price_minor: option.price_minor,
            points: option.points,
            max_quantity: option.quantity_max,
            available: option.available,
            default: option.default,
            removal: option.removal,
            reads_as: self.reads_as(group, option),
            // A removal names what it leaves out: it brings nothing.
            allergens: match option.removal {
                true => Vec::new(),
                false => option.allergens.iter().copied().collect(),
            },
            option_groups: option
                .option_groups
                .iter()
                .map(|group| self.group(group))
                .collect(),
        }
    }
}
