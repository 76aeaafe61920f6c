//! What may depend on what.

use std::process::Command;

#[test]
fn the_browsers_dependencies_hold_no_database_no_runtime_and_no_server() {
    let tree = Command::new(env!("CARGO"))
        .args([
            "tree",
            "--offline",
            "--locked",
            "-p",
            "app",
            "--no-default-features",
            "--features",
            "hydrate",
            "--target",
            "wasm32-unknown-unknown",
        ])
        .args(["--edges", "normal", "--prefix", "none", "--format", "{p}"])
        .current_dir(env!("CARGO_MANIFEST_DIR"))
        .output()
        .unwrap();
    assert!(tree.status.success(), "{}", String::from_utf8_lossy(&tree.stderr));
    let text = String::from_utf8_lossy(&tree.stdout);
    let names: Vec<&str> = text.lines().filter_map(|line| line.split(' ').next()).collect();
    assert!(names.contains(&"leptos"), "{text}");
    for forbidden in ["sqlx", "sqlx-core", "tokio", "axum", "leptos_axum", "hyper", "reqwest", "argon2", "rustls"] {
        assert!(!names.contains(&forbidden), "{forbidden} would be sent to browsers");
    }
}
