//! Commands that destroy what cannot be brought back, end what others run, or act for good outside. Asked for in
//! every mode. A net against accidents, not a fence: a script can hide anything, and the sandbox is for that.

mod git;
#[cfg(test)]
mod tests;

use super::command_line::Part;

/// What the command destroys, a few words; `None` = nothing that is known.
pub(super) fn destructive(part: &Part) -> Option<&'static str> {
    let args: Vec<&str> = part.args().iter().map(|word| word.text.as_str()).collect();
    let name = part.argv.first().map(|word| word.text.rsplit('/').next().unwrap_or(&word.text))?;
    files(name, &args)
        .or_else(|| system(name, &args))
        .or_else(|| data(name, &args))
        .or_else(|| (name == "git").then(|| git::destructive(&args)).flatten())
        .or_else(|| published(name, &args))
        .or_else(|| lends(name, &args))
        .or_else(|| fed(part, name, &args))
}

fn files(name: &str, args: &[&str]) -> Option<&'static str> {
    let found = match name {
        "rm" | "rmdir" | "unlink" | "shred" | "srm" | "wipe" | "trash" | "trash-put" | "rimraf" | "del" => {
            "deletes files"
        }
        "truncate" => "empties files",
        "dd" => "writes blocks to a file or disk",
        "find" if args.iter().any(|a| a.starts_with("-delete")) => "deletes files",
        "find" if args.iter().any(|a| a.starts_with("-fprint") || *a == "-fls") => "overwrites a file",
        "rsync" if args.iter().any(|a| a.starts_with("--del") || a.starts_with("--remove")) => "deletes files",
        "mv" | "cp" | "ln" if args.contains(&"/dev/null") => "throws files away",
        "chmod" | "chown" | "chgrp" if short(args, 'R') || long(args, "--recursive") => {
            "changes the rights of a whole tree"
        }
        "setfacl" | "chattr" if short(args, 'R') => "changes the rights of a whole tree",
        "tee" if args.iter().any(|a| !a.starts_with('-') && !a.starts_with("/dev/")) && !short(args, 'a') => {
            "overwrites a file"
        }
        _ => return None,
    };
    Some(found)
}

fn system(name: &str, args: &[&str]) -> Option<&'static str> {
    let found = match name {
        "sudo" | "doas" | "pkexec" | "su" | "runuser" => "runs as another user",
        "kill" | "pkill" | "killall" | "xkill" | "skill" => "ends processes",
        "fuser" if short(args, 'k') => "ends processes",
        "shutdown" | "reboot" | "halt" | "poweroff" | "telinit" => "stops the machine",
        "init" if matches!(args, ["0" | "6"]) => "stops the machine",
        "systemctl" | "service" | "launchctl" | "rc-service"
            if !args.iter().any(|a| matches!(*a, "status" | "list-units" | "show")) =>
        {
            "changes services"
        }
        "fdisk" | "sfdisk" | "parted" | "wipefs" | "mkswap" | "blkdiscard" | "sgdisk" | "cryptsetup" | "lvremove"
        | "vgremove" => "changes disks",
        "crontab" if !args.contains(&"-l") => "changes what runs by the clock",
        "at" | "batch" => "runs something later",
        "userdel" | "groupdel" | "deluser" | "delgroup" | "passwd" | "usermod" => "changes user accounts",
        "iptables" | "nft" | "ufw" => "changes the firewall",
        "mount" | "umount" if !args.is_empty() => "changes mounts",
        _ if name.starts_with("mkfs") => "makes a file system",
        _ => return None,
    };
    Some(found)
}

