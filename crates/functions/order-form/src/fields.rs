//! A form's fields: what a browser sends of a dish, and what stands in the form when it is shown again.
//!
//! The answer to an option group is `c.{group}={option}`, or `n.{group}/{option}={how many}` where an option may be had several times.
//! The group of an option is named behind it: `c.{group}/{option}/{group}`. Nothing here knows the menu, so the same fields are the
//! same order whatever the menu has become: what is not on it is for the pricing to refuse.

use std::collections::BTreeSet;
use tabletap_domain::{Lang, limits, menu::Allergen};
use tabletap_wire::{
    menu::{PublicGroup, PublicItem, PublicOption},
    order_request::{ChoiceRequest, LineRequest},
};

/// More fields than any dish has.
const FIELDS_MAX: usize = 600;

/// Fields in the order of the form, each name with its value.
#[derive(Clone, Debug, Default)]
pub(crate) struct Fields(Vec<(String, String)>);

impl Fields {
    /// Reads a body; none where it is no form of ours.
    pub(crate) fn read(body: &[u8]) -> Option<Self> {
        let mut fields: Vec<(String, String)> = Vec::new();
        for (name, value) in form_urlencoded::parse(body) {
            let field = (name.into_owned(), value.into_owned());
            // A browser sends no box twice.
            if !fields.contains(&field) {
                fields.push(field);
            }
            if fields.len() > FIELDS_MAX {
                return None;
            }
        }
        Some(Self(fields))
    }

    /// What stands in the form of a dish before anybody touched it: the presets, and the only answer of a question that must be
    /// answered, as the script has it too.
    pub(crate) fn preset(item: &PublicItem) -> Self {
        let mut fields = Self(vec![("quantity".to_owned(), "1".to_owned())]);
        fields.preset_groups(&item.option_groups, "");
        fields
    }

    fn preset_groups(&mut self, groups: &[PublicGroup], prefix: &str) {
        for group in groups {
            let open: Vec<&PublicOption> = group.options.iter().filter(|o| o.available).collect();
            let is_only = group.min > 0 && open.len() == 1;
            let path = format!("{prefix}{}", group.id);
            for option in open {
                if option.default || is_only {
                    self.0.push(match counts(group, option) {
                        true => (format!("n.{path}/{}", option.id), "1".to_owned()),
                        false => (format!("c.{path}"), option.id.to_string()),
                    });
                }
                self.preset_groups(&option.option_groups, &format!("{path}/{}/", option.id));
            }
        }
    }

    /// The first value of a field; empty where it is not there.
    pub(crate) fn get(&self, name: &str) -> &str {
        self.0
            .iter()
            .find(|(other, _)| other == name)
            .map_or("", |(_, value)| value)
    }

    /// Whether a box is ticked.
    pub(crate) fn has(&self, name: &str, value: &str) -> bool {
        self.0.iter().any(|(n, v)| n == name && v == value)
    }

    /// All that says what is wanted, to be sent along by the next page.
    pub(crate) fn of_dish(&self) -> impl Iterator<Item = &(String, String)> {
        self.0.iter().filter(|(name, _)| {
            let plain = ["item", "quantity", "note", "allergy", "acknowledged"];
            plain.contains(&name.as_str()) || name.starts_with("c.") || name.starts_with("n.")
        })
    }

    /// What the guest must not eat.
    pub(crate) fn allergies(&self) -> BTreeSet<Allergen> {
        let named = self.0.iter().filter(|(name, _)| name == "allergy");
        named
            .filter_map(|(_, word)| Allergen::parse(word))
            .collect()
    }

    /// What of it the guest knows to be in the dish, and wants all the same.
    pub(crate) fn acknowledged(&self) -> BTreeSet<Allergen> {
        let words = self.get("acknowledged").split(' ');
        words.filter_map(Allergen::parse).collect()
    }

    /// The line that is asked for.
    pub(crate) fn line(&self) -> LineRequest {
        let note = self.get("note").trim();
        LineRequest {
            item_id: self.get("item").to_owned(),
            quantity: self.get("quantity").trim().parse().unwrap_or(0),
            choices: self.choices("", 0),
            note: (!note.is_empty()).then(|| note.to_owned()),
            acknowledged: !self.acknowledged().is_empty(),
        }
    }

