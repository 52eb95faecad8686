//! The upper half of code page 437, which ESC/POS printers start with (`ESC t 0`).

/// The characters of bytes 0x80 to 0xFF in order.
const UPPER: &str = "ÇüéâäàåçêëèïîìÄÅÉæÆôöòûùÿÖÜ¢£¥₧ƒáíóúñÑªº¿⌐¬½¼¡«»░▒▓│┤╡╢╖╕╣║╗╝╜╛┐└┴┬├─┼╞╟╚╔╩╦╠═╬╧╨╤╥╙╘╒╓╫╪┘┌█▄▌▐▀αßΓπΣσµτΦΘΩδ∞φε∩≡±≥≤⌠⌡÷≈°∙·√ⁿ²■\u{a0}";

/// The character that a printer in its default page shows for a printable byte.
pub(crate) fn character(byte: u8) -> char {
    if byte < 0x80 {
        return char::from(byte);
    }
    UPPER
        .chars()
        .nth(usize::from(byte - 0x80))
        .unwrap_or('\u{fffd}')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_high_byte_has_its_character() {
        assert_eq!(UPPER.chars().count(), 128);
        assert_eq!(character(0x82), 'é');
        assert_eq!(character(0xF0), '≡');
        assert_eq!(character(0xFA), '·');
        assert_eq!(character(b'-'), '-');
    }
}
