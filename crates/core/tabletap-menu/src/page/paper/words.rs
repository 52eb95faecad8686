//! The words of a paper menu, in the languages the product speaks; other menus get English ones.

use tabletap_domain::menu::Allergen;

/// One language's words.
#[derive(Debug)]
pub(super) struct PaperWords {
    pub(super) menu: &'static str,
    /// Below the last dish.
    pub(super) ask: &'static str,
    contains: &'static str,
    comma: &'static str,
    /// In the order of [`Allergen::ALL`].
    allergens: [&'static str; 14],
}

impl PaperWords {
    /// `Contains gluten, egg`; nothing where there is nothing to name.
    pub(super) fn contains(&self, allergens: &[Allergen]) -> Option<String> {
        let named = Allergen::ALL.iter().zip(self.allergens);
        let named = named.filter(|(allergen, _)| allergens.contains(allergen));
        let list: Vec<&str> = named.map(|(_, word)| word).collect();
        let list = list.join(self.comma);
        (!list.is_empty()).then(|| self.contains.replace("{list}", &list))
    }
}

const ENGLISH: PaperWords = PaperWords {
    menu: "Menu",
    ask: "Allergies? Please tell us before you order. Our kitchen handles all of these every day.",
    contains: "contains {list}",
    comma: ", ",
    allergens: [
        "gluten",
        "crustaceans",
        "egg",
        "fish",
        "peanut",
        "soy",
        "milk",
        "nuts",
        "celery",
        "mustard",
        "sesame",
        "sulphites",
        "lupin",
        "molluscs",
    ],
};

const AMERICAN: PaperWords = PaperWords {
    allergens: [
        "gluten",
        "crustaceans",
        "egg",
        "fish",
        "peanut",
        "soy",
        "milk",
        "nuts",
        "celery",
        "mustard",
        "sesame",
        "sulfites",
        "lupin",
        "mollusks",
    ],
    ..ENGLISH
};

const GERMAN: PaperWords = PaperWords {
    menu: "Speisekarte",
    ask: "Allergien? Bitte sagen Sie es uns vor der Bestellung. In unserer Küche wird mit all dem täglich gearbeitet.",
    contains: "enthält {list}",
    comma: ", ",
    allergens: [
        "Gluten",
        "Krebstiere",
        "Ei",
        "Fisch",
        "Erdnüsse",
        "Soja",
        "Milch",
        "Nüsse",
        "Sellerie",
        "Senf",
        "Sesam",
        "Sulfite",
        "Lupinen",
        "Weichtiere",
    ],
};

const SPANISH: PaperWords = PaperWords {
    menu: "Carta",
    ask: "¿Alergias? Avísenos antes de pedir. En nuestra cocina se trabaja con todo esto a diario.",
    contains: "contiene {list}",
    comma: ", ",
    allergens: [
        "gluten",
        "crustáceos",
        "huevo",
        "pescado",
        "maní",
        "soya",
        "leche",
        "frutos secos",
        "apio",
        "mostaza",
        "ajonjolí",
        "sulfitos",
        "altramuz",
        "moluscos",
    ],
};

/// Spain's words where the Americas have others.
const EUROPEAN_SPANISH: PaperWords = PaperWords {
    allergens: [
        "gluten",
        "crustáceos",
        "huevo",
        "pescado",
        "cacahuete",
        "soja",
        "leche",
        "frutos secos",
        "apio",
        "mostaza",
        "sésamo",
        "sulfitos",
        "altramuz",
        "moluscos",
    ],
    ..SPANISH
};

const JAPANESE: PaperWords = PaperWords {
    menu: "お品書き",
    ask: "アレルギーのある方は、ご注文の前にスタッフにお知らせください。キッチンではこれらの食材を毎日扱っています。",
    contains: "アレルゲン：{list}",
    comma: "、",
    allergens: [
        "小麦・グルテン",
        "甲殻類",
        "卵",
        "魚",
        "落花生",
        "大豆",
        "乳",
        "ナッツ類",
        "セロリ",
        "マスタード",
        "ごま",
        "亜硫酸塩",
        "ルピナス",
        "貝類・軟体類",
    ],
};

const ARABIC: PaperWords = PaperWords {
    menu: "قائمة الطعام",
    ask: "هل لديك حساسية؟ أخبرنا قبل الطلب، فمطبخنا يستعمل هذه المكونات كل يوم.",
    contains: "يحتوي على {list}",
    comma: "، ",
    allergens: [
        "غلوتين",
        "قشريات",
        "بيض",
        "سمك",
        "فول سوداني",
        "صويا",
        "حليب",
        "مكسرات",
        "كرفس",
        "خردل",
        "سمسم",
        "كبريتيت",
        "ترمس",
        "رخويات",
    ],
};

/// The words for a menu of `locale`.
pub(super) fn of(locale: &str) -> &'static PaperWords {
    match locale {
        "en-US" => return &AMERICAN,
        "es" | "es-ES" => return &EUROPEAN_SPANISH,
        _ => {}
    }
    match locale.split('-').next().unwrap_or(locale) {
        "ar" => &ARABIC,
        "de" => &GERMAN,
        "es" => &SPANISH,
        "ja" => &JAPANESE,
        _ => &ENGLISH,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn allergens_have_the_words_of_the_restaurants_country() {
        for (locale, allergen, word) in [
            ("en-US", Allergen::Sulphites, "contains sulfites"),
            ("en", Allergen::Sulphites, "contains sulphites"),
            ("es", Allergen::Soy, "contiene soja"),
            ("es-PE", Allergen::Soy, "contiene soya"),
            ("es-PE", Allergen::Peanut, "contiene maní"),
            ("es", Allergen::Peanut, "contiene cacahuete"),
        ] {
            let said = of(locale).contains(&[allergen]);
            assert_eq!(said.as_deref(), Some(word), "{locale}");
        }
    }
}
