//! What the screens look like to eyes of every kind: status is never told by colour alone, and contrasts are computed.

use crate::{demo_screens, harness::Desk, screens::loaded, world};
use callsheet::{
    app::{measure::width, style::Role},
    config::ColorDepth,
    domain::{address::Address, load::LoadEvent},
    failure::{Failure, FailureKind},
    view::theme::{self, Theme},
};
use ratatui::{
    buffer::{Buffer, Cell},
    style::{Color, Modifier},
};
use std::collections::{BTreeMap, BTreeSet};

/// What is typed to see every screen, every detail and what lies over them.
const SCENES: &[&str] = &[
    "",
    "<enter>",
    "0",
    "0j<enter>",
    "2",
    "2<enter>",
    "2jj<space>j<space>",
    "3",
    "3<enter>",
    "4",
    "4<enter>",
    "5",
    "5<enter>",
    "6",
    "6<enter>",
    "7",
    "8",
    "9",
    "2u",
    "!",
    "!jj<enter>",
    "@",
    "@<enter>",
    "?",
    "?G",
    ":",
    ":re",
    ":zzz",
    "/re",
    "/colour:red",
    "2/zzzz<enter>",
    "4p",
    "4pw",
    "2s",
    "2sS",
    "w",
    "w<enter>",
    ":arm<enter>",
    ":arm<enter>1<enter>",
    "e",
    "2x",
    "3a",
    ",",
];

/// What leads back to the first screen from wherever a scene has led.
const BACK: &str = "<esc><esc><esc><esc>1g";

/// Looks at every screen: of the demo account, and of one that is still being read.
fn each_screen(mut look: impl FnMut(&str, &Desk)) {
    let (width, height) = (140, 40);
    let mut desk = demo_screens::desk(width, height);
    for keys in SCENES {
        desk.keys(keys);
        look(keys, &desk);
        desk.keys(BACK);
    }
    let mut desk = demo_screens::desk(width, height);
    let account = desk.model.fresh.account().unwrap().to_owned();
    desk.keys(&format!(":arm<enter>{}<enter>", &account[8..]));
    look("armed", &desk);
    let mut desk = Desk::new(width, height);
    loaded(&mut desk);
    desk.keys("R2");
    desk.load(world::connected());
    desk.load([world::people()].map(LoadEvent::Part));
    desk.load(world::details(4).into_iter().map(LoadEvent::Part));
    desk.load([world::progress(11, 42, Some(3))]);
    look("a second load", &desk);
    let mut desk = Desk::new(80, 24);
    let failure = Failure::new(FailureKind::Credentials, "The sign-in has expired.").because("it ended");
    desk.end_load(Err(failure.hint("sign in again")));
    look("no sign-in", &desk);
}

fn theme(name: &str, depth: ColorDepth) -> Theme {
    Theme::load(name, &BTreeMap::new(), depth).unwrap()
}

/// Returns the red, green and blue of a colour as a palette of sixteen has them; the 240 others are the same everywhere.
fn rgb(colour: Color, sixteen: &[[u8; 3]; 16]) -> Option<[u8; 3]> {
    let index = match colour {
        Color::Rgb(red, green, blue) => return Some([red, green, blue]),
        Color::Reset => return None,
        Color::Indexed(index @ 16..=231) => {
            let step = |place: u8| [0, 95, 135, 175, 215, 255][usize::from((index - 16) / place % 6)];
            return Some([step(36), step(6), step(1)]);
        }
        Color::Indexed(index @ 232..) => return Some([8 + (index - 232) * 10; 3]),
        Color::Indexed(index) => usize::from(index),
        Color::Black => 0,
        Color::Red => 1,
        Color::Green => 2,
        Color::Yellow => 3,
        Color::Blue => 4,
        Color::Magenta => 5,
        Color::Cyan => 6,
        Color::Gray => 7,
        Color::DarkGray => 8,
        Color::LightRed => 9,
        Color::LightGreen => 10,
        Color::LightYellow => 11,
        Color::LightBlue => 12,
        Color::LightMagenta => 13,
        Color::LightCyan => 14,
        Color::White => 15,
    };
    Some(sixteen[index])
}

/// What xterm makes of the sixteen.
const XTERM: [[u8; 3]; 16] = [
    [0, 0, 0],
    [205, 0, 0],
    [0, 205, 0],
    [205, 205, 0],
    [0, 0, 238],
    [205, 0, 205],
    [0, 205, 205],
    [229, 229, 229],
    [127, 127, 127],
    [255, 0, 0],
    [0, 255, 0],
    [255, 255, 0],
    [92, 92, 255],
    [255, 0, 255],
    [0, 255, 255],
    [255, 255, 255],
];

/// What the consoles of PCs make of them.
const VGA: [[u8; 3]; 16] = [
    [0, 0, 0],
    [170, 0, 0],
    [0, 170, 0],
    [170, 85, 0],
    [0, 0, 170],
    [170, 0, 170],
    [0, 170, 170],
    [170, 170, 170],
    [85, 85, 85],
    [255, 85, 85],
    [85, 255, 85],
    [255, 255, 85],
    [85, 85, 255],
    [255, 85, 255],
    [85, 255, 255],
    [255, 255, 255],
];

