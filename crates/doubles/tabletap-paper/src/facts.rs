//! Finds the ticket's code and the banner in the text of a paper.
//!
//! The code is printed as `tkt_<32 hex of the order>_<station>_<revision> /<attempt>`.

use crate::paper::Paper;

const BANNER: &str = "POSSIBLE DUPLICATE";

/// The small code of one printed ticket.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TicketCode {
    /// The order, as `ord_<32 hex>`.
    pub order_id: String,
    /// The ticket, as `tkt_<32 hex>_<station>_<revision>`.
    pub ticket_id: String,
    /// Which attempt at this ticket the paper is, from 1.
    pub attempt: u32,
}

impl TicketCode {
    /// The first ticket code in a text, if there is one.
    #[must_use]
    pub fn find(text: &str) -> Option<Self> {
        text.match_indices("tkt_")
            .find_map(|(at, _)| Self::parse(&text[at..]))
    }

    fn parse(text: &str) -> Option<Self> {
        let body = text.strip_prefix("tkt_")?;
        let hex = body.get(..32)?;
        if !hex
            .bytes()
            .all(|b| b.is_ascii_digit() || (b'a'..=b'f').contains(&b))
        {
            return None;
        }
        let (name, rest) = body[32..].strip_prefix('_')?.split_once(" /")?;
        let (station, revision) = name.rsplit_once('_')?;
        let station_fits = !station.is_empty()
            && station
                .bytes()
                .all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-');
        let revision_fits = !revision.is_empty() && revision.bytes().all(|b| b.is_ascii_digit());
        if !station_fits || !revision_fits {
            return None;
        }
        let digits = rest.len() - rest.trim_start_matches(|c: char| c.is_ascii_digit()).len();
        Some(Self {
            order_id: format!("ord_{hex}"),
            ticket_id: format!("tkt_{hex}_{name}"),
            attempt: rest[..digits].parse().ok()?,
        })
    }
}

impl Paper {
    /// The ticket code printed on this paper.
    #[must_use]
    pub fn ticket_code(&self) -> Option<TicketCode> {
        TicketCode::find(&self.text())
    }

    /// Whether the first line says that this may be a second copy.
    ///
    /// A torn copy has lost its last line and still says so; [`Paper::ends_with_banner`] tells the two apart.
    #[must_use]
    pub fn starts_with_banner(&self) -> bool {
        self.text()
            .lines()
            .find(|line| !line.trim().is_empty())
            .is_some_and(is_banner)
    }

    /// Whether the last line says so too.
    #[must_use]
    pub fn ends_with_banner(&self) -> bool {
        self.text()
            .lines()
            .rfind(|line| !line.trim().is_empty())
            .is_some_and(is_banner)
    }
}

fn is_banner(line: &str) -> bool {
    line.trim() == BANNER
}

#[cfg(test)]
mod tests {
    use super::*;

    const HEX: &str = "0123456789abcdef0123456789abcdef";

    #[test]
    fn a_ticket_code_gives_order_ticket_and_attempt() {
        let text = format!("TABLE 7\ntkt_{HEX}_sushi-bar_2 /3\nrest");
        let code = TicketCode::find(&text).expect("the text contains the code");
        assert_eq!(code.order_id, format!("ord_{HEX}"));
        assert_eq!(code.ticket_id, format!("tkt_{HEX}_sushi-bar_2"));
        assert_eq!(code.attempt, 3);
    }

    #[test]
    fn text_that_only_resembles_a_code_is_not_one() {
        let wrong = [
            ("too short", "tkt_0123_hot_1 /1".to_owned()),
            ("upper case", format!("tkt_{}_hot_1 /1", HEX.to_uppercase())),
            ("no attempt", format!("tkt_{HEX}_hot_1 /")),
            ("no revision", format!("tkt_{HEX}_hot_ /1")),
            ("a stranger's station", format!("tkt_{HEX}_hot dish_1 /1")),
            (
                "attempt beyond all counting",
                format!("tkt_{HEX}_hot_1 /99999999999"),
            ),
        ];
        for (why, text) in wrong {
            assert_eq!(TicketCode::find(&text), None, "{why}");
        }
    }
}
