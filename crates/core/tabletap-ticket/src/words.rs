//! The fixed phrases on paper in the kitchens' languages, as far as the printer can show them.
//!
//! The table below has one row for each phrase. A printer without fonts shows only plain text: a phrase in Latin letters then loses its
//! accents, and any other is printed in English. POSSIBLE DUPLICATE is in English on every paper, because machines read it too.

use tabletap_domain::{Lang, menu::Allergen, removal::names_its_absence};

use crate::{
    clean::{clean, is_plain, transliterate, visible},
    emoji,
    fonts::Fonts,
};

/// A phrase in English, Spanish, Japanese, Arabic and German, with `{}` for each value.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Phrase([&'static str; 5]);

#[rustfmt::skip]
impl Phrase {
    pub(crate) const WITHOUT: Self = Self(["NO {}", "SIN {}", "{}抜き", "بدون {}", "OHNE {}"]);
    pub(crate) const DINE_IN: Self = Self(["DINE-IN", "EN MESA", "店内", "محلي", "IM HAUS"]);
    pub(crate) const TAKEOUT: Self = Self(["TAKEOUT", "PARA LLEVAR", "お持ち帰り", "سفري", "ZUM MITNEHMEN"]);
    pub(crate) const DELIVERY: Self = Self(["DELIVERY", "A DOMICILIO", "配達", "توصيل", "LIEFERUNG"]);
    pub(crate) const PAID: Self = Self(["PAID", "PAGADO", "会計済", "مدفوع", "BEZAHLT"]);
    pub(crate) const UNPAID: Self = Self(["UNPAID", "SIN PAGAR", "未会計", "غير مدفوع", "NICHT BEZAHLT"]);
    pub(crate) const ALLERGY: Self = Self(["ALLERGY", "ALERGIA", "アレルギー", "حساسية", "ALLERGIE"]);
    pub(crate) const ACCEPTED: Self = Self([
        "CONTAINS {} - GUEST ACCEPTED",
        "CONTIENE {} - EL CLIENTE LO ACEPTA",
        "{}を含む - お客様了承済み",
        "يحتوي على {} - بموافقة الضيف",
        "ENTHÄLT {} - GAST EINVERSTANDEN",
    ]);
    pub(crate) const READY_AT: Self = Self(["READY AT", "LISTO A LAS", "お渡し時刻", "جاهز الساعة", "FERTIG UM"]);
    pub(crate) const PART_OF: Self = Self(["part of {}", "parte de {}", "{} の一品", "ضمن {}", "Teil von {}"]);
    pub(crate) const NOTE: Self = Self(["Note", "Nota", "備考", "ملاحظة", "Hinweis"]);
    pub(crate) const GUEST: Self = Self(["Guest", "Cliente", "お客様", "الضيف", "Gast"]);
    pub(crate) const NAME: Self = Self(["Name", "Nombre", "お名前", "الاسم", "Name"]);
    pub(crate) const TABLE: Self = Self(["TABLE {}", "MESA {}", "テーブル {}", "طاولة {}", "TISCH {}"]);
    pub(crate) const TICKET_OF_ORDER: Self = Self(["{} of {}", "{} de {}", "{}/{}", "{} من {}", "{} von {}"]);
    pub(crate) const SLIP: Self = Self(["slip {}", "papel {}", "伝票 {}", "ورقة {}", "Bon {}"]);
    pub(crate) const PRINTED: Self = Self(["printed {}", "impreso {}", "印刷 {}", "طُبع {}", "gedruckt {}"]);
    pub(crate) const COPY: Self = Self(["copy {}: {}", "copia {}: {}", "{}枚目: {}", "نسخة {}: {}", "Kopie {}: {}"]);
    pub(crate) const COPY_FOR_STAFF: Self = Self([
        "printed again for the staff",
        "impresa de nuevo para el personal",
        "スタッフによる再印刷",
        "طُبعت مجددًا بطلب الموظفين",
        "für das Personal noch einmal gedruckt",
    ]);
    pub(crate) const COPY_IN_DOUBT: Self = Self([
        "an earlier one may have come out",
        "puede que ya haya salido otra",
        "先に印刷された可能性があります",
        "ربما طُبعت نسخة قبلها",
        "vielleicht wurde schon eine gedruckt",
    ]);
    pub(crate) const CALL_STAFF: Self = Self(["PLEASE COME", "LLAMAN A LA MESA", "お呼び出し", "يُرجى الحضور", "BITTE KOMMEN"]);
    pub(crate) const CALL_BILL: Self = Self([
        "THE BILL, PLEASE",
        "LA CUENTA, POR FAVOR",
        "お会計お願いします",
        "الحساب من فضلك",
        "DIE RECHNUNG, BITTE",
    ]);
    pub(crate) const CALL_CASH: Self = Self(["PAYS CASH", "PAGA EN EFECTIVO", "現金でお支払い", "الدفع نقدًا", "ZAHLT BAR"]);
    pub(crate) const DUPLICATE: Self = Self([
        "POSSIBLE DUPLICATE",
        "POSIBLE DUPLICADO",
        "二重印刷の可能性あり",
        "قد تكون نسخة مكررة",
        "VIELLEICHT DOPPELT",
    ]);
    pub(crate) const NEEDS_FONT: Self = Self([
        "[text needs a font]",
        "[falta una fuente]",
        "[フォントがありません]",
        "[ينقص خط]",
        "[Schrift fehlt]",
    ]);
}

