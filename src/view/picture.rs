//! A frame as a picture: one SVG file that looks the same wherever it is shown.
//!
//! Every stretch of text is told how long it is, so that it lines up with the cells in whatever monospaced font the
//! viewer has.

use super::colour::rgb;
use crate::{app::measure::width, domain::text::markup_safe};
use ratatui::{
    buffer::{Buffer, Cell},
    style::{Color, Modifier},
};
use std::fmt::Write as _;

/// The width of a cell in the picture's units.
const CELL_WIDTH: usize = 9;

/// The height of a cell.
const CELL_HEIGHT: usize = 19;

/// How far below a cell's top the letters stand.
const BASELINE: usize = 14;

/// A letter of this size is as wide as a cell in the usual monospaced fonts.
const FONT_SIZE: usize = 15;

/// The margin around the cells.
const MARGIN: usize = 14;

/// The height of the window's bar.
const BAR_HEIGHT: usize = 34;

/// The colours that a terminal has by itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Paper {
    /// Behind the text.
    pub ground: [u8; 3],
    /// The text.
    pub ink: [u8; 3],
    /// The window's bar and edge.
    pub bar: [u8; 3],
}

impl Paper {
    /// A dark terminal.
    pub const DARK: Self = Self {
        ground: [0x0d, 0x11, 0x17],
        ink: [0xe6, 0xed, 0xf3],
        bar: [0x21, 0x26, 0x2d],
    };

    /// A light terminal.
    pub const LIGHT: Self = Self {
        ground: [0xff, 0xff, 0xff],
        ink: [0x1f, 0x23, 0x28],
        bar: [0xe1, 0xe4, 0xe8],
    };
}

/// What a stretch of cells looks like.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Look {
    ink: [u8; 3],
    ground: [u8; 3],
    modifier: Modifier,
}

/// Cells of one row that look the same.
struct Stretch {
    column: usize,
    cells: usize,
    text: String,
    look: Look,
}

