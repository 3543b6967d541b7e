//! A problem with what can be done and its raw cause.

use ratatui::layout::Rect;

use super::panel::{Drawn, frame, keys};
use crate::{
    chat::Problem,
    text::wrap,
    ui::{paint::Pen, theme::Part},
};

pub(super) fn draw(pen: &mut Pen<'_>, area: Rect, problem: &Problem) -> Drawn {
    let inner = frame(pen, area, "What happened", &keys(&[("c", "copy"), ("esc", "close")]));
    let mut lines: Vec<(String, Part)> = vec![(problem.what.clone(), Part::Danger)];
    for hint in &problem.hints {
        let with = hint.with.map(|key| format!(": {key}")).unwrap_or_default();
        lines.push((format!("→ {}{with}", hint.what), Part::Text));
    }
    if let Some(code) = &problem.code {
        lines.push((format!("code {code}"), Part::Muted));
    }
    if let Some(detail) = &problem.detail {
        lines.push((String::new(), Part::Text));
        lines.push((detail.as_str().to_owned(), Part::Muted));
    }
    let mut y = inner.y;
    for (text, part) in lines {
        // More than the panel can show is not wrapped either.
        let most = usize::from(inner.width) * usize::from(inner.height) * 4;
        for row in wrap::plain(crate::text::truncate::head(&text, most), inner.width) {
            if y >= inner.bottom() {
                return Drawn::default();
            }
            let line: String = row.pieces.iter().map(|piece| piece.text.as_str()).collect();
            pen.chrome((inner.x, y), inner.width, &line, part);
            y += 1;
        }
    }
    Drawn::default()
}
