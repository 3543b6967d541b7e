//! What the environment says about the terminal. Pure: the variables are looked up by the caller.

/// What the environment says about the terminal and the desktop.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Surroundings {
    /// We came over SSH: the desktop's tools are not the user's.
    pub ssh: bool,
    /// Inside tmux.
    pub tmux: bool,
    /// Inside GNU screen.
    pub gnu_screen: bool,
    /// A Wayland display is there.
    pub wayland: bool,
    /// An X display is there.
    pub x11: bool,
    /// Linux under Windows.
    pub wsl: bool,
    /// `NO_COLOR` is set and not empty: no colour is written.
    pub no_color: bool,
    /// The user's editor as a shell would run it; `vi` when none is named.
    pub editor: String,
}

impl Surroundings {
    /// Reads them through `look_up`, which returns an environment variable that is set.
    pub fn read(look_up: impl Fn(&str) -> Option<String>) -> Self {
        let has = |name: &str| look_up(name).is_some_and(|value| !value.is_empty());
        let editor = ["VISUAL", "EDITOR"].into_iter().filter_map(&look_up).find(|editor| !editor.trim().is_empty());
        Self {
            ssh: has("SSH_CONNECTION") || has("SSH_TTY"),
            tmux: has("TMUX"),
            gnu_screen: has("STY") && !has("TMUX"),
            wayland: has("WAYLAND_DISPLAY"),
            x11: has("DISPLAY"),
            wsl: has("WSL_DISTRO_NAME") || has("WSL_INTEROP"),
            no_color: has("NO_COLOR"),
            editor: editor.unwrap_or_else(|| "vi".to_owned()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::Surroundings;

    #[test]
    fn variables() {
        let read = |set: &[(&str, &str)]| {
            Surroundings::read(|name| set.iter().find(|(key, _)| *key == name).map(|(_, value)| (*value).to_owned()))
        };
        assert_eq!(read(&[]), Surroundings { editor: "vi".into(), ..Surroundings::default() });
        assert_eq!(read(&[("VISUAL", "code -w"), ("EDITOR", "ed")]).editor, "code -w");
        assert_eq!(read(&[("VISUAL", " "), ("EDITOR", "ed")]).editor, "ed");
        assert!(!read(&[("NO_COLOR", "")]).no_color && read(&[("NO_COLOR", "1")]).no_color);
        assert!(read(&[("STY", "1")]).gnu_screen && !read(&[("STY", "1"), ("TMUX", "x")]).gnu_screen);
    }
}
