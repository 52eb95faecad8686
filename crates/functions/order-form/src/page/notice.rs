//! What cannot be ordered or shown, said in words, with the way on.

use super::{Frame, answer};
use askama::Template;
use lambda_http::{Body, Response};

#[derive(Template)]
#[template(path = "notice.html")]
struct NoticePage<'a> {
    frame: Frame<'a>,
    text: &'a str,
    way: Option<(String, &'static str)>,
}

/// The page: a title, a sentence or nothing, and where to go.
pub(crate) fn page(
    status: u16,
    frame: Frame<'_>,
    title: &str,
    text: &str,
    way: Option<(String, &'static str)>,
) -> Response<Body> {
    let frame = frame.titled(title);
    let page = NoticePage { frame, text, way };
    answer(status, &page.frame.style, &page)
}
