//! The door through which a script's requests go out: an HTTP proxy, one for each call that may use the network. The script's own namespace has
//! no way out but this socket, which was made inside and is accepted here, so that every name is resolved and every address checked by the
//! same guard as for `api_request` tools: private addresses are refused.

use crate::{
    executors::{Account, egress},
    system::System,
};
use serde_json::{Value, json};
use std::{os::fd::OwnedFd, time::Duration};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::{TcpListener, TcpStream},
    task::{AbortHandle, JoinSet},
};
use url::Url;

const HEAD_BYTES: usize = 32 * 1024;
/// The most hosts that are listed on an execution.
const LISTED: usize = 50;

/// Open until dropped.
pub(super) struct Door(AbortHandle);

impl Drop for Door {
    fn drop(&mut self) {
        self.0.abort();
    }
}

pub(super) fn open(socket: OwnedFd, system: &System, account: &Account) -> std::io::Result<Door> {
    let listener = std::net::TcpListener::from(socket);
    listener.set_nonblocking(true)?;
    let listener = TcpListener::from_std(listener)?;
    let (system, account) = (system.clone(), account.clone());
    let task = tokio::spawn(async move {
        // Aborted with this task.
        let mut connections = JoinSet::new();
        let mut seen: Vec<Value> = Vec::new();
        let (tell, mut told) = tokio::sync::mpsc::unbounded_channel();
        loop {
            tokio::select! {
                accepted = listener.accept() => {
                    let Ok((stream, _)) = accepted else { return };
                    let (system, tell) = (system.clone(), tell.clone());
                    connections.spawn(async move { serve(stream, &system, &tell).await });
                }
                Some(entry) = told.recv() => {
                    if seen.len() < LISTED && !seen.contains(&entry) {
                        seen.push(entry);
                        account.note("network", seen.clone());
                    }
                }
                Some(_) = connections.join_next() => {}
            }
        }
    });
    Ok(Door(task.abort_handle()))
}

type Tell = tokio::sync::mpsc::UnboundedSender<Value>;

/// One connection of the script: a tunnel, or one plain request.
async fn serve(mut script: TcpStream, system: &System, tell: &Tell) {
    let Ok(Some((head, rest))) = tokio::time::timeout(Duration::from_secs(30), read_head(&mut script)).await else { return };
    let Some(request) = Request::read(&head) else {
        return refuse(&mut script, "400 Bad Request", "This is no request to a proxy.").await;
    };
    let place = format!("{}:{}", request.url.host_str().unwrap_or_default(), request.url.port_or_known_default().unwrap_or_default());
    let addresses = match egress::resolve(&system.config, &request.url).await {
        Ok(addresses) => addresses,
        Err(why) => {
            let _ = tell.send(json!({"host": place, "refused": why.to_string()}));
            return refuse(&mut script, "403 Forbidden", &why.to_string()).await;
        }
    };
    if request.url.port() == Some(25) {
        let _ = tell.send(json!({"host": place, "refused": "Mail is not sent this way."}));
        return refuse(&mut script, "403 Forbidden", "Mail is not sent this way.").await;
    }
    let _ = tell.send(json!({"host": place}));
    let connected = tokio::time::timeout(Duration::from_secs(10), TcpStream::connect(addresses.as_slice())).await;
    let Ok(Ok(mut other)) = connected else {
        return refuse(&mut script, "502 Bad Gateway", "The connection failed.").await;
    };
    let begun = match &request.forward {
        None => script.write_all(b"HTTP/1.1 200 Connected\r\n\r\n").await,
        Some(head) => other.write_all(head.as_bytes()).await,
    };
    if begun.is_ok() && other.write_all(&rest).await.is_ok() {
        let _ = tokio::io::copy_bidirectional(&mut script, &mut other).await;
    }
}

/// Up to the empty line, and what came after it.
async fn read_head(from: &mut TcpStream) -> Option<(String, Vec<u8>)> {
    let mut got = Vec::new();
    let mut chunk = [0; 4096];
    loop {
        let read = from.read(&mut chunk).await.ok().filter(|read| *read > 0)?;
        got.extend_from_slice(&chunk[..read]);
        if let Some(end) = got.windows(4).position(|window| window == b"\r\n\r\n") {
            let rest = got.split_off(end + 4);
            return Some((String::from_utf8(got).ok()?, rest));
        }
        if got.len() > HEAD_BYTES {
            return None;
        }
    }
}

async fn refuse(to: &mut TcpStream, status: &str, why: &str) {
    let answer = format!(
        "HTTP/1.1 {status}\r\nContent-Type: text/plain; charset=utf-8\r\nContent-Length: {}\r\nConnection: close\r\n\r\n{why}",
        why.len()
    );
    let _ = to.write_all(answer.as_bytes()).await;
}

/// Where a connection wants to go.
struct Request {
    url: Url,
    /// What is sent on before the rest. `None`: a tunnel.
    forward: Option<String>,
}

impl Request {
    fn read(head: &str) -> Option<Self> {
        let (line, headers) = head.split_once("\r\n")?;
        let mut words = line.split(' ');
        let (method, target, version) = (words.next()?, words.next()?, words.next()?);
        if words.next().is_some() || !version.starts_with("HTTP/1.") {
            return None;
        }
        if method == "CONNECT" {
            let (host, port) = target.rsplit_once(':')?;
            let url = Url::parse(&format!("https://{host}:{}", port.parse::<u16>().ok()?)).ok()?;
            return Some(Self { url, forward: None });
        }
        let url = Url::parse(target).ok().filter(|url| url.scheme() == "http")?;
        let mut path = url.path().to_owned();
        if let Some(query) = url.query() {
            path.push('?');
            path.push_str(query);
        }
        let mut forward = format!("{method} {path} HTTP/1.1\r\n");
        for header in headers.split("\r\n").filter(|header| !header.is_empty()) {
            let name = header.split(':').next().unwrap_or_default().to_ascii_lowercase();
            if !matches!(name.as_str(), "proxy-connection" | "proxy-authorization" | "connection" | "keep-alive") {
                forward.push_str(header);
                forward.push_str("\r\n");
            }
        }
        forward.push_str("Connection: close\r\n\r\n");
        Some(Self { url, forward: Some(forward) })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_tunnel_and_a_plain_request_are_told_apart() {
        let tunnel = Request::read("CONNECT api.example.com:443 HTTP/1.1\r\nHost: api.example.com:443\r\n\r\n").unwrap();
        assert_eq!((tunnel.url.as_str(), tunnel.forward), ("https://api.example.com/", None));
        let head = "GET http://example.com:8080/a?b=c HTTP/1.1\r\nHost: example.com:8080\r\nProxy-Connection: keep-alive\r\nConnection: keep-alive\r\n\r\n";
        let plain = Request::read(head).unwrap();
        assert_eq!(plain.url.port(), Some(8080));
        assert_eq!(plain.forward.as_deref(), Some("GET /a?b=c HTTP/1.1\r\nHost: example.com:8080\r\nConnection: close\r\n\r\n"));
        for bad in ["GET /path HTTP/1.1\r\n\r\n", "GET ftp://example.com/ HTTP/1.1\r\n\r\n", "CONNECT nowhere HTTP/1.1\r\n\r\n", "\r\n\r\n"]
        {
            assert!(Request::read(bad).is_none(), "{bad}");
        }
    }
}