fn data(name: &str, args: &[&str]) -> Option<&'static str> {
    const CONTAINERS: [&str; 4] = ["docker", "podman", "nerdctl", "docker-compose"];
    let has = |words: &[&str]| args.iter().any(|a| words.contains(a));
    if CONTAINERS.contains(&name) && has(&["prune", "rm", "rmi", "kill", "down", "remove"]) {
        return Some("deletes containers, images or volumes");
    }
    let found = match name {
        "dropdb" | "dropuser" => "deletes a database",
        "kubectl" | "oc" if has(&["delete", "drain", "replace"]) => "deletes from a cluster",
        "helm" if has(&["uninstall", "delete"]) => "deletes from a cluster",
        "terraform" | "tofu" | "pulumi" if has(&["destroy", "apply", "up"]) => "changes infrastructure",
        "aws" | "gcloud" | "az"
            if args
                .iter()
                .any(|a| a.starts_with("delete") || a.starts_with("terminate") || *a == "rm" || *a == "rb") =>
        {
            "deletes in the cloud"
        }
        "redis-cli" if args.iter().any(|a| a.to_ascii_lowercase().starts_with("flush")) => "deletes a database",
        "psql" | "mysql" | "mariadb" | "sqlite3" | "mongo" | "mongosh" | "duckdb" | "clickhouse-client" | "sqlcmd"
            if args.iter().any(|a| drops(a)) =>
        {
            "deletes from a database"
        }
        "history" if has(&["-c", "-d", "-w"]) => "changes the shell's history",
        _ => return None,
    };
    Some(found)
}

fn drops(sql: &str) -> bool {
    let sql = sql.to_ascii_lowercase();
    ["drop ", "truncate ", "delete from", "delete\n", "dropdatabase", ".drop(", "deletemany"]
        .iter()
        .any(|word| sql.contains(word))
}

fn published(name: &str, args: &[&str]) -> Option<&'static str> {
    let first = args.iter().find(|a| !a.starts_with('-')).copied().unwrap_or_default();
    let publishes = match name {
        "npm" | "pnpm" | "yarn" | "bun" => matches!(first, "publish" | "unpublish" | "deprecate"),
        "cargo" => matches!(first, "publish" | "yank" | "owner"),
        "twine" => first == "upload",
        "gem" => matches!(first, "push" | "yank"),
        "poetry" | "uv" | "flit" | "hatch" => first == "publish",
        "gh" => args.iter().any(|a| matches!(*a, "delete" | "merge" | "close" | "transfer" | "archive")),
        _ => false,
    };
    publishes.then_some("acts for good outside this machine")
}

/// Options by which a harmless program runs another one. Peers ask for these in every mode.
fn lends(name: &str, args: &[&str]) -> Option<&'static str> {
    let found = match name {
        "find" if args.iter().any(|a| a.starts_with("-exec") || a.starts_with("-ok")) => "runs a program for each file",
        "fd" | "fdfind" if short(args, 'x') || short(args, 'X') || args.iter().any(|a| a.starts_with("--exec")) => {
            "runs a program for each file"
        }
        "rg" if short(args, 'z') || args.iter().any(|a| RG_RUNS.iter().any(|option| a.starts_with(option))) => {
            "runs other programs to search"
        }
        "sort" if long(args, "--compress-program") => "runs another program",
        "base64" if short(args, 'o') || args.iter().any(|a| a.starts_with("--o")) => "overwrites a file",
        "tar" if args.iter().any(|a| TAR_RUNS.iter().any(|option| a.starts_with(option))) => "runs another program",
        _ => return None,
    };
    Some(found)
}

const RG_RUNS: [&str; 3] = ["--pre", "--hostname-bin", "--search-zip"];
const TAR_RUNS: [&str; 4] = ["--checkpoint-action", "--to-command", "--use-compress", "--rsh-command"];

/// A shell or an interpreter that reads its program from a pipe, and whatever evaluates unseen text.
fn fed(part: &Part, name: &str, args: &[&str]) -> Option<&'static str> {
    const INTERPRETERS: [&str; 12] =
        ["sh", "bash", "dash", "zsh", "ksh", "fish", "ash", "python", "python3", "perl", "ruby", "node"];
    let bare =
        args.iter().all(|a| a.starts_with('-')) && !args.iter().any(|a| a.starts_with("-c") || a.starts_with("-e"));
    if part.piped && INTERPRETERS.contains(&name) && bare {
        return Some("runs what another command wrote");
    }
    if name == "." || name == "source" {
        return Some("runs a file in this shell");
    }
    None
}

/// A one-letter option, alone or in a group.
fn short(args: &[&str], letter: char) -> bool {
    args.iter().any(|a| a.starts_with('-') && !a.starts_with("--") && a.contains(letter))
}

/// A long option, whole or shortened, as GNU programs and git take them.
fn long(args: &[&str], name: &str) -> bool {
    args.iter().any(|a| {
        let given = a.split('=').next().unwrap_or_default();
        given.len() > 2 && given.starts_with("--") && name.starts_with(given)
    })
}
