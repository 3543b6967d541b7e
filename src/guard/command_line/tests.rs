//! Lines and what is made of them: plain, odd, wrapped, hostile.

use super::{CommandLine, MAX_PARTS, Odd, Part};

fn shown(part: &Part) -> String {
    part.argv.iter().map(|word| word.text.as_str()).collect::<Vec<_>>().join("|")
}

fn parts(line: &str) -> Vec<String> {
    CommandLine::parse(line).parts.iter().map(shown).collect()
}

#[test]
fn plain_lines_and_their_words() {
    let cases: &[(&str, &[&str])] = &[
        ("ls", &["ls"]),
        ("ls -la src", &["ls|-la|src"]),
        ("  ls  ", &["ls"]),
        ("ls && pwd", &["ls", "pwd"]),
        ("ls||pwd;true", &["ls", "pwd", "true"]),
        ("ls | grep x | wc -l", &["ls", "grep|x", "wc|-l"]),
        ("ls\npwd\n", &["ls", "pwd"]),
        ("ls;", &["ls"]),
        ("ls &&\n  pwd", &["ls", "pwd"]),
        ("cargo build \\\n  --release", &["cargo|build|--release"]),
        ("grep -R \"Cargo.toml\" -n", &["grep|-R|Cargo.toml|-n"]),
        ("grep 'a b' \"c d\"", &["grep|a b|c d"]),
        ("git commit -m \"it's \\\"fine\\\" \\\\ \\n\"", &["git|commit|-m|it's \"fine\" \\ \\n"]),
        ("echo a'b'\"c\"d", &["echo|abcd"]),
        ("grep \"x$\" f", &["grep|x$|f"]),
        ("echo 'a$b`c`'", &["echo|a$b`c`"]),
        ("find . -name \\*.rs", &["find|.|-name|*.rs"]),
        ("git log --format=\"%h %s\"", &["git|log|--format=%h %s"]),
        ("git show HEAD@{1} HEAD^ HEAD~2", &["git|show|HEAD@{1}|HEAD^|HEAD~2"]),
        ("ls *.rs ?x [ab]", &["ls|*.rs|?x|[ab]"]),
        ("ls ~/x", &["ls|~/x"]),
        ("nl -nrz Cargo.toml", &["nl|-nrz|Cargo.toml"]),
        ("sed -n 1,5p file.txt", &["sed|-n|1,5p|file.txt"]),
        ("make -j 4 CC=gcc", &["make|-j|4|CC=gcc"]),
        ("cargo test 2>&1 | tail -5", &["cargo|test", "tail|-5"]),
        ("ls >/dev/null 2>&1", &["ls"]),
        ("ls 2> /dev/null && pwd", &["ls", "pwd"]),
        ("'git status'", &["git status"]),
        ("echo \"\"", &["echo|"]),
        ("echo é 中文", &["echo|é|中文"]),
        ("echo \"#no comment\" a#b", &["echo|#no comment|a#b"]),
        ("test -f x", &["test|-f|x"]),
        ("echo }", &["echo|}"]),
    ];
    for (line, want) in cases {
        let got = CommandLine::parse(line);
        assert_eq!(got.odd, [], "{line:?}: {got:?}");
        assert_eq!(parts(line), *want, "{line:?}");
    }
}

#[test]
fn what_is_not_plain() {
    let cases = [
        ("echo $(x)", Odd::Substitution),
        ("echo `x`", Odd::Substitution),
        ("echo \"a `x`\"", Odd::Substitution),
        ("cat <(x)", Odd::Substitution),
        ("tee >(x)", Odd::Substitution),
        ("echo $x", Odd::Expansion),
        ("echo \"$x\"", Odd::Expansion),
        ("echo ${v@P}", Odd::Expansion),
        ("echo ${v:=x}", Odd::Expansion),
        ("echo ${!v}", Odd::Expansion),
        ("echo $((1+1))", Odd::Expansion),
        ("echo $'a\\x41'", Odd::Expansion),
        ("echo $\"a\"", Odd::Expansion),
        ("echo {a,b}", Odd::Expansion),
        ("echo {1..9}", Odd::Expansion),
        ("rg --pr{e,x}=sh", Odd::Expansion),
        ("ls > f", Odd::Redirection),
        ("ls >> f", Odd::Redirection),
        ("ls < f", Odd::Redirection),
        ("ls &> f", Odd::Redirection),
        ("ls >| f", Odd::Redirection),
        ("ls |& cat", Odd::Redirection),
        ("ls >/dev/null extra", Odd::Redirection),
        ("ls 2>/dev/nullx", Odd::Redirection),
        ("cat <<EOF\nx\nEOF", Odd::Heredoc),
        ("cat <<< x", Odd::Heredoc),
        ("(ls)", Odd::Block),
        ("{ ls; }", Odd::Block),
        ("ls || (pwd && echo hi)", Odd::Block),
        ("ls &", Odd::Background),
        ("ls & pwd", Odd::Background),
        ("f() { ls; }", Odd::Definition),
        ("function f { ls; }", Odd::Definition),
        ("alias ls=rm", Odd::Definition),
        ("A=1 ls", Odd::Variable),
        ("A=1", Odd::Variable),
        ("export PATH=.", Odd::Variable),
        ("unset x", Odd::Variable),
        ("declare x", Odd::Variable),
        ("if true; then ls; fi", Odd::Control),
        ("for f in a; do ls; done", Odd::Control),
        ("while true; do ls; done", Odd::Control),
        ("! ls", Odd::Control),
        ("[ -f x ]", Odd::Control),
        ("[[ -f x ]]", Odd::Control),
        ("case x in y) ls;; esac", Odd::Control),
        ("coproc ls", Odd::Control),
        ("ls # all", Odd::Comment),
        ("# all\nls", Odd::Comment),
        ("ls\rpwd", Odd::Hidden(1)),
        ("ls\u{0}pwd", Odd::Hidden(1)),
        ("ls\tx", Odd::Hidden(1)),
        ("ls\u{a0}-la", Odd::Hidden(1)),
        ("ls \u{202e}x\u{200b}", Odd::Hidden(2)),
        ("l\u{455} x", Odd::LookAlike),
        ("ls\\\n-la", Odd::Quoting),
        ("ls 'a b' d''\\ \n", Odd::Quoting),
        ("qa\\'q d''\\ \n", Odd::Quoting),
        ("echo 'x", Odd::Unreadable),
        ("ls &&", Odd::Unreadable),
        ("ls ; ; ls", Odd::Unreadable),
    ];
    for (line, want) in cases {
        let got = CommandLine::parse(line);
        assert!(got.odd.contains(&want), "{line:?}: {:?}", got.odd);
    }
}