/// Returns the relative luminance of a colour, as WCAG 2 defines it.
fn luminance([red, green, blue]: [u8; 3]) -> f64 {
    let linear = |channel: u8| {
        let part = f64::from(channel) / 255.0;
        if part <= 0.04045 {
            part / 12.92
        } else {
            ((part + 0.055) / 1.055).powf(2.4)
        }
    };
    0.2126 * linear(red) + 0.7152 * linear(green) + 0.0722 * linear(blue)
}

/// Returns the contrast of two colours, as WCAG 2 defines it: from 1 to 21.
fn contrast(one: [u8; 3], other: [u8; 3]) -> f64 {
    let (one, other) = (luminance(one), luminance(other));
    (one.max(other) + 0.05) / (one.min(other) + 0.05)
}

#[test]
fn contrasts_are_computed_as_wcag_defines_them() {
    let close = |one, other, expected: f64| assert!((contrast(one, other) - expected).abs() < 0.01, "{expected}");
    close([0; 3], [255; 3], 21.0);
    close([255; 3], [118; 3], 4.54);
    close([255, 0, 0], [255; 3], 4.0);
    close([18; 3], [18; 3], 1.0);
}

/// How a screen is looked at.
struct Eyes {
    theme: &'static str,
    depth: ColorDepth,
    sixteen: [[u8; 3]; 16],
    /// What a terminal without colours of its own has: text and ground.
    terminal: [[u8; 3]; 2],
    /// The least contrast of text.
    least: f64,
}

impl Eyes {
    /// Returns the two colours of a cell as they are seen.
    fn pair(&self, cell: &Cell) -> [[u8; 3]; 2] {
        let pair = [
            rgb(cell.fg, &self.sixteen).unwrap_or(self.terminal[0]),
            rgb(cell.bg, &self.sixteen).unwrap_or(self.terminal[1]),
        ];
        if cell.modifier.contains(Modifier::REVERSED) {
            [pair[1], pair[0]]
        } else {
            pair
        }
    }
}

/// How much signs without letters have to stand out, such as frames and rules: what WCAG asks of parts of a screen.
const LEAST_OF_SIGNS: f64 = 3.0;

#[test]
fn everything_that_is_drawn_stands_out_from_its_ground() {
    let dark = [[229; 3], [0; 3]];
    let light = [[0; 3], [255; 3]];
    let eyes = |theme, depth, sixteen, terminal, least| Eyes {
        theme,
        depth,
        sixteen,
        terminal,
        least,
    };
    // Where the colours are the terminal's own sixteen, they are its user's choice; of the contrast theme, which is chosen
    // for its contrast, they are computed as the two usual palettes have them.
    let all = [
        eyes("contrast", ColorDepth::True, XTERM, dark, 7.0),
        eyes("contrast", ColorDepth::Indexed, XTERM, dark, 7.0),
        eyes("contrast", ColorDepth::Sixteen, XTERM, dark, 7.0),
        eyes("contrast", ColorDepth::Sixteen, VGA, dark, 7.0),
        eyes("contrast", ColorDepth::True, XTERM, light, 7.0),
        eyes("dark", ColorDepth::True, XTERM, dark, 4.5),
        eyes("dark", ColorDepth::Indexed, XTERM, dark, 4.5),
        eyes("light", ColorDepth::True, XTERM, light, 4.5),
        eyes("light", ColorDepth::Indexed, XTERM, light, 4.5),
    ];
    let themes: Vec<Theme> = all.iter().map(|eyes| theme(eyes.theme, eyes.depth)).collect();
    let mut weak: BTreeMap<String, String> = BTreeMap::new();
    let mut seen = BTreeSet::new();
    each_screen(|name, desk| {
        for (eyes, theme) in all.iter().zip(&themes) {
            let buffer = desk.frame(theme).0;
            for cell in buffer.content().iter().filter(|cell| cell.symbol() != " ") {
                let [text, ground] = eyes.pair(cell);
                let is_text = cell.symbol().chars().any(char::is_alphanumeric);
                let least = if is_text { eyes.least } else { LEAST_OF_SIGNS };
                seen.insert((eyes.theme, text, ground));
                let contrast = contrast(text, ground);
                if contrast < least {
                    let (theme, depth) = (eyes.theme, eyes.depth);
                    let what = format!("{theme} {depth:?}: {text:02x?} on {ground:02x?}: {contrast:.2}, not {least}");
                    weak.entry(what)
                        .or_insert_with(|| format!("{:?} in “{name}”", cell.symbol()));
                }
            }
        }
    });
    for eyes in &all {
        let pairs = seen.iter().filter(|(theme, ..)| *theme == eyes.theme).count();
        assert!(pairs > 10, "{}: only {pairs} pairs were drawn", eyes.theme);
    }
    assert!(weak.is_empty(), "{weak:#?}");
}

