//! A restaurant's one colour, made readable: 4.5:1 against paper and against the text on it, in light and in dark.
//!
//! Contrast as WCAG 2.2 defines it ("relative luminance", "contrast ratio").

const LIGHT_PAPER: Rgb = Rgb([0xfb, 0xf8, 0xf3]);
const DARK_PAPER: Rgb = Rgb([0x1f, 0x1b, 0x17]);
const WHITE: Rgb = Rgb([0xff, 0xff, 0xff]);
const INK: Rgb = Rgb([0x1d, 0x1a, 0x16]);
const CONTRAST_MIN: f64 = 4.6;
/// On dark paper a saturated colour glares at the bare minimum; lighter ones sit better.
const DARK_CONTRAST_MIN: f64 = 7.0;

/// The colours a page sets, as `#rrggbb`.
#[derive(Debug)]
pub struct Accent {
    /// On light paper.
    pub light: String,
    /// What is read on it.
    pub light_ink: String,
    /// On dark paper.
    pub dark: String,
    /// What is read on it.
    pub dark_ink: String,
    /// What is read on the accent as the restaurant gave it.
    pub on_mark: String,
}

impl Accent {
    /// From `#rrggbb`; anything else counts as ink, which every page can bear.
    #[must_use]
    pub fn new(accent: &str) -> Self {
        let given = Rgb::parse(accent).unwrap_or(INK);
        let light = given.towards(Rgb([0, 0, 0]), LIGHT_PAPER, CONTRAST_MIN);
        // Full brightness first keeps the colour vivid on dark paper; white alone would make it pale.
        let is_readable = given.contrast(DARK_PAPER) >= DARK_CONTRAST_MIN;
        let dark = if is_readable {
            given
        } else {
            given.brightest()
        };
        let dark = dark.towards(WHITE, DARK_PAPER, DARK_CONTRAST_MIN);
        Self {
            light_ink: light.ink().to_string(),
            light: light.to_string(),
            dark_ink: dark.ink().to_string(),
            dark: dark.to_string(),
            on_mark: given.ink().to_string(),
        }
    }
}

#[derive(Clone, Copy, Debug, PartialEq)]
struct Rgb([u8; 3]);

impl Rgb {
    fn parse(text: &str) -> Option<Self> {
        let digits = text.strip_prefix('#').filter(|digits| digits.len() == 6)?;
        let bytes = u32::from_str_radix(digits, 16).ok()?.to_be_bytes();
        Some(Self([bytes[1], bytes[2], bytes[3]]))
    }

    /// This colour, mixed with `pole` in steps of a twentieth until it stands out from `paper` enough.
    fn towards(self, pole: Self, paper: Self, contrast_min: f64) -> Self {
        let mixed = |twentieths: u16| {
            let channel = |index: usize| {
                let (own, other) = (u16::from(self.0[index]), u16::from(pole.0[index]));
                u8::try_from((own * (20 - twentieths) + other * twentieths) / 20).unwrap_or(u8::MAX)
            };
            Self([channel(0), channel(1), channel(2)])
        };
        (0..=20)
            .map(mixed)
            .find(|colour| colour.contrast(paper) >= contrast_min)
            .unwrap_or(pole)
    }

    /// The same hue with its largest channel at full.
    fn brightest(self) -> Self {
        let largest = u16::from(self.0.into_iter().max().unwrap_or_default()).max(1);
        Self(
            self.0
                .map(|channel| u8::try_from(u16::from(channel) * 255 / largest).unwrap_or(u8::MAX)),
        )
    }

    /// White or ink, whichever reads better on this colour.
    fn ink(self) -> Self {
        if self.contrast(WHITE) >= self.contrast(INK) {
            WHITE
        } else {
            INK
        }
    }

    #[expect(clippy::float_arithmetic, reason = "colour, not money")]
    fn contrast(self, other: Self) -> f64 {
        let (a, b) = (self.luminance(), other.luminance());
        (a.max(b) + 0.05) / (a.min(b) + 0.05)
    }

    #[expect(clippy::float_arithmetic, reason = "colour, not money")]
    fn luminance(self) -> f64 {
        let [red, green, blue] = self.0.map(|channel| {
            let part = f64::from(channel) / 255.0;
            if part <= 0.04045 {
                part / 12.92
            } else {
                ((part + 0.055) / 1.055).powf(2.4)
            }
        });
        0.2126 * red + 0.7152 * green + 0.0722 * blue
    }
}

impl std::fmt::Display for Rgb {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let [red, green, blue] = self.0;
        write!(f, "#{red:02x}{green:02x}{blue:02x}")
    }
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "a test fails by panicking")]
    use super::*;

    #[test]
    fn every_accent_reads_on_paper_and_bears_text_in_light_and_dark() {
        for accent in [
            "#b3261e", "#ffd400", "#00ff00", "#0000ff", "#000000", "#ffffff", "#808080", "#5d3a1a",
            "red",
        ] {
            let Accent {
                light,
                light_ink,
                dark,
                dark_ink,
                ..
            } = Accent::new(accent);
            for (colour, on, why) in [
                (&light, LIGHT_PAPER, "on light paper"),
                (&dark, DARK_PAPER, "on dark paper"),
                (&light_ink, Rgb::parse(&light).unwrap(), "text on it, light"),
                (&dark_ink, Rgb::parse(&dark).unwrap(), "text on it, dark"),
            ] {
                let contrast = Rgb::parse(colour).unwrap().contrast(on);
                assert!(
                    contrast >= 4.5,
                    "{accent} {why}: {colour} has {contrast:.2}"
                );
            }
        }
    }

    #[test]
    fn an_accent_that_reads_already_stays_as_the_restaurant_gave_it() {
        assert_eq!(Accent::new("#b3261e").light, "#b3261e");
    }
}
