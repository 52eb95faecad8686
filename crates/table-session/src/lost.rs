//! What a browser shows when a sticker leads nowhere: a page for a person, instead of JSON.

use lambda_http::{Body, Response, http::HeaderMap};
use tabletap_runtime::reply;

/// Whether a person reads the answer.
pub(crate) fn wants_html(headers: &HeaderMap) -> bool {
    let accept = headers.get("accept").and_then(|value| value.to_str().ok());
    accept.is_some_and(|accept| accept.contains("text/html"))
}

/// The page.
pub(crate) fn page(status: u16) -> Response<Body> {
    let (title, advice) = match status {
        404 => (
            "This table is not known",
            "Please scan the sticker on your table again, or ask the staff for help.",
        ),
        _ => (
            "One moment, please",
            "We could not open the menu just now. Please load this page again.",
        ),
    };
    let html = format!(
        "<!doctype html>\n<html lang=\"en\">\n<meta charset=\"utf-8\">\n\
         <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n\
         <title>{title}</title>\n\
         <main>\n<h1>{title}</h1>\n<p>{advice}</p>\n</main>\n</html>\n"
    );
    reply::page(status, html)
}
