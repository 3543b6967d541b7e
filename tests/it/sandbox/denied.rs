//! OUT-11, OUT-12: what a caged command cannot do. Every row is also run without a cage, where it must succeed:
//! a probe that always fails would prove nothing.

use std::{
    net::{TcpListener, UdpSocket},
    os::unix::net::UnixListener,
};

use glm_tui::guard::sandbox::{Kind, Rung};

use super::den::{CANARY, Den};

/// A forbidden deed: exits 0 only if it could be done.
struct Row {
    what: &'static str,
    script: String,
    /// The partial rung denies it too.
    partial: bool,
}

fn row(what: &'static str, script: impl Into<String>) -> Row {
    Row { what, script: script.into(), partial: true }
}

fn only_full(what: &'static str, script: impl Into<String>) -> Row {
    Row { partial: false, ..row(what, script) }
}

/// A system call by its number, in the language that every Debian and most others have.
fn call(number: i64, args: &str) -> String {
    format!("perl -e 'exit(syscall({number},{args})<0)'")
}

fn rows(tcp: u16, socket: &str) -> Vec<Row> {
    vec![
        row("create outside", "echo x > $OUT/new"),
        row("change outside", "echo x >> $OUT/file"),
        row("empty outside", ": > $OUT/file"),
        row("delete outside", "rm $OUT/file && echo old > $OUT/file"),
        row("rename into the project", "mv $OUT/file here && mv here $OUT/file"),
        row("link in from outside", "ln $OUT/file hard && rm hard"),
        row("write through a link", "ln -sfn $OUT way && echo x > way/new"),
        row("tcp", format!("exec 3<>/dev/tcp/127.0.0.1/{tcp}")),
        row(
            "unix socket",
            format!(
                "perl -MSocket -e 'socket(S,AF_UNIX,SOCK_STREAM,0)&&connect(S,pack_sockaddr_un(\"{socket}\"))||exit 1'"
            ),
        ),
        row("key file", format!("grep -q {CANARY} $SECRET/key")),
        row("our environ", "test -n \"$(tr -d '\\0' < /proc/$AGENT/environ)\""),
        row("our memory", "exec 3< /proc/$AGENT/mem"),
        row("signal us", "kill -0 $AGENT"),
        row("ptrace", call(libc::SYS_ptrace, "0,0,0,0")),
        row("unshare", call(libc::SYS_unshare, &libc::CLONE_NEWUSER.to_string())),
        row(
            "clone a namespace",
            format!(
                "perl -e '$p=syscall({},{},0,0,0,0);exit($p<0)'",
                libc::SYS_clone,
                libc::CLONE_NEWUSER | libc::SIGCHLD
            ),
        ),
        row("keyring", call(libc::SYS_keyctl, "0,-3,0,0,0")),
        only_full("chmod outside", "chmod 600 $OUT/file"),
        only_full("touch outside", "touch -d 2001-01-01 $OUT/file"),
        only_full("git's settings", "echo x >> .git/config"),
        only_full("a new hook", "echo x > .git/hooks/pre-commit && rm .git/hooks/pre-commit"),
        only_full("rename .git", "mv .git gone && mv gone .git"),
        only_full("absent settings folder", "mkdir -p .glm-tui && echo x > .glm-tui/config.toml && rm -r .glm-tui"),
        only_full("absent server list", "echo x > .mcp.json && rm .mcp.json"),
        only_full("absent server list by rename", "echo x > free && mv -T free .mcp.json && rm .mcp.json"),
        only_full("other processes", "ls -d /proc/$AGENT"),
    ]
}

fn deny(kind: Kind) {
    let Some(den) = Den::of(Some(kind)) else { return };
    let Some(open) = Den::of(None) else { return };
    let tcp = TcpListener::bind("127.0.0.1:0").unwrap();
    let path = den.outside.join("socket");
    let _unix = UnixListener::bind(&path).unwrap();
    let root = rustix::process::geteuid().is_root();
    for row in rows(tcp.local_addr().unwrap().port(), path.to_str().unwrap()) {
        let free = open.run(&row.script);
        // An ordinary user may be refused the last two kinds of deed by the system itself.
        let may_fail = !root && ["our memory", "unshare", "clone a namespace"].contains(&row.what);
        assert!(free.status.success() || may_fail, "{} proves nothing: {}", row.what, super::den::shown(&free));
        let caged = den.run(&row.script);
        let denied = row.partial || den.cage.rung() == Rung::Full;
        assert_eq!(!caged.status.success(), denied, "{}: {}", row.what, super::den::shown(&caged));
        assert_ne!(caged.status.code(), Some(125), "{}: {}", row.what, super::den::shown(&caged));
    }
    assert_eq!(std::fs::read_to_string(den.outside.join("file")).unwrap(), "old\n");
    assert_eq!(std::fs::read_dir(&den.outside).unwrap().count(), 2, "the file and the socket");
    let left: Vec<_> = std::fs::read_dir(&den.project).unwrap().map(|e| e.unwrap().file_name()).collect();
    assert!(!left.iter().any(|name| name == ".mcp.json" || name == ".glm-tui"), "placeholders stayed: {left:?}");
}

#[test]
fn out_11_namespaces_deny() {
    deny(Kind::Namespaces);
}

#[test]
fn out_11_bubblewrap_denies() {
    deny(Kind::Bubblewrap);
}

#[test]
fn out_11_landlock_denies() {
    deny(Kind::Landlock);
}

#[test]
fn out_11_no_datagram_arrives() {
    for kind in [None, Some(Kind::Namespaces), Some(Kind::Bubblewrap), Some(Kind::Landlock)] {
        let Some(den) = Den::of(kind) else { continue };
        let socket = UdpSocket::bind("127.0.0.1:0").unwrap();
        socket.set_nonblocking(true).unwrap();
        let port = socket.local_addr().unwrap().port();
        den.run(&format!("echo leak > /dev/udp/127.0.0.1/{port}"));
        // On loopback a datagram has arrived when the sender is done.
        assert_eq!(socket.recv(&mut [0; 16]).is_ok(), kind.is_none(), "{kind:?}");
    }
}

#[test]
fn out_12_no_secret_in_environment_or_arguments() {
    for kind in [None, Some(Kind::Namespaces), Some(Kind::Bubblewrap), Some(Kind::Landlock)] {
        let Some(den) = Den::of(kind) else { continue };
        let mut order = den.order("printenv; cat /proc/[0-9]*/cmdline /proc/[0-9]*/environ 2>/dev/null; true");
        order.env.push(("MARK".into(), "own-word".into()));
        let mut command = den.cage.command(&order).unwrap();
        // What a careless caller adds to the helper's environment does not reach the command.
        command.env("API_KEY", CANARY).stdin(std::process::Stdio::null());
        let output = command.output().unwrap();
        let text = String::from_utf8_lossy(&output.stdout);
        assert!(text.contains("own-word"), "{kind:?}");
        if kind.is_some_and(|k| k != Kind::Landlock) {
            assert!(!text.contains(CANARY), "{kind:?}: {text}");
        }
        let printed = den.run("printenv");
        assert!(!String::from_utf8_lossy(&printed.stdout).contains(CANARY));
    }
}
