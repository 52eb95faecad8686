//! SendEmail: the request's shape, what SES refuses, and how. Shares nothing with the code that sends, so that it can prove it wrong.

use std::collections::BTreeMap;

use axum::{
    Json,
    http::StatusCode,
    response::{IntoResponse, Response},
};
use serde::Deserialize;
use serde_json::json;

use crate::names::REGION;

/// See SES, "Service quotas".
const RECIPIENTS_MAX: usize = 50;
const TAG_CHARS_MAX: usize = 256;

/// What the account has set up.
#[derive(Clone, Debug)]
pub struct Identities {
    /// The address that mails may come from.
    pub from: String,
    /// The one configuration set.
    pub configuration_set: String,
}

/// A mail that is taken.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Accepted {
    pub(super) from: String,
    pub(super) to: Vec<String>,
    pub(super) reply_to: Vec<String>,
    pub(super) subject: String,
    pub(super) html: String,
    pub(super) text: String,
    pub(super) tags: BTreeMap<String, String>,
    pub(super) configuration_set: Option<String>,
}

/// An error as SES answers it.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Refusal {
    status: StatusCode,
    code: &'static str,
    message: String,
}

// What is not named here is not imitated, and refused.
#[derive(Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
struct SendEmail {
    from_email_address: Option<String>,
    #[serde(default)]
    destination: Destination,
    #[serde(default)]
    reply_to_addresses: Vec<String>,
    content: EmailContent,
    #[serde(default)]
    email_tags: Vec<MessageTag>,
    configuration_set_name: Option<String>,
}

#[derive(Default, Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
struct Destination {
    #[serde(default)]
    to_addresses: Vec<String>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
struct EmailContent {
    simple: Message,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
struct Message {
    subject: Content,
    body: Body,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
struct Body {
    html: Option<Content>,
    text: Option<Content>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
struct Content {
    data: String,
    charset: Option<String>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
struct MessageTag {
    name: String,
    value: String,
}

/// Reads a request as SES does.
pub(super) fn read(body: &[u8], identities: &Identities) -> Result<Accepted, Refusal> {
    let request: SendEmail =
        serde_json::from_slice(body).map_err(|error| bad_request(error.to_string()))?;
    let from = request.from_email_address.unwrap_or_default();
    let sender = address(&from)?.to_owned();
    let to = request.destination.to_addresses;
    if !(1..=RECIPIENTS_MAX).contains(&to.len()) {
        return Err(bad_request("A mail has 1 to 50 recipients."));
    }
    for mailbox in to.iter().chain(&request.reply_to_addresses) {
        address(mailbox)?;
    }
    if !sender.eq_ignore_ascii_case(&identities.from) {
        let region = REGION.to_uppercase();
        let message = format!(
            "Email address is not verified. The following identities failed the check in region {region}: {sender}"
        );
        return Err(refusal(400, "MessageRejected", message));
    }
    if let Some(set) = &request.configuration_set_name
        && *set != identities.configuration_set
    {
        let message = format!("Configuration set <{set}> does not exist.");
        return Err(refusal(404, "NotFoundException", message));
    }
    let Message { subject, body } = request.content.simple;
    let subject = text(Some(subject))?;
    if subject.chars().any(char::is_control) {
        return Err(bad_request("Subject contains control characters."));
    }
    let (html, plain) = (text(body.html)?, text(body.text)?);
    if html.is_empty() && plain.is_empty() {
        return Err(bad_request("A mail needs a body."));
    }
    Ok(Accepted {
        from,
        to,
        reply_to: request.reply_to_addresses,
        subject,
        html,
        text: plain,
        tags: tags(request.email_tags)?,
        configuration_set: request.configuration_set_name,
    })
}

/// A text, empty where there is none. Without a charset SES takes 7-bit ASCII.
fn text(content: Option<Content>) -> Result<String, Refusal> {
    let Some(Content { data, charset }) = content else {
        return Ok(String::new());
    };
    match charset.as_deref() {
        Some(name) if name.eq_ignore_ascii_case("UTF-8") => Ok(data),
        None if data.is_ascii() => Ok(data),
        _ => Err(bad_request("Only UTF-8 is imitated locally.")),
    }
}

fn tags(tags: Vec<MessageTag>) -> Result<BTreeMap<String, String>, Refusal> {
    let is_plain = |text: &str| {
        let plain = |byte: u8| byte.is_ascii_alphanumeric() || b"_-".contains(&byte);
        (1..=TAG_CHARS_MAX).contains(&text.len()) && text.bytes().all(plain)
    };
    let mut read = BTreeMap::new();
    for MessageTag { name, value } in tags {
        for text in [&name, &value] {
            if !is_plain(text) {
                return Err(bad_request(format!(
                    "Invalid tag text <{text}>, only alphanumeric ASCII characters, '_', and '-' are allowed."
                )));
            }
        }
        if read.insert(name, value).is_some() {
            return Err(bad_request("Duplicate tag names are not allowed."));
        }
    }
    Ok(read)
}

/// The address of a mailbox such as `"Kumo Sushi" <receipts@example.com>`. Everything is ASCII here: names beyond it come encoded.
fn address(mailbox: &str) -> Result<&str, Refusal> {
    if !mailbox.is_ascii() || mailbox.bytes().any(|byte| byte.is_ascii_control()) {
        return Err(bad_request("Local address contains control or whitespace"));
    }
    let (name, address) = match mailbox.strip_suffix('>').and_then(|m| m.rsplit_once('<')) {
        Some((name, address)) => (name.trim_end(), address),
        None => ("", mailbox),
    };
    let inside = name.strip_prefix('"').and_then(|n| n.strip_suffix('"'));
    let is_quoted = inside.is_some_and(|text| {
        let bare = text.replace("\\\\", "").replace("\\\"", "");
        !bare.contains(['"', '\\'])
    });
    let plain = |c: char| c.is_ascii_alphanumeric() || " !#$%&'*+-/=?^_`{|}~".contains(c);
    if !(is_quoted || name.chars().all(plain)) {
        return Err(bad_request("Illegal display name"));
    }
    let Some((local, domain)) = address.split_once('@') else {
        return Err(bad_request("Missing final '@domain'"));
    };
    let is_host = |c: char| c.is_ascii_alphanumeric() || "-.".contains(c);
    let is_local = |c: char| c.is_ascii_graphic() && !"<>()[]\\,;:@\"".contains(c);
    if local.is_empty() || !local.chars().all(is_local) {
        return Err(bad_request("Local address contains control or whitespace"));
    }
    if !domain.contains('.') || domain.contains("..") || !domain.chars().all(is_host) {
        return Err(bad_request("Domain contains illegal character"));
    }
    Ok(address)
}

fn bad_request(message: impl Into<String>) -> Refusal {
    refusal(400, "BadRequestException", message)
}

fn refusal(status: u16, code: &'static str, message: impl Into<String>) -> Refusal {
    Refusal {
        status: StatusCode::from_u16(status).unwrap_or(StatusCode::BAD_REQUEST),
        code,
        message: message.into(),
    }
}

impl Refusal {
    pub(super) fn internal() -> Self {
        refusal(500, "InternalFailure", "The mail was not kept.")
    }

    pub(super) fn unknown_operation() -> Self {
        let message = "Only SendEmail is imitated locally.";
        refusal(404, "UnknownOperationException", message)
    }
}

/// See Smithy, "AWS restJson1 protocol", "Operation error serialization".
impl IntoResponse for Refusal {
    fn into_response(self) -> Response {
        let body = Json(json!({"message": self.message}));
        (self.status, [("x-amzn-errortype", self.code)], body).into_response()
    }
}
