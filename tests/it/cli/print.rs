//! `--print`: the answer, whole and once, and the exit codes of docs/CLI.md.

use std::process::Stdio;

use serde_json::json;

use super::{CANARY, Program, finish, serve};

const ANSWER: &str = "The first half of the answer and the second half of it.";

fn answering(extra: &str) -> String {
    format!("[[reply]]\nreasoning = 'Let me see.'\nanswer = '{ANSWER}'\n{extra}\n")
}

#[test]
fn text_is_the_answer_and_nothing_else() {
    let server = serve(&answering(""));
    let program = Program::at(&server.base_url());
    let run = program.run(&["-p", "hello", "there"]);
    run.ends(0);
    assert_eq!((run.out.as_str(), run.err.as_str()), (format!("{ANSWER}\n").as_str(), ""));
    let chat = server.log().chats().remove(0);
    let last = chat.body["messages"].as_array().unwrap().last().unwrap().clone();
    assert_eq!(last["role"], "user");
    assert!(last["content"].as_str().unwrap().ends_with("</environment>\n\n\nhello there"), "{last}");
    assert_eq!(chat.header("authorization"), Some("Bearer …nary"));
}

#[test]
fn json_is_one_object() {
    let server = serve(&answering("end = { usage = { prompt = 70, cached = 30, completion = 9, reasoning = 3 } }"));
    let run = Program::at(&server.base_url()).run(&["-p", "hello", "--output-format", "json", "-m", "glm-4.7"]);
    run.ends(0);
    assert_eq!(run.out.trim_end().lines().count(), 1);
    let object = run.json();
    assert_eq!(object["result"], ANSWER);
    assert_eq!((&object["is_error"], &object["reasoning"]), (&json!(false), &json!("Let me see.")));
    assert_eq!((&object["model"], &object["usage"]["prompt"]), (&json!("glm-4.7"), &json!(70)));
    assert!(object.get("error").is_none());
}

#[test]
fn net_17_headless_prints_the_whole_answer_once() {
    let half = &ANSWER[..25];
    for fault in ["reset_after = 9", "drop_after = 9", "cut_after = 9", "reset_after = 4"] {
        // The retry begins again.
        let server = serve(&answering(&format!("fail_first = 1\nfault = {{ {fault} }}")));
        for format in ["text", "json"] {
            let run = Program::at(&server.base_url()).run(&["-p", "hello", "--output-format", format]);
            run.ends(0);
            let said =
                if format == "json" { run.json()["result"].as_str().unwrap().to_owned() } else { run.out.clone() };
            assert_eq!(said.trim_end(), ANSWER, "{fault}");
        }
    }
    // The retry goes on where the first stopped.
    let server = serve(&format!(
        "order = 'stay'\nunchecked = true\n[[reply]]\ntimes = 1\nanswer = '{half}'\nfault = {{ cut_after = 100 }}\n\
         end = {{ finish = 'none', done = false }}\n[[reply]]\nanswer = '{}'",
        &ANSWER[25..]
    ));
    let run = Program::at(&server.base_url()).run(&["-p", "hello"]);
    run.ends(0);
    assert_eq!((run.out.trim_end(), server.log().chats().len()), (ANSWER, 2));
}

#[test]
fn only_what_the_answer_needs_is_asked_and_tried() {
    let scenario = "quota = { polls = [{ five_hour = 40 }] }\n[[reply]]\nwhen = { says = 'run', tool_result = false }\n\
                    tools = { call = [{ name = 'shell', arguments = '{\"command\":\"ls\"}' }] }\n[[reply]]\nanswer = 'fine'";
    for (prompt, n_chats, tries) in [("hello", 1, false), ("run it", 2, true)] {
        let server = serve(scenario);
        let program = Program::at(&server.base_url()).args(&["--quota-url", &server.quota_url()]);
        assert_eq!(program.run(&["-p", prompt]).ends(0).out, "fine\n");
        assert_eq!((server.log().requests().len(), server.log().chats().len()), (n_chats, n_chats));
        assert_eq!(program.home.path().join("cache/scratch").exists(), tries, "the sandbox, for {prompt:?}");
    }
}

