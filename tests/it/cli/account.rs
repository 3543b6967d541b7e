//! `usage`, `models`, `doctor`, `auth status`, `login`, `logout`.

use serde_json::json;

use super::{
    CANARY, Program,
    secure::{authority, gateway},
    serve,
};

const PLAN: &str = "quota = { polls = [{ five_hour = 40, week = 20 }] }\n[models]\nids = ['glm-5.3', 'glm-brand-new']\n[[reply]]\nanswer = 'fine'";

/// The program pointed at a service whose quota it asks too.
fn account(scenario: &str) -> (Program, glm_tui::sim::Handle) {
    let server = serve(scenario);
    let program = Program::at(&server.base_url()).args(&["--quota-url", &server.quota_url()]);
    (program, server)
}

#[test]
fn usage_tells_both_windows() {
    let (program, server) = account(PLAN);
    let run = program.run(&["usage"]);
    run.ends(0);
    assert!(run.out.contains("40") && run.out.contains("20") && run.out.contains("lite"), "{}", run.out);
    let run = program.run(&["usage", "--json"]);
    run.ends(0);
    let object = run.json();
    let text = object.to_string();
    assert!(text.contains("five_hour") && text.contains("40"), "{text}");
    let polls = server.log().requests().into_iter().filter(|request| request.path.ends_with("/quota/limit"));
    assert!(polls.count() >= 2);
}

#[test]
fn usage_that_fails_says_why() {
    for (poll, code, word) in [
        ("error = 'bad_key'", 41, "key"),
        ("error = 'no_plan'", 54, "no Coding Plan"),
        ("status = 503", 75, "503"),
        ("body = '<html>'", 75, "no answer but this"),
    ] {
        let (program, _server) = account(&format!("quota = {{ polls = [{{ {poll} }}] }}"));
        for args in [&["usage"][..], &["usage", "--json"]] {
            let run = program.run(args);
            run.ends(code).says(&[word, "→"]);
            assert!(run.out.is_empty(), "{}", run.out);
        }
    }
    Program::at("http://127.0.0.1:9/v1").run(&["usage"]).ends(2).says(&["no plan windows", "glm-tui login"]);
    Program::new().run(&["usage"]).ends(41).says(&["no Z.ai key"]);
}

#[test]
fn the_demo_needs_no_key_and_no_network() {
    let program = Program::new().args(&["--demo"]);
    let run = program.run(&["usage", "--json"]);
    run.ends(0);
    run.json();
    let run = program.run(&["-p", "hello"]);
    run.ends(0);
    assert!(!run.out.trim().is_empty());
}

#[test]
fn models_unites_what_is_known_and_what_is_listed() {
    let (program, _server) = account(PLAN);
    let run = program.run(&["models", "--json"]);
    run.ends(0);
    let list = run.json();
    let ids: Vec<&str> = list.as_array().unwrap().iter().filter_map(|model| model["id"].as_str()).collect();
    assert!(ids.contains(&"glm-brand-new") && ids.contains(&"glm-4.7"), "{ids:?}");
    assert!(program.run(&["models"]).ends(0).out.contains("glm-brand-new"));
    // A server without a list, or none at all: what is known is listed all the same.
    let (program, _server) = account("[models]\nstatus = 404");
    let run = program.run(&["models"]);
    run.ends(0).says(&["404"]);
    assert!(run.out.contains("glm-5.3"));
    assert!(Program::new().run(&["models"]).ends(0).out.contains("glm-5.3"));
}

#[test]
fn doctor_prints_a_row_each_and_no_secret() {
    let (program, _server) = account(PLAN);
    let run = program.run(&["doctor", "--json"]);
    run.ends(0);
    let rows = run.json();
    let row = |what: &str| {
        let found = rows.as_array().unwrap().iter().find(|row| row["what"] == what);
        found.unwrap_or_else(|| panic!("{what}: {rows}")).clone()
    };
    for what in ["version", "config", "key", "address", "models", "quota"] {
        assert_eq!(row(what)["verdict"], "ok", "{what}: {rows}");
    }
    assert_eq!(row("key")["found"], "…nary from GLM_TUI_API_KEY");
    assert_eq!(row("terminal")["verdict"], "warn");
    assert!(program.run(&["doctor"]).ends(0).out.contains("plan lite"));

    let run = Program::new().run(&["doctor", "--json"]);
    run.ends(1);
    assert!(run.json().to_string().contains("no Z.ai key"));
    let (program, _server) = account("accept_keys = ['another.key-than-ours']");
    let run = program.run(&["doctor"]);
    run.ends(1);
    assert!(run.out.contains("FAIL") && run.out.contains("glm-tui login"), "{}", run.out);
}

#[test]
fn auth_status_shows_the_end_of_the_key_only() {
    let (program, server) = account(PLAN);
    let run = program.run(&["auth", "status"]);
    run.ends(0);
    assert!(run.out.contains("…nary from GLM_TUI_API_KEY") && run.out.contains(&server.base_url()), "{}", run.out);
    assert_eq!(server.log().count(), 0, "nothing is asked for it");
    Program::new().run(&["auth", "status"]).ends(41);
    // A key of one region is not used for the other.
    let run =
        Program::new().env("ZHIPUAI_API_KEY", CANARY).args(&["--endpoint", "coding-intl"]).run(&["auth", "status"]);
    run.ends(41);
}

