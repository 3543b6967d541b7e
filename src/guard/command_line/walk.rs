//! The walk through the syntax tree: plain or not, and the commands in their order.
//!
//! Uses a stack of its own, so that no nesting can overflow ours.

use std::ops::ControlFlow;

use tree_sitter::{Node, ParseOptions, ParseState, Parser, Tree};

use super::{
    CommandLine, MAX_DEPTH, MAX_PARTS, Odd, Part, Word, crude, letters,
    word::decode,
    wrapped::{self, Inner},
};

/// How often the parser may call back (once per hundred steps): far more than the longest line takes, so only a
/// line made to confuse the parser is given up.
const MAX_STEPS: u32 = 100_000;

/// Redirections that change no file, written without blanks.
const HARMLESS: [&str; 8] =
    ["2>&1", "1>&2", ">&2", ">/dev/null", "1>/dev/null", "2>/dev/null", "&>/dev/null", "</dev/null"];

/// Words that mean something to bash where a program is expected; a tree that takes one for a program is wrong.
const RESERVED: [&str; 22] = [
    "if", "then", "else", "elif", "fi", "do", "done", "case", "esac", "while", "until", "for", "select", "in",
    "function", "coproc", "{", "}", "!", "[[", "]]", "((",
];

/// Takes a line apart that stands inside `depth` others.
pub(super) fn parse(source: &str, depth: u8) -> CommandLine {
    let mut walk = Walk { source, line: CommandLine::default(), scripts: Vec::new() };
    for odd in letters::odd(source) {
        walk.line.note(odd);
    }
    match tree(source) {
        Some(tree) => walk.through(tree.root_node()),
        None => walk.line.note(Odd::Unreadable),
    }
    walk.finish(depth)
}

fn tree(source: &str) -> Option<Tree> {
    let mut parser = Parser::new();
    parser.set_language(&tree_sitter_bash::LANGUAGE.into()).ok()?;
    let mut steps = 0;
    let mut watch = |_: &ParseState| {
        steps += 1;
        if steps > MAX_STEPS { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
    };
    let bytes = source.as_bytes();
    let options = ParseOptions::new().progress_callback(&mut watch);
    parser.parse_with_options(&mut |at, _| bytes.get(at..).unwrap_or_default(), None, Some(options))
}

struct Walk<'s> {
    source: &'s str,
    line: CommandLine,
    /// Texts that a command would read as its input.
    scripts: Vec<String>,
}

