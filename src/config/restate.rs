//! The Restate servers that hand out runs of workflows (docs/scaling.md).

use std::net::{IpAddr, Ipv4Addr, SocketAddr};

/// Where Restate is, and where it finds us.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Restate {
    /// `TOOLCRIB_RESTATE_INGRESS`: the addresses of its nodes that take invocations. One that does not answer is passed over.
    pub ingress: Vec<String>,
    /// `TOOLCRIB_RESTATE_ADMIN`: the addresses of its admin API, where this server makes itself known.
    pub admin: Vec<String>,
    /// `TOOLCRIB_RESTATE_LISTEN`: where this server listens for Restate.
    pub listen: SocketAddr,
    /// `TOOLCRIB_RESTATE_ENDPOINT`: the one address at which Restate reaches all servers, usually a balancer's. `None`: `listen`.
    pub endpoint: Option<String>,
    /// `TOOLCRIB_RESTATE_IDENTITY`: the public key that Restate's requests are signed for.
    pub identity: Option<String>,
}

impl Restate {
    pub(super) fn read(text: impl Fn(&str) -> Option<String>) -> Result<Self, String> {
        let address = |name: &str, url: &str| {
            let url = url.trim().trim_end_matches('/').to_owned();
            let good = url::Url::parse(&url).is_ok_and(|url| matches!(url.scheme(), "http" | "https") && url.query().is_none());
            if good { Ok(url) } else { Err(format!("{name} is “{url}”, which is no address. Example: {name}=http://restate-1:8080")) }
        };
        let addresses = |name: &str, example: &str| {
            let list = text(name)
                .ok_or_else(|| format!("TOOLCRIB_WORKFLOW_BACKEND is restate, but {name} is not set. Example: {name}={example}"))?;
            list.split(',').map(|url| address(name, url)).collect::<Result<Vec<_>, _>>()
        };
        let ingress = addresses("TOOLCRIB_RESTATE_INGRESS", "http://restate-1:8080,http://restate-2:8080")?;
        let admin = addresses("TOOLCRIB_RESTATE_ADMIN", "http://restate-1:9070,http://restate-2:9070")?;
        let listen = match text("TOOLCRIB_RESTATE_LISTEN") {
            None => SocketAddr::from((Ipv4Addr::LOCALHOST, 9080)),
            Some(value) => value.parse().map_err(|_| {
                format!("TOOLCRIB_RESTATE_LISTEN is “{value}”, which is not valid. Example: TOOLCRIB_RESTATE_LISTEN=0.0.0.0:9080")
            })?,
        };
        let endpoint = text("TOOLCRIB_RESTATE_ENDPOINT").map(|url| address("TOOLCRIB_RESTATE_ENDPOINT", &url)).transpose()?;
        if endpoint.is_none() && listen.ip().is_unspecified() {
            return Err(format!(
                "TOOLCRIB_RESTATE_LISTEN is {listen}, at which Restate cannot reach anybody. Set TOOLCRIB_RESTATE_ENDPOINT to the address at which it reaches the servers, such as http://toolcrib:9080."
            ));
        }
        let identity = text("TOOLCRIB_RESTATE_IDENTITY");
        if identity.as_ref().is_some_and(|key| !key.starts_with("publickeyv1_")) {
            return Err(
                "TOOLCRIB_RESTATE_IDENTITY is no public key of Restate: those begin with publickeyv1_ and stand in its log.".to_owned()
            );
        }
        if identity.is_none() && !is_loopback(listen.ip()) {
            return Err(format!(
                "TOOLCRIB_RESTATE_LISTEN is {listen}, and without TOOLCRIB_RESTATE_IDENTITY whoever reaches that port could drive runs. Set it to the public key of your Restate (docs/scaling.md)."
            ));
        }
        Ok(Self { ingress, admin, listen, endpoint, identity })
    }
}

fn is_loopback(address: IpAddr) -> bool {
    address.to_canonical().is_loopback()
}
