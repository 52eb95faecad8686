//! The forms against the embedded table: what each answers, and what it leaves in the table.
#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

mod ordering;
mod refusing;

use lambda_http::{Body, Response};
use order_form::{Config, OrderForm};
use serde_json::Value;
use tabletap_runtime::Env;
use tabletap_testkit::{Kitchen, assert_contract, http, sample};

const FORM: &str = "/m/{slug}/t/{table_code}/{lang}/order";
const ORDER: &str = "/m/{slug}/t/{table_code}/{lang}/order/{order_id}";

/// A browser without a script at a table of a restaurant.
struct Phone {
    kitchen: Kitchen,
    function: OrderForm,
    store: &'static str,
    table: &'static str,
    lang: &'static str,
}

/// What a browser shows; the style is left out.
#[derive(Debug)]
struct Page {
    status: u16,
    location: String,
    html: String,
}

impl Page {
    fn of(response: &Response<Body>) -> Self {
        let location = response.headers().get("location");
        let location = location.map(|value| value.to_str().unwrap().to_owned());
        let html = String::from_utf8(response.body().to_vec()).unwrap();
        let (before, rest) = html.split_once("<style>").unwrap_or_default();
        let after = rest.split_once("</style>").unwrap_or_default().1;
        Self {
            status: response.status().as_u16(),
            location: location.unwrap_or_default(),
            html: format!("{before}{after}"),
        }
    }

    /// The value of a hidden field.
    fn field(&self, name: &str) -> String {
        let start = format!("name=\"{name}\" value=\"");
        let rest = self.html.split_once(&start).map(|(_, rest)| rest);
        let value = rest.and_then(|rest| rest.split('"').next());
        value
            .unwrap_or_else(|| panic!("no {name} in {self:?}"))
            .to_owned()
    }

    /// The hidden fields of the page with the price, as a press on `button` sends them.
    fn press(&self, button: &str) -> String {
        let hidden = self.html.split("<input type=\"hidden\" name=\"").skip(1);
        let fields = hidden.map(|part| {
            let (name, rest) = part.split_once("\" value=\"").unwrap();
            (unescaped(name), unescaped(rest.split('"').next().unwrap()))
        });
        let fields: Vec<_> = fields
            .chain([("do".to_owned(), button.to_owned())])
            .collect();
        encoded(
            fields
                .iter()
                .map(|(name, value)| (name.as_str(), value.as_str())),
        )
    }
}

fn unescaped(html: &str) -> String {
    let text = html.replace("&#60;", "<").replace("&#62;", ">");
    text.replace("&#34;", "\"")
        .replace("&#39;", "'")
        .replace("&#38;", "&")
}

fn encoded<'a>(fields: impl Iterator<Item = (&'a str, &'a str)>) -> String {
    form_urlencoded::Serializer::new(String::new())
        .extend_pairs(fields)
        .finish()
}

impl Phone {
    async fn at(store: &'static str, table: &'static str, lang: &'static str) -> Self {
        let kitchen = Kitchen::open().await;
        let config = Config::from_env(Env::new(&kitchen.env())).unwrap();
        let function = OrderForm::new(config, &kitchen.sdk);
        Self {
            kitchen,
            function,
            store,
            table,
            lang,
        }
    }

    async fn sushi() -> Self {
        Self::at("kumo-sushi", "t1", "en").await
    }

    fn path(&self) -> String {
        let Self {
            store, table, lang, ..
        } = self;
        format!("/m/{store}/t/code-{store}-{table}-0123456789/{lang}/order")
    }

    async fn send(&self, event: Value, contract: (&str, &str)) -> Page {
        let response = self.function.handle(http(event)).await.unwrap();
        assert_contract(contract.0, contract.1, &response);
        if response.status() != 303 {
            let policy = response.headers()["content-security-policy"]
                .to_str()
                .unwrap();
            assert!(
                policy.contains("default-src 'none'; style-src 'sha256-"),
                "{policy}"
            );
        }
        assert!(!response.headers().contains_key("set-cookie"));
        Page::of(&response)
    }

    async fn open(&self, item: &str) -> Page {
        let mut event = sample("order-form/open");
        event["rawPath"] = self.path().into();
        event["rawQueryString"] = format!("item={item}").into();
        event["queryStringParameters"]["item"] = item.into();
        self.send(event, ("get", FORM)).await
    }

    async fn post(&self, body: &str) -> Page {
        let mut event = sample("order-form/show");
        event["rawPath"] = self.path().into();
        event["body"] = body.into();
        event["isBase64Encoded"] = false.into();
        self.send(event, ("post", FORM)).await
    }

    /// Fills in the form of a dish and looks at its price.
    async fn show(&self, item: &str, fields: &[(&str, &str)]) -> Page {
        let session = self.open(item).await.field("session");
        self.show_with(&session, item, fields).await
    }

    async fn show_with(&self, session: &str, item: &str, fields: &[(&str, &str)]) -> Page {
        let own = [("session", session), ("item", item), ("do", "show")];
        self.post(&encoded(own.into_iter().chain(fields.iter().copied())))
            .await
    }

    async fn look(&self, path: &str) -> Page {
        let mut event = sample("order-form/order");
        event["rawPath"] = path.into();
        self.send(event, ("get", ORDER)).await
    }

    async fn orders(&self) -> usize {
        self.kitchen.count("HEAD").await
    }

    /// Sees that what `page` answers has stored nothing.
    async fn refuses(&self, status: u16, page: &Page, says: &str) {
        assert_eq!(page.status, status, "{page:?}");
        assert!(page.html.contains(says), "{says}: {page:?}");
        assert_eq!(self.orders().await, 0, "nothing was stored");
    }
}

#[tokio::test]
async fn the_sample_events_are_answered() {
    let phone = Phone::sushi().await;
    for (name, method, path, status) in [
        ("open", "get", FORM, 200),
        ("open.without-a-table", "get", "/m/{slug}/{lang}/order", 200),
        ("show", "post", FORM, 200),
        ("order", "get", ORDER, 404),
    ] {
        let page = phone
            .send(sample(&format!("order-form/{name}")), (method, path))
            .await;
        assert_eq!(page.status, status, "{name}: {page:?}");
        assert_eq!(
            page.html.contains("<form"),
            ["open", "show"].contains(&name),
            "{name}"
        );
    }
    assert_eq!(phone.orders().await, 0);
}
