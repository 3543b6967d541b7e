//! `config`, `simulate`, `decode`.

use std::{
    io::{BufRead, BufReader, Read, Write},
    net::TcpStream,
};

use rustix::process::{Pid, Signal, kill_process};

use super::{CANARY, Program, finish};

#[test]
fn config_path_check_and_print() {
    let program = Program::new().env("ZAI_API_KEY", CANARY);
    let run = program.run(&["config", "path"]);
    run.ends(0);
    assert_eq!(run.out.trim(), program.home.path().join("config/config.toml").to_str().unwrap());
    assert_eq!(program.run(&["config"]).ends(0).out, run.out, "path is the default");
    assert_eq!(program.run(&["config", "check"]).ends(0).out, "nothing wrong\n");
    let printed = program.run(&["config", "print"]);
    printed.ends(0);
    assert!(printed.out.contains("glm-5.3") && printed.out.contains("tries"), "{}", printed.out);

    let program = Program::new().file("config/config.toml", "modle = \"glm-4.7\"\n[limits]\ntries = \"many\"\n");
    let run = program.run(&["config", "check"]);
    run.ends(52).says(&["modle", "model", "limits.tries", "→"]);
    // A run goes on with the defaults, and says so.
    let run = program.run(&["--demo", "-p", "hello"]);
    run.ends(0).says(&["modle"]);
    assert!(!run.out.trim().is_empty());
}

#[test]
fn simulate_serves_until_it_is_interrupted() {
    let program = Program::new();
    let mut child = program.command(&["simulate"]).spawn().unwrap();
    let mut lines = BufReader::new(child.stdout.take().unwrap()).lines().map_while(Result::ok);
    let line = lines.by_ref().find(|line| line.contains("/__sim/log")).unwrap();
    let host = line.split("http://").nth(1).unwrap().split('/').next().unwrap().to_owned();
    let get = |path: &str| {
        let mut socket = TcpStream::connect(&host).unwrap();
        write!(
            socket,
            "GET {path} HTTP/1.1\r\nhost: sim\r\nauthorization: Bearer {CANARY}\r\nconnection: close\r\n\r\n"
        )
        .unwrap();
        let mut text = String::new();
        socket.read_to_string(&mut text).unwrap();
        text
    };
    assert!(get("/api/coding/paas/v4/models").contains("glm-5.3"));
    let log = get("/__sim/log");
    assert!(log.contains("\"count\":1") && log.contains("/models") && !log.contains(CANARY), "{log}");
    // The whole program as its client.
    let base = format!("http://{host}/api/coding/paas/v4");
    Program::at(&base).run(&["-p", "hello"]).ends(0);
    kill_process(Pid::from_child(&child), Signal::INT).unwrap();
    assert_eq!(finish(child).code, 0);

    let run = program.run(&["simulate", "--scenario", "missing.toml"]);
    run.ends(2).says(&["missing.toml"]);
    let program = Program::new().file("bad.toml", "name = 'a'\nbogus = 1\n");
    program.run(&["simulate", "--scenario", "bad.toml"]).ends(52).says(&["line 2", "bogus"]);
}

#[test]
fn decode_reads_a_recording() {
    let stream = "data: {\"choices\":[{\"index\":0,\"delta\":{\"content\":\"hi\"}}]}\n\ndata: {\"choices\":[{\"index\":0,\"delta\":{},\"finish_reason\":\"stop\"}]}\n\ndata: [DONE]\n\n";
    let program = Program::new().file("a.sse", stream).file("empty", "");
    let run = program.run(&["decode", "a.sse"]);
    run.ends(0);
    assert_eq!((&run.json()["answer"], &run.json()["finish_reason"]), (&"hi".into(), &"stop".into()));
    program.run(&["decode", "empty"]).ends(0);
    program.run(&["decode", "missing"]).ends(42).says(&["missing"]);
    program.run(&["decode", "."]).ends(42);
}
