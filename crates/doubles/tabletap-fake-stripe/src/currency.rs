//! Currencies as Stripe charges them: their decimals and the smallest amounts. See Stripe, "Supported currencies".

/// Decimals of a currency in lower case; none where Stripe does not know it.
pub(crate) fn decimals(currency: &str) -> Option<u32> {
    const NONE: &str = "bif clp djf gnf jpy kmf krw mga pyg rwf ugx vnd vuv xaf xof xpf";
    const THREE: &str = "bhd jod kwd omr tnd";
    const TWO: &str = "aed afn all amd ang aoa ars aud awg azn bam bbd bdt bgn bmd bnd bob brl bsd bwp byn bzd \
        cad cdf chf cny cop crc cve czk dkk dop dzd egp etb eur fjd fkp gbp gel gip gmd gtq gyd hkd hnl htg huf \
        idr ils inr isk jmd kes kgs khr kyd kzt lak lbp lkr lrd lsl mad mdl mkd mmk mnt mop mur mvr mwk mxn myr \
        mzn nad ngn nio nok npr nzd pab pen pgk php pkr pln qar ron rsd rub sar sbd scr sek sgd shp sle sos srd \
        std szl thb tjs top try ttd twd tzs uah usd uyu uzs wst xcd yer zar zmw";
    let is_in = |list: &str| list.split_whitespace().any(|known| known == currency);
    match currency {
        _ if currency.len() != 3 => None,
        _ if is_in(NONE) => Some(0),
        _ if is_in(THREE) => Some(3),
        _ if is_in(TWO) => Some(2),
        _ => None,
    }
}

/// The least that can be charged. Where Stripe converts into the account's own currency, this is about half a dollar.
pub(crate) fn minimum(currency: &str) -> i64 {
    match currency {
        "gbp" => 30,
        "aed" | "myr" | "pen" | "pln" | "ron" => 200,
        "dkk" => 250,
        "nok" | "sek" => 300,
        "hkd" => 400,
        "mxn" | "thb" => 1_000,
        "czk" => 1_500,
        "huf" => 17_500,
        "bgn" => 100,
        "kwd" | "bhd" | "omr" | "jod" | "tnd" => 200,
        // usd, eur, jpy and most others.
        _ => 50,
    }
}

/// `USD 12.50`, for sentences and the page.
pub(crate) fn shown(minor: i64, currency: &str) -> String {
    let digits = decimals(currency).unwrap_or(2);
    let code = currency.to_uppercase();
    let unit = 10_u64.pow(digits);
    let (sign, whole, rest) = (
        if minor < 0 { "-" } else { "" },
        minor.unsigned_abs() / unit,
        minor.unsigned_abs() % unit,
    );
    match usize::try_from(digits) {
        Ok(0) | Err(_) => format!("{sign}{code}\u{a0}{whole}"),
        Ok(width) => format!("{sign}{code}\u{a0}{whole}.{rest:0width$}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn amounts_are_shown_with_the_decimals_of_their_currency() {
        let cases = [
            (1_250, "usd", "USD\u{a0}12.50"),
            (5, "usd", "USD\u{a0}0.05"),
            (900, "jpy", "JPY\u{a0}900"),
            (2_750, "kwd", "KWD\u{a0}2.750"),
        ];
        for (minor, currency, expected) in cases {
            assert_eq!(shown(minor, currency), expected);
        }
        assert_eq!(decimals("xyz"), None);
    }
}
