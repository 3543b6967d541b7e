//! Files of both programs, whole and damaged; all of their contents are invented.

use super::{conversation::Turn, *};
use crate::{
    chat::{Role, RunEnd},
    journal::{Read, Record, Story, line, reader},
};

/// A conversation in which a person went back, two calls ran at once, and a subagent worked. All of it invented.
const CLAUDE: &str = r#"
{"type":"file-history-snapshot","messageId":"x","snapshot":{}}
{"type":"user","uuid":"u1","parentUuid":null,"isSidechain":false,"sessionId":"s-1","cwd":"/srv/shop","gitBranch":"main","timestamp":"2026-03-01T10:00:00.000Z","message":{"role":"user","content":"Why is the total wrong?"}}
{"type":"assistant","uuid":"a1","parentUuid":"u1","sessionId":"s-1","timestamp":"2026-03-01T10:00:02.000Z","message":{"id":"m1","role":"assistant","model":"opus-x","content":[{"type":"thinking","thinking":"The sum may start at one.","signature":"abc"}]}}
{"type":"assistant","uuid":"a2","parentUuid":"a1","sessionId":"s-1","timestamp":"2026-03-01T10:00:03.000Z","message":{"id":"m1","role":"assistant","model":"opus-x","content":[{"type":"text","text":"I will look."}]}}
{"type":"assistant","uuid":"a3","parentUuid":"a2","sessionId":"s-1","timestamp":"2026-03-01T10:00:04.000Z","message":{"id":"m1","role":"assistant","model":"opus-x","content":[{"type":"tool_use","id":"t1","name":"Read","input":{"file_path":"/srv/shop/total.sh"}}]}}
{"type":"assistant","uuid":"a4","parentUuid":"a3","sessionId":"s-1","timestamp":"2026-03-01T10:00:04.100Z","message":{"id":"m1","role":"assistant","model":"opus-x","content":[{"type":"tool_use","id":"t2","name":"Bash","input":{"command":"sh total.sh\nls","description":"Run it"}}]}}
{"type":"user","uuid":"r1","parentUuid":"a3","sessionId":"s-1","timestamp":"2026-03-01T10:00:05.000Z","message":{"role":"user","content":[{"type":"tool_result","tool_use_id":"t1","content":[{"type":"text","text":"sum=1"}]}]}}
{"type":"user","uuid":"r2","parentUuid":"a4","sessionId":"s-1","timestamp":"2026-03-01T10:00:06.000Z","message":{"role":"user","content":[{"type":"tool_result","tool_use_id":"t2","content":"exit 1","is_error":true}]}}
{"type":"assistant","uuid":"side","parentUuid":"r2","isSidechain":true,"sessionId":"s-1","message":{"id":"ms","role":"assistant","model":"opus-x","content":[{"type":"text","text":"SUBAGENT"}]}}
{"type":"user","uuid":"meta","parentUuid":"r2","isMeta":true,"sessionId":"s-1","message":{"role":"user","content":"Caveat: METATEXT"}}
{"type":"assistant","uuid":"a5","parentUuid":"r2","sessionId":"s-1","timestamp":"2026-03-01T10:00:08.000Z","message":{"id":"m2","role":"assistant","model":"opus-x","content":[{"type":"text","text":"It starts at one."}]}}
{"type":"user","uuid":"left","parentUuid":"a5","sessionId":"s-1","timestamp":"2026-03-01T10:00:20.000Z","message":{"role":"user","content":"LEFTBRANCH"}}
{"type":"assistant","uuid":"left2","parentUuid":"left","sessionId":"s-1","message":{"id":"m3","role":"assistant","model":"opus-x","content":[{"type":"text","text":"LEFTANSWER"}]}}
{"type":"user","uuid":"c1","parentUuid":"a5","sessionId":"s-1","timestamp":"2026-03-01T10:01:00.000Z","message":{"role":"user","content":"<command-name>/model</command-name>\n<command-args></command-args>"}}
{"type":"user","uuid":"c2","parentUuid":"c1","sessionId":"s-1","message":{"role":"user","content":"<local-command-stdout>set</local-command-stdout>"}}
{"type":"user","uuid":"u2","parentUuid":"c2","sessionId":"s-1","timestamp":"2026-03-01T10:02:00.000Z","message":{"role":"user","content":[{"type":"text","text":"Then mend it."},{"type":"image","source":{"type":"base64","data":"AAAA"}}]}}
{"type":"assistant","uuid":"a6","parentUuid":"u2","sessionId":"s-1","timestamp":"2026-03-01T10:02:05.000Z","message":{"id":"m4","role":"assistant","model":"opus-x","content":[{"type":"text","text":"Mended."},{"type":"tool_use","id":"t3","name":"Edit","input":{"file_path":"total.sh"}}]}}
{"type":"user","uuid":"i1","parentUuid":"a6","sessionId":"s-1","message":{"role":"user","content":[{"type":"text","text":"[Request interrupted by user]"}]}}
{"type":"custom-title","customTitle":"The total","sessionId":"s-1"}
"#;

