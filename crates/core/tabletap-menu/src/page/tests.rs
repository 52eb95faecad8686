#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]
//! What a page must hold, read from the HTML.

use super::*;
use tabletap_domain::{Currency, Lang, MenuVersion, Minor, Slug};
use tabletap_wire::menu::{PublicCategory, PublicGroup, PublicOption, PublicTax};

fn option(name: &str, price_minor: i64) -> PublicOption {
    PublicOption {
        id: tabletap_domain::OptionId::parse(&name.to_lowercase()).unwrap(),
        name: name.to_owned(),
        name_lang: None,
        price_minor: Minor(price_minor),
        points: 0,
        max_quantity: 1,
        available: true,
        default: false,
        removal: false,
        reads_as: None,
        allergens: Vec::new(),
        option_groups: Vec::new(),
    }
}

fn dish_of(id: &str, price_minor: i64) -> PublicItem {
    PublicItem {
        id: tabletap_domain::ItemId::parse(id).unwrap(),
        name: id.to_owned(),
        name_lang: None,
        other_names: Vec::new(),
        description: String::new(),
        description_lang: None,
        price_minor: Minor(price_minor),
        points: 0,
        available: true,
        image: None,
        allergens: Vec::new(),
        diets: Vec::new(),
        tags: Vec::new(),
        nutrition: Default::default(),
        goes_with: Vec::new(),
        tax_category: tabletap_domain::TaxCategory::parse("food").unwrap(),
        option_groups: Vec::new(),
    }
}

fn size(options: Vec<PublicOption>) -> PublicGroup {
    let id = tabletap_domain::GroupId::parse("size").unwrap();
    PublicGroup {
        id,
        name: "Size".to_owned(),
        name_lang: None,
        min: 1,
        max: 1,
        options,
    }
}

fn menu(lang: &str, items: Vec<PublicItem>) -> PublicMenu {
    let currency = Currency::from_code("USD").unwrap();
    let tax = PublicTax {
        category: tabletap_domain::TaxCategory::parse("food").unwrap(),
        name: "Sales tax".to_owned(),
        rate_ppm: 88_750,
    };
    let id = tabletap_domain::CategoryId::parse("plates").unwrap();
    PublicMenu {
        slug: Slug::parse("kumo-sushi").unwrap(),
        name: "Kumo <Sushi>".to_owned(),
        lang: Lang::parse(lang).unwrap(),
        languages: ["en", "ja", "ar"]
            .map(|code| Lang::parse(code).unwrap())
            .to_vec(),
        version: MenuVersion::parse("m0123456789abcdef").unwrap(),
        currency: currency.code().to_owned(),
        currency_digits: currency.digits(),
        accent: "#b3261e".to_owned(),
        stations: Vec::new(),
        pricing: PublicPricing {
            tax_inclusive: false,
            taxes: vec![tax],
            service_charge: None,
        },
        categories: vec![PublicCategory {
            id,
            name: "Plates".to_owned(),
            name_lang: None,
            other_names: Vec::new(),
            note: String::new(),
            items,
        }],
        takeout: false,
        payments: false,
        least_payment_minor: None,
        time_zone: "America/New_York".to_owned(),
        address: Vec::new(),
        phone: None,
        favourites: None,
        names: Default::default(),
    }
}

