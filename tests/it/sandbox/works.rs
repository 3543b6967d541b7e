//! What a caged command still can do: a sandbox that breaks builds would be switched off.

use std::{io::Read, net::TcpListener, process::Stdio};

use glm_tui::guard::sandbox::{Kind, Rung};

use super::den::{Den, KINDS, shown};

#[test]
fn ordinary_work_goes_on() {
    for kind in KINDS {
        let Some(den) = Den::of(Some(kind)) else { continue };
        for script in [
            "echo x > file && rm file && mkdir d && mv d e && rmdir e",
            "echo > /dev/null && head -c 4 /dev/urandom | wc -c",
            "cat <(echo a) | grep a",
            "f=$(mktemp) && echo x > $f && cat $f",
            "mkdir repo.d && ls -la / > /dev/null && cat /etc/passwd > /dev/null",
            "perl -MSocket -e 'socketpair(A,B,AF_UNIX,SOCK_STREAM,0)||exit 1'",
            "sleep 0 & wait $!",
        ] {
            den.told(script);
        }
        for (program, script) in [
            ("git", "git --version && mkdir sub && cd sub && git -c init.templateDir= init -q ."),
            ("cc", "echo 'int main(void){return 0;}' > a.c && cc a.c -o a && ./a"),
            ("python3", "python3 -c 'import subprocess; subprocess.check_call([\"true\"])'"),
            ("node", "node -e 'require(\"child_process\").execSync(\"true\")'"),
            ("ps", "ps -e"),
            ("rustc", "echo 'fn main(){}' > m.rs && rustc m.rs && ./m"),
        ] {
            if den.run(&format!("{program} --version")).status.success() {
                den.told(script);
            } else {
                println!("skipped: {program} is not here");
            }
        }
    }
}

#[test]
fn a_full_cage_has_a_temporary_folder_and_a_network_of_its_own() {
    for kind in [Kind::Namespaces, Kind::Bubblewrap] {
        let Some(den) = Den::of(Some(kind)) else { continue };
        assert_eq!(den.cage.rung(), Rung::Full);
        den.told("echo kept > /tmp/word");
        assert_eq!(den.told("cat /tmp/word"), "kept\n", "the next command finds it");
        let server = "perl -MIO::Socket::INET -e '$s=IO::Socket::INET->new(Listen=>1,LocalAddr=>\"127.0.0.1\")||exit 1;\
                      $c=IO::Socket::INET->new(PeerAddr=>\"127.0.0.1\",PeerPort=>$s->sockport)||exit 1'";
        den.told(server);
    }
}

#[test]
fn the_network_is_there_when_the_order_says_so() {
    for kind in KINDS {
        let Some(den) = Den::of(Some(kind)) else { continue };
        let tcp = TcpListener::bind("127.0.0.1:0").unwrap();
        let mut order = den.order(&format!("exec 3<>/dev/tcp/127.0.0.1/{}", tcp.local_addr().unwrap().port()));
        order.network = true;
        let output = den.run_order(&order);
        assert!(output.status.success(), "{kind:?}: {}", shown(&output));
        let mut outside = den.order("echo x > $OUT/new");
        outside.network = true;
        assert!(!den.run_order(&outside).status.success(), "{kind:?}: still caged");
    }
}

#[test]
fn a_free_order_is_not_caged() {
    for kind in KINDS {
        let Some(den) = Den::of(Some(kind)) else { continue };
        let mut order = den.order("echo x > $OUT/new");
        order.free = true;
        assert!(den.run_order(&order).status.success());
        assert!(den.outside.join("new").exists());
    }
}

#[test]
fn only_the_standard_streams_reach_a_command() {
    for kind in [None, Some(Kind::Namespaces), Some(Kind::Bubblewrap), Some(Kind::Landlock)] {
        let Some(den) = Den::of(kind) else { continue };
        assert_eq!(den.told("ls /proc/self/fd").split_whitespace().collect::<Vec<_>>(), ["0", "1", "2", "3"]);
    }
}

#[test]
fn arguments_and_environment_arrive_byte_for_byte() {
    use std::os::unix::ffi::OsStringExt;
    for kind in [None, Some(Kind::Namespaces), Some(Kind::Bubblewrap), Some(Kind::Landlock)] {
        let Some(den) = Den::of(kind) else { continue };
        let odd = std::ffi::OsString::from_vec(b"a\xff\n' $(x) \"".to_vec());
        let mut order = den.order("printf %s \"$1$ODD\"");
        order.args.extend(["bash".into(), odd.clone()]);
        order.env.push(("ODD".into(), odd.clone()));
        let output = den.run_order(&order);
        assert_eq!(output.stdout, [odd.clone().into_vec(), odd.into_vec()].concat(), "{kind:?}: {}", shown(&output));
    }
}

/// OUT-02: without a terminal of its own a command has none, and cannot write to ours.
#[test]
fn out_02_no_controlling_terminal() {
    for kind in [None, Some(Kind::Namespaces), Some(Kind::Bubblewrap), Some(Kind::Landlock)] {
        let Some(den) = Den::of(kind) else { continue };
        assert!(!den.run("echo x > /dev/tty").status.success(), "{kind:?}");
    }
}

#[test]
fn a_terminal_order_has_a_terminal_and_cannot_type_into_it() {
    for kind in [None, Some(Kind::Namespaces), Some(Kind::Bubblewrap), Some(Kind::Landlock)] {
        let Some(den) = Den::of(kind) else { continue };
        let pair = portable_pty::native_pty_system().openpty(portable_pty::PtySize::default()).unwrap();
        let slave = std::fs::File::options().read(true).write(true).open(pair.master.tty_name().unwrap()).unwrap();
        let trick =
            "perl -e '$x=\"x\"; exit(ioctl(STDIN,0x5412,$x)?0:1)' && echo typed; echo word > /dev/tty; stty size";
        let mut order = den.order(trick);
        order.terminal = true;
        let mut command = den.cage.command(&order).unwrap();
        command.stdin(slave.try_clone().unwrap()).stdout(Stdio::piped()).stderr(Stdio::piped());
        let child = command.spawn().unwrap();
        drop(command);
        let output = child.wait_with_output().unwrap();
        assert!(output.status.success(), "{kind:?}: {}", shown(&output));
        let text = String::from_utf8_lossy(&output.stdout).into_owned();
        assert!(text.contains("24 80"), "{kind:?}: {text}");
        assert_eq!(text.contains("typed"), kind.is_none(), "{kind:?}");
        drop((slave, pair.slave));
        let mut reader = pair.master.try_clone_reader().unwrap();
        let (mut seen, mut part) = (Vec::new(), [0; 64]);
        // Ends with an error when the terminal is closed and empty.
        while let Ok(n @ 1..) = reader.read(&mut part) {
            seen.extend_from_slice(&part[..n]);
        }
        assert!(String::from_utf8_lossy(&seen).contains("word"), "{kind:?}");
    }
}