/// The allergens as they are printed in the frame.
#[rustfmt::skip]
impl Phrase {
    const GLUTEN: Self = Self(["gluten", "gluten", "小麦・グルテン", "غلوتين", "Gluten"]);
    const CRUSTACEANS: Self = Self(["crustaceans", "crustáceos", "甲殻類", "قشريات", "Krebstiere"]);
    const EGG: Self = Self(["egg", "huevo", "卵", "بيض", "Ei"]);
    const FISH: Self = Self(["fish", "pescado", "魚", "سمك", "Fisch"]);
    const PEANUT: Self = Self(["peanut", "maní", "落花生", "فول سوداني", "Erdnüsse"]);
    const SOY: Self = Self(["soy", "soya", "大豆", "صويا", "Soja"]);
    const MILK: Self = Self(["milk", "leche", "乳", "حليب", "Milch"]);
    const NUTS: Self = Self(["nuts", "frutos secos", "ナッツ類", "مكسرات", "Nüsse"]);
    const CELERY: Self = Self(["celery", "apio", "セロリ", "كرفس", "Sellerie"]);
    const MUSTARD: Self = Self(["mustard", "mostaza", "マスタード", "خردل", "Senf"]);
    const SESAME: Self = Self(["sesame", "ajonjolí", "ごま", "سمسم", "Sesam"]);
    const SULPHITES: Self = Self(["sulphites", "sulfitos", "亜硫酸塩", "كبريتيت", "Sulfite"]);
    const LUPIN: Self = Self(["lupin", "altramuz", "ルピナス", "ترمس", "Lupinen"]);
    const MOLLUSCS: Self = Self(["molluscs", "moluscos", "貝類・軟体類", "رخويات", "Weichtiere"]);
}

fn allergen(allergen: Allergen) -> Phrase {
    match allergen {
        Allergen::Gluten => Phrase::GLUTEN,
        Allergen::Crustaceans => Phrase::CRUSTACEANS,
        Allergen::Egg => Phrase::EGG,
        Allergen::Fish => Phrase::FISH,
        Allergen::Peanut => Phrase::PEANUT,
        Allergen::Soy => Phrase::SOY,
        Allergen::Milk => Phrase::MILK,
        Allergen::Nuts => Phrase::NUTS,
        Allergen::Celery => Phrase::CELERY,
        Allergen::Mustard => Phrase::MUSTARD,
        Allergen::Sesame => Phrase::SESAME,
        Allergen::Sulphites => Phrase::SULPHITES,
        Allergen::Lupin => Phrase::LUPIN,
        Allergen::Molluscs => Phrase::MOLLUSCS,
    }
}

