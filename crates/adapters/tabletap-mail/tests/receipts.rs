//! Receipts as their readers get them, and what no text in them can do.
#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use jiff::civil::{DateTime, datetime};
use proptest::prelude::*;
use tabletap_domain::{Currency, Lang, Minor, number::OrderNumber};
use tabletap_mail::{
    Choice, Kind, Line, Mail, Method, Pickup, Place, Receipt, Refund, Restaurant, Sums, Tax, render,
};

fn at(hour: i8, minute: i8) -> DateTime {
    datetime(2026, 11, 21, hour, minute, 0, 0)
}

fn line(quantity: u32, name: &str, choices: &[(u32, &str)], total_minor: i64) -> Line {
    let choice = |(quantity, name): &(u32, &str)| Choice {
        name: (*name).to_owned(),
        quantity: *quantity,
    };
    Line {
        quantity,
        name: name.to_owned(),
        choices: choices.iter().map(choice).collect(),
        total_minor: Minor(total_minor),
    }
}

fn tax(name: &str, rate_ppm: u32, base_minor: i64, tax_minor: i64) -> Tax {
    Tax {
        name: name.to_owned(),
        rate_ppm,
        base_minor: Minor(base_minor),
        tax_minor: Minor(tax_minor),
    }
}

fn method(brand: &str, last4: Option<&str>) -> Option<Method> {
    Some(Method {
        brand: brand.to_owned(),
        last4: last4.map(str::to_owned),
    })
}

fn numbers(all: &[&str]) -> Vec<OrderNumber> {
    all.iter()
        .map(|text| OrderNumber::parse(text).unwrap())
        .collect()
}

/// Takeout in New York, with options, two taxes and a tip.
fn takeout() -> Receipt {
    Receipt {
        kind: Kind::Payment,
        lang: Lang::parse("en").unwrap(),
        restaurant: Restaurant {
            name: "Kumo Sushi".to_owned(),
            accent: "#b3261e".to_owned(),
            address: vec![
                "118 Rivington Street".to_owned(),
                "New York, NY 10002".to_owned(),
            ],
            phone: Some("+1 212 555 0143".to_owned()),
            email: Some("hello@kumo.example".to_owned()),
            tax_number: None,
        },
        orders: numbers(&["K27"]),
        place: Place::Takeout(Pickup::Asap(Some(at(19, 25)))),
        lines: vec![
            line(
                2,
                "Shoyu ramen",
                &[(1, "Large"), (2, "Soft egg"), (1, "No scallion")],
                4_100,
            ),
            line(
                1,
                "Nigiri set, 10 pieces, with the chef's choice of the day",
                &[(1, "Soy sauce apart")],
                3_450,
            ),
            line(1, "Edamame", &[], 600),
        ],
        sums: Sums {
            subtotal_minor: Minor(8_150),
            service_minor: Minor(0),
            service_name: String::new(),
            taxes: vec![
                tax("NY State sales tax", 43_750, 8_150, 357),
                tax("NYC sales tax", 45_000, 8_150, 367),
            ],
            tax_inclusive: false,
            tip_minor: Minor(1_467),
            total_minor: Minor(10_341),
        },
        currency: Currency::from_code("USD").unwrap(),
        method: method("visa", Some("4242")),
        paid_at: at(19, 4),
        link: Some(
            "https://order.example/m/kumo-sushi/en/#/orders/ord_00000000000000000000000000000001"
                .to_owned(),
        ),
    }
}