    fn choices(&self, prefix: &str, depth: usize) -> Vec<ChoiceRequest> {
        // One deeper than a menu may be, so that the pricing can say so.
        if depth > limits::CHOICE_DEPTH_MAX {
            return Vec::new();
        }
        let chosen = self.0.iter().filter_map(|(name, value)| {
            let (group, option, quantity) = answer(name, value, prefix)?;
            Some(ChoiceRequest {
                group_id: group.to_owned(),
                option_id: option.to_owned(),
                quantity,
                choices: self.choices(&format!("{prefix}{group}/{option}/"), depth + 1),
            })
        });
        chosen.collect()
    }
}

/// Group, option and quantity of an answer directly behind `prefix`.
fn answer<'a>(name: &'a str, value: &'a str, prefix: &str) -> Option<(&'a str, &'a str, i64)> {
    let (kind, path) = name.split_once('.')?;
    let rest = path.strip_prefix(prefix)?;
    let (group, option, quantity) = match kind {
        "c" => (rest, value, 1),
        "n" => {
            let (group, option) = rest.split_once('/')?;
            let how_many = if value.trim().is_empty() { "0" } else { value };
            (group, option, how_many.trim().parse().unwrap_or(-1))
        }
        _ => return None,
    };
    let is_here = !group.contains('/') && !option.contains('/');
    (is_here && !option.is_empty() && quantity != 0).then_some((group, option, quantity))
}

/// Whether an option is counted, not ticked.
pub(crate) fn counts(group: &PublicGroup, option: &PublicOption) -> bool {
    group.max > 1 && option.max_quantity > 1
}

/// The order that a confirmed form asks for, as `POST /v1/orders` takes it.
pub(crate) fn order_body(fields: &Fields, lang: &Lang) -> Vec<u8> {
    let total: i64 = fields.get("total").parse().unwrap_or(-1);
    let allergies: Vec<&str> = fields
        .allergies()
        .into_iter()
        .map(Allergen::as_str)
        .collect();
    serde_json::json!({
        "order_id": fields.get("order"),
        "menu_version": fields.get("menu"),
        "lang": lang.as_str(),
        "lines": [fields.line()],
        "allergies": allergies,
        "expected_total_minor": total,
    })
    .to_string()
    .into_bytes()
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "a test fails by panicking")]
    use super::*;

    fn choices(body: &str) -> serde_json::Value {
        let line = Fields::read(body.as_bytes()).unwrap().line();
        serde_json::to_value(line.choices).unwrap()
    }

    #[test]
    fn answers_are_read_at_any_depth_and_only_below_what_was_chosen() {
        let read = choices("c.size=large&c.set=ramen&c.set/ramen/broth=miso&c.set/udon/broth=soy");
        let expected = serde_json::json!([
            {"group_id": "size", "option_id": "large", "quantity": 1},
            {"group_id": "set", "option_id": "ramen", "quantity": 1, "choices": [
                {"group_id": "broth", "option_id": "miso", "quantity": 1},
            ]},
        ]);
        assert_eq!(read, expected);
    }

    #[test]
    fn counted_answers_are_left_out_at_nothing_and_refused_later_where_they_are_no_number() {
        let read = choices("n.extras/egg=2&n.extras/nori=0&n.extras/corn=&n.extras/soy=x&c.size=");
        let expected = serde_json::json!([
            {"group_id": "extras", "option_id": "egg", "quantity": 2},
            {"group_id": "extras", "option_id": "soy", "quantity": -1},
        ]);
        assert_eq!(read, expected);
    }

    #[test]
    fn a_body_of_a_stranger_stays_small() {
        let many: String = (0..=FIELDS_MAX).map(|n| format!("c.g{n}=o&")).collect();
        assert!(Fields::read(many.as_bytes()).is_none());
        let mut deep = String::new();
        let mut path = String::new();
        for _ in 0..100 {
            deep += &format!("c.{path}g=o&n.{path}g/o=2&");
            path += "g/o/";
        }
        let line = Fields::read(deep.as_bytes()).unwrap().line();
        assert!(serde_json::to_string(&line).unwrap().len() < 8 * 1024);
    }
}
