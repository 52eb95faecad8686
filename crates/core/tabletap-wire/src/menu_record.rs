//! A menu as the table keeps it: all languages, stations and costs, as one JSON document.

use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};
use tabletap_domain::{
    CategoryId, Currency, GroupId, InvalidId, ItemId, Lang, MenuVersion, Minor, OptionId,
    StationId, TaxCategory,
    menu::{
        Allergen, Category, Diet, Item, Menu, MenuOption, Nutrient, OptionGroup, PricingRules,
        ServiceCharge, TaxRate, Texts,
    },
};
use tabletap_wire_derive::domain_fields;

/// The document.
#[domain_fields]
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct MenuRecord {
    v: u32,
    version: MenuVersion,
    currency: String,
    languages: Vec<Lang>,
    pricing: crate::menu::PublicPricing,
    categories: Vec<CategoryRecord>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    favourites: Option<TextsRecord>,
}

pub(crate) type TextsRecord = BTreeMap<String, String>;

#[domain_fields]
#[derive(Clone, Debug, Serialize, Deserialize)]
struct CategoryRecord {
    id: CategoryId,
    name: TextsRecord,
    note: TextsRecord,
    items: Vec<ItemRecord>,
}

#[domain_fields]
#[derive(Clone, Debug, Serialize, Deserialize)]
struct ItemRecord {
    id: ItemId,
    name: TextsRecord,
    description: TextsRecord,
    price_minor: Minor,
    cost_minor: Option<Minor>,
    #[serde(default, skip_serializing_if = "crate::menu::is_none")]
    points: u32,
    available: bool,
    station: StationId,
    tax_category: TaxCategory,
    allergens: BTreeSet<Allergen>,
    diets: BTreeSet<Diet>,
    tags: Vec<TextsRecord>,
    image: Option<String>,
    /// This and what follows it is absent from menus that were published before it was read.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    nutrition: BTreeMap<String, u32>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    goes_with: Vec<ItemId>,
    option_groups: Vec<GroupRecord>,
}

#[domain_fields]
#[derive(Clone, Debug, Serialize, Deserialize)]
struct GroupRecord {
    id: GroupId,
    name: TextsRecord,
    min: u32,
    max: u32,
    options: Vec<OptionRecord>,
}

#[domain_fields]
#[derive(Clone, Debug, Serialize, Deserialize)]
struct OptionRecord {
    id: OptionId,
    name: TextsRecord,
    price_minor: Minor,
    cost_minor: Option<Minor>,
    #[serde(default, skip_serializing_if = "crate::menu::is_none")]
    points: u32,
    quantity_max: u32,
    available: bool,
    default: bool,
    removal: bool,
    station: Option<StationId>,
    allergens: BTreeSet<Allergen>,
    option_groups: Vec<GroupRecord>,
}

