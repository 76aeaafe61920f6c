//! `toolcrib rotate-master-key` beside a server that runs, on its embedded database and its file.

use super::{Data, Server};
use std::process::Stdio;

#[tokio::test]
async fn the_master_key_rotates_beside_a_running_server() {
    let data = Data::new();
    let server = Server::start(data.path()).await;
    let file = data.path().join("master.key");
    let before = std::fs::read_to_string(&file).unwrap();
    for _ in 0..2 {
        let rotated = Server::command(data.path(), "127.0.0.1:0")
            .arg("rotate-master-key")
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .output()
            .unwrap();
        let said = String::from_utf8_lossy(&rotated.stdout).into_owned();
        assert!(rotated.status.success(), "{said}{}", String::from_utf8_lossy(&rotated.stderr));
        assert!(said.contains("data keys wrapped anew") && said.contains("The new master key is in the data folder"), "{said}");
        assert!(server.is_ready().await, "the server's database was stopped");
    }
    let after = std::fs::read_to_string(&file).unwrap();
    assert!(before != after && !data.path().join("master.key.next").exists());
    assert!(server.stop().success());
    let again = Server::start(data.path()).await;
    assert!(again.stop().success());
}
