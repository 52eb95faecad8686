//! From the first attempt of Stripe's event to the last byte at the printer.

use crate::report::Samples;
use anyhow::{Context, Result};
use serde_json::Value;
use std::time::Duration;
use tabletap_tests::{Program, eventually};

/// Orders to pick up, one after another, each timed from when the local Stripe sent the event to its first paper.
pub(crate) async fn webhooks_to_paper(program: &Program, count: usize) -> Result<Samples> {
    let diner = program.diner("kumo-sushi").await;
    let mut samples = Vec::with_capacity(count);
    // The first few warm connections and caches.
    for index in 0..count + 5 {
        let order = diner.order(&diner.cart(1).await).await;
        let session = diner.session(&order).await;
        program.pay(&session, "paid").await;
        let papers = eventually("the paper", async || {
            let papers = program.papers_of(&order).await;
            (!papers.is_empty()).then_some(papers)
        })
        .await;
        // A paper's id begins with the microsecond its last byte was worked off.
        let cut = papers[0]["paper_id"]
            .as_str()
            .and_then(|id| id.split('-').next());
        let printed: u64 = cut.context("a paper's id")?.parse()?;
        let sent = sent_at(program, &session)
            .await
            .context("the event was sent")?;
        if index >= 5 {
            samples.push(Duration::from_micros(printed.saturating_sub(sent * 1000)));
        }
    }
    Ok(Samples::new(samples))
}

/// When the event of a completed session was first sent, in milliseconds since 1970.
async fn sent_at(program: &Program, session: &str) -> Option<u64> {
    let events = program.get("/local/stripe/events").await;
    let events = events.as_array()?.iter();
    let mut completed = events.filter(|event| event["type"] == "checkout.session.completed");
    let event: &Value = completed.find(|event| event["object"] == session)?;
    event["deliveries"][0]["at_ms"].as_u64()
}
