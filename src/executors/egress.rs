//! Where a tool may connect to. A name is resolved once, every address is checked, and the checked addresses are the ones connected to:
//! a tool cannot reach the machine it runs on, its neighbours or a cloud's metadata, whatever a name or a redirect says.

use crate::{config::Config, ids::OrganizationId};
use ipnet::{Ipv4Net, Ipv6Net};
use std::{
    collections::HashMap,
    net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr},
    sync::{Arc, LazyLock, Mutex, MutexGuard, PoisonError},
    time::{Duration, Instant},
};
use url::{Host, Url};

/// Why there is no connection.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Refusal {
    /// Not HTTP, or no host.
    Address(String),
    /// The name leads nowhere.
    Unknown(String),
    /// An address that is not public.
    Private(String),
}

impl std::fmt::Display for Refusal {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Address(url) => write!(f, "“{url}” is no http or https address."),
            Self::Unknown(host) => write!(f, "The host “{host}” was not found."),
            Self::Private(host) => write!(
                f,
                "“{host}” is not on the public internet, so it is not called. Whoever runs this server can open it with TOOLCRIB_ALLOW_PRIVATE_HOSTS={host}."
            ),
        }
    }
}

static NO_IPV4: LazyLock<Vec<Ipv4Net>> = LazyLock::new(|| {
    [
        "0.0.0.0/8",
        "10.0.0.0/8",
        "100.64.0.0/10",
        "127.0.0.0/8",
        "169.254.0.0/16",
        "172.16.0.0/12",
        "192.0.0.0/24",
        "192.0.2.0/24",
        "192.88.99.0/24",
        "192.168.0.0/16",
        "198.18.0.0/15",
        "198.51.100.0/24",
        "203.0.113.0/24",
        "224.0.0.0/4",
        "240.0.0.0/4",
    ]
    .iter()
    .filter_map(|net| net.parse().ok())
    .collect()
});
/// Inside 2000::/3, which alone is public at all.
static NO_IPV6: LazyLock<Vec<Ipv6Net>> =
    LazyLock::new(|| ["2001::/23", "2001:db8::/32", "2002::/16", "3fff::/20"].iter().filter_map(|net| net.parse().ok()).collect());

/// On the public internet.
#[must_use]
pub fn is_public(address: IpAddr) -> bool {
    fn v4(address: Ipv4Addr) -> bool {
        !NO_IPV4.iter().any(|net| net.contains(&address))
    }
    fn v6(address: Ipv6Addr) -> bool {
        address.segments()[0] & 0xe000 == 0x2000 && !NO_IPV6.iter().any(|net| net.contains(&address))
    }
    match address {
        IpAddr::V4(address) => v4(address),
        // IPv4 in IPv6 clothes (mapped, compatible, NAT64, 6to4) is outside 2000::/3 or listed, hence refused.
        IpAddr::V6(address) => v6(address),
    }
}

/// The addresses to connect to for `url`, each checked.
pub async fn resolve(config: &Config, url: &Url) -> Result<Vec<SocketAddr>, Refusal> {
    let port = url.port_or_known_default().filter(|_| matches!(url.scheme(), "http" | "https"));
    let (Some(host), Some(port)) = (url.host(), port) else {
        return Err(Refusal::Address(url.to_string()));
    };
    let name = host.to_string().to_ascii_lowercase();
    let addresses: Vec<SocketAddr> = match host {
        Host::Ipv4(address) => vec![(address, port).into()],
        Host::Ipv6(address) => vec![(address, port).into()],
        Host::Domain(domain) => config.names.look_up(domain, port).await,
    };
    if addresses.is_empty() {
        return Err(Refusal::Unknown(name));
    }
    let with_port = format!("{name}:{port}");
    let opened = config
        .allow_private_hosts
        .iter()
        .any(|host| *host == name || *host == with_port || host.trim_matches(['[', ']']) == name.trim_matches(['[', ']']));
    if !opened && addresses.iter().any(|address| !is_public(address.ip())) {
        return Err(Refusal::Private(with_port));
    }
    Ok(addresses)
}

/// A client that connects to `addresses` and to nothing else: no proxy, no redirect, no second look at the name.
pub fn client(url: &Url, addresses: &[SocketAddr]) -> Result<reqwest::Client, reqwest::Error> {
    builder(url, addresses).pool_max_idle_per_host(0).build()
}

/// The same for many requests to one host: connections are kept between them.
pub fn lasting_client(url: &Url, addresses: &[SocketAddr]) -> Result<reqwest::Client, reqwest::Error> {
    builder(url, addresses).pool_idle_timeout(Duration::from_secs(60)).tcp_keepalive(Duration::from_secs(30)).build()
}

/// Connections are given up before the other side would: five seconds is the shortest time that common servers keep one that is idle.
const KEPT_IDLE: Duration = Duration::from_secs(4);
/// A client that nobody used for so long goes; one this old is made anew, with the certificates that the machine trusts by then.
const UNUSED: Duration = Duration::from_secs(60);
const AGE: Duration = Duration::from_secs(600);
const CLIENTS: usize = 500;

/// What makes two requests go by the same connections. An organization's own, and the very addresses that were checked: a name that leads
/// elsewhere today is another place.
#[derive(Clone, PartialEq, Eq, Hash)]
struct Place {
    organization: OrganizationId,
    scheme: String,
    host: String,
    addresses: Vec<SocketAddr>,
}

