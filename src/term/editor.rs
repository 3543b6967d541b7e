//! The user's editor on a text: a private temporary file, the editor on the terminal, the text back.
//! Refuses to know the screen: the caller gives it back before and takes it after.

use std::{
    fs::{File, OpenOptions},
    io::{self, Write},
    os::unix::fs::OpenOptionsExt,
    path::PathBuf,
};

/// A file that only we can read and that goes when it is dropped.
struct Private(PathBuf);

impl Private {
    fn create(text: &str) -> io::Result<Self> {
        let named = |n: u32| std::env::temp_dir().join(format!("glm-tui-{}-{n}.md", std::process::id()));
        for path in (0..1000).map(named) {
            // Created by us and with mode 0600: prompts hold secrets at times.
            match OpenOptions::new().write(true).create_new(true).mode(0o600).open(&path) {
                Ok(mut file) => {
                    let private = Self(path);
                    return file.write_all(text.as_bytes()).map(|()| private);
                }
                Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {}
                Err(error) => return Err(error),
            }
        }
        Err(io::ErrorKind::AlreadyExists.into())
    }
}

impl Drop for Private {
    fn drop(&mut self) {
        let _ = std::fs::remove_file(&self.0);
    }
}

/// Editors add a last line end that nobody typed.
fn without_last_newline(mut text: String) -> String {
    if text.ends_with('\n') {
        text.pop();
        if text.ends_with('\r') {
            text.pop();
        }
    }
    text
}

/// Runs the editor on the text and waits for its end. The result is the new text, or why there is none.
pub(super) async fn edit(text: &str, editor: &str) -> Result<String, String> {
    let failed = |error: io::Error| format!("cannot edit: {error}");
    let file = Private::create(text).map_err(failed)?;
    #[expect(clippy::disallowed_methods, reason = "the user's editor is a helper of the terminal")]
    let mut command = tokio::process::Command::new("sh");
    // As git does: the variable may hold arguments and quotes, the file's name must not be split.
    command.arg("-c").arg(format!("{editor} \"$@\"")).arg(editor).arg(&file.0);
    let status = command.status().await.map_err(failed)?;
    if !status.success() {
        return Err(format!("the editor `{editor}` failed ({status}): the prompt is unchanged"));
    }
    // Many editors write beside and rename: read by name.
    let text = File::open(&file.0).and_then(io::read_to_string).map_err(failed)?;
    Ok(without_last_newline(text))
}

#[cfg(test)]
mod tests {
    use super::edit;

    #[tokio::test]
    async fn the_text_comes_back() {
        let append = "f() { printf 'two\\n' >> \"$1\"; }; f";
        assert_eq!(edit("one\n", append).await, Ok("one\ntwo".to_owned()));
        assert_eq!(edit("one", "true").await, Ok("one".to_owned()));
        let replaced = "f() { printf 'new' > \"$1.n\"; mv \"$1.n\" \"$1\"; }; f";
        assert_eq!(edit("one", replaced).await, Ok("new".to_owned()), "written beside and renamed");
        assert!(edit("one", "false").await.is_err_and(|why| why.contains("unchanged")));
        assert!(edit("one", "no-such-editor-here 2>&-").await.is_err());
    }

    #[tokio::test]
    async fn the_file_is_private() {
        let mode = "f() { stat -c %a \"$1\" > \"$1.n\" && mv \"$1.n\" \"$1\"; }; f";
        if cfg!(target_os = "linux") {
            assert_eq!(edit("one", mode).await, Ok("600".to_owned()));
        }
    }
}
