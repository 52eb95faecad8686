//! The machine of an order: its ways, what it forbids, and that every way ends.
use super::*;
use proptest::prelude::*;

#[test]
fn a_dine_in_order_goes_from_placed_to_served() {
    let path = [
        (OrderEvent::PreparationStarted, OrderStatus::Preparing),
        (OrderEvent::PreparationFinished, OrderStatus::Ready),
        (OrderEvent::BroughtToTable, OrderStatus::Served),
    ];
    let mut status = OrderStatus::Placed;
    for (event, expected) in path {
        assert_eq!(status.after(event, OrderType::DineIn), Ok(expected));
        status = expected;
    }
}

#[test]
fn unpaid_takeout_never_reaches_the_kitchen() {
    for event in OrderEvent::ALL {
        let next = OrderStatus::AwaitingPayment.after(*event, OrderType::Takeout);
        let allowed = matches!(
            event,
            OrderEvent::PaymentConfirmed | OrderEvent::PaidTooLate | OrderEvent::Cancelled
        );
        assert_eq!(next.is_ok(), allowed, "{event:?}");
    }
}

#[test]
fn closing_a_seating_serves_whatever_is_open_at_its_table() {
    for status in [
        OrderStatus::Placed,
        OrderStatus::Preparing,
        OrderStatus::Ready,
    ] {
        let next = status.after(OrderEvent::SeatingClosed, OrderType::DineIn);
        assert_eq!(next, Ok(OrderStatus::Served));
    }
}

#[test]
fn every_status_that_is_no_end_can_reach_one() {
    for kind in OrderType::ALL {
        let mut reaching: Vec<_> = OrderStatus::ALL
            .iter()
            .copied()
            .filter(|status| status.is_end())
            .collect();
        loop {
            let more: Vec<_> = OrderStatus::ALL
                .iter()
                .copied()
                .filter(|from| !reaching.contains(from))
                .filter(|from| {
                    let nexts = OrderEvent::ALL
                        .iter()
                        .filter_map(|e| from.after(*e, *kind).ok());
                    nexts.into_iter().any(|next| reaching.contains(&next))
                })
                .collect();
            if more.is_empty() {
                break;
            }
            reaching.extend(more);
        }
        for start in [
            OrderStatus::AwaitingPayment,
            OrderStatus::RefundDue,
            OrderStatus::Placed,
            OrderStatus::Ready,
        ] {
            assert!(reaching.contains(&start), "{start:?} of {kind:?}");
        }
    }
}

proptest! {
    #[test]
    fn no_order_leaves_its_end_or_visits_a_status_twice(
        events in prop::collection::vec(prop::sample::select(OrderEvent::ALL), 0..40),
        kind in prop::sample::select(OrderType::ALL),
    ) {
        let mut status = OrderStatus::AwaitingPayment;
        let mut seen = vec![status];
        for event in events {
            match status.after(event, kind) {
                Ok(next) => {
                    prop_assert!(!status.is_end(), "{status:?} is an end");
                    prop_assert!(!seen.contains(&next), "{next:?} twice");
                    seen.push(next);
                    status = next;
                }
                Err(refused) => prop_assert_eq!(refused, IllegalTransition { from: status, event }),
            }
        }
    }
}

#[test]
fn an_order_whose_money_goes_back_is_cooked_only_if_staff_take_it_after_all() {
    for event in OrderEvent::ALL {
        let next = OrderStatus::RefundDue.after(*event, OrderType::Takeout);
        let expected = match event {
            OrderEvent::PaymentConfirmed => Some(OrderStatus::Placed),
            OrderEvent::Cancelled => Some(OrderStatus::Cancelled),
            _ => None,
        };
        assert_eq!(next.ok(), expected, "{event:?}");
    }
}
