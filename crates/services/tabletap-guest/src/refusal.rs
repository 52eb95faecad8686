//! Why a guest's request is refused, and what the guest is told: the one place that knows.
//!
//! `sentences.txt` has a block for each reason: its name, the HTTP status, the code of `docs/openapi.yaml`, and the field where that is
//! always the same; below, its sentence in each language. An English sentence uses no word that only one country writes; what a value of
//! it is called or how it is written there goes by the store's currency.

use crate::language::fill;
use lambda_http::{Body, Response};
use std::collections::BTreeSet;
use tabletap_domain::{Currency, Money, locale::locale, menu::Allergen};
use tabletap_menu::page;
use tabletap_runtime::reply;
use tabletap_wire::{ErrorBody, page_words};

const SENTENCES: &str = include_str!("sentences.txt");

macro_rules! reasons {
    ($($reason:ident)+) => {
        /// Why a guest's request is refused.
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        pub enum Reason {
            $($reason),+
        }

        #[cfg(test)]
        const ALL: &[Reason] = &[$(Reason::$reason),+];
    };
}

reasons! {
    NotFound Internal TryAgain RequestTooLarge NotJson NotAnObject FieldMissing FieldUnknown FieldWrong SessionInvalid
    SessionInvalidToOrder SessionExpired TakeoutSessionExpired SessionReadOnly NotAtTable SeatingEnded SeatingEndedToOrder
    UnknownTable StickerReplaced UnknownStore SessionRequestInvalid SessionModeInvalid CallInvalid OrderTooLarge OrderIdInvalid
    FieldNotAtTable PickupTimeInvalid PickupInvalid OrderIdTaken OrderNotYours OrderNotFound OrderToPayNotFound MenuNotPublished
    QuoteChanged SendAgain KitchenClosed NoOrdersForNow NoTakeout PickupUnavailable SlotTaken SlotFilledMeanwhile
    KitchenUnreachable ManyOfYoursUnpaid ManyOfYourNetworkUnpaid ManyUnpaid TakeoutBelowMinimum TotalNotPayable NameMissing
    NameTooLong ContactMissing EmailInvalid PhoneInvalid CartEmpty TooManyLines QuantityOutOfRange TooManyDishes UnknownItem
    ItemUnavailable OptionUnavailable UnknownGroup UnknownOption GroupGone OptionGone DuplicateChoice TooFewChoices TooManyChoices
    ChoicesOutOfBounds TooLongForTicket AllergenConflict TextTooLong TotalOutOfRange PayLinesInvalid LeaveInvalid PayOrderInvalid
    NothingToPay LineTaken UnknownLine ConfirmOthers UnknownPayment StillPaying TooManyPages TooManyPagesForAMinute
    TooMuchForOnePayment ShareLeavesTooLittle PaymentBelowMinimum PaymentNotPayable PaymentsUnavailable OrderEnded TipOutOfRange PaymentDiffers
    PayAgain
}

impl Reason {
    fn block(self) -> &'static str {
        let name = format!("{self:?} ");
        let mut blocks = SENTENCES.split("\n\n");
        blocks
            .find(|block| block.starts_with(&name))
            .expect("the table has every reason: the test below holds it to that")
    }

    /// Status, code and field.
    fn head(self) -> (u16, &'static str, Option<&'static str>) {
        let mut words = self
            .block()
            .lines()
            .next()
            .unwrap_or_default()
            .split(' ')
            .skip(1);
        let status = words.next().and_then(|status| status.parse().ok());
        (
            status.unwrap_or(500),
            words.next().unwrap_or_default(),
            words.next(),
        )
    }

    /// The sentence in one of [`crate::LANGUAGES`], with its places to fill.
    fn sentence(self, lang: &str) -> &'static str {
        let text = |line: &'static str| line.strip_prefix(lang)?.strip_prefix(' ');
        self.block()
            .lines()
            .skip(1)
            .find_map(text)
            .unwrap_or_default()
    }
}

/// What is put into a sentence.
#[derive(Debug)]
enum Value {
    /// The same in every language.
    Text(String),
    Amount(Money),
    Allergens(BTreeSet<Allergen>, Currency),
}

impl Value {
    /// As the page of the store writes it in this language.
    fn text(&self, lang: &str) -> String {
        match self {
            Self::Text(text) => text.clone(),
            Self::Amount(amount) => {
                let currency = amount.currency();
                let locale = locale(lang, currency.code());
                page::money(amount.minor(), currency.code(), currency.digits(), &locale)
            }
            Self::Allergens(allergens, currency) => {
                page_words::allergens(allergens, &locale(lang, currency.code()))
            }
        }
    }
}

/// A request that is refused.
#[derive(Debug)]
pub struct Refusal {
    reason: Reason,
    values: Vec<(&'static str, Value)>,
    /// The reply, but for its sentence.
    pub body: ErrorBody,
    /// When it makes sense to send the same again.
    pub retry_after_s: Option<u32>,
}

impl From<Reason> for Refusal {
    fn from(reason: Reason) -> Self {
        let (_, code, field) = reason.head();
        let field = field.map(str::to_owned);
        Self {
            reason,
            values: Vec::new(),
            body: ErrorBody {
                field,
                ..ErrorBody::new(code, "")
            },
            retry_after_s: None,
        }
    }
}

impl Refusal {
    /// The HTTP status.
    #[must_use]
    pub fn status(&self) -> u16 {
        self.reason.head().0
    }

