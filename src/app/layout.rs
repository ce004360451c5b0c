//! Where things are on the screen. Drawing and updating ask the same functions, so that page keys, scrolling and the
//! mouse agree with what is seen.

/// The size of the terminal in cells.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Size {
    /// Columns.
    pub width: u16,
    /// Rows.
    pub height: u16,
}

/// A rectangle of cells.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Area {
    /// The first column.
    pub x: u16,
    /// The first row.
    pub y: u16,
    /// Columns.
    pub width: u16,
    /// Rows.
    pub height: u16,
}

impl Area {
    /// Returns whether a cell lies inside.
    pub fn contains(self, column: u16, row: u16) -> bool {
        (self.x..self.x.saturating_add(self.width)).contains(&column)
            && (self.y..self.y.saturating_add(self.height)).contains(&row)
    }

    /// Returns the rows of the area, from the top.
    pub fn rows(self) -> impl Iterator<Item = Self> {
        (self.y..self.y.saturating_add(self.height)).map(move |y| Self { y, height: 1, ..self })
    }

    /// Returns the row `offset` rows below the top; one without height when that is below the area.
    #[must_use]
    pub fn row(self, offset: u16) -> Self {
        Self {
            y: self.y.saturating_add(offset),
            height: u16::from(offset < self.height),
            ..self
        }
    }

    /// Returns the area without its first columns.
    #[must_use]
    pub fn skip(self, columns: u16) -> Self {
        let columns = columns.min(self.width);
        Self {
            x: self.x + columns,
            width: self.width - columns,
            ..self
        }
    }

    /// Returns the first columns of the area.
    #[must_use]
    pub fn first(self, columns: u16) -> Self {
        Self {
            width: self.width.min(columns),
            ..self
        }
    }

    /// Returns the last columns of the area.
    #[must_use]
    pub fn last(self, columns: u16) -> Self {
        self.skip(self.width.saturating_sub(columns))
    }

    /// Returns the area without its last columns.
    #[must_use]
    pub fn without_last(self, columns: u16) -> Self {
        self.first(self.width.saturating_sub(columns))
    }
}

/// The parts of the screen.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Layout {
    /// Account, Region, mode, load.
    pub header: Area,
    /// The tabs of the screens.
    pub tabs: Area,
    /// Everything between the tabs and the message.
    pub body: Area,
    /// The titles of the list's columns.
    pub heading: Area,
    /// The rows of the list; no height while the detail takes its place.
    pub list: Area,
    /// The rule between list and detail; no width where they are not side by side.
    pub rule: Area,
    /// The detail; no height while only the list is shown.
    pub detail: Area,
    /// The filter or a notice; no height where there is neither.
    pub message: Area,
    /// The keys that work here and now.
    pub keys: Area,
    /// What lies over the middle: a menu, a text to read, a question.
    pub overlay: Area,
    /// What its frame leaves.
    pub overlay_inside: Area,
}

/// The smallest terminal that the desk is drawn on.
pub const SMALLEST: Size = Size { width: 60, height: 20 };

/// From this width on, list and detail stand side by side: 68 columns for a list, 50 for a detail.
const SIDE_BY_SIDE_WIDTH: u16 = 118;

impl Size {
    /// Returns whether the desk can be drawn.
    pub fn is_enough(self) -> bool {
        self.width >= SMALLEST.width && self.height >= SMALLEST.height
    }

    /// Returns whether list and detail are shown together.
    fn is_side_by_side(self) -> bool {
        self.width >= SIDE_BY_SIDE_WIDTH
    }
}

/// Returns where everything is.
pub fn layout(size: Size, is_detail_focused: bool, message_height: u16) -> Layout {
    let Size { width, height } = size;
    let row = |y: u16, height: u16| Area { x: 0, y, width, height };
    // Two rows above, one below, and the message above the keys.
    let body_height = height.saturating_sub(3).saturating_sub(message_height);
    let body = row(2, body_height);
    let (list_width, detail) = if size.is_side_by_side() {
        let list_width = (width * 58 / 100).max(68);
        let x = list_width + 2;
        (
            list_width,
            Area {
                x,
                width: width.saturating_sub(x),
                ..body
            },
        )
    } else if is_detail_focused {
        (0, body)
    } else {
        (width, Area::default())
    };
    let list = Area {
        width: list_width,
        ..body
    };
    Layout {
        header: row(0, 1),
        tabs: row(1, 1),
        body,
        heading: Area {
            height: 1.min(list.height),
            ..list
        },
        list: Area {
            y: list.y + 1,
            height: if list_width == 0 {
                0
            } else {
                list.height.saturating_sub(1)
            },
            ..list
        },
        rule: Area {
            x: list_width,
            width: u16::from(size.is_side_by_side()),
            ..body
        },
        detail,
        message: row(2 + body_height, message_height),
        keys: row(height.saturating_sub(1), 1),
        overlay: overlay(size),
        overlay_inside: inside(overlay(size)),
    }
}

/// Returns what a frame leaves of an area: its lines take a cell on each side, and a blank stands beside the text.
pub fn inside(area: Area) -> Area {
    Area {
        x: area.x + 2,
        y: area.y + 1,
        width: area.width.saturating_sub(4),
        height: area.height.saturating_sub(2),
    }
}

fn overlay(size: Size) -> Area {
    let width = size.width.saturating_sub(4).min(110);
    let height = size.height.saturating_sub(4);
    Area {
        x: (size.width - width) / 2,
        y: 2,
        width,
        height,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_part_is_on_the_screen_at_every_size() {
        for width in 0..200 {
            for height in [0, 1, 3, 10, 20, 24, 60] {
                for (is_detail_focused, message_height) in [(false, 0), (true, 1), (false, 2)] {
                    let all = layout(Size { width, height }, is_detail_focused, message_height);
                    for area in [all.list, all.detail, all.rule, all.overlay] {
                        assert!(
                            area.width == 0 || area.x + area.width <= width,
                            "{width}x{height}: {area:?}"
                        );
                    }
                    if height >= SMALLEST.height {
                        for area in [all.list, all.detail, all.message, all.keys, all.overlay] {
                            assert!(area.y + area.height <= height, "{width}x{height}: {area:?}");
                        }
                    }
                }
            }
        }
    }
}
