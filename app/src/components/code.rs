//! Code and JSON as blocks that can be copied.

use super::{browser, field::escape, icon::Icon};
use leptos::prelude::*;

/// A block of code. `language="json"` is coloured; `copy=false` hides the button.
#[component]
pub fn CodeBlock(
    #[prop(into)] code: String,
    #[prop(optional, into)] language: String,
    #[prop(default = true)] copy: bool,
    /// What it is, for assistive technology.
    #[prop(default = "Code".to_owned(), into)]
    label: String,
    #[prop(optional, into)] class: String,
) -> impl IntoView {
    let html = if language == "json" { json_html(&code) } else { escape(&code) };
    view! {
        <div class=format!("group relative min-w-0 rounded-md border border-line bg-sunken {class}")>
            <pre
                role="region"
                tabindex="0"
                aria-label=label
                class="max-h-[480px] overflow-auto p-3 text-xs leading-5"
            >
                <code inner_html=html />
            </pre>
            {copy
                .then(|| {
                    view! {
                        <div class="absolute top-1.5 right-1.5">
                            <CopyButton text=code />
                        </div>
                    }
                })}
        </div>
    }
    .into_any()
}

/// Puts text on the clipboard and says so.
#[component]
pub fn CopyButton(#[prop(into)] text: String, #[prop(default = "Copy".to_owned(), into)] label: String) -> impl IntoView {
    let copied = RwSignal::new(false);
    let press = move |_| {
        browser::copy(&text);
        copied.set(true);
        #[cfg(feature = "hydrate")]
        set_timeout(move || copied.set(false), std::time::Duration::from_secs(2));
    };
    view! {
        <button type="button" class="btn btn-secondary btn-small needs-script" on:click=press>
            {move || {
                if copied.get() { view! { <Icon icon=icondata_lu::LuCheck size=14 /> } } else { view! { <Icon icon=icondata_lu::LuCopy size=14 /> } }
            }}
            <span aria-live="polite">{move || if copied.get() { "Copied".to_owned() } else { label.clone() }}</span>
        </button>
    }
    .into_any()
}

/// An id or a name as code in a line of text.
#[component]
pub fn InlineCode(#[prop(into)] text: String) -> impl IntoView {
    view! { <code class="rounded-sm bg-sunken px-1 py-px break-all">{text}</code> }.into_any()
}

/// JSON (well-formed or not) as HTML with a class per kind of token. Everything that is not markup of ours is escaped.
#[must_use]
pub fn json_html(code: &str) -> String {
    let mut html = String::with_capacity(code.len() * 2);
    let mut rest = code;
    let span = |html: &mut String, class: &str, text: &str| {
        html.push_str("<span class=\"");
        html.push_str(class);
        html.push_str("\">");
        html.push_str(&escape(text));
        html.push_str("</span>");
    };
    while let Some(first) = rest.chars().next() {
        let (length, class) = if first == '"' {
            let length = string_length(rest);
            let key = rest[length..].trim_start().starts_with(':');
            (length, if key { "tok-key" } else { "tok-string" })
        } else if first.is_ascii_digit() || first == '-' {
            (rest.find(|c: char| !(c.is_ascii_alphanumeric() || "+-.".contains(c))).unwrap_or(rest.len()), "tok-number")
        } else if first.is_ascii_alphabetic() {
            (rest.find(|c: char| !c.is_ascii_alphanumeric()).unwrap_or(rest.len()), "tok-word")
        } else {
            (rest.find(|c: char| c == '"' || c == '-' || c.is_ascii_alphanumeric()).unwrap_or(rest.len()), "")
        };
        let (token, after) = rest.split_at(length.max(first.len_utf8()));
        if class.is_empty() {
            html.push_str(&escape(token))
        } else {
            span(&mut html, class, token)
        }
        rest = after;
    }
    html
}

/// How many bytes the string literal at the start takes, quotes included; all of the text when it never ends.
fn string_length(text: &str) -> usize {
    let mut escaped = false;
    for (i, c) in text.char_indices().skip(1) {
        match c {
            _ if escaped => escaped = false,
            '\\' => escaped = true,
            '"' => return i + 1,
            _ => {}
        }
    }
    text.len()
}

#[cfg(test)]
mod tests {
    use super::json_html;

    /// The text that a browser would show.
    fn shown(html: &str) -> String {
        let mut text = String::new();
        let mut inside = false;
        for c in html.chars() {
            match c {
                '<' => inside = true,
                '>' => inside = false,
                c if !inside => text.push(c),
                _ => {}
            }
        }
        text.replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&")
    }

    #[test]
    fn keys_strings_numbers_and_words_are_told_apart() {
        let html = json_html(r#"{"a": "b\"c", "n": -1.5e3, "t": true}"#);
        assert!(html.contains(r#"<span class="tok-key">"a"</span>"#), "{html}");
        assert!(html.contains(r#"<span class="tok-string">"b\"c"</span>"#), "{html}");
        assert!(html.contains(r#"<span class="tok-number">-1.5e3</span>"#), "{html}");
        assert!(html.contains(r#"<span class="tok-word">true</span>"#), "{html}");
    }

    #[test]
    fn nothing_is_lost_and_no_markup_gets_through() {
        for code in [r#"{"x":"<script>alert(1)</script>"}"#, "\"never ends <b>", "{]}— ünï <i>", "", "- 1 \"é\" : 2"] {
            let html = json_html(code);
            assert_eq!(shown(&html), code);
            assert!(!html.contains("<script") && !html.contains("<b>") && !html.contains("<i>"), "{html}");
        }
    }
}
