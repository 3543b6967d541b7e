//! Finding over both panes.

use super::Rig;
use crate::app::{Anchor, EntryId, Focus, ReasoningState, Scroll};

#[test]
fn hits_are_ranges_of_the_text() {
    type Ranges = [(usize, usize)];
    let rows: [(&str, &str, &Ranges); 5] = [
        ("aa", "AaaA", &[(0, 2), (2, 4)]),
        ("é", "CAFÉ café", &[(3, 5), (9, 11)]),
        ("中文", "x中文中文", &[(1, 7), (7, 13)]),
        ("Ä", "ä Ä", &[(3, 5)]),
        ("end", "the en", &[]),
    ];
    for (query, text, wanted) in rows {
        let mut rig = Rig::new();
        rig.turn(1, text, "", "-");
        rig.keys(&format!("<f3>{query}"));
        let found: Vec<_> =
            rig.app.find.as_ref().unwrap().hits.iter().map(|(_, range)| (range.start, range.end)).collect();
        assert_eq!(found, wanted, "{query} in {text}");
    }
}

fn rig() -> Rig {
    let mut rig = Rig::new();
    rig.turn(1, "where is Foo", "foo hides in the reasoning; needle", "Foo is here");
    rig.turn(2, "thanks", "", "no more");
    rig.drawn(|_| {});
    rig.ms(2000);
    rig
}

fn shown(rig: &Rig) -> Option<(u64, usize)> {
    let find = rig.app.find.as_ref()?;
    find.hits.get(find.current).map(|(id, range)| (id.0, range.start))
}

#[test]
fn hits_by_query() {
    let rows = [("foo", 3), ("Foo", 2), ("nothing", 0), ("", 0), ("NO MORE", 0), ("no more", 1)];
    for (query, wanted) in rows {
        let mut rig = rig();
        rig.keys(&format!("<f3>{query}"));
        assert_eq!(rig.app.find.as_ref().unwrap().hits.len(), wanted, "{query}");
    }
}

#[test]
fn walking_and_the_other_pane() {
    let mut rig = rig();
    rig.keys("<f3>foo");
    assert_eq!(rig.app.hits_by_pane(), [2, 1]);
    assert_eq!(shown(&rig), Some((3, 0)), "the newest first, from the live end");
    let rows = [("<enter>n", (1, 9)), ("n", (2, 0)), ("N", (1, 9)), ("<tab>", (2, 0)), ("<tab>", (3, 0))];
    for (script, wanted) in rows {
        rig.keys(script);
        assert_eq!(shown(&rig), Some(wanted), "{script}");
    }
    assert_eq!(rig.app.panes.answer, Scroll::Reading(Anchor { entry: EntryId(3), offset: 0 }));
}

#[test]
fn folded_reasoning_opens_and_folds_again() {
    let mut rig = rig();
    assert_eq!(rig.app.panes.state, ReasoningState::Rest);
    rig.keys("<f3>needle");
    assert_eq!(rig.app.panes.state, ReasoningState::Pinned);
    assert_eq!(rig.app.transcript.steps[0].open, Some(true));
    rig.keys("<esc>");
    assert!(rig.app.find.is_none());
    assert_eq!(rig.app.panes.state, ReasoningState::Rest);
    assert_eq!(rig.app.transcript.steps[0].open, None);
    assert_eq!((rig.app.panes.answer, rig.app.panes.reasoning), (Scroll::Latest, Scroll::Latest));
}

#[test]
fn text_that_comes_and_goes_meanwhile() {
    let mut rig = rig();
    rig.keys("<f3>foo<enter>");
    rig.start(3, "more");
    rig.step(3, 1);
    rig.answer(3, 1, "another foo");
    rig.keys("n");
    assert_eq!(shown(&rig), Some((7, 8)), "the new one is next");
    rig.chat(crate::chat::Event::StepReset { step: super::id(3, 1) });
    rig.keys("N");
    assert_ne!(shown(&rig).unwrap().0, 7, "what is gone is not found");
}

#[test]
fn typing_after_the_search_goes_to_the_prompt() {
    let mut rig = rig();
    rig.keys("<f6>/foo<bs>o<enter>x");
    assert!(rig.app.find.is_none());
    assert_eq!((rig.text().as_str(), rig.app.panes.focus), ("x", Focus::Composer));
    assert_ne!(rig.app.panes.answer, Scroll::Latest, "what was found stays in view");
}
