//! A pasted `curl` command as the request of a tool. Credentials in it are left out: they belong to a key, never to a tool. Pure.

use super::ApiSpec;
use serde_json::{Map, Value};

pub(in crate::tools) mod credentials;
mod words;

pub use credentials::{Note, Place};
use words::split;

/// What a command says.
#[derive(Clone, Debug, PartialEq)]
pub struct FromCurl {
    pub spec: ApiSpec,
    /// What was left out, and why.
    pub notes: Vec<Note>,
}

/// Options that are followed by a value and say nothing about the request itself.
const OF_NO_MEANING: &[&str] = &[
    "-o",
    "--output",
    "-m",
    "--max-time",
    "--connect-timeout",
    "--retry",
    "--retry-delay",
    "--retry-max-time",
    "-x",
    "--proxy",
    "-U",
    "--proxy-user",
    "--cacert",
    "--capath",
    "-E",
    "--cert",
    "--key",
    "--pass",
    "-w",
    "--write-out",
    "-D",
    "--dump-header",
    "--resolve",
    "-c",
    "--cookie-jar",
    "--max-redirs",
    "--limit-rate",
    "--interface",
    "--ciphers",
    "--unix-socket",
    "-z",
    "--time-cond",
];
/// Letters of options that are followed by a value, also in the same word: `-XPOST`, `-sSLd x`.
const TAKE_A_VALUE: &str = "XHdubAeFTomxUEwDcKrz";

/// Reads the command. `Err`: why it cannot be read, without a word of it: any of them may be a secret.
pub fn read(command: &str) -> Result<FromCurl, String> {
    let words = split(command)?;
    let mut words = words.into_iter();
    match words.next() {
        Some(first) if first == "curl" || first.ends_with("/curl") || first == "curl.exe" => {}
        _ => return Err("A command that begins with “curl” is needed.".to_owned()),
    }
    let mut given = Given::default();
    while let Some(word) = words.next() {
        given.take(&word, &mut words)?;
    }
    given.finish()
}

/// What was collected so far.
#[derive(Default)]
struct Given {
    url: Option<String>,
    method: Option<String>,
    headers: Vec<(String, String)>,
    data: Vec<String>,
    is_json: bool,
    data_in_query: bool,
    has_user: bool,
    has_cookie: bool,
}

impl Given {
    fn take(&mut self, word: &str, rest: &mut impl Iterator<Item = String>) -> Result<(), String> {
        let short = word.starts_with('-') && !word.starts_with("--");
        if short && word.len() > 2 {
            // Letters one after the other; the first that takes a value ends the word.
            for (at, letter) in word.char_indices().skip(1) {
                let option = format!("-{letter}");
                let after = &word[at + letter.len_utf8()..];
                if TAKE_A_VALUE.contains(letter) {
                    let inline = (!after.is_empty()).then(|| after.to_owned());
                    return self.option(&option, inline, rest);
                }
                self.option(&option, None, rest)?;
            }
            return Ok(());
        }
        match word.split_once('=') {
            Some((option, value)) if word.starts_with("--") => self.option(option, Some(value.to_owned()), rest),
            _ => self.option(word, None, rest),
        }
    }

