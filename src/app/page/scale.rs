//! Lanes over a scale of minutes.

use crate::{
    app::{
        measure::{prefix, width},
        style::{Line, Role},
    },
    paging::telling::{self, Lane, Mark, Sign},
};

/// The shortest scale, so that a single page does not fill the width.
const LEAST_MINUTES: i64 = 10;

/// The cells that one minute on the scale needs, with a space: "10080 ".
const LABEL_WIDTH: i64 = 6;

/// Returns what the letters mean.
pub(in crate::app) fn legend() -> Line {
    let mut line = Line::of("        ", Role::Normal);
    for sign in Sign::ALL.iter().rev() {
        line = line
            .and(sign.letter().to_string(), sign_role(*sign))
            .and(format!(" {}  ", sign.meaning()), Role::Dim);
    }
    line
}

/// Returns what a mark looks like.
pub(in crate::app) fn sign_role(sign: Sign) -> Role {
    match sign {
        Sign::Call | Sign::Text => Role::Good,
        Sign::Mail | Sign::Other => Role::Link,
        Sign::Unknown => Role::Unknown,
        Sign::Silent => Role::Danger,
    }
}

/// Where minutes stand in a lane.
pub(in crate::app) struct Scale {
    name_width: usize,
    cells: usize,
    last: i64,
}

impl Scale {
    /// Returns a scale for some lanes, up to the last minute in which anything happens.
    pub(in crate::app) fn new<'a>(lanes: impl IntoIterator<Item = &'a Lane>, last: i64, columns: usize) -> Self {
        let longest = lanes.into_iter().map(|lane| width(&lane.name)).max().unwrap_or(0);
        let name_width = longest.clamp(6, (columns / 3).max(6));
        Self {
            name_width,
            cells: columns.saturating_sub(name_width + 2).max(1),
            last: last.max(LEAST_MINUTES),
        }
    }

    fn cell(&self, minute: i64) -> usize {
        let last_cell = i64::try_from(self.cells.saturating_sub(1)).unwrap_or(0);
        usize::try_from(minute.clamp(0, self.last) * last_cell / self.last).unwrap_or(0)
    }

    /// Returns a lane; where several marks share a cell, the selected one is seen, or else the loudest.
    pub(in crate::app) fn lane(&self, lane: &Lane, selected: Option<usize>) -> Line {
        let mut cells: Vec<Option<&Mark>> = vec![None; self.cells];
        for mark in &lane.marks {
            if let Some(cell) = cells.get_mut(self.cell(mark.minute)) {
                let rank = |mark: &Mark| (Some(mark.event) == selected, mark.sign);
                if cell.is_none_or(|other| rank(other) < rank(mark)) {
                    *cell = Some(mark);
                }
            }
        }
        let mut drawn = self.name(&lane.name);
        let mut empty = 0;
        for cell in cells {
            match cell {
                None => empty += 1,
                Some(mark) => {
                    let role = if Some(mark.event) == selected {
                        Role::Selected
                    } else {
                        sign_role(mark.sign)
                    };
                    drawn = drawn
                        .and("─".repeat(std::mem::take(&mut empty)), Role::Frame)
                        .and(mark.sign.letter().to_string(), role);
                }
            }
        }
        drawn.and("─".repeat(empty), Role::Frame)
    }

    /// Returns the minutes under the lanes.
    pub(in crate::app) fn axis(&self) -> Line {
        let most = i64::try_from(self.cells).unwrap_or(0) / LABEL_WIDTH;
        let step = telling::scale_step(self.last, most.max(1));
        let mut text = String::new();
        let mut minute = 0;
        while minute <= self.last {
            let label = minute.to_string();
            let start = self.cell(minute);
            // A number that would stand over the edge is left out.
            if start >= text.len() && start + label.len() <= self.cells {
                text.push_str(&" ".repeat(start - text.len()));
                text.push_str(&label);
            }
            minute += step;
        }
        self.name("minute").and(text, Role::Dim)
    }

    fn name(&self, name: &str) -> Line {
        let shown = if width(name) > self.name_width {
            format!("{}…", prefix(name, self.name_width.saturating_sub(1)))
        } else {
            name.to_owned()
        };
        let blanks = " ".repeat((self.name_width + 2).saturating_sub(width(&shown)));
        Line::plain(shown).and(blanks, Role::Normal)
    }
}
