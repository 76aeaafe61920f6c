//! A pasted `curl` command as the request of a tool. Credentials in it are left out: they belong to a key, never to a tool. Pure.

use super::{ApiSpec, AuthIn, AuthType};
use serde_json::Value;
use std::collections::BTreeMap;

/// What a command says.
#[derive(Clone, Debug, PartialEq)]
pub struct FromCurl {
    pub spec: ApiSpec,
    /// What was left out, and why.
    pub notes: Vec<String>,
}

/// Headers that carry credentials, beside `Authorization`.
const KEY_HEADERS: [&str; 9] =
    ["x-api-key", "api-key", "apikey", "x-auth-token", "x-access-token", "x-token", "private-token", "x-goog-api-key", "xi-api-key"];
/// Query parameters that carry credentials.
const KEY_PARAMETERS: [&str; 6] = ["api_key", "apikey", "api-key", "access_token", "key", "token"];

/// Reads the command. `Err`: why it cannot be read.
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
    user: Option<String>,
    notes: Vec<String>,
}

impl Given {
    fn take(&mut self, word: &str, rest: &mut impl Iterator<Item = String>) -> Result<(), String> {
        let (option, mut inline) = match word {
            _ if word.starts_with("--") => word.split_once('=').map_or((word, None), |(option, value)| (option, Some(value.to_owned()))),
            // -XPOST, -H'…'
            _ if word.starts_with('-') && word.len() > 2 && "XHdubAeFo".contains(&word[1..2]) => (&word[..2], Some(word[2..].to_owned())),
            _ => (word, None),
        };
        let mut value = |name: &str| inline.take().or_else(|| rest.next()).ok_or_else(|| format!("{name} lacks its value."));
        match option {
            "-X" | "--request" => self.method = Some(value(option)?.to_uppercase()),
            "-H" | "--header" => {
                let header = value(option)?;
                let (name, text) = header.split_once(':').ok_or_else(|| format!("“{header}” is no header."))?;
                self.headers.push((name.trim().to_owned(), text.trim().to_owned()));
            }
            "-d" | "--data" | "--data-raw" | "--data-binary" | "--data-ascii" | "--data-urlencode" => {
                let data = value(option)?;
                if data.starts_with('@') && option != "--data-raw" {
                    return Err(format!("{option} {data} reads a file. Paste its content instead."));
                }
                self.data.push(data);
            }
            "--json" => {
                self.data.push(value(option)?);
                self.is_json = true;
            }
            "-G" | "--get" => self.data_in_query = true,
            "-I" | "--head" => self.method = Some("HEAD".to_owned()),
            "-u" | "--user" => self.user = Some(value(option)?),
            "--oauth2-bearer" => {
                value(option)?;
                self.headers.push(("Authorization".to_owned(), "Bearer x".to_owned()));
            }
            "--url" => self.url = Some(value(option)?),
            "-A" | "--user-agent" => self.headers.push(("User-Agent".to_owned(), value(option)?)),
            "-e" | "--referer" => self.headers.push(("Referer".to_owned(), value(option)?)),
            "-b" | "--cookie" => {
                value(option)?;
                self.notes.push("The cookie was left out: it is a credential, and short-lived.".to_owned());
            }
            "-F" | "--form" | "-T" | "--upload-file" => return Err(format!("{option} sends files, which tools do not.")),
            "-o" | "--output" | "-m" | "--max-time" | "--connect-timeout" | "--retry" | "-x" | "--proxy" | "--cacert" | "-E" | "--cert"
            | "-w" | "--write-out" | "-D" | "--dump-header" | "--resolve" | "-c" | "--cookie-jar" | "--limit-rate" => {
                value(option)?;
            }
            _ if option.starts_with('-') && option.len() > 1 => {} // -s, -L, -k, --compressed …: of no meaning here
            _ if self.url.is_none() => self.url = Some(word.to_owned()),
            _ => return Err(format!("There is a second address: {word}. One tool makes one request.")),
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
            self.user = Some(base_url[after_scheme..at].to_owned());
            base_url = format!("{}{}", &base_url[..after_scheme], &base_url[at + 1..]);
        }
        let mut spec = ApiSpec { base_url, path: address[end..].to_owned(), ..ApiSpec::default() };
        let mut query = pairs(query);
        if self.data_in_query {
            query.extend(self.data.drain(..).flat_map(|data| pairs(&data)));
        }
        self.authentication(&mut spec, &mut query);
        spec.query_params = query.into_iter().collect();
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
            spec.body_template = Some(match serde_json::from_str::<Value>(&body) {
                Ok(json) if is_json || json.is_object() || json.is_array() => json,
                _ if is_json => return Err("The body says it is JSON, but is not.".to_owned()),
                _ if content_type.as_deref().is_none_or(|kind| kind.contains("form-urlencoded")) => {
                    spec.headers.insert("Content-Type".to_owned(), "application/x-www-form-urlencoded".to_owned());
                    Value::Object(pairs(&body).into_iter().map(|(name, value)| (name, Value::String(value))).collect())
                }
                _ => Value::String(body),
            });
        }
        Ok(FromCurl { spec, notes: self.notes })
    }

    /// Finds how the request proves who calls, and takes the proof out.
    fn authentication(&mut self, spec: &mut ApiSpec, query: &mut Vec<(String, String)>) {
        let mut found: Option<&str> = None;
        if self.user.take().is_some() {
            spec.auth_type = AuthType::Basic;
            found = Some("user and password");
        }
        self.headers.retain(|(name, value)| {
            let lower = name.to_ascii_lowercase();
            if lower == "cookie" {
                found = found.or(Some("cookie"));
                return false;
            }
            let is_key = KEY_HEADERS.contains(&lower.as_str());
            if lower != "authorization" && !is_key {
                return true;
            }
            let scheme = value.split(' ').next().unwrap_or_default().to_ascii_lowercase();
            spec.auth_type = match scheme.as_str() {
                "bearer" if !is_key => AuthType::Bearer,
                "basic" if !is_key => AuthType::Basic,
                _ => {
                    spec.auth_in = Some(AuthIn::Header);
                    spec.auth_name = Some(name.clone());
                    AuthType::ApiKey
                }
            };
            found = Some(if is_key { "API key" } else { "Authorization header" });
            false
        });
        if spec.auth_type == AuthType::None
            && let Some(at) = query.iter().position(|(name, _)| KEY_PARAMETERS.contains(&name.to_ascii_lowercase().as_str()))
        {
            let (name, _) = query.remove(at);
            spec.auth_type = AuthType::ApiKey;
            spec.auth_in = Some(AuthIn::Query);
            spec.auth_name = Some(name);
            found = Some("API key");
        }
        if let Some(what) = found {
            self.notes.push(format!("The {what} was left out: keep it as a key and name that key here."));
        }
        if spec.auth_type != AuthType::None {
            spec.auth_key_name = Some(key_name(&spec.base_url));
        }
    }
}

