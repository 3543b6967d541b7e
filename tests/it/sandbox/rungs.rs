//! PRC-13: which rung is found when the kernel refuses others, what it is called, and that a cage which fails
//! later is an error.

use std::collections::BTreeMap;

use glm_tui::{
    config::SandboxWish,
    guard::sandbox::{Cage, Kind, Rung},
};
use seccompiler::{SeccompAction, SeccompFilter, TargetArch};

use super::den::{Den, KINDS, helper, setup, shown};

/// Runs in a thread, and all that it starts, to which the kernel refuses these calls.
pub(super) fn refused<T: Send + 'static>(calls: &[i64], run: impl FnOnce() -> T + Send + 'static) -> T {
    let rules: BTreeMap<_, _> = calls.iter().map(|call| (*call, Vec::new())).collect();
    std::thread::spawn(move || {
        if !rules.is_empty() {
            let arch = TargetArch::try_from(std::env::consts::ARCH).unwrap();
            let errno = SeccompAction::Errno(libc::EPERM.cast_unsigned());
            let filter = SeccompFilter::new(rules, SeccompAction::Allow, errno, arch).unwrap();
            let program: seccompiler::BpfProgram = filter.try_into().unwrap();
            seccompiler::apply_filter(&program).unwrap();
        }
        run()
    })
    .join()
    .unwrap()
}

#[test]
fn prc_13_the_rung_is_what_the_kernel_allows() {
    const SPACES: i64 = libc::SYS_unshare;
    const LANDLOCK: i64 = libc::SYS_landlock_create_ruleset;
    const CLONE: i64 = libc::SYS_clone3;
    let normal = Den::without(&[]).cage.rung();
    let partial = Den::of(Some(Kind::Landlock)).is_some();
    let cases = [
        (vec![], normal),
        (vec![LANDLOCK], normal.max(Rung::None)),
        (vec![SPACES, CLONE], if partial { Rung::Partial } else { Rung::None }),
        (vec![SPACES, CLONE, LANDLOCK], Rung::None),
        (vec![libc::SYS_seccomp, libc::SYS_prctl], Rung::None),
    ];
    for (calls, rung) in cases {
        let shown = format!("{calls:?}");
        let card = refused(&calls, move || {
            let den = Den::without(&[Kind::Bubblewrap]);
            assert_eq!(den.cage.rung(), rung, "{shown}: {}", den.cage.card().about.as_str());
            // Whatever the rung, commands run.
            if rung != Rung::None {
                assert_eq!(den.told("echo hi"), "hi\n");
            }
            den.cage.card()
        });
        let label = ["sandbox: OFF", "sandbox: partial", "sandbox: full"][rung as usize];
        assert_eq!(card.label.as_str(), label);
        assert_eq!(card.weak, rung != Rung::Full);
        assert!(rung == Rung::Full || card.about.as_str().contains("Namespaces: "), "{}", card.about.as_str());
    }
}

#[test]
fn the_full_sandbox_can_be_required_or_switched_off() {
    let base = tempfile::tempdir().unwrap();
    std::fs::create_dir(base.path().join("project")).unwrap();
    let mut wish = setup(base.path(), &KINDS);
    wish.wish = SandboxWish::Require;
    let problem = Cage::probe(wish.clone()).unwrap_err();
    assert_eq!(problem.code.as_deref(), Some("sandbox"));
    wish.wish = SandboxWish::Off;
    wish.skip.clear();
    let cage = Cage::probe(wish).unwrap();
    assert_eq!(cage.rung(), Rung::None);
    assert!(cage.card().about.as_str().contains("switched off"));
}

#[test]
fn a_cage_is_tried_once_and_only_when_asked() {
    // As another user that folder may be closed.
    let base = tempfile::tempdir_in(env!("CARGO_TARGET_TMPDIR")).or_else(|_| tempfile::tempdir()).unwrap();
    std::fs::create_dir(base.path().join("project")).unwrap();
    let (cage, scratch) = (Cage::new(setup(base.path(), &[])), base.path().join("scratch"));
    assert!(!scratch.exists(), "nothing is tried yet");
    let rungs: Vec<Rung> = std::thread::scope(|scope| {
        let asked: Vec<_> = (0..4).map(|_| scope.spawn(|| cage.clone().rung())).collect();
        asked.into_iter().map(|thread| thread.join().unwrap()).collect()
    });
    assert!(rungs.iter().all(|rung| *rung == rungs[0]), "{rungs:?}");
    // Each trial leaves a session's folder while the cage lives, if a sandbox was found.
    let tried = std::fs::read_dir(&scratch).unwrap().flatten();
    let n_tried = tried.filter(|entry| entry.file_name().to_string_lossy().starts_with("session-")).count();
    assert_eq!(n_tried, usize::from(rungs[0] != Rung::None));
}

#[test]
fn a_cage_that_fails_later_runs_nothing() {
    for kind in [Kind::Namespaces, Kind::Landlock] {
        let Some(den) = Den::of(Some(kind)) else { continue };
        let call = if kind == Kind::Landlock { libc::SYS_landlock_create_ruleset } else { libc::SYS_unshare };
        let output = refused(&[call], move || den.run("echo ran"));
        assert_eq!(output.status.code(), Some(125), "{}", shown(&output));
        assert!(output.stdout.is_empty());
        assert!(String::from_utf8_lossy(&output.stderr).starts_with("glm-tui: the sandbox failed"));
    }
}

#[test]
fn a_helper_without_a_letter_runs_nothing() {
    for argument in ["", "x", "99"] {
        let output = std::process::Command::new(helper()).args(["__cage", argument]).output().unwrap();
        assert_eq!(output.status.code(), Some(125), "{}", shown(&output));
    }
}
