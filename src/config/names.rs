//! How the names of hosts become addresses.

use std::{
    net::{IpAddr, SocketAddr},
    sync::Arc,
    time::Duration,
};

type LookUp = dyn Fn(&str) -> Vec<IpAddr> + Send + Sync;

/// The machine's own resolver, unless a test puts another in its place: one whose answers change.
#[derive(Clone, Default)]
pub struct Names(Option<Arc<LookUp>>);

impl Names {
    #[must_use]
    pub fn by(look_up: impl Fn(&str) -> Vec<IpAddr> + Send + Sync + 'static) -> Self {
        Self(Some(Arc::new(look_up)))
    }

    /// All addresses of a name; none where it is unknown.
    pub async fn look_up(&self, name: &str, port: u16) -> Vec<SocketAddr> {
        if let Some(look_up) = &self.0 {
            return look_up(name).into_iter().map(|address| (address, port).into()).collect();
        }
        let found = tokio::time::timeout(Duration::from_secs(10), tokio::net::lookup_host((name, port))).await;
        found.ok().and_then(Result::ok).map(Iterator::collect).unwrap_or_default()
    }
}

impl std::fmt::Debug for Names {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(if self.0.is_some() { "Names(replaced)" } else { "Names(of the machine)" })
    }
}