#[test]
fn a_page_reads_without_a_script_and_escapes_what_the_restaurant_typed() {
    let mut ramen = dish_of("ramen", 1500);
    ramen.name = "Ramen & <friends>".to_owned();
    ramen.points = 1500;
    ramen.option_groups = vec![size(vec![option("Regular", 0), option("Large", 300)])];
    let html = render(&menu("en", vec![ramen]));
    for (part, why) in [
        (r#"<html lang="en" dir="ltr""#, "language and direction"),
        ("Ramen &#38; &#60;friends&#62;", "escaped"),
        (
            "$15.00 <small>or Large $18.00</small>",
            "the price with its other size",
        ),
        (
            r#"<a href="../ja/" rel="alternate" hreflang="ja""#,
            "other languages",
        ),
        (r#"lang="ja">日本語</a>"#, "a language by its own name"),
        (
            "Added to these prices: Sales tax 8.875%.",
            "no surprise on the bill",
        ),
        (
            "data-accent-light=\"#b3261e\"",
            "the accent, where no style may differ",
        ),
    ] {
        assert!(html.contains(part), "{why}: {part}\n{html}");
    }
    assert!(
        !html.contains("style=\""),
        "a style attribute would need a weaker policy"
    );
    assert!(
        !html.contains("Points"),
        "a number that buys nothing is no reason to choose a dish"
    );
}

#[test]
fn what_is_sold_out_stays_on_the_page_with_the_word() {
    let mut eel = dish_of("unagi-roll", 1350);
    eel.available = false;
    let html = render(&menu("ja", vec![eel]));
    assert!(
        html.contains(r#"class="dish out""#) && html.contains("売り切れ"),
        "{html}"
    );
}

#[test]
fn a_diet_that_everything_fits_is_said_once() {
    let fits = |id: &str, diets: &[Diet]| PublicItem {
        diets: diets.to_vec(),
        ..dish_of(id, 100)
    };
    let items = vec![
        fits("dal", &[Diet::Vegan, Diet::Halal]),
        fits("paneer", &[Diet::Vegetarian, Diet::Halal]),
    ];
    for (lang, sentence) in [
        ("en", "Everything on this menu is vegetarian, halal."),
        ("es", "Todo en esta carta es vegetariano, halal."),
        ("ja", "すべてのお料理がベジタリアン・ハラール対応です。"),
        ("ar", "كل ما في هذه القائمة نباتي، حلال."),
    ] {
        let menu = menu(lang, items.clone());
        let words = words::of(lang);
        for html in [render(&menu), paper::render(&menu)] {
            assert_eq!(html.matches(sentence).count(), 1, "{lang}\n{html}");
            assert_eq!(html.matches(words.diet(Diet::Vegan)).count(), 1, "{lang}");
        }
        let tag = format!(r#"<span class="tag">{}</span>"#, words.diet(Diet::Halal));
        assert!(!render(&menu).contains(&tag), "{lang}");
    }
    let mixed = vec![fits("dal", &[Diet::Vegan]), dish_of("ramen", 100)];
    assert!(!render(&menu("en", mixed)).contains("Everything on this menu"));
}

#[test]
fn favourites_stand_first_with_their_price_and_again_in_their_section() {
    let liked = |id: &str| PublicItem {
        tags: vec!["House favourite".to_owned()],
        ..dish_of(id, 100)
    };
    let mut menu = menu(
        "en",
        vec![liked("dal"), dish_of("rice", 50), liked("paneer")],
    );
    menu.favourites = Some("House favourite".to_owned());
    let html = render(&menu);
    let (before, sections) = html.split_once(r#"id="c-plates""#).unwrap();
    for id in ["dal", "paneer"] {
        let row = format!(r#"<li data-item="{id}"><a class="open" href="order?item={id}">"#);
        assert!(before.contains(&row), "{before}");
        assert!(sections.contains(&format!(r#"data-item="{id}""#)));
    }
    assert!(!before.contains(r#"data-item="rice""#), "{before}");
    assert!(before.contains(r##"<a href="#fav">House favourite</a>"##));
    menu.categories[0].items.pop();
    assert!(!render(&menu).contains(r#"id="fav""#), "one is no section");
}

#[test]
fn the_words_for_nutrition_are_there_where_a_dish_declares_it() {
    let mut dal = dish_of("dal", 100);
    assert!(!render(&menu("en", vec![dal.clone()])).contains("nutrients"));
    dal.nutrition = [("fibre_mg".to_owned(), 8000)].into();
    for (lang, serving, fibre) in [
        ("en", "Per serving:", "fiber"),
        ("es", "Por ración:", "fibra"),
        ("ja", "1食分：", "食物繊維"),
        ("ar", "لكل حصة:", "الألياف"),
    ] {
        let html = render(&menu(lang, vec![dal.clone()]));
        let words = format!(r#"hidden data-serving="{serving}" data-energy_kcal="#);
        assert!(html.contains(&words), "{html}");
        assert!(
            html.contains(&format!(r#"data-fibre_mg="{fibre}""#)),
            "{html}"
        );
    }
}

#[test]
fn a_language_is_named_and_written_as_its_readers_do() {
    let mut menu = menu("ckb", vec![dish_of("edamame", 600)]);
    menu.languages = ["en", "en-GB", "zh-Hans", "zh-Hant", "ckb"]
        .map(|code| Lang::parse(code).unwrap())
        .to_vec();
    let html = render(&menu);
    for (part, why) in [
        (r#"lang="ckb" dir="rtl""#, "by its script"),
        (">简体中文</a>", "which Chinese"),
        (">繁體中文</a>", "and the other"),
        (">English (en-GB)</a>", "told apart"),
    ] {
        assert!(html.contains(part), "{why}: {part}\n{html}");
    }
}

#[test]
fn a_dish_that_must_be_sized_shows_what_it_costs_at_least_and_at_most() {
    let mut sake = dish_of("sake", 0);
    let options = vec![
        option("Glass", 700),
        option("Carafe", 1800),
        option("Bottle", 4200),
    ];
    sake.option_groups = vec![size(options)];
    assert!(render(&menu("en", vec![sake])).contains("$7.00 <small>to $42.00</small>"));
}

#[test]
fn a_page_in_a_language_written_from_the_right_says_so() {
    let mut dish = dish_of("edamame", 600);
    dish.name_lang = Lang::parse("en").ok();
    let mut menu = menu("ar", vec![dish]);
    menu.currency = "KWD".to_owned();
    menu.currency_digits = 3;
    let html = render(&menu);
    for (part, why) in [
        (r#"lang="ar" dir="rtl" data-locale="ar-KW""#, "the page"),
        ("\u{200f}٠٫٦٠٠\u{a0}د.ك.", "its digits"),
        (
            r#"<bdi lang="en" dir="ltr">edamame</bdi>"#,
            "a text that is not in its language",
        ),
        (r#"data-words="ar""#, "the script's words"),
    ] {
        assert!(html.contains(part), "{why}: {part}\n{html}");
    }
}

#[test]
fn nothing_is_fetched_before_the_menu_is_painted() {
    let mut item = dish_of("edamame", 100);
    item.image = Some("/menus/kumo-sushi/images/edamame.svg".to_owned());
    let html = render(&menu("en", vec![item]));
    assert!(html.contains(r#"alt="" loading="lazy""#), "pictures wait");
    for asks in ["rel=\"stylesheet\"", "preload", "<script src", "@import"] {
        assert!(!html.contains(asks), "{asks}");
    }
}

#[test]
fn a_photograph_in_the_list_is_avif_with_a_jpeg_beside_it() {
    let mut ramen = dish_of("ramen", 100);
    ramen.image = Some("/menus/kumo-sushi/images/ramen.png.wide.jpg".to_owned());
    let html = render(&menu("en", vec![ramen]));
    let wanted = r#"<picture><source srcset="/menus/kumo-sushi/images/ramen.png.list.avif" type="image/avif"><img src="/menus/kumo-sushi/images/ramen.png.list.jpg" width="96" height="96" alt="" loading="lazy" decoding="async"></picture>"#;
    assert!(html.contains(wanted), "{html}");
}

#[test]
fn pages_of_every_accent_share_one_inline_style_and_script_so_that_one_policy_fits_all() {
    let mut other = menu("en", Vec::new());
    other.accent = "#2b5d3a".to_owned();
    for menu in [menu("en", Vec::new()), other] {
        let html = render(&menu);
        let inside = |open: &str, close: &str| {
            let (_, rest) = html.split_once(open).unwrap();
            rest.split_once(close).unwrap().0
        };
        let parts = [
            inside("<style>", "</style>"),
            inside("<script type=\"module\">", "</script>"),
        ];
        let hash = |part| format!("sha256-{}", BASE64_STANDARD.encode(Sha256::digest(part)));
        assert_eq!(inline_hashes(), parts.map(hash));
        assert_eq!(html.matches("<style").count(), 1);
        assert_eq!(html.matches("<script").count(), 1, "nothing else inline");
    }
}
