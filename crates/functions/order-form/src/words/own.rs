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
    /// Takeout is ordered with the script only.
    pub(crate) takeout_needs_script: &'static str,
    pub(crate) or_call: &'static str,
    /// Of the week, Monday first, as the day something opens on.
    pub(crate) days: [&'static str; 7],
}

pub(super) const ENGLISH: Own = Own {
    comma: ", ",
    none: "None",
    next: "Review order",
    allergies_hint: "Sent to the kitchen with this order. Any kitchen can have traces: if your allergy is serious, please tell our staff too.",
    quantity: "Please choose a quantity from 1 to {n}.",
    at_most: "“{group}”: please choose at most {n}.",
    too_long: "Please keep your request to {n} characters.",
    gone: "This dish is no longer on the menu.",
    ended_text: "The bill for this table has been settled, so this order wasn’t sent. If you’re still at the table, start again.",
    busy: "We’re busy right now. Please try again. Nothing will be ordered twice.",
    station_printed: "{station}: printed",
    refresh: "Refresh",
    takeout_needs_script: "To order for pickup, please turn on JavaScript in this browser and open the menu again.",
    or_call: "Or call us: {phone}",
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
    next: "Bestellung prüfen",
    allergies_hint: "Wird mit dieser Bestellung an die Küche gesendet. Spuren sind in jeder Küche möglich: Bei einer ernsten Allergie sprechen Sie bitte auch mit uns.",
    quantity: "Bitte wählen Sie eine Menge von 1 bis {n}.",
    at_most: "„{group}“: bitte höchstens {n} auswählen.",
    too_long: "Bitte schreiben Sie höchstens {n} Zeichen.",
    gone: "Dieses Gericht steht nicht mehr auf der Karte.",
    ended_text: "Die Rechnung für diesen Tisch ist bezahlt, deshalb wurde diese Bestellung nicht gesendet. Wenn Sie noch am Tisch sitzen, beginnen Sie bitte neu.",
    busy: "Gerade ist viel los. Bitte versuchen Sie es noch einmal; es wird nichts doppelt bestellt.",
    station_printed: "{station}: gedruckt",
    refresh: "Aktualisieren",
    takeout_needs_script: "Zum Bestellen zum Mitnehmen schalten Sie bitte JavaScript in diesem Browser ein und öffnen die Speisekarte noch einmal.",
    or_call: "Oder rufen Sie uns an: {phone}",
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
    none: "Ninguno",
    next: "Revisar el pedido",
    allergies_hint: "Se envía a la cocina con este pedido. En cualquier cocina puede haber trazas: si su alergia es grave, avise también a nuestro personal.",
    quantity: "Elija una cantidad de 1 a {n}, por favor.",
    at_most: "«{group}»: elija como máximo {n}, por favor.",
    too_long: "Escriba como máximo {n} caracteres, por favor.",
    gone: "Este plato ya no está en la carta.",
    ended_text: "La cuenta de esta mesa ya se pagó, así que este pedido no se envió. Si aún está en la mesa, empiece de nuevo.",
    busy: "Ahora mismo hay mucha demanda. Inténtelo de nuevo, por favor. No se pedirá nada dos veces.",
    station_printed: "{station}: impreso",
    refresh: "Actualizar",
    takeout_needs_script: "Para pedir para llevar, active JavaScript en este navegador y vuelva a abrir la carta.",
    or_call: "O llámenos: {phone}",
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
    allergies_hint: "この注文とともにキッチンへ伝わります。どのキッチンでも微量の混入はありえます。重いアレルギーの方は、スタッフにも必ずお知らせください。",
    quantity: "数量は1から{n}までお選びください。",
    at_most: "「{group}」は{n}つまでお選びください。",
    too_long: "ご要望は{n}文字以内でお書きください。",
    gone: "この料理はメニューからなくなりました。",
    ended_text: "お会計が済んだため、この注文は送信されませんでした。まだお席にいらっしゃる場合は、もう一度始めてください。",
    busy: "ただいま混み合っています。もう一度お試しください。二重に注文されることはありません。",
    station_printed: "{station}：印刷済み",
    refresh: "更新する",
    takeout_needs_script: "お持ち帰りのご注文は、このブラウザで JavaScript を有効にして、メニューをもう一度開いてください。",
    or_call: "お電話でも承ります：{phone}",
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
    none: "بدون",
    next: "راجع الطلب",
    allergies_hint: "تُرسل إلى المطبخ مع هذا الطلب. قد توجد آثار في أي مطبخ: إن كانت حساسيتك شديدة فأخبر موظفينا أيضًا.",
    quantity: "يُرجى اختيار كمية بين واحد و{n}.",
    at_most: "«{group}»: يُرجى اختيار {n} على الأكثر.",
    too_long: "يُرجى ألا يتجاوز النص {n} من الأحرف.",
    gone: "لم يعد هذا الصنف في القائمة.",
    ended_text: "دُفع حساب هذه الطاولة، لذلك لم يُرسل هذا الطلب. إن كنت ما زلت على الطاولة فابدأ من جديد.",
    busy: "لدينا ضغط الآن. يُرجى المحاولة مرة أخرى، ولن يُطلب شيء مرتين.",
    station_printed: "{station}: طُبع",
    refresh: "تحديث",
    takeout_needs_script: "للطلب والاستلام، فعّل JavaScript في هذا المتصفح وافتح القائمة من جديد.",
    or_call: "أو اتصل بنا: {phone}",
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
