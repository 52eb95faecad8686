//! Asks agents about tickets whose end was not reported, many at a time. The answers are ordinary reports.

use crate::{Sweep, Tally};
use std::collections::BTreeMap;
use tabletap_domain::{StoreKey, ThingName};
use tabletap_store::StoredTicket;
use tabletap_wire::{
    print::{ASKED_MAX, Ask, AskedAttempt, Hello},
    topic,
};
use tokio::time::Instant;

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

impl Sweep {
    /// Asks the agents that can be asked. What is not asked now is due again in a minute.
    pub(crate) async fn ask_agents(&self, key: &StoreKey, asking: Asking) -> Tally {
        let mut tally = Tally::default();
        for (thing, attempts) in asking.waiting {
            if self.breaker.is_open() || Instant::now() >= self.kitchens_until {
                break;
            }
            match self.sweeper.store.agent(key, &thing).await {
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
                let topic = topic::down(&thing);
                let publishing = self.sweeper.dispatcher.publisher().publish(&topic, &ask);
                // The publisher has logged it. The next message for this agent would fare no better.
                if !self.breaker.publish(publishing).await {
                    break;
                }
                tally.asked += u32::try_from(some.len()).unwrap_or(u32::MAX);
            }
        }
        tally
    }
}
