//! Categories and items: what the guest reads and orders.

use super::{
    amount, counts,
    fields::{Field, Fields, is_new},
    groups::SharedGroups,
    hint,
    images::{self, Images},
    inherited::{self, DietClaim},
    known::Known,
    limits::{
        CATEGORIES_MAX, DESCRIPTION_CHARS_MAX, GOES_WITH_MAX, ITEMS_MAX, NAME_CHARS_MAX, TAGS_MAX,
    },
    mistake::Report,
    nutrition, texts, words,
};
use std::collections::{BTreeMap, BTreeSet};
use tabletap_domain::{
    CategoryId, ItemId, Minor, StationId, TaxCategory,
    menu::{Category, Item, Menu, Texts},
};

/// Reads `categories:` with all that its items refer to.
#[derive(Debug)]
pub(crate) struct Items<'n, 'k> {
    known: &'k Known,
    tags: BTreeMap<&'n str, Option<Texts>>,
    groups: SharedGroups<'n>,
    images: &'k Images,
    seen: BTreeMap<ItemId, usize>,
    diet_claims: Vec<DietClaim>,
    /// What dishes name under `goes_with:`, which may stand further down.
    suggested: Vec<(Field<'n>, ItemId)>,
    /// The word under `favourites:`, until a dish has the tag.
    unused_favourites: Option<(Field<'n>, &'n str)>,
}

/// What the file has for one key. An invalid value is reported once, and not as missing again.
#[derive(Debug)]
enum Setting<T> {
    Absent,
    Invalid,
    Valid(T),
}

impl<T: Clone> Setting<T> {
    fn read(field: Option<Field<'_>>, read: impl FnOnce(&Field<'_>) -> Option<T>) -> Self {
        field.map_or(Self::Absent, |field| {
            read(&field).map_or(Self::Invalid, Self::Valid)
        })
    }

    /// The item's own value, else the category's, else the only one there is.
    fn or(self, inherited: &Self, only: impl FnOnce() -> Option<T>) -> Option<T> {
        match (self, inherited) {
            (Self::Valid(value), _) => Some(value),
            (Self::Absent, Self::Valid(value)) => Some(value.clone()),
            (Self::Absent, Self::Absent) => only(),
            (Self::Invalid, _) | (Self::Absent, Self::Invalid) => None,
        }
    }
}

/// What a category sets for items without a value of their own.
#[derive(Debug)]
struct Inherited {
    station: Setting<StationId>,
    tax_category: Setting<TaxCategory>,
}

impl<'n, 'k> Items<'n, 'k> {
    pub(crate) fn new(
        known: &'k Known,
        tags: Option<&Field<'n>>,
        groups: SharedGroups<'n>,
        images: &'k Images,
        report: &mut Report,
    ) -> Self {
        let entries = tags.map(|field| field.entries(report)).unwrap_or_default();
        let mut tags = BTreeMap::new();
        for (key, field) in entries {
            let text = texts::read(&field, report, &known.languages, NAME_CHARS_MAX);
            tags.insert(key.text.as_str(), text);
        }
        Self {
            known,
            tags,
            groups,
            images,
            seen: BTreeMap::new(),
            diet_claims: Vec::new(),
            suggested: Vec::new(),
            unused_favourites: None,
        }
    }

    /// The tag under `favourites:`.
    pub(crate) fn favourites(&mut self, field: &Field<'n>, report: &mut Report) -> Option<Texts> {
        let known = self.tags.keys().copied();
        let tag = field.one_of(report, "tag", known, |word| self.tags.get_key_value(word));
        let (word, text) = tag.map(|(word, text)| (*word, text.clone()))?;
        self.unused_favourites = Some((field.clone(), word));
        text
    }