/// Returns the stretches of one look in a frame: their text, and the look.
fn stretches<T: PartialEq + Clone>(buffer: &Buffer, look: impl Fn(&Cell) -> T) -> Vec<(String, T)> {
    let mut all = Vec::new();
    for row in buffer.content().chunks(usize::from(buffer.area.width)) {
        let mut stretch: Option<(String, T)> = None;
        let mut x = 0;
        while let Some(cell) = row.get(x) {
            x += width(cell.symbol()).max(1);
            let here = look(cell);
            match &mut stretch {
                Some((text, there)) if *there == here => text.push_str(cell.symbol()),
                _ => all.extend(stretch.replace((cell.symbol().to_owned(), here))),
            }
        }
        all.extend(stretch);
    }
    all
}

/// What says how something is: the same words in two of these would be told apart by colour alone.
const STATUSES: &[Role] = &[
    Role::Good,
    Role::Warning,
    Role::Danger,
    Role::Unknown,
    Role::Normal,
    Role::ReadOnly,
    Role::Armed,
];

/// Words that mean nothing without the name of their field, which stands before them: "unknown: none", "tags: none".
const NAMED: &[&str] = &["none"];

#[test]
fn no_two_statuses_have_the_same_words_and_differ_in_colour_alone() {
    let plain = theme("dark", ColorDepth::None);
    let colours = Theme::of(|role| {
        let place = Role::ALL.iter().position(|other| *other == role).unwrap();
        ratatui::style::Style::new().fg(Color::Indexed(u8::try_from(place).unwrap() + 100))
    });
    let mut roles: BTreeMap<String, BTreeSet<Role>> = BTreeMap::new();
    each_screen(|_, desk| {
        for (text, colour) in stretches(&desk.frame(&colours).0, |cell| cell.fg) {
            let Color::Indexed(index @ 100..) = colour else {
                continue;
            };
            let role = Role::ALL[usize::from(index - 100)];
            let text = text.trim();
            // Of a number the title of its column or field says what is counted, and an address is no status.
            let is_status =
                text.chars().any(char::is_alphabetic) && !text.contains(Address::DOT) && !NAMED.contains(&text);
            if STATUSES.contains(&role) && is_status {
                roles.entry(text.to_owned()).or_default().insert(role);
            }
        }
    });
    let seen: BTreeSet<Role> = roles.values().flatten().copied().collect();
    assert_eq!(seen.len(), STATUSES.len(), "not every status was drawn: {seen:?}");
    let mut alike = Vec::new();
    for (text, roles) in &roles {
        let looks: BTreeSet<String> = roles.iter().map(|role| format!("{:?}", plain.style(*role))).collect();
        if looks.len() < roles.len() {
            alike.push((text, roles));
        }
    }
    assert!(alike.is_empty(), "{alike:#?}");
}

/// Returns the rows of a screen as they look without colours: text and modifiers.
fn monochrome(desk: &Desk, name: &str) -> Vec<Vec<(String, Modifier)>> {
    let buffer = desk.frame(&theme(name, ColorDepth::None)).0;
    let cells = buffer.content().chunks(usize::from(buffer.area.width));
    cells
        .map(|row| {
            let look = |cell: &Cell| {
                assert_eq!(
                    (cell.fg, cell.bg),
                    (Color::Reset, Color::Reset),
                    "{name} is drawn without colours"
                );
                (cell.symbol().to_owned(), cell.modifier)
            };
            row.iter().map(look).collect()
        })
        .collect()
}

#[test]
fn a_row_that_is_selected_marked_or_stale_shows_it_without_a_colour() {
    for name in theme::NAMES {
        let mut desk = demo_screens::desk(80, 24);
        for screen in ["1", "2", "3", "4", "5", "6"] {
            desk.keys(&format!("{screen}g"));
            let first = monochrome(&desk, name);
            desk.keys("j");
            let moved = monochrome(&desk, name);
            desk.keys("<space>g");
            let marked = monochrome(&desk, name);
            // Two rows change when the selection moves, and one stays changed when it was marked and left.
            let differ =
                |one: &[Vec<_>], other: &[Vec<_>]| one.iter().zip(other).filter(|(one, other)| one != other).count();
            assert!(differ(&first, &moved) >= 2, "{name}, screen {screen}: the selection");
            assert!(differ(&first, &marked) >= 1, "{name}, screen {screen}: the mark");
        }
        let mut desk = Desk::new(80, 24);
        loaded(&mut desk);
        desk.keys("2");
        let fresh = monochrome(&desk, name);
        desk.keys("R");
        let again = monochrome(&desk, name);
        let text =
            |rows: &[Vec<(String, Modifier)>]| -> String { rows.concat().into_iter().map(|(sign, _)| sign).collect() };
        assert!(
            text(&again).matches('~').count() > text(&fresh).matches('~').count(),
            "{name}: rows of an earlier load"
        );
    }
}
