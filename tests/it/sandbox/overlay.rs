//! A command on an overlay of the project: what it cannot reach, and that it runs so or not at all.

use std::fs;

use glm_tui::guard::sandbox::{Base, Cage, Kind, Made, NO_OVERLAY, Overlay};

use super::{
    den::{CANARY, Den, KINDS, setup, shown},
    rungs::refused,
};

/// Runs a script on an overlay; what it printed and the overlay. `None`, and said so, where that cannot be.
fn tried(den: &Den, script: &str) -> Option<(std::process::Output, Overlay)> {
    let overlay = den.cage.overlay().unwrap();
    let mut order = den.order(script);
    order.overlay = Some(overlay.folder().to_path_buf());
    let output = den.run_order(&order);
    if shown(&output).contains(NO_OVERLAY) {
        println!("skipped: {}", shown(&output));
        return None;
    }
    Some((output, overlay))
}

#[test]
fn only_namespaces_of_our_own_have_overlays() {
    for kind in [None, Some(Kind::Bubblewrap), Some(Kind::Landlock)] {
        let Some(den) =
            Den::of(kind).filter(|_| kind.is_some()).or_else(|| kind.is_none().then(|| Den::without(&KINDS)))
        else {
            continue;
        };
        let why = den.cage.overlay().unwrap_err();
        assert!(why.contains("no overlays") || why.contains("there is no sandbox"), "{kind:?}: {why}");
        let mut order = den.order("echo x > ran");
        order.overlay = Some(den.outside.clone());
        assert!(den.cage.command(&order).is_err(), "{kind:?}: never without");
        order.free = true;
        assert!(den.cage.command(&order).is_err(), "{kind:?}: never free");
        assert!(!den.project.join("ran").exists());
    }
}

#[test]
fn an_overlay_takes_what_is_changed_and_nothing_else_can_be() {
    let Some(den) = Den::of(Some(Kind::Namespaces)) else { return };
    fs::write(den.project.join("kept"), "kept\n").unwrap();
    let script = "echo new > new; rm kept; cat new; ls kept; echo x > $OUT/file; echo x > .git/config; \
                  cat $SECRET/key; mount -t tmpfs none . ; setfattr -n user.overlay.opaque -v y . ; true";
    let Some((output, overlay)) = tried(&den, script) else { return };
    let text = shown(&output);
    assert!(output.status.success() && text.contains("new\n") && !text.contains(CANARY), "{text}");
    assert_eq!(fs::read_to_string(den.project.join("kept")).unwrap(), "kept\n");
    assert!(!den.project.join("new").exists());
    assert_eq!(fs::read_to_string(den.outside.join("file")).unwrap(), "old\n");
    assert_eq!(fs::read_to_string(den.project.join(".git/config")).unwrap(), "[core]\n");
    let left = overlay.left(&mut |_, _| false).unwrap();
    let found: Vec<_> = left.pieces.iter().map(|piece| (piece.path.to_str().unwrap(), &piece.made)).collect();
    assert!(matches!(found[..], [("kept", Made::Gone), ("new", Made::File(_))]), "{found:?}");
    assert_eq!(left.pieces[1].base, Base::Absent);
    let folder = overlay.folder().to_path_buf();
    drop(overlay);
    assert!(!folder.exists(), "removed, with the folder that the kernel closed");
}

#[test]
fn folders_beside_the_project_are_read_only_on_an_overlay() {
    let Some(den) = Den::of(Some(Kind::Namespaces)) else { return };
    let base = den.project.parent().unwrap();
    let mut with_more = setup(base, &[Kind::Bubblewrap, Kind::Landlock]);
    with_more.writable.push(den.outside.clone());
    let cage = Cage::probe(with_more).unwrap();
    let overlay = cage.overlay().unwrap();
    let mut order = den.order("echo x > $OUT/new");
    assert!(cage.command(&order).unwrap().output().unwrap().status.success());
    fs::remove_file(den.outside.join("new")).unwrap();
    order.overlay = Some(overlay.folder().to_path_buf());
    let output = cage.command(&order).unwrap().output().unwrap();
    assert!(!output.status.success(), "{}", shown(&output));
    assert!(!den.outside.join("new").exists());
}

#[test]
fn where_the_kernel_refuses_an_overlay_nothing_runs() {
    let Some(den) = Den::of(Some(Kind::Namespaces)) else { return };
    let project = den.project.clone();
    let output = refused(&[libc::SYS_fsopen], move || {
        let overlay = den.cage.overlay().unwrap();
        let mut order = den.order("echo ran; echo x > ran");
        order.overlay = Some(overlay.folder().to_path_buf());
        let output = den.run_order(&order);
        assert!(!project.join("ran").exists());
        output
    });
    assert_eq!(output.status.code(), Some(125), "{}", shown(&output));
    assert!(output.stdout.is_empty() && shown(&output).contains(NO_OVERLAY), "{}", shown(&output));
}
