//! Turn control: points 42 to 49 of the acceptance checklist.

use glm_tui::sim::Ended;

use crate::support::service::{Service, asked};

const TALK: &str = "[pace]\nrate = 40\n[[reply]]\nreasoning = 'hm hm'\nanswer = { tokens = 400, of = 'word ' }\n\
    [[reply]]\nwhen = { says = 'short' }\nanswer = 'short answer'\n\
    [[reply]]\nwhen = { says = 'hang' }\nfault = { before = 'hang' }\n";

#[test]
fn point_42_43_interrupt() {
    let service = Service::start(TALK);
    let pty = service.open();
    pty.send("go\r");
    pty.wait_text("word word");
    pty.send("\x1b");
    pty.wait_text("interrupted");
    pty.wait_text("Enter: send");
    assert!(pty.text().contains("word word"), "the partial text is kept");
    service.wait(|chats| chats[0].ended == Some(Ended::Left));
    // Before any output the prompt comes back.
    pty.send("please hang\r");
    service.wait_chats(2);
    pty.wait_text("esc: interrupt");
    pty.send("\x1b");
    pty.wait_text("Enter: send");
    pty.wait_text("› please hang");
    pty.send("!");
    pty.wait_text("› please hang!");
}

#[test]
fn point_44_steer_and_queue() {
    let service = Service::start(TALK.replace("tokens = 400", "tokens = 100").as_str());
    let pty = service.open();
    pty.send("go\r");
    pty.wait_text("word");
    pty.wait_text("Enter: steer · Tab: queue");
    pty.send("short steer\r");
    pty.wait_text("short steer");
    pty.send("short later\t");
    pty.wait_text("2 queued");
    pty.wait_text("short later");
    // Up takes the newest back, to be edited and queued again.
    pty.send("\x1b[A");
    pty.wait_text("› short later");
    pty.wait_text("1 queued");
    pty.send(" edited\t");
    pty.wait_text("2 queued");
    assert_eq!(service.chats().len(), 1, "nothing is sent before its time");
    let steered = service.wait_chats(2);
    assert_eq!(asked(&steered), "short steer");
    let answered = steered.body["messages"].as_array().unwrap().iter().any(|m| m["role"] == "assistant");
    assert!(answered, "it follows the step that ran");
    assert_eq!(asked(&service.wait_chats(3)), "short later edited");
    pty.wait_text("turn 2");
    pty.wait_text("Enter: send");
}

#[test]
fn point_45_a_stream_that_drops() {
    let service = Service::start(
        "[pace]\nrate = 200\n[[reply]]\nfail_first = 1\nfault = { drop_after = 12 }\nreasoning = 'a b'\n\
         answer = 'the first half of this sentence and now its second half'\n",
    );
    let pty = service.open();
    pty.send("go\r");
    pty.wait_for(|screen| {
        let text = screen.contents();
        text.contains("Retrying in ") && text.contains("try 2 of 8") && text.contains("cut")
    });
    pty.wait_text("second half");
    pty.wait_text("Enter: send");
    assert_eq!(pty.text().matches("the first half").count(), 1, "said twice:\n{}", pty.text());
    assert_eq!(service.chats().len(), 2);
}

#[test]
fn point_46_two_kinds_of_429() {
    let service = Service::start(
        "[[reply]]\nwhen = { says = 'full' }\nrefuse = { code = '1308', reset_in = 2520 }\n\
         [[reply]]\nwhen = { says = 'busy' }\nrefuse = { code = '1302', retry_after = '1' }\nfail_first = 1\nanswer = 'served'\n",
    );
    let pty = service.open();
    pty.send("full\r");
    pty.wait_text("✗ resets ");
    pty.wait_text("quota used up; you are not charged");
    pty.wait_text("Enter: send");
    assert_eq!(service.chats().len(), 1, "not retried");
    pty.send("\x15busy\r");
    pty.wait_for(|screen| {
        let text = screen.contents();
        text.contains("Retrying ") && text.contains("try 2 of 8") && text.contains("too many")
    });
    pty.wait_text("served");
    assert_eq!(service.chats().len(), 3);
}

#[test]
fn point_47_silence() {
    let service = Service::start(TALK).config("[limits]\nquiet_notice_seconds = 1\nquiet_offer_seconds = 2\n");
    let pty = service.open();
    pty.send("hang\r");
    pty.wait_text("no data for 1s");
    pty.wait_text("r: retry");
    pty.send("\x1b");
    pty.wait_text("Enter: send");
    pty.wait_text("› hang");
}

#[test]
fn point_48_the_model_changes_within_a_turn() {
    let service = Service::start(TALK.replace("tokens = 400", "tokens = 240").as_str());
    let pty = service.open();
    pty.wait_text(" glm-5.3 ");
    pty.send("go\r");
    pty.wait_text("word");
    pty.send("short draft");
    pty.wait_text("› short draft");
    pty.send("\x1bOQ");
    pty.wait_for(|screen| {
        let text = screen.contents();
        text.contains("next: glm-5.3-flash")
            && text.contains("— model glm-5.3-flash from step 1.2 —")
            && text.contains("\n glm-5.3-flash ")
            && text.contains("› short draft")
            && text.contains("Writing")
    });
    pty.send("\r");
    let next = service.wait_chats(2);
    assert_eq!((next.body["model"].as_str(), asked(&next).as_str()), (Some("glm-5.3-flash"), "short draft"));
    assert_eq!(service.chats()[0].ended, Some(Ended::Complete), "the turn went on");
}

#[test]
fn point_49_the_hint_for_esc_is_true() {
    let service = Service::start(TALK);
    let pty = service.open();
    pty.send("go\r");
    pty.wait_text("word word");
    // Scrolled up while a turn runs.
    pty.send("\x1b[5~");
    pty.wait_text("esc: back to live");
    pty.send("\x1b");
    pty.wait_gone("esc: back to live");
    pty.wait_text("following");
    // A search.
    pty.send("\x1bOR");
    pty.wait_text("esc: end");
    pty.send("\x1b");
    pty.wait_gone("find:");
    // A dialog.
    pty.send("\x1bOS");
    pty.wait_text("esc close");
    pty.send("\x1b");
    pty.wait_gone("5 hours");
    // A chord.
    pty.send("\x18");
    pty.wait_text("esc: cancel");
    pty.send("\x1b");
    pty.wait_gone("esc: cancel");
    // The turn.
    pty.wait_text("esc: interrupt");
    pty.send("\x1b");
    pty.wait_text("interrupted");
    pty.wait_gone("esc: interrupt");
    // A draft.
    pty.send("draft\x1b");
    pty.wait_text("again clears");
    pty.send("\x1b");
    pty.wait_gone("› draft");
}
