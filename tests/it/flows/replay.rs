//! A recorded session, replayed: the same inputs lead to the same effects.

use std::time::Instant;

use glm_tui::{
    agent::record::{Replayed, replay},
    chat::{Activity, Command, Event, PermissionMode, Reply, RunEnd, TurnEnd},
};

use crate::support::agent::{CANARY, Talk, serve};

const SCRIPT: &str = r#"
[[reply]]
when = { says = 'at length' }
reasoning = 'A long story.'
answer = 'It begins with a few words and then nothing more comes.'
fault = { stall_after = 12 }

[[reply]]
when = { says = 'why' }
answer = 'Because.'

[[reply]]
when = { tool_result = true }
answer = 'All told.'

[[reply]]
answer = 'I begin.'
fail_first = 1
fault = { cut_after = 1 }
tools = { call = [
    { name = 'read', arguments = '{"path":"a.txt"}' },
    { name = 'write', arguments = '{"path":"new.txt","content":"x"}' },
    { name = 'levitate', arguments = '{}' },
] }
"#;

/// Tools, a failure, an approval, a steered prompt, a mode, an interrupt.
async fn session() -> String {
    let server = serve(SCRIPT);
    let mut talk = Talk::at(&server.base_url());
    std::fs::write(talk.workspace.join("a.txt"), "alpha\n").unwrap();
    talk.send(Command::Submit("write it".into()));
    talk.wait_for(|talk| !talk.asks().is_empty() && talk.activity() == Activity::Asking).await;
    talk.send(Command::Submit("and say why".into()));
    talk.send(Command::Answer { run: talk.asks()[0].run, reply: Reply::Once });
    talk.wait_for(|talk| !talk.ends().is_empty()).await;
    talk.send(Command::SetMode(PermissionMode::Edits));
    talk.send(Command::Submit("tell it at length".into()));
    talk.wait_for(|talk| talk.answer().contains("It")).await;
    talk.send(Command::Interrupt);
    talk.wait_for(|talk| talk.ends().len() == 2).await;
    assert_eq!(talk.ends(), [TurnEnd::Done, TurnEnd::Interrupted { untouched: None }]);
    let mut runs = talk.runs();
    runs.sort_by_key(|end| *end != RunEnd::Ok);
    assert_eq!(runs, [RunEnd::Ok, RunEnd::Ok, RunEnd::Failed]);
    assert!(!talk.kinds(|e| matches!(e, Event::Steered { .. }).then_some(())).is_empty());
    assert_eq!(talk.retries().len(), 1);
    talk.recorded().await
}

fn again(recording: &str) -> Replayed {
    replay(recording.as_bytes(), Instant::now()).unwrap_or_else(|problem| panic!("{}", problem.what))
}

#[tokio::test]
async fn a_recorded_session_replays_to_the_same_effects() {
    let recording = session().await;
    let lines = recording.lines().count();
    let replayed = again(&recording);
    assert!(replayed.same && replayed.first_difference.is_none(), "{replayed:#?}");
    assert_eq!((replayed.inputs, replayed.torn), (lines - 1, 0));
    assert!(replayed.effects > lines, "{replayed:?}");
    assert!(!recording.contains(CANARY) && !recording.contains("authorization"));

    // What an end in the middle of a line leaves.
    let torn = again(&recording[..recording.len() - 20]);
    assert_eq!((torn.same, torn.torn, torn.inputs), (true, 1, lines - 2));

    // Another answer of the person.
    let (yes, no) = (r#""reply":"Once""#, r#""reply":{"No":{"why":null}}"#);
    assert_eq!(recording.matches(yes).count(), 1);
    let at = recording.lines().position(|line| line.contains(yes)).unwrap() + 1;
    let other = again(&recording.replace(yes, no));
    let difference = other.first_difference.unwrap();
    assert!(!other.same && difference.line == at, "{difference:?}");
    assert!(difference.recorded.is_some() && difference.recorded != difference.replayed, "{difference:?}");
}
