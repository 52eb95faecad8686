//! Option groups: sizes, extras, removals and the slots of a combo. Defined in place, or once under `groups:` and named by id.
//!
//! A shared group is read once, however many dishes name it, so its mistakes are told once.

use super::{
    amount,
    fields::{Field, Fields, is_new},
    hint,
    limits::{
        GROUP_DEPTH_MAX, GROUPS_MAX, NAME_CHARS_MAX, OPTION_QUANTITY_MAX, OPTIONS_MAX,
        OPTIONS_OF_ITEM_MAX,
    },
    mistake::{Place, Report},
    store::Known,
    texts, words,
};
use std::collections::BTreeMap;
use tabletap_domain::{
    GroupId, OptionId,
    menu::{Allergen, MenuOption, OptionGroup},
};

/// The groups under `groups:`.
#[derive(Debug, Default)]
pub(crate) struct SharedGroups<'n> {
    groups: BTreeMap<&'n str, Shared<'n>>,
}

#[derive(Debug)]
struct Shared<'n> {
    at: Place,
    field: Field<'n>,
    used: bool,
    state: State,
}

#[derive(Debug)]
enum State {
    Unread,
    Reading,
    Read(Option<OptionGroup>),
}

impl<'n> SharedGroups<'n> {
    /// Takes the definitions; they are read when they are first named, the others by [`SharedGroups::read_unused`].
    pub(crate) fn new(block: Option<Field<'n>>, report: &mut Report) -> Self {
        let entries = block.map(|field| field.entries(report)).unwrap_or_default();
        let shared = |(key, field): (&'n super::tree::Key, Field<'n>)| {
            let state = State::Unread;
            (key.text.as_str(), Shared { at: key.at, field, used: false, state })
        };
        Self { groups: entries.into_iter().map(shared).collect() }
    }

    /// Reads what no dish names, for its mistakes.
    pub(crate) fn read_unused(&mut self, known: &Known, report: &mut Report) {
        let ids: Vec<&str> = self.groups.keys().copied().collect();
        for id in ids {
            self.shared(id, known, report);
        }
        for shared in self.groups.values().filter(|shared| !shared.used) {
            report.warning(shared.at, &shared.field.path, "no dish uses this group");
        }
    }

    /// The groups of one item or option: ids of shared ones, or definitions.
    pub(crate) fn list(
        &mut self,
        field: &Field<'n>,
        known: &Known,
        report: &mut Report,
    ) -> Vec<OptionGroup> {
        let mut seen = BTreeMap::new();
        let mut groups = Vec::new();
        for entry in field.list(report, GROUPS_MAX) {
            let group = if entry.is_map() {
                self.inline(&entry, known, report)
            } else {
                self.named(&entry, known, report)
            };
            if let Some(group) = group
                && is_new(&mut seen, group.id.clone(), &entry, report)
                && fits(&groups, &group, &entry, report)
            {
                groups.push(group);
            }
        }
        groups
    }

    fn named(
        &mut self,
        entry: &Field<'n>,
        known: &Known,
        report: &mut Report,
    ) -> Option<OptionGroup> {
        let word = entry.word(report)?;
        match self.groups.get_mut(word) {
            None => {
                let hint = hint::did_you_mean(word, self.groups.keys().copied())
                    .or_else(|| Some("shared groups are defined under `groups:`".to_owned()));
                entry.error_with_hint(report, format!("there is no group `{word}`"), hint);
                None
            }
            Some(Shared { state: State::Reading, .. }) => {
                entry.error(report, format!("the group `{word}` would hold itself"));
                None
            }
            Some(shared) => {
                shared.used = true;
                self.shared(word, known, report)
            }
        }
    }

    fn shared(&mut self, id: &str, known: &Known, report: &mut Report) -> Option<OptionGroup> {
        let shared = self.groups.get_mut(id)?;
        if let State::Read(group) = &shared.state {
            return group.clone();
        }
        shared.state = State::Reading;
        let (at, field) = (shared.at, shared.field.clone());
        let group_id = match GroupId::parse(id) {
            Ok(group_id) => Some(group_id),
            Err(error) => {
                let hint = hint::slug_of(id).map(|slug| format!("for example `{slug}`"));
                report.error_with_hint(at, &field.path, format!("`{id}` is {error}"), hint);
                None
            }
        };
        let mut fields = field.open(report);
        let group = self.definition(group_id, &mut fields, known, report);
        fields.close(report);
        if let Some(shared) = self.groups.get_mut(id) {
            shared.state = State::Read(group.clone());
        }
        group
    }

    fn inline(
        &mut self,
        entry: &Field<'n>,
        known: &Known,
        report: &mut Report,
    ) -> Option<OptionGroup> {
        let mut fields = entry.open(report);
        let id = fields.required(report, "id").and_then(|field| field.id(report));
        let group = self.definition(id, &mut fields, known, report);
        fields.close(report);
        group
    }

