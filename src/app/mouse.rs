//! The mouse: the wheel moves the pane under the pointer, a click focuses or opens, a drag moves the divider.

use crossterm::event::{MouseButton, MouseEvent, MouseEventKind};

use super::{
    App, Focus, Now, Overlay, Pane, PickerKind,
    act::{SHARE_MAX, SHARE_MIN},
    action::TABLE,
    gesture::FOCUS_CLICK,
    update::Effects,
};
use crate::config::MouseMode;

/// Rows of one wheel notch.
const NOTCH: i32 = 3;

impl App {
    pub(super) fn on_mouse(&mut self, mouse: MouseEvent, now: Now, out: &mut Effects) {
        let (column, row) = (mouse.column, mouse.row);
        match (mouse.kind, self.look.mouse) {
            (_, MouseMode::Off) => {}
            (MouseEventKind::ScrollUp, _) => self.on_wheel(-NOTCH, (column, row), now, out),
            (MouseEventKind::ScrollDown, _) => self.on_wheel(NOTCH, (column, row), now, out),
            (_, MouseMode::Wheel) => {}
            (MouseEventKind::Down(MouseButton::Left), _) => {
                let gained = self.keys.gesture.focused_at.take();
                let only_focus = gained.is_some_and(|at| now.instant.saturating_duration_since(at) < FOCUS_CLICK);
                if !only_focus {
                    self.on_click((column, row), now, out);
                }
            }
            (MouseEventKind::Drag(MouseButton::Left), _) if self.keys.gesture.dragging => self.drag_to(column, row),
            (MouseEventKind::Drag(MouseButton::Left), _) => self.select_to((column, row)),
            (MouseEventKind::Up(MouseButton::Left), _) => {
                self.keys.gesture.dragging = false;
                if !self.click_run() {
                    self.release(out);
                }
            }
            _ => {}
        }
    }

    fn on_wheel(&mut self, rows: i32, (column, row): (u16, u16), now: Now, out: &mut Effects) {
        let on_ask = self.overlays.is_empty() && self.view.sheet.area.contains(column, row);
        if on_ask && self.move_sheet(rows as isize) {
            return;
        }
        match self.overlays.last_mut() {
            Some(Overlay::Help { top }) => *top = top.saturating_add_signed(rows as isize).min(TABLE.len()),
            Some(Overlay::Picker(_)) => self.move_picker(rows.signum() as isize),
            Some(Overlay::Diff(_)) => self.wheel_diff(rows),
            Some(Overlay::Rewind(view)) => view.go(rows.signum() as isize),
            Some(Overlay::Sessions(list)) => list.go(rows.signum() as isize),
            Some(Overlay::Usage(_) | Overlay::Detail(_) | Overlay::Tasks { .. }) => {}
            None if self.view.reasoning.area.contains(column, row) => self.scroll(Pane::Reasoning, rows, now, out),
            None => self.scroll(Pane::Answer, rows, now, out),
        }
    }

    fn on_click(&mut self, (column, row): (u16, u16), now: Now, out: &mut Effects) {
        self.deselect();
        if !self.overlays.is_empty() {
            return;
        }
        let key = self.view.sheet.keys.iter().find(|(area, _)| area.contains(column, row)).map(|(_, key)| *key);
        if let Some(key) = key {
            return self.on_ask_click(key, now, out);
        }
        let view = &self.view;
        let pane = [(Pane::Answer, view.answer.area), (Pane::Reasoning, view.reasoning.area)]
            .into_iter()
            .find(|(_, area)| area.contains(column, row))
            .map(|(pane, _)| pane);
        if view.gauge.contains(column, row) {
            self.open_usage(out);
        } else if view.model.contains(column, row) {
            self.open_picker(PickerKind::Model);
        } else if view.divider.contains(column, row) {
            self.keys.gesture.dragging = true;
        } else if view.composer.contains(column, row) {
            let (x, y) = (view.composer.x, view.composer.y);
            self.panes.focus = Focus::Composer;
            self.composer.click(row - y, column - x);
        } else if let Some(pane) = pane {
            self.panes.focus = match pane {
                Pane::Answer => Focus::Answer,
                Pane::Reasoning => Focus::Reasoning,
            };
            let stub = self.view.stubs.iter().find(|(of, at, _)| *of == pane && *at == row).map(|(.., step)| *step);
            if let Some(step) = stub {
                self.toggle_open(step);
            } else {
                self.press(pane, (column, row));
            }
        }
    }

    /// A press and release on the row of a tool call without a drag between opens it.
    fn click_run(&mut self) -> bool {
        let gesture = &self.keys.gesture;
        let Some((Pane::Answer, (_, row))) = gesture.pressed.filter(|_| gesture.selection.is_none()) else {
            return false;
        };
        let Some(id) = self.view.answer.runs.iter().find(|(at, _)| *at == row).map(|(_, id)| *id) else { return false };
        self.keys.gesture.pressed = None;
        self.panes.run = Some(id);
        self.toggle_run(id);
        true
    }

    /// The divider follows the pointer: reasoning is on top, or on the right.
    fn drag_to(&mut self, column: u16, row: u16) {
        let (answer, reasoning) = (self.view.answer.area, self.view.reasoning.area);
        let (part, whole) = if self.view.side_by_side {
            let right = reasoning.x.saturating_add(reasoning.width);
            (right.saturating_sub(column.saturating_add(1)), right.saturating_sub(answer.x))
        } else {
            let bottom = answer.y.saturating_add(answer.height);
            (row.saturating_sub(reasoning.y), bottom.saturating_sub(reasoning.y))
        };
        if whole > 0 {
            let percent = u32::from(part) * 100 / u32::from(whole);
            let percent = u16::try_from(percent).unwrap_or(SHARE_MAX).clamp(SHARE_MIN, SHARE_MAX);
            self.panes.share[usize::from(self.view.side_by_side)] = percent;
        }
    }
}