/// The same sort of conversation as Codex writes it, with what a person did not write among the items.
const CODEX: &str = r#"
{"timestamp":"2026-04-01T08:00:00.000Z","type":"session_meta","payload":{"id":"c-1","cwd":"/srv/shop","cli_version":"1","git":{"branch":"dev"}}}
{"timestamp":"2026-04-01T08:00:00.100Z","type":"response_item","payload":{"type":"message","role":"developer","content":[{"type":"input_text","text":"DEVELOPER"}]}}
{"timestamp":"2026-04-01T08:00:00.200Z","type":"response_item","payload":{"type":"message","role":"user","content":[{"type":"input_text","text":"<environment_context>ENV</environment_context>"}]}}
{"timestamp":"2026-04-01T08:00:01.000Z","type":"turn_context","payload":{"model":"gpt-x","cwd":"/srv/shop"}}
{"timestamp":"2026-04-01T08:00:01.100Z","type":"response_item","payload":{"type":"message","role":"user","content":[{"type":"input_text","text":"Why is the total wrong?"}]}}
{"timestamp":"2026-04-01T08:00:01.200Z","type":"event_msg","payload":{"type":"user_message","message":"Why is the total wrong?"}}
{"timestamp":"2026-04-01T08:00:02.000Z","type":"response_item","payload":{"type":"reasoning","summary":[{"type":"summary_text","text":"The sum may start at one."}],"content":null,"encrypted_content":"zzz"}}
{"timestamp":"2026-04-01T08:00:03.000Z","type":"response_item","payload":{"type":"message","role":"assistant","content":[{"type":"output_text","text":"I will look."}]}}
{"timestamp":"2026-04-01T08:00:03.100Z","type":"event_msg","payload":{"type":"agent_message","message":"I will look."}}
{"timestamp":"2026-04-01T08:00:04.000Z","type":"response_item","payload":{"type":"function_call","name":"shell","arguments":"{\"command\":[\"bash\",\"-lc\",\"cat total.sh\"]}","call_id":"f1"}}
{"timestamp":"2026-04-01T08:00:04.500Z","type":"response_item","payload":{"type":"local_shell_call","call_id":"f2","action":{"type":"exec","command":["ls","-l"]}}}
{"timestamp":"2026-04-01T08:00:05.000Z","type":"response_item","payload":{"type":"function_call_output","call_id":"f1","output":"{\"output\":\"sum=1\",\"metadata\":{\"exit_code\":0}}"}}
{"timestamp":"2026-04-01T08:00:05.500Z","type":"response_item","payload":{"type":"function_call_output","call_id":"f2","output":{"content":"exit 1","success":false}}}
{"timestamp":"2026-04-01T08:00:05.600Z","type":"response_item","payload":{"type":"function_call_output","call_id":"nobody","output":"ORPHAN"}}
{"timestamp":"2026-04-01T08:00:08.000Z","type":"response_item","payload":{"type":"message","role":"assistant","content":[{"type":"output_text","text":"It starts at one."}]}}
{"timestamp":"2026-04-01T08:01:00.000Z","type":"event_msg","payload":{"type":"user_message","message":"LEFTBRANCH"}}
{"timestamp":"2026-04-01T08:01:01.000Z","type":"event_msg","payload":{"type":"thread_rolled_back","num_turns":1}}
{"timestamp":"2026-04-01T08:02:00.000Z","type":"event_msg","payload":{"type":"user_message","message":"Then mend it."}}
{"timestamp":"2026-04-01T08:02:05.000Z","type":"response_item","payload":{"type":"message","role":"assistant","content":[{"type":"output_text","text":"Mended."}]}}
{"timestamp":"2026-04-01T08:02:06.000Z","type":"response_item","payload":{"type":"custom_tool_call","name":"apply_patch","input":"*** Begin Patch","call_id":"f3"}}
{"timestamp":"2026-04-01T08:02:07.000Z","type":"event_msg","payload":{"type":"turn_aborted","reason":"interrupted"}}
"#;

fn of(source: Source, text: &str) -> Conversation {
    source.read(text.as_bytes()).unwrap()
}

/// A turn in a line: prompt, then per step its words and calls with what came of them.
fn shape(turn: &Turn) -> String {
    let steps = turn.steps.iter().map(|step| {
        let calls = step.calls.iter().map(|call| {
            let result = call
                .result
                .as_ref()
                .map_or("?".to_owned(), |r| format!("{}{}", if r.failed { "!" } else { "" }, r.text));
            format!(" {}({})={result}", call.tool, call.target)
        });
        format!("|{}~{}{}", step.reasoning, step.answer, calls.collect::<String>())
    });
    let stopped = if turn.stopped { " stopped" } else { "" };
    format!("{}{}{stopped}", turn.prompt, steps.collect::<String>())
}

