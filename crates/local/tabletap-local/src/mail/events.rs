//! What SES publishes of a mail to the default event bus: that it was sent, and, for the mailbox simulator's addresses, how it fared.
//!
//! See the SES developer guide, "Monitoring SES events using Amazon EventBridge", "Contents of event data" and "Using the mailbox
//! simulator".

use std::collections::BTreeMap;

use serde_json::{Value, json};
use tabletap_domain::time::UnixMillis;
use tabletap_runtime::clock::now_ms;
use tabletap_wire::time::rfc3339;

use super::Sent;
use crate::names::{ACCOUNT, REGION, request_id};

const SIMULATOR: &str = "simulator.amazonses.com";

/// The events of a mail, in their order; none where it names no configuration set.
pub(super) fn of(sent: &Sent) -> Vec<Value> {
    let Some(set) = &sent.configuration_set else {
        return Vec::new();
    };
    let event = |detail_type: &str, detail: Value| envelope(set, detail_type, detail);
    let mail = mail(sent, set);
    let mut events = vec![event(
        "Email Sent",
        json!({"eventType": "Send", "mail": mail, "send": {}}),
    )];
    let mut bounced: Vec<&str> = Vec::new();
    let mut complained: Vec<&str> = Vec::new();
    for address in sent.to.split(", ") {
        match simulated(address) {
            Some("bounce") => bounced.push(address),
            Some("complaint") => complained.push(address),
            _ => {}
        }
    }
    let now = rfc3339(UnixMillis(now_ms()));
    let feedback = format!("{}-feedback", sent.id);
    if !bounced.is_empty() {
        let recipients = bounced.iter().map(|address| {
            json!({"emailAddress": address, "action": "failed", "status": "5.1.1",
                "diagnosticCode": "smtp; 550 5.1.1 user unknown"})
        });
        let bounce = json!({"feedbackId": feedback, "bounceType": "Permanent", "bounceSubType": "General",
            "bouncedRecipients": recipients.collect::<Vec<_>>(), "timestamp": now,
            "reportingMTA": "dns; a8-70.smtp-out.amazonses.com"});
        let detail = json!({"eventType": "Bounce", "bounce": bounce, "mail": mail});
        events.push(event("Email Bounced", detail));
    }
    if !complained.is_empty() {
        let recipients = complained
            .iter()
            .map(|address| json!({"emailAddress": address}));
        let complaint = json!({"feedbackId": feedback, "complaintSubType": null,
            "complainedRecipients": recipients.collect::<Vec<_>>(), "timestamp": now,
            "userAgent": "Amazon SES Mailbox Simulator", "complaintFeedbackType": "abuse", "arrivalDate": now});
        let detail = json!({"eventType": "Complaint", "complaint": complaint, "mail": mail});
        events.push(event("Email Complaint Received", detail));
    }
    events
}

/// `bounce` of `bounce@simulator.amazonses.com`, and of `bounce+label@…`.
fn simulated(address: &str) -> Option<&str> {
    let (local, domain) = address.rsplit_once('@')?;
    let name = local.split('+').next();
    name.filter(|_| domain.eq_ignore_ascii_case(SIMULATOR))
}

fn envelope(set: &str, detail_type: &str, detail: Value) -> Value {
    let now = rfc3339(UnixMillis(now_ms()));
    // EventBridge gives whole seconds.
    let time = format!("{}Z", now.split('.').next().unwrap_or_default());
    json!({
        "version": "0",
        "id": request_id(),
        "detail-type": detail_type,
        "source": "aws.ses",
        "account": ACCOUNT,
        "time": time,
        "region": REGION,
        "resources": [format!("arn:aws:ses:{REGION}:{ACCOUNT}:configuration-set/{set}")],
        "detail": detail,
    })
}

fn mail(sent: &Sent, set: &str) -> Value {
    let address = sent.from.rsplit('<').next().unwrap_or_default();
    let address = address.trim_end_matches('>');
    let domain = address.rsplit('@').next().unwrap_or_default();
    let to: Vec<&str> = sent.to.split(", ").collect();
    let header = |name: &str, value: &str| json!({"name": name, "value": value});
    let mut tags: BTreeMap<String, Vec<&str>> = BTreeMap::new();
    for (name, value) in &sent.tags {
        tags.insert(name.clone(), vec![value]);
    }
    for (name, value) in [
        ("configuration-set", set),
        ("from-domain", domain),
        ("caller-identity", "receipt-mailer"),
    ] {
        tags.insert(format!("ses:{name}"), vec![value]);
    }
    json!({
        "timestamp": sent.sent_at,
        "source": sent.from,
        "sourceArn": format!("arn:aws:ses:{REGION}:{ACCOUNT}:identity/{address}"),
        "sendingAccountId": ACCOUNT,
        "messageId": sent.id,
        "destination": to,
        "headersTruncated": false,
        "headers": [header("From", &sent.from), header("To", &sent.to), header("Subject", &sent.subject),
            header("MIME-Version", "1.0")],
        "commonHeaders": {"from": [sent.from], "to": to, "messageId": sent.id, "subject": sent.subject},
        "tags": tags,
    })
}
