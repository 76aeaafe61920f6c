//! A name whose owner changes where it leads, between the check of its address and the connection.

use std::{
    net::IpAddr,
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
};
use toolcrib::config::Names;

/// Whatever name is asked for first leads to a public address that is nobody's; from then on every name leads to this machine, where something
/// listens. Beside it: how often it was asked.
#[must_use]
pub fn changing_names() -> (Names, Arc<AtomicUsize>) {
    let asked = Arc::new(AtomicUsize::new(0));
    let count = asked.clone();
    let names = Names::by(move |_| {
        let first = count.fetch_add(1, Ordering::SeqCst) == 0;
        vec![if first { "2e00::1".parse().expect("an address") } else { IpAddr::from([127, 0, 0, 1]) }]
    });
    (names, asked)
}

/// `http://127.0.0.1:4711/x` under a name.
#[must_use]
pub fn under_a_name(url: &str) -> String {
    url.replacen("127.0.0.1", "changing.example", 1)
}
