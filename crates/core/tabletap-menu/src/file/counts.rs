//! Whether an option group can be answered, and whether a dish stays within its limits of depth and size.

use super::{
    fields::Field,
    limits::{GROUP_DEPTH_MAX, OPTIONS_OF_ITEM_MAX},
    mistake::Report,
};
use tabletap_domain::{
    Minor,
    menu::{MenuOption, OptionGroup},
};

/// Whether the group can be answered at all, and opens with an answer that it allows.
pub(crate) fn check(group: &OptionGroup, field: &Field<'_>, report: &mut Report) {
    let answers: u32 = group
        .options
        .iter()
        .filter(|option| option.available)
        .map(|option| option.quantity_max)
        .sum();
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
        let message = format!(
            "{defaults} options are `default`, but `max` is {}",
            group.max
        );
        field.error(report, message);
    }
}

/// Whether one more group keeps the item within its limits of depth and size.
pub(crate) fn fits(
    groups: &[OptionGroup],
    group: &OptionGroup,
    entry: &Field<'_>,
    report: &mut Report,
) -> bool {
    if depth(group) > GROUP_DEPTH_MAX {
        let message = format!("groups nest at most {GROUP_DEPTH_MAX} deep");
        entry.error(report, message);
        return false;
    }
    if groups.iter().map(size).sum::<usize>() + size(group) > OPTIONS_OF_ITEM_MAX {
        let message =
            format!("more than {OPTIONS_OF_ITEM_MAX} options here, including nested ones");
        entry.error(report, message);
        return false;
    }
    true
}

fn depth(group: &OptionGroup) -> usize {
    let nested = group
        .options
        .iter()
        .flat_map(|option| &option.option_groups)
        .map(depth);
    1 + nested.max().unwrap_or(0)
}

fn size(group: &OptionGroup) -> usize {
    let nested = group
        .options
        .iter()
        .flat_map(|option| &option.option_groups)
        .map(size);
    group.options.len() + nested.sum::<usize>()
}

/// Options may take off, but no dish may come to less than nothing.
pub(crate) fn check_cheapest(
    price: Minor,
    groups: &[OptionGroup],
    field: &Field<'_>,
    report: &mut Report,
) {
    if price.0.saturating_add(cheapest(groups)) < 0 {
        let message = "with its cheapest options this dish would have a price below zero";
        field.error(report, message);
    }
}

/// What `groups` add where a guest chooses only what must be chosen, and of that the cheapest.
pub(crate) fn least(groups: &[OptionGroup]) -> i64 {
    let of_option = |option: &MenuOption| {
        let each = option
            .price_minor
            .0
            .saturating_add(least(&option.option_groups));
        (each, option.quantity_max)
    };
    let of_group = |group: &OptionGroup| {
        let mut answers: Vec<(i64, u32)> = group.options.iter().map(of_option).collect();
        answers.sort_unstable();
        let (mut open, mut sum) = (group.min, 0_i64);
        for (each, quantity_max) in answers {
            let taken = open.min(quantity_max);
            sum = sum.saturating_add(each.saturating_mul(i64::from(taken)));
            open -= taken;
        }
        sum
    };
    groups.iter().map(of_group).fold(0, i64::saturating_add)
}

/// The least that `groups` add: every reduction taken as often as it may be. A bound, not a quote.
fn cheapest(groups: &[OptionGroup]) -> i64 {
    let of_option = |option: &MenuOption| {
        let each = option
            .price_minor
            .0
            .saturating_add(cheapest(&option.option_groups))
            .min(0);
        each.saturating_mul(i64::from(option.quantity_max))
    };
    let of_group = |group: &OptionGroup| {
        group
            .options
            .iter()
            .map(of_option)
            .fold(0, i64::saturating_add)
    };
    groups.iter().map(of_group).fold(0, i64::saturating_add)
}
