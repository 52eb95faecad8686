//! Categories and items: what the guest reads and orders.

use super::{
    amount,
    fields::{Field, Fields, is_new},
    groups::SharedGroups,
    images::{self, ImageUse},
    limits::{CATEGORIES_MAX, DESCRIPTION_CHARS_MAX, ITEMS_MAX, NAME_CHARS_MAX, TAGS_MAX},
    mistake::Report,
    store::Known,
    texts, words,
};
use std::collections::BTreeMap;
use tabletap_domain::{
    CategoryId, ItemId, StationId, TaxCategory,
    menu::{Allergen, Category, Diet, Item, MenuOption, OptionGroup, Texts},
};

/// Reads `categories:` with all that its items refer to.
#[derive(Debug)]
pub(crate) struct Items<'n, 'k> {
    known: &'k Known,
    tags: BTreeMap<&'n str, Option<Texts>>,
    groups: SharedGroups<'n>,
    seen: BTreeMap<ItemId, usize>,
    pub(crate) images: Vec<ImageUse>,
}

/// What a category says for those of its items that do not say it themselves.
#[derive(Debug)]
struct Inherited {
    station: Option<StationId>,
    tax_category: Option<TaxCategory>,
}

impl<'n, 'k> Items<'n, 'k> {
    pub(crate) fn new(
        known: &'k Known,
        tags: Option<&Field<'n>>,
        groups: SharedGroups<'n>,
        report: &mut Report,
    ) -> Self {
        let entries = tags.map(|field| field.entries(report)).unwrap_or_default();
        let mut tags = BTreeMap::new();
        for (key, field) in entries {
            let text = texts::read(&field, report, &known.languages, NAME_CHARS_MAX);
            tags.insert(key.text.as_str(), text);
        }
        Self { known, tags, groups, seen: BTreeMap::new(), images: Vec::new() }
    }

    pub(crate) fn categories(&mut self, list: &Field<'n>, report: &mut Report) -> Vec<Category> {
        let mut seen = BTreeMap::new();
        let mut categories = Vec::new();
        let entries = list.list(report, CATEGORIES_MAX);
        if entries.is_empty() {
            list.error(report, "a menu needs at least one category");
        }
        for entry in entries {
            let mut fields = entry.open(report);
            let id_field = fields.required(report, "id");
            let id: Option<CategoryId> = id_field.as_ref().and_then(|field| field.id(report));
            let id = id.zip(id_field).filter(|(id, field)| is_new(&mut seen, id.clone(), field, report));
            let category = self.category(id.map(|(id, _)| id), &mut fields, report);
            fields.close(report);
            categories.extend(category);
        }
        if self.seen.len() > ITEMS_MAX {
            let message = format!("the menu has {} items, at most {ITEMS_MAX} fit", self.seen.len());
            list.error(report, message);
        }
        self.groups.read_unused(self.known, report);
        categories
    }

    fn category(
        &mut self,
        id: Option<CategoryId>,
        fields: &mut Fields<'n>,
        report: &mut Report,
    ) -> Option<Category> {
        let name = self.required_texts(fields, "name", NAME_CHARS_MAX, report);
        let note = self.optional_texts(fields, "note", NAME_CHARS_MAX, report);
        let inherited = Inherited {
            station: self.station(fields, report),
            tax_category: self.tax_category(fields, report),
        };
        let list = fields.required(report, "items")?;
        let entries = list.list(report, ITEMS_MAX);
        let items = entries.iter().filter_map(|entry| self.item(entry, &inherited, report)).collect();
        Some(Category { id: id?, name: name?, note, items })
    }

