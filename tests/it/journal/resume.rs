//! What the model and the screen are told of a session that the program left, at whatever record.

use std::collections::HashSet;

use glm_tui::{
    chat::{Effort, Event, Finish, ModelId, PermissionMode, Role, RunId, TurnEnd, TurnId},
    journal::{Ended, Parts, Record, Story, Stream},
};

use super::{
    Acts, answers, begin, begun, done, end, head, is_at_rest, is_sound, over, row, says, step, story, text, turn, work,
};

/// The conversation in short: who says what.
fn said(story: &Story) -> Vec<String> {
    let letter = |role| match role {
        Role::System => 's',
        Role::User => 'u',
        Role::Assistant => 'a',
        Role::Tool => 't',
    };
    story.messages().iter().map(|message| format!("{}:{}", letter(message.role), message.content)).collect()
}

fn session(parts: &[&[Record]]) -> Vec<Record> {
    std::iter::once(head()).chain(parts.iter().flat_map(|part| part.to_vec())).collect()
}

#[test]
fn wherever_the_log_ends_the_conversation_is_sound_and_the_screen_at_rest() {
    let records = session(&[&work(1), &work(2)]);
    let whole = story(&records);
    assert_eq!(whole.messages().len(), 12);
    let mut longest = 0;
    for cut in 1..=records.len() {
        let story = story(&records[..cut]);
        let messages = story.messages();
        is_sound(&messages).unwrap_or_else(|why| panic!("cut after {cut}: {why}"));
        is_at_rest(&story.events(0)).unwrap_or_else(|why| panic!("cut after {cut}: {why}"));
        let parts = story.clone().into_parts(7);
        let counted = story.conversation().1;
        assert_eq!(parts, Parts { messages: messages.clone(), counted, events: story.events(7) }, "cut after {cut}");
        // What was complete stays as it was, byte for byte: the model's cache holds.
        let same = messages.iter().zip(whole.messages()).take_while(|(a, b)| *a == b).count();
        longest = longest.max(same);
        assert!(same + 4 >= longest, "cut after {cut}: {same} messages as they were, {longest} before");
        // Gone on with, the same is told again.
        let on = records[..cut].iter().cloned().chain(work(3)).collect::<Vec<_>>();
        let later = super::story(&on).messages();
        assert_eq!(later[..messages.len()], messages[..], "cut after {cut}, then another turn");
    }
}

#[test]
fn sto_01_an_intent_without_a_result_is_unknown_and_not_run_again() {
    let records = work(1);
    let begun_c = records.iter().position(|r| matches!(r, Record::Begun(call) if call.call.0 == "c")).unwrap();
    let records = session(&[&records[..=begun_c]]);
    let story = story(&records);
    let said = said(&story);
    assert_eq!(said[..3], ["u:in ~/src/app\n\nprompt 1", "a:I edit the file.", "t:edited"]);
    assert!(said[3].starts_with("t:Not run: the program ended"), "{said:?}");
    assert!(said[4].contains("unknown") && said[4].contains("NOT run again"), "{said:?}");
    assert_eq!(story.unfinished.calls.iter().map(|call| call.run).collect::<Vec<_>>(), [RunId(12)]);
    assert_eq!((story.unfinished.turn, &story.unfinished.prompt), (Some(TurnId(1)), &None));
    let notes = story.notes();
    assert!(notes.len() == 1 && notes[0].as_str().starts_with("Run cargo test: "), "{notes:?}");
    let ends: Vec<String> = story
        .events(0)
        .into_iter()
        .filter_map(|(_, event)| match event {
            Event::RunEnded { run, report } => Some(format!("{} {:?} {}", run.0, report.end, report.summary)),
            Event::TurnEnded { end, .. } => Some(format!("{end:?}")),
            _ => None,
        })
        .collect();
    let want = [
        "10 Ok ok",
        "11 Stopped not run: the program ended before",
        "12 Failed unknown: the program ended while it ran; not run again",
        "Interrupted { untouched: None }",
    ];
    assert_eq!(ends, want);
}

#[test]
fn a_call_that_ended_keeps_its_result_although_the_step_had_not() {
    let id = step(1, 1);
    let calls = [end(id, Finish::ToolCalls), says("", "", &["a", "b"]), row(1, id, "x"), row(2, id, "y")];
    let ran = [begun(1, "a", Acts::Yes), done(1, "exit 0"), begun(2, "b", Acts::Yes), done(2, "")];
    let story = story(&session(&[&turn(1, "go"), &[begin(id)], &calls, &ran]));
    assert_eq!(said(&story)[1..], ["a:", "t:exit 0", "t:(no output)"]);
    assert!(story.unfinished.calls.is_empty() && story.notes().is_empty());
}

#[test]
fn text_that_was_cut_off_is_kept() {
    let id = step(1, 1);
    let cut = [text(id, Stream::Reasoning, &["Hm", "."]), text(id, Stream::Answer, &["It is ", "because"])].concat();
    let story = story(&session(&[&turn(1, "why"), &[begin(id)], &cut]));
    let messages = story.messages();
    assert_eq!((messages[1].content.as_str(), messages[1].reasoning.as_deref()), ("It is because", Some("Hm.")));
    assert_eq!(story.unfinished.prompt, None);
    let events: Vec<Event> = story.events(0).into_iter().map(|(_, event)| event).collect();
    assert!(matches!(&events[3], Event::Answer { text, .. } if text.as_str() == "It is because"), "{events:?}");
    assert!(matches!(&events[4], Event::StepEnded { finish: Finish::Cut, .. }));
}

