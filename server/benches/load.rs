//! A load generator: HTTP/1.1 over kept connections, each of which asks again as soon as it is answered (a closed loop, as `wrk` does it). Little
//! more than bytes in and out, so that it takes as little as possible of the processors that it measures on.

use std::{
    net::SocketAddr,
    time::{Duration, Instant},
};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpStream,
};

/// One request as bytes, and what its answer must contain.
#[derive(Clone)]
pub struct Ask {
    bytes: Vec<u8>,
    expected: &'static str,
}

impl Ask {
    pub fn new(method: &str, path: &str, token: Option<&str>, body: Option<&str>, expected: &'static str) -> Self {
        let token = token.map(|token| format!("authorization: Bearer {token}\r\n")).unwrap_or_default();
        let body = body.unwrap_or_default();
        let head = format!(
            "{method} {path} HTTP/1.1\r\nhost: bench\r\ncontent-type: application/json\r\ncontent-length: {}\r\n{token}\r\n",
            body.len()
        );
        Self { bytes: [head.as_bytes(), body.as_bytes()].concat(), expected }
    }
}

/// What was measured.
#[derive(Clone, Default)]
pub struct Measured {
    /// Sorted by [`Measured::of`].
    micros: Vec<u32>,
    took: Duration,
}

impl Measured {
    pub fn add(&mut self, more: Self) {
        self.micros.extend(more.micros);
        self.micros.sort_unstable();
        self.took += more.took;
    }

    pub fn count(&self) -> usize {
        self.micros.len()
    }

    pub fn per_second(&self) -> f64 {
        self.micros.len() as f64 / self.took.as_secs_f64().max(1e-9)
    }

    /// In milliseconds; `share` of all answers came within it.
    pub fn percentile(&self, share: f64) -> f64 {
        let place = ((self.micros.len() as f64 * share).ceil() as usize).clamp(1, self.micros.len().max(1)) - 1;
        f64::from(self.micros.get(place).copied().unwrap_or_default()) / 1000.0
    }
}

/// `connections` ask for `lasting`, each taking its turn through `asks`.
pub async fn run(address: SocketAddr, asks: &[Ask], connections: usize, lasting: Duration) -> Measured {
    let began = Instant::now();
    let tasks: Vec<_> = (0..connections).map(|first| tokio::spawn(ask(address, asks.to_vec(), first, began + lasting))).collect();
    let mut measured = Measured::default();
    for task in tasks {
        measured.micros.extend(task.await.expect("a connection of the load generator"));
    }
    measured.took = began.elapsed();
    measured.micros.sort_unstable();
    measured
}

/// Each of `asks` once, one after the other, on a connection of its own.
pub async fn once_each(address: SocketAddr, asks: &[Ask]) -> Measured {
    let (began, mut measured) = (Instant::now(), Measured::default());
    for one in asks {
        measured.micros.extend(ask(address, vec![one.clone()], 0, Instant::now()).await);
    }
    measured.took = began.elapsed();
    measured.micros.sort_unstable();
    measured
}

/// At least once, until the time is over.
async fn ask(address: SocketAddr, asks: Vec<Ask>, first: usize, end: Instant) -> Vec<u32> {
    let mut stream = TcpStream::connect(address).await.expect("connect");
    stream.set_nodelay(true).expect("TCP_NODELAY");
    let (mut micros, mut buffer) = (Vec::with_capacity(64 * 1024), Vec::with_capacity(64 * 1024));
    for turn in first.. {
        let one = &asks[turn % asks.len()];
        let began = Instant::now();
        stream.write_all(&one.bytes).await.expect("send");
        answer(&mut stream, &mut buffer, one.expected).await;
        let now = Instant::now();
        micros.push(u32::try_from((now - began).as_micros()).unwrap_or(u32::MAX));
        if now >= end {
            break;
        }
    }
    micros
}

/// Reads one answer to its end; anything but 200 with the expected text is a mistake of the bench or of the product.
async fn answer(stream: &mut TcpStream, buffer: &mut Vec<u8>, expected: &str) {
    buffer.clear();
    let mut whole = None;
    while whole.is_none_or(|length| buffer.len() < length) {
        assert!(stream.read_buf(buffer).await.expect("receive") > 0, "the connection was closed: {}", String::from_utf8_lossy(buffer));
        if whole.is_none()
            && let Some(end) = find(buffer, b"\r\n\r\n")
        {
            let head = String::from_utf8_lossy(&buffer[..end]).to_ascii_lowercase();
            let length = head.lines().find_map(|line| line.strip_prefix("content-length:")?.trim().parse::<usize>().ok());
            whole = Some(end + 4 + length.unwrap_or_else(|| panic!("an answer without a length: {head}")));
        }
    }
    let good = buffer.starts_with(b"HTTP/1.1 200 ") && find(buffer, expected.as_bytes()).is_some();
    assert!(good, "not what was expected: {}", String::from_utf8_lossy(&buffer[..buffer.len().min(2000)]));
}

fn find(text: &[u8], part: &[u8]) -> Option<usize> {
    text.windows(part.len()).position(|window| window == part)
}