#[test]
fn login_refuses_what_is_no_key_before_anything_is_sent() {
    // Whatever would be sent would go through this proxy, where nobody listens.
    let program = Program::new().env("HTTPS_PROXY", "http://127.0.0.1:9").args(&["--endpoint", "coding-intl"]);
    let long = "k".repeat(3_000);
    for (key, why) in [
        (&b""[..], "is empty"),
        (b" \n\n", "is empty"),
        (b"two words", "a space or a line break"),
        (b"line\nbreak", "a space or a line break"),
        (b"nul\0nul", "control character"),
        ("kl\u{fc}ssel".as_bytes(), "outside ASCII"),
        (long.as_bytes(), "longer than"),
    ] {
        let run = program.feed(&["login", "--key-stdin"], key);
        run.ends(41).says(&[why, "paste it whole"]);
        assert!(!run.err.contains("two words"), "{}", run.err);
    }
    // A key of another server is not tried at the service's own address.
    let run = program.feed(&["login", "--key-stdin", "--base-url", "http://127.0.0.1:9/v1"], CANARY.as_bytes());
    run.ends(2).says(&["another server", "GLM_TUI_API_KEY"]);
    let run = program.feed(&["login", "--key-stdin"], CANARY.as_bytes());
    run.ends(75).says(&["proxy", "→"]);
    assert!(!program.home.path().join("config/credentials").exists(), "a key that was not tested is not kept");
}

#[test]
fn login_tests_a_key_keeps_it_and_logout_forgets_it() {
    let server = serve(&format!("accept_keys = ['{CANARY}']\n{PLAN}"));
    let (proxy, asked) = gateway(server.addr);
    let program = Program::new().env("HTTPS_PROXY", &format!("http://{proxy}")).env("SSL_CERT_FILE", &authority());
    // A key that the service does not know is not kept.
    let run = program.feed(&["login", "--key-stdin", "--endpoint", "coding-intl"], b"0123456789abcdef.unknown-key");
    run.ends(41).says(&["→"]);
    let credentials = program.home.path().join("config/credentials");
    assert!(!credentials.exists());

    let run = program.feed(&["login", "--key-stdin", "--endpoint", "coding-intl"], format!("  {CANARY}\n").as_bytes());
    run.ends(0);
    assert!(run.out.contains("plan: lite") && run.out.contains("kept"), "{}", run.out);
    #[cfg(unix)]
    {
        let mode = std::os::unix::fs::PermissionsExt::mode(&credentials.metadata().unwrap().permissions());
        assert_eq!(mode & 0o777, 0o600);
    }
    let run = program.run(&["auth", "status"]);
    run.ends(0);
    assert!(run.out.contains("…nary from credentials file") && run.out.contains("https://api.z.ai/"), "{}", run.out);
    // The kept key is used, for its own host only.
    let run = program.run(&["-p", "hello"]);
    run.ends(0);
    assert_eq!(run.out.trim_end(), "fine");
    program.run(&["auth", "status", "--endpoint", "coding-cn"]).ends(41);
    assert!(asked.lock().unwrap().iter().all(|host| host == "api.z.ai:443"), "{:?}", asked.lock().unwrap());

    assert!(program.run(&["logout"]).ends(0).out.contains("forgot 1 kept key"));
    assert!(!std::fs::read_to_string(&credentials).unwrap_or_default().contains("Canary"));
    program.run(&["auth", "status"]).ends(41);
}

#[test]
fn logout_forgets_kept_keys_and_names_the_others() {
    let program = Program::new();
    assert_eq!(program.run(&["logout"]).ends(0).out, "no key was kept\n");
    let run = Program::new().env("ZAI_API_KEY", CANARY).run(&["logout"]);
    run.ends(0);
    assert!(run.out.contains("a key is still set in ZAI_API_KEY"), "{}", run.out);
}

#[test]
fn the_canary_is_in_no_file_after_a_run() {
    let (program, server) = account(PLAN);
    program.run(&["-p", "hello"]).ends(0);
    program.run(&["doctor"]).ends(0);
    let mut folders = vec![program.home.path().to_path_buf()];
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()) {
            if entry.is_dir() {
                folders.push(entry);
            } else {
                let bytes = std::fs::read(&entry).unwrap();
                assert!(!String::from_utf8_lossy(&bytes).contains("Canary"), "{}", entry.display());
            }
        }
    }
    for request in server.log().requests() {
        let with = request.headers.iter().filter(|(_, value)| value.contains("nary")).map(|(name, _)| name.as_str());
        assert_eq!(with.collect::<Vec<_>>(), ["authorization"], "{request:?}");
        assert!(
            !request.body.to_string().contains("Canary")
                && request.query.as_deref().is_none_or(|q| !q.contains("nary"))
        );
    }
    assert_eq!(json!(server.log().chats().len()), json!(1));
}
