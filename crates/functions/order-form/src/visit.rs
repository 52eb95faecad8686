//! What every page is made from: the restaurant, what it sells, and the guest's table if they have scanned one.

use crate::{
    address::Address,
    fields::Fields,
    form_errors::FormErrors,
    page::{Frame, Opens, Speech, dish, notice, quote, quote::Shown},
};
use lambda_http::{Body, Response};
use std::{collections::BTreeSet, sync::Arc, time::Duration};
use tabletap_domain::{
    Lang, OrderId,
    cart::{Cart, CartError, CartProblem},
    menu::{Allergen, Menu},
    pricing::PricedCart,
    store::StoreConfig,
    time::UnixMillis,
};
use tabletap_intake::price;
use tabletap_opening::{DineInOpening, State};
use tabletap_store::ScannedTable;
use tabletap_wire::{
    menu::{PublicItem, PublicMenu},
    order_request::LineRequest,
};

/// The restaurant and table of one request.
#[derive(Debug)]
pub(crate) struct Visit<'a> {
    address: Address<'a>,
    pub(crate) store: StoreConfig,
    /// The table; none if the guest has scanned none.
    pub(crate) scanned: Option<ScannedTable>,
    sold: Arc<Menu>,
    /// The same, in the guest's language.
    pub(crate) menu: PublicMenu,
    pub(crate) speech: Speech,
    /// That the kitchen is closed, in the guest's words.
    closed: Option<String>,
}

impl<'a> Visit<'a> {
    /// In the address's language where the menu has it, else in its first.
    pub(crate) fn new(
        address: Address<'a>,
        store: StoreConfig,
        scanned: Option<ScannedTable>,
        sold: Arc<Menu>,
        now: UnixMillis,
    ) -> Self {
        let asked = Lang::parse(address.lang).ok();
        let asked = asked.filter(|lang| sold.languages.contains(lang));
        let lang = asked.unwrap_or_else(|| sold.first_language().clone());
        let menu = PublicMenu::new(&store, &sold, &lang);
        let speech = Speech::new(&menu);
        Self {
            closed: closed(&store, &speech, now).filter(|_| scanned.is_some()),
            speech,
            address,
            store,
            scanned,
            sold,
            menu,
        }
    }

    pub(crate) fn frame(&self) -> Frame<'_> {
        let table = self.scanned.as_ref();
        let table = table.map(|scanned| scanned.table.name.as_str());
        Frame::new(&self.address, &self.menu, &self.store, table).closed(self.closed.as_deref())
    }

    /// The kitchen takes no orders now.
    pub(crate) fn kitchen_closed(&self) -> Response<Body> {
        let words = self.speech.words;
        let way = Some(("./".to_owned(), words.back_to_menu));
        let title = self.closed.as_deref().unwrap_or(words.kitchen_closed);
        notice::page(409, self.frame().closed(None), title, "", way)
    }

    /// A dish on the menu.
    pub(crate) fn item(&self, id: &str) -> Option<&PublicItem> {
        let mut items = self.menu.categories.iter().flat_map(|c| &c.items);
        items.find(|item| item.id.as_str() == id)
    }

    /// Where a placed order is shown.
    pub(crate) fn order_address(&self, order: &OrderId) -> String {
        let Address { slug, lang, .. } = self.address;
        let code = self.address.code.unwrap_or_default();
        format!("/m/{slug}/t/{code}/{lang}/order/{order}")
    }

    /// The form as it was sent, with its errors.
    pub(crate) fn form_again(
        &self,
        fields: &Fields,
        errors: &FormErrors,
        session: String,
    ) -> Response<Body> {
        let Some(item) = self.item(fields.get("item")) else {
            return self.no_such_dish();
        };
        let about = (&self.menu, item);
        dish::page(
            self.frame(),
            &self.speech,
            about,
            fields,
            errors,
            Some(session),
        )
    }

    /// The order with its price; or the form again, where it cannot be ordered so.
    pub(crate) fn quote(
        &self,
        fields: &Fields,
        session: String,
        order_id: &OrderId,
        shown: Shown,
    ) -> Response<Body> {
        let Some(item) = self.item(fields.get("item")) else {
            return self.no_such_dish();
        };
        let line = fields.line();
        match self.price(fields, &line) {
            Ok(cart) => {
                let (order, sender) = ((&self.menu, &cart), (session.as_str(), order_id));
                quote::page(self.frame(), &self.speech, order, fields, sender, shown)
            }
            Err(error) => {
                let errors = FormErrors::new(&error, &line, item, &self.speech);
                self.form_again(fields, &errors, session)
            }
        }
    }

    /// A tick counts for what stood beside it, not for what the dish contains as it is chosen now.
    fn price(&self, fields: &Fields, line: &LineRequest) -> Result<PricedCart, CartError> {
        let mut line = line.cart_line("lines[0]")?;
        line.acknowledged = false;
        let mut cart = Cart {
            lines: vec![line],
            allergies: fields.allergies(),
            ..Cart::default()
        };
        let ticked = fields.acknowledged();
        match price(&self.sold, &cart, &self.menu.lang) {
            Err(error) if is_ticked(&error, &ticked) => {
                for line in &mut cart.lines {
                    line.acknowledged = true;
                }
                price(&self.sold, &cart, &self.menu.lang)
            }
            priced => priced,
        }
    }

    pub(crate) fn no_such_dish(&self) -> Response<Body> {
        let way = Some(("./".to_owned(), self.speech.words.back_to_menu));
        notice::page(404, self.frame(), self.speech.own.gone, "", way)
    }

    /// The party that opened the form has left.
    pub(crate) fn ended(&self, fields: &Fields) -> Response<Body> {
        let words = self.speech.words;
        let again = self.item(fields.get("item"));
        let href = again.map_or_else(|| "./".to_owned(), |item| format!("order?item={}", item.id));
        let (title, text) = (words.ended_title, self.speech.own.ended_text);
        notice::page(
            410,
            self.frame(),
            title,
            text,
            Some((href, words.start_again)),
        )
    }

    /// The form's session is none of ours, or another table's.
    pub(crate) fn forged(&self) -> Response<Body> {
        let words = self.speech.words;
        let way = Some(("./".to_owned(), words.back_to_menu));
        notice::page(401, self.frame(), words.cannot_send, words.browse_only, way)
    }
}

/// That a kitchen is closed, and when it opens; none where it takes orders.
fn closed(store: &StoreConfig, speech: &Speech, now: UnixMillis) -> Option<String> {
    // A zone that nobody knows is told where an order is refused for it.
    let house = DineInOpening::of(store).ok().flatten()?;
    let opens_at = match house.state(now) {
        State::Open { .. } => return None,
        closed => closed.opens_at(),
    };
    let opens = opens_at.map(|at| {
        let ((today, ..), (day, hour, minute)) = (house.clock(now), house.clock(at));
        let is_today = day == today && at < now.plus(Duration::from_hours(24));
        Opens {
            day: (!is_today).then_some(day),
            hour,
            minute,
        }
    });
    Some(speech.kitchen_closed(opens))
}

fn is_ticked(error: &CartError, ticked: &BTreeSet<Allergen>) -> bool {
    match &error.problem {
        CartProblem::AllergenConflict { allergens, .. } => allergens.is_subset(ticked),
        _ => false,
    }
}