/// Returns a frame as SVG, in a window with a title.
pub fn svg(buffer: &Buffer, title: &str, paper: Paper) -> String {
    let (columns, rows) = (usize::from(buffer.area.width), usize::from(buffer.area.height));
    let picture_width = columns * CELL_WIDTH + 2 * MARGIN;
    let picture_height = rows * CELL_HEIGHT + 2 * MARGIN + BAR_HEIGHT;
    let (ground, ink, bar) = (hex(paper.ground), hex(paper.ink), hex(paper.bar));
    let title = markup_safe(title);
    let mut out = format!(
        r#"<svg xmlns="http://www.w3.org/2000/svg" width="{picture_width}" height="{picture_height}" viewBox="0 0 {picture_width} {picture_height}" role="img" aria-label="{title}" font-family="ui-monospace, 'SF Mono', 'Cascadia Mono', 'DejaVu Sans Mono', Menlo, Consolas, monospace" font-size="{FONT_SIZE}">
<rect x="0.5" y="0.5" width="{}" height="{}" rx="9" fill="{ground}" stroke="{bar}"/>
<path d="M1 {BAR_HEIGHT} V10 a9 9 0 0 1 9 -9 H{} a9 9 0 0 1 9 9 V{BAR_HEIGHT} Z" fill="{bar}"/>
"#,
        picture_width - 1,
        picture_height - 1,
        picture_width - 10,
    );
    for (x, colour) in [(20, "#ff5f57"), (40, "#febc2e"), (60, "#28c840")] {
        line(
            &mut out,
            format_args!(r#"<circle cx="{x}" cy="17" r="6" fill="{colour}"/>"#),
        );
    }
    line(
        &mut out,
        format_args!(
            r#"<text x="{}" y="22" text-anchor="middle" font-size="13" fill="{ink}" fill-opacity="0.7">{title}</text>"#,
            picture_width / 2
        ),
    );
    let mut cells = buffer.content().chunks(columns.max(1)).enumerate();
    cells.by_ref().for_each(|(row, cells)| {
        let y = BAR_HEIGHT + MARGIN + row * CELL_HEIGHT;
        for stretch in stretches(cells, paper) {
            draw(&mut out, &stretch, y, paper);
        }
    });
    out.push_str("</svg>\n");
    out
}

/// Returns the stretches of a row; one with a wide character stands alone, so that it gets its two cells.
fn stretches(row: &[Cell], paper: Paper) -> Vec<Stretch> {
    let mut stretches: Vec<Stretch> = Vec::new();
    let mut column = 0;
    while let Some(cell) = row.get(column) {
        let look = look(cell, paper);
        let cells = width(cell.symbol()).max(1);
        match stretches.last_mut() {
            Some(last) if last.look == look && cells == 1 && last.cells == last.text.chars().count() => {
                last.cells += 1;
                last.text.push_str(cell.symbol());
            }
            _ => stretches.push(Stretch {
                column,
                cells,
                text: cell.symbol().to_owned(),
                look,
            }),
        }
        column += cells;
    }
    stretches
}

fn look(cell: &Cell, paper: Paper) -> Look {
    let colour = |colour: Color, own: [u8; 3]| if colour == Color::Reset { own } else { rgb(colour) };
    let (ink, ground) = (colour(cell.fg, paper.ink), colour(cell.bg, paper.ground));
    let is_reversed = cell.modifier.contains(Modifier::REVERSED);
    let (ink, ground) = if is_reversed { (ground, ink) } else { (ink, ground) };
    Look {
        ink,
        ground,
        modifier: cell.modifier,
    }
}

fn draw(out: &mut String, stretch: &Stretch, y: usize, paper: Paper) {
    let left = |cells: usize| MARGIN + (stretch.column + cells) * CELL_WIDTH;
    if stretch.look.ground != paper.ground {
        line(
            out,
            format_args!(
                r#"<rect x="{}" y="{y}" width="{}" height="{CELL_HEIGHT}" fill="{}"/>"#,
                left(0),
                stretch.cells * CELL_WIDTH,
                hex(stretch.look.ground)
            ),
        );
    }
    let mut attributes = format!(r#"fill="{}""#, hex(stretch.look.ink));
    for (modifier, attribute) in [
        (Modifier::BOLD, r#" font-weight="bold""#),
        (Modifier::UNDERLINED, r#" text-decoration="underline""#),
        (Modifier::DIM, r#" fill-opacity="0.6""#),
    ] {
        if stretch.look.modifier.contains(modifier) {
            attributes.push_str(attribute);
        }
    }
    // Viewers fold spaces that follow each other, so a text ends where two of them begin.
    let mut cells = 0;
    for text in stretch.text.split("  ") {
        let word = text.trim();
        if !word.is_empty() {
            let before = width(text) - width(text.trim_start());
            line(
                out,
                format_args!(
                    r#"<text x="{}" y="{}" textLength="{}" lengthAdjust="spacingAndGlyphs" {attributes}>{}</text>"#,
                    left(cells + before),
                    y + BASELINE,
                    width(word) * CELL_WIDTH,
                    markup_safe(word)
                ),
            );
        }
        cells += width(text) + 2;
    }
}

fn line(out: &mut String, text: std::fmt::Arguments<'_>) {
    // Writing to a string cannot fail.
    writeln!(out, "{text}").unwrap_or_default();
}

fn hex([red, green, blue]: [u8; 3]) -> String {
    format!("#{red:02x}{green:02x}{blue:02x}")
}

#[cfg(test)]
mod tests {
    use super::*;
    use ratatui::{layout::Rect, style::Style};

    fn picture(text: &str, style: Style) -> String {
        let mut buffer = Buffer::empty(Rect::new(0, 0, 20, 1));
        buffer.set_string(0, 0, text, style);
        svg(&buffer, "a <title>", Paper::DARK)
    }

    #[test]
    fn text_is_escaped_and_told_how_long_it_is() {
        let svg = picture("a<b  &c", Style::new().fg(Color::Rgb(1, 2, 3)));
        assert!(
            svg.contains(r##"textLength="27" lengthAdjust="spacingAndGlyphs" fill="#010203">a&lt;b</text>"##),
            "{svg}"
        );
        assert!(
            svg.contains(&format!(r#"<text x="{}" y="62""#, MARGIN + 5 * CELL_WIDTH)),
            "{svg}"
        );
        assert!(svg.contains("a &lt;title&gt;") && !svg.contains("a <title>"), "{svg}");
    }

    #[test]
    fn a_wide_character_gets_its_two_cells() {
        let svg = picture("a李b", Style::new());
        for text in [
            r#"<text x="14" y="62" textLength="9""#,
            r#"<text x="23" y="62" textLength="18""#,
            r#"<text x="41" y="62" textLength="9""#,
        ] {
            assert!(svg.contains(text), "{text}: {svg}");
        }
    }

    #[test]
    fn reversed_text_swaps_ink_and_ground() {
        let svg = picture("x", Style::new().add_modifier(Modifier::REVERSED));
        assert!(
            svg.contains(r##"height="19" fill="#e6edf3"/>"##) && svg.contains(r##"fill="#0d1117">x<"##),
            "{svg}"
        );
    }
}
