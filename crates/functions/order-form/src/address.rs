//! Where a form stands: beside the restaurant's pages, so that a relative link leads from each to the other and keeps the table's code.

/// The address of a request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Address<'a> {
    /// The restaurant's name in addresses.
    pub(crate) slug: &'a str,
    /// The table's code; none if the guest has scanned none.
    pub(crate) code: Option<&'a str>,
    /// The page's language.
    pub(crate) lang: &'a str,
    /// The order that is looked at.
    pub(crate) order: Option<&'a str>,
}

impl<'a> Address<'a> {
    /// Reads `/m/{slug}/{lang}/order`, the same behind `/m/{slug}/t/{code}`, and there `order/{order_id}`.
    pub(crate) fn read(path: &'a str) -> Option<Self> {
        let segments: Vec<&str> = path.split('/').collect();
        let (slug, code, lang, order) = match segments.as_slice() {
            ["", "m", slug, lang, "order"] => (slug, None, lang, None),
            ["", "m", slug, "t", code, lang, "order"] => (slug, Some(*code), lang, None),
            ["", "m", slug, "t", code, lang, "order", order] => {
                (slug, Some(*code), lang, Some(*order))
            }
            _ => return None,
        };
        Some(Self {
            slug,
            code,
            lang,
            order,
        })
    }

    /// How a link on this page leads to the menu.
    pub(crate) fn menu_link(&self) -> &'static str {
        if self.order.is_some() { "../" } else { "./" }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_forms_own_addresses_are_read() {
        let read = |path| {
            Address::read(path).map(|Address { code, order, .. }| (code.is_some(), order.is_some()))
        };
        for (path, expected) in [
            ("/m/kumo/en/order", Some((false, false))),
            ("/m/kumo/t/CODE/en/order", Some((true, false))),
            ("/m/kumo/t/CODE/en/order/ord_1", Some((true, true))),
            ("/m/kumo/en/order/ord_1", None),
            ("/m/kumo/t/CODE/en/", None),
            ("/m/kumo/en/order/", None),
            ("/v1/orders", None),
        ] {
            assert_eq!(read(path), expected, "{path}");
        }
    }
}