#[test]
fn claude_code_gives_the_conversation_that_was_gone_on_with() {
    let it = of(Source::ClaudeCode, CLAUDE);
    assert_eq!((it.id.as_str(), it.folder.as_str(), it.branch.as_deref()), ("s-1", "/srv/shop", Some("main")));
    assert_eq!((it.name.as_deref(), it.n_bad), (Some("The total"), 0));
    let turns: Vec<String> = it.turns.iter().map(shape).collect();
    assert_eq!(
        turns,
        [
            "Why is the total wrong?|The sum may start at one.~I will look. Read(/srv/shop/total.sh)=sum=1 \
         Bash(sh total.sh\nls)=!exit 1|~It starts at one.",
            "Then mend it.\n[image]|~Mended. Edit(total.sh)=? stopped",
        ]
    );
    assert_eq!(it.turns[0].at, 1_772_359_200_000);
    assert_eq!(it.turns[0].steps[0].model, "opus-x");
}

#[test]
fn codex_gives_what_a_person_and_the_model_said() {
    let it = of(Source::Codex, CODEX);
    assert_eq!((it.id.as_str(), it.folder.as_str(), it.branch.as_deref()), ("c-1", "/srv/shop", Some("dev")));
    let turns: Vec<String> = it.turns.iter().map(shape).collect();
    assert_eq!(
        turns,
        [
            "Why is the total wrong?|The sum may start at one.~I will look. shell(cat total.sh)=sum=1 \
         local_shell(ls -l)=!exit 1|~It starts at one.",
            "Then mend it.|~Mended. apply_patch(*** Begin Patch)=? stopped",
        ]
    );
    assert_eq!(it.turns[0].steps[0].model, "gpt-x");
}

#[test]
fn older_codex_files_hold_bare_items() {
    let it = of(
        Source::Codex,
        r#"{"id":"old-1","timestamp":"2025-07-01T08:00:00.000Z","instructions":null,"git":{"branch":"dev"}}
{"record_type":"state"}
{"type":"message","role":"user","content":[{"type":"input_text","text":"<user_instructions>X</user_instructions>"}]}
{"type":"message","role":"user","content":[{"type":"input_text","text":"hello"}]}
{"type":"reasoning","summary":[]}
{"type":"function_call","name":"shell","arguments":"{\"command\":[\"ls\"]}","call_id":"f1"}
{"type":"function_call_output","call_id":"f1","output":"a b"}
{"type":"message","role":"assistant","content":[{"type":"output_text","text":"hi"}]}"#,
    );
    assert_eq!(it.id, "old-1");
    let turns: Vec<String> = it.turns.iter().map(shape).collect();
    assert_eq!(turns, ["hello|~ shell(ls)=a b|~hi"]);
}

/// The records as a log's bytes, told as a story.
fn story(it: &Conversation, source: Source) -> Story {
    let records = records(it, source, &"x".into(), 5);
    let mut bytes = Vec::new();
    for (n, (at, record)) in (1..).zip(&records) {
        bytes.extend(line::encode(n, *at, record).unwrap());
    }
    let read: Read = reader::read(&bytes);
    assert_eq!(read.damage.bad + read.damage.unknown + read.damage.missing, 0);
    assert!(records.is_sorted_by_key(|(at, _)| *at));
    Story::tell(read).unwrap()
}

#[test]
fn what_the_model_gets_holds_no_calls_and_no_foreign_reasoning() {
    use Role::{Assistant, User};
    for (source, text) in [(Source::ClaudeCode, CLAUDE), (Source::Codex, CODEX)] {
        let story = story(&of(source, text), source);
        assert_eq!(story.head.imported_from.as_deref(), Some(source.as_str()));
        let messages = story.messages();
        let roles: Vec<Role> = messages.iter().map(|message| message.role).collect();
        assert_eq!(roles, [User, Assistant, User, Assistant, User, Assistant, User], "{messages:?}");
        assert!(messages.iter().all(|m| m.tool_calls.is_empty() && m.reasoning.is_none() && m.answers.is_none()));
        assert_eq!(messages[1].content, "I will look.");
        assert!(messages[2].content.contains("sum=1") && messages[2].content.contains(" (failed)\nexit 1"));
        assert!(messages[6].content.contains("not known"));
        let all = format!("{:?}{messages:?}", story.path);
        for absent in ["LEFT", "SUBAGENT", "METATEXT", "ENV", "DEVELOPER", "ORPHAN"] {
            assert!(!all.contains(absent), "{absent}: {all}");
        }
        let ends: Vec<RunEnd> = story
            .path
            .iter()
            .filter_map(|entry| match &entry.record {
                Record::RunEnd { report, .. } => Some(report.end),
                _ => None,
            })
            .collect();
        assert_eq!(ends, [RunEnd::Ok, RunEnd::Failed, RunEnd::Stopped]);
        assert_eq!(story.counters.run.0, 3);
    }
}

