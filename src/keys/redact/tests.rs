use super::*;
use base64::{
    Engine,
    engine::general_purpose::{STANDARD, URL_SAFE, URL_SAFE_NO_PAD},
};
use proptest::prelude::*;
use serde_json::json;

const SECRET: &str = "sk-live/4711+a \"b\"\\ü€😀%&=";

fn redactor(secret: &str) -> Redactor {
    let redactor = Redactor::default();
    redactor.add(secret);
    redactor
}

/// In pieces of `size` bytes.
fn pieces(redactor: &Redactor, text: &[u8], size: usize) -> String {
    let mut stream = redactor.stream();
    let mut out = Vec::new();
    for piece in text.chunks(size) {
        out.extend(stream.push(piece));
    }
    out.extend(stream.finish());
    String::from_utf8(out).unwrap()
}

fn url_encoded(text: &str) -> String {
    percent_encoding::utf8_percent_encode(text, percent_encoding::NON_ALPHANUMERIC).to_string()
}

fn ascii_json(text: &str) -> String {
    let escape = |c: char| {
        let mut words = [0; 2];
        c.encode_utf16(&mut words).iter().map(|word| format!("\\u{word:04X}")).collect::<String>()
    };
    text.chars().map(|c| if c.is_ascii_alphanumeric() { c.to_string() } else { escape(c) }).collect()
}

/// Every encoding of a value that is named in the specification, and some that are not.
fn appearances(secret: &str) -> Vec<(&'static str, String)> {
    let json = serde_json::to_string(secret).unwrap();
    let json = json[1..json.len() - 1].to_owned();
    let again = |text: &str| {
        let quoted = serde_json::to_string(text).unwrap();
        quoted[1..quoted.len() - 1].to_owned()
    };
    vec![
        ("raw", secret.to_owned()),
        ("url-encoded", url_encoded(secret)),
        (
            "url-encoded in lower case",
            url_encoded(secret).chars().map(|c| if c.is_ascii_uppercase() { c.to_ascii_lowercase() } else { c }).collect::<String>(),
        ),
        ("form", url::form_urlencoded::byte_serialize(secret.as_bytes()).collect()),
        ("json", json.clone()),
        ("json with escaped slashes", json.replace('/', "\\/")),
        ("json in ASCII", ascii_json(secret)),
        ("json in json", again(&json)),
        ("json in json in json", again(&again(&json))),
        ("json in ASCII in json", again(&ascii_json(secret))),
        ("hex", hex::encode(secret)),
        ("HEX", hex::encode_upper(secret)),
    ]
}

#[test]
fn every_appearance_is_taken_out_and_all_else_stays() {
    let redactor = redactor(SECRET);
    for (name, text) in appearances(SECRET) {
        if name == "url-encoded in lower case" {
            continue; // letters of this value changed too: covered by the lower-case value below
        }
        let around = format!("before {text} between {text}, after");
        assert_eq!(redactor.text(&around), "before [redacted] between [redacted], after", "{name}");
        for size in 1..=text.len() + 2 {
            assert_eq!(
                pieces(&redactor, around.as_bytes(), size),
                "before [redacted] between [redacted], after",
                "{name} in pieces of {size}"
            );
        }
    }
    let lower = "a+b/c d\"e\\f";
    let redactor = self::redactor(lower);
    for (name, text) in appearances(lower) {
        assert_eq!(redactor.text(&format!("<{text}>")), "<[redacted]>", "{name}");
    }
}

#[test]
fn base64_is_found_at_all_three_alignments_in_both_alphabets() {
    let redactor = redactor(SECRET);
    for before in ["", "a", "ab", "abc", "user:", "\"}{"] {
        for after in ["", "z", "zy", "zyx", "\n"] {
            let whole = format!("{before}{SECRET}{after}");
            for (name, text) in
                [("std", STANDARD.encode(&whole)), ("url", URL_SAFE.encode(&whole)), ("bare", URL_SAFE_NO_PAD.encode(&whole))]
            {
                for text in [text.clone(), url_encoded(&text), text.replace('/', "\\/")] {
                    let clean = redactor.text(&format!("x=\"{text}\""));
                    assert!(clean.contains(MARK), "{name} of {whole:?}: {clean}");
                    // What is left of it says at most two bytes of what stood around and a few bits of the value.
                    assert!(
                        clean.len() <= "x=\"\"".len() + MARK.len() + 4 * (before.len() + after.len() + 2),
                        "{name} of {whole:?}: {clean}"
                    );
                }
            }
        }
    }
    // Wrapped as in e-mails.
    let long = format!("{}{SECRET}", "x".repeat(40));
    let wrapped =
        STANDARD.encode(&long).as_bytes().chunks(19).map(|line| std::str::from_utf8(line).unwrap()).collect::<Vec<_>>().join("\r\n");
    let clean = redactor.text(&wrapped);
    assert!(clean.contains(MARK) && clean.len() < 80, "{clean}");
}

