//! A published menu: what can be ordered, what it asks the guest, what it costs, where it is made.

mod inherit;

pub use inherit::Dishes;

use crate::{
    CategoryId, Currency, GroupId, ItemId, Lang, MenuVersion, Minor, OptionId, StationId,
    TaxCategory,
};
use std::collections::{BTreeMap, BTreeSet};

/// A text in several languages. The menu's first language is always there and is the fallback.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Texts(pub BTreeMap<Lang, String>);

impl Texts {
    /// The text in `lang`, else in `fallback`, else empty; with the language it is in.
    #[must_use]
    pub fn get<'a>(&'a self, lang: &'a Lang, fallback: &'a Lang) -> (&'a str, &'a Lang) {
        match (self.0.get(lang), self.0.get(fallback)) {
            (Some(text), _) => (text, lang),
            (None, Some(text)) => (text, fallback),
            (None, None) => ("", fallback),
        }
    }
}

/// Everything a store sells, at one version.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Menu {
    /// Derived from the content: the same content is the same version.
    pub version: MenuVersion,
    /// All prices are in it.
    pub currency: Currency,
    /// First is the fallback and the kitchen's language.
    pub languages: Vec<Lang>,
    /// How prices become totals.
    pub pricing: PricingRules,
    /// Sections in the order they are shown.
    pub categories: Vec<Category>,
    /// The tag of the dishes that guests like most, where the owner names one.
    pub favourites: Option<Texts>,
}

/// Tax and service charge of a store.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct PricingRules {
    /// Prices already hold their tax (Europe, Peru) or tax comes on top (USA).
    pub tax_inclusive: bool,
    /// The taxes each category bears, several at once where state and city both ask.
    pub taxes: Vec<TaxRate>,
    /// Added to every order, if the store asks for one.
    pub service_charge: Option<ServiceCharge>,
}

/// One tax on one category of items.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TaxRate {
    /// The items it applies to.
    pub category: TaxCategory,
    /// Its name on the bill, e.g. `NY sales tax`.
    pub name: String,
    /// Parts per million: 8.875 % is 88 750.
    pub rate_ppm: u32,
}

/// A percentage of the subtotal, before tax where tax is exclusive.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ServiceCharge {
    /// Its name on the bill.
    pub name: String,
    /// Parts per million of the subtotal.
    pub rate_ppm: u32,
    /// The taxes the charge itself bears, if any.
    pub tax_category: Option<TaxCategory>,
}

/// A section of the menu.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Category {
    /// Its id.
    pub id: CategoryId,
    /// Its heading.
    pub name: Texts,
    /// A few words beside the heading, e.g. `six pieces`.
    pub note: Texts,
    /// Dishes in the order they are shown.
    pub items: Vec<Item>,
}

/// A dish or drink. A combo is an item whose option groups are its slots.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Item {
    /// Its id.
    pub id: ItemId,
    /// Its name.
    pub name: Texts,
    /// What is in it.
    pub description: Texts,
    /// The price without options, in minor units.
    pub price_minor: Minor,
    /// What it costs the store, in minor units.
    pub cost_minor: Option<Minor>,
    /// Loyalty points a guest earns with each of it; 0 where it earns none.
    pub points: u32,
    /// Whether it can be ordered now (the "86" switch).
    pub available: bool,
    /// Where it is made.
    pub station: StationId,
    /// The taxes it bears.
    pub tax_category: TaxCategory,
    /// What can hurt an allergic guest.
    pub allergens: BTreeSet<Allergen>,
    /// Ways of eating it fits.
    pub diets: BTreeSet<Diet>,
    /// Short marks such as `hot` or `new`.
    pub tags: Vec<Texts>,
    /// File name of its picture under the menu's `images/`.
    pub image: Option<String>,
    /// What a serving holds, in the unit of each nutrient; none where the owner declares nothing.
    pub nutrition: BTreeMap<Nutrient, u32>,
    /// Dishes to suggest with it, the best first.
    pub goes_with: Vec<ItemId>,
    /// What it asks the guest.
    pub option_groups: Vec<OptionGroup>,
}

/// A question with its answers: a size, extras, what to leave out, a slot of a combo.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OptionGroup {
    /// Its id, unique among the groups beside it.
    pub id: GroupId,
    /// The question.
    pub name: Texts,
    /// Fewest options (counted with their quantities); 1 or more makes it required.
    pub min: u32,
    /// Most options, counted with their quantities.
    pub max: u32,
    /// The answers.
    pub options: Vec<MenuOption>,
}

/// One answer of an option group.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MenuOption {
    /// Its id, unique within the group.
    pub id: OptionId,
    /// Its name.
    pub name: Texts,
    /// Added to the item's price for each of it, in minor units; may be negative.
    pub price_minor: Minor,
    /// What it costs the store, in minor units.
    pub cost_minor: Option<Minor>,
    /// Loyalty points a guest earns with each of it; 0 where it earns none.
    pub points: u32,
    /// How many of it one dish may have.
    pub quantity_max: u32,
    /// Whether it can be chosen now.
    pub available: bool,
    /// Chosen when the page opens the dish.
    pub default: bool,
    /// It leaves something out: printed reversed as `NO …`.
    pub removal: bool,
    /// Where it is made when not with its dish: a slot of a combo.
    pub station: Option<StationId>,
    /// What it adds for an allergic guest.
    pub allergens: BTreeSet<Allergen>,
    /// What it asks in turn.
    pub option_groups: Vec<OptionGroup>,
}