    fn option(&mut self, option: &str, mut inline: Option<String>, rest: &mut impl Iterator<Item = String>) -> Result<(), String> {
        let mut value = || inline.take().or_else(|| rest.next()).ok_or_else(|| format!("{option} lacks its value."));
        match option {
            "-X" | "--request" => self.method = Some(value()?.to_uppercase()),
            "-H" | "--header" => {
                let header = value()?;
                // `Name;` sends the header empty.
                let (name, text) = header
                    .split_once(':')
                    .or_else(|| header.strip_suffix(';').map(|name| (name, "")))
                    .ok_or_else(|| format!("{option} is followed by what is no header: “Name: value” is one."))?;
                self.headers.push((name.trim().to_owned(), text.trim().to_owned()));
            }
            "-d" | "--data" | "--data-raw" | "--data-binary" | "--data-ascii" => {
                let data = value()?;
                if data.starts_with('@') && option != "--data-raw" {
                    return Err(format!("{option} @… reads a file. Paste its content instead."));
                }
                self.data.push(data);
            }
            "--data-urlencode" => {
                let data = value()?;
                let (name, text) = match data.split_once('=') {
                    Some((name, text)) => (Some(name).filter(|name| !name.is_empty()), text),
                    None if data.contains('@') => return Err(format!("{option} …@… reads a file. Paste its content instead.")),
                    None => (None, data.as_str()),
                };
                let text = encode(text);
                self.data.push(name.map_or_else(|| text.clone(), |name| format!("{name}={text}")));
            }
            "--json" => {
                self.data.push(value()?);
                self.is_json = true;
            }
            "-G" | "--get" => self.data_in_query = true,
            "-I" | "--head" => self.method = Some("HEAD".to_owned()),
            "-u" | "--user" => {
                value()?;
                self.has_user = true;
            }
            "--oauth2-bearer" => {
                value()?;
                self.headers.push(("Authorization".to_owned(), "Bearer x".to_owned()));
            }
            "--url" => self.url = Some(value()?),
            "-A" | "--user-agent" => self.headers.push(("User-Agent".to_owned(), value()?)),
            "-e" | "--referer" => self.headers.push(("Referer".to_owned(), value()?)),
            "-r" | "--range" => self.headers.push(("Range".to_owned(), format!("bytes={}", value()?))),
            "-b" | "--cookie" => {
                value()?;
                self.has_cookie = true;
            }
            "-K" | "--config" => return Err(format!("{option} reads a file. Paste the whole command instead.")),
            "-F" | "--form" | "--form-string" | "-T" | "--upload-file" => {
                return Err(format!("{option} sends files, which tools do not."));
            }
            _ if OF_NO_MEANING.contains(&option) => {
                value()?;
            }
            _ if option.starts_with('-') && option.len() > 1 => {} // -s, -L, -k, --compressed …: of no meaning here
            _ if self.url.is_none() => self.url = Some(option.to_owned()),
            _ => return Err("There is a second address. One tool makes one request.".to_owned()),
        }
        Ok(())
    }

    fn finish(mut self) -> Result<FromCurl, String> {
        let url = self.url.take().ok_or("The command has no address.")?;
        let url = if url.contains("://") { url } else { format!("http://{url}") };
        let url = url.split('#').next().unwrap_or_default().to_owned();
        let (address, query) = url.split_once('?').unwrap_or((&url, ""));
        let after_scheme = address.find("://").map_or(0, |at| at + 3);
        let end = address[after_scheme..].find('/').map_or(address.len(), |at| at + after_scheme);
        let mut base_url = address[..end].to_owned();
        if let Some(at) = base_url.rfind('@') {
            self.has_user = true;
            base_url = format!("{}{}", &base_url[..after_scheme], &base_url[at + 1..]);
        }
        let mut spec = ApiSpec { base_url, path: address[end..].to_owned(), ..ApiSpec::default() };
        let mut notes = Vec::new();
        let mut query = pairs(query);
        if self.data_in_query {
            query.extend(self.data.drain(..).flat_map(|data| pairs(&data)));
        }
        credentials::take_out(&mut spec, &mut self, &mut query, &mut notes);
        for (name, value) in query {
            if spec.query_params.insert(name.clone(), value).is_some() {
                notes.push(Note::Repeated(name));
            }
        }
        let content_type =
            self.headers.iter().find(|(name, _)| name.eq_ignore_ascii_case("content-type")).map(|(_, kind)| kind.to_ascii_lowercase());
        let body = (!self.data.is_empty()).then(|| self.data.join("&"));
        spec.method = self.method.take().unwrap_or_else(|| if body.is_some() { "POST" } else { "GET" }.to_owned());
        for (name, value) in self.headers {
            let lower = name.to_ascii_lowercase();
            let is_ours = ["host", "content-length", "connection", "transfer-encoding", "accept-encoding"].contains(&lower.as_str());
            let is_plain_json = lower == "content-type" && value.eq_ignore_ascii_case("application/json");
            if !is_ours && !is_plain_json && !value.is_empty() {
                spec.headers.insert(name, value);
            }
        }
        if let Some(body) = body {
            let is_json = self.is_json || content_type.as_deref().is_some_and(|kind| kind.contains("json"));
            let mut template = match serde_json::from_str::<Value>(&body) {
                Ok(json) if is_json || json.is_object() || json.is_array() => json,
                _ if is_json => return Err("The body says it is JSON, but is not.".to_owned()),
                _ if content_type.as_deref().is_none_or(|kind| kind.contains("form-urlencoded")) => {
                    spec.headers.insert("Content-Type".to_owned(), "application/x-www-form-urlencoded".to_owned());
                    let mut form = Map::new();
                    for (name, value) in pairs(&body) {
                        if form.insert(name.clone(), Value::String(value)).is_some() {
                            notes.push(Note::Repeated(name));
                        }
                    }
                    Value::Object(form)
                }
                _ => Value::String(body),
            };
            credentials::take_out_of_body(&mut template, &mut notes);
            spec.body_template = Some(template);
        }
        Ok(FromCurl { spec, notes })
    }
}