#[test]
fn a_summary_takes_the_place_of_what_was_before_it() {
    let claude = r#"{"type":"user","uuid":"1","parentUuid":null,"sessionId":"s","message":{"role":"user","content":"first"}}
{"type":"assistant","uuid":"2","parentUuid":"1","message":{"id":"m","role":"assistant","model":"x","content":[{"type":"text","text":"one"}]}}
{"type":"system","subtype":"compact_boundary","uuid":"3","parentUuid":null,"logicalParentUuid":"2"}
{"type":"user","uuid":"4","parentUuid":"3","isCompactSummary":true,"message":{"role":"user","content":"They spoke of one."}}
{"type":"user","uuid":"5","parentUuid":"4","message":{"role":"user","content":"second"}}
{"type":"assistant","uuid":"6","parentUuid":"5","message":{"id":"n","role":"assistant","model":"x","content":[{"type":"text","text":"two"}]}}"#;
    let codex = r#"{"type":"session_meta","payload":{"id":"s"}}
{"type":"event_msg","payload":{"type":"user_message","message":"first"}}
{"type":"response_item","payload":{"type":"message","role":"assistant","content":[{"type":"output_text","text":"one"}]}}
{"type":"compacted","payload":{"message":"They spoke of one."}}
{"type":"event_msg","payload":{"type":"user_message","message":"second"}}
{"type":"response_item","payload":{"type":"message","role":"assistant","content":[{"type":"output_text","text":"two"}]}}"#;
    for (source, text) in [(Source::ClaudeCode, claude), (Source::Codex, codex)] {
        let story = story(&of(source, text), source);
        let sent: Vec<String> = story.messages().into_iter().map(|message| message.content).collect();
        assert_eq!(sent, ["Summary of the conversation so far:\n\nThey spoke of one.", "second", "two"]);
        let shown = format!("{:?}", story.path);
        assert!(shown.contains("first") && shown.contains("\"one\""), "a person still sees it: {shown}");
    }
}

#[test]
fn damaged_files_give_what_is_whole() {
    for (source, text) in [(Source::ClaudeCode, CLAUDE), (Source::Codex, CODEX)] {
        let whole = of(source, text);
        let lines: Vec<&str> = text.lines().collect();
        // Each line damaged in turn: the last words of the conversation are there unless they were in that line.
        for hurt in 1..lines.len() {
            let mut lines: Vec<String> = lines.iter().map(|line| (*line).to_owned()).collect();
            let hit = lines[hurt].contains(":02:05");
            let half = lines[hurt].len() / 2;
            lines[hurt].truncate(half);
            let it = of(source, &lines.join("\n"));
            assert_eq!(it.n_bad, 1, "line {hurt}");
            let mended = it.turns.iter().flat_map(|turn| &turn.steps).any(|step| step.answer.ends_with("Mended."));
            assert!(mended != hit, "line {hurt}: {it:?}");
            assert!(it.turns.iter().any(|turn| turn.prompt.contains("mend") || turn.prompt.contains("Why")));
            assert_eq!(story(&it, source).messages().iter().filter(|m| !m.tool_calls.is_empty()).count(), 0);
        }
        // Cut at every place: never a panic, never more turns than there were.
        for end in 0..text.len() {
            if let Some(it) = text.get(..end).and_then(|part| source.read(part.as_bytes())) {
                assert!(it.turns.len() <= whole.turns.len() + 1);
            }
        }
        // Lines that are JSON and nothing else.
        let odd = "[]\nnull\n3\n{}\n{\"type\":7,\"payload\":[]}\n{\"message\":null,\"type\":\"user\",\"uuid\":\"q\"}\n\u{0}\n";
        assert!(source.read(odd.as_bytes()).is_none());
        assert_eq!(of(source, &format!("{odd}{text}{odd}")).turns.len(), whole.turns.len());
        assert!(source.read(b"").is_none() && source.read(&[0xff; 100]).is_none());
    }
}

#[test]
fn a_circle_of_parents_ends() {
    let text = r#"{"type":"user","uuid":"1","parentUuid":"2","message":{"role":"user","content":"a"}}
{"type":"user","uuid":"2","parentUuid":"1","message":{"role":"user","content":"b"}}
{"type":"user","uuid":"3","parentUuid":"3","message":{"role":"user","content":"c"}}"#;
    let it = of(Source::ClaudeCode, text);
    assert_eq!(it.turns.len(), 3);
}
