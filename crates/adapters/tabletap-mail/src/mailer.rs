//! Hands mails to SES. See the SES API v2 reference, "SendEmail".
//!
//! SES knows no idempotency key: what was asked twice is sent twice. So nothing here asks again by itself, and an error says whether
//! the mail may be on its way all the same.

use crate::{Mail, mailbox};
use aws_config::{SdkConfig, retry::RetryConfig};
use aws_sdk_sesv2::{
    Client, Config,
    error::{BuildError, DisplayErrorContext, SdkError},
    operation::send_email::SendEmailError,
    types::{Body, Content, Destination, EmailContent, Message, MessageTag},
};
use tabletap_domain::customer::Email;

/// Sends mails from one address.
#[derive(Clone, Debug)]
pub struct Mailer {
    client: Client,
    from: Email,
    configuration_set: String,
}

/// Whom a mail is for, and what is said of it besides.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Envelope {
    /// Its reader.
    pub to: Email,
    /// The name before the sender's address.
    pub sender_name: String,
    /// Whom an answer goes to.
    pub reply_to: Option<Email>,
    /// What SES says again in its events on this mail.
    pub tags: Vec<Tag>,
}

/// A name and its value; SES takes letters, digits, `_` and `-`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Tag {
    /// Its name.
    pub name: String,
    /// Its value.
    pub value: String,
}

/// Why a mail was not sent, or may not have been.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum SendError {
    /// SES has answered that it does not send it, by this code; it was not sent.
    #[error("the mail was refused: {0}")]
    Refused(String),
    /// SES has too much to do; it was not sent. Try again later.
    #[error("the mail was not sent: {0}")]
    Busy(String),
    /// There was no answer, or none that tells: it may have been sent.
    #[error("it is not known whether the mail was sent")]
    Unknown,
}

impl Mailer {
    /// Opens nothing. `configuration_set` names what SES tells of a mail's further way.
    #[must_use]
    pub fn new(sdk: &SdkConfig, from: Email, configuration_set: String) -> Self {
        let config = Config::from(sdk)
            .to_builder()
            .retry_config(RetryConfig::disabled())
            .build();
        Self {
            client: Client::from_conf(config),
            from,
            configuration_set,
        }
    }

    /// Sends a mail; SES's id of it.
    ///
    /// # Errors
    /// [`SendError`]
    pub async fn send(&self, envelope: &Envelope, mail: &Mail) -> Result<String, SendError> {
        let malformed = |error: BuildError| SendError::Refused(error.to_string());
        let reply_to = envelope
            .reply_to
            .iter()
            .map(|email| email.as_str().to_owned());
        let tags = envelope.tags.iter().map(|Tag { name, value }| {
            let tag = MessageTag::builder().name(name).value(value);
            tag.build()
        });
        let sent = self
            .client
            .send_email()
            .from_email_address(mailbox(&envelope.sender_name, &self.from))
            .destination(
                Destination::builder()
                    .to_addresses(envelope.to.as_str())
                    .build(),
            )
            .set_reply_to_addresses(Some(reply_to.collect()))
            .set_email_tags(Some(tags.collect::<Result<_, _>>().map_err(malformed)?))
            .configuration_set_name(&self.configuration_set)
            .content(content(mail).map_err(malformed)?)
            .send()
            .await;
        match sent {
            Ok(answer) => Ok(answer.message_id.unwrap_or_default()),
            Err(error) => {
                // SES names addresses in its sentences: only its code may stand in a log.
                if error.as_service_error().is_none() {
                    tracing::warn!(error = %DisplayErrorContext(&error), "no answer from SES");
                }
                Err(outcome(&error))
            }
        }
    }
}

fn content(mail: &Mail) -> Result<EmailContent, BuildError> {
    let utf8 = |text: &str| Content::builder().data(text).charset("UTF-8").build();
    let body = Body::builder()
        .html(utf8(&mail.html)?)
        .text(utf8(&mail.text)?);
    let message = Message::builder()
        .subject(utf8(&mail.subject)?)
        .body(body.build());
    Ok(EmailContent::builder().simple(message.build()).build())
}

/// What an error says of the mail. SES sends nothing that it answers with 4xx; a 5xx may come from behind the acceptance.
fn outcome(error: &SdkError<SendEmailError>) -> SendError {
    let (service, status) = match error {
        SdkError::ConstructionFailure(_) => return SendError::Refused("request".to_owned()),
        SdkError::ServiceError(answer) => (answer.err(), answer.raw().status().as_u16()),
        _ => return SendError::Unknown,
    };
    let code = service.meta().code().unwrap_or("unnamed").to_owned();
    match service {
        SendEmailError::TooManyRequestsException(_)
        | SendEmailError::LimitExceededException(_)
        | SendEmailError::SendingPausedException(_) => SendError::Busy(code),
        _ if status == 429 => SendError::Busy(code),
        _ if (400..500).contains(&status) => SendError::Refused(code),
        _ => SendError::Unknown,
    }
}