#[test]
fn text_of_a_try_that_was_void_is_not() {
    let id = step(1, 1);
    let tries = [text(id, Stream::Answer, &["wrong"]), vec![Record::Reset(id)], text(id, Stream::Answer, &["right"])];
    let told = story(&session(&[&turn(1, "why"), &[begin(id)], &tries.concat()]));
    assert_eq!(said(&told)[1..], ["a:right"]);
    let void = story(&session(&[&turn(1, "why"), &[begin(id)], &tries[..2].concat()]));
    assert_eq!((said(&void).len(), void.unfinished.prompt), (1, None));
}

#[test]
fn a_prompt_that_nothing_answered_goes_back_to_the_composer() {
    let ended = Record::TurnEnd {
        turn: TurnId(2),
        end: Ended::Failed { what: "no route".into(), code: None, hints: Vec::new(), untouched: Some("two".into()) },
    };
    let (asked, stepped) = (turn(2, "two"), [turn(2, "two"), vec![begin(step(2, 1))]].concat());
    let given_back = [turn(2, "two"), vec![begin(step(2, 1)), ended]].concat();
    for (tail, prompt) in [(&asked, Some("two")), (&stepped, Some("two")), (&given_back, None)] {
        let records = session(&[&work(1), tail]);
        let first = story(&records);
        assert_eq!(first.messages().len(), 6, "the prompt is taken out");
        assert_eq!(first.unfinished.prompt.as_deref(), prompt);
        let later = story(&[records, work(3)].concat());
        assert_eq!(said(&later)[6], "u:prompt 3", "also when the session went on");
        assert_eq!(later.turns().iter().map(|card| card.turn.0).collect::<Vec<_>>(), [1, 3]);
    }
    let first = story(&session(&[&turn(1, "one")]));
    assert_eq!(first.unfinished.prompt.as_deref(), Some("one"), "without what was said before it");
    assert!(first.messages().is_empty() && first.events(0).is_empty());
}

#[test]
fn what_damage_took_out_leaves_a_conversation_that_the_service_takes() {
    let records = session(&[&work(1), &work(2)]);
    for lost in 0..records.len() {
        let left = [&records[..lost], &records[lost + 1..]].concat();
        let story = story(&left);
        let messages = story.messages();
        is_sound(&messages).unwrap_or_else(|why| panic!("without {:?}: {why}", records[lost]));
        assert!(messages.iter().filter(|message| message.role == Role::User).count() == 2, "{:?}", records[lost]);
        let (mut steps, mut told) = (HashSet::new(), 0);
        for (_, event) in story.events(0) {
            match event {
                Event::StepStarted { step, .. } => assert!(steps.insert(step), "twice: {step}"),
                Event::Answer { step, .. } if steps.contains(&step) => told += 1,
                Event::Answer { step, .. } => panic!("text of no step: {step}"),
                _ => {}
            }
        }
        let of_a_step = matches!(records[lost], Record::Message(ref message) if message.role == Role::Assistant);
        assert!(told == 4 || of_a_step, "{told} answers without {:?}", records[lost]);
    }
    let lost = story(&session(&[&turn(1, "go"), &[says("", "", &["a"]), over(1)]]));
    assert!(said(&lost)[2].contains("lost"), "{:?}", said(&lost));
    let orphan = story(&session(&[&turn(1, "go"), &[answers("a", "x"), says("ok", "", &[]), over(1)]]));
    assert_eq!(said(&orphan)[1..], ["a:ok"]);
}

#[test]
fn a_finished_step_is_told_in_one_piece_for_each_text() {
    let story = story(&session(&[&work(1)]));
    let (mut thought, mut answers, mut order) = (Vec::new(), Vec::new(), String::new());
    for (_, event) in story.events(0) {
        match event {
            Event::Reasoning { text, .. } => {
                thought.push(text.into_string());
                order.push('r');
            }
            Event::Answer { text, .. } => {
                answers.push(text.into_string());
                order.push('a');
            }
            Event::StepStarted { .. } => order.push('['),
            Event::StepEnded { .. } => order.push(']'),
            Event::RunQueued(_) => order.push('q'),
            Event::TurnEnded { end: TurnEnd::Done, .. } => order.push('.'),
            _ => {}
        }
    }
    assert_eq!(
        (thought, answers),
        (vec!["Let me think.".to_owned()], ["I edit the file.", "It is done."].map(String::from).to_vec())
    );
    assert_eq!(order, "[ra]qqq[a].");
}

#[test]
fn choices_and_the_count_of_tokens_come_back() {
    let model = |id: &str| Record::Model { id: ModelId::from(id), thinking: true, effort: Some(Effort::High) };
    let choices = [model("glm-5"), Record::Mode(PermissionMode::Plan), model("glm-5.3")];
    let story = story(&session(&[&choices, &work(1)]));
    assert_eq!(story.chosen.model, Some((ModelId::from("glm-5.3"), true, Some(Effort::High))));
    assert_eq!(story.chosen.mode, Some(PermissionMode::Plan));
    let (messages, counted) = story.conversation();
    assert_eq!((messages.len(), counted.map(|(usage, covers)| (usage.prompt, covers))), (6, Some((1000, 6))));
}
