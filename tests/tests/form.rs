//! Ordering without a script, as a browser does it: links and forms over HTTP, down to the paper.

use reqwest::{Client, Response, redirect::Policy};
use tabletap_tests::{Program, fresh_order_id};

/// A browser at a table's page.
struct Browser {
    http: Client,
    url: String,
    /// The page's address.
    page: String,
}

impl Browser {
    /// Scans the sticker of a table of the sushi bar.
    async fn scan(program: &Program, table: usize) -> Self {
        let http = Client::builder().redirect(Policy::none());
        let mut browser = Self {
            http: http.build().expect("a client"),
            url: program.url().to_owned(),
            page: String::new(),
        };
        let code = program.table_code("kumo-sushi", table).await;
        browser.page = location(&browser.get(&format!("/t/{code}")).await);
        assert_eq!(browser.page, format!("/m/kumo-sushi/t/{code}/en/"));
        browser
    }

    async fn get(&self, path: &str) -> Response {
        let request = self.http.get(format!("{}{path}", self.url));
        request.send().await.expect("the program answers")
    }

    async fn read(&self, path: &str) -> String {
        let response = self.get(path).await;
        assert_eq!(response.status(), 200, "{path}");
        response.text().await.expect("a page")
    }

    /// Sends a form of the table's page.
    async fn send(&self, fields: &[(&str, &str)]) -> Response {
        let fields = fields.iter().map(|(name, value)| format!("{name}={value}"));
        let body = fields.collect::<Vec<_>>().join("&");
        let request = self.http.post(format!("{}{}order", self.url, self.page));
        let request = request.header("content-type", "application/x-www-form-urlencoded");
        request
            .body(body)
            .send()
            .await
            .expect("the program answers")
    }
}

fn location(response: &Response) -> String {
    let location = response.headers().get("location").expect("a location");
    location.to_str().expect("text").to_owned()
}

/// The value of a hidden field.
fn field(html: &str, name: &str) -> String {
    let start = format!("name=\"{name}\" value=\"");
    let rest = html.split_once(&start).map(|(_, rest)| rest);
    let value = rest.and_then(|rest| rest.split('"').next());
    value
        .unwrap_or_else(|| panic!("no {name} in {html}"))
        .to_owned()
}

#[tokio::test]
async fn a_browser_without_a_script_orders_by_links_and_forms_and_twice_is_once() {
    let program = Program::start().await;
    let browser = Browser::scan(&program, 3).await;
    let page = &browser.page;
    let menu = browser.read(page).await;
    assert_eq!(
        menu,
        browser.read("/m/kumo-sushi/en/").await,
        "a table's page is the store's"
    );
    assert!(menu.contains("<a class=\"open\" href=\"order?item=tuna-tataki\">"));

    let form = browser.read(&format!("{page}order?item=tuna-tataki")).await;
    let session = field(&form, "session");
    let chosen = [
        ("session", session.as_str()),
        ("item", "tuna-tataki"),
        ("quantity", "2"),
    ];
    let price = browser
        .send(&[&chosen[..], &[("do", "show")]].concat())
        .await;
    assert_eq!(price.status(), 200);
    let price = price.text().await.expect("a page");
    let [order, version, total] = ["order", "menu", "total"].map(|name| field(&price, name));
    let sent = [
        ("order", order.as_str()),
        ("menu", &version),
        ("total", &total),
        ("do", "send"),
    ];
    let sent = [&chosen[..], &sent].concat();
    let (first, second) = tokio::join!(browser.send(&sent), browser.send(&sent));
    for answer in [&first, &second] {
        assert_eq!(answer.status(), 303);
        assert_eq!(location(answer), format!("{page}order/{order}"));
    }
    assert!(
        browser
            .read(&location(&first))
            .await
            .contains("Tuna tataki")
    );
    assert_eq!(program.await_papers(&order, 1).await.len(), 1);
    assert_eq!(
        program.papers().await.len(),
        1,
        "one paper in the whole house"
    );

    let other = Browser::scan(&program, 4).await.page;
    for (path, why) in [
        (format!("{other}order/{order}"), "another table's guest"),
        (
            format!("{page}order/{}", fresh_order_id()),
            "an order that is not there",
        ),
        (
            page.replace("/t/", "/t/x") + "order?item=tuna-tataki",
            "no table's code",
        ),
    ] {
        assert_eq!(browser.get(&path).await.status(), 404, "{why}");
    }
}