#[test]
fn wrapped_commands_are_found() {
    let cases = [
        ("sudo -u root rm x", "rm|x"),
        ("env -i A=1 B=2 rm x", "rm|x"),
        ("timeout -k 5 10s rm x", "rm|x"),
        ("nice -n 5 rm x", "rm|x"),
        ("xargs -n 1 rm -f", "rm|-f"),
        ("find . -name x -exec rm {} ;", "rm|{}"),
        ("find . -exec rm {} \\;", "rm|{}"),
        ("bash -c 'rm x'", "rm|x"),
        ("bash -lc \"ls && rm x\"", "rm|x"),
        ("sh -e -c 'rm x' y", "rm|x"),
        ("sudo bash -c 'timeout 5 rm x'", "rm|x"),
        ("eval 'rm x'", "rm|x"),
        ("echo $(rm x)", "rm|x"),
        ("echo \"a $(rm x) b\"", "rm|x"),
        ("cat <(rm x)", "rm|x"),
        ("(cd a && rm x)", "rm|x"),
        ("for f in *; do rm x; done", "rm|x"),
        ("A=$(rm x) ls", "rm|x"),
        ("ls > $(rm x)", "rm|x"),
        ("f() { rm x; }", "rm|x"),
        ("git >/dev/null push --force", "git|push|--force"),
        ("bash <<< 'rm x'", "rm|x"),
        ("bash <<EOF\nrm x\nEOF\n", "rm|x"),
        ("cat <<EOF | sh\nrm x\nEOF\n", "rm|x"),
        ("trap 'rm x' EXIT", "rm|x"),
        ("time rm x", "rm|x"),
        ("exec rm x", "rm|x"),
        ("env -S 'rm x'", "rm|x"),
    ];
    for (line, want) in cases {
        let line = CommandLine::parse(line);
        let all: Vec<String> = line.all().into_iter().map(shown).collect();
        assert!(all.iter().any(|part| part == want), "{line:?}");
    }
}

#[test]
fn only_wrappers_that_add_nothing_are_seen_through() {
    let clear = ["timeout 5 ls", "nice ls", "time ls", "nohup ls", "command ls", "bash -c ls", "bash -lc 'ls && pwd'"];
    let opaque = [
        "sudo ls",
        "env A=1 ls",
        "xargs ls",
        "find . -exec ls {} +",
        "bash -ic ls",
        "bash --rcfile x -c ls",
        "bash -c ls x",
        "eval ls",
        "time -o f ls",
        "exec ls",
        "ls",
    ];
    for (lines, want) in [(&clear[..], true), (&opaque[..], false)] {
        for line in lines {
            assert_eq!(CommandLine::parse(line).parts[0].transparent, want, "{line}");
        }
    }
}

#[test]
fn mod_13_many_parts_are_all_found() {
    let line = vec!["ls"; 59].join("; ") + "; rm x";
    let line = CommandLine::parse(&line);
    assert_eq!(line.parts.len(), 60);
    assert!(line.odd.contains(&Odd::TooMany));
    assert_eq!(shown(&line.parts[59]), "rm|x");
    assert!(CommandLine::parse(&vec!["ls"; MAX_PARTS].join("; ")).plain());
}

/// Depth and length have no say over our stack or time.
#[test]
fn hostile_shapes_end() {
    let deep = |open: &str, close: &str, n: usize| open.repeat(n) + "rm x" + &close.repeat(n);
    let lines = [
        deep("(", ")", 10_000),
        deep("$(", ")", 10_000),
        deep("{ ", "; }", 5_000),
        "bash -c '".repeat(2_001),
        "eval ".repeat(5_000) + "rm x",
        "sudo ".repeat(5_000) + "rm x",
        "ls && ".repeat(9_000) + "rm x",
        "ls | ".repeat(9_000) + "rm x",
        "if ".repeat(9_000),
        "`".repeat(60_000),
        "<<A ".repeat(10_000),
        "\"$(".repeat(10_000),
        "((".repeat(20_000),
        "${a".repeat(15_000),
        "\\".repeat(60_001),
    ];
    for line in lines {
        let start: String = line.chars().take(20).collect();
        assert!(!CommandLine::parse(&line).plain(), "{start}");
    }
}
