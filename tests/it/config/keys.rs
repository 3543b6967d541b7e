//! Keys: their shape, where they are found, which host they may go to, how they are kept.

use glm_tui::config::{Credentials, Endpoint, Preset, Region, Secret, Wanted, clean_key, find_key};

use super::{Home, lines};

const KEY: &str = "0123456789abcdef.ABCDEF";
const FILE: &str = ".config/glm-tui/credentials";

fn endpoint(base_url: &str) -> Endpoint {
    Wanted { base_url: Some(base_url.into()), ..Wanted::preset(Preset::Custom) }.resolve().unwrap()
}

fn stored(preset: &str, host: &str, key: &str) -> String {
    format!("[[key]]\npreset = \"{preset}\"\nhost = \"{host}\"\nkey = \"{key}\"\n")
}

#[test]
fn cfg_05_a_pasted_key_is_trimmed() {
    for pasted in [
        KEY.to_owned(),
        format!("  {KEY}\r\n"),
        format!("\"{KEY}\""),
        format!("' {KEY} '\n"),
        format!("`{KEY}`"),
        format!("\t\"{KEY}\"\t"),
    ] {
        assert_eq!(clean_key(&pasted).unwrap().expose(), KEY, "{pasted:?}");
    }
}

#[test]
fn cfg_05_what_is_no_key_is_refused_and_not_repeated() {
    let cases = [
        (String::new(), "is empty"),
        (" \"\" ".into(), "is empty"),
        ("canary key".into(), "space or a line break"),
        ("canary\nkey".into(), "space or a line break"),
        ("canary\u{a0}key".into(), "space or a line break"),
        ("canary\0key".into(), "control character"),
        ("canary\u{1b}key".into(), "control character"),
        ("canary-schlüssel".into(), "outside ASCII"),
        ("canary\u{200b}key".into(), "outside ASCII"),
        ("canary".repeat(2000), "longer than 1024 bytes"),
    ];
    for (text, why) in cases {
        let fault = clean_key(&text).expect_err(why);
        assert!(fault.contains(why), "{fault}");
        if text.is_empty() || text.contains('\0') {
            continue; // The system allows no such variable, so the environment cannot hold it.
        }
        let (loaded, problems) = Home::new().var("ZAI_API_KEY", &text).load();
        assert_eq!(loaded.config.endpoint, None);
        let said = lines(&problems).join("\n");
        assert!(said.starts_with("the key in ZAI_API_KEY ") && said.contains(why), "{said}");
        assert!(!said.contains("canary"), "{said}");
    }
    #[cfg(unix)]
    {
        let mut home = Home::new();
        let odd = std::os::unix::ffi::OsStringExt::from_vec(vec![b'k', 0xff, b'y']);
        home.env.vars.insert("ZAI_API_KEY".into(), odd);
        assert!(lines(&home.load().1)[0].contains("ZAI_API_KEY is not text"));
    }
}

/// Every name against every host: a key goes to the hosts of its region and nowhere else.
#[test]
fn a_key_never_crosses_regions() {
    let names = [
        ("ZAI_API_KEY", Some(Region::International)),
        ("Z_AI_API_KEY", Some(Region::International)),
        ("GLM_API_KEY", Some(Region::International)),
        ("ZHIPUAI_API_KEY", Some(Region::China)),
        ("ZHIPU_API_KEY", Some(Region::China)),
        ("BIGMODEL_API_KEY", Some(Region::China)),
        ("GLM_TUI_API_KEY", None),
    ];
    let hosts = [
        ("https://api.z.ai/api/coding/paas/v4", Some(Region::International)),
        ("https://api.z.ai/api/paas/v4", Some(Region::International)),
        ("https://open.bigmodel.cn/api/coding/paas/v4", Some(Region::China)),
        ("https://open.bigmodel.cn/api/paas/v4", Some(Region::China)),
        ("https://gateway.example/v1", None),
        ("https://api.z.ai:8443/v1", None),
        ("http://127.0.0.1:8000/v1", None),
    ];
    for (name, of) in names {
        for (host, region) in hosts {
            let home = Home::new().var(name, KEY);
            let search = find_key(&home.env, &Credentials::default(), Some(&endpoint(host)));
            assert_eq!(search.found.is_some(), of == region, "{name} → {host}");
            if let Some(found) = search.found {
                assert_eq!((found.source.as_str(), found.region, found.key.expose()), (name, of, KEY));
            }
        }
    }
}