/// `https://api.github.com` → `GITHUB_API_KEY`.
fn key_name(base_url: &str) -> String {
    let host = base_url.rsplit("://").next().unwrap_or_default().split(':').next().unwrap_or_default();
    let parts: Vec<&str> = host.split('.').collect();
    let owner = if parts.len() >= 2 { parts[parts.len() - 2] } else { host };
    let name: String = owner.chars().map(|c| if c.is_ascii_alphanumeric() { c.to_ascii_uppercase() } else { '_' }).collect();
    if name.starts_with(|c: char| c.is_ascii_uppercase()) { format!("{name}_API_KEY") } else { "API_KEY".to_owned() }
}

/// `a=1&b=2`, decoded.
fn pairs(text: &str) -> Vec<(String, String)> {
    text.split('&')
        .filter(|pair| !pair.is_empty())
        .map(|pair| {
            let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
            (decode(name), decode(value))
        })
        .collect::<BTreeMap<_, _>>()
        .into_iter()
        .collect()
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

/// Words as a POSIX shell splits them: quotes, `$'…'`, backslashes, line continuations. Nothing is expanded.
fn split(command: &str) -> Result<Vec<String>, String> {
    let mut words = Vec::new();
    let mut word: Option<String> = None;
    // What a Windows prompt copies: ^ continues a line.
    let command = command.replace("^\r\n", " ").replace("^\n", " ").replace("\r\n", "\n");
    let mut chars = command.trim().trim_start_matches("$ ").chars().peekable();
    while let Some(c) = chars.next() {
        match c {
            '\\' => match chars.next() {
                Some('\n') | None => {}
                Some(next) => word.get_or_insert_default().push(next),
            },
            '\'' => {
                let word = word.get_or_insert_default();
                loop {
                    match chars.next() {
                        Some('\'') => break,
                        Some(inner) => word.push(inner),
                        None => return Err("A quotation mark ' is not closed.".to_owned()),
                    }
                }
            }
            '"' => {
                let word = word.get_or_insert_default();
                loop {
                    match chars.next() {
                        Some('"') => break,
                        Some('\\') => match chars.next() {
                            Some(escaped @ ('"' | '\\' | '$' | '`')) => word.push(escaped),
                            Some('\n') => {}
                            Some(other) => word.extend(['\\', other]),
                            None => return Err("A quotation mark \" is not closed.".to_owned()),
                        },
                        Some(inner) => word.push(inner),
                        None => return Err("A quotation mark \" is not closed.".to_owned()),
                    }
                }
            }
            '$' if chars.peek() == Some(&'\'') => {
                chars.next();
                ansi(&mut chars, word.get_or_insert_default())?;
            }
            c if c.is_whitespace() => words.extend(word.take()),
            ';' | '|' | '>' | '<' | '&' if word.is_none() => {
                return Err(format!("“{c}” does more than one request. Paste the curl command alone."));
            }
            c => word.get_or_insert_default().push(c),
        }
    }
    words.extend(word);
    Ok(words)
}

/// The inside of `$'…'`, which Chrome copies where a body has quotes.
fn ansi(chars: &mut impl Iterator<Item = char>, word: &mut String) -> Result<(), String> {
    const OPEN: &str = "A quotation mark ' is not closed.";
    loop {
        match chars.next().ok_or(OPEN)? {
            '\'' => return Ok(()),
            '\\' => match chars.next().ok_or(OPEN)? {
                'n' => word.push('\n'),
                't' => word.push('\t'),
                'r' => word.push('\r'),
                'u' => {
                    let code: String = chars.take(4).collect();
                    word.push(
                        u32::from_str_radix(&code, 16)
                            .ok()
                            .and_then(char::from_u32)
                            .ok_or("A \\u is not followed by four hexadecimal digits.")?,
                    );
                }
                other => word.push(other),
            },
            inner => word.push(inner),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
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
        }
        let cookie = read("curl -b 'session=secret' https://a.example/").unwrap();
        assert!(!format!("{cookie:?}").contains("secret") && cookie.notes.len() == 1);
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
