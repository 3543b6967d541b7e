//! Going back: branches in one log.

use glm_tui::{
    chat::{Point, RunId, TurnId},
    journal::{ChangeKind, ChangeSet, FileChange, FileState, PathText, Record, Story, read},
};

use super::{head, is_sound, log, story, turn, work};

fn turns(story: &Story) -> Vec<u32> {
    story.turns().iter().map(|card| card.turn.0).collect()
}

fn left(story: &Story) -> Vec<u32> {
    assert!(story.left.iter().all(|card| card.left));
    story.left.iter().map(|card| card.turn.0).collect()
}

/// Turns 1 to 3, back before 2, turn 4, back after 3, turn 5.
fn branches() -> Vec<Record> {
    let mut all: Vec<Record> = [vec![head()], work(1), work(2), work(3)].concat();
    let bytes = log(&all);
    let go_back = |bytes: &[u8], point| Story::tell_until(read(bytes), Some(point)).unwrap().end();
    all.push(Record::Rewound(go_back(&bytes, Point::Before(TurnId(2)))));
    all.extend(work(4));
    all.push(Record::Rewound(go_back(&log(&all), Point::After(TurnId(3)))));
    all.extend(work(5));
    all
}

#[test]
fn the_branch_that_is_gone_on_with_counts_and_the_others_are_kept() {
    let all = branches();
    let n_first = 1 + 3 * work(1).len();
    let at = |n: usize| story(&all[..n]);
    assert_eq!((turns(&at(n_first)), left(&at(n_first))), (vec![1, 2, 3], vec![]));
    assert_eq!((turns(&at(n_first + 1)), left(&at(n_first + 1))), (vec![1], vec![2, 3]));
    let n_second = n_first + 1 + work(4).len();
    assert_eq!((turns(&at(n_second)), left(&at(n_second))), (vec![1, 4], vec![2, 3]));
    let last = story(&all);
    assert_eq!((turns(&last), left(&last)), (vec![1, 2, 3, 5], vec![4]));
    assert_eq!((last.counters.turn, last.counters.run), (TurnId(5), RunId(52)), "numbers never come again");
    is_sound(&last.messages()).unwrap();
    assert_eq!(last.messages().len(), 24);
}

#[test]
fn every_moment_of_every_branch_can_be_told() {
    let all = branches();
    let tell = |point| Story::tell_until(read(&log(&all)), Some(point));
    let table = [
        (Point::Before(TurnId(1)), vec![]),
        (Point::Before(TurnId(3)), vec![1, 2]),
        (Point::After(TurnId(1)), vec![1]),
        (Point::After(TurnId(4)), vec![1, 4]),
        (Point::Before(TurnId(4)), vec![1]),
        (Point::After(TurnId(5)), vec![1, 2, 3, 5]),
        (Point::Before(TurnId(5)), vec![1, 2, 3]),
    ];
    for (point, want) in table {
        let story = tell(point).unwrap();
        assert_eq!(turns(&story), want, "{point:?}");
        assert_eq!(story.messages().len(), 6 * want.len(), "{point:?}");
        let gone_back = [all.clone(), vec![Record::Rewound(story.end())]].concat();
        assert_eq!(turns(&super::story(&gone_back)), want, "{point:?}, written down");
    }
    assert!(tell(Point::Before(TurnId(9))).is_none() && tell(Point::After(TurnId(9))).is_none());
}

#[test]
fn a_turn_that_was_cut_off_can_be_gone_back_to() {
    let cut: Vec<Record> = work(2)[..9].to_vec();
    let all = [vec![head()], work(1), cut, work(3)].concat();
    let there = Story::tell_until(read(&log(&all)), Some(Point::After(TurnId(2)))).unwrap();
    assert_eq!(turns(&there), [1, 2]);
    let gone = [all, vec![Record::Rewound(there.end())], turn(4, "on")].concat();
    assert_eq!(story(&gone).messages()[..], there.messages()[..]);
    assert_eq!(left(&story(&gone)), [3]);
}

#[test]
fn a_moment_whose_record_is_lost_is_the_one_before_it() {
    let mut all = [vec![head()], work(1), work(2)].concat();
    let end = 1 + work(1).len();
    all.push(Record::Rewound(end as u64));
    all.extend(work(3));
    let mut lines: Vec<&[u8]> = Vec::new();
    let bytes = log(&all);
    lines.extend(bytes.split_inclusive(|b| *b == b'\n'));
    lines.remove(end - 1);
    let story = Story::tell(read(&lines.concat())).unwrap();
    assert_eq!((turns(&story), story.damage.missing), (vec![1, 3], 1));
    is_sound(&story.messages()).unwrap();
}

#[test]
fn a_card_tells_the_files_that_its_turn_changed() {
    let state = |n: u64| FileState::NotKept { bytes: n, why: "test".into(), hash: None };
    let change = |id, turn, kind, files: &[&str]| {
        let files = files.iter().map(|path| FileChange {
            path: PathText::new(path.as_ref()),
            before: state(1),
            after: state(2),
        });
        let set = ChangeSet { id, turn: TurnId(turn), run: None, cause: "edit".into(), kind, files: files.collect() };
        Record::Change(Box::new(set))
    };
    let mut all = [vec![head()], work(1), work(2)].concat();
    all.insert(4, change(1, 1, ChangeKind::Made, &["/a", "/b"]));
    all.insert(5, Record::Changed(1));
    all.insert(6, change(2, 1, ChangeKind::Made, &["/b", "/c"]));
    all.push(change(3, 2, ChangeKind::Undo(vec![1]), &["/a", "/b"]));
    let story = story(&all);
    assert_eq!(story.turns().iter().map(|card| card.n_files).collect::<Vec<_>>(), [3, 0]);
    assert_eq!(story.turns()[0].at, 1_760_000_002);
    assert_eq!((story.unfinished.changes.clone(), story.counters.change, story.changes.len()), (vec![2, 3], 3, 3));
}
