//! How a table's row counts what its party owes and sends.

use super::{due_seating, set_seating};
use crate::{
    row::{ms, n, s},
    write::Change,
};
use aws_sdk_dynamodb::types::AttributeValue;
use tabletap_domain::{
    Minor, StoreKey, TableId,
    seating::{SeatingMove, Tab, TableState},
    time::UnixMillis,
};

/// What an order or a call does to its table's row.
///
/// Phones of one table order at the same moment, so what they count is added, on the condition that the limit has room for it; only what
/// begins anew (a window, a party after a paid one) is set, on the condition that the row stands as it was read. The row may stand
/// like `from`, or already like `to`: the first orders of two phones at an idle table both open the same seating, and neither shall
/// lose. When the last order came is not compared.
///
/// A table that is due already stays due then: an order must not put off what a confirmation or a closing left to be settled, and
/// whoever settles says when to look again. An order that ends a paid seating leaves it to be settled soon.
pub(crate) fn ordered(
    store: &StoreKey,
    table: &TableId,
    step: &SeatingMove,
    due: Option<UnixMillis>,
) -> Change {
    let mut parts = Counting::new(step);
    parts.sent();
    if step.counts_only() {
        // A call that moves nothing must not put back what others move at this moment.
        parts.strict = true;
        let stays = Change::new("SET #seating = :from_seating")
            .value("from_seating", n(step.from.number))
            .value("from_state", s(step.from.state));
        return parts.onto(stays);
    }
    parts.tab();
    let mut change = set_seating(step);
    if let Some(due) = due {
        // A party that begins to wait is looked at when its alarm is due, not when the table would be idle.
        let begins_to_wait = step.holds_order() && step.from.state == TableState::Open;
        let due = due_seating(store, table, due);
        change = match begins_to_wait || step.follows_party() {
            true => change.also_due(due),
            false => change.also_due_if_not_yet(due),
        };
    }
    parts.onto(change)
}

/// What a payment that settled orders of a table does to its row: on the condition that as many are unpaid as were seen. Once all are
/// paid the table is looked at soon, to be closed when its house says.
pub(crate) fn settled(store: &StoreKey, table: &TableId, step: &SeatingMove) -> Change {
    let (before, after) = match (step.from.tab, step.to.tab) {
        (Tab::Owed(before), Tab::Owed(after)) => (before, after),
        (Tab::Owed(before), _) => (before, 0),
        _ => (0, 0),
    };
    let change = Change::new("SET #unpaid = :after")
        .only_if(
            "#seating = :seating AND #state <> :idle AND #unpaid = :before AND #counted_at = #last_order_at",
        )
        .value("after", n(after))
        .value("before", n(before))
        .value("seating", n(step.from.number))
        .value("idle", s(TableState::Idle));
    match step.to.tab {
        Tab::Paid(at) => change
            .also("#paid_at = :paid_at")
            .value("paid_at", ms(at))
            .also_due(due_seating(store, table, at)),
        Tab::Owed(_) | Tab::Uncounted => change,
    }
}

/// The clauses and conditions by which a move counts.
struct Counting<'a> {
    step: &'a SeatingMove,
    /// The row must stand like `from`: something begins anew.
    strict: bool,
    sets: Vec<&'static str>,
    adds: Vec<&'static str>,
    conditions: Vec<&'static str>,
    removes: Vec<&'static str>,
    values: Vec<(&'static str, AttributeValue)>,
}

impl<'a> Counting<'a> {
    fn new(step: &'a SeatingMove) -> Self {
        Self {
            step,
            strict: false,
            sets: Vec::new(),
            adds: Vec::new(),
            conditions: Vec::new(),
            removes: Vec::new(),
            values: Vec::new(),
        }
    }

