//! Colours on terminals that have fewer of them: the one place where a theme steps down.

use ratatui::style::{Color, Modifier, Style};

/// How many colours a terminal has.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Depth {
    /// None, or none are wanted: only bold, underlined and reversed text.
    Colourless,
    /// The sixteen that the terminal's own palette gives.
    Sixteen,
    /// The 256 of xterm.
    Palette,
    /// Any red, green and blue.
    TrueColour,
}

impl Depth {
    /// Returns what a terminal can show, by the environment variables of these names.
    ///
    /// `NO_COLOR` counts when it is set to anything but nothing, as its convention says.
    pub fn detect(no_color: Option<&str>, colorterm: Option<&str>, term: Option<&str>) -> Self {
        let term = term.unwrap_or_default();
        let names = |words: &[&str]| words.iter().any(|word| term.contains(word));
        if no_color.is_some_and(|value| !value.is_empty()) || matches!(term, "dumb" | "vt100" | "vt220") {
            Self::Colourless
        } else if matches!(colorterm, Some("truecolor" | "24bit"))
            // COLORTERM does not travel over ssh; these terminals are known by their own names.
            || names(&["-direct", "kitty", "alacritty", "ghostty", "wezterm", "foot"])
            // The Windows console sets neither.
            || (cfg!(windows) && term.is_empty())
        {
            Self::TrueColour
        } else if names(&["256color"]) {
            Self::Palette
        } else {
            Self::Sixteen
        }
    }
}

/// Returns a style as a terminal of `depth` can show it.
pub(super) fn step_down(style: Style, depth: Depth) -> Style {
    let mut stepped = Style {
        fg: style.fg.and_then(|colour| nearest(colour, depth)),
        bg: style.bg.and_then(|colour| nearest(colour, depth)),
        ..style
    };
    // A fine shade behind a text has no counterpart among sixteen colours whose looks are the terminal's own affair.
    if depth == Depth::Sixteen && style.bg.is_some_and(is_fine) {
        stepped = Style::new().add_modifier(style.add_modifier | Modifier::REVERSED);
    }
    stepped
}

fn is_fine(colour: Color) -> bool {
    matches!(colour, Color::Rgb(..) | Color::Indexed(16..))
}

fn nearest(colour: Color, depth: Depth) -> Option<Color> {
    match (colour, depth) {
        (_, Depth::Colourless) => None,
        (Color::Rgb(red, green, blue), Depth::Palette) => Some(Color::Indexed(nearest_indexed([red, green, blue]))),
        (colour, Depth::Sixteen) if is_fine(colour) => Some(nearest_named(rgb(colour))),
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
    fn the_terminal_says_what_it_can_show() {
        let detect = Depth::detect;
        assert_eq!(
            detect(Some("1"), Some("truecolor"), Some("xterm-256color")),
            Depth::Colourless
        );
        assert_eq!(
            detect(Some(""), Some("truecolor"), Some("xterm-256color")),
            Depth::TrueColour
        );
        assert_eq!(detect(None, None, Some("xterm-256color")), Depth::Palette);
        assert_eq!(detect(None, None, Some("xterm-kitty")), Depth::TrueColour);
        assert_eq!(detect(None, None, Some("linux")), Depth::Sixteen);
        assert_eq!(detect(None, None, Some("dumb")), Depth::Colourless);
    }

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
            step_down(style, Depth::Sixteen),
            Style::new().add_modifier(Modifier::REVERSED)
        );
        assert_eq!(step_down(style, Depth::Colourless), Style::new());
        assert_eq!(step_down(style, Depth::TrueColour), style);
    }
}
