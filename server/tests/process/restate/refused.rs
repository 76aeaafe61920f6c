//! What is missing or wrong stops the start with one line.

use super::{Data, Server, free_port};
use crate::process::said;
use std::process::Stdio;

#[test]
fn what_is_missing_or_wrong_stops_the_start_with_one_line() {
    let data = Data::new();
    let taken = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let taken = taken.local_addr().unwrap().to_string();
    let listen = format!("127.0.0.1:{}", free_port());
    let backend = ("TOOLCRIB_WORKFLOW_BACKEND", "restate");
    let ingress = ("TOOLCRIB_RESTATE_INGRESS", "http://127.0.0.1:1");
    let admin = ("TOOLCRIB_RESTATE_ADMIN", "http://127.0.0.1:1");
    let here = ("TOOLCRIB_RESTATE_LISTEN", listen.as_str());
    let anywhere = ("TOOLCRIB_RESTATE_LISTEN", "0.0.0.0:9080");
    let reached = ("TOOLCRIB_RESTATE_ENDPOINT", "http://toolcrib:9080");
    for (set, why) in [
        (vec![("TOOLCRIB_WORKFLOW_BACKEND", "kafka")], "TOOLCRIB_WORKFLOW_BACKEND is “kafka”"),
        (vec![backend], "TOOLCRIB_RESTATE_INGRESS is not set"),
        (vec![backend, ingress], "TOOLCRIB_RESTATE_ADMIN is not set"),
        (vec![backend, ("TOOLCRIB_RESTATE_INGRESS", "http://a:1, b"), admin], "TOOLCRIB_RESTATE_INGRESS is “b”, which is no address"),
        (vec![backend, ingress, admin, ("TOOLCRIB_RESTATE_LISTEN", "9080")], "TOOLCRIB_RESTATE_LISTEN is “9080”"),
        (vec![backend, ingress, admin, anywhere], "Set TOOLCRIB_RESTATE_ENDPOINT"),
        (vec![backend, ingress, admin, anywhere, reached], "without TOOLCRIB_RESTATE_IDENTITY"),
        (vec![backend, ingress, admin, here, ("TOOLCRIB_RESTATE_IDENTITY", "key")], "begin with publickeyv1_"),
        (vec![backend, ingress, admin, here, ("TOOLCRIB_RESTATE_IDENTITY", "publickeyv1_x")], "TOOLCRIB_RESTATE_IDENTITY is no public key"),
        (vec![backend, ingress, admin, ("TOOLCRIB_RESTATE_LISTEN", taken.as_str())], "is in use. Set TOOLCRIB_RESTATE_LISTEN"),
    ] {
        let refused = Server::command(data.path(), "127.0.0.1:0")
            .env("DATABASE_URL", "postgres://nobody@127.0.0.1:1/none")
            .env("TOOL_KEY_ENCRYPTION_MASTER", support::MASTER_KEY)
            .env("TOOLCRIB_LOG", "error")
            .envs(set)
            .stderr(Stdio::piped())
            .output()
            .unwrap();
        let line = said(&refused);
        assert!(!refused.status.success() && line.starts_with("toolcrib: ") && line.contains(why), "{why}: {line}");
        assert_eq!(line.trim_end().lines().count(), 1, "{line}");
    }
}
