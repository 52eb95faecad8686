//! Whether the restaurant's accent colour can be read, by WCAG 2.2 "contrast (minimum)", in integers.

/// The page's ground in light mode and the text on the accent; both must stand out from it.
const LIGHT_GROUND: [u8; 3] = [0xfb, 0xf8, 0xf3];
const WHITE: [u8; 3] = [0xff, 0xff, 0xff];

/// `#rrggbb`.
pub(crate) fn parse(text: &str) -> Option<[u8; 3]> {
    let digits = text.strip_prefix('#')?;
    if digits.len() != 6 || !digits.bytes().all(|b| b.is_ascii_hexdigit()) {
        return None;
    }
    let channel = |from: usize| u8::from_str_radix(digits.get(from..from + 2)?, 16).ok();
    Some([channel(0)?, channel(2)?, channel(4)?])
}

/// The lower of the two contrasts, in hundredths: 450 is the 4.5:1 that small text needs.
pub(crate) fn contrast_hundredths(accent: [u8; 3]) -> u64 {
    [LIGHT_GROUND, WHITE]
        .map(|ground| ratio_hundredths(accent, ground))
        .into_iter()
        .min()
        .unwrap_or(0)
}

/// WCAG's contrast ratio `(lighter + 0.05) / (darker + 0.05)`, times 100, rounded down.
fn ratio_hundredths(one: [u8; 3], other: [u8; 3]) -> u64 {
    let (one, other) = (luminance(one), luminance(other));
    let (lighter, darker) = (one.max(other), one.min(other));
    (lighter + HAZE) * 100 / (darker + HAZE)
}

/// WCAG's 0.05, on the scale of [`luminance`].
const HAZE: u64 = 50_000_000;

/// Relative luminance times 10^9, from the linear channels times 10^5.
fn luminance([red, green, blue]: [u8; 3]) -> u64 {
    let linear = |channel: u8| u64::from(LINEAR[usize::from(channel)]);
    2126 * linear(red) + 7152 * linear(green) + 722 * linear(blue)
}

/// sRGB's 256 channel values made linear, times 10^5 (IEC 61966-2-1).
#[rustfmt::skip]
const LINEAR: [u32; 256] = [
    0, 30, 61, 91, 121, 152, 182, 212, 243, 273, 304, 335, 368, 402, 439, 478,
    518, 561, 605, 651, 700, 750, 802, 857, 913, 972, 1033, 1096, 1161, 1229, 1298, 1370,
    1444, 1521, 1600, 1681, 1764, 1850, 1938, 2029, 2122, 2217, 2315, 2416, 2519, 2624, 2732, 2843,
    2956, 3071, 3190, 3310, 3434, 3560, 3689, 3820, 3955, 4092, 4231, 4374, 4519, 4667, 4817, 4971,
    5127, 5286, 5448, 5613, 5781, 5951, 6125, 6301, 6480, 6663, 6848, 7036, 7227, 7421, 7619, 7819,
    8022, 8228, 8438, 8650, 8866, 9084, 9306, 9531, 9759, 9990, 10_224, 10_462, 10_702, 10_946, 11_193, 11_444,
    11_697, 11_954, 12_214, 12_477, 12_744, 13_014, 13_287, 13_563, 13_843, 14_126, 14_413, 14_703, 14_996, 15_293, 15_593, 15_896,
    16_203, 16_513, 16_827, 17_144, 17_465, 17_789, 18_116, 18_447, 18_782, 19_120, 19_462, 19_807, 20_156, 20_508, 20_864, 21_223,
    21_586, 21_953, 22_323, 22_697, 23_074, 23_455, 23_840, 24_228, 24_620, 25_016, 25_415, 25_818, 26_225, 26_636, 27_050, 27_468,
    27_889, 28_315, 28_744, 29_177, 29_614, 30_054, 30_499, 30_947, 31_399, 31_855, 32_314, 32_778, 33_245, 33_716, 34_191, 34_670,
    35_153, 35_640, 36_131, 36_625, 37_124, 37_626, 38_133, 38_643, 39_157, 39_676, 40_198, 40_724, 41_254, 41_789, 42_327, 42_869,
    43_415, 43_966, 44_520, 45_079, 45_641, 46_208, 46_778, 47_353, 47_932, 48_515, 49_102, 49_693, 50_289, 50_888, 51_492, 52_100,
    52_712, 53_328, 53_948, 54_572, 55_201, 55_834, 56_471, 57_112, 57_758, 58_408, 59_062, 59_720, 60_383, 61_050, 61_721, 62_396,
    63_076, 63_760, 64_448, 65_141, 65_837, 66_539, 67_244, 67_954, 68_669, 69_387, 70_110, 70_838, 71_569, 72_306, 73_046, 73_791,
    74_540, 75_294, 76_052, 76_815, 77_582, 78_354, 79_130, 79_910, 80_695, 81_485, 82_279, 83_077, 83_880, 84_687, 85_499, 86_316,
    87_137, 87_962, 88_792, 89_627, 90_466, 91_310, 92_158, 93_011, 93_869, 94_731, 95_597, 96_469, 97_345, 98_225, 99_110, 100_000,
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn contrast_is_what_wcag_says() {
        assert_eq!(ratio_hundredths([0, 0, 0], WHITE), 2100);
        assert_eq!(ratio_hundredths(WHITE, WHITE), 100);
        // #767676 is the well-known lightest grey that passes on white, 4.54:1.
        assert_eq!(ratio_hundredths([0x76, 0x76, 0x76], WHITE), 454);
    }

    #[test]
    fn only_six_hex_digits_are_a_colour() {
        assert_eq!(parse("#b3261e"), Some([0xb3, 0x26, 0x1e]));
        for text in ["b3261e", "#b32", "#b3261g", "#b3261", "red", "#日本", ""] {
            assert_eq!(parse(text), None, "{text}");
        }
    }
}
