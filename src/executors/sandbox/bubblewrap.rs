//! What bubblewrap is told: namespaces of its own, no network, a read-only system, the organization's files, nothing else.

use std::{os::unix::fs::MetadataExt, path::Path, sync::LazyLock};

/// What the guard may do when root started it: make namespaces for each call, become somebody else, kill
/// who that is and see how much memory it shares. The script
/// itself has none of this.
const GUARD_MAY: [&str; 7] = ["CAP_SYS_ADMIN", "CAP_SETUID", "CAP_SETGID", "CAP_SETPCAP", "CAP_KILL", "CAP_NET_ADMIN", "CAP_SYS_PTRACE"];

pub(super) fn arguments(files: &Path, disk: u64) -> Vec<String> {
    let mut arguments: Vec<String> = Vec::new();
    let mut add = |words: &[&str]| arguments.extend(words.iter().map(|word| (*word).to_owned()));
    add(&["--unshare-ipc", "--unshare-pid", "--unshare-net", "--unshare-uts", "--unshare-cgroup-try"]);
    add(&["--die-with-parent", "--new-session", "--clearenv", "--hostname", "sandbox"]);
    for (name, value) in [("PATH", "/usr/bin:/bin"), ("HOME", "/tmp"), ("LANG", "C.UTF-8"), ("TZ", "UTC")] {
        add(&["--setenv", name, value]);
    }
    if is_root() {
        add(&["--cap-drop", "ALL"]);
        for capability in GUARD_MAY {
            add(&["--cap-add", capability]);
        }
    } else {
        add(&["--unshare-user", "--uid", "65534", "--gid", "65534", "--cap-drop", "ALL"]);
    }
    add(&["--ro-bind", "/usr", "/usr", "--tmpfs", "/usr/local"]);
    for folder in ["/bin", "/lib", "/lib64", "/lib32", "/sbin"] {
        match std::fs::symlink_metadata(folder) {
            Ok(found) if found.is_symlink() => {
                if let Some(target) = std::fs::read_link(folder).ok().and_then(|target| target.to_str().map(str::to_owned)) {
                    add(&["--symlink", &target, folder]);
                }
            }
            Ok(_) => add(&["--ro-bind", folder, folder]),
            Err(_) => {}
        }
    }
    add(&["--proc", "/proc", "--dev", "/dev"]);
    // Certificates, for tools that may use the network.
    for place in ["/etc/ssl/certs", "/etc/ca-certificates", "/etc/pki"] {
        add(&["--ro-bind-try", place, place]);
    }
    let size = disk.to_string();
    add(&["--perms", "1777", "--size", &size, "--tmpfs", "/tmp", "--perms", "1777", "--size", &size, "--tmpfs", "/dev/shm"]);
    let files = std::fs::canonicalize(files).ok();
    match files.as_deref().and_then(Path::to_str) {
        Some(files) => add(&["--ro-bind", files, "/data"]),
        None => add(&["--dir", "/data"]),
    }
    add(&["--remount-ro", "/", "--chdir", "/tmp"]);
    arguments
}

pub(super) fn is_root() -> bool {
    static ROOT: LazyLock<bool> = LazyLock::new(|| std::fs::metadata("/proc/self").is_ok_and(|me| me.uid() == 0));
    *ROOT
}
