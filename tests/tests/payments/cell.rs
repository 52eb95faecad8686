//! One cell of the matrices: a takeout order whose payment ends in one way, and what must hold of it then, whatever happened on the way.

use serde_json::Value;
use std::time::Duration;
use tabletap_tests::{Diner, Program, assert_none_lost_none_unmarked, eventually_within};

pub(crate) const SLUG: &str = "kumo-sushi";
/// What every cell gives on top.
pub(crate) const TIP_MINOR: i64 = 100;
/// How long a mail, or an event, may take: what was in the hands of a function that died comes again after a minute, and a receipt that it
/// had claimed is sent by another after two and a half.
const LATE: Duration = Duration::from_secs(240);

/// How a payment ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum End {
    Paid,
    /// The card is declined, then another is not.
    Declined,
    /// By a debit that takes its time.
    Delayed,
    Expired,
    /// Paid, then given back.
    Refunded,
}

impl End {
    /// The one last whose news comes in two parts.
    pub(crate) const ALL: [Self; 5] = [
        Self::Paid,
        Self::Declined,
        Self::Expired,
        Self::Refunded,
        Self::Delayed,
    ];

    /// What the guest does at the provider's page, one after the other.
    pub(crate) fn outcomes(self) -> &'static [&'static str] {
        match self {
            Self::Paid | Self::Refunded => &["paid"],
            Self::Declined => &["declined", "paid"],
            Self::Delayed => &["delayed_paid"],
            Self::Expired => &["expired"],
        }
    }

    /// What the order says of its payment then.
    pub(crate) fn status(self) -> &'static str {
        match self {
            Self::Expired => "failed",
            _ => "paid",
        }
    }
}

/// An order with the provider's session for it.
#[derive(Clone, Debug)]
pub(crate) struct Cell {
    pub(crate) end: End,
    pub(crate) order: String,
    pub(crate) session: String,
}

impl Cell {
    /// Waits for what must come of it, and counts it: one paper for each station of a paid order, and a second one only where it says so; none
    /// of an unpaid one; one receipt for the payment, and one for the refund; our sums equal to the provider's. Returns the papers.
    pub(crate) async fn check(&self, program: &Program, diner: &Diner) -> Vec<Value> {
        let status = match self.end {
            End::Refunded => "refunded",
            end => end.status(),
        };
        let what = format!("{self:?} is {status}");
        diner
            .await_order(&self.order, &what, |order| {
                order["payment"]["status"] == status
            })
            .await;
        if self.end == End::Expired {
            assert!(program.papers_of(&self.order).await.is_empty(), "{self:?}");
            assert_eq!(program.ledger_of(&self.session).await, (0, 0), "{self:?}");
            return Vec::new();
        }
        let tickets = |order: &Value| order["tickets"].as_array().map_or(0, Vec::len);
        let order = diner
            .await_order(&self.order, "its tickets", |order| tickets(order) > 0)
            .await;
        let total = order["total_minor"].as_i64().unwrap() + TIP_MINOR;
        let back = if self.end == End::Refunded { total } else { 0 };
        assert_eq!(
            program.ledger_of(&self.session).await,
            (total, back),
            "{self:?}"
        );
        let papers = program.await_papers(&self.order, tickets(&order)).await;
        assert_none_lost_none_unmarked(&papers, tickets(&order));
        self.await_mails(program).await;
        papers
    }

    async fn await_mails(&self, program: &Program) {
        let what = format!("the mails of {self:?}");
        eventually_within(LATE, &what, async || {
            let mails = self.mails(program).await;
            (mails.0 >= self.mails_owed().0 && mails.1 >= self.mails_owed().1).then_some(())
        })
        .await;
        self.check_mails(program).await;
    }

    /// That no mail came a second time, nor one that is not owed: for the end of a test, when everything late has come.
    pub(crate) async fn check_mails(&self, program: &Program) {
        assert_eq!(self.mails(program).await, self.mails_owed(), "{self:?}");
    }

    /// Receipts of the payment, and of its refund.
    fn mails_owed(&self) -> (usize, usize) {
        match self.end {
            End::Expired => (0, 0),
            End::Refunded => (1, 1),
            _ => (1, 0),
        }
    }

    async fn mails(&self, program: &Program) -> (usize, usize) {
        let receipts = program.mails_of(&self.order, "receipt").await;
        let refunds = program.mails_of(&self.order, "refund").await;
        (receipts.len(), refunds.len())
    }
}

/// Waits until the provider has nothing more to tell.
pub(crate) async fn await_silence(program: &Program) {
    eventually_within(LATE, "every event is delivered", async || {
        let health = program.get("/local/stripe/health").await;
        (health["undelivered"] == 0).then_some(())
    })
    .await;
}

/// That the provider's books and ours are the same, and nothing came twice.
pub(crate) async fn check_all(program: &Program, cells: &[Cell]) {
    let audit = program.command(&["audit", "--store", SLUG]);
    let said = String::from_utf8_lossy(&audit.stdout).into_owned();
    assert!(said.contains("\n0 unexplained"), "{said}");
    for cell in cells {
        cell.check_mails(program).await;
        let papers = program.papers_of(&cell.order).await;
        assert_eq!(papers.is_empty(), cell.end == End::Expired, "{cell:?}");
    }
}
