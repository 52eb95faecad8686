//! The JSON object in the body of a request.

use serde_json::Value;
use tabletap_domain::refusal::BodyError;

/// The object in a body of at most `bytes_max` bytes.
///
/// # Errors
/// [`BodyError`].
pub fn object(body: &[u8], bytes_max: usize) -> Result<Value, BodyError> {
    if body.len() > bytes_max {
        return Err(BodyError::TooLarge);
    }
    let body: Value = serde_json::from_slice(body).map_err(|_| BodyError::NotJson)?;
    match body.is_object() {
        true => Ok(body),
        false => Err(BodyError::NotAnObject),
    }
}
