//! `GET /m/…` where no page is published: an address that somebody typed, or that leads to a language the menu does not have.
//!
//! The distribution, like the local program, asks for it once the site has no such file.

/// Where a person who typed an address below `/m/` wants to go.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Wanted<'a> {
    /// The menu of the store with this name, in this language where the address names one.
    Menu(&'a str, Option<&'a str>),
    /// Nothing that anybody has.
    Nothing,
}

/// Reads a path. The distribution has put the name of a folder's index at its end.
pub(crate) fn wanted(path: &str) -> Wanted<'_> {
    let path = path.strip_suffix("/index.html").unwrap_or(path);
    let path = path.trim_end_matches('/');
    let segments: Vec<&str> = path.split('/').collect();
    match segments.as_slice() {
        ["", "m", slug] => Wanted::Menu(slug, None),
        ["", "m", slug, lang] => Wanted::Menu(slug, Some(lang)),
        _ => Wanted::Nothing,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_names_a_menu_or_nothing() {
        for (path, expected) in [
            ("/m/kumo-sushi", Wanted::Menu("kumo-sushi", None)),
            ("/m/kumo-sushi/", Wanted::Menu("kumo-sushi", None)),
            ("/m/kumo-sushi/index.html", Wanted::Menu("kumo-sushi", None)),
            ("/m/kumo-sushi/fr/", Wanted::Menu("kumo-sushi", Some("fr"))),
            (
                "/m/kumo-sushi/fr/index.html",
                Wanted::Menu("kumo-sushi", Some("fr")),
            ),
            ("/m/kumo-sushi/en/wine/", Wanted::Nothing),
            ("/m", Wanted::Nothing),
        ] {
            assert_eq!(wanted(path), expected, "{path}");
        }
    }
}
