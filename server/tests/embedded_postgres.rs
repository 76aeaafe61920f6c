//! The binary with a PostgreSQL of its own: what happens at starts, kills and stops.

use super::process::{Data, Server, said, signal};
use std::{
    path::PathBuf,
    process::{Command, Stdio},
    time::{Duration, Instant},
};

#[tokio::test]
async fn the_first_start_makes_a_database_and_a_clean_stop_leaves_no_process() {
    let data = Data::new();
    let server = Server::start(data.path()).await;
    assert!(data.postmaster().is_some());
    assert!(server.stop().success());
    assert_eq!(data.processes(), Vec::<PathBuf>::new());
    assert_eq!(data.postmaster(), None);
    let warm = Instant::now();
    let again = Server::start(data.path()).await;
    assert!(warm.elapsed() < Duration::from_secs(10), "a warm start takes no 10 s");
    assert!(again.stop().success());
}

#[tokio::test]
async fn postgresql_does_not_run_as_root_even_when_the_server_does() {
    let data = Data::new();
    let server = Server::start(data.path()).await;
    let ids = Data::user_ids(&data.postmaster().unwrap());
    assert_eq!(ids.len(), 4);
    let ours = Data::user_ids("self")[1];
    if ours == 0 {
        assert!(!ids.contains(&0), "PostgreSQL runs as {ids:?}, and could become root again");
    } else {
        assert_eq!(ids, vec![ours; 4], "a server without rights starts PostgreSQL as itself");
    }
    assert!(server.stop().success());
}

#[tokio::test]
async fn after_a_kill_the_next_start_takes_over_the_postgresql_that_lived_on() {
    let data = Data::new();
    Server::start(data.path()).await.kill();
    let orphan = data.postmaster().unwrap();
    let next = Server::start(data.path()).await;
    assert_eq!(data.postmaster().unwrap(), orphan);
    assert!(next.stop().success());
    assert_eq!(data.processes(), Vec::<PathBuf>::new(), "what was taken over is stopped too");
}

#[tokio::test]
async fn after_a_kill_of_server_and_postmaster_the_next_start_recovers() {
    let data = Data::new();
    let server = Server::start(data.path()).await;
    let postmaster = data.postmaster().unwrap();
    server.kill();
    signal("KILL", &postmaster);
    let next = Server::start(data.path()).await;
    assert_ne!(data.postmaster().unwrap(), postmaster);
    assert!(next.stop().success());
}

#[tokio::test]
async fn a_pid_file_that_names_somebody_elses_process_is_not_believed() {
    let data = Data::new();
    let server = Server::start(data.path()).await;
    let file = data.path().join("postgres/data/postmaster.pid");
    let text = std::fs::read_to_string(&file).unwrap();
    assert!(server.stop().success());
    let mut other = Command::new("sleep").arg("60").spawn().unwrap();
    std::fs::write(&file, text.replacen(text.lines().next().unwrap(), &other.id().to_string(), 1)).unwrap();
    let next = Server::start(data.path()).await;
    assert!(next.stop().success());
    assert!(other.try_wait().unwrap().is_none(), "the other process was left alone");
    other.kill().unwrap();
    other.wait().unwrap();
}

#[tokio::test]
async fn a_second_server_on_the_same_data_is_refused_and_the_first_goes_on() {
    let data = Data::new();
    let first = Server::start(data.path()).await;
    let refused = Server::command(data.path(), "127.0.0.1:0").stderr(Stdio::piped()).output().unwrap();
    assert!(!refused.status.success());
    assert!(said(&refused).contains("another Toolcrib server uses"), "{}", said(&refused));
    assert!(first.is_ready().await);
    assert!(first.stop().success());
}

#[tokio::test]
async fn a_port_in_use_and_a_database_that_is_not_there_are_said_in_one_line() {
    let data = Data::new();
    let taken = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let refused = Server::command(data.path(), &taken.local_addr().unwrap().to_string()).stderr(Stdio::piped()).output().unwrap();
    assert!(!refused.status.success());
    assert!(said(&refused).contains("is in use"), "{}", said(&refused));
    let refused = Server::command(data.path(), "127.0.0.1:0")
        .env("DATABASE_URL", "postgres://nobody@127.0.0.1:1/none")
        .env("TOOL_KEY_ENCRYPTION_MASTER", support::MASTER_KEY)
        .stderr(Stdio::piped())
        .output()
        .unwrap();
    assert!(!refused.status.success());
    assert_eq!(said(&refused).lines().filter(|line| line.starts_with("toolcrib: ")).count(), 1, "{}", said(&refused));
}
