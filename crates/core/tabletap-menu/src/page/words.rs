//! The few words a page says without a script, in the languages the product speaks; other menus get English ones.

pub(super) use tabletap_domain::language::primary as base;
use tabletap_domain::menu::Diet;

/// One language's words.
#[derive(Debug)]
pub struct Words {
    /// Which file of the script's words goes with it.
    pub(super) module: &'static str,
    pub(super) menu: &'static str,
    pub(super) skip: &'static str,
    pub(super) sections: &'static str,
    pub(super) no_script: &'static str,
    pub(super) sold_out: &'static str,
    /// The price of the other of two sizes.
    pub(super) or_size: &'static str,
    /// The highest price of several sizes.
    pub(super) up_to: &'static str,
    pub(super) tax_included: &'static str,
    pub(super) tax_added: &'static str,
    pub(super) service_added: &'static str,
    /// What the search field asks for, before anything is typed.
    pub(super) search: &'static str,
    /// The button beside it.
    pub(super) diet_and_allergies: &'static str,
    /// Where help is, in the same place on every page.
    pub(super) help: &'static str,
    /// That everything fits some diets, before the first section.
    pub(super) all_fit: &'static str,
    /// Before what a serving holds; then each nutrient's word, in the order of `Nutrient::ALL`.
    pub(super) serving: &'static str,
    pub(super) nutrients: [&'static str; 8],
    /// Between the words of a list.
    pub(super) comma: &'static str,
    diets: [&'static str; 5],
}

impl Words {
    /// A diet's word.
    pub(super) fn diet(&self, diet: Diet) -> &'static str {
        let [vegan, vegetarian, halal, kosher, gluten_free] = self.diets;
        match diet {
            Diet::Vegan => vegan,
            Diet::Vegetarian => vegetarian,
            Diet::Halal => halal,
            Diet::Kosher => kosher,
            Diet::GlutenFree => gluten_free,
        }
    }
}

const ENGLISH: Words = Words {
    module: "en",
    menu: "Menu",
    skip: "Skip to the menu",
    sections: "Sections of the menu",
    no_script: "JavaScript is off. To order, choose one dish at a time by its name.",
    sold_out: "Sold out",
    or_size: "or {size} {price}",
    up_to: "to {price}",
    tax_included: "All prices include {taxes}.",
    tax_added: "Added to these prices: {taxes}.",
    service_added: "Added to every order: {charge}.",
    search: "Search {n} dishes",
    diet_and_allergies: "Diet & allergies",
    help: "Questions, requests, allergies? Please ask us anytime.",
    serving: "Per serving:",
    nutrients: [
        "energy",
        "fat",
        "saturates",
        "carbohydrate",
        "sugars",
        "fibre",
        "protein",
        "salt",
    ],
    all_fit: "Everything on this menu is {diets}.",
    comma: ", ",
    diets: ["Vegan", "Vegetarian", "Halal", "Kosher", "Gluten-free"],
};

const JAPANESE: Words = Words {
    module: "ja",
    menu: "メニュー",
    skip: "メニューへ移動",
    sections: "メニューの分類",
    no_script: "JavaScript が無効です。料理名を選ぶと、一品ずつご注文いただけます。",
    sold_out: "売り切れ",
    or_size: "{size} {price}",
    up_to: "〜 {price}",
    tax_included: "価格には {taxes} が含まれています。",
    tax_added: "価格に {taxes} が加算されます。",
    service_added: "ご注文ごとに {charge} を申し受けます。",
    search: "{n}品から探す",
    diet_and_allergies: "食事・アレルギー",
    help: "ご質問・ご要望・アレルギーについては、いつでもスタッフにお声がけください。",
    serving: "1食分：",
    nutrients: [
        "エネルギー",
        "脂質",
        "飽和脂肪酸",
        "炭水化物",
        "糖類",
        "食物繊維",
        "たんぱく質",
        "食塩相当量",
    ],
    all_fit: "すべてのお料理が{diets}対応です。",
    comma: "・",
    diets: [
        "ヴィーガン",
        "ベジタリアン",
        "ハラール",
        "コーシャ",
        "グルテンフリー",
    ],
};

const GERMAN: Words = Words {
    module: "de",
    menu: "Speisekarte",
    skip: "Zur Karte springen",
    sections: "Abschnitte der Karte",
    no_script: "JavaScript ist ausgeschaltet. Zum Bestellen wählen Sie die Gerichte einzeln über ihren Namen aus.",
    sold_out: "Ausverkauft",
    or_size: "oder {size} {price}",
    up_to: "bis {price}",
    tax_included: "Alle Preise enthalten {taxes}.",
    tax_added: "Zu diesen Preisen kommt hinzu: {taxes}.",
    service_added: "Zu jeder Bestellung kommt hinzu: {charge}.",
    search: "{n} Gerichte durchsuchen",
    diet_and_allergies: "Ernährung & Allergien",
    help: "Fragen, Wünsche, Allergien? Sprechen Sie uns jederzeit an.",
    serving: "Pro Portion:",
    nutrients: [
        "Energie",
        "Fett",
        "gesättigte Fettsäuren",
        "Kohlenhydrate",
        "Zucker",
        "Ballaststoffe",
        "Eiweiß",
        "Salz",
    ],
    all_fit: "Alles auf dieser Karte ist {diets}.",
    comma: ", ",
    diets: ["Vegan", "Vegetarisch", "Halal", "Koscher", "Glutenfrei"],
};

const SPANISH: Words = Words {
    module: "es",
    menu: "Carta",
    skip: "Ir a la carta",
    sections: "Secciones de la carta",
    no_script: "JavaScript está desactivado. Para pedir, elija los platos uno a uno por su nombre.",
    sold_out: "Agotado",
    or_size: "o {size} {price}",
    up_to: "hasta {price}",
    tax_included: "Todos los precios incluyen {taxes}.",
    tax_added: "A estos precios se añade: {taxes}.",
    service_added: "A cada pedido se añade: {charge}.",
    search: "Buscar entre {n} platos",
    diet_and_allergies: "Dieta y alergias",
    help: "¿Preguntas, peticiones, alergias? Consúltenos cuando quiera.",
    serving: "Por ración:",
    nutrients: [
        "energía",
        "grasas",
        "grasas saturadas",
        "hidratos de carbono",
        "azúcares",
        "fibra",
        "proteínas",
        "sal",
    ],
    all_fit: "Todo en esta carta es {diets}.",
    comma: ", ",
    diets: ["Vegano", "Vegetariano", "Halal", "Kosher", "Sin gluten"],
};

const ARABIC: Words = Words {
    module: "ar",
    menu: "قائمة الطعام",
    skip: "إلى القائمة",
    sections: "أقسام القائمة",
    no_script: "‏JavaScript متوقف. للطلب، اختر الأصناف بأسمائها واحدًا بعد الآخر.",
    sold_out: "نفد",
    or_size: "أو {size} {price}",
    up_to: "حتى {price}",
    tax_included: "جميع الأسعار تشمل {taxes}.",
    tax_added: "يُضاف إلى هذه الأسعار: {taxes}.",
    service_added: "يُضاف إلى كل طلب: {charge}.",
    search: "ابحث في {n} من الأصناف",
    diet_and_allergies: "الحمية والحساسية",
    help: "سؤال أو طلب خاص أو حساسية؟ اسألنا في أي وقت.",
    serving: "لكل حصة:",
    nutrients: [
        "الطاقة",
        "الدهون",
        "الدهون المشبعة",
        "الكربوهيدرات",
        "السكريات",
        "الألياف",
        "البروتين",
        "الملح",
    ],
    all_fit: "كل ما في هذه القائمة {diets}.",
    comma: "، ",
    diets: ["نباتي صرف", "نباتي", "حلال", "كوشر", "خالٍ من الغلوتين"],
};

/// The words for a page in `lang`.
#[must_use]
pub fn of(lang: &str) -> &'static Words {
    match base(lang) {
        "ar" => &ARABIC,
        "es" => &SPANISH,
        "ja" => &JAPANESE,
        "de" => &GERMAN,
        _ => &ENGLISH,
    }
}
