//! What a dish comes with: which options the kitchen need not be told of, and which it must be told to leave out.
//!
//! A default is how the dish comes, so a ticket does not call it out; a default that its guest took off is called out as a removal, where no
//! other answer to the question says it. A question whose options are to be made (a slot of a combo) is answered on the ticket in full.

use super::{Label, PricedChoice, label};
use crate::{
    Lang,
    menu::{Menu, MenuOption, OptionGroup},
};

/// Whether the dish comes like this, so that nothing need be said.
pub(super) fn is_as_served(
    menu: &Menu,
    group: &OptionGroup,
    option: &MenuOption,
    quantity: u32,
) -> bool {
    option.default && quantity == 1 && !option.removal && !is_slot(menu, group)
}

/// What the dish comes with and this guest does not want.
pub(super) fn left_out(
    menu: &Menu,
    groups: &[OptionGroup],
    choices: &[PricedChoice],
    lang: &Lang,
) -> Vec<Label> {
    let mut left_out = Vec::new();
    for group in groups {
        let chosen = |option: &MenuOption| {
            let answers = choices.iter().filter(|choice| choice.group == group.id);
            answers
                .clone()
                .any(|choice| group.max == 1 || choice.option == option.id)
        };
        let missing = group
            .options
            .iter()
            .filter(|option| option.available && is_as_served(menu, group, option, 1))
            .filter(|option| !chosen(option));
        left_out.extend(missing.map(|option| label(&option.name, menu, lang)));
    }
    left_out
}

/// Whether the answers are things to make rather than ways to make the dish: they name dishes, are made elsewhere, or ask in turn.
fn is_slot(menu: &Menu, group: &OptionGroup) -> bool {
    group.options.iter().any(|option| {
        let is_dish = || {
            menu.items()
                .any(|item| item.id.as_str() == option.id.as_str())
        };
        option.station.is_some() || !option.option_groups.is_empty() || is_dish()
    })
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "a test fails by panicking")]
    use super::super::{
        price_cart,
        tests::{cart, choice, group, item, menu, option},
    };
    use super::*;
    use crate::{StationId, cart::Choice};

    fn default(id: &str) -> MenuOption {
        MenuOption {
            default: true,
            ..option(id, 0)
        }
    }

    /// A ramen with a size, toppings it comes with, a drink from the bar, and a side that is a dish.
    fn ramen() -> Menu {
        let mut tea = default("tea");
        tea.station = Some(StationId::parse("bar").unwrap());
        let size = vec![default("regular"), option("large", 300)];
        let toppings = vec![default("egg"), default("nori"), option("corn", 100)];
        let drink = vec![tea, option("water", 0)];
        let side = vec![default("gyoza"), option("rice", 0)];
        let ice = MenuOption {
            removal: true,
            ..default("no-ice")
        };
        let groups = vec![
            group("size", 1, 1, size),
            group("toppings", 0, 3, toppings),
            group("drink", 1, 1, drink),
            group("side", 1, 1, side),
            group("ice", 0, 1, vec![ice]),
        ];
        let dishes = vec![item("ramen", 1500, groups), item("gyoza", 600, Vec::new())];
        menu(dishes, Default::default())
    }

    /// What the cook reads: what is chosen and not as served, then what is left out.
    fn read(choices: &[(&str, &str, i64)]) -> (Vec<String>, Vec<String>) {
        let menu = ramen();
        let choices: Vec<Choice> = choices
            .iter()
            .map(|(group, option, quantity)| choice(group, option, *quantity))
            .collect();
        let cart = cart(1, choices);
        let line = price_cart(&menu, &cart, menu.first_language())
            .unwrap()
            .lines
            .remove(0);
        let said = line.choices.into_iter().filter(|choice| !choice.as_served);
        (
            said.map(|choice| choice.name.kitchen).collect(),
            line.left_out
                .into_iter()
                .map(|label| label.kitchen)
                .collect(),
        )
    }

    #[test]
    fn a_dish_as_it_comes_calls_out_only_what_is_to_be_made() {
        let chosen = [
            ("size", "regular", 1),
            ("toppings", "egg", 1),
            ("toppings", "nori", 1),
            ("drink", "tea", 1),
            ("side", "gyoza", 1),
            ("ice", "no-ice", 1),
        ];
        let said = ["tea", "gyoza", "no-ice"].map(str::to_owned).to_vec();
        assert_eq!(read(&chosen), (said, Vec::new()));
    }

    #[test]
    fn another_answer_or_another_number_is_called_out_and_so_is_a_default_taken_off() {
        let slots = [("drink", "water", 1), ("side", "rice", 1)];
        for (chosen, said, left_out, why) in [
            (
                vec![
                    ("size", "large", 1),
                    ("toppings", "egg", 1),
                    ("toppings", "nori", 1),
                ],
                vec!["large", "water", "rice"],
                vec![],
                "the other size says that it is not the regular one",
            ),
            (
                vec![("size", "regular", 1), ("toppings", "nori", 2)],
                vec!["nori", "water", "rice"],
                vec!["egg"],
                "twice is not how it comes, and the egg was taken off",
            ),
            (
                vec![("size", "regular", 1), ("toppings", "corn", 1)],
                vec!["corn", "water", "rice"],
                vec!["egg", "nori"],
                "corn does not stand for the egg",
            ),
        ] {
            let chosen: Vec<_> = chosen.into_iter().chain(slots).collect();
            let (is_said, is_left_out) = read(&chosen);
            assert_eq!(
                (is_said, is_left_out),
                (owned(&said), owned(&left_out)),
                "{why}"
            );
        }
    }

    fn owned(texts: &[&str]) -> Vec<String> {
        texts.iter().map(|text| (*text).to_owned()).collect()
    }

    #[test]
    fn what_is_sold_out_need_not_be_taken_off() {
        let mut menu = ramen();
        menu.categories[0].items[0].option_groups[1].options[0].available = false;
        let groups = &menu.categories[0].items[0].option_groups;
        let left_out = left_out(&menu, groups, &[], menu.first_language());
        let names: Vec<String> = left_out.into_iter().map(|label| label.kitchen).collect();
        assert_eq!(names, ["regular", "nori"]);
    }
}
