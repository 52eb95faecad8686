//! Option groups: sizes, extras, removals and the slots of a combo. Defined in place, or once under `groups:` and named by id.
//!
//! A shared group is read once, however many dishes name it, so its mistakes are told once.

use super::{
    amount, counts,
    fields::{Field, Fields, is_new},
    hint,
    inherited::ReadOption,
    known::Known,
    limits::{GROUPS_MAX, NAME_CHARS_MAX, OPTION_QUANTITY_MAX, OPTIONS_MAX},
    mistake::{Place, Report},
    texts, words,
};
use std::collections::{BTreeMap, BTreeSet};
use tabletap_domain::{
    GroupId, Minor, OptionId,
    menu::{Allergen, MenuOption, OptionGroup},
};

/// The groups under `groups:`.
#[derive(Debug, Default)]
pub(crate) struct SharedGroups<'n> {
    groups: BTreeMap<&'n str, Shared<'n>>,
    /// Every option of the file, those of shared groups once.
    pub(crate) options: Vec<ReadOption>,
    /// The allergens of the item that is being read.
    pub(crate) listed_by_item: Option<BTreeSet<Allergen>>,
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
            (
                key.text.as_str(),
                Shared {
                    at: key.at,
                    field,
                    used: false,
                    state,
                },
            )
        };
        Self {
            groups: entries.into_iter().map(shared).collect(),
            options: Vec::new(),
            listed_by_item: None,
        }
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
                && counts::fits(&groups, &group, &entry, report)
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
            Some(Shared {
                state: State::Reading,
                ..
            }) => {
                entry.error(report, format!("the group `{word}` would contain itself"));
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
        // It belongs to no item alone.
        let listed_by_item = self.listed_by_item.take();
        let group = self.definition(group_id, &mut fields, known, report);
        self.listed_by_item = listed_by_item;
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
        let id = fields
            .required(report, "id")
            .and_then(|field| field.id(report));
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
        let group = OptionGroup {
            id: id?,
            name: name?,
            min: min?,
            max: max?,
            options,
        };
        counts::check(&group, &options_field, report);
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
            let id = fields.new_id(report, &mut seen);
            let option = self.option(id, &mut fields, known, report);
            fields.close(report);
            self.options.extend(option.clone().map(|option| ReadOption {
                at: entry.at,
                path: entry.path.clone(),
                option,
                listed_by_item: self.listed_by_item.clone(),
            }));
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
            Some(field) => amount::surcharge(&field, report, known),
            None => Some(Minor::ZERO),
        };
        let cost_minor = fields
            .optional("cost")
            .and_then(|f| amount::cost(&f, report, known.currency));
        let points = amount::points(fields, report);
        let quantity_max = match fields.optional("quantity_max") {
            Some(field) => field.count(report, 1, OPTION_QUANTITY_MAX),
            None => Some(1),
        };
        let available = fields.flag(report, "available", true);
        let default = fields.flag(report, "default", false);
        let removal = fields.flag(report, "removal", false);
        let station = fields
            .optional("station")
            .and_then(|f| known.station(&f, report));
        let allergens = words::allergens(fields, report);
        let groups = fields.optional("groups");
        let option_groups = groups
            .map(|f| self.list(&f, known, report))
            .unwrap_or_default();
        Some(MenuOption {
            id: id?,
            name: name?,
            price_minor: price_minor?,
            cost_minor,
            points: points?,
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