    /// The same about this field.
    #[must_use]
    pub fn at(mut self, field: String) -> Self {
        self.body.field = Some(field);
        self
    }

    /// The same with a value for the place `name` of its sentence.
    #[must_use]
    pub fn with(mut self, name: &'static str, value: impl ToString) -> Self {
        self.values.push((name, Value::Text(value.to_string())));
        self
    }

    /// The same with an amount for the place `name` of its sentence.
    #[must_use]
    pub fn with_amount(mut self, name: &'static str, amount: Money) -> Self {
        self.values.push((name, Value::Amount(amount)));
        self
    }

    /// The same with the allergens of a dish for the place `name` of its sentence, as the country of a currency spells them.
    pub(crate) fn with_allergens(
        mut self,
        name: &'static str,
        allergens: BTreeSet<Allergen>,
        currency: Currency,
    ) -> Self {
        self.values
            .push((name, Value::Allergens(allergens, currency)));
        self
    }

    /// The reply, in one of [`crate::LANGUAGES`].
    pub(crate) fn reply(mut self, lang: &str) -> Response<Body> {
        let status = self.status();
        tracing::info!(code = self.body.code, status, "refused");
        let values = self.values.iter();
        let values: Vec<_> = values
            .map(|(name, value)| (*name, value.text(lang)))
            .collect();
        self.body.message = fill(self.reason.sentence(lang), &values);
        let response = reply::json(status, &self.body);
        match self.retry_after_s {
            Some(seconds) => reply::retry_after(response, seconds),
            None => response,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::LANGUAGES;

    fn places(sentence: &str) -> BTreeSet<&str> {
        let parts = sentence
            .split('{')
            .skip(1)
            .filter_map(|part| part.split('}').next());
        parts
            .filter(|name| name.bytes().all(|byte| byte.is_ascii_lowercase()))
            .collect()
    }

    #[test]
    fn every_reason_has_a_sentence_in_every_language_with_the_same_places_to_fill() {
        for reason in ALL {
            let (status, code, _) = reason.head();
            assert!(
                (400..=503).contains(&status) && !code.is_empty(),
                "{reason:?}"
            );
            let english = reason.sentence("en");
            for lang in LANGUAGES {
                let sentence = reason.sentence(lang);
                assert!(
                    sentence.ends_with(['.', '。']),
                    "{reason:?} in {lang}: {sentence}"
                );
                assert_eq!(places(sentence), places(english), "{reason:?} in {lang}");
            }
            assert_eq!(
                reason.block().lines().count(),
                1 + LANGUAGES.len(),
                "{reason:?}"
            );
        }
        assert_eq!(
            SENTENCES.split("\n\n").count(),
            ALL.len(),
            "no sentence is left over"
        );
    }

    #[test]
    fn english_uses_no_word_that_only_one_country_writes() {
        let one_country = [
            "takeout",
            "takeaway",
            "sulphite",
            "sulfite",
            "recognise",
            "recognize",
            "cancelled",
            "canceled",
            "colour",
            "favour",
            "apologise",
            "apologize",
            "centre",
        ];
        for reason in ALL {
            let sentence = reason.sentence("en").to_lowercase();
            // What stands between these marks is for programs.
            let words = sentence.split('`').step_by(2);
            for words in words {
                let found = one_country.iter().find(|word| words.contains(**word));
                assert_eq!(found, None, "{reason:?}: {sentence}");
            }
        }
    }

    #[test]
    fn values_are_written_as_the_stores_country_writes_them_in_the_guests_language() {
        let currency = |code| Currency::from_code(code).expect("a currency that stores may have");
        let amount = |minor, code| Value::Amount(Money::new(minor, currency(code)));
        let nuts = BTreeSet::from([Allergen::Egg, Allergen::Sulphites]);
        let holds = |code| Value::Allergens(nuts.clone(), currency(code));
        for (value, lang, text) in [
            (amount(50, "USD"), "en", "$0.50"),
            (amount(50, "USD"), "es", "$0.50"),
            (amount(50, "EUR"), "de", "0,50\u{a0}€"),
            (amount(123_450, "EUR"), "es", "1234,50\u{a0}€"),
            (amount(50, "JPY"), "ja", "￥50"),
            (amount(200, "KWD"), "ar", "\u{200f}٠٫٢٠٠\u{a0}د.ك.\u{200f}"),
            (amount(200, "KWD"), "en", "KWD\u{a0}0.200"),
            (holds("USD"), "en", "egg, sulfites"),
            (holds("GBP"), "en", "egg, sulphites"),
            (holds("USD"), "es", "huevo, sulfitos"),
            (holds("USD"), "ja", "卵、亜硫酸塩"),
        ] {
            assert_eq!(value.text(lang), text, "{value:?} in {lang}");
        }
    }

    #[test]
    fn one_code_has_one_status() {
        for reason in ALL {
            let (status, code, _) = reason.head();
            for other in ALL.iter().filter(|other| other.head().1 == code) {
                assert_eq!(status, other.head().0, "{code}");
            }
        }
    }
}