impl Walk<'_> {
    fn through(&mut self, root: Node<'_>) {
        if !(root.start_byte()..=root.end_byte()).contains(&0) && !is_space(&self.source[..root.start_byte()]) {
            self.line.note(Odd::Quoting);
        }
        if !is_space(&self.source[root.end_byte()..]) {
            self.line.note(Odd::Unreadable);
        }
        // Each node with whether its input comes from a pipe.
        let mut stack = vec![(root, false)];
        while let Some((node, piped)) = stack.pop() {
            self.visit(node, piped);
            let before = stack.len();
            let mut cursor = node.walk();
            let mut reads = piped;
            for child in node.children(&mut cursor) {
                stack.push((child, reads));
                reads |= matches!(child.kind(), "|" | "|&");
            }
            stack[before..].reverse();
        }
    }

    fn visit(&mut self, node: Node<'_>, piped: bool) {
        if node.is_error() || node.is_missing() {
            self.line.note(Odd::Unreadable);
        }
        match node.kind() {
            "program" | "list" | "pipeline" | "redirected_statement" => self.joints(node),
            "command" => self.command(node, piped),
            "file_redirect" => self.redirect(node),
            "heredoc_body" => {
                self.line.note(Odd::Heredoc);
                self.scripts.push(self.source[node.byte_range()].to_owned());
            }
            "herestring_redirect" => self.herestring(node),
            ";" | "\n" | "&&" | "||" | "|" | "command_name" | "word" | "number" | "string" | "string_content"
            | "\"" | "raw_string" | "concatenation"
            // Judged with the whole redirection or word.
            | ">" | "&>" | ">&" | "<" | "file_descriptor" | "$" => {}
            kind => self.line.note(reason(kind)),
        }
    }

    /// Between the parts of a line stand blanks and newlines only, and two commands never without a joint.
    fn joints(&mut self, node: Node<'_>) {
        let mut cursor = node.walk();
        let mut end = node.start_byte();
        let mut command_before = false;
        for child in node.children(&mut cursor) {
            let gap = &self.source[end..child.start_byte()];
            end = child.end_byte();
            let command = child.is_named() && child.kind() != "file_redirect";
            // The tree does not show the newline that ends a command.
            let joint = !command_before || !command || gap.replace("\\\n", "").contains('\n');
            if !is_space(gap) || !joint {
                self.line.note(Odd::Quoting);
            }
            command_before = command;
        }
        self.tail(end, node);
    }

    fn command(&mut self, node: Node<'_>, piped: bool) {
        let mut part = Part { piped, ..Part::default() };
        let mut cursor = node.walk();
        let mut end = None;
        for child in node.children(&mut cursor) {
            if end.is_some_and(|end| !is_gap(&self.source[end..child.start_byte()])) {
                self.line.note(Odd::Quoting);
            }
            end = Some(child.end_byte());
            match child.kind() {
                "file_redirect" | "herestring_redirect" | "heredoc_redirect" | "variable_assignment" | "subshell" => {}
                _ => part.argv.push(self.word(child)),
            }
        }
        self.tail(end.unwrap_or(node.start_byte()), node);
        if part.argv.first().is_some_and(|name| RESERVED.contains(&name.text.as_str())) {
            self.line.note(Odd::Control);
        }
        if matches!(part.program(), "alias" | "unalias") {
            self.line.note(Odd::Definition);
        }
        self.line.parts.push(part);
    }

    /// Behind the last child of a node stands nothing either: the grammar may end a word before an escaped blank
    /// that bash counts to it.
    fn tail(&mut self, end: usize, node: Node<'_>) {
        if !is_space(&self.source[end..node.end_byte()]) {
            self.line.note(Odd::Quoting);
        }
    }

    fn word(&mut self, node: Node<'_>) -> Word {
        let word = decode(node, self.source);
        if !word.exact {
            let odd = if has(node, &["command_substitution", "process_substitution"]) {
                Odd::Substitution
            } else if matches!(node.kind(), "word" | "number" | "concatenation" | "string" | "raw_string")
                && !has(node, &["expansion", "simple_expansion", "arithmetic_expansion", "brace_expression"])
                && !word.text.contains('{')
            {
                Odd::Quoting
            } else {
                Odd::Expansion
            };
            self.line.note(odd);
        }
        word
    }

    fn redirect(&mut self, node: Node<'_>) {
        let text: String = self.source[node.byte_range()].chars().filter(|c| *c != ' ').collect();
        if HARMLESS.contains(&text.as_str()) {
            return;
        }
        self.line.note(Odd::Redirection);
        let mut cursor = node.walk();
        let mut writes = false;
        let mut words = Vec::new();
        for child in node.children(&mut cursor) {
            match child.kind() {
                ">" | ">|" | "&>" | ">&" => writes = true,
                "file_descriptor" | "<" | ">>" | "&>>" | "<&" | "<&-" | ">&-" => {}
                _ => words.push(self.word(child)),
            }
        }
        let mut words = words.into_iter();
        self.line.overwrites.extend(words.next().filter(|_| writes));
        // The grammar counts what follows the file to the redirection; for bash these are arguments.
        if let Some(part) = self.line.parts.last_mut() {
            part.argv.extend(words);
        }
    }

    fn herestring(&mut self, node: Node<'_>) {
        self.line.note(Odd::Heredoc);
        let last = node.child_count().checked_sub(1).and_then(|n| node.child(n));
        if let Some(word) = last.map(|last| decode(last, self.source)) {
            self.scripts.push(word.text);
        }
    }

    fn finish(mut self, depth: u8) -> CommandLine {
        let mut line = std::mem::take(&mut self.line);
        if line.parts.is_empty() && !self.source.trim().is_empty() {
            line.note(Odd::Unreadable);
        }
        let mut parts = std::mem::take(&mut line.parts);
        let fed = parts.iter().any(|part| wrapped::is_shell(part.program()));
        for part in &mut parts {
            unwrap(part, &mut line, depth);
        }
        line.parts = parts;
        for script in self.scripts.iter().filter(|_| fed) {
            let script = deeper(script, &mut line, depth);
            line.parts.extend(script);
        }
        if !line.plain() {
            let mut suspects = crude::parts(self.source);
            let mut ignored = CommandLine::default();
            for part in &mut suspects {
                unwrap(part, &mut ignored, depth);
            }
            line.suspects.extend(suspects);
        }
        if line.all().len() > MAX_PARTS {
            line.note(Odd::TooMany);
        }
        line
    }
}

