//! What a start says.

use super::{Data, Server, said};
use std::{fs::File, process::Stdio};
use support::TestSystem;

#[tokio::test]
async fn a_filter_for_the_log_that_is_none_stops_the_start_with_one_line() {
    let data = Data::new();
    for (name, value) in [("TOOLCRIB_LOG", "info,toolcrib=lout"), ("TOOLCRIB_LOG_FORMAT", "xml")] {
        let refused = Server::command(data.path(), "127.0.0.1:0").env(name, value).stderr(Stdio::piped()).output().unwrap();
        assert!(!refused.status.success(), "{name}");
        let lines = said(&refused);
        assert!(lines.starts_with(&format!("toolcrib: {name} is “{value}”")) && lines.trim_end().lines().count() == 1, "{lines}");
        assert!(!data.path().join("postgres").exists(), "it stopped before it did anything");
    }
}

#[tokio::test]
async fn a_site_that_was_not_built_is_said_at_the_start_and_one_that_was_is_not() {
    let (test, data) = (TestSystem::new().await, Data::new());
    let site = data.path().join("site");
    std::fs::create_dir_all(site.join("pkg")).unwrap();
    for missing in ["toolcrib.js", "toolcrib.wasm", "toolcrib.css", ""] {
        let log = data.path().join("log");
        let server = Server::start_on(&test, &data, |command| {
            command.env("LEPTOS_SITE_ROOT", &site).stderr(File::create(&log).unwrap());
        })
        .await;
        assert!(server.stop().success());
        let log = std::fs::read_to_string(log).unwrap();
        if missing.is_empty() {
            assert!(!log.contains("is missing"), "{log}");
        } else {
            assert!(log.contains(&format!("pkg/{missing} is missing")), "{log}");
            std::fs::write(site.join("pkg").join(missing), "").unwrap();
        }
    }
}
