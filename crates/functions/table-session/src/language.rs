//! Which of a menu's languages a guest reads best.
//!
//! See RFC 9110, 12.5.4 "Accept-Language", and RFC 4647, 3.4 "Lookup".

use tabletap_domain::Lang;

/// The language asked for by name, else the one the browser prefers, else the first.
pub(crate) fn choose<'a>(
    offered: &'a [Lang],
    asked: Option<&str>,
    accepted: &str,
) -> Option<&'a Lang> {
    let asked = asked.and_then(|tag| find(offered, tag));
    asked
        .or_else(|| preferred(offered, accepted))
        .or_else(|| offered.first())
}

fn preferred<'a>(offered: &'a [Lang], accepted: &str) -> Option<&'a Lang> {
    let mut ranges: Vec<(u32, &str)> = accepted.split(',').filter_map(range).collect();
    // The sort is stable: of equal weights the first named wins.
    ranges.sort_by_key(|(weight, _)| std::cmp::Reverse(*weight));
    ranges.into_iter().find_map(|(_, tag)| find(offered, tag))
}

/// A language range with its weight in thousandths; none where it is not wanted at all or cannot be read.
fn range(text: &str) -> Option<(u32, &str)> {
    let mut parts = text.split(';').map(str::trim);
    let tag = parts.next().filter(|tag| !tag.is_empty())?;
    let weight = parts
        .find_map(|part| part.strip_prefix("q="))
        .map_or(Some(1000), thousandths)?;
    (weight > 0).then_some((weight, tag))
}

fn thousandths(weight: &str) -> Option<u32> {
    let (whole, fraction) = weight.split_once('.').unwrap_or((weight, ""));
    if fraction.len() > 3 || !fraction.bytes().all(|digit| digit.is_ascii_digit()) {
        return None;
    }
    let fraction: u32 = format!("{fraction:0<3}").parse().ok()?;
    Some((whole.parse::<u32>().ok()?.checked_mul(1000)? + fraction).min(1000))
}

/// The same language with the same region, else the same language with any or none.
fn find<'a>(offered: &'a [Lang], tag: &str) -> Option<&'a Lang> {
    let primary = |tag: &str| {
        tag.split('-')
            .next()
            .unwrap_or_default()
            .to_ascii_lowercase()
    };
    let exact = offered
        .iter()
        .find(|lang| lang.as_str().eq_ignore_ascii_case(tag));
    exact.or_else(|| {
        offered
            .iter()
            .find(|lang| primary(lang.as_str()) == primary(tag))
    })
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "a test fails by panicking")]
    use super::*;

    #[test]
    fn a_guest_gets_the_language_they_read_best() {
        let offered = ["en", "ja", "pt-BR"].map(|tag| Lang::parse(tag).unwrap());
        for (asked, accepted, expected, why) in [
            (None, "", "en", "nothing said: the first"),
            (None, "ja", "ja", "said"),
            (
                None,
                "ja-JP, en;q=0.9",
                "ja",
                "a region we do not tell apart",
            ),
            (
                None,
                "fr, ja;q=0.8, en;q=0.7",
                "ja",
                "the best that is there",
            ),
            (
                None,
                "en;q=0.3, ja;q=0.35",
                "ja",
                "weights count, not places",
            ),
            (None, "pt", "pt-BR", "the only kind there is"),
            (None, "ja;q=0, de", "en", "not wanted at all"),
            (None, "*;q=x,,;;", "en", "nonsense"),
            (Some("ja"), "en", "ja", "asked for in the address"),
            (Some("xx"), "ja", "ja", "asked for what is not offered"),
        ] {
            assert_eq!(
                choose(&offered, asked, accepted).unwrap().as_str(),
                expected,
                "{why}"
            );
        }
    }
}
