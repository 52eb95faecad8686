//! The language that a guest is answered in.
//!
//! See RFC 9110, 12.5.4 "Accept-Language", and RFC 4647, 3.4 "Lookup".

use lambda_http::{Request, RequestExt, http::HeaderMap};
use tabletap_domain::{
    language::{primary, script},
    limits,
};
use tabletap_wire::body;

/// The languages that guests are answered in; the first one is the default.
pub const LANGUAGES: [&str; 5] = ["en", "es", "de", "ja", "ar"];

/// The language that a request names in its body or address, as an order and a scan do, else the best of those that its sender accepts;
/// the page sends its own there.
pub(crate) fn of(request: &Request) -> &'static str {
    let body = body::object(request.body(), limits::BODY_BYTES_MAX).ok();
    let said = body.as_ref().and_then(|body| body.get("lang")?.as_str());
    let query = request.query_string_parameters_ref();
    let asked = said.or_else(|| query.and_then(|query| query.first("lang")));
    choose(&LANGUAGES, |lang| lang, asked, accepted(request.headers())).unwrap_or(&LANGUAGES[0])
}

/// The languages that the sender of a request accepts, as it wrote them.
#[must_use]
pub fn accepted(headers: &HeaderMap) -> &str {
    let accepted = headers.get("accept-language");
    accepted
        .and_then(|value| value.to_str().ok())
        .unwrap_or_default()
}

/// Of what is offered in several languages, that in the language asked for by name, else in the one that is preferred, else the first.
pub fn choose<'a, T>(
    offered: &'a [T],
    tag: impl Fn(&T) -> &str + Copy,
    asked: Option<&str>,
    accepted: &str,
) -> Option<&'a T> {
    let asked = asked.and_then(|asked| find(offered, tag, asked));
    asked
        .or_else(|| preferred(offered, tag, accepted))
        .or_else(|| offered.first())
}

fn preferred<'a, T>(
    offered: &'a [T],
    tag: impl Fn(&T) -> &str + Copy,
    accepted: &str,
) -> Option<&'a T> {
    let mut ranges: Vec<(u32, &str)> = accepted.split(',').filter_map(range).collect();
    // The sort is stable: of equal weights the first named wins.
    ranges.sort_by_key(|(weight, _)| std::cmp::Reverse(*weight));
    ranges
        .into_iter()
        .find_map(|(_, range)| find(offered, tag, range))
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

/// The same tag, else the same language in the script it is likely written in there, else the same language: `zh-TW` reads `zh-Hant`.
fn find<'a, T>(offered: &'a [T], tag: impl Fn(&T) -> &str, wanted: &str) -> Option<&'a T> {
    let exact = offered
        .iter()
        .find(|one| tag(one).eq_ignore_ascii_case(wanted));
    let is_same = |one: &&T| primary(tag(one)).eq_ignore_ascii_case(primary(wanted));
    let is_read = |one: &&T| is_same(one) && script(tag(one)) == script(wanted);
    exact
        .or_else(|| offered.iter().find(is_read))
        .or_else(|| offered.iter().find(is_same))
}

/// `{name}` filled from `values`.
#[must_use]
pub fn fill(sentence: &str, values: &[(&str, String)]) -> String {
    let mut filled = sentence.to_owned();
    for (name, value) in values {
        filled = filled.replace(&format!("{{{name}}}"), value);
    }
    filled
}

#[cfg(test)]
mod tests {
    use super::*;
    use lambda_http::http::HeaderValue;

    #[test]
    fn a_guest_gets_the_language_they_read_best() {
        let offered = ["en", "ja", "pt-BR"];
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
            let chosen = choose(&offered, |lang| lang, asked, accepted);
            assert_eq!(chosen, Some(&expected), "{why}");
        }
    }

    #[test]
    fn a_region_leads_to_the_script_that_is_read_there() {
        let offered = ["en", "zh-Hans", "zh-Hant", "sr-Cyrl", "sr-Latn"];
        for (accepted, expected) in [
            ("zh-TW", "zh-Hant"),
            ("zh-HK,zh;q=0.9", "zh-Hant"),
            ("zh-CN", "zh-Hans"),
            ("zh", "zh-Hans"),
            ("zh-Hant-MO", "zh-Hant"),
            ("sr-ME", "sr-Latn"),
            ("sr-RS", "sr-Cyrl"),
        ] {
            let chosen = choose(&offered, |lang| lang, None, accepted);
            assert_eq!(chosen, Some(&expected), "{accepted}");
        }
        let chosen = choose(&["en", "zh-Hans"], |lang| lang, None, "zh-TW");
        assert_eq!(chosen, Some(&"zh-Hans"), "better than none");
    }

    #[test]
    fn an_answer_speaks_the_language_that_the_request_names_else_the_one_it_accepts_else_english() {
        for (body, accepted, expected, why) in [
            ("", "", "en", "nothing said"),
            ("", "ja,en;q=0.8", "ja", "the page's own"),
            (
                r#"{"lang":"es"}"#,
                "ja",
                "es",
                "an order names its language",
            ),
            (r#"{"lang":"de-AT"}"#, "ja", "de", "with a region"),
            (r#"{"lang":"fi"}"#, "ja", "ja", "one we do not speak"),
            (r#"{"lang":7}"#, "ar", "ar", "no language"),
            (
                "lang=es",
                "fr",
                "en",
                "a form, and a language we do not speak",
            ),
        ] {
            let mut request = Request::new(body.into());
            let value = HeaderValue::from_static(accepted);
            request.headers_mut().insert("accept-language", value);
            assert_eq!(of(&request), expected, "{why}");
        }
    }
}