    fn item(&mut self, entry: &Field<'n>, inherited: &Inherited, report: &mut Report) -> Option<Item> {
        let known = self.known;
        let mut fields = entry.open(report);
        let id_field = fields.required(report, "id");
        let id: Option<ItemId> = id_field.as_ref().and_then(|field| field.id(report));
        let id = id.zip(id_field).filter(|(id, field)| is_new(&mut self.seen, id.clone(), field, report));
        let name = self.required_texts(&mut fields, "name", NAME_CHARS_MAX, report);
        let description = self.optional_texts(&mut fields, "description", DESCRIPTION_CHARS_MAX, report);
        let price_field = fields.required(report, "price");
        let price = price_field.as_ref().and_then(|f| amount::price(f, report, known.currency));
        let cost = fields.optional("cost").and_then(|f| amount::price(&f, report, known.currency));
        let available = fields.optional("available").map_or(Some(true), |f| f.flag(report));
        let station = self.station(&mut fields, report).or_else(|| inherited.station.clone());
        let tax_category =
            self.tax_category(&mut fields, report).or_else(|| inherited.tax_category.clone());
        let allergens = fields.optional("allergens");
        let allergens = words::read(allergens, report, "allergen", Allergen::ALL, Allergen::as_str);
        let diets = words::read(fields.optional("diets"), report, "diet", Diet::ALL, Diet::as_str);
        let tags = self.tags(&mut fields, report);
        let image = fields.optional("image").and_then(|field| images::read(&field, report));
        self.images.extend(image.clone());
        let groups = fields.optional("groups");
        let option_groups = groups.map(|f| self.groups.list(&f, known, report)).unwrap_or_default();
        fields.close(report);
        if station.is_none() && known.stations.len() != 1 {
            entry.error(report, "`station:` is missing here and in the category");
        }
        if tax_category.is_none() && known.tax_categories.len() != 1 {
            entry.error(report, "`tax:` is missing here and in the category");
        }
        if let (Some(price), Some(field)) = (price, price_field) {
            check_cheapest(price, &option_groups, &field, report);
        }
        Some(Item {
            id: id.map(|(id, _)| id)?,
            name: name?,
            description,
            price_minor: price?,
            cost_minor: cost,
            available: available?,
            station: station.or_else(|| only(&known.stations, StationId::parse))?,
            tax_category: tax_category.or_else(|| only(&known.tax_categories, TaxCategory::parse))?,
            allergens,
            diets,
            tags,
            image: image.map(|image| image.file),
            option_groups,
        })
    }

    fn required_texts(
        &self,
        fields: &mut Fields<'n>,
        key: &'static str,
        chars_max: usize,
        report: &mut Report,
    ) -> Option<Texts> {
        let field = fields.required(report, key)?;
        texts::read(&field, report, &self.known.languages, chars_max)
    }

    fn optional_texts(
        &self,
        fields: &mut Fields<'n>,
        key: &'static str,
        chars_max: usize,
        report: &mut Report,
    ) -> Texts {
        let field = fields.optional(key);
        field
            .and_then(|field| texts::read(&field, report, &self.known.languages, chars_max))
            .unwrap_or_default()
    }

    fn station(&self, fields: &mut Fields<'n>, report: &mut Report) -> Option<StationId> {
        fields.optional("station").and_then(|field| self.known.station(&field, report))
    }

    fn tax_category(&self, fields: &mut Fields<'n>, report: &mut Report) -> Option<TaxCategory> {
        fields.optional("tax").and_then(|field| self.known.tax_category(&field, report))
    }

    fn tags(&self, fields: &mut Fields<'n>, report: &mut Report) -> Vec<Texts> {
        let mut seen = BTreeMap::new();
        let mut tags = Vec::new();
        let entries = fields.optional("tags").map(|field| field.list(report, TAGS_MAX));
        for entry in entries.unwrap_or_default() {
            let known = self.tags.keys().copied();
            let tag = entry.one_of(report, "tag", known, |word| self.tags.get_key_value(word));
            if let Some((word, text)) = tag
                && is_new(&mut seen, *word, &entry, report)
            {
                tags.extend(text.clone());
            }
        }
        tags
    }
}

/// The one entry of a set of one: a store with a single station or tax category need not name it.
fn only<T, E>(set: &std::collections::BTreeSet<String>, parse: fn(&str) -> Result<T, E>) -> Option<T> {
    set.first().filter(|_| set.len() == 1).and_then(|word| parse(word).ok())
}

/// Options may take off, but no dish may come to less than nothing.
fn check_cheapest(price: i64, groups: &[OptionGroup], field: &Field<'_>, report: &mut Report) {
    if price.saturating_add(cheapest(groups)) < 0 {
        let message = "with its cheapest options this dish would cost less than nothing";
        field.error(report, message);
    }
}

/// The least that `groups` add: every reduction taken as often as it may be. A bound, not a quote.
fn cheapest(groups: &[OptionGroup]) -> i64 {
    let of_option = |option: &MenuOption| {
        let each = option.price_minor.saturating_add(cheapest(&option.option_groups)).min(0);
        each.saturating_mul(i64::from(option.quantity_max))
    };
    let of_group = |group: &OptionGroup| group.options.iter().map(of_option).fold(0, i64::saturating_add);
    groups.iter().map(of_group).fold(0, i64::saturating_add)
}