fn kuwait() -> Receipt {
    Receipt {
        lang: Lang::parse("ar").unwrap(),
        restaurant: Restaurant {
            name: "بيت السدرة".to_owned(),
            accent: "#0b6e4f".to_owned(),
            address: vec![
                "شارع الخليج العربي ١٢".to_owned(),
                "مدينة الكويت".to_owned(),
            ],
            phone: Some("+965 2220 0143".to_owned()),
            email: Some("salam@sidra.example".to_owned()),
            tax_number: None,
        },
        orders: numbers(&["B08"]),
        place: Place::Takeout(Pickup::At(datetime(2026, 11, 22, 13, 30, 0, 0))),
        lines: vec![
            line(2, "مشكل مشاوي", &[(1, "كبير"), (2, "خبز صاج")], 9_500),
            line(1, "Hummus Beiruti", &[], 1_250),
            line(12, "شاي بالهيل", &[(1, "بدون سكر")], 9_000),
        ],
        sums: Sums {
            subtotal_minor: Minor(19_750),
            service_minor: Minor(1_975),
            service_name: "خدمة المجموعات الكبيرة".to_owned(),
            tip_minor: Minor(2_000),
            total_minor: Minor(23_725),
            ..Sums::default()
        },
        currency: Currency::from_code("KWD").unwrap(),
        method: method("knet", None),
        ..takeout()
    }
}

fn yen() -> Receipt {
    Receipt {
        lang: Lang::parse("ja").unwrap(),
        restaurant: Restaurant {
            name: "雲寿司".to_owned(),
            address: vec!["〒104-0045".to_owned(), "東京都中央区築地4-13-8".to_owned()],
            phone: Some("03-5550-0143".to_owned()),
            tax_number: Some("T1234567890123".to_owned()),
            ..takeout().restaurant
        },
        lines: vec![
            line(1, "にぎり十貫", &[(1, "わさび抜き")], 3_300),
            line(2, "生ビール", &[(1, "大")], 1_760),
        ],
        sums: Sums {
            subtotal_minor: Minor(5_060),
            taxes: vec![
                tax("消費税(軽減)", 80_000, 3_300, 244),
                tax("消費税", 100_000, 1_760, 160),
            ],
            tax_inclusive: true,
            total_minor: Minor(5_060),
            ..Sums::default()
        },
        currency: Currency::from_code("JPY").unwrap(),
        method: method("jcb", Some("0505")),
        place: Place::Takeout(Pickup::Asap(None)),
        ..takeout()
    }
}

/// One guest's share of two orders at a table in Germany.
fn share() -> Receipt {
    Receipt {
        lang: Lang::parse("de").unwrap(),
        restaurant: Restaurant {
            name: "Corner Bakery & Söhne".to_owned(),
            accent: "#8a5a00".to_owned(),
            address: vec!["Weserstraße 40".to_owned(), "12045 Berlin".to_owned()],
            phone: None,
            email: None,
            tax_number: Some("DE 123 456 789".to_owned()),
        },
        orders: numbers(&["K27", "M03"]),
        place: Place::Table {
            name: "Tisch 7".to_owned(),
            is_part: true,
        },
        lines: vec![
            line(1, "Flat White", &[(1, "Hafermilch")], 450),
            line(2, "Franzbrötchen", &[], 580),
        ],
        sums: Sums {
            subtotal_minor: Minor(1_030),
            taxes: vec![
                tax("MwSt.", 70_000, 580, 38),
                tax("MwSt.", 190_000, 450, 72),
            ],
            tax_inclusive: true,
            tip_minor: Minor(100),
            total_minor: Minor(1_130),
            ..Sums::default()
        },
        currency: Currency::from_code("EUR").unwrap(),
        method: method("mastercard", Some("4444")),
        ..takeout()
    }
}

