//! Landlock: what a command may write and read where no namespaces can be made. Rights are only ever added to
//! folders, so nothing below a writable folder can be taken out of it.

use std::{
    fs,
    path::{Path, PathBuf},
};

use landlock::{
    ABI, Access, AccessFs, BitFlags, CompatLevel, Compatible, PathBeneath, PathFd, Ruleset, RulesetAttr,
    RulesetCreated, RulesetCreatedAttr, RulesetStatus, Scope, path_beneath_rules,
};

use super::letter::Walls;

/// What the rung promises needs this much: with less, files outside could be emptied.
const NEEDED: ABI = ABI::V3;
/// Further rights that are taken where the kernel knows them.
const KNOWN: ABI = ABI::V7;

/// Devices that every program may expect, and that are written.
const DEVICES: [&str; 6] = ["/dev/null", "/dev/zero", "/dev/full", "/dev/random", "/dev/urandom", "/dev/tty"];

/// Confines this process and all that it starts.
pub(super) fn confine(walls: &Walls) -> Result<(), String> {
    let told = |error: landlock::RulesetError| format!("Landlock: {error}");
    let rules = Ruleset::default()
        .set_compatibility(CompatLevel::HardRequirement)
        .handle_access(AccessFs::from_all(NEEDED))
        .map_err(told)?
        .set_compatibility(CompatLevel::BestEffort)
        .handle_access(AccessFs::from_all(KNOWN))
        .map_err(told)?
        .scope(Scope::from_all(KNOWN))
        .map_err(told)?
        .create()
        .map_err(told)?;
    let rules = reading(rules, walls).and_then(|rules| writing(rules, walls)).map_err(told)?;
    let status = rules.restrict_self().map_err(told)?;
    if status.ruleset == RulesetStatus::NotEnforced { Err("Landlock is not enforced here".into()) } else { Ok(()) }
}

/// Keeps signals and abstract sockets inside a namespace sandbox too, where the kernel can.
pub(super) fn keep_signals_in() {
    let scoped = Ruleset::default().scope(Scope::from_all(KNOWN)).and_then(Ruleset::create);
    // An addition: the namespaces already promise the same.
    let _ = scoped.and_then(RulesetCreated::restrict_self);
}

fn reading(rules: RulesetCreated, walls: &Walls) -> Result<RulesetCreated, landlock::RulesetError> {
    let mut hidden = walls.masked();
    // Other terminals of the same person lie here.
    hidden.push(PathBuf::from("/dev"));
    let mut trees = Vec::new();
    trees_without(Path::new("/"), &hidden, &mut trees);
    rules
        .add_rules(path_beneath_rules(["/"], AccessFs::ReadDir))?
        .add_rules(path_beneath_rules(trees, AccessFs::from_read(KNOWN)))
}

fn writing(mut rules: RulesetCreated, walls: &Walls) -> Result<RulesetCreated, landlock::RulesetError> {
    let roots = walls.roots().into_iter().chain([Path::new(&walls.tmp)]);
    rules = rules.add_rules(path_beneath_rules(roots, AccessFs::from_all(KNOWN) & !AccessFs::IoctlDev))?;
    let device: BitFlags<AccessFs> = AccessFs::ReadFile | AccessFs::WriteFile | AccessFs::Truncate | AccessFs::IoctlDev;
    for path in DEVICES {
        if let Ok(fd) = PathFd::new(path) {
            rules = rules.add_rule(PathBeneath::new(fd, device))?;
        }
    }
    Ok(rules)
}

/// The largest trees below `folder` that hold none of the hidden places. Links are left out: what they lead
/// to is met on its own way, and may be hidden.
fn trees_without(folder: &Path, hidden: &[PathBuf], trees: &mut Vec<PathBuf>) {
    let Ok(entries) = fs::read_dir(folder) else { return };
    for entry in entries.filter_map(Result::ok) {
        let path = entry.path();
        let link = entry.file_type().is_ok_and(|kind| kind.is_symlink());
        if link || hidden.contains(&path) {
            continue;
        }
        if hidden.iter().any(|place| place.starts_with(&path)) {
            trees_without(&path, hidden, trees);
        } else {
            trees.push(path);
        }
    }
}
