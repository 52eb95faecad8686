//! `time_zone:` of the store block: a place, whose clocks people in the restaurant follow.
//!
//! `EST` and its kind stand still while the country's clocks go forward, so hours would be wrong all summer.

use super::{fields::Fields, hint, mistake::Report};
use jiff::{
    Timestamp,
    tz::{TimeZone, TimeZoneDatabase},
};
use tabletap_domain::Currency;

/// Names of hours, not of places, whose clocks never change; so are all that begin with `Etc/`.
const FIXED: [&str; 12] = [
    "EST",
    "MST",
    "HST",
    "GMT",
    "GMT0",
    "GMT+0",
    "GMT-0",
    "Greenwich",
    "UCT",
    "UTC",
    "Universal",
    "Zulu",
];

/// Places of countries whose clocks change, by the countries' currency; the largest of them first.
const CHANGING: [(&str, &[&str]); 16] = [
    ("AUD", &["Australia/Sydney", "Australia/Adelaide"]),
    (
        "CAD",
        &[
            "America/Toronto",
            "America/Vancouver",
            "America/Edmonton",
            "America/Winnipeg",
            "America/Halifax",
            "America/St_Johns",
        ],
    ),
    ("CHF", &["Europe/Zurich"]),
    ("CLP", &["America/Santiago"]),
    ("CZK", &["Europe/Prague"]),
    ("DKK", &["Europe/Copenhagen"]),
    ("EGP", &["Africa/Cairo"]),
    ("EUR", &["Europe/Berlin", "Europe/Lisbon", "Europe/Athens"]),
    ("GBP", &["Europe/London"]),
    ("HUF", &["Europe/Budapest"]),
    ("ILS", &["Asia/Jerusalem"]),
    ("NOK", &["Europe/Oslo"]),
    ("NZD", &["Pacific/Auckland"]),
    ("PLN", &["Europe/Warsaw"]),
    ("SEK", &["Europe/Stockholm"]),
    (
        "USD",
        &[
            "America/New_York",
            "America/Chicago",
            "America/Denver",
            "America/Los_Angeles",
            "America/Anchorage",
        ],
    ),
];

/// Midwinter and midsummer of one year: which is which depends on the place.
const SOLSTICES: [i64; 2] = [1_766_275_200, 1_782_000_000];

/// The zone, which must be there; a warning where its clocks stand still and the country's do not.
pub(crate) fn read(
    fields: &mut Fields<'_>,
    currency: Option<Currency>,
    report: &mut Report,
) -> Option<String> {
    let field = fields.required(report, "time_zone")?;
    let word = field.word(report)?;
    let database = &TimeZoneDatabase::bundled();
    if !database.available().any(|name| name.as_str() == word) {
        let names: Vec<String> = database
            .available()
            .map(|name| name.as_str().to_owned())
            .collect();
        let hint = hint::did_you_mean(word, names.iter().map(String::as_str))
            .or_else(|| Some("for example `America/New_York` or `Europe/Berlin`".to_owned()));
        field.error_with_hint(report, format!("there is no time zone `{word}`"), hint);
        return None;
    }
    let place = currency.and_then(|currency| suggest_place(word, currency.code(), database));
    if let Some(place) = place {
        let message = format!(
            "`{word}` never changes to summer time, so hours and slots would be an hour off for half of the year"
        );
        let hint = Some(format!(
            "write the nearest large city, for example `{place}`"
        ));
        report.warning_with_hint(field.at, &field.path, message, hint);
    }
    Some(word.to_owned())
}

/// A place that is meant by a zone that stands still, where the country's clocks change: one of the same hours in winter, if there is one.
fn suggest_place(zone: &str, currency: &str, database: &TimeZoneDatabase) -> Option<&'static str> {
    if !FIXED.contains(&zone) && !zone.starts_with("Etc/") {
        return None;
    }
    let (_, places) = CHANGING.iter().find(|(code, _)| *code == currency)?;
    let offset = standard_seconds(&database.get(zone).ok()?);
    let alike = places.iter().find(|place| {
        let known = database.get(place);
        known.is_ok_and(|zone| standard_seconds(&zone) == offset)
    });
    // Hawaii and Alaska's neighbours aside, hours that no place of the country has are a mistake too.
    let is_hawaii = zone == "HST" || (currency == "USD" && offset == -10 * 3600);
    alike.or(places.first().filter(|_| !is_hawaii)).copied()
}

/// Seconds before or after UTC without summer time.
fn standard_seconds(zone: &TimeZone) -> i32 {
    let seconds = |second: i64| {
        let at = Timestamp::from_second(second).unwrap_or(Timestamp::UNIX_EPOCH);
        zone.to_offset(at).seconds()
    };
    SOLSTICES.map(seconds).into_iter().min().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_zone_that_stands_still_in_a_country_whose_clocks_change_names_a_place_there() {
        let database = &TimeZoneDatabase::bundled();
        for (zone, currency, wanted, why) in [
            ("EST", "USD", Some("America/New_York"), "the eastern USA"),
            ("MST", "USD", Some("America/Denver"), "the mountains"),
            (
                "Etc/GMT+8",
                "USD",
                Some("America/Los_Angeles"),
                "the signs of Etc are turned round",
            ),
            (
                "Etc/GMT-1",
                "EUR",
                Some("Europe/Berlin"),
                "the middle of Europe",
            ),
            ("Etc/GMT-2", "EUR", Some("Europe/Athens"), "its east"),
            (
                "GMT",
                "GBP",
                Some("Europe/London"),
                "Britain in winter only",
            ),
            ("UTC", "EUR", Some("Europe/Lisbon"), "its west"),
            (
                "UTC",
                "USD",
                Some("America/New_York"),
                "no place in the USA",
            ),
            (
                "Etc/GMT-10",
                "AUD",
                Some("Australia/Sydney"),
                "winter is in July",
            ),
            ("HST", "USD", None, "Hawaii's clocks never change"),
            ("Etc/GMT-3", "KWD", None, "nor do Kuwait's"),
            ("EST5EDT", "USD", None, "it does change"),
            ("CET", "EUR", None, "so does this"),
            ("America/Phoenix", "USD", None, "a place knows best"),
            ("America/New_York", "USD", None, "the same"),
        ] {
            assert_eq!(
                suggest_place(zone, currency, database),
                wanted,
                "{zone} {currency}: {why}"
            );
        }
    }

    #[test]
    fn every_place_is_one_whose_clocks_change() {
        let database = &TimeZoneDatabase::bundled();
        for place in CHANGING.iter().flat_map(|(_, places)| *places) {
            let zone = database.get(place).expect("a zone that is built in");
            let offset = |second: i64| {
                let at = Timestamp::from_second(second).expect("a second of these years");
                zone.to_offset(at).seconds()
            };
            assert_ne!(offset(SOLSTICES[0]), offset(SOLSTICES[1]), "{place}");
        }
    }
}