#[test]
fn a_used_up_window_is_told_with_its_reset() {
    let server = serve(
        "quota = { polls = [{ five_hour = 97 }] }\n[[reply]]\nanswer = 'x'\nrefuse = { code = '1308', reset_in = 3600 }",
    );
    let program = Program::at(&server.base_url()).args(&["--quota-url", &server.quota_url()]);
    let run = program.run(&["-p", "hello", "--output-format", "json"]);
    run.ends(54);
    assert!(run.json()["resets_at"].is_string(), "{}", run.out);
}

#[test]
fn exit_codes() {
    let refuse = |refuse: &str| format!("[[reply]]\nanswer = 'x'\nrefuse = {{ {refuse} }}");
    for (scenario, code, words) in [
        (refuse("code = '1000'"), 41, "check this key"),
        (refuse("status = 401"), 41, "does not accept this key"),
        (refuse("status = 403, message = 'no'"), 41, "forbids"),
        (refuse("code = '1308', reset_in = 3600"), 54, "resets "),
        (refuse("code = '1309'"), 54, "no Coding Plan"),
        (refuse("status = 503"), 75, "a fault of its own (503)"),
        (refuse("status = 429"), 75, "asked too often"),
        (refuse("code = '1302'"), 75, "too many requests at once"),
        (refuse("status = 429, retry_after = '7200'"), 75, "asks to wait 2 h 00 min"),
        (refuse("status = 501"), 1, "a fault of its own (501)"),
        (refuse("code = '1301'"), 1, "unsafe"),
        (refuse("html = true"), 75, "login page"),
        (refuse("location = 'http://127.0.0.1:9/x'"), 75, "not followed"),
        (answering("fault = { cut_after = 3 }"), 75, "was cut"),
    ] {
        let server = serve(&scenario);
        let run = Program::at(&server.base_url()).args(&["--config", "limits.tries=1"]).run(&["-p", "hello"]);
        run.ends(code).says(&[words, "→"]);
        assert!(!run.err.contains("{\""), "nothing raw: {}", run.err);
        assert_eq!(server.log().chats().len(), 1, "{scenario}");
    }
}

#[test]
fn an_address_that_must_not_be_asked_is_refused() {
    for (base, why) in [
        ("http://models.example/v1", "https"),
        ("https://me:secretpw@models.example/v1", "password"),
        ("models.example", "https://"),
        ("https://api.z.\u{430}i/v1", "xn--"),
    ] {
        // Whatever would be sent would go through this proxy, where nobody listens.
        let run = Program::at(base).env("HTTPS_PROXY", "http://127.0.0.1:9").run(&["-p", "hello"]);
        assert!(!run.err.contains("secretpw"), "{}", run.err);
        run.ends(52).says(&[why, "→"]);
        assert_eq!(run.err.matches("glm-tui: ").count(), 1, "said once, and no word of keys: {}", run.err);
        Program::at(base).run(&["usage"]).ends(52).says(&[why]);
    }
}

#[cfg(unix)]
#[test]
fn an_interrupt_ends_with_130() {
    let server = serve("[[reply]]\nanswer = 'some words'\nfault = { stall_after = 1 }");
    let program = Program::at(&server.base_url());
    let child = program.command(&["-p", "hello"]).spawn().unwrap();
    let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
    runtime.block_on(server.log().wait_for(1));
    rustix::process::kill_process(rustix::process::Pid::from_child(&child), rustix::process::Signal::INT).unwrap();
    finish(child).ends(130);
}

#[test]
fn an_error_is_an_object_too() {
    let server = serve("[[reply]]\nanswer = 'x'\nrefuse = { code = '1301' }");
    let run = Program::at(&server.base_url()).run(&["-p", "hello", "--output-format", "json"]);
    run.ends(1);
    let object = run.json();
    assert_eq!((&object["is_error"], &object["code"]), (&json!(true), &json!("1301")));
    assert!(object["error"].as_str().unwrap().contains("unsafe"), "{object}");
}

