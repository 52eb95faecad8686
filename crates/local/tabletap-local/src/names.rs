//! What things are called in the cloud that this program plays.

use uuid::Uuid;

/// The region the local program claims to be in.
pub const REGION: &str = "us-east-1";
/// The account the local program claims to be.
pub const ACCOUNT: &str = "000000000000";
/// The bus every account has, where AWS services publish.
pub const DEFAULT_BUS: &str = "default";
/// Name of the one table.
pub const TABLE: &str = "tabletap";
/// Name of the one event bus.
pub const EVENT_BUS: &str = "tabletap";
/// Name of the site's bucket.
pub const SITE_BUCKET: &str = "site";
/// Where mails come from.
pub const MAIL_FROM: &str = "receipts@tabletap.localhost";
/// Name of the one configuration set: what is told of a mail's way.
pub const CONFIGURATION_SET: &str = "tabletap";

/// A fresh id, as AWS gives one to a request, an event or a message.
#[must_use]
pub fn request_id() -> String {
    Uuid::new_v4().to_string()
}

/// The ARN events and dead letters name a function by.
#[must_use]
pub fn arn(function: &str) -> String {
    format!("arn:aws:lambda:{REGION}:{ACCOUNT}:function:{function}")
}
