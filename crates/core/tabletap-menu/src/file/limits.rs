//! How large each part of a menu file may be: far above any real menu, far below harm.

pub(crate) const NAME_CHARS_MAX: usize = 120;
pub(crate) const DESCRIPTION_CHARS_MAX: usize = 500;
pub(crate) const LANGUAGES_MAX: usize = 12;
pub(crate) const LOCATIONS_MAX: usize = 50;
pub(crate) const STATIONS_MAX: usize = 20;
pub(crate) const TABLES_MAX: usize = 500;
pub(crate) const TAX_RATES_MAX: usize = 8;
/// Spans a store is open on one day.
pub(crate) const SPANS_MAX: usize = 6;
pub(crate) const HOLIDAYS_MAX: usize = 200;
pub(crate) const ADDRESS_LINES_MAX: usize = 6;
pub(crate) const CATEGORIES_MAX: usize = 60;
pub(crate) const ITEMS_MAX: usize = 500;
pub(crate) const TAGS_MAX: usize = 8;
pub(crate) const GROUPS_MAX: usize = 20;
pub(crate) const OPTIONS_MAX: usize = 40;
/// Options of one item, those of nested groups counted: shared groups that hold shared groups multiply.
pub(crate) const OPTIONS_OF_ITEM_MAX: usize = 400;
/// A group in a group in a group. Orders may nest choices a level deeper than any menu does.
pub(crate) const GROUP_DEPTH_MAX: usize = 3;
/// Most loyalty points one dish or option may earn.
pub(crate) const POINTS_MAX: u32 = 10_000;
/// Most of one option on one dish, and most answers to one group.
pub(crate) const OPTION_QUANTITY_MAX: u32 = 50;
