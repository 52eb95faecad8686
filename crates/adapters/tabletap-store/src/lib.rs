#![doc = include_str!("../README.md")]

mod agents;
mod batch;
mod calls;
mod config;
mod due;
mod error;
mod history;
mod key;
mod kitchen;
mod menus;
mod order_head;
mod orders;
mod payments;
mod places;
mod receipts;
mod row;
pub mod schema;
mod seatings;
mod statements;
mod sweep;
mod takeout;
mod tickets;
mod unpaid;
mod value;
mod write;

pub use agents::StoredAgent;
pub use calls::CallContext;
pub use config::ImportStoreError;
pub use error::{MoveError, StoreError};
pub use history::RecentOrders;
pub use menus::{CurrentMenu, MENU_BYTES_MAX, PublishMenuError};
pub use orders::{OrderContext, PlaceOrderError};
pub use payments::{OpenPaymentError, OrderBill, OrderStep, Settlement, StoredPayment};
pub use places::NewHold;
pub use receipts::{ReceiptClaim, StoredReceipt};
pub use seatings::{ScannedTable, Sticker};
pub use sweep::{Due, DueMark, DuePage};
pub use takeout::TakeoutContext;
pub use tickets::{Cause, ReportError, Reported, StoredTicket};
pub use unpaid::{Counted, UnpaidCap};

use aws_sdk_dynamodb::Client;
use aws_types::SdkConfig;

/// The table, seen through its access patterns. Cloning shares the connection.
#[derive(Clone, Debug)]
pub struct Store {
    client: Client,
    table: String,
    counters: tickets::Counters,
}

impl Store {
    /// The table of that name, with the credentials and region of `sdk`. Opens nothing: the client connects with its first request.
    #[must_use]
    pub fn from_sdk(sdk: &SdkConfig, table_name: impl Into<String>) -> Self {
        Self::new(Client::new(sdk), table_name)
    }

    /// The same over a client that is there.
    #[must_use]
    pub fn new(client: Client, table_name: impl Into<String>) -> Self {
        Self {
            client,
            table: table_name.into(),
            counters: tickets::Counters::default(),
        }
    }

    /// Opens the connection, by asking for a row that nobody writes.
    ///
    /// # Errors
    /// [`StoreError`]; nothing is lost, for the next request opens the connection as well.
    pub async fn warm_up(&self) -> Result<(), StoreError> {
        self.get(key::nothing()).await.map(drop)
    }
}