    /// What is owed.
    fn tab(&mut self) {
        let SeatingMove { from, to, .. } = self.step;
        let opens = self.step.opens();
        match (from.tab, to.tab) {
            (Tab::Uncounted, Tab::Uncounted) => {}
            // An order joins, or opens a seating at a table that counts from nothing.
            (Tab::Owed(before), Tab::Owed(after)) if !opens || before == 0 => {
                self.sets.push("#counted_at = :to_at");
                self.conditions
                    .push("(attribute_not_exists(#counted_at) OR #counted_at = #last_order_at)");
                self.adds.push("#unpaid :owed");
                self.values.push(("owed", n(after.saturating_sub(before))));
                if after > before {
                    self.removes.push("#paid_at");
                }
            }
            (before, after) => {
                self.strict = true;
                match before {
                    Tab::Paid(paid_at) => {
                        self.conditions.push("#paid_at = :paid_at");
                        self.values.push(("paid_at", ms(paid_at)));
                    }
                    Tab::Owed(unpaid) => {
                        self.conditions.push("#unpaid = :unpaid");
                        self.values.push(("unpaid", n(unpaid)));
                    }
                    Tab::Uncounted => {}
                }
                let (owed, paid) = match after {
                    Tab::Owed(owed) => (owed, false),
                    Tab::Paid(_) | Tab::Uncounted => (0, true),
                };
                self.sets.push("#counted_at = :to_at, #unpaid = :owed");
                self.values.push(("owed", n(owed)));
                if to.paid_before && !from.paid_before {
                    self.sets.push("#paid_party = :from_seating");
                }
                match paid {
                    true => self.sets.push("#paid_at = :to_at"),
                    false => self.removes.push("#paid_at"),
                }
            }
        }
    }

    /// What is sent.
    fn sent(&mut self) {
        let (before, after) = (self.step.from.sent, self.step.to.sent);
        let Some(limit) = self.step.limit else {
            return;
        };
        let joins = before.since == after.since || before.since == UnixMillis(0);
        if !joins {
            self.strict = true;
            self.sets.push(
                "#sent_since = :since, #sent_dishes = :dishes, #sent_minor = :minor, #sent_calls = :calls",
            );
            self.conditions.push("#sent_since = :before");
            self.values.extend([
                ("since", ms(after.since)),
                ("before", ms(before.since)),
                ("dishes", n(after.dishes)),
                ("minor", n(after.minor)),
                ("calls", n(after.calls)),
            ]);
            return;
        }
        let (dishes, minor, calls) = (
            after.dishes.saturating_sub(before.dishes),
            Minor(after.minor.0.saturating_sub(before.minor.0)),
            after.calls.saturating_sub(before.calls),
        );
        self.sets
            .push("#sent_since = if_not_exists(#sent_since, :since)");
        self.adds
            .push("#sent_dishes :dishes, #sent_minor :minor, #sent_calls :calls");
        if before.since != UnixMillis(0) {
            self.conditions.push("#sent_since = :since");
        }
        self.conditions.extend([
            "(attribute_not_exists(#sent_dishes) OR #sent_dishes <= :dishes_room)",
            "(attribute_not_exists(#sent_minor) OR #sent_minor <= :minor_room)",
            "(attribute_not_exists(#sent_calls) OR #sent_calls <= :calls_room)",
        ]);
        self.values.extend([
            ("since", ms(after.since)),
            ("dishes", n(dishes)),
            ("minor", n(minor)),
            ("calls", n(calls)),
            (
                "dishes_room",
                n(i64::from(limit.dishes) - i64::from(dishes)),
            ),
            ("minor_room", n(limit.minor.0.saturating_sub(minor.0))),
            ("calls_room", n(i64::from(limit.calls) - i64::from(calls))),
        ]);
    }

    /// The change with all of it.
    fn onto(self, mut change: Change) -> Change {
        for set in self.sets {
            change = change.also(set);
        }
        for (verb, list) in [("REMOVE", &self.removes), ("ADD", &self.adds)] {
            if !list.is_empty() {
                change = change.then(&format!("{verb} {}", list.join(", ")));
            }
        }
        let from = "(#seating = :from_seating AND #state = :from_state)";
        change = change.only_if(match self.strict {
            true => from.to_owned(),
            false => format!("({from} OR (#seating = :to_seating AND #state = :to_state))"),
        });
        for condition in self.conditions {
            change = change.and_only_if(condition.to_owned());
        }
        for (name, value) in self.values {
            change = change.value(name, value);
        }
        change
    }
}