#[test]
fn without_a_key_it_says_how_to_get_one() {
    let run = Program::new().run(&["-p", "hello"]);
    run.ends(41).says(&["no Z.ai key", "ZAI_API_KEY", "glm-tui login", "--demo"]);
}

#[test]
fn the_prompt_comes_from_words_a_pipe_or_both() {
    let server = serve("order = 'stay'\n[[reply]]\nanswer = '{{question}}'");
    let program = Program::at(&server.base_url());
    let cases: [(&[&str], &[u8], &str); 4] = [
        (&["-p", "-"], b"from a pipe", "from a pipe"),
        (&["-p"], b"from a pipe", "from a pipe"),
        (&["-p", "explain"], b"fn main() {}", "explain\n\nfn main() {}"),
        (&["-p", "--", "--not-a-flag"], b"", "--not-a-flag"),
    ];
    for (args, input, want) in cases {
        // The arguments of every run go first, since `--` ends the flags.
        let program = Program::new().env("GLM_TUI_API_KEY", CANARY).env("GLM_TUI_BASE_URL", &server.base_url());
        program.feed(args, input).ends(0);
        let chat = server.log().chats().pop().unwrap();
        let last = chat.body["messages"].as_array().unwrap().last().unwrap()["content"].as_str().unwrap().to_owned();
        assert!(last.ends_with(&format!("\n\n{want}")), "{args:?}: {last}");
    }
    let n = server.log().chats().len();
    program.feed(&["-p"], b"  \n").ends(42).says(&["there is no prompt", "→"]);
    program.run(&["-p"]).ends(42);
    program.feed(&["-p"], b"\xff\xfe\x00bad").ends(42).says(&["cannot be read as text"]);
    assert_eq!(server.log().chats().len(), n, "nothing was sent for these");
}

#[test]
fn prc_08_a_reader_that_goes_away_is_no_error() {
    let server = serve("[[reply]]\nanswer = { tokens = 60_000, of = 'one line of words\\n' }");
    let program = Program::at(&server.base_url());
    // The end of the pipe is closed before anything is written, as `| head -0` does.
    let mut child = program.command(&["-p", "hello"]).spawn().unwrap();
    drop(child.stdout.take());
    let run = finish(child);
    run.ends(0);
    assert_eq!(run.err, "");
    let closed =
        |command: &mut std::process::Command| command.stdin(Stdio::null()).stdout(Stdio::null()).spawn().unwrap();
    finish(closed(&mut program.command(&["-p", "hello"]))).ends(0);
}

#[cfg(unix)]
#[test]
fn prc_08_closed_standard_streams_are_survived() {
    let server = serve(&answering(""));
    let program = Program::at(&server.base_url());
    for closed in ["0<&-", "1>&-", "2>&-", "0<&- 1>&- 2>&-"] {
        let script = format!("exec \"$0\" \"$@\" {closed}");
        let inner = program.command(&["-p", "hello"]);
        let mut command = std::process::Command::new("/bin/sh");
        command.env_clear().envs(inner.get_envs().filter_map(|(name, value)| Some((name, value?))));
        command.arg("-c").arg(script).arg(inner.get_program()).args(inner.get_args());
        command.current_dir(program.home.path());
        let child = command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
        let run = finish(child);
        run.ends(0);
        if !closed.contains("1>") {
            assert_eq!(run.out.trim_end(), ANSWER, "{closed}");
        }
    }
}

#[test]
fn res_03_a_turn_within_300_mb_of_address_space() {
    let server = serve(&answering(""));
    let program = Program::at(&server.base_url());
    let plain = program.command(&["-p", "hello"]);
    let mut limited = std::process::Command::new("sh");
    limited.args(["-c", "ulimit -v 307200 && exec \"$0\" \"$@\""]).arg(plain.get_program()).args(plain.get_args());
    limited.env_clear().envs(plain.get_envs().filter_map(|(name, value)| Some((name, value?))));
    limited.current_dir(plain.get_current_dir().unwrap());
    limited.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let run = finish(limited.spawn().unwrap());
    run.ends(0);
    assert_eq!(run.out, format!("{ANSWER}\n"));
}
