//! Which reply of the script a request gets. Pure.

use super::{
    ask::Ask,
    scenario::{Fault, Frame, Order, Reply, Scenario},
};

/// Counts what was given.
#[derive(Debug, Default)]
pub(super) struct Picker {
    next: usize,
    used: Vec<u32>,
    /// Tokens of the newest prompt: what the cache can hold.
    pub(super) known_prompt: u64,
}

impl Picker {
    /// The reply for `ask`: one whose `when` holds, else the next in order. Once `fail_first` requests
    /// had its faults, it comes without them. `None` when the script has nothing left.
    pub(super) fn pick(&mut self, scenario: &Scenario, ask: &Ask) -> Option<Reply> {
        self.used.resize(scenario.reply.len(), 0);
        let i = self.matching(scenario, ask).or_else(|| self.in_order(scenario))?;
        let reply = scenario.reply.get(i)?;
        let used = self.used.get_mut(i)?;
        *used += 1;
        let failing = reply.fail_first.is_none_or(|n| *used <= n);
        // A reply that will yet be given whole keeps its place.
        if reply.when.is_none() && !(failing && reply.fail_first.is_some()) {
            self.next = i + 1;
        }
        let mut reply = reply.clone();
        if !failing {
            reply.refuse = None;
            reply.frame = Frame::default();
            reply.fault = Fault::default();
            reply.inject = Vec::new();
        }
        Some(reply)
    }

    fn matching(&self, scenario: &Scenario, ask: &Ask) -> Option<usize> {
        let question = ask.question.to_lowercase();
        self.left(scenario)
            .find(|(_, reply)| {
                reply.when.as_ref().is_some_and(|when| {
                    when.says.as_ref().is_none_or(|s| question.contains(&s.to_lowercase()))
                        && when.model.as_ref().is_none_or(|m| *m == ask.model)
                        && when.tool_result.is_none_or(|t| t == ask.after_tool)
                })
            })
            .map(|(i, _)| i)
    }

    fn in_order(&self, scenario: &Scenario) -> Option<usize> {
        let ordered: Vec<usize> =
            self.left(scenario).filter(|(_, reply)| reply.when.is_none()).map(|(i, _)| i).collect();
        let next = ordered.iter().copied().find(|i| *i >= self.next);
        next.or(match scenario.order {
            Order::Rotate => ordered.first().copied(),
            Order::Stay => ordered.last().copied(),
            Order::Once => None,
        })
    }

    fn left<'a>(&'a self, scenario: &'a Scenario) -> impl Iterator<Item = (usize, &'a Reply)> {
        scenario
            .reply
            .iter()
            .enumerate()
            .filter(|(i, reply)| reply.times.is_none_or(|times| self.used.get(*i).is_none_or(|used| *used < times)))
    }
}

#[cfg(test)]
mod tests {
    use super::{super::scenario::Text, *};

    fn run(toml: &str, questions: &[&str]) -> Vec<String> {
        let scenario = Scenario::parse(toml).unwrap();
        let mut picker = Picker::default();
        let answer = |reply: Reply| match (reply.answer, reply.fault.cut_after) {
            (Text::Plain(text), None) => text,
            (Text::Plain(text), Some(_)) => format!("{text}!"),
            (Text::Repeat { .. }, _) => String::new(),
        };
        let ask = |q: &&str| Ask { question: (*q).into(), model: "m".into(), ..Ask::default() };
        questions.iter().map(|q| picker.pick(&scenario, &ask(q)).map_or("-".into(), answer)).collect()
    }

    #[test]
    fn order_match_times_and_fail_first() {
        let two = "[[reply]]\nanswer = 'a'\n[[reply]]\nanswer = 'b'\n";
        assert_eq!(run(two, &["", "", ""]), ["a", "b", "a"]);
        assert_eq!(run(&format!("order = 'stay'\n{two}"), &["", "", ""]), ["a", "b", "b"]);
        assert_eq!(run(&format!("order = 'once'\n{two}"), &["", "", ""]), ["a", "b", "-"]);
        let hello = format!("{two}[[reply]]\nwhen = {{ says = 'HELLO' }}\ntimes = 1\nanswer = 'h'\n");
        assert_eq!(run(&hello, &["", "hello you", "hello", ""]), ["a", "h", "b", "a"]);
        let failing = "[[reply]]\nanswer = 'a'\nfail_first = 2\nfault = { cut_after = 1 }\n[[reply]]\nanswer = 'b'\n";
        assert_eq!(run(failing, &["", "", "", ""]), ["a!", "a!", "a", "b"]);
        let faulty = "[[reply]]\nanswer = 'a'\nfault = { cut_after = 1 }\n[[reply]]\nanswer = 'b'\n";
        assert_eq!(run(faulty, &["", "", ""]), ["a!", "b", "a!"]);
        let other = "[[reply]]\nwhen = { model = 'x' }\nanswer = 'a'\n";
        assert_eq!(run(other, &[""]), ["-"]);
    }
}