#[test]
fn a_key_implies_the_plan_of_its_region() {
    for (name, preset) in [("GLM_API_KEY", Preset::CodingIntl), ("BIGMODEL_API_KEY", Preset::CodingCn)] {
        let endpoint = Home::new().var(name, KEY).load().0.config.endpoint.unwrap();
        assert_eq!((endpoint.preset, endpoint.key.unwrap().expose()), (preset, KEY));
    }
    let (loaded, problems) = Home::new().var("GLM_TUI_API_KEY", KEY).load();
    assert_eq!((loaded.config.endpoint, problems.len()), (None, 0), "a key of nobody goes nowhere");
}

#[test]
fn names_are_searched_in_order_and_told() {
    let home = Home::new()
        .var("GLM_API_KEY", "second-1")
        .var("ZAI_API_KEY", "first-1")
        .file(FILE, stored("coding-intl", "https://api.z.ai", "third-1"));
    #[cfg(unix)]
    super::set_mode(&home.path(FILE), 0o600);
    let search = home.load().0.key;
    assert_eq!(search.found.unwrap().source, "ZAI_API_KEY");
    assert_eq!(
        search.looked_in,
        [
            "ZAI_API_KEY",
            "Z_AI_API_KEY",
            "GLM_API_KEY",
            "ZHIPUAI_API_KEY",
            "ZHIPU_API_KEY",
            "BIGMODEL_API_KEY",
            "credentials file"
        ]
    );
}

#[test]
fn a_key_of_the_other_region_is_pointed_out() {
    let home = Home::new().var("ZHIPU_API_KEY", KEY).var("GLM_TUI_ENDPOINT", "coding-intl");
    let (loaded, problems) = home.load();
    assert_eq!(loaded.config.endpoint, None);
    assert_eq!(
        lines(&problems),
        [
            "ZHIPU_API_KEY holds a key of China; it is not sent to the other region | start with --endpoint coding-cn to use it there"
        ]
    );
}

#[test]
fn keys_that_stay_at_home_are_named_for_who_wonders() {
    let home = Home::new()
        .var("ZAI_API_KEY", KEY)
        .var("ZHIPU_API_KEY", KEY)
        .var("GLM_TUI_BASE_URL", "http://127.0.0.1:8000/v1");
    let (loaded, problems) = home.load();
    assert_eq!(loaded.config.endpoint.unwrap().key, None);
    assert_eq!(loaded.key.passed_over, ["ZAI_API_KEY", "ZHIPU_API_KEY"]);
    assert_eq!(loaded.key.looked_in, ["GLM_TUI_API_KEY", "credentials file"]);
    assert_eq!(lines(&problems), [""; 0], "a server of one's own may need no key");
}

#[test]
fn stored_keys_are_bound_to_their_host() {
    let home = Home::new();
    let paths = home.paths();
    let mut credentials = Credentials::default();
    credentials.set(Preset::Custom, "https://gateway.example", Secret::new("gateway-key".into()));
    credentials.set(Preset::MeteredIntl, "https://api.z.ai", Secret::new("metered-key".into()));
    credentials.set(Preset::CodingIntl, "http://127.0.0.1:9", Secret::new("loopback-key".into()));
    credentials.write(&paths).unwrap();
    let (credentials, problems) = Credentials::read(&paths);
    assert_eq!(lines(&problems), [""; 0]);
    let key = |address: &str| {
        let search = find_key(&home.env, &credentials, Some(&endpoint(address)));
        search.found.map(|found| found.key.expose().to_owned())
    };
    assert_eq!(key("https://gateway.example/v1").as_deref(), Some("gateway-key"));
    assert_eq!(key("https://gateway.example:8443/v1"), None);
    assert_eq!(key("https://other.example/v1"), None);
    assert_eq!(key("https://api.z.ai/api/coding/paas/v4").as_deref(), Some("metered-key"));
    assert_eq!(key("https://open.bigmodel.cn/api/paas/v4"), None);
    assert_eq!(key("http://127.0.0.1:9/v1").as_deref(), Some("loopback-key"));
    // Without a choice: a key that was stored for the service's own host, with the address it was stored for.
    let endpoint = home.load().0.config.endpoint.unwrap();
    assert_eq!((endpoint.preset, endpoint.key.unwrap().expose()), (Preset::MeteredIntl, "metered-key"));
}

