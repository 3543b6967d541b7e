//! The terminal as the loop uses it: size, frames, bytes to it. Owns that one frame at most is under
//! way; refuses to know when a frame is due and what is on it.

use std::io;

use ratatui::{Frame, Terminal, layout::Size};

use super::{egress::Egress, modes, screen, surface::Surface, tty::Tty};
use crate::config::MouseMode;

/// What a terminal that does not know its size gets.
const USUAL: Size = Size { width: 80, height: 24 };

/// The terminal.
pub(super) struct Face {
    pub(super) tty: Tty,
    pub(super) egress: Egress,
    terminal: Terminal<Surface>,
    size: Size,
    mouse: MouseMode,
    /// The kitty keyboard was pushed.
    kitty: bool,
    title: String,
}

impl Face {
    /// Opens the terminal and prepares its screen; nothing is written yet.
    pub(super) fn open(mouse: MouseMode, colour: bool) -> io::Result<Self> {
        let tty = Tty::open()?;
        let size = usual(tty.size());
        let Ok(terminal) = Terminal::new(Surface::new(size, colour));
        let mut face =
            Self { tty, egress: Egress::default(), terminal, size, mouse, kitty: false, title: String::new() };
        face.enter()?;
        Ok(face)
    }

    pub(super) fn size(&self) -> Size {
        self.size
    }

    /// Takes the screen; the next frame is drawn from nothing.
    pub(super) fn enter(&mut self) -> io::Result<()> {
        let bytes = screen::enter(&self.tty, self.mouse, self.kitty)?;
        self.egress.push(bytes.as_bytes());
        if !self.title.is_empty() {
            self.egress.push(&screen::title(&self.title));
        }
        self.terminal.backend_mut().forget();
        self.repaint();
        let _ = self.measure();
        Ok(())
    }

    /// Gives the screen back; what was still to be written is void.
    pub(super) fn leave(&mut self) {
        screen::restore();
        self.egress.discard();
    }

    /// The next frame is drawn from an empty screen.
    pub(super) fn repaint(&mut self) {
        let Ok(()) = self.terminal.clear();
    }

    /// Asks for the size; the new one if it changed.
    pub(super) fn measure(&mut self) -> Option<Size> {
        let size = usual(self.tty.size());
        (size != self.size).then(|| {
            self.size = size;
            self.terminal.backend_mut().resize(size);
            size
        })
    }

    /// Draws a frame and hands it to the terminal as far as that takes it.
    pub(super) fn draw(&mut self, draw: impl FnOnce(&mut Frame<'_>)) -> io::Result<()> {
        let Ok(_) = self.terminal.draw(draw);
        let bytes = self.terminal.backend_mut().take();
        self.egress.push_frame(bytes.as_bytes());
        self.flush()
    }

    /// Writes what waits, as far as the terminal takes it.
    pub(super) fn flush(&mut self) -> io::Result<()> {
        self.egress.flush(|bytes| self.tty.write(bytes))
    }

    pub(super) fn set_mouse(&mut self, mode: MouseMode) {
        self.mouse = mode;
        self.egress.push(modes::mouse(mode).as_bytes());
    }

    /// Pushes the kitty keyboard, once.
    pub(super) fn push_kitty(&mut self) {
        if !std::mem::replace(&mut self.kitty, true) {
            self.egress.push(modes::KITTY.as_bytes());
        }
    }

    /// Sets the title if it is another than before.
    pub(super) fn set_title(&mut self, title: String) {
        if title != self.title {
            self.egress.push(&screen::title(&title));
            self.title = title;
        }
    }
}

impl Drop for Face {
    fn drop(&mut self) {
        screen::restore();
    }
}

fn usual(size: Size) -> Size {
    if size.width == 0 || size.height == 0 { USUAL } else { size }
}
