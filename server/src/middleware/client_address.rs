//! The address a request came from, past as many proxies as are trusted.

use crate::app_router::ServerState;
use axum::{
    extract::{ConnectInfo, Request, State},
    http::{Extensions, HeaderMap},
    middleware::Next,
    response::Response,
};
use std::net::{IpAddr, SocketAddr};

/// Put into the request's extensions.
#[derive(Clone, Copy, Debug)]
pub struct ClientAddress(pub IpAddr);

pub async fn find_client_address(State(state): State<ServerState>, mut request: Request, next: Next) -> Response {
    let peer = request.extensions().get::<ConnectInfo<SocketAddr>>().map(|info| info.0.ip());
    if let Some(address) = client(peer, request.headers(), state.system.config.trusted_proxies) {
        request.extensions_mut().insert(ClientAddress(address));
    }
    next.run(request).await
}

#[must_use]
pub fn of(extensions: &Extensions) -> Option<IpAddr> {
    extensions.get::<ClientAddress>().map(|address| address.0)
}

/// Each trusted proxy has appended the address it saw; what stands further left was written by the client and proves nothing.
fn client(peer: Option<IpAddr>, headers: &HeaderMap, trusted_proxies: usize) -> Option<IpAddr> {
    if trusted_proxies == 0 {
        return peer;
    }
    let seen: Vec<&str> =
        headers.get_all("x-forwarded-for").iter().filter_map(|value| value.to_str().ok()).flat_map(|value| value.split(',')).collect();
    let place = seen.len().checked_sub(trusted_proxies);
    place.and_then(|place| seen.get(place)?.trim().parse().ok()).or(peer)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(trusted: usize, forwarded: &str) -> String {
        let mut headers = HeaderMap::new();
        headers.insert("x-forwarded-for", forwarded.parse().unwrap());
        client("10.0.0.9".parse().ok(), &headers, trusted).unwrap().to_string()
    }

    #[test]
    fn without_trusted_proxies_the_header_counts_for_nothing() {
        assert_eq!(found(0, "1.2.3.4"), "10.0.0.9");
    }

    #[test]
    fn what_the_client_wrote_before_the_trusted_proxies_is_passed_over() {
        assert_eq!(found(1, "6.6.6.6, 1.2.3.4"), "1.2.3.4");
        assert_eq!(found(2, "6.6.6.6, 1.2.3.4, 10.0.0.1"), "1.2.3.4");
    }

    #[test]
    fn a_header_that_is_too_short_falls_back_to_the_peer() {
        assert_eq!(found(2, "1.2.3.4"), "10.0.0.9");
        assert_eq!(found(1, "nonsense"), "10.0.0.9");
    }
}
