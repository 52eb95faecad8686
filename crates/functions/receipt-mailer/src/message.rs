//! What the queue brings: facts of our own bus, and what SES says of mails on the account's default bus.

use crate::tags;
use serde::Deserialize;
use serde_json::Value;
use std::collections::BTreeMap;
use tabletap_domain::{
    payment::{PaymentState, RefundState},
    receipt::{MailFate, ReceiptOf},
};
use tabletap_wire::event::{BusEvent, PaymentMoved, RefundMoved};

/// What is to be done.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Message {
    /// Somebody is owed this receipt.
    Owed(ReceiptOf),
    /// SES has sent it.
    Sent(ReceiptOf, String),
    /// Its mail fared badly.
    Fared(ReceiptOf, MailFate),
    /// Nothing: money that did not arrive, a word that is not for us.
    Nothing,
}

/// `detail` of SES's events. See the SES developer guide, "Contents of event data".
#[derive(Deserialize)]
struct MailEvent {
    mail: MailObject,
    #[serde(default)]
    bounce: Option<Bounce>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct MailObject {
    message_id: String,
    #[serde(default)]
    tags: BTreeMap<String, Vec<String>>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Bounce {
    bounce_type: String,
}

impl Message {
    /// Reads a message's body.
    pub(crate) fn read(body: &str) -> Result<Self, serde_json::Error> {
        let event: BusEvent<Value> = serde_json::from_str(body)?;
        let detail = event.detail;
        Ok(match event.detail_type.as_str() {
            "payment.moved" => {
                let fact: PaymentMoved = serde_json::from_value(detail)?;
                let of = ReceiptOf {
                    store: fact.of.key(),
                    payment: fact.payment,
                    refund: None,
                };
                owed_if(fact.state == PaymentState::Paid, of)
            }
            "refund.moved" => {
                let fact: RefundMoved = serde_json::from_value(detail)?;
                let of = ReceiptOf {
                    store: fact.of.key(),
                    payment: fact.payment,
                    refund: Some(fact.refund),
                };
                owed_if(fact.state == RefundState::Succeeded, of)
            }
            kind @ ("Email Sent" | "Email Bounced" | "Email Complaint Received") => {
                of_mail(kind, serde_json::from_value(detail)?)
            }
            _ => Self::Nothing,
        })
    }
}

fn owed_if(is_owed: bool, receipt: ReceiptOf) -> Message {
    if is_owed {
        Message::Owed(receipt)
    } else {
        Message::Nothing
    }
}

fn of_mail(kind: &str, event: MailEvent) -> Message {
    // Another deployment of the account hears of our mails as we do of its; what is not ours has no row here.
    let Some(receipt) = tags::receipt(&event.mail.tags) else {
        return Message::Nothing;
    };
    let is_final = |bounce: &Bounce| bounce.bounce_type == "Permanent";
    match kind {
        "Email Sent" => Message::Sent(receipt, event.mail.message_id),
        "Email Complaint Received" => Message::Fared(receipt, MailFate::Complained),
        _ if event.bounce.as_ref().is_some_and(is_final) => {
            Message::Fared(receipt, MailFate::Bounced)
        }
        // A full mailbox, a server that is away for a day.
        _ => Message::Nothing,
    }
}