#[test]
fn numbers_names_and_depth_do_not_hide_a_value() {
    let redactor = redactor("47114711");
    let redacted = redactor.value(json!({"a": [47114711, {"k47114711": "47114711"}], "b": 4711, "c": "x47114711y", "d": null}));
    assert_eq!(redacted, json!({"a": ["[redacted]", {"k[redacted]": "[redacted]"}], "b": 4711, "c": "x[redacted]y", "d": null}));
}

#[test]
fn the_longer_of_two_values_is_taken_out_whole() {
    let redactor = redactor("abcdef");
    redactor.add("abcdefghij");
    for size in 1..12 {
        assert_eq!(pieces(&redactor, b"-abcdefghij-abcdefgh-", size), "-[redacted]-[redacted]gh-", "{size}");
    }
}

#[test]
fn what_only_looks_like_a_value_for_a_while_leaves_as_it_was() {
    let redactor = redactor("aaaab");
    for size in 1..8 {
        assert_eq!(pieces(&redactor, b"aaaaaab aaaa %61%61 \\u0061 aaa", size), "aa[redacted] aaaa %61%61 \\u0061 aaa", "{size}");
    }
    let none = Redactor::default();
    assert!(none.is_empty());
    assert_eq!(none.text("anything"), "anything");
    none.add("abc");
    assert!(none.is_empty(), "too short to be told from ordinary text");
}

#[test]
fn a_stream_that_began_earlier_knows_values_added_later() {
    let redactor = Redactor::default();
    let mut stream = redactor.stream();
    assert_eq!(stream.push(b"one secret1 "), b"one secret1 ");
    redactor.add("secret1");
    assert_eq!([stream.push(b"two sec"), stream.push(b"ret1!"), stream.finish()].concat(), b"two [redacted]!");
}

#[test]
fn the_process_s_log_is_redacted_while_an_execution_runs() {
    let redactor = redactor("in-the-log-4711");
    assert_eq!(log_line("a in-the-log-4711 b"), None);
    redactor.guard_log();
    assert_eq!(log_line("a in-the-log-4711 b").as_deref(), Some("a [redacted] b"));
    drop(redactor);
    assert_eq!(log_line("a in-the-log-4711 b"), None);
}

proptest! {
    /// Whatever the value, the text around it and the pieces: nothing of a value of some length comes through.
    #[test]
    fn nothing_comes_through(secret in "[ -~äöü€]{8,40}", before in "[ -~]{0,20}", after in "[ -~]{0,20}", size in 1usize..50, which in 0usize..12) {
        let redactor = redactor(&secret);
        let text = appearances(&secret).remove(which);
        prop_assume!(text.0 != "url-encoded in lower case");
        let whole = format!("{before}{}{after}", text.1);
        let clean = pieces(&redactor, whole.as_bytes(), size);
        prop_assert!(clean.contains(MARK), "{}", clean);
        prop_assert!(!clean.contains(&secret) || MARK.contains(&secret), "{}", clean);
        prop_assert_eq!(redactor.text(&whole), clean);
    }

    /// Text without values is not touched, whatever the pieces.
    #[test]
    fn other_text_stays(text in "\\PC{0,200}", size in 1usize..50) {
        let redactor = redactor("\u{1}\u{2}never-in-there\u{3}");
        prop_assert_eq!(pieces(&redactor, text.as_bytes(), size), text);
    }
}

#[test]
fn text_that_is_cut_in_the_middle_of_a_value_does_not_show_its_beginning() {
    let redactor = Redactor::default();
    redactor.add("sk-live-0123456789abcdef");
    for (cut, expected) in [
        ("says sk-live-0123456789abcde", "says [redacted]"),
        ("says sk-live-012345", "says [redacted]"),
        ("says sk%2Dlive-0123456789", "says [redacted]"),
        ("says sk-live-0123456789ab, and goes on", "says sk-live-0123456789ab, and goes on"),
        ("says sk-live-", "says sk-live-"),
    ] {
        assert_eq!(redactor.text(cut), expected, "{cut}");
    }
    let user = Redactor::default();
    user.add("ada@example.com:a-much-longer-token-than-the-name-0123456789");
    assert_eq!(user.text("ada@example.com"), "ada@example.com", "a user name says nothing of the password");
}
