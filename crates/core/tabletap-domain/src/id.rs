//! One newtype per id. `parse` (or `FromStr`) is the only way in, `Display` the way out, so a value of these types is always well formed.

use std::{fmt, str::FromStr};

/// Text that is not an id of the wanted kind.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("not {} {kind}: expected {shape}", article(kind))]
pub struct InvalidId {
    /// What was wanted, e.g. `order id`.
    pub kind: &'static str,
    /// The shape in words.
    pub shape: &'static str,
}

/// `an` before a vowel.
fn article(noun: &str) -> &'static str {
    if noun.starts_with(['a', 'e', 'i', 'o', 'u']) {
        "an"
    } else {
        "a"
    }
}

macro_rules! text_id {
    ($(#[$doc:meta])* $name:ident, $kind:literal, $shape:expr, $valid:expr) => {
        $(#[$doc])*
        #[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub struct $name(String);

        impl $name {
            /// Parses the text form.
            ///
            /// # Errors
            /// [`InvalidId`] when the text has another shape; show its words to whoever typed it.
            pub fn parse(text: &str) -> Result<Self, InvalidId> {
                let valid: fn(&str) -> bool = $valid;
                if valid(text) {
                    Ok(Self(text.to_owned()))
                } else {
                    Err(InvalidId { kind: $kind, shape: $shape })
                }
            }

            /// The text form.
            #[must_use]
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl FromStr for $name {
            type Err = InvalidId;
            fn from_str(text: &str) -> Result<Self, InvalidId> {
                Self::parse(text)
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&self.0)
            }
        }
    };
}

/// An id of 16 random or derived bytes: a prefix and their hex digits.
macro_rules! hex_id {
    ($(#[$doc:meta])* $name:ident, $kind:literal, $prefix:literal) => {
        text_id!($(#[$doc])* $name, $kind, concat!($prefix, " and 32 lower-case hex digits"), |t| {
            t.strip_prefix($prefix).is_some_and(|hex| is_lower_hex(hex, 32))
        });

        impl From<[u8; 16]> for $name {
            fn from(bytes: [u8; 16]) -> Self {
                Self(format!("{}{:032x}", $prefix, u128::from_be_bytes(bytes)))
            }
        }
    };
}

fn is_slug(text: &str, length_max: usize) -> bool {
    !text.is_empty()
        && text.len() <= length_max
        && !text.starts_with('-')
        && !text.ends_with('-')
        && text
            .bytes()
            .all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-')
}

fn is_lower_hex(text: &str, length: usize) -> bool {
    text.len() == length
        && text
            .bytes()
            .all(|b| b.is_ascii_digit() || (b'a'..=b'f').contains(&b))
}

fn is_language(text: &str) -> bool {
    let mut parts = text.split('-');
    let primary = parts.next().unwrap_or_default();
    (2..=3).contains(&primary.len())
        && primary.bytes().all(|b| b.is_ascii_lowercase())
        && text.len() <= 16
        && parts.all(|p| (2..=8).contains(&p.len()) && p.bytes().all(|b| b.is_ascii_alphanumeric()))
}

fn is_table_code(text: &str) -> bool {
    (20..=40).contains(&text.len())
        && text
            .bytes()
            .all(|b| b.is_ascii_alphanumeric() || b == b'-' || b == b'_')
}

fn is_thing_name(text: &str) -> bool {
    let parts: Vec<&str> = text.split(':').collect();
    parts.len() == 3 && parts.iter().all(|part| is_slug(part, 32))
}

text_id!(/** The account that owns stores. */ TenantId, "tenant id", "1 to 32 lower-case letters, digits and hyphens", |t| is_slug(t, 32));
text_id!(/** One restaurant location, unique within its tenant. */ StoreId, "store id", "1 to 32 lower-case letters, digits and hyphens", |t| is_slug(t, 32));
text_id!(/** The store's name in public addresses, unique among all stores. */ Slug, "store slug", "1 to 32 lower-case letters, digits and hyphens", |t| is_slug(t, 32));
text_id!(/** A dining table of a store: furniture. */ TableId, "table id", "1 to 24 lower-case letters, digits and hyphens", |t| is_slug(t, 24));
text_id!(/** What the sticker on a table carries: random, at least 128 bits. */ TableCode, "table code", "20 to 40 letters, digits, hyphens and underscores", is_table_code);
text_id!(/** A place where food is made, e.g. `bar`. */ StationId, "station id", "1 to 12 lower-case letters, digits and hyphens", |t| is_slug(t, 12));
text_id!(/** A printer of a store, e.g. `bar-1`. */ PrinterId, "printer id", "1 to 24 lower-case letters, digits and hyphens", |t| is_slug(t, 24));
text_id!(/** A section of the menu. */ CategoryId, "category id", "1 to 48 lower-case letters, digits and hyphens", |t| is_slug(t, 48));
text_id!(/** A dish or drink on the menu. */ ItemId, "item id", "1 to 48 lower-case letters, digits and hyphens", |t| is_slug(t, 48));
text_id!(/** A question a dish asks: its size, its extras, the slots of a combo. */ GroupId, "option group id", "1 to 48 lower-case letters, digits and hyphens", |t| is_slug(t, 48));
text_id!(/** One answer in an option group. */ OptionId, "option id", "1 to 48 lower-case letters, digits and hyphens", |t| is_slug(t, 48));
text_id!(/** Names the taxes an item bears, e.g. `food` or `alcohol`. */ TaxCategory, "tax category", "1 to 24 lower-case letters, digits and hyphens", |t| is_slug(t, 24));
text_id!(/** A published menu, derived from its content: `m` and 16 hex digits. */ MenuVersion, "menu version", "m and 16 hex digits", |t| t.strip_prefix('m').is_some_and(|h| is_lower_hex(h, 16)));
text_id!(/** A language tag such as `en` or `pt-BR` (BCP 47, the short forms). */ Lang, "language tag", "a language tag such as en or pt-BR", is_language);
hex_id!(/** An order; made by the browser before the first send, and the idempotency key. */ OrderId, "order id", "ord_");
hex_id!(/** A guest's call for a person. It looks like an order's: see [`CallId::as_order`]. */ CallId, "call id", "ord_");
hex_id!(/** One guest's phone. Only that phone has it, so it shows who placed an order. */ GuestSessionId, "guest session id", "tos_");
hex_id!(/** A payment: an amount for lines of one or more orders. */ PaymentId, "payment id", "pay_");
hex_id!(/** Money given back of a payment. */ RefundId, "refund id", "ref_");
text_id!(/** The account at the payment provider that a store's money goes to, as its secrets are filed. */ AccountName, "payment account", "1 to 32 lower-case letters, digits and hyphens", |t| is_slug(t, 32));
text_id!(/** A printer agent as IoT Core knows it: `tenant:store:agent`. */ ThingName, "thing name", "tenant:store:agent", is_thing_name);

impl OrderId {
    /// The 32 hex digits behind the prefix.
    #[must_use]
    pub fn hex(&self) -> &str {
        &self.0[4..]
    }
}

impl CallId {
    /// What stands in the place of the order in the id of a call's slip, and in its key. Agents in restaurants parse an order there, and are
    /// updated later than the cloud.
    #[must_use]
    pub fn as_order(&self) -> OrderId {
        OrderId(self.0.clone())
    }
}

impl ThingName {
    /// The name of one store's agent.
    #[must_use]
    pub fn new(tenant: &TenantId, store: &StoreId, agent: &PrinterId) -> Self {
        Self(format!("{tenant}:{store}:{agent}"))
    }

    /// Tenant and store that the agent belongs to.
    #[must_use]
    pub fn owner(&self) -> StoreKey {
        let mut parts = self.0.split(':');
        let tenant = TenantId(parts.next().unwrap_or_default().to_owned());
        let store = StoreId(parts.next().unwrap_or_default().to_owned());
        StoreKey { tenant, store }
    }
}

/// Tenant and store together: the prefix of every key, topic and token.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct StoreKey {
    /// The account.
    pub tenant: TenantId,
    /// Its location.
    pub store: StoreId,
}

/// One station's paper for one revision of an order: `tkt_<order's hex>_<station>_<revision>`.
///
/// Derived, so that dispatching the same order twice makes the same ticket.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct TicketId {
    /// The order the ticket belongs to.
    pub order: OrderId,
    /// The station that makes the food.
    pub station: StationId,
    /// 1 for the order as placed, one more for each later change.
    pub revision: u32,
}

impl TicketId {
    /// Parses the text form.
    ///
    /// # Errors
    /// [`InvalidId`] when the text has another shape.
    pub fn parse(text: &str) -> Result<Self, InvalidId> {
        Self::parts(text).ok_or(InvalidId {
            kind: "ticket id",
            shape: "tkt_<32 hex digits>_<station>_<revision>",
        })
    }

    fn parts(text: &str) -> Option<Self> {
        let mut parts = text.strip_prefix("tkt_")?.split('_');
        let order = OrderId::parse(&format!("ord_{}", parts.next()?)).ok()?;
        let station = StationId::parse(parts.next()?).ok()?;
        let revision_text = parts.next()?;
        let revision: u32 = revision_text.parse().ok().filter(|r| *r > 0)?;
        let canonical = revision.to_string() == revision_text && parts.next().is_none();
        canonical.then_some(Self {
            order,
            station,
            revision,
        })
    }
}

impl FromStr for TicketId {
    type Err = InvalidId;
    fn from_str(text: &str) -> Result<Self, InvalidId> {
        Self::parse(text)
    }
}

impl fmt::Display for TicketId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "tkt_{}_{}_{}",
            self.order.hex(),
            self.station,
            self.revision
        )
    }
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "a test fails by panicking")]
    use super::*;

    #[test]
    fn an_id_of_bytes_is_one_that_can_be_read() {
        let id = PaymentId::from([0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 255]);
        assert_eq!(id.as_str(), "pay_000102030405060708090a0b0c0d0eff");
        assert_eq!(PaymentId::parse(id.as_str()), Ok(id));
    }

    #[test]
    fn a_ticket_id_reads_back_as_it_was_written() {
        let text = "tkt_0123456789abcdef0123456789abcdef_hot_2";
        let id = TicketId::parse(text).unwrap();
        assert_eq!(id.to_string(), text);
        assert_eq!(id.order.as_str(), "ord_0123456789abcdef0123456789abcdef");
    }

    #[test]
    fn ids_of_another_shape_are_refused() {
        for (text, why) in [
            ("", "empty"),
            ("ord_0123456789ABCDEF0123456789abcdef", "upper case"),
            ("ord_0123", "too short"),
            ("0123456789abcdef0123456789abcdef", "no prefix"),
        ] {
            assert!(OrderId::parse(text).is_err(), "{why}");
        }
        let said = |error: InvalidId| error.to_string();
        assert_eq!(
            OrderId::parse("17").map_err(said),
            Err("not an order id: expected ord_ and 32 lower-case hex digits".to_owned())
        );
        assert_eq!(
            TableId::parse("T 1").map_err(said),
            Err(
                "not a table id: expected 1 to 24 lower-case letters, digits and hyphens"
                    .to_owned()
            )
        );
        for (text, why) in [
            (
                "tkt_0123456789abcdef0123456789abcdef_hot_0",
                "revisions start at 1",
            ),
            (
                "tkt_0123456789abcdef0123456789abcdef_hot_01",
                "two texts for one id",
            ),
            (
                "tkt_0123456789abcdef0123456789abcdef_hot_1_1",
                "a part too many",
            ),
        ] {
            assert!(TicketId::parse(text).is_err(), "{why}");
        }
        assert!(ItemId::parse("Tuna Roll").is_err());
        assert!(Lang::parse("english").is_err());
        assert!(Lang::parse("pt-BR").is_ok());
    }

    #[test]
    fn a_thing_name_tells_whose_agent_it_is() {
        let thing = ThingName::parse("kumo-hospitality:kumo-sushi:kitchen-pc").unwrap();
        assert_eq!(thing.owner().tenant.as_str(), "kumo-hospitality");
        assert_eq!(thing.owner().store.as_str(), "kumo-sushi");
    }
}