/// The number of dishes, in the plural forms of each language. See Unicode CLDR, plural rules.
fn dishes(count: u32) -> Phrase {
    let one = count == 1;
    let arabic = match (count, count % 100) {
        (1, _) => "طبق واحد",
        (2, _) => "طبقان",
        (_, 3..=10) => "{} أطباق",
        (_, 11..=99) => "{} طبقًا",
        _ => "{} طبق",
    };
    Phrase([
        if one { "{} dish" } else { "{} dishes" },
        if one { "{} plato" } else { "{} platos" },
        "{}品",
        arabic,
        if one { "{} Gericht" } else { "{} Gerichte" },
    ])
}

/// The phrases in one kitchen's language, with the fonts its printer has.
#[derive(Clone, Copy)]
pub(crate) struct Words<'a> {
    column: usize,
    is_american: bool,
    fonts: &'a Fonts,
}

impl<'a> Words<'a> {
    /// English if the language is not known, or not one of these.
    pub(crate) fn of(lang: Option<&Lang>, fonts: &'a Fonts) -> Self {
        let tag = lang.map(Lang::as_str).unwrap_or_default();
        let column = match tag.split('-').next().unwrap_or(tag) {
            "es" => 1,
            "ja" => 2,
            "ar" => 3,
            "de" => 4,
            _ => 0,
        };
        Self {
            column,
            is_american: tag == "en-US",
            fonts,
        }
    }

    /// Whether the paper is laid out from right to left.
    pub(crate) fn is_right_to_left(&self) -> bool {
        self.column == 3 && !self.fonts.is_empty()
    }

    /// A phrase without values.
    pub(crate) fn phrase(&self, word: Phrase) -> String {
        self.printable(word.0[self.column], word.0[0])
    }

    /// A phrase with its values.
    pub(crate) fn fill(&self, word: Phrase, gaps: &[&str]) -> String {
        let own = filled(word.0[self.column], gaps);
        // Fonts of one script may lack the characters `{}`, which only stand for a value. So the whole text decides.
        if self.fonts.can_draw(&own) {
            return own;
        }
        filled(&self.phrase(word), gaps)
    }

    pub(crate) fn allergen(&self, of: Allergen) -> String {
        match of {
            Allergen::Sulphites if self.is_american => "sulfites".to_owned(),
            Allergen::Molluscs if self.is_american => "mollusks".to_owned(),
            _ => self.phrase(allergen(of)),
        }
    }

    pub(crate) fn dishes(&self, count: u32) -> String {
        self.fill(dishes(count), &[&count.to_string()])
    }

    /// A removal, marked once: a name that already says "no" is not marked again; its first word is written in capitals.
    pub(crate) fn without(&self, name: &str) -> String {
        if !names_its_absence(name) {
            return self.fill(Phrase::WITHOUT, &[name]);
        }
        match name.split_once(' ') {
            Some((first, rest)) if names_its_absence(first) => {
                format!("{} {rest}", first.to_uppercase())
            }
            None => name.to_uppercase(),
            Some(_) => name.to_owned(),
        }
    }

    /// A text from outside, made harmless and visible, with emoji in words.
    pub(crate) fn text(&self, text: &str) -> String {
        let choose = |own: &str, english: &str| self.printable(own, english);
        visible(&emoji::replace_with_names(
            &clean(text),
            self.column,
            choose,
        ))
    }

    /// A text that needs a font, when there is none.
    pub(crate) fn without_font(&self, text: &str) -> String {
        format!(
            "{} {}",
            transliterate(text),
            self.phrase(Phrase::NEEDS_FONT)
        )
    }

