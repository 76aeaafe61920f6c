//! To which hosts a key may be sent. Whoever may make tools can name an address of their own in one; a key that is mapped to everybody
//! goes there all the same, unless it says where it may go. Checked by the executors before a request holds anything of the key.

use super::KeyWay;
use crate::problem::FieldError;
use url::{Host, Url};

/// The most hosts that a key may name.
pub const MOST: usize = 50;

/// How far a key may go: goes along with its value, and with what is made of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reach {
    pub key_name: String,
    /// Empty: any host.
    pub hosts: Vec<String>,
}

/// A key would have gone where it may not go.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Misdirected {
    pub key_name: String,
    /// The host, or what would have been given the value.
    pub to: String,
    allowed: Vec<String>,
    is_program: bool,
}

impl std::fmt::Display for Misdirected {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let (name, to, allowed) = (&self.key_name, &self.to, self.allowed.join(", "));
        if self.is_program {
            write!(f, "The key “{name}” may be sent to {allowed} only, and {to} could send it anywhere, so it is not given to it.")?;
        } else {
            write!(f, "The key “{name}” may be sent to {allowed} only, not to {to}. Nothing of it was sent there.")?;
        }
        f.write_str(" An admin can change its hosts in the key's settings.")
    }
}

impl Reach {
    /// May it go to this address?
    pub fn check(&self, url: &Url) -> Result<(), Misdirected> {
        if self.hosts.is_empty() || self.hosts.iter().any(|host| matches(host, url)) {
            return Ok(());
        }
        let port = url.port().map(|port| format!(":{port}")).unwrap_or_default();
        Err(self.refuse(format!("{}{port}", url.host_str().unwrap_or("an address without a host")), false))
    }

    /// A program gets the value itself, and nobody knows where it goes from there: only a key that may go anywhere is given to one.
    pub fn check_program(&self, what: &str) -> Result<(), Misdirected> {
        if self.hosts.is_empty() { Ok(()) } else { Err(self.refuse(what.to_owned(), true)) }
    }

    /// The same for a way and an address as they are stored. What is no address is refused when it is called.
    pub fn check_way(&self, way: KeyWay, address: Option<&str>) -> Result<(), Misdirected> {
        match address.and_then(|address| Url::parse(address).ok()) {
            _ if way.is_program() => self.check_program("a program"),
            Some(url) => self.check(&url),
            None => Ok(()),
        }
    }

    fn refuse(&self, to: String, is_program: bool) -> Misdirected {
        Misdirected { key_name: self.key_name.clone(), to, allowed: self.hosts.clone(), is_program }
    }
}

/// `host`, `host:port`, `*.host`, `*.host:port`; without a port any.
fn matches(allowed: &str, url: &Url) -> bool {
    let (host, port) = split(allowed);
    let Some(called) = url.host_str() else { return false };
    if port.is_some_and(|port| url.port_or_known_default() != port.parse().ok()) {
        return false;
    }
    match host.strip_prefix("*.") {
        // Any depth below, never the host itself.
        Some(parent) => {
            called.strip_suffix(parent).and_then(|rest| rest.strip_suffix('.')).is_some_and(|label| !label.is_empty())
                && matches!(url.host(), Some(Host::Domain(_)))
        }
        None => called == host,
    }
}

fn split(entry: &str) -> (&str, Option<&str>) {
    match entry.rsplit_once(':') {
        Some((host, port)) if !host.ends_with(':') && (!host.starts_with('[') || host.ends_with(']')) && !port.contains(']') => {
            (host, Some(port))
        }
        _ => (entry, None),
    }
}

/// Puts hosts into the shape in which addresses have them: lower case, punycode, each once. What is none is said at its place.
pub(super) fn tidy(hosts: &mut Vec<String>, errors: &mut Vec<FieldError>) {
    let mut tidied: Vec<String> = Vec::new();
    for (index, entry) in hosts.iter().enumerate() {
        match shape(entry.trim()) {
            Ok(host) if !tidied.contains(&host) => tidied.push(host),
            Ok(_) => {}
            Err(why) => errors.push(FieldError::new(format!("allowed_hosts/{index}"), why)),
        }
    }
    if tidied.len() > MOST {
        errors.push(FieldError::new("allowed_hosts", format!("At most {MOST} hosts.")));
    }
    *hosts = tidied;
}

