//! What only the form says.

/// One language's words.
#[derive(Debug)]
pub(crate) struct Own {
    /// Between the names of a list.
    pub(crate) comma: &'static str,
    /// The answer to a question that may stay unanswered.
    pub(crate) none: &'static str,
    /// The button below a dish.
    pub(crate) next: &'static str,
    pub(crate) allergies_hint: &'static str,
    pub(crate) quantity: &'static str,
    pub(crate) at_most: &'static str,
    pub(crate) too_long: &'static str,
    pub(crate) gone: &'static str,
    pub(crate) ended_text: &'static str,
    pub(crate) busy: &'static str,
    pub(crate) station_printed: &'static str,
    pub(crate) refresh: &'static str,
    /// Of the week, Monday first, as the day something opens on.
    pub(crate) days: [&'static str; 7],
}

pub(super) const ENGLISH: Own = Own {
    comma: ", ",
    none: "Nothing",
    next: "Look over the order",
    allergies_hint: "Sent to the kitchen with this order. Traces are possible in every kitchen: if an allergy is serious, please speak to us too.",
    quantity: "Please choose a quantity from 1 to {n}.",
    at_most: "Please choose at most {n} for “{group}”.",
    too_long: "Please keep your wish to {n} characters.",
    gone: "This dish is not on the menu any more.",
    ended_text: "The bill of this table was settled, so this order was not sent. If you are still at the table, start again.",
    busy: "We are busy right now. Please try it once more; nothing is ordered twice.",
    station_printed: "{station}: printed",
    refresh: "Look again",
    days: [
        "Monday",
        "Tuesday",
        "Wednesday",
        "Thursday",
        "Friday",
        "Saturday",
        "Sunday",
    ],
};

pub(super) const GERMAN: Own = Own {
    comma: ", ",
    none: "Nichts davon",
    next: "Bestellung ansehen",
    allergies_hint: "Geht mit dieser Bestellung an die Küche. Spuren gibt es in jeder Küche: Bei einer ernsten Allergie sprechen Sie bitte auch mit uns.",
    quantity: "Bitte wählen Sie eine Menge von 1 bis {n}.",
    at_most: "Bei „{group}“ bitte höchstens {n} auswählen.",
    too_long: "Bitte fassen Sie Ihren Wunsch in {n} Zeichen.",
    gone: "Dieses Gericht steht nicht mehr auf der Karte.",
    ended_text: "Die Rechnung dieses Tisches ist beglichen, darum wurde diese Bestellung nicht gesendet. Sitzen Sie noch am Tisch, beginnen Sie neu.",
    busy: "Gerade ist viel los. Bitte versuchen Sie es noch einmal; es wird nichts doppelt bestellt.",
    station_printed: "{station}: gedruckt",
    refresh: "Noch einmal nachsehen",
    days: [
        "Montag",
        "Dienstag",
        "Mittwoch",
        "Donnerstag",
        "Freitag",
        "Samstag",
        "Sonntag",
    ],
};

pub(super) const SPANISH: Own = Own {
    comma: ", ",
    none: "Nada",
    next: "Ver el pedido",
    allergies_hint: "Va a la cocina con este pedido. En toda cocina puede haber trazas: si una alergia es grave, hable también con nosotros.",
    quantity: "Elija una cantidad de 1 a {n}, por favor.",
    at_most: "Elija como máximo {n} en «{group}», por favor.",
    too_long: "Escriba su deseo en {n} caracteres, por favor.",
    gone: "Este plato ya no está en la carta.",
    ended_text: "La cuenta de esta mesa se pagó, así que este pedido no se envió. Si sigue en la mesa, empiece de nuevo.",
    busy: "Ahora mismo hay mucha demanda. Inténtelo otra vez, por favor; nada se pide dos veces.",
    station_printed: "{station}: impreso",
    refresh: "Mirar de nuevo",
    days: [
        "lunes",
        "martes",
        "miércoles",
        "jueves",
        "viernes",
        "sábado",
        "domingo",
    ],
};

pub(super) const JAPANESE: Own = Own {
    comma: "、",
    none: "なし",
    next: "注文内容を確認する",
    allergies_hint: "この注文とともに厨房へ伝わります。どの厨房でも微量の混入はありえます。重いアレルギーの方は、スタッフにも必ずお知らせください。",
    quantity: "数量は1から{n}までお選びください。",
    at_most: "「{group}」は{n}つまでお選びください。",
    too_long: "ご要望は{n}文字以内でお書きください。",
    gone: "この料理は現在メニューにありません。",
    ended_text: "お会計が済んだため、この注文は送られていません。まだお席にいらっしゃる場合は、もう一度始めてください。",
    busy: "ただいま混み合っています。もう一度お試しください。二重に注文されることはありません。",
    station_printed: "{station}：印刷済み",
    refresh: "最新の状況を見る",
    days: [
        "月曜日",
        "火曜日",
        "水曜日",
        "木曜日",
        "金曜日",
        "土曜日",
        "日曜日",
    ],
};

pub(super) const ARABIC: Own = Own {
    comma: "، ",
    none: "لا شيء",
    next: "راجع الطلب",
    allergies_hint: "تُرسل إلى المطبخ مع هذا الطلب. قد توجد آثار في كل مطبخ: إن كانت الحساسية شديدة فكلّمنا أيضًا.",
    quantity: "يُرجى اختيار كمية بين واحد و{n}.",
    at_most: "يُرجى اختيار {n} على الأكثر من «{group}».",
    too_long: "يُرجى كتابة رغبتك في {n} من الأحرف.",
    gone: "لم يعد هذا الصنف في القائمة.",
    ended_text: "سُدد حساب هذه الطاولة، فلم يُرسل هذا الطلب. إن كنت ما زلت على الطاولة فابدأ من جديد.",
    busy: "نحن مشغولون الآن. يُرجى المحاولة مرة أخرى، فلن يُطلب شيء مرتين.",
    station_printed: "{station}: طُبع",
    refresh: "انظر مرة أخرى",
    days: [
        "الاثنين",
        "الثلاثاء",
        "الأربعاء",
        "الخميس",
        "الجمعة",
        "السبت",
        "الأحد",
    ],
};