struct Kept {
    client: reqwest::Client,
    made: Instant,
    used: Instant,
}

/// Clients for the services that tools call often, each with its open connections.
#[derive(Clone, Default)]
pub struct Connections(Arc<Mutex<HashMap<Place, Kept>>>);

impl Connections {
    /// As [`client`], but the connections of earlier calls to the same addresses are used again.
    pub fn client(&self, organization: OrganizationId, url: &Url, addresses: &[SocketAddr]) -> Result<reqwest::Client, reqwest::Error> {
        let mut addresses = addresses.to_vec();
        addresses.sort_unstable();
        let place = Place { organization, scheme: url.scheme().to_owned(), host: url.host_str().unwrap_or_default().to_owned(), addresses };
        let now = Instant::now();
        if let Some(kept) = self.lock().get_mut(&place).filter(|kept| now - kept.made < AGE) {
            kept.used = now;
            return Ok(kept.client.clone());
        }
        // Not under the lock: it may read certificates.
        let client = builder(url, &place.addresses).pool_idle_timeout(KEPT_IDLE).build()?;
        let mut all = self.lock();
        all.retain(|_, kept| now - kept.used < UNUSED);
        if all.len() < CLIENTS {
            all.insert(place, Kept { client: client.clone(), made: now, used: now });
        }
        Ok(client)
    }

    fn lock(&self) -> MutexGuard<'_, HashMap<Place, Kept>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

static PROVIDER: LazyLock<()> = LazyLock::new(|| {
    // Already installed by somebody else is as good.
    let _ = rustls::crypto::CryptoProvider::install_default(rustls::crypto::ring::default_provider());
});

/// For servers that the configuration names, not an organization: no guard, and any address.
pub fn beside(connect: Duration) -> reqwest::Result<reqwest::Client> {
    LazyLock::force(&PROVIDER);
    reqwest::Client::builder().no_proxy().redirect(reqwest::redirect::Policy::none()).connect_timeout(connect).build()
}

fn builder(url: &Url, addresses: &[SocketAddr]) -> reqwest::ClientBuilder {
    LazyLock::force(&PROVIDER);
    let mut builder = reqwest::Client::builder()
        .no_proxy()
        .redirect(reqwest::redirect::Policy::none())
        .connect_timeout(Duration::from_secs(10))
        .dns_resolver(Arc::new(Nowhere))
        .user_agent(concat!("Toolcrib/", env!("CARGO_PKG_VERSION")));
    if url.scheme() == "http" {
        // Reading the machine's certificates takes longer than the call.
        builder = builder.tls_certs_only([]);
    }
    if let Some(Host::Domain(domain)) = url.host() {
        builder = builder.resolve_to_addrs(domain, addresses);
    }
    builder
}

/// Answers no question: whatever was not resolved and checked before is not connected to.
struct Nowhere;

impl reqwest::dns::Resolve for Nowhere {
    fn resolve(&self, _: reqwest::dns::Name) -> reqwest::dns::Resolving {
        Box::pin(async { Err("this name was not checked".into()) })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn config(allow: &str) -> Config {
        Config::read(|name| (name == "TOOLCRIB_ALLOW_PRIVATE_HOSTS").then(|| allow.to_owned())).unwrap()
    }

    #[test]
    fn what_is_not_public_is_known() {
        let private = "127.0.0.1 10.1.2.3 172.16.0.1 192.168.1.1 169.254.169.254 100.64.0.1 0.0.0.0 0.1.2.3 224.0.0.1 255.255.255.255 192.0.2.1 198.19.0.1 \
            ::1 :: ::ffff:127.0.0.1 ::ffff:8.8.8.8 ::127.0.0.1 fc00::1 fd00:ec2::254 fe80::1 ff02::1 64:ff9b::7f00:1 2002:7f00:1:: 2001:0:1::1 2001:db8::1";
        for address in private.split_whitespace() {
            assert!(!is_public(address.parse().unwrap()), "{address}");
        }
        for address in ["1.1.1.1", "8.8.8.8", "172.32.0.1", "100.128.0.1", "2606:4700::1111", "2a00:1450::1"] {
            assert!(is_public(address.parse().unwrap()), "{address}");
        }
    }

    #[tokio::test]
    async fn every_spelling_of_loopback_is_refused() {
        for url in [
            "http://127.0.0.1/",
            "http://2130706433/",
            "http://0x7f.1/",
            "http://[::1]/",
            "http://[::ffff:127.0.0.1]/",
            "http://localhost/",
            "http://127.1:8080/",
        ] {
            let refused = resolve(&config(""), &url.parse().unwrap()).await;
            assert!(matches!(refused, Err(Refusal::Private(_))), "{url}: {refused:?}");
        }
    }

    #[tokio::test]
    async fn an_opened_host_is_opened_at_its_port_only() {
        let config = config("127.0.0.1:4000, localhost");
        assert!(resolve(&config, &"http://127.0.0.1:4000/".parse().unwrap()).await.is_ok());
        assert!(resolve(&config, &"http://127.0.0.1:4001/".parse().unwrap()).await.is_err());
        assert!(resolve(&config, &"http://localhost:4001/".parse().unwrap()).await.is_ok());
        assert!(resolve(&config, &"file:///etc/passwd".parse().unwrap()).await.is_err());
    }
}
