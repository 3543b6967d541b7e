//! Going back in a conversation, and to a branch that was left; the service is asked what it should be.

use std::path::Path;

use glm_tui::{
    agent::{Past, taken_up},
    chat::{Command, Event, Point, Restored, RewindScope, SessionId, TurnEnd, TurnId},
    journal::{Head, Journal, Start, VERSION},
    sim::Server,
};

use crate::support::agent::{Talk, config, serve};

/// The log of a new session in this folder.
fn fresh(dir: Option<&Path>) -> Journal {
    let head = Head {
        v: VERSION,
        id: SessionId::from("20261121-083000-aaaa"),
        app: "test".into(),
        folder: "/work".into(),
        branch: None,
        forked_from: None,
        imported_from: None,
    };
    Journal::create(Start { dir: dir.map(|dir| dir.join("20261121-083000-aaaa")), head })
}

/// What was said in the newest request, but for the system prompt.
fn said(server: &Server) -> Vec<String> {
    let body = server.log().chats().last().unwrap().body.clone();
    let messages = body["messages"].as_array().unwrap().iter().skip(1);
    messages.map(|message| message["content"].as_str().unwrap().to_owned()).collect()
}

fn restored(talk: &Talk) -> Vec<Restored> {
    talk.kinds(|event| if let Event::Restored(restored) = event { Some((**restored).clone()) } else { None })
}

async fn back(talk: &mut Talk, to: Point) -> Restored {
    let before = restored(talk).len();
    talk.send(Command::Rewind { to, scope: RewindScope::Conversation });
    talk.wait_for(|talk| restored(talk).len() > before).await;
    restored(talk).pop().unwrap()
}

/// The prompts that a restored conversation shows.
fn prompts(restored: &Restored) -> Vec<String> {
    let prompt = |event: &Event| match event {
        Event::TurnStarted { prompt, .. } => Some(prompt.as_str().to_owned()),
        _ => None,
    };
    restored.events.iter().filter_map(|(_, event)| prompt(event)).collect()
}

const ANSWERS: &str = "order = 'once'\n[[reply]]\nanswer = 'A1'\n[[reply]]\nanswer = 'A2'\n[[reply]]\nanswer = 'A3'\n\
                       [[reply]]\nanswer = 'A4'\n[[reply]]\nanswer = 'A5'\n";

#[tokio::test]
async fn point_50_a_conversation_goes_back_and_the_branch_that_was_left_is_kept() {
    let home = tempfile::tempdir().unwrap();
    for dir in [Some(home.path()), None] {
        let server = serve(ANSWERS);
        let mut talk = Talk::logged(&config(&server.base_url()), fresh(dir), None);
        for prompt in ["one", "two", "three"] {
            assert_eq!(talk.ask(prompt).await, TurnEnd::Done);
        }
        let to = back(&mut talk, Point::Before(TurnId(2))).await;
        assert_eq!((prompts(&to), to.prompt.as_deref()), (vec!["one".to_owned()], Some("two")));
        assert_eq!(to.left.iter().map(|card| card.turn.0).collect::<Vec<_>>(), [2, 3]);
        talk.ask("other").await;
        assert_eq!(said(&server), ["in ~/src\n\none", "A1", "other"]);
        // The numbers go on: no turn has the number of one that was left.
        let turns = talk.kinds(|event| if let Event::TurnStarted { turn, .. } = event { Some(turn.0) } else { None });
        assert_eq!(turns, [1, 2, 3, 4]);
        let to = back(&mut talk, Point::After(TurnId(3))).await;
        assert_eq!((prompts(&to), to.prompt), (["one", "two", "three"].map(String::from).to_vec(), None));
        assert_eq!(to.left.iter().map(|card| card.turn.0).collect::<Vec<_>>(), [4]);
        talk.ask("on").await;
        assert_eq!(said(&server), ["in ~/src\n\none", "A1", "two", "A2", "three", "A3", "on"]);
        let nothing = Command::Rewind { to: Point::Before(TurnId(99)), scope: RewindScope::Conversation };
        talk.send(nothing);
        talk.wait_for(|talk| !talk.kinds(|event| matches!(event, Event::Notice(_)).then_some(())).is_empty()).await;
        talk.end().await;
    }
}

#[tokio::test]
async fn the_beginning_can_be_gone_back_to_and_is_resumed_from() {
    let home = tempfile::tempdir().unwrap();
    let server = serve(ANSWERS);
    let config = config(&server.base_url());
    let journal = fresh(Some(home.path()));
    let mut talk = Talk::logged(&config, journal.clone(), None);
    talk.ask("one").await;
    talk.ask("two").await;
    back(&mut talk, Point::Before(TurnId(1))).await;
    talk.ask("anew").await;
    assert_eq!(said(&server), ["in ~/src\n\nanew"]);
    back(&mut talk, Point::After(TurnId(2))).await;
    talk.end().await;
    journal.close();
    let (journal, story) = Journal::reopen(&home.path().join("20261121-083000-aaaa")).unwrap();
    let (past, shown): (Past, Restored) = taken_up(story);
    assert_eq!(prompts(&shown), ["one", "two"], "where it was left");
    let mut talk = Talk::logged(&config, journal, Some(past));
    talk.ask("on").await;
    assert_eq!(said(&server), ["in ~/src\n\none", "A1", "two", "A2", "on"]);
    talk.end().await;
}

#[tokio::test]
async fn a_running_turn_is_stopped_first_and_prompts_wait() {
    let pace = "[[reply]]\nanswer = 'a slow answer of many words that takes its time'\npace = { rate = 2.0 }\n";
    let server = serve(&format!("order = 'once'\n[[reply]]\nanswer = 'A1'\n{pace}[[reply]]\nanswer = 'A3'\n"));
    let mut talk = Talk::logged(&config(&server.base_url()), fresh(None), None);
    talk.ask("one").await;
    talk.send(Command::Submit("two".into()));
    talk.wait_for(|talk| talk.answer().contains("slow")).await;
    talk.send(Command::Rewind { to: Point::Before(TurnId(2)), scope: RewindScope::Conversation });
    talk.send(Command::Submit("three".into()));
    talk.wait_for(|talk| talk.ends().len() == 3).await;
    assert_eq!(said(&server), ["in ~/src\n\none", "A1", "three"]);
    assert!(matches!(talk.ends()[1], TurnEnd::Interrupted { .. }));
    talk.end().await;
}
