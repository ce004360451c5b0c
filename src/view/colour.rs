//! Colours on terminals that have fewer of them: the one place where a theme steps down.

use crate::config::ColorDepth;
use ratatui::style::{Color, Modifier, Style};

/// Returns a style as a terminal of `depth` can show it.
pub(super) fn step_down(style: Style, depth: ColorDepth) -> Style {
    let mut stepped = Style {
        fg: style.fg.and_then(|colour| nearest(colour, depth)),
        bg: style.bg.and_then(|colour| nearest(colour, depth)),
        ..style
    };
    // A fine shade behind a text has no counterpart among sixteen colours whose looks are the terminal's own affair.
    if depth == ColorDepth::Sixteen && style.bg.is_some_and(is_fine) {
        stepped = Style::new().add_modifier(style.add_modifier | Modifier::REVERSED);
    }
    stepped
}

fn is_fine(colour: Color) -> bool {
    matches!(colour, Color::Rgb(..) | Color::Indexed(16..))
}

fn nearest(colour: Color, depth: ColorDepth) -> Option<Color> {
    match (colour, depth) {
        (_, ColorDepth::None) => None,
        (Color::Rgb(red, green, blue), ColorDepth::Indexed) => {
            Some(Color::Indexed(nearest_indexed([red, green, blue])))
        }
        (colour, ColorDepth::Sixteen) if is_fine(colour) => Some(nearest_named(rgb(colour))),
        (colour, _) => Some(colour),
    }
}

/// The steps of each channel in xterm's cube of 216 colours.
const CUBE: [u8; 6] = [0, 95, 135, 175, 215, 255];

fn nearest_indexed(wanted: [u8; 3]) -> u8 {
    (16..=255)
        .min_by_key(|index| {
            let there = rgb(Color::Indexed(*index));
            let channels = wanted.iter().zip(&there);
            channels
                .map(|(one, other)| u32::from(one.abs_diff(*other)).pow(2))
                .sum::<u32>()
        })
        .unwrap_or(16)
}

/// Returns the name with the same hue: by distance alone, every pale colour would come out grey.
fn nearest_named([red, green, blue]: [u8; 3]) -> Color {
    let (highest, lowest) = (red.max(green).max(blue), red.min(green).min(blue));
    if highest - lowest < 40 {
        return match highest {
            0..64 => Color::Black,
            64..160 => Color::DarkGray,
            160..224 => Color::Gray,
            224.. => Color::White,
        };
    }
    let middle = lowest + (highest - lowest) / 2;
    match (red > middle, green > middle, blue > middle) {
        (true, false, false) => Color::Red,
        (false, true, false) => Color::Green,
        (true, true, false) => Color::Yellow,
        (true, false, true) => Color::Magenta,
        (false, true, true) => Color::Cyan,
        (false, false, true) => Color::Blue,
        (true, true, true) | (false, false, false) => Color::Gray,
    }
}

/// Returns the red, green and blue of a colour; for the sixteen names those that xterm gives them.
pub(super) fn rgb(colour: Color) -> [u8; 3] {
    match colour {
        Color::Rgb(red, green, blue) => [red, green, blue],
        Color::Reset | Color::Black | Color::Indexed(0) => [0, 0, 0],
        Color::Red | Color::Indexed(1) => [205, 0, 0],
        Color::Green | Color::Indexed(2) => [0, 205, 0],
        Color::Yellow | Color::Indexed(3) => [205, 205, 0],
        Color::Blue | Color::Indexed(4) => [0, 0, 238],
        Color::Magenta | Color::Indexed(5) => [205, 0, 205],
        Color::Cyan | Color::Indexed(6) => [0, 205, 205],
        Color::Gray | Color::Indexed(7) => [229, 229, 229],
        Color::DarkGray | Color::Indexed(8) => [127, 127, 127],
        Color::LightRed | Color::Indexed(9) => [255, 0, 0],
        Color::LightGreen | Color::Indexed(10) => [0, 255, 0],
        Color::LightYellow | Color::Indexed(11) => [255, 255, 0],
        Color::LightBlue | Color::Indexed(12) => [92, 92, 255],
        Color::LightMagenta | Color::Indexed(13) => [255, 0, 255],
        Color::LightCyan | Color::Indexed(14) => [0, 255, 255],
        Color::White | Color::Indexed(15) => [255, 255, 255],
        Color::Indexed(index @ 232..) => [8 + (index - 232) * 10; 3],
        Color::Indexed(index) => {
            let step = |place: u8| CUBE.get(usize::from(place % 6)).copied().unwrap_or_default();
            let index = index - 16;
            [step(index / 36), step(index / 6), step(index)]
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_colour_of_the_palette_is_its_own_nearest() {
        for index in 16..=255 {
            let colour = rgb(Color::Indexed(index));
            assert_eq!(rgb(Color::Indexed(nearest_indexed(colour))), colour, "{index}");
        }
    }

    #[test]
    fn pale_colours_keep_their_hue() {
        assert_eq!(nearest_named([0xff, 0x7b, 0x72]), Color::Red);
        assert_eq!(nearest_named([0x79, 0xc0, 0xff]), Color::Cyan);
        assert_eq!(nearest_named([0x56, 0xd3, 0x64]), Color::Green);
        assert_eq!(nearest_named([0x8b, 0x94, 0x9e]), Color::DarkGray);
    }

    #[test]
    fn a_shade_behind_a_text_becomes_reversed_text() {
        let style = Style::new().fg(Color::Black).bg(Color::Rgb(31, 58, 95));
        assert_eq!(
            step_down(style, ColorDepth::Sixteen),
            Style::new().add_modifier(Modifier::REVERSED)
        );
        assert_eq!(step_down(style, ColorDepth::None), Style::new());
        assert_eq!(step_down(style, ColorDepth::True), style);
    }
}
