//! The fault catalogue: each test carries the id of its row.

mod calls;
mod cancel;
mod files;
mod hostile;
mod model;
mod network;
mod permissions;
mod replies;

use glm_tui::chat::Problem;

use crate::support::agent::{CANARY, Talk};

/// The words of a problem as a user reads them.
fn words(problem: &Problem) -> String {
    let mut words = problem.what.clone();
    for hint in &problem.hints {
        words.extend([" → ", hint.what.as_str(), " ", hint.with.unwrap_or_default()]);
    }
    words
}

/// The problem names its cause and a next step, shows nothing raw, and stands on the screen.
fn is_told(talk: &mut Talk, problem: &Problem, causes: &[&str]) {
    let said = words(problem);
    for cause in causes {
        assert!(said.contains(cause), "{cause:?} in: {said}");
    }
    assert!(!problem.hints.is_empty(), "a next step: {said}");
    assert!(!said.contains("{\"") && !said.contains("Error {") && !said.contains('\n'), "nothing raw: {said}");
    assert!(!said.contains(CANARY) && !format!("{problem:?}").contains(CANARY), "no key: {said}");
    let screen = talk.words();
    let start: String = problem.what.split_whitespace().take(5).collect::<Vec<_>>().join(" ");
    assert!(screen.contains(&start), "{start:?} on the screen:\n{screen}");
    let hint: String = problem.hints[0].what.split_whitespace().take(3).collect::<Vec<_>>().join(" ");
    assert!(screen.contains(&hint), "{hint:?} on the screen:\n{screen}");
}

/// The key stands in one header of each of these requests and nowhere else.
fn key_in_its_header_only(requests: &[String]) {
    for request in requests {
        let with: Vec<&str> = request.lines().filter(|line| line.contains(CANARY)).collect();
        assert_eq!(with.len(), 1, "{request}");
        assert!(with[0].to_ascii_lowercase().starts_with("authorization: "), "{request}");
    }
}
