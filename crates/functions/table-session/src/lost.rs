//! What a browser shows when a sticker or an address leads nowhere: a page for a person, instead of JSON, in the look of the menu's page.
//!
//! No store is known here, so neither are its languages: the page speaks those the menu's page has words for.

use lambda_http::{Body, Response, http::HeaderMap};
use tabletap_guest::choose;
use tabletap_runtime::reply;

/// The tokens of `frontend/diner/diner.css`, and as little else as the page needs.
const STYLE: &str = include_str!("lost.css");

/// What the page says in one language.
struct Words {
    lang: &'static str,
    /// Title and advice where the code leads to no table.
    unknown: (&'static str, &'static str),
    /// Title and advice where the sticker was replaced.
    replaced: (&'static str, &'static str),
    /// Title and advice where an address leads to no page.
    nowhere: (&'static str, &'static str),
    /// Title and advice where we do not know.
    busy: (&'static str, &'static str),
    again: &'static str,
}

/// The first one is the default.
const LANGUAGES: [Words; 6] = [
    Words {
        lang: "en",
        unknown: (
            "We don’t recognise this code",
            "Please scan the sticker on your table again, or ask our staff.",
        ),
        replaced: (
            "This sticker has been replaced",
            "Please scan the new one on your table, or ask our staff.",
        ),
        nowhere: (
            "There’s no page here",
            "Please check the address, or scan the sticker on your table.",
        ),
        busy: (
            "One moment, please",
            "We couldn’t open the menu. Please try again.",
        ),
        again: "Try again",
    },
    Words {
        lang: "de",
        unknown: (
            "Diesen Code kennen wir nicht",
            "Bitte scannen Sie den Aufkleber auf Ihrem Tisch noch einmal oder fragen Sie unseren Service.",
        ),
        replaced: (
            "Dieser Aufkleber wurde ersetzt",
            "Bitte scannen Sie den neuen auf Ihrem Tisch oder fragen Sie uns.",
        ),
        nowhere: (
            "Hier gibt es keine Seite",
            "Bitte prüfen Sie die Adresse oder scannen Sie den Aufkleber auf Ihrem Tisch.",
        ),
        busy: (
            "Einen Moment, bitte",
            "Die Speisekarte ließ sich gerade nicht öffnen. Bitte versuchen Sie es noch einmal.",
        ),
        again: "Noch einmal versuchen",
    },
    Words {
        lang: "ja",
        unknown: (
            "このコードを確認できません",
            "テーブルのステッカーをもう一度読み取るか、スタッフにお声がけください。",
        ),
        replaced: (
            "このステッカーは新しいものに替わりました",
            "テーブルの新しいステッカーを読み取るか、スタッフにお声がけください。",
        ),
        nowhere: (
            "ページが見つかりません",
            "アドレスをご確認いただくか、テーブルのステッカーを読み取ってください。",
        ),
        busy: (
            "少々お待ちください",
            "メニューを開けませんでした。もう一度お試しください。",
        ),
        again: "もう一度試す",
    },
    Words {
        lang: "es",
        unknown: (
            "No reconocemos este código",
            "Escanee de nuevo el adhesivo de su mesa o pregunte al personal.",
        ),
        replaced: (
            "Este adhesivo se ha cambiado",
            "Escanee el nuevo de su mesa o pregúntenos.",
        ),
        nowhere: (
            "Aquí no hay ninguna página",
            "Revise la dirección o escanee el adhesivo de su mesa.",
        ),
        busy: (
            "Un momento, por favor",
            "No hemos podido abrir la carta. Inténtelo de nuevo, por favor.",
        ),
        again: "Intentar de nuevo",
    },
    Words {
        lang: "ar",
        unknown: (
            "لم نتعرف على هذا الرمز",
            "امسح الملصق على طاولتك مرة أخرى أو اسأل أحد الموظفين.",
        ),
        replaced: (
            "استُبدل هذا الملصق",
            "امسح الملصق الجديد على طاولتك أو اسأل أحد الموظفين.",
        ),
        nowhere: (
            "لا توجد صفحة هنا",
            "تحقق من العنوان أو امسح الملصق على طاولتك.",
        ),
        busy: (
            "لحظة من فضلك",
            "تعذّر فتح القائمة الآن. حاول مرة أخرى من فضلك.",
        ),
        again: "حاول مرة أخرى",
    },
    Words {
        lang: "en-US",
        unknown: (
            "We don’t recognize this code",
            "Please scan the sticker on your table again, or ask our staff.",
        ),
        replaced: (
            "This sticker has been replaced",
            "Please scan the new one on your table, or ask our staff.",
        ),
        nowhere: (
            "There’s no page here",
            "Please check the address, or scan the sticker on your table.",
        ),
        busy: (
            "One moment, please",
            "We couldn’t open the menu. Please try again.",
        ),
        again: "Try again",
    },
];

/// Whether a person reads the answer.
pub(crate) fn wants_html(headers: &HeaderMap) -> bool {
    let accept = headers.get("accept").and_then(|value| value.to_str().ok());
    accept.is_some_and(|accept| accept.contains("text/html"))
}

/// The page, in the language asked for by name, else the best of those the browser accepts.
pub(crate) fn page(
    status: u16,
    is_scan: bool,
    asked: Option<&str>,
    accepted: &str,
) -> Response<Body> {
    let words = choose(&LANGUAGES, |words| words.lang, asked, accepted);
    let words = words.unwrap_or(&LANGUAGES[0]);
    let ((title, advice), again) = match status {
        404 if is_scan => (words.unknown, String::new()),
        404 => (words.nowhere, String::new()),
        410 => (words.replaced, String::new()),
        _ => {
            let again = format!("<a href=\"\">{}</a>\n", words.again);
            (words.busy, again)
        }
    };
    let html = format!(
        "<!doctype html>\n<html lang=\"{}\" dir=\"{}\">\n<meta charset=\"utf-8\">\n\
         <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n\
         <title>{title}</title>\n<style>{STYLE}</style>\n\
         <main>\n<h1>{title}</h1>\n<p>{advice}</p>\n{again}</main>\n</html>\n",
        words.lang,
        if words.lang == "ar" { "rtl" } else { "ltr" }
    );
    reply::page(status, STYLE, "form-action 'none'", html)
}
