//! Tickets whose end nobody reported: their agents are asked, many at a time. The answers are ordinary reports.

use crate::Sweeper;
use std::collections::BTreeMap;
use tabletap_domain::{StoreKey, ThingName};
use tabletap_store::StoredTicket;
use tabletap_wire::{
    print::{ASKED_MAX, Ask, AskedAttempt, Hello},
    topic,
};

/// What is to be asked of each agent of a store: at most a page of its kitchen's rows.
#[derive(Debug, Default)]
pub(crate) struct Asking {
    waiting: BTreeMap<ThingName, Vec<AskedAttempt>>,
}

impl Asking {
    /// Asks about a ticket when the rest of its page was looked at.
    pub(crate) fn about(&mut self, ticket: &StoredTicket) {
        let asked = AskedAttempt {
            ticket_id: ticket.status.id.clone(),
            attempt: ticket.status.attempt,
        };
        let of_agent = self.waiting.entry(ticket.thing.clone()).or_default();
        of_agent.push(asked);
    }
}

impl Sweeper {
    /// Asks the agents that can be asked; how many tickets they were asked about. What is not asked now is due again in a minute.
    pub(crate) async fn ask(&self, key: &StoreKey, asking: Asking) -> u32 {
        let mut count = 0;
        for (thing, attempts) in asking.waiting {
            match self.store.agent(key, &thing).await {
                Ok(Some(agent)) if agent.can.contains(Hello::ASK) => {}
                Ok(_) => continue,
                Err(error) => {
                    tracing::error!(%error, thing = thing.as_str(), "an agent was not asked");
                    continue;
                }
            }
            for some in attempts.chunks(ASKED_MAX) {
                let ask = Ask {
                    v: 1,
                    ask: some.to_vec(),
                };
                // A broker that is away is logged by the publisher, and not tried once more for this agent.
                if self
                    .publisher
                    .publish(&topic::down(&thing), &ask)
                    .await
                    .is_err()
                {
                    break;
                }
                count += u32::try_from(some.len()).unwrap_or(u32::MAX);
            }
        }
        count
    }
}