/// Some of a payment in Lima, the second time.
fn refund() -> Receipt {
    Receipt {
        kind: Kind::Refund(Refund {
            amount_minor: Minor(2_800),
            earlier_minor: Minor(500),
            at: at(20, 15),
        }),
        lang: Lang::parse("es").unwrap(),
        restaurant: Restaurant {
            name: "Brasa".to_owned(),
            accent: "#c2410c".to_owned(),
            address: vec!["Av. La Mar 1337".to_owned(), "Miraflores, Lima".to_owned()],
            tax_number: Some("20601234567".to_owned()),
            ..takeout().restaurant
        },
        lines: vec![
            line(1, "Pollo a la brasa", &[(1, "Entero")], 7_200),
            line(1, "Chicha morada", &[(1, "Jarra")], 2_800),
        ],
        sums: Sums {
            subtotal_minor: Minor(10_000),
            taxes: vec![tax("IGV", 180_000, 10_000, 1_525)],
            tax_inclusive: true,
            tip_minor: Minor(1_000),
            total_minor: Minor(11_000),
            ..Sums::default()
        },
        currency: Currency::from_code("PEN").unwrap(),
        method: method("amex", Some("0005")),
        ..takeout()
    }
}

fn all() -> [(&'static str, Receipt); 5] {
    [
        ("takeout_en", takeout()),
        ("kuwait_ar", kuwait()),
        ("yen_ja", yen()),
        ("share_de", share()),
        ("refund_es", refund()),
    ]
}

#[test]
fn receipts_read_as_they_should() {
    for (name, receipt) in all() {
        let Mail {
            subject,
            html,
            text,
        } = render(&receipt);
        insta::assert_snapshot!(format!("{name}.html"), html);
        insta::assert_snapshot!(format!("{name}.txt"), format!("{subject}\n\n{text}"));
    }
}

#[test]
fn nothing_is_fetched_when_a_receipt_is_opened() {
    for (name, receipt) in all() {
        let html = render(&receipt).html;
        for reference in ["<img", "src=", "url(", "@import", "<link", "<script"] {
            assert!(!html.contains(reference), "{name} holds {reference}");
        }
        let links = html.matches("http").count();
        assert_eq!(links, 1, "{name}: the order's page only");
    }
}

#[test]
fn a_guest_of_another_language_reads_english() {
    let mut receipt = takeout();
    receipt.lang = Lang::parse("fr").unwrap();
    assert_eq!(render(&receipt), render(&takeout()));
}

#[test]
fn a_mail_stays_below_the_size_that_mail_programs_cut_off() {
    let mut receipt = takeout();
    receipt.lines = std::iter::repeat_n(receipt.lines[0].clone(), 80).collect();
    let bytes = render(&receipt).html.len();
    assert!(bytes < 102_000, "{bytes}");
}

fn tags(html: &str) -> usize {
    html.matches('<').count()
}

proptest! {
    #[test]
    fn no_text_becomes_markup_or_a_control(text in any::<String>(), other in "[<>&\"'\u{202e}\u{1b}\r\n{}%a-z]{0,40}") {
        for typed in [text, other] {
            let mut dirty = takeout();
            let mut plain = takeout();
            for (receipt, typed) in [(&mut dirty, typed.as_str()), (&mut plain, "x")] {
                receipt.restaurant.name = typed.to_owned();
                receipt.restaurant.address = vec![typed.to_owned()];
                receipt.restaurant.phone = Some(typed.to_owned());
                receipt.restaurant.tax_number = Some(typed.to_owned());
                receipt.place = Place::Table { name: typed.to_owned(), is_part: false };
                receipt.method = method(&format!("b{typed}"), Some(typed));
                receipt.lines = vec![line(1, typed, &[(2, typed)], 100)];
                receipt.sums.taxes = vec![tax(typed, 1, 2, 3)];
            }
            let (dirty, plain) = (render(&dirty), render(&plain));
            prop_assert_eq!(tags(&dirty.html), tags(&plain.html));
            prop_assert_eq!(dirty.text.lines().count(), plain.text.lines().count());
            prop_assert!(!dirty.subject.chars().any(char::is_control));
            for part in [&dirty.html, &dirty.text] {
                let acts = |c: char| (c.is_control() && c != '\n') || ('\u{202a}'..='\u{202e}').contains(&c);
                prop_assert!(!part.chars().any(acts));
            }
        }
    }
}
