//! Checkout sessions: made, and ended without payment.

use serde_json::{Value, json};

use super::{
    Act,
    shapes::{self, NewSession},
};
use crate::{
    database::{Record, Task},
    error::ApiError,
    ids,
};

impl Act<'_> {
    /// Begins a session.
    pub(crate) fn begin(&mut self, account: &str, new: &NewSession) -> Result<Record, ApiError> {
        let id = ids::session();
        let url = format!("{}/pay/{id}", self.pages);
        let session = Record {
            account: account.to_owned(),
            parent: None,
            object: shapes::session(&id, &url, new, self.now_s()),
            own: json!({"intent": new.intent}),
        };
        self.tx.put(&session)?;
        let task = Task::Expire { session: id };
        self.tx.plan(&task, new.expires_at * 1_000)?;
        Ok(session)
    }

    /// The session as it is now: one whose time is over has ended, whoever looks first.
    pub(crate) fn session(&mut self, account: &str, id: &str) -> Result<Record, ApiError> {
        let session = self.find(account, "checkout.session", id, "session")?;
        if session.text("status") == "open" && session.number("expires_at") <= self.now_s() {
            return self.end(session);
        }
        Ok(session)
    }

    /// Ends an open session when somebody asks for it.
    pub(crate) fn expire(&mut self, account: &str, id: &str) -> Result<Record, ApiError> {
        let session = self.session(account, id)?;
        match session.text("status") {
            "open" => self.end(session),
            status => Err(ApiError::refused(format!(
                "Only Checkout Sessions with a status in [\"open\"] can be expired. This Checkout Session has a status of `{status}`."
            ))),
        }
    }

    fn end(&mut self, mut session: Record) -> Result<Record, ApiError> {
        session.object["status"] = json!("expired");
        session.object["url"] = Value::Null;
        self.tx.put(&session)?;
        if let Some(intent) = session.parent.clone() {
            let mut intent = self.known(&intent)?;
            intent.object["status"] = json!("canceled");
            intent.object["canceled_at"] = json!(self.now_s());
            self.tx.put(&intent)?;
        }
        self.emit("checkout.session.expired", &session, None)?;
        Ok(session)
    }
}
