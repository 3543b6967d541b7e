//! A settings file may be anything; the program starts, at once, and names the fault.

use glm_tui::config::{Config, load};

use super::{Home, NOT_HUNG, lines};

const CONFIG: &str = ".config/glm-tui/config.toml";

fn defaults() -> Config {
    Home::new().load().0.config
}

#[test]
fn cfg_01_syntax_error_names_file_line_and_column() {
    let cases = [
        ("model = \"glm-5\"\nring = [\n", "~/.config/glm-tui/config.toml:"),
        ("model = \"glm-5\"\n[ui]\ntheme = dark\n", "~/.config/glm-tui/config.toml:3:9: "),
        ("# ä comment\nä = 1\n", "~/.config/glm-tui/config.toml:2:1: "),
        ("[ui\n", "~/.config/glm-tui/config.toml:1:4: "),
        ("a = 1\na = 2\n", "~/.config/glm-tui/config.toml:2:1: "),
    ];
    for (text, place) in cases {
        let (loaded, problems) = Home::new().config(text).load();
        assert_eq!(problems.len(), 1, "{text:?}: {:?}", lines(&problems));
        assert!(problems[0].what.starts_with(place), "{text:?}: {}", problems[0].what);
        assert!(problems[0].hints[0].what.contains("the defaults are used"));
        assert_eq!(loaded.config, defaults(), "{text:?}");
    }
}

#[test]
fn cfg_02_unknown_key_names_line_and_nearest() {
    let cases = [
        ("\n\nmodle2 = 1\n", ":3: there is no setting modle2", ""),
        ("[ui]\nthem = \"dark\"\n", ":2: there is no setting ui.them", "ui.theme"),
        // A name that stands in the wrong table is recognised.
        ("theme = \"dark\"\n", ":1: there is no setting theme", "ui.theme"),
        ("[limits]\nbase_url = \"x\"\n", ":2: there is no setting limits.base_url", "did you mean base_url?"),
        ("[server]\nport = 1\n", ":1: there is no setting server", ""),
        ("ui = 3\n", ":1: ui is a table: write [ui]", ""),
        ("model.id = \"x\"\n", ":1: model: expected the id of a model", ""),
    ];
    for (text, what, hint) in cases {
        let (loaded, problems) = Home::new().config(text).load();
        let said = lines(&problems);
        assert_eq!(said.len(), 1, "{text:?}: {said:?}");
        assert!(said[0].contains(what) && said[0].contains(hint), "{text:?}: {said:?}");
        assert_eq!(loaded.config, defaults(), "{text:?}");
    }
}

#[test]
fn cfg_02_wrong_type_names_what_was_expected_and_keeps_the_rest() {
    let cases = [
        ("thinking = 1", "thinking: expected true or false"),
        ("model = \"\"", "model: expected the id of a model"),
        ("model = \"a b\"", "model: expected the id of a model"),
        ("model = \"a\\u001bb\"", "model: expected the id of a model"),
        ("ring = []", "ring: expected a list of at least one model"),
        ("ring = [1]", "ring: expected a list of at least one model"),
        ("effort = \"hard\"", "effort: expected one of \"default\", \"low\", \"high\", \"max\""),
        ("limits.tries = 0", "limits.tries: expected a whole number from 1 to 100"),
        ("limits.tries = -1", "limits.tries: expected a whole number from 1 to 100"),
        ("limits.tries = 1.5", "limits.tries: expected a whole number from 1 to 100"),
        ("limits.tries = 99999999999999999999", "limits.tries: expected a whole number from 1 to 100"),
        ("ui.theme = \"../x\"", "ui.theme: expected a name"),
        ("ui.theme = 1979-05-27", "ui.theme: expected a name"),
        ("omit_fields = [\"a b\"]", "omit_fields: expected a list of names"),
        ("keys.quit = 3", "keys.quit: expected a chord or a list of chords"),
        ("keys = 3", "keys is a table: write [keys]"),
    ];
    for (line, what) in cases {
        let (loaded, problems) = Home::new().config(format!("{line}\ngauge.show = \"left\"\n")).load();
        let said = lines(&problems);
        assert_eq!(said.len(), 1, "{line}: {said:?}");
        assert!(said[0].contains(&format!("config.toml:1: {what}")), "{line}: {said:?}");
        let mut expected = defaults();
        expected.gauge.show = glm_tui::config::GaugeShow::Left;
        assert_eq!(loaded.config, expected, "{line}");
    }
}

#[test]
fn cfg_02_many_faults_are_counted_and_foreign_words_are_harmless() {
    let text: Vec<String> = (0..5000).map(|n| format!("\"\\u001b]0;x{n}\" = 1\n")).collect();
    let text = text.concat();
    let (_, problems) = Home::new().config(text).load();
    assert_eq!(problems.len(), 21);
    assert!(problems[20].what.contains("4980 more faults"), "{}", problems[20].what);
    assert!(problems.iter().all(|problem| !problem.what.contains(char::is_control)));
}

#[test]
fn cfg_02_contradicting_waits_go_back_to_their_defaults() {
    let (loaded, problems) = Home::new().config("[limits]\nquiet_offer_seconds = 5\ntries = 3\n").load();
    assert_eq!(problems.len(), 1, "{:?}", lines(&problems));
    assert_eq!(loaded.config.limits.quiet_offer.as_secs(), 60);
    assert_eq!(loaded.config.limits.tries, 3);
}