    /// What can be said of options only when all dishes are known.
    pub(crate) fn check_inherited(&self, menu: &Menu, report: &mut Report) {
        inherited::check(menu, &self.groups.options, &self.diet_claims, report);
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
            let id = fields.new_id(report, &mut seen);
            let category = self.category(id, &mut fields, report);
            fields.close(report);
            categories.extend(category);
        }
        if self.seen.len() > ITEMS_MAX {
            let message = format!(
                "the menu has {} items; at most {ITEMS_MAX} are allowed",
                self.seen.len()
            );
            list.error(report, message);
        }
        self.groups.listed_by_item = None;
        self.groups.read_unused(self.known, report);
        for (field, dish) in &self.suggested {
            if !self.seen.contains_key(dish) {
                let known = self.seen.keys().map(ItemId::as_str);
                let hint = hint::did_you_mean(dish.as_str(), known);
                field.error_with_hint(report, format!("there is no dish `{dish}`"), hint);
            }
        }
        if let Some((field, word)) = &self.unused_favourites {
            report.warning(
                field.at,
                &field.path,
                format!("no dish has the tag `{word}`"),
            );
        }
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
        let known = self.known;
        let inherited = Inherited {
            station: Setting::read(fields.optional("station"), |f| known.station(f, report)),
            tax_category: Setting::read(fields.optional("tax"), |f| known.tax_category(f, report)),
        };
        let list = fields.required(report, "items")?;
        let entries = list.list(report, ITEMS_MAX);
        let items = entries
            .iter()
            .filter_map(|entry| self.item(entry, &inherited, report))
            .collect();
        Some(Category {
            id: id?,
            name: name?,
            note,
            items,
        })
    }

    fn item(
        &mut self,
        entry: &Field<'n>,
        inherited: &Inherited,
        report: &mut Report,
    ) -> Option<Item> {
        let known = self.known;
        let mut fields = entry.open(report);
        let id = fields.new_id(report, &mut self.seen);
        let name = self.required_texts(&mut fields, "name", NAME_CHARS_MAX, report);
        let description =
            self.optional_texts(&mut fields, "description", DESCRIPTION_CHARS_MAX, report);
        let price_field = fields.required(report, "price");
        let price = price_field
            .as_ref()
            .and_then(|f| amount::price(f, report, known));
        let cost = fields
            .optional("cost")
            .and_then(|f| amount::cost(&f, report, known.currency));
        let points = amount::points(&mut fields, report);
        let available = fields.flag(report, "available", true);
        let station = self.station(entry, &mut fields, inherited, report);
        let tax_category = self.tax_category(entry, &mut fields, inherited, report);
        let allergens = words::allergens(&mut fields, report);
        let diets = words::diets(&mut fields, &allergens, report);
        let tags = self.tags(&mut fields, report);
        let image = fields
            .optional("image")
            .and_then(|field| images::read(&field, self.images, report));
        let nutrition = nutrition::read(&mut fields, report);
        let goes_with = self.goes_with(id.as_ref(), &mut fields, report);
        let groups = fields.optional("groups");
        self.groups.listed_by_item = Some(allergens.clone());
        let option_groups = groups
            .map(|f| self.groups.list(&f, known, report))
            .unwrap_or_default();
        fields.close(report);
        if let Some(item) = id.clone().filter(|_| !diets.is_empty()) {
            let (at, path) = (entry.at, entry.path.clone());
            self.diet_claims.push(DietClaim { at, path, item });
        }
        if let (Some(price), Some(field)) = (price, price_field) {
            counts::check_cheapest(price, &option_groups, &field, report);
            if let Some(tax) = &tax_category {
                let plain = Minor(price.0.saturating_add(counts::least(&option_groups)));
                amount::check_alone(plain, tax, &field, report, known);
            }
        }
        Some(Item {
            id: id?,
            name: name?,
            description,
            price_minor: price?,
            cost_minor: cost,
            points: points?,
            available: available?,
            station: station?,
            tax_category: tax_category?,
            allergens,
            diets,
            tags,
            image,
            nutrition,
            goes_with,
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

    fn station(
        &self,
        entry: &Field<'n>,
        fields: &mut Fields<'n>,
        inherited: &Inherited,
        report: &mut Report,
    ) -> Option<StationId> {
        let own = Setting::read(fields.optional("station"), |f| {
            self.known.station(f, report)
        });
        own.or(&inherited.station, || {
            let known = &self.known.stations;
            only(known, "station", entry, report).and_then(|word| StationId::parse(word).ok())
        })
    }

    fn tax_category(
        &self,
        entry: &Field<'n>,
        fields: &mut Fields<'n>,
        inherited: &Inherited,
        report: &mut Report,
    ) -> Option<TaxCategory> {
        let own = Setting::read(fields.optional("tax"), |f| {
            self.known.tax_category(f, report)
        });
        own.or(&inherited.tax_category, || {
            let known = &self.known.tax_categories;
            only(known, "tax", entry, report).and_then(|word| TaxCategory::parse(word).ok())
        })
    }

    fn goes_with(
        &mut self,
        item: Option<&ItemId>,
        fields: &mut Fields<'n>,
        report: &mut Report,
    ) -> Vec<ItemId> {
        let mut seen = BTreeMap::new();
        let mut dishes = Vec::new();
        let list = fields.optional("goes_with");
        let entries = list.map(|field| field.list(report, GOES_WITH_MAX));
        for entry in entries.unwrap_or_default() {
            let Some(dish) = entry.id::<ItemId>(report) else {
                continue;
            };
            if item == Some(&dish) {
                entry.error(report, "a dish is not suggested with itself");
            } else if is_new(&mut seen, dish.clone(), &entry, report) {
                self.suggested.push((entry, dish.clone()));
                dishes.push(dish);
            }
        }
        dishes
    }

    fn tags(&mut self, fields: &mut Fields<'n>, report: &mut Report) -> Vec<Texts> {
        let mut seen = BTreeMap::new();
        let mut tags = Vec::new();
        let entries = fields
            .optional("tags")
            .map(|field| field.list(report, TAGS_MAX));
        for entry in entries.unwrap_or_default() {
            let known = self.tags.keys().copied();
            let tag = entry.one_of(report, "tag", known, |word| self.tags.get_key_value(word));
            if let Some((word, text)) = tag
                && is_new(&mut seen, *word, &entry, report)
            {
                tags.extend(text.clone());
                if self
                    .unused_favourites
                    .as_ref()
                    .is_some_and(|(_, tag)| tag == word)
                {
                    self.unused_favourites = None;
                }
            }
        }
        tags
    }
}

/// The one entry of a set of one: a store with a single station or tax category need not name it.
fn only<'k>(
    known: &'k BTreeSet<String>,
    key: &str,
    entry: &Field<'_>,
    report: &mut Report,
) -> Option<&'k str> {
    if known.len() > 1 {
        entry.error(
            report,
            format!("`{key}:` is missing here and in the category"),
        );
    }
    known
        .first()
        .filter(|_| known.len() == 1)
        .map(String::as_str)
}
