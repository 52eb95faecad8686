//! What must hold of the papers of an order, whoever died on the way.

use serde_json::Value;

/// At least one copy of each ticket; of each ticket at most one without the banner.
///
/// # Panics
/// When a ticket is missing, or two copies of one look like two tickets.
pub fn assert_none_lost_none_unmarked(papers: &[Value], tickets: usize) {
    let mut ids: Vec<_> = papers
        .iter()
        .filter_map(|paper| paper["ticket_id"].as_str())
        .collect();
    ids.sort();
    ids.dedup();
    assert_eq!(ids.len(), tickets, "none lost");
    for id in ids {
        let copies: Vec<_> = papers.iter().filter(|p| p["ticket_id"] == id).collect();
        let plain = copies
            .iter()
            .filter(|paper| paper["banner"] == false)
            .count();
        assert!(
            plain <= 1,
            "{id}: {plain} copies without a banner of {}",
            copies.len()
        );
    }
}