/// `a=1&b=2`, decoded.
fn pairs(text: &str) -> Vec<(String, String)> {
    text.split('&')
        .filter(|pair| !pair.is_empty())
        .map(|pair| {
            let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
            (decode(name), decode(value))
        })
        .collect()
}

fn encode(text: &str) -> String {
    text.bytes().map(|byte| if byte.is_ascii_alphanumeric() { char::from(byte).to_string() } else { format!("%{byte:02X}") }).collect()
}

fn decode(text: &str) -> String {
    let bytes = text.replace('+', " ").into_bytes();
    let mut decoded = Vec::with_capacity(bytes.len());
    let mut at = 0;
    while at < bytes.len() {
        let hex = (bytes[at] == b'%')
            .then(|| bytes.get(at + 1..at + 3))
            .flatten()
            .and_then(|hex| std::str::from_utf8(hex).ok())
            .and_then(|hex| u8::from_str_radix(hex, 16).ok());
        match hex {
            Some(byte) => {
                decoded.push(byte);
                at += 3;
            }
            None => {
                decoded.push(bytes[at]);
                at += 1;
            }
        }
    }
    String::from_utf8(decoded).unwrap_or_else(|_| text.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tools::AuthType;
    use serde_json::json;

    #[test]
    fn a_command_as_browsers_copy_it_becomes_a_request() {
        let read = read("curl 'https://api.example.com/v1/orders?status=open&page=2' \\\n  -X 'PATCH' \\\n  -H 'accept: application/json' -H 'content-type: application/json' --compressed \\\n  --data-raw $'{\"note\":\"it\\'s\",\"n\":1}'").unwrap();
        assert_eq!(
            json!(read.spec),
            json!({"baseUrl": "https://api.example.com", "path": "/v1/orders", "method": "PATCH", "headers": {"accept": "application/json"},
                "queryParams": {"page": "2", "status": "open"}, "bodyTemplate": {"note": "it's", "n": 1}, "authType": "none"})
        );
    }

    #[test]
    fn credentials_are_left_out_wherever_they_stand() {
        for (command, kind, place) in [
            ("curl -H 'Authorization: Bearer sk-secret' https://api.openai.com/v1/models", AuthType::Bearer, None),
            ("curl -u admin:secret https://a.example/", AuthType::Basic, None),
            ("curl https://admin:secret@a.example/x", AuthType::Basic, None),
            ("curl -H 'X-API-Key: secret' https://a.example/", AuthType::ApiKey, Some("X-API-Key")),
            ("curl 'https://a.example/x?api_key=secret&q=1'", AuthType::ApiKey, Some("api_key")),
            ("curl --oauth2-bearer secret https://a.example/", AuthType::Bearer, None),
        ] {
            let read = read(command).unwrap();
            assert_eq!((read.spec.auth_type, read.spec.auth_name.as_deref()), (kind, place), "{command}");
            assert!(
                !format!("{read:?}").contains("secret") && read.spec.auth_key_name.is_some() && read.notes.len() == 1,
                "{command}: {read:?}"
            );
            assert!(matches!(read.notes[0], Note::Key(_)), "{command}");
        }
        let cookie = read("curl -b 'session=secret' https://a.example/").unwrap();
        assert!(!format!("{cookie:?}").contains("secret") && cookie.notes == [Note::LeftOut(Place::Cookie)]);
    }

    #[test]
    fn a_second_credential_is_left_out_too() {
        let read = read("curl -H 'Authorization: Bearer s3cret' -H 'X-Vault-Token: s3cret' -b a=s3cret 'https://a.example/x?api_key=s3cret&page_token=3' -d '{\"client_secret\": \"s3cret\", \"user\": {\"password\": \"s3cret\", \"name\": \"ada\"}, \"max_tokens\": 5, \"auth\": \"sk-proj-s3cret0123456789abcdef\"}'").unwrap();
        assert!(!format!("{read:?}").contains("s3cret"), "{read:?}");
        assert_eq!(read.spec.body_template, Some(json!({"user": {"name": "ada"}, "max_tokens": 5})));
        assert_eq!(read.spec.query_params["page_token"], "3");
        let body = |name: &str| Note::LeftOut(Place::Body(name.to_owned()));
        assert_eq!(
            read.notes,
            [
                Note::LeftOut(Place::Cookie),
                Note::Key(Place::Authorization),
                Note::LeftOut(Place::Header("X-Vault-Token".to_owned())),
                Note::LeftOut(Place::Parameter("api_key".to_owned())),
                body("client_secret"),
                body("password"),
                body("auth"),
            ]
        );
    }

    #[test]
    fn a_token_in_the_path_becomes_an_input() {
        let read = read("curl https://api.telegram.org/bot123456789:AAHdqTcvCH1vGWJxfSeofSAs0K5PALDsaw1/sendMessage -d chat_id=1").unwrap();
        assert_eq!((read.spec.path.as_str(), read.notes), ("/bot{token}/sendMessage", vec![Note::LeftOut(Place::Path)]));
    }

    #[test]
    fn no_refusal_repeats_what_was_pasted() {
        for command in [
            "curl -H 'X-Api-Key s3cret' https://a.example",
            "curl https://a.example s3cret",
            "curl -d @s3cret https://a.example",
            "curl -U me:s3cret",
        ] {
            let error = read(command).unwrap_err();
            assert!(!error.contains("s3cret"), "{error}");
        }
    }

    #[test]
    fn letters_of_options_may_share_a_word() {
        let read = read("curl -sSLXPUT https://a.example/x -sH 'accept: text/plain' --data-urlencode 'q=a+b c' -U me:x").unwrap().spec;
        assert_eq!((read.method.as_str(), read.headers["accept"].as_str()), ("PUT", "text/plain"));
        assert_eq!(read.body_template, Some(json!({"q": "a+b c"})));
    }

    #[test]
    fn a_parameter_that_comes_twice_is_told() {
        let read = read("curl 'https://a.example/?id=1&id=2'").unwrap();
        assert_eq!((read.spec.query_params["id"].as_str(), read.notes), ("2", vec![Note::Repeated("id".to_owned())]));
    }

    #[test]
    fn data_is_a_form_or_goes_into_the_query() {
        let form = read("curl https://a.example/ -d a=1 -d 'b=x%20y'").unwrap().spec;
        assert_eq!((form.method.as_str(), form.body_template), ("POST", Some(json!({"a": "1", "b": "x y"}))));
        let get = read("curl -G https://a.example/ -d a=1").unwrap().spec;
        assert_eq!((get.method.as_str(), get.query_params["a"].as_str(), get.body_template), ("GET", "1", None));
    }

    #[test]
    fn what_is_no_single_request_says_why() {
        for (command, part) in [
            ("wget https://a.example", "begins with “curl”"),
            ("curl", "no address"),
            ("curl 'https://a.example", "not closed"),
            ("curl https://a.example https://b.example", "second address"),
            ("curl https://a.example | jq .", "“|”"),
            ("curl -F file=@x https://a.example", "sends files"),
            ("curl -d @body.json https://a.example", "reads a file"),
            ("curl --json '{' https://a.example", "is not"),
            ("curl -X", "lacks its value"),
        ] {
            let error = read(command).unwrap_err();
            assert!(error.contains(part), "{command}: {error}");
        }
    }
}