#[test]
fn cfg_03_harmless_forms_are_read() {
    let with_mark = "\u{feff}model = \"glm-5\"\r\n\r\n[ui]\r\ntheme = \"light\"\r\n";
    let (loaded, problems) = Home::new().config(with_mark).load();
    assert_eq!(lines(&problems), [""; 0]);
    assert_eq!(loaded.config.model.as_str(), "glm-5");
    for empty in ["", "\n", "\u{feff}", "# nothing\r\n"] {
        let (loaded, problems) = Home::new().config(empty).load();
        assert_eq!(lines(&problems), [""; 0]);
        assert_eq!(loaded.config, defaults());
    }
}

#[test]
fn cfg_03_a_folder_or_no_text_or_too_much_is_named() {
    let folder = Home::new();
    std::fs::create_dir_all(folder.path(CONFIG)).unwrap();
    let huge = Home::new().config("");
    // Sparse: a gigabyte in name only.
    std::fs::File::options().write(true).open(huge.path(CONFIG)).unwrap().set_len(1 << 30).unwrap();
    let cases = [
        (folder, "is a folder, not a file"),
        (huge, "is larger than 1 MiB"),
        (Home::new().config([0xff, 0xfe, b'm', 0]), "is not UTF-8 text"),
    ];
    for (home, what) in cases {
        let (loaded, problems) = home.load();
        assert_eq!(lines(&problems), [format!("~/{CONFIG} {what} | correct that; until then the defaults are used")]);
        assert_eq!(loaded.config, defaults());
    }
}

#[cfg(unix)]
#[test]
fn cfg_03_a_pipe_or_device_is_not_waited_for() {
    for (target, what) in [(None, "is a pipe, not a file"), (Some("/dev/zero"), "is a device, not a file")] {
        for name in [CONFIG, "project/.glm-tui/config.toml"] {
            let home = Home::new();
            let path = home.path(name);
            std::fs::create_dir_all(path.parent().unwrap()).unwrap();
            match target {
                Some(target) => std::os::unix::fs::symlink(target, &path).unwrap(),
                None => make_pipe(&path),
            }
            let (_, problems) = home.load();
            assert!(lines(&problems)[0].starts_with(&format!("~/{name} {what}")), "{:?}", lines(&problems));
        }
    }
}

#[cfg(unix)]
fn make_pipe(path: &std::path::Path) {
    use rustix::fs::{CWD, FileType, Mode, mknodat};
    mknodat(CWD, path, FileType::Fifo, Mode::RUSR | Mode::WUSR, 0).unwrap();
}

/// Root reads everything, so it asks somebody else to try.
#[cfg(unix)]
#[test]
fn cfg_03_unreadable_is_named() {
    if rustix::process::geteuid().is_root() {
        return as_nobody("config::bad_files::cfg_03_unreadable_is_named");
    }
    let home = Home::new().config("model = \"glm-5\"\n");
    super::set_mode(&home.path(CONFIG), 0o000);
    let (loaded, problems) = home.load();
    assert!(lines(&problems)[0].contains("may not be read"), "{:?}", lines(&problems));
    assert_eq!(loaded.config, defaults());
}

/// Runs one test of this binary as an unprivileged user, from a copy that such a user can reach.
#[cfg(unix)]
fn as_nobody(test: &str) {
    let dir = tempfile::tempdir().unwrap();
    super::set_mode(dir.path(), 0o777);
    let copy = dir.path().join("it");
    std::fs::copy(std::env::current_exe().unwrap(), &copy).unwrap();
    let output = std::process::Command::new("setpriv")
        .args(["--reuid", "65534", "--regid", "65534", "--clear-groups"])
        .arg(&copy)
        .args(["--exact", test])
        .env("TMPDIR", dir.path())
        .output();
    let Ok(output) = output else {
        println!("skipped: root ignores file modes and there is no setpriv");
        return;
    };
    let said = String::from_utf8_lossy(&output.stdout) + String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success() && said.contains("1 passed"), "{said}");
}

#[test]
fn safe_mode_reads_no_settings_file() {
    let mut home = Home::new().config("model = \"a\"\nbroken").project_config("model = \"b\"");
    home.flags.safe_mode = true;
    home.env.vars.insert("GLM_TUI_MODEL".into(), "c".into());
    let begun = std::time::Instant::now();
    let (loaded, problems) = load(&home.env, &home.flags);
    assert!(begun.elapsed() < NOT_HUNG);
    assert_eq!(lines(&problems), [""; 0]);
    assert_eq!(loaded.config.model.as_str(), "c");
}

proptest::proptest! {
    #![proptest_config(proptest::prelude::ProptestConfig::with_cases(200))]

    /// Whatever a settings file holds, loading ends with settings that hold their own rules.
    #[test]
    fn cfg_03_any_file_leaves_usable_settings(
        start in 0usize..4000,
        length in 0usize..300,
        patch in ".{0,40}",
    ) {
        let example = include_str!("../../../config.example.toml").replace("# ", "");
        let chars: Vec<char> = example.chars().collect();
        let start = start.min(chars.len());
        let end = (start + length).min(chars.len());
        let text: String = chars[..start].iter().copied().chain(patch.chars()).chain(chars[end..].iter().copied()).collect();
        let (loaded, problems) = Home::new().config(&text).load();
        proptest::prop_assert!(!loaded.config.ring.is_empty());
        proptest::prop_assert!(!loaded.config.model.as_str().is_empty());
        proptest::prop_assert!(problems.iter().all(|problem| !problem.what.contains(char::is_control)));
    }
}