    fn definition(
        &mut self,
        id: Option<GroupId>,
        fields: &mut Fields<'n>,
        known: &Known,
        report: &mut Report,
    ) -> Option<OptionGroup> {
        let name = fields
            .required(report, "name")
            .and_then(|field| texts::read(&field, report, &known.languages, NAME_CHARS_MAX));
        let min_field = fields.optional("min");
        let min = match &min_field {
            Some(field) => field.count(report, 0, OPTION_QUANTITY_MAX),
            None => Some(0),
        };
        let max_field = fields.optional("max");
        let max = match &max_field {
            Some(field) => field.count(report, 1, OPTION_QUANTITY_MAX),
            None => min.map(|min| min.max(1)),
        };
        let options_field = fields.required(report, "options")?;
        let options = self.options(&options_field, known, report);
        if let (Some(min), Some(max), Some(field)) = (min, max, &min_field)
            && min > max
        {
            field.error(report, format!("`min: {min}` is more than `max: {max}`"));
            return None;
        }
        let group = OptionGroup { id: id?, name: name?, min: min?, max: max?, options };
        check_counts(&group, &options_field, report);
        Some(group)
    }

    fn options(
        &mut self,
        field: &Field<'n>,
        known: &Known,
        report: &mut Report,
    ) -> Vec<MenuOption> {
        let entries = field.list(report, OPTIONS_MAX);
        if entries.is_empty() {
            field.error(report, "a group needs at least one option");
        }
        let mut seen = BTreeMap::new();
        let mut options = Vec::new();
        for entry in entries {
            let mut fields = entry.open(report);
            let id_field = fields.required(report, "id");
            let id: Option<OptionId> = id_field.as_ref().and_then(|field| field.id(report));
            let id = id.zip(id_field).filter(|(id, field)| is_new(&mut seen, id.clone(), field, report));
            let option = self.option(id.map(|(id, _)| id), &mut fields, known, report);
            fields.close(report);
            options.extend(option);
        }
        options
    }

    fn option(
        &mut self,
        id: Option<OptionId>,
        fields: &mut Fields<'n>,
        known: &Known,
        report: &mut Report,
    ) -> Option<MenuOption> {
        let name = fields
            .required(report, "name")
            .and_then(|field| texts::read(&field, report, &known.languages, NAME_CHARS_MAX));
        let price_minor = match fields.optional("price") {
            Some(field) => amount::surcharge(&field, report, known.currency),
            None => Some(0),
        };
        let cost_minor =
            fields.optional("cost").and_then(|f| amount::price(&f, report, known.currency));
        let quantity_max = match fields.optional("quantity_max") {
            Some(field) => field.count(report, 1, OPTION_QUANTITY_MAX),
            None => Some(1),
        };
        let flag = |fields: &mut Fields<'n>, report: &mut Report, key, absent| {
            fields.optional(key).map_or(Some(absent), |field| field.flag(report))
        };
        let available = flag(fields, report, "available", true);
        let default = flag(fields, report, "default", false);
        let removal = flag(fields, report, "removal", false);
        let station = fields.optional("station").and_then(|f| known.station(&f, report));
        let allergens = fields.optional("allergens");
        let allergens = words::read(allergens, report, "allergen", Allergen::ALL, Allergen::as_str);
        let groups = fields.optional("groups");
        let option_groups = groups.map(|f| self.list(&f, known, report)).unwrap_or_default();
        Some(MenuOption {
            id: id?,
            name: name?,
            price_minor: price_minor?,
            cost_minor,
            quantity_max: quantity_max?,
            available: available?,
            default: default?,
            removal: removal?,
            station,
            allergens,
            option_groups,
        })
    }
}

/// Whether the group can be answered at all, and opens with an answer that it allows.
fn check_counts(group: &OptionGroup, field: &Field<'_>, report: &mut Report) {
    let answers: u32 =
        group.options.iter().filter(|option| option.available).map(|option| option.quantity_max).sum();
    if group.min > answers {
        let message = format!(
            "this group asks for at least {}, but its available options allow only {answers}",
            group.min
        );
        let hint = "switch an option on, raise its `quantity_max`, or lower `min`".to_owned();
        field.error_with_hint(report, message, Some(hint));
    }
    let defaults = group.options.iter().filter(|option| option.default).count();
    if u32::try_from(defaults).is_ok_and(|defaults| defaults > group.max) {
        let message = format!("{defaults} options are `default`, but `max` is {}", group.max);
        field.error(report, message);
    }
}

/// Whether one more group keeps the item within its limits of depth and size.
fn fits(groups: &[OptionGroup], group: &OptionGroup, entry: &Field<'_>, report: &mut Report) -> bool {
    if depth(group) > GROUP_DEPTH_MAX {
        let message = format!("groups nest at most {GROUP_DEPTH_MAX} deep");
        entry.error(report, message);
        return false;
    }
    if groups.iter().map(size).sum::<usize>() + size(group) > OPTIONS_OF_ITEM_MAX {
        let message = format!("more than {OPTIONS_OF_ITEM_MAX} options here, nested ones counted");
        entry.error(report, message);
        return false;
    }
    true
}

fn depth(group: &OptionGroup) -> usize {
    let nested = group.options.iter().flat_map(|option| &option.option_groups).map(depth);
    1 + nested.max().unwrap_or(0)
}

fn size(group: &OptionGroup) -> usize {
    let nested = group.options.iter().flat_map(|option| &option.option_groups).map(size);
    group.options.len() + nested.sum::<usize>()
}
