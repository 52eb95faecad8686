//! Whatever somebody types, reading it ends with a menu or with mistakes, never with a panic.

use proptest::prelude::*;
use std::fs;
use tabletap_menu::file::{self, Images, Severity};

fn demo(name: &str) -> String {
    let path = format!("{}/../../../demo/{name}", env!("CARGO_MANIFEST_DIR"));
    fs::read_to_string(&path).unwrap_or_else(|error| panic!("{path}: {error}"))
}

/// A refusal names a line of the text and says something.
fn is_told_well(text: &str) -> Result<(), TestCaseError> {
    let Err(mistakes) = file::read(text, &Images::new()) else {
        return Ok(());
    };
    // The parser counts a carriage return as a line break of its own, and may point behind the last line.
    let lines = text.split(['\n', '\r']).count() + 1;
    prop_assert!(
        mistakes
            .iter()
            .any(|mistake| mistake.severity == Severity::Error)
    );
    for mistake in mistakes {
        prop_assert!(
            (1..=lines).contains(&mistake.line),
            "{mistake} of {lines} lines"
        );
        prop_assert!(mistake.column >= 1 && !mistake.message.is_empty());
    }
    Ok(())
}

/// Replaces some of the text, at a character's edge, by something else.
fn mutated(text: &str, at: prop::sample::Index, length: usize, with: &str) -> String {
    let edges: Vec<usize> = text.char_indices().map(|(index, _)| index).collect();
    let start = at.index(edges.len());
    let end = edges.get(start + length).copied().unwrap_or(text.len());
    format!("{}{with}{}", &text[..edges[start]], &text[end..])
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 400, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn arbitrary_text_is_read_or_refused(text in any::<String>()) {
        is_told_well(&text)?;
    }

    #[test]
    fn text_made_of_yaml_marks_is_read_or_refused(text in "[-:?,\\[\\]{}#&*!|>'\"%@` \n\ta-c0-9.~<=]{0,120}") {
        is_told_well(&text)?;
    }

    #[test]
    fn a_store_block_of_anything_is_read_or_refused(text in "(store|groups|tags|categories|items|id|price|options): ?[-:,\\[\\]{}#&*!|>'\" \na-c0-9.]{0,60}") {
        is_told_well(&text)?;
    }

    #[test]
    fn a_mutated_menu_is_read_or_refused(
        at in any::<prop::sample::Index>(),
        length in 0_usize..40,
        with in "[-:?,\\[\\]{}#&*!|>'\"%@` \n\ta-z0-9.~]{0,12}",
    ) {
        is_told_well(&mutated(&demo("corner-bakery.yaml"), at, length, &with))?;
    }

    #[test]
    fn a_menu_that_breaks_off_is_read_or_refused(at in any::<prop::sample::Index>()) {
        let text = demo("corner-bakery.yaml");
        is_told_well(&mutated(&text, at, text.len(), ""))?;
    }
}

proptest! {
    // The large menu takes longer to read; few cases find what the small one does not.
    #![proptest_config(ProptestConfig { cases: 60, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn a_mutated_large_menu_is_read_or_refused(
        at in any::<prop::sample::Index>(),
        length in 0_usize..80,
        with in "[-:?,\\[\\]{}#&*!|>'\" \na-z0-9.]{0,12}",
    ) {
        is_told_well(&mutated(&demo("kumo-sushi.yaml"), at, length, &with))?;
    }
}