fn shape(entry: &str) -> Result<String, String> {
    const EXAMPLES: &str = "Examples: api.example.com, *.example.com, api.example.com:8443.";
    let shown: String = entry.chars().take(100).collect();
    let odd = || format!("“{shown}” is no host. {EXAMPLES}");
    if let Some(host) =
        Url::parse(entry).ok().filter(|url| matches!(url.scheme(), "http" | "https")).and_then(|url| url.host_str().map(str::to_owned))
    {
        return Err(format!("“{shown}” is an address. Name the host alone: {host}"));
    }
    let (rest, wild) = entry.strip_prefix("*.").map_or((entry, false), |rest| (rest, true));
    let (host, port) = split(rest);
    if host.is_empty() || host.contains(['/', '@', '?', '#', '*', '\\', ' ']) || host.contains(':') && !host.starts_with('[') {
        return Err(odd());
    }
    let parsed = Host::parse(host).map_err(|_| odd())?;
    let parsed = match (&parsed, wild) {
        (Host::Domain(domain), true) if !domain.contains('.') => {
            return Err(format!("“{shown}” is too wide: everybody can have a host there. {EXAMPLES}"));
        }
        (Host::Domain(domain), _) => domain.clone(),
        (_, true) => return Err(odd()),
        (address, false) => address.to_string(),
    };
    let port = match port.map(str::parse::<u16>) {
        None => String::new(),
        Some(Ok(port @ 1..)) => format!(":{port}"),
        Some(_) => return Err(odd()),
    };
    Ok(format!("{}{parsed}{port}", if wild { "*." } else { "" }))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn reaches(hosts: &[&str], url: &str) -> bool {
        let reach = Reach { key_name: "KEY".to_owned(), hosts: hosts.iter().map(|host| (*host).to_owned()).collect() };
        reach.check(&url.parse().unwrap()).is_ok()
    }

    #[test]
    fn a_key_goes_to_the_hosts_it_names_and_nowhere_else() {
        for (hosts, url, expected) in [
            (&[][..], "https://anywhere.example", true),
            (&["api.example.com"], "https://api.example.com/v1", true),
            (&["api.example.com"], "https://API.example.com:8443/", true),
            (&["api.example.com"], "https://api.example.com.evil.example/", false),
            (&["api.example.com"], "https://evil.example/api.example.com", false),
            (&["api.example.com"], "https://api.example.com@evil.example/", false),
            (&["api.example.com"], "https://evil.example\\@api.example.com/", false),
            (&["api.example.com"], "https://xapi.example.com/", false),
            (&["api.example.com"], "https://api.example.com./", false),
            (&["example.com"], "https://api.example.com/", false),
            (&["*.example.com"], "https://api.example.com/", true),
            (&["*.example.com"], "https://a.b.example.com/", true),
            (&["*.example.com"], "https://example.com/", false),
            (&["*.example.com"], "https://evilexample.com/", false),
            (&["a.example", "b.example"], "https://b.example/", true),
            (&["127.0.0.1:4000"], "http://127.0.0.1:4000/", true),
            (&["127.0.0.1:4000"], "http://127.0.0.1:4001/", false),
            (&["a.example:443"], "https://a.example/", true),
            (&["a.example:443"], "http://a.example/", false),
            (&["127.0.0.1"], "http://2130706433/", true),
            (&["[::1]:8080"], "http://[::1]:8080/", true),
            (&["[::1]"], "http://[::1]:8080/", true),
        ] {
            assert_eq!(reaches(hosts, url), expected, "{hosts:?} and {url}");
        }
    }

    #[test]
    fn a_program_gets_a_key_that_may_go_anywhere_only() {
        let reach = |hosts: &[&str]| Reach { key_name: "KEY".to_owned(), hosts: hosts.iter().map(|host| (*host).to_owned()).collect() };
        assert!(reach(&[]).check_program("a script").is_ok());
        let refused = reach(&["api.example.com"]).check_program("a script").unwrap_err().to_string();
        assert!(refused.contains("“KEY”") && refused.contains("api.example.com only") && refused.contains("a script"), "{refused}");
        let refused = reach(&["api.example.com"]).check(&"https://evil.example:81/".parse().unwrap()).unwrap_err().to_string();
        assert!(refused.contains("“KEY”") && refused.contains("not to evil.example:81"), "{refused}");
    }

    #[test]
    fn hosts_are_stored_as_addresses_have_them_and_anything_else_is_refused() {
        let mut hosts: Vec<String> =
            [" API.Example.com", "*.Example.com", "api.example.com", "bücher.example:8443", "[::1]:80", "127.0.0.1"]
                .map(str::to_owned)
                .into();
        let mut errors = Vec::new();
        tidy(&mut hosts, &mut errors);
        assert_eq!(errors, []);
        assert_eq!(hosts, ["api.example.com", "*.example.com", "xn--bcher-kva.example:8443", "[::1]:80", "127.0.0.1"]);
        for bad in [
            "",
            "*",
            "*.com",
            "https://api.example.com/v1",
            "a b",
            "a/b",
            "user@host",
            "a.*.com",
            "host:0",
            "host:99999",
            "host:",
            "*.127.0.0.1",
            "::1",
        ] {
            let mut errors = Vec::new();
            tidy(&mut vec![bad.to_owned()], &mut errors);
            assert_eq!(errors.iter().map(|error| error.pointer.as_str()).collect::<Vec<_>>(), ["/allowed_hosts/0"], "{bad}");
        }
    }
}
