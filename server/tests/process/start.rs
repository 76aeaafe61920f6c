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

#[tokio::test]
async fn a_master_key_that_is_missing_or_malformed_stops_the_start_with_one_line() {
    let data = Data::new();
    let refuse = |value: Option<&str>| {
        let mut command = Server::command(data.path(), "127.0.0.1:0");
        command.env("DATABASE_URL", "postgres://nobody@127.0.0.1:1/none").env_remove("TOOL_KEY_ENCRYPTION_MASTER");
        if let Some(value) = value {
            command.env("TOOL_KEY_ENCRYPTION_MASTER", value);
        }
        let refused = command.stderr(Stdio::piped()).output().unwrap();
        assert!(!refused.status.success());
        said(&refused)
    };
    let missing = refuse(None);
    assert!(
        missing.starts_with("toolcrib: TOOL_KEY_ENCRYPTION_MASTER is not set.") && missing.trim_end().lines().count() == 1,
        "{missing}"
    );
    let malformed = refuse(Some("bm90IDMyIGJ5dGVz"));
    assert!(malformed.contains("is not 32 bytes in base64") && !malformed.contains("bm90IDMyIGJ5dGVz"), "{malformed}");
}

#[tokio::test]
async fn a_server_with_another_master_key_than_the_database_s_does_not_start() {
    let (test, data) = (TestSystem::new().await, Data::new());
    let (_, owner) = test.organization("acme").await;
    let new = toolcrib::keys::NewKey::new("KEY", toolcrib::keys::Secret::from("some value"));
    toolcrib::keys::create(test.system(), &owner, new).await.unwrap();
    let mut url = reqwest::Url::parse(&support::cluster_url()).unwrap();
    url.set_path(test.database().name());
    let refused = Server::command(data.path(), "127.0.0.1:0")
        .env("DATABASE_URL", url.as_str())
        .env("TOOL_KEY_ENCRYPTION_MASTER", "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=")
        .stderr(Stdio::piped())
        .output()
        .unwrap();
    let why = said(&refused);
    assert!(!refused.status.success() && why.contains("are encrypted under the master key"), "{why}");
}