macro_rules! words {
    ($(#[$doc:meta])* $name:ident { $($(#[$vdoc:meta])* $variant:ident = $text:literal),+ $(,)? }) => {
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum $name { $($(#[$vdoc])* $variant),+ }

        impl $name {
            /// Every value, in a fixed order.
            pub const ALL: &'static [Self] = &[$(Self::$variant),+];

            /// The word used in files and messages.
            #[must_use]
            pub fn as_str(self) -> &'static str {
                match self { $(Self::$variant => $text),+ }
            }

            /// Reads the word.
            #[must_use]
            pub fn parse(text: &str) -> Option<Self> {
                Self::ALL.iter().copied().find(|value| value.as_str() == text)
            }
        }

        impl std::fmt::Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str(self.as_str())
            }
        }

        impl std::str::FromStr for $name {
            type Err = crate::InvalidId;
            fn from_str(text: &str) -> Result<Self, crate::InvalidId> {
                let kind = stringify!($name);
                Self::parse(text).ok_or(crate::InvalidId { kind, shape: concat!("one of", $(" ", $text),+) })
            }
        }
    };
}
pub(crate) use words;

words!(
    /// The fourteen allergens of EU regulation 1169/2011, annex II, which hold the nine of the US FASTER Act.
    Allergen {
        /// Cereals with gluten.
        Gluten = "gluten",
        /// Crustaceans.
        Crustaceans = "crustaceans",
        /// Eggs.
        Egg = "egg",
        /// Fish.
        Fish = "fish",
        /// Peanuts.
        Peanut = "peanut",
        /// Soybeans.
        Soy = "soy",
        /// Milk.
        Milk = "milk",
        /// Tree nuts.
        Nuts = "nuts",
        /// Celery.
        Celery = "celery",
        /// Mustard.
        Mustard = "mustard",
        /// Sesame seeds.
        Sesame = "sesame",
        /// Sulphites.
        Sulphites = "sulphites",
        /// Lupin.
        Lupin = "lupin",
        /// Molluscs.
        Molluscs = "molluscs",
    }
);

words!(
    /// A way of eating that a dish fits as it is served.
    Diet {
        /// Nothing of animals.
        Vegan = "vegan",
        /// No meat, no fish.
        Vegetarian = "vegetarian",
        /// Halal.
        Halal = "halal",
        /// Kosher.
        Kosher = "kosher",
        /// Without gluten.
        GlutenFree = "gluten-free",
    }
);

words!(
    /// What a serving's declaration names, in the order of EU regulation 1169/2011, annex XV, with its unit.
    Nutrient {
        /// Energy.
        Energy = "energy_kcal",
        /// Fat.
        Fat = "fat_mg",
        /// Of which saturates.
        SaturatedFat = "saturated_fat_mg",
        /// Carbohydrate.
        Carbohydrate = "carbohydrate_mg",
        /// Of which sugars.
        Sugars = "sugars_mg",
        /// Fibre.
        Fibre = "fibre_mg",
        /// Protein.
        Protein = "protein_mg",
        /// Salt.
        Salt = "salt_mg",
    }
);

impl Menu {
    /// Finds an item.
    #[must_use]
    pub fn item(&self, id: &ItemId) -> Option<&Item> {
        self.items().find(|item| item.id == *id)
    }

    /// All items in the order they are shown.
    pub fn items(&self) -> impl Iterator<Item = &Item> {
        self.categories.iter().flat_map(|category| &category.items)
    }

    /// This menu with some dishes switched off (the "86" list). A combo's option that bears a dish's id is that dish.
    #[must_use]
    pub fn without(mut self, off: &BTreeSet<ItemId>) -> Self {
        for item in self
            .categories
            .iter_mut()
            .flat_map(|category| &mut category.items)
        {
            let answerable = switch_off(&mut item.option_groups, off);
            item.available &= answerable && !off.contains(&item.id);
        }
        self
    }

    /// The kitchen's language, which is the fallback of every text.
    ///
    /// # Panics
    /// Never for a menu that was read from a file or a row: both refuse one without languages.
    #[must_use]
    pub fn first_language(&self) -> &Lang {
        self.languages
            .first()
            .expect("a menu has at least one language")
    }
}

/// Switches options off and tells whether every group can still be answered: nobody may get into a dish that cannot be ordered.
fn switch_off(groups: &mut [OptionGroup], off: &BTreeSet<ItemId>) -> bool {
    let mut answerable = true;
    for group in groups {
        for option in &mut group.options {
            let own = switch_off(&mut option.option_groups, off);
            let named = off.iter().any(|item| item.as_str() == option.id.as_str());
            option.available &= own && !named;
        }
        let left = group.options.iter().filter(|option| option.available);
        answerable &= left
            .map(|option| u64::from(option.quantity_max))
            .sum::<u64>()
            >= u64::from(group.min);
    }
    answerable
}