#[test]
fn setting_a_key_replaces_it_and_the_last_one_removes_the_file() {
    let home = Home::new();
    let paths = home.paths();
    let mut credentials = Credentials::default();
    for key in ["old-key", "new-key"] {
        credentials.set(Preset::CodingCn, "https://open.bigmodel.cn", Secret::new(key.into()));
    }
    credentials.write(&paths).unwrap();
    assert!(!home.read(FILE).contains("old-key"));
    assert_eq!(credentials.stored().collect::<Vec<_>>(), [(Preset::CodingCn, "https://open.bigmodel.cn")]);
    assert_eq!((credentials.remove(Preset::CodingIntl), credentials.remove(Preset::CodingCn)), (0, 1));
    credentials.write(&paths).unwrap();
    assert!(!home.path(FILE).exists());
    credentials.write(&paths).unwrap();
}

#[cfg(unix)]
#[test]
fn cfg_04_the_key_file_is_its_owners_alone() {
    let home = Home::new();
    let mut credentials = Credentials::default();
    credentials.set(Preset::CodingIntl, "https://api.z.ai", Secret::new(KEY.into()));
    credentials.write(&home.paths()).unwrap();
    assert_eq!(super::mode(&home.path(FILE)), 0o600);
    assert_eq!(super::mode(&home.path(".config/glm-tui")), 0o700);
    let names: Vec<_> = std::fs::read_dir(home.path(".config/glm-tui")).unwrap().collect();
    assert_eq!(names.len(), 1, "nothing is left beside it: {names:?}");

    for open in [0o644, 0o640, 0o660, 0o604] {
        super::set_mode(&home.path(FILE), open);
        let (loaded, problems) = home.load();
        assert!(loaded.config.endpoint.is_some());
        assert!(lines(&problems)[0].contains("could be read by others"), "{:?}", lines(&problems));
        assert_eq!(super::mode(&home.path(FILE)), 0o600, "{open:o}");
        assert_eq!(home.load().1.len(), 0);
    }
    for open in [0o666, 0o602] {
        super::set_mode(&home.path(FILE), open);
        let (loaded, problems) = home.load();
        assert_eq!(loaded.config.endpoint, None);
        assert!(lines(&problems)[0].contains("may be written by everybody"), "{:?}", lines(&problems));
        assert_eq!(super::mode(&home.path(FILE)), open, "what is refused is not touched");
    }
}

#[test]
fn damaged_key_files_lose_one_entry_and_never_show_a_key() {
    let good = stored("coding-intl", "https://api.z.ai", KEY);
    let cases = [
        ("key = \"canary\n".to_owned(), false, "credentials:1:"),
        ("secret = \"canary\"\n".into(), false, "holds no [[key]]"),
        (format!("[[key]]\npreset = \"canary-preset\"\nhost = \"h\"\nkey = \"canary-1\"\n{good}"), true, "no preset"),
        (format!("[[key]]\npreset = \"coding-cn\"\nkey = \"canary-1\"\n{good}"), true, "host is missing"),
        (format!("{good}[[key]]\npreset = \"coding-cn\"\nhost = \"h\"\nkey = \"canary 1\"\n"), true, "holds a space"),
        (format!("{good}[[key]]\npreset = \"coding-cn\"\nhost = \"h\"\nkey = 7\n"), true, "key is missing"),
    ];
    for (text, usable, why) in cases {
        let home = Home::new().file(FILE, &text);
        #[cfg(unix)]
        super::set_mode(&home.path(FILE), 0o600);
        let (loaded, problems) = home.load();
        let said = lines(&problems);
        assert!(said.len() == 1 && said[0].contains(why), "{why}: {said:?}");
        assert!(!said[0].replace("canary-preset", "").contains("canary"), "{said:?}");
        assert_eq!(loaded.config.endpoint.is_some(), usable, "{why}");
    }
}
