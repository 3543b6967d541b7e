//! CFG-08: the command line.

use super::Program;

#[test]
fn cfg_08_a_wrong_command_line_ends_with_2_and_says_how() {
    for args in [
        &["--nonsense"][..],
        &["--fork-session"],
        &["-c", "--resume", "42", "-p", "x"],
        &["--demo", "--endpoint", "coding-cn"],
        &["--demo", "--base-url", "http://127.0.0.1:1"],
        &["--effort", "huge"],
        &["--thinking", "perhaps"],
        &["--output-format", "json"],
        &["-o", "text", "hello"],
        &["--include-partial-messages"],
        &["--max-wall-time", "10m", "--demo"],
        &["-p", "x", "--output-format", "yaml"],
        &["-p", "x", "--max-turns", "0"],
        &["exec", "x", "--max-turns", "0"],
        &["run", "x", "--max-wall-time", "soon"],
        &["exec", "x", "--print"],
        &["login", "--key-stdin"],
        &["auth"],
        &["auth", "nothing"],
        &["config", "nothing"],
        &["simulate", "--port", "99999"],
        &["decode"],
        &["-p", "--model"],
    ] {
        let run = Program::new().run(args);
        run.ends(2);
        assert!(run.err.contains("Usage: glm-tui") || run.err.contains("error:"), "{args:?}: {}", run.err);
        assert!(run.out.is_empty(), "{args:?}: {}", run.out);
    }
}

#[test]
fn cfg_08_a_flag_of_headless_runs_names_what_it_needs() {
    let run = Program::new().run(&["-o", "json", "hello"]);
    run.ends(2).says(&["--output-format", "--print", "glm-tui exec"]);
}

#[test]
fn cfg_08_a_headless_run_has_three_spellings_and_two_kinds_of_input() {
    let from_lines = ["--input-format", "stream-json", "--output-format", "stream-json"];
    for spelling in ["-p", "exec", "run"] {
        // Without a key the command line is read to its end, and the run ends with the code of that.
        Program::new().run(&[spelling, "hello", "-o", "json", "--max-turns", "3"]).ends(41);
        Program::new().run(&[&[spelling][..], &from_lines].concat()).ends(41);
        // What would be dropped unseen is refused.
        let both = Program::at("http://127.0.0.1:9/v1").run(&[&[spelling, "hello"][..], &from_lines].concat());
        both.ends(2).says(&["standard input"]);
    }
}

#[test]
fn cfg_08_without_a_terminal_there_is_no_screen() {
    for args in [&[][..], &["hello"], &["--", "usage"], &["--demo"], &["login"]] {
        let run = Program::new().run(args);
        run.ends(2).says(&["terminal", "→"]);
        assert!(run.err.contains("--print") || run.err.contains("-p \"question\""), "{args:?}: {}", run.err);
    }
}

#[test]
fn help_and_version_end_with_0() {
    let run = Program::new().run(&["--help"]);
    run.ends(0);
    for word in ["--print", "--demo", "usage", "doctor", "simulate", "login"] {
        assert!(run.out.contains(word), "{word}: {}", run.out);
    }
    let version = Program::new().run(&["--version"]);
    version.ends(0);
    assert_eq!(version.out.trim(), concat!("glm-tui ", env!("CARGO_PKG_VERSION")));
}

#[test]
fn a_folder_that_is_not_there_is_said() {
    let run = Program::new().run(&["-C", "/no/such/folder", "-p", "x"]);
    run.ends(2).says(&["/no/such/folder", "name a folder that exists"]);
}