/// A stored document that cannot be a menu; a bug or another version's work.
#[derive(Debug, thiserror::Error)]
pub enum MenuRecordError {
    /// Not the JSON of a menu.
    #[error("the stored menu cannot be read")]
    Json(#[from] serde_json::Error),
    /// A language that is none.
    #[error("the stored menu names a language that is none")]
    Language(#[from] InvalidId),
    /// Priced in a currency we do not know, or without any language.
    #[error("the stored menu has no known currency or no language")]
    Incomplete,
}

impl MenuRecord {
    /// The document of a menu.
    #[must_use]
    pub fn write(menu: &Menu) -> String {
        let record = Self {
            v: 1,
            version: menu.version.clone(),
            currency: menu.currency.code().to_owned(),
            languages: menu.languages.clone(),
            pricing: (&menu.pricing).into(),
            categories: menu.categories.iter().map(category_record).collect(),
            favourites: menu.favourites.as_ref().map(texts_record),
        };
        serde_json::to_string(&record).expect("records hold only text, numbers and lists")
    }

    /// The menu of a document.
    ///
    /// # Errors
    /// [`MenuRecordError`]; the store cannot sell until a menu is published again.
    pub fn read(document: &str) -> Result<Menu, MenuRecordError> {
        let record: Self = serde_json::from_str(document)?;
        let currency = Currency::from_code(&record.currency).ok_or(MenuRecordError::Incomplete)?;
        if record.languages.is_empty() {
            return Err(MenuRecordError::Incomplete);
        }
        let menu = Menu {
            version: record.version,
            currency,
            languages: record.languages,
            pricing: rules(record.pricing),
            categories: record
                .categories
                .into_iter()
                .map(category)
                .collect::<Result<_, _>>()?,
            favourites: record.favourites.map(texts).transpose()?,
        };
        // A menu that was published before options inherited must warn as well.
        Ok(menu.inheriting())
    }
}

pub(crate) fn texts_record(texts: &Texts) -> TextsRecord {
    texts
        .0
        .iter()
        .map(|(lang, text)| (lang.to_string(), text.clone()))
        .collect()
}

pub(crate) fn texts(record: TextsRecord) -> Result<Texts, InvalidId> {
    let pairs = record
        .into_iter()
        .map(|(lang, text)| Ok((Lang::parse(&lang)?, text)));
    pairs.collect::<Result<_, _>>().map(Texts)
}

fn rules(pricing: crate::menu::PublicPricing) -> PricingRules {
    let tax = |tax: crate::menu::PublicTax| TaxRate {
        category: tax.category,
        name: tax.name,
        rate_ppm: tax.rate_ppm,
    };
    PricingRules {
        tax_inclusive: pricing.tax_inclusive,
        taxes: pricing.taxes.into_iter().map(tax).collect(),
        service_charge: pricing.service_charge.map(|charge| ServiceCharge {
            name: charge.name,
            rate_ppm: charge.rate_ppm,
            tax_category: charge.tax_category,
        }),
    }
}

fn category_record(category: &Category) -> CategoryRecord {
    CategoryRecord {
        id: category.id.clone(),
        name: texts_record(&category.name),
        note: texts_record(&category.note),
        items: category.items.iter().map(item_record).collect(),
    }
}

fn category(record: CategoryRecord) -> Result<Category, InvalidId> {
    Ok(Category {
        id: record.id,
        name: texts(record.name)?,
        note: texts(record.note)?,
        items: record
            .items
            .into_iter()
            .map(item)
            .collect::<Result<_, _>>()?,
    })
}

fn item_record(item: &Item) -> ItemRecord {
    ItemRecord {
        id: item.id.clone(),
        name: texts_record(&item.name),
        description: texts_record(&item.description),
        price_minor: item.price_minor,
        cost_minor: item.cost_minor,
        points: item.points,
        available: item.available,
        station: item.station.clone(),
        tax_category: item.tax_category.clone(),
        allergens: item.allergens.clone(),
        diets: item.diets.clone(),
        tags: item.tags.iter().map(texts_record).collect(),
        image: item.image.clone(),
        nutrition: crate::menu::nutrition(&item.nutrition),
        goes_with: item.goes_with.clone(),
        option_groups: item.option_groups.iter().map(group_record).collect(),
    }
}

fn item(record: ItemRecord) -> Result<Item, InvalidId> {
    Ok(Item {
        id: record.id,
        name: texts(record.name)?,
        description: texts(record.description)?,
        price_minor: record.price_minor,
        cost_minor: record.cost_minor,
        points: record.points,
        available: record.available,
        station: record.station,
        tax_category: record.tax_category,
        allergens: record.allergens,
        diets: record.diets,
        tags: record
            .tags
            .into_iter()
            .map(texts)
            .collect::<Result<_, _>>()?,
        image: record.image,
        // What a later release declares besides is left out here.
        nutrition: record
            .nutrition
            .iter()
            .filter_map(|(name, amount)| Some((Nutrient::parse(name)?, *amount)))
            .collect(),
        goes_with: record.goes_with,
        option_groups: record
            .option_groups
            .into_iter()
            .map(group)
            .collect::<Result<_, _>>()?,
    })
}

fn group_record(group: &OptionGroup) -> GroupRecord {
    GroupRecord {
        id: group.id.clone(),
        name: texts_record(&group.name),
        min: group.min,
        max: group.max,
        options: group.options.iter().map(option_record).collect(),
    }
}

fn group(record: GroupRecord) -> Result<OptionGroup, InvalidId> {
    Ok(OptionGroup {
        id: record.id,
        name: texts(record.name)?,
        min: record.min,
        max: record.max,
        options: record
            .options
            .into_iter()
            .map(option)
            .collect::<Result<_, _>>()?,
    })
}

fn option_record(option: &MenuOption) -> OptionRecord {
    OptionRecord {
        id: option.id.clone(),
        name: texts_record(&option.name),
        price_minor: option.price_minor,
        cost_minor: option.cost_minor,
        points: option.points,
        quantity_max: option.quantity_max,
        available: option.available,
        default: option.default,
        removal: option.removal,
        station: option.station.clone(),
        allergens: option.allergens.clone(),
        option_groups: option.option_groups.iter().map(group_record).collect(),
    }
}

fn option(record: OptionRecord) -> Result<MenuOption, InvalidId> {
    Ok(MenuOption {
        id: record.id,
        name: texts(record.name)?,
        price_minor: record.price_minor,
        cost_minor: record.cost_minor,
        points: record.points,
        quantity_max: record.quantity_max,
        available: record.available,
        default: record.default,
        removal: record.removal,
        station: record.station,
        allergens: record.allergens,
        option_groups: record
            .option_groups
            .into_iter()
            .map(group)
            .collect::<Result<_, _>>()?,
    })
}
