//! `GLM_TUI_RECORD` and `replay`.

use serde_json::{Value, json};

use super::{CANARY, Program, serve};

#[test]
fn a_recorded_run_replays() {
    let server = serve(
        "[[reply]]\nwhen = { tool_result = true }\nanswer = 'All told.'\n\
         [[reply]]\nanswer = 'I begin.'\ntools = { call = [{ name = 'list', arguments = '{}' }] }",
    );
    let program = Program::at(&server.base_url()).env("GLM_TUI_RECORD", "rec").file("rec", "");
    program.run(&["-p", "look around"]).ends(0);
    let file = program.home.path().join("rec");
    let recording = std::fs::read_to_string(&file).unwrap();
    assert!(recording.contains("look around") && !recording.contains(CANARY), "{recording}");
    #[cfg(unix)]
    {
        let mode = std::os::unix::fs::PermissionsExt::mode(&file.metadata().unwrap().permissions());
        assert_eq!(mode & 0o777, 0o600, "though it was there before");
    }
    let run = program.run(&["replay", "rec"]);
    let object = run.ends(0).json();
    assert_eq!(
        (&object["same"], &object["first_difference"], &object["torn"]),
        (&json!(true), &Value::Null, &json!(0))
    );
    assert_eq!(object["inputs"], recording.lines().count() - 1);

    // Another run in the same file, and then one that the machine would not have had.
    program.run(&["-p", "look again"]).ends(0);
    program.run(&["replay", "rec"]).ends(0);
    let other = recording.replacen("\"Submit\":\"look around\"", "\"Submit\":\"look away\"", 1);
    let program = program.file("other", &other).file("bad", "hello\n");
    let object = program.run(&["replay", "other"]).ends(1).json();
    assert_eq!(object["same"], false);
    assert!(object["first_difference"]["replayed"].as_str().unwrap().contains("look away"), "{object}");
    program.run(&["replay", "bad"]).ends(42).says(&["header", "→"]);
    program.run(&["replay", "missing"]).ends(42).says(&["missing"]);
}

#[test]
fn a_session_that_cannot_be_recorded_goes_on() {
    let server = serve("[[reply]]\nanswer = 'Yes.'");
    let run = Program::at(&server.base_url()).env("GLM_TUI_RECORD", "no/such/rec").run(&["-p", "hello"]);
    run.ends(0).says(&["not recorded", "no/such/rec"]);
    assert_eq!(run.out, "Yes.\n");
}
