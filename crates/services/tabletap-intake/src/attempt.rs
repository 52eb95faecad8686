//! What a guest's request asks for, before anything was read to decide about it.

use tabletap_domain::{
    OrderId, TableId,
    order::Order,
    refusal::{BodyError, PlaceError},
};
use tabletap_session::{CustomerKeys, Session};
use tabletap_wire::order_request::{OrderRequest, RawOrderRequest};

/// An authentic session with a body of which the order id is known. The rest of the body is judged only when it matters.
#[derive(Debug)]
pub(crate) struct OrderAttempt {
    pub(crate) session: Session,
    pub(crate) order_id: OrderId,
    pub(crate) body_digest: String,
    request: Result<OrderRequest, BodyError>,
}

impl OrderAttempt {
    pub(crate) fn new(session: Session, raw: RawOrderRequest) -> Self {
        Self {
            session,
            order_id: raw.order_id.clone(),
            body_digest: raw.body_digest.clone(),
            request: raw.parse(),
        }
    }

    /// The table and party it is for.
    pub(crate) fn seat(&self) -> Result<(&TableId, u32), PlaceError> {
        self.session.at_table().ok_or(PlaceError::NotAtTable)
    }

    /// The body.
    pub(crate) fn request(&self) -> Result<&OrderRequest, PlaceError> {
        let request = self.request.as_ref();
        request.map_err(|error| PlaceError::Body(error.clone()))
    }

    /// An order that is stored under this id is the answer to its own body from its own party, whatever has happened since.
    pub(crate) fn answer_stored(
        &self,
        stored: Order,
        customers: &CustomerKeys,
    ) -> Result<Order, PlaceError> {
        let same = match stored.takeout.is_some() {
            true => customers.has_digest(&self.body_digest, &stored.body_digest),
            false => stored.body_digest == self.body_digest,
        };
        if !self.session.owns(&stored) {
            Err(PlaceError::OrderNotYours)
        } else if !same {
            Err(PlaceError::OrderIdTaken)
        } else {
            Ok(stored)
        }
    }
}
