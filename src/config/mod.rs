//! Configuration by environment. Every variable is listed in the README with its default; a bad value stops the start with one clear line.

mod names;
mod restate;

pub use names::Names;
pub use restate::Restate;

use std::{net::SocketAddr, path::PathBuf};

#[derive(Clone, Debug)]
pub struct Config {
    /// `TOOLCRIB_ADDR`: where to listen.
    pub addr: SocketAddr,
    /// `TOOLCRIB_PUBLIC_URL`: the address people use, scheme and host only; the `Origin` of every state-changing request must be it.
    pub public_url: Option<String>,
    /// `TOOLCRIB_DATA_DIR`: embedded database and organizations' files.
    pub data_dir: PathBuf,
    /// `DATABASE_URL`: an own PostgreSQL; otherwise the embedded one.
    pub database_url: Option<String>,
    /// `TOOLCRIB_DATABASE_APP_URL`: how to connect as the application's role where `SET ROLE` cannot be used (a pooler).
    pub database_app_url: Option<String>,
    pub database_connections: u32,
    /// `TOOLCRIB_ALLOW_PRIVATE_HOSTS`: hosts (`name` or `name:port`, comma-separated) that `api_request` tools may call although they are private.
    pub allow_private_hosts: Vec<String>,
    /// `TOOLCRIB_TWILIO_URL`: where text messages are sent by.
    pub twilio_url: String,
    /// `TOOLCRIB_PIPEDREAM_URL`: where actions of Pipedream Connect are run.
    pub pipedream_url: String,
    /// `TOOLCRIB_INSECURE_COOKIES`: cookies without `Secure`, for plain HTTP on a host that is not loopback.
    pub insecure_cookies: bool,
    /// `TOOLCRIB_TRUSTED_PROXIES`: how many proxies in front add to `X-Forwarded-For`.
    pub trusted_proxies: usize,
    /// `TOOLCRIB_STDIO_NETWORK`: MCP servers started as programs may have network, where an admin allows it. It is this machine's network.
    pub stdio_network: bool,
    /// `TOOLCRIB_SANDBOX_CONCURRENCY`: how many scripts run at once.
    pub sandbox_concurrency: usize,
    /// `TOOLCRIB_WORKFLOW_BACKEND=restate`: what hands out runs of workflows. `None`: the servers among themselves, over PostgreSQL.
    pub restate: Option<Restate>,
    /// No variable: the machine knows.
    pub names: Names,
}

impl Config {
    /// Reads the variables through `get`, which tests replace.
    pub fn read(get: impl Fn(&str) -> Option<String>) -> Result<Self, String> {
        let text = |name: &str| get(name).map(|v| v.trim().to_owned()).filter(|v| !v.is_empty());
        fn parsed<T: std::str::FromStr>(name: &str, value: Option<String>, default: T, example: &str) -> Result<T, String> {
            value.map_or(Ok(default), |v| v.parse().map_err(|_| format!("{name} is “{v}”, which is not valid. Example: {name}={example}")))
        }
        let addr = parsed(
            "TOOLCRIB_ADDR",
            text("TOOLCRIB_ADDR").or_else(|| text("LEPTOS_SITE_ADDR")),
            SocketAddr::from(([127, 0, 0, 1], 3000)),
            "127.0.0.1:3000",
        )?;
        let service = |name: &str, usual: &str| {
            let url = text(name).map_or_else(|| usual.to_owned(), |url| url.trim_end_matches('/').to_owned());
            let good = url::Url::parse(&url).is_ok_and(|url| matches!(url.scheme(), "http" | "https") && url.query().is_none());
            if good { Ok(url) } else { Err(format!("{name} is “{url}”, which is no address. Example: {name}={usual}")) }
        };
        Ok(Self {
            addr,
            twilio_url: service("TOOLCRIB_TWILIO_URL", "https://api.twilio.com")?,
            pipedream_url: service("TOOLCRIB_PIPEDREAM_URL", "https://api.pipedream.com")?,
            public_url: text("TOOLCRIB_PUBLIC_URL").map(|url| url.trim_end_matches('/').to_owned()),
            data_dir: text("TOOLCRIB_DATA_DIR").map_or_else(|| PathBuf::from("./data"), PathBuf::from),
            database_url: text("DATABASE_URL"),
            database_app_url: text("TOOLCRIB_DATABASE_APP_URL"),
            database_connections: parsed("TOOLCRIB_DATABASE_CONNECTIONS", text("TOOLCRIB_DATABASE_CONNECTIONS"), 20, "20")?,
            allow_private_hosts: text("TOOLCRIB_ALLOW_PRIVATE_HOSTS")
                .map(|list| list.split(',').map(|host| host.trim().to_ascii_lowercase()).filter(|host| !host.is_empty()).collect())
                .unwrap_or_default(),
            insecure_cookies: parsed("TOOLCRIB_INSECURE_COOKIES", text("TOOLCRIB_INSECURE_COOKIES"), false, "true")?,
            trusted_proxies: parsed("TOOLCRIB_TRUSTED_PROXIES", text("TOOLCRIB_TRUSTED_PROXIES"), 0, "1")?,
            stdio_network: parsed("TOOLCRIB_STDIO_NETWORK", text("TOOLCRIB_STDIO_NETWORK"), false, "true")?,
            restate: match text("TOOLCRIB_WORKFLOW_BACKEND").as_deref() {
                None | Some("postgres") => None,
                Some("restate") => Some(Restate::read(text)?),
                Some(other) => return Err(format!("TOOLCRIB_WORKFLOW_BACKEND is “{other}”. There are: postgres, restate")),
            },
            names: Names::default(),
            sandbox_concurrency: parsed("TOOLCRIB_SANDBOX_CONCURRENCY", text("TOOLCRIB_SANDBOX_CONCURRENCY"), 8, "8")?,
        })
    }

    pub fn from_environment() -> Result<Self, String> {
        Self::read(|name| std::env::var(name).ok())
    }
}