/// Finds what a part runs in turn.
fn unwrap(part: &mut Part, line: &mut CommandLine, depth: u8) {
    let wrapped = wrapped::inner(&part.argv);
    part.transparent = wrapped.transparent;
    for inner in wrapped.inner {
        match inner {
            Inner::Script(script) => part.inner.extend(deeper(&script, line, depth)),
            Inner::Argv(_) if depth >= MAX_DEPTH => line.note(Odd::TooDeep),
            Inner::Argv(argv) => {
                let mut inner = Part { argv, piped: part.piped, ..Part::default() };
                unwrap(&mut inner, line, depth + 1);
                part.inner.push(inner);
            }
        }
    }
}

/// The parts of a script within the line; what is odd about it is odd about the line.
fn deeper(script: &str, line: &mut CommandLine, depth: u8) -> Vec<Part> {
    if depth >= MAX_DEPTH {
        line.note(Odd::TooDeep);
        return crude::parts(script);
    }
    let inner = parse(script, depth + 1);
    for odd in inner.odd {
        line.note(odd);
    }
    line.overwrites.extend(inner.overwrites);
    line.suspects.extend(inner.suspects);
    inner.parts
}

/// Some node of these kinds stands in it. A stack, as in the walk.
fn has(node: Node<'_>, kinds: &[&str]) -> bool {
    let mut stack = vec![node];
    while let Some(node) = stack.pop() {
        if kinds.contains(&node.kind()) {
            return true;
        }
        let mut cursor = node.walk();
        stack.extend(node.children(&mut cursor));
    }
    false
}

/// Blanks, newlines and continued lines.
fn is_space(gap: &str) -> bool {
    gap.replace("\\\n", "").chars().all(|c| c == ' ' || c == '\n')
}

/// What may stand between two words: at least one blank, since a continued line alone joins them.
fn is_gap(gap: &str) -> bool {
    let gap = gap.replace("\\\n", "");
    !gap.is_empty() && gap.chars().all(|c| c == ' ')
}

fn reason(kind: &str) -> Odd {
    match kind {
        "command_substitution" | "process_substitution" | "$(" | "<(" | ">(" | "`" | "``" => Odd::Substitution,
        "simple_expansion"
        | "expansion"
        | "arithmetic_expansion"
        | "brace_expression"
        | "ansi_c_string"
        | "translated_string"
        | "variable_name"
        | "special_variable_name"
        | "${" => Odd::Expansion,
        "heredoc_redirect" | "heredoc_start" | "heredoc_end" | "heredoc_content" | "<<" | "<<-" | "<<<" => Odd::Heredoc,
        "subshell" | "compound_statement" | "(" | ")" | "{" | "}" => Odd::Block,
        "&" => Odd::Background,
        "function_definition" | "function" => Odd::Definition,
        "variable_assignment" | "variable_assignments" | "declaration_command" | "unset_command" | "=" | "+=" => {
            Odd::Variable
        }
        "comment" => Odd::Comment,
        "|&" | ">|" | ">>" | "&>>" | "<&" | "<&-" | ">&-" => Odd::Redirection,
        "ERROR" => Odd::Unreadable,
        _ => Odd::Control,
    }
}
