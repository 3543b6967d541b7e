//! How bindings are printed where there is little room.

/// The binding as a hint prints it: `ctrl-t` as `^T`, `f2` as `F2`, `alt-p` as `Alt-P`.
pub(super) fn short(binding: &str) -> String {
    binding.split(' ').map(one).collect::<Vec<_>>().join(" ")
}

fn one(key: &str) -> String {
    let mut rest = key;
    let mut out = String::new();
    loop {
        let low = rest.to_ascii_lowercase();
        let (sign, len) = match &low {
            k if k.starts_with("ctrl-") && k.len() > 5 => ("^", 5),
            k if k.starts_with("alt-") && k.len() > 4 => ("Alt-", 4),
            k if k.starts_with("shift-") && k.len() > 6 => ("Shift-", 6),
            _ => break,
        };
        out.push_str(sign);
        rest = &rest[len..];
    }
    if out.is_empty() && rest.len() == 1 {
        return rest.to_owned();
    }
    let mut chars = rest.chars();
    match chars.next() {
        Some(first) => {
            out.extend(first.to_uppercase());
            out.push_str(chars.as_str());
            out
        }
        None => out,
    }
}

#[cfg(test)]
mod tests {
    #[test]
    fn keys_are_short() {
        for (binding, want) in [
            ("ctrl-t", "^T"),
            ("f2", "F2"),
            ("alt-p", "Alt-P"),
            ("?", "?"),
            ("shift-tab", "Shift-Tab"),
            ("ctrl-x m", "^X m"),
            ("alt-,", "Alt-,"),
            ("", ""),
        ] {
            assert_eq!(super::short(binding), want);
        }
    }
}
