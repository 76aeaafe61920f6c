//! Phone numbers in E.164. A small rule of our own rather than a library of numbering plans: whether a number exists is for the carrier to
//! say, and plans change faster than servers are updated; what is needed here is one spelling, and a clear word where there is none.
//! Pure, so that forms check as one types.

/// The country codes in use (ITU-T E.164, list of assigned codes). A number beginning with anything else leads nowhere.
const CODES: &[&str] = &[
    "1", "7", "20", "211", "212", "213", "216", "218", "220", "221", "222", "223", "224", "225", "226", "227", "228", "229", "230", "231",
    "232", "233", "234", "235", "236", "237", "238", "239", "240", "241", "242", "243", "244", "245", "246", "247", "248", "249", "250",
    "251", "252", "253", "254", "255", "256", "257", "258", "260", "261", "262", "263", "264", "265", "266", "267", "268", "269", "27",
    "290", "291", "297", "298", "299", "30", "31", "32", "33", "34", "350", "351", "352", "353", "354", "355", "356", "357", "358", "359",
    "36", "370", "371", "372", "373", "374", "375", "376", "377", "378", "379", "380", "381", "382", "383", "385", "386", "387", "389",
    "39", "40", "41", "420", "421", "423", "43", "44", "45", "46", "47", "48", "49", "500", "501", "502", "503", "504", "505", "506",
    "507", "508", "509", "51", "52", "53", "54", "55", "56", "57", "58", "590", "591", "592", "593", "594", "595", "596", "597", "598",
    "599", "60", "61", "62", "63", "64", "65", "66", "670", "672", "673", "674", "675", "676", "677", "678", "679", "680", "681", "682",
    "683", "685", "686", "687", "688", "689", "690", "691", "692", "800", "808", "81", "82", "84", "850", "852", "853", "855", "856",
    "870", "878", "880", "881", "882", "883", "886", "888", "90", "91", "92", "93", "94", "95", "960", "961", "962", "963", "964", "965",
    "966", "967", "968", "970", "971", "972", "973", "974", "975", "976", "977", "979", "98", "992", "993", "994", "995", "996", "998",
];

/// `+` and digits, or a sentence that says what is wrong. `tel:`, spaces, hyphens, points, slashes, brackets and the optional `(0)` of
/// European writing go; `00` at the start is `+`.
pub fn normalize(text: &str) -> Result<String, String> {
    let text = text.trim();
    let shown: String = text.chars().take(40).collect();
    let bare = text.strip_prefix("tel:").unwrap_or(text).replace("(0)", "");
    let mut digits = String::new();
    let mut plus = false;
    for letter in bare.chars() {
        match letter {
            '+' | '\u{ff0b}' if digits.is_empty() && !plus => plus = true,
            '0'..='9' => digits.push(letter),
            ' ' | '-' | '.' | '/' | '(' | ')' | '\u{a0}' | '\u{202f}' | '\u{2010}'..='\u{2013}' => {}
            _ => return Err(format!("“{shown}” is no phone number. Write + and the country code: +49 30 1234567.")),
        }
    }
    if !plus {
        match digits.strip_prefix("00") {
            Some(rest) => digits = rest.to_owned(),
            None if digits.is_empty() => return Err("This needs a phone number: +49 30 1234567.".to_owned()),
            None => return Err(format!("“{shown}” has no country code. Begin with +, for example +49 30 1234567.")),
        }
    }
    let Some(code) = CODES.iter().find(|code| digits.starts_with(**code)) else {
        return Err(format!("“{shown}” begins with no country code in use."));
    };
    let national = &digits[code.len()..];
    // North America's numbers have ten digits, and neither area nor exchange begins with 0 or 1.
    if *code == "1" && (national.len() != 10 || national.starts_with(['0', '1']) || national[3..].starts_with(['0', '1'])) {
        return Err(format!("“{shown}” is no number of North America: after +1 come ten digits, an area code and a number."));
    }
    if national.len() < 4 || digits.len() > 15 {
        return Err(format!("“{shown}” has {} digits; a phone number has up to 15, the country code included.", digits.len()));
    }
    Ok(format!("+{digits}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_usual_writing_becomes_one() {
        for text in ["+49 (0)30 123-4567", "0049/30/1234567", "tel:+49-30-1234567", " +49.30.1234567 ", "+49\u{a0}30\u{202f}1234567"] {
            assert_eq!(normalize(text).as_deref(), Ok("+49301234567"), "{text}");
        }
        assert_eq!(normalize("+1 (415) 555-0100").as_deref(), Ok("+14155550100"));
    }

    #[test]
    fn what_leads_nowhere_is_refused_with_a_reason() {
        for (text, reason) in [
            ("", "needs a phone number"),
            ("030 1234567", "no country code"),
            ("4155550100", "no country code"),
            ("+0301234567", "no country code in use"),
            ("+2101234567", "no country code in use"),
            ("+1415555010", "ten digits"),
            ("+14150550100", "ten digits"),
            ("+49123", "digits"),
            ("+491234567890123456", "up to 15"),
            ("+1-800-FLOWERS", "no phone number"),
            ("+49301234567 ext. 5", "no phone number"),
            ("++49301234567", "no phone number"),
            ("+49٣٠1234567", "no phone number"),
        ] {
            let refused = normalize(text).unwrap_err();
            assert!(refused.contains(reason), "{text}: {refused}");
        }
    }

    #[test]
    fn no_country_code_hides_another() {
        for (i, code) in CODES.iter().enumerate() {
            assert!(CODES.iter().enumerate().all(|(j, other)| i == j || !other.starts_with(code)), "{code}");
        }
    }
}