    /// The kitchen's own phrase if the printer can show it, else without its accents, else in English.
    fn printable(&self, own: &str, english: &str) -> String {
        if is_plain(own) || self.fonts.can_draw(own) {
            return own.to_owned();
        }
        let plain = transliterate(own);
        if plain.contains('?') {
            english.to_owned()
        } else {
            plain
        }
    }
}

fn filled(phrase: &str, gaps: &[&str]) -> String {
    let mut filled = String::new();
    let mut gaps = gaps.iter();
    for (place, part) in phrase.split("{}").enumerate() {
        if place > 0 {
            filled.push_str(gaps.next().copied().unwrap_or_default());
        }
        filled.push_str(part);
    }
    filled
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "a test fails by panicking")]
    use super::*;

    fn without(lang: &str, name: &str) -> String {
        let fonts = Fonts::none();
        Words::of(Some(&lang.parse().unwrap()), &fonts).without(name)
    }

    #[test]
    fn a_removal_is_marked_once() {
        for (lang, name, said) in [
            ("en", "Onion", "NO Onion"),
            ("en", "No sesame", "NO sesame"),
            ("en", "No", "NO"),
            ("en", "Nori", "NO Nori"),
            ("es", "Cebolla", "SIN Cebolla"),
            ("es", "Sin cebolla", "SIN cebolla"),
            ("es", "Ohne Käse", "OHNE Käse"),
            ("de", "Käse", "OHNE Käse"),
            ("pt", "Cebola", "NO Cebola"),
            ("ar", "من دون خبز", "من دون خبز"),
            ("ja", "さび抜き", "さび抜き"),
        ] {
            assert_eq!(without(lang, name), said, "{lang}");
        }
    }

    #[test]
    fn without_fonts_phrases_are_plain_or_in_english() {
        let fonts = Fonts::none();
        for (lang, allergy, peanut, count) in [
            ("en", "ALLERGY", "peanut", "3 dishes"),
            ("es", "ALERGIA", "mani", "3 platos"),
            ("de", "ALLERGIE", "Erdnusse", "3 Gerichte"),
            ("ja", "ALLERGY", "peanut", "3 dishes"),
            ("ar", "ALLERGY", "peanut", "3 dishes"),
        ] {
            let words = Words::of(Some(&lang.parse().unwrap()), &fonts);
            let said = (
                words.phrase(Phrase::ALLERGY),
                words.allergen(Allergen::Peanut),
            );
            assert_eq!(said, (allergy.to_owned(), peanut.to_owned()), "{lang}");
            assert_eq!(words.dishes(3), count, "{lang}");
            let text = words.text("NO 🥜");
            assert!(
                is_plain(&text) && text.len() > "NO []".len(),
                "{lang}: {text}"
            );
        }
    }

    #[test]
    fn kitchens_in_the_united_states_read_american_spelling() {
        let fonts = Fonts::none();
        for (lang, sulphites, molluscs, fish) in [
            ("en", "sulphites", "molluscs", "fish"),
            ("en-US", "sulfites", "mollusks", "fish"),
            ("es-US", "sulfitos", "moluscos", "pescado"),
        ] {
            let words = Words::of(Some(&lang.parse().unwrap()), &fonts);
            let said = [Allergen::Sulphites, Allergen::Molluscs, Allergen::Fish]
                .map(|of| words.allergen(of));
            assert_eq!(said, [sulphites, molluscs, fish], "{lang}");
        }
    }

    #[test]
    fn arabic_dishes_are_counted_with_their_plural_forms() {
        for (count, form) in [
            (1, "طبق واحد"),
            (2, "طبقان"),
            (3, "{} أطباق"),
            (10, "{} أطباق"),
            (11, "{} طبقًا"),
            (100, "{} طبق"),
            (103, "{} أطباق"),
        ] {
            assert_eq!(dishes(count).0[3], form, "{count}");
        }
    }
}
