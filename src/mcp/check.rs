//! Rules for servers, checked all at once.

use super::{Auth, NewMcpServer, Transport};
use crate::{names::check_name, problem::FieldError};

/// Puts a server into its usual shape and says all that is wrong with it.
#[must_use]
pub fn check(server: &mut NewMcpServer) -> Vec<FieldError> {
    let mut errors = Vec::new();
    server.name = server.name.trim().to_owned();
    check_name("name", &server.name, &mut errors);
    server.description = server.description.trim().to_owned();
    if server.description.chars().count() > 2_000 {
        errors.push(FieldError::new("description", "At most 2000 characters."));
    }
    for text in [&mut server.url, &mut server.auth_header, &mut server.auth_key_name, &mut server.command] {
        *text = text.take().map(|text| text.trim().to_owned()).filter(|text| !text.is_empty());
    }
    match server.transport {
        Transport::StreamableHttp => check_http(server, &mut errors),
        Transport::Stdio => check_stdio(server, &mut errors),
    }
    if serde_json::to_string(server).is_ok_and(|text| text.contains("\\u0000")) {
        errors.push(FieldError::new("", "Text may not contain the NUL character (\\u0000)."));
    }
    errors
}

fn check_http(server: &mut NewMcpServer, errors: &mut Vec<FieldError>) {
    server.command = None;
    server.args.clear();
    server.env.clear();
    server.allow_network = false;
    match server.url.as_deref() {
        None => errors.push(FieldError::new("url", "Enter the address of the server, for example https://mcp.example.com/mcp.")),
        Some(url) if !(url.starts_with("https://") || url.starts_with("http://")) => {
            errors.push(FieldError::new("url", "Begin with https:// or http://."));
        }
        Some(url) if url.len() > 2_000 => errors.push(FieldError::new("url", "At most 2000 characters.")),
        Some(url) => check_address(url, errors),
    }
    if server.auth != Auth::Header {
        server.auth_header = None;
    }
    if server.auth == Auth::None {
        server.auth_key_name = None;
    } else if server.auth_key_name.is_none() {
        errors.push(FieldError::new("auth_key_name", "Name the key that is sent."));
    }
    if server.auth == Auth::Header {
        match server.auth_header.as_deref() {
            None => errors.push(FieldError::new("auth_header", "Name the header, for example X-Api-Key.")),
            Some(name) if !is_token(name) => errors.push(FieldError::new("auth_header", "This is no name of a header.")),
            Some(name) if is_ours(name) => errors.push(FieldError::new("auth_header", "This header is set by Toolcrib itself.")),
            Some(_) => {}
        }
    }
}

fn check_stdio(server: &mut NewMcpServer, errors: &mut Vec<FieldError>) {
    server.url = None;
    server.auth = Auth::None;
    server.auth_header = None;
    server.auth_key_name = None;
    match server.command.as_deref() {
        None => errors.push(FieldError::new("command", "Enter the program, for example /usr/bin/python3.")),
        Some(command) if command.len() > 500 || command.starts_with('-') => {
            errors.push(FieldError::new("command", "A program's name or path, at most 500 characters."));
        }
        Some(_) => {}
    }
    if server.args.len() > 100 || server.args.iter().any(|arg| arg.len() > 4_000) {
        errors.push(FieldError::new("args", "At most 100 arguments of 4000 characters."));
    }
    for (variable, key) in &server.env {
        let shaped = !variable.is_empty()
            && !variable.starts_with(|c: char| c.is_ascii_digit())
            && variable.chars().all(|c| c.is_ascii_alphanumeric() || c == '_');
        if !shaped {
            errors.push(FieldError::new("env", format!("“{variable}” is no name of an environment variable.")));
        } else if ["PATH", "LD_PRELOAD", "LD_LIBRARY_PATH", "LD_AUDIT", "HOME"].contains(&variable.as_str()) {
            errors.push(FieldError::new("env", format!("{variable} is set by Toolcrib itself.")));
        } else if key.trim().is_empty() {
            errors.push(FieldError::new("env", format!("Name the key that {variable} holds.")));
        }
    }
}

fn is_token(name: &str) -> bool {
    !name.is_empty() && name.bytes().all(|b| b.is_ascii_alphanumeric() || b"!#$%&'*+-.^_`|~".contains(&b))
}

fn is_ours(name: &str) -> bool {
    let name = name.to_ascii_lowercase();
    name.starts_with("mcp-")
        || ["host", "accept", "content-type", "content-length", "transfer-encoding", "connection", "last-event-id", "origin", "cookie"]
            .contains(&name.as_str())
}

#[cfg(feature = "ssr")]
fn check_address(url: &str, errors: &mut Vec<FieldError>) {
    match url::Url::parse(url) {
        Err(_) => errors.push(FieldError::new("url", "This is not an address. Example: https://mcp.example.com/mcp")),
        Ok(url) if !url.username().is_empty() || url.password().is_some() => {
            errors.push(FieldError::new("url", "No user or password here: they would be seen by everyone. Use a key."));
        }
        Ok(url) if url.fragment().is_some() => errors.push(FieldError::new("url", "No “#” here.")),
        Ok(_) => {}
    }
}

/// The browser leaves this to the server.
#[cfg(not(feature = "ssr"))]
fn check_address(_: &str, _: &mut Vec<FieldError>) {}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn everything_wrong_is_said_at_once() {
        let mut server = NewMcpServer::at("A", "ftp://x");
        server.auth = Auth::Header;
        server.auth_header = Some("Mcp-Session-Id".into());
        let places: Vec<_> = check(&mut server).into_iter().map(|error| error.pointer).collect();
        assert_eq!(places, ["/name", "/url", "/auth_key_name", "/auth_header"]);
        let mut server = NewMcpServer::at("files", "");
        server.transport = Transport::Stdio;
        server.env.insert("LD_PRELOAD".into(), "KEY".into());
        let places: Vec<_> = check(&mut server).into_iter().map(|error| error.pointer).collect();
        assert_eq!(places, ["/command", "/env"]);
    }

    #[test]
    fn what_belongs_to_the_other_transport_is_dropped() {
        let mut server = NewMcpServer::at("files", "https://example.com/mcp");
        server.command = Some("/usr/bin/python3".into());
        assert!(check(&mut server).is_empty());
        assert_eq!(server.command, None);
    }
}
