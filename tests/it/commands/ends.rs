//! Commands that do not want to end, and what they leave behind.

use glm_tui::{chat::RunEnd, tools::Permit};
use serde_json::json;

use crate::support::commands::{alive, detail, mark, shops, until};

/// OUT-05.
#[tokio::test]
async fn a_daemon_does_not_outlive_its_command() {
    for shop in shops() {
        let mark = mark();
        // Forked twice, in a session of its own, every stream closed.
        let line = format!(
            "(setsid sh -c 'sleep {mark} & echo $! > pid' </dev/null >/dev/null 2>&1 &); until [ -s pid ]; do sleep 0.02; done"
        );
        let outcome = shop.run(&line).await;
        assert_eq!(outcome.end, RunEnd::Ok, "{}", outcome.to_model);
        until(|| alive(&mark).is_empty().then_some(())).await;
        for told in [outcome.to_model.as_str(), detail(&outcome)] {
            assert!(told.contains("still running after the command, so they were ended: sleep"), "{told}");
        }
    }
}

/// OUT-06, and the part of PRC-10 that concerns a running tool.
#[tokio::test]
async fn a_stopped_command_dies_with_all_its_children_even_if_it_ignores_the_signal() {
    for shop in shops() {
        for ignore in ["", "trap '' TERM HUP INT; "] {
            let mark = mark();
            let line =
                format!("{ignore}echo up; sleep {mark} & sh -c '{ignore}sleep {mark}; sleep {mark}'; sleep {mark}");
            let call = shop.start("shell", &json!({ "command": line }), Permit::Unasked);
            call.reports(|live| live.lines == 1).await;
            until(|| (alive(&format!("sleep\0{mark}")).len() >= 2).then_some(())).await;
            call.cancel.cancel();
            let outcome = call.end().await;
            assert_eq!((outcome.end, outcome.summary.as_str()), (RunEnd::Stopped, "stopped"));
            assert!(outcome.to_model.starts_with("stopped after ") && outcome.to_model.contains("up\n"));
            until(|| alive(&mark).is_empty().then_some(())).await;
        }
    }
}

/// OUT-07.
#[tokio::test]
async fn the_result_comes_with_the_end_of_the_process_not_of_its_pipe() {
    for shop in shops() {
        let outcome = shop.run("echo out; exec >&- 2>&-; until [ -e late ]; do touch late; done; exit 3").await;
        assert!(outcome.to_model.starts_with("exit code 3 "), "{}", outcome.to_model);
        assert!(shop.work.join("late").exists());
        let mark = mark();
        let outcome = shop.run(&format!("echo out; sleep {mark} & exit 4")).await;
        assert!(outcome.to_model.starts_with("exit code 4 "), "{}", outcome.to_model);
        until(|| alive(&mark).is_empty().then_some(())).await;
    }
}

/// What a command handed its output to may finish its work.
#[tokio::test]
async fn a_filter_behind_a_command_still_writes_what_it_got() {
    for shop in shops() {
        let outcome = shop.run("exec > >(while read -r x; do sleep 0.05; echo got $x; done); echo one; echo two").await;
        assert!(outcome.to_model.ends_with("got one\ngot two\n"), "{}", outcome.to_model);
    }
}

#[tokio::test]
async fn a_command_that_takes_too_long_is_ended() {
    for shop in shops() {
        let mark = mark();
        let args = json!({"command": format!("echo begun; sleep {mark}"), "timeout_seconds": 1});
        let outcome = shop.call("shell", args).await;
        assert_eq!(outcome.end, RunEnd::Failed);
        assert!(outcome.summary.as_str().starts_with("timed out after 1."), "{}", outcome.summary);
        assert!(outcome.to_model.starts_with("ended by its time limit after 1."), "{}", outcome.to_model);
        assert!(outcome.to_model.contains("begun\n") && outcome.to_model.contains("background: true"));
        until(|| alive(&mark).is_empty().then_some(())).await;
    }
}

/// A call whose task is thrown away, as at the end of the program, leaves nothing either.
#[tokio::test]
async fn a_command_that_nobody_waits_for_is_ended() {
    for shop in shops() {
        let mark = mark();
        let call = shop.start("shell", &json!({"command": format!("sleep {mark}; :")}), Permit::Unasked);
        until(|| (!alive(&mark).is_empty()).then_some(())).await;
        call.abandon();
        until(|| alive(&mark).is_empty().then_some(())).await;
    }
}
