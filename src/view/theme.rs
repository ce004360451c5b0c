//! Themes: what each role looks like. Four come with the program; the operator's own looks go on top.
//!
//! A look is written as `colour on colour bold underline reverse dim`, all parts optional. A colour is a name of the
//! sixteen (`red`, `lightblue`), a number of the 256, or `#rrggbb`.

use super::colour::step_down;
use crate::{app::style::Role, config::ColorDepth};
use ratatui::style::{Color, Modifier, Style};
use std::collections::BTreeMap;
use toml::de::{DeTable, DeValue};

/// The names of the themes that come with the program.
pub const NAMES: [&str; 4] = ["dark", "light", "contrast", "plain"];

/// The theme that shows what others cannot show without colours.
const PLAIN: &str = include_str!("../../assets/themes/plain.toml");

/// What each role looks like on this terminal.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Theme {
    styles: BTreeMap<Role, Style>,
}

/// Why a theme is refused.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ThemeError {
    /// No theme has this name.
    #[error("there is no theme “{0}”; there are {names}", names = NAMES.join(", "))]
    UnknownTheme(String),
    /// No role has this name.
    #[error("there is no role “{name}”{}", near.map(|near| format!("; did you mean “{near}”?")).unwrap_or_default())]
    UnknownRole {
        /// What was written.
        name: String,
        /// The nearest name.
        near: Option<&'static str>,
    },
    /// A role's look cannot be understood.
    #[error(
        "{role}: “{word}” is neither a colour (a name such as lightblue, 0 to 255, #rrggbb) nor one of on, bold, underline, reverse, dim"
    )]
    UnknownLook {
        /// The role.
        role: &'static str,
        /// The word.
        word: String,
    },
    /// A theme's file cannot be read.
    #[error("line {line}: {what}")]
    File {
        /// The line, counted from 1.
        line: usize,
        /// What is wrong there.
        what: String,
    },
}

impl Theme {
    /// Returns the theme `name` with the operator's looks by role on top, as a terminal of `depth` can show it.
    pub fn load(name: &str, overrides: &BTreeMap<String, String>, depth: ColorDepth) -> Result<Self, ThemeError> {
        let text = match name {
            "dark" => include_str!("../../assets/themes/dark.toml"),
            "light" => include_str!("../../assets/themes/light.toml"),
            "contrast" => include_str!("../../assets/themes/contrast.toml"),
            "plain" => PLAIN,
            _ => return Err(ThemeError::UnknownTheme(name.to_owned())),
        };
        // Without colours a theme that lives by them would hide even the selection.
        let text = if depth == ColorDepth::None { PLAIN } else { text };
        let mut styles = parse(text, depth)?;
        for (name, look) in overrides {
            let role = role(name)?;
            let style = step_down(parse_look(role, look)?, depth);
            if depth > ColorDepth::None || style != Style::new() {
                styles.insert(role, style);
            }
        }
        Ok(Self { styles })
    }

    /// Returns a theme that looks as `look` says; for tests and pictures that give every role a look of its own.
    pub fn of(look: impl Fn(Role) -> Style) -> Self {
        Self {
            styles: Role::ALL.iter().map(|role| (*role, look(*role))).collect(),
        }
    }

    /// Returns what a role looks like.
    pub fn style(&self, role: Role) -> Style {
        self.styles.get(&role).copied().unwrap_or_default()
    }
}

/// Reads a theme's file: the table `roles`, and the table `sixteen` for terminals that have no more colours than that.
fn parse(text: &str, depth: ColorDepth) -> Result<BTreeMap<Role, Style>, ThemeError> {
    let file = |offset: usize, what: String| ThemeError::File {
        line: text.bytes().take(offset).filter(|byte| *byte == b'\n').count() + 1,
        what,
    };
    let tables = DeTable::parse(text)
        .map_err(|error| file(error.span().map_or(0, |span| span.start), error.message().to_owned()))?;
    let mut styles = BTreeMap::new();
    for (name, table) in tables.get_ref() {
        let is_wanted = match name.get_ref().as_ref() {
            "roles" => true,
            // Its name sorts after `roles`, so that it goes on top.
            "sixteen" => depth == ColorDepth::Sixteen,
            other => {
                return Err(file(
                    name.span().start,
                    format!("“{other}” is neither roles nor sixteen"),
                ));
            }
        };
        let DeValue::Table(looks) = table.get_ref() else {
            return Err(file(table.span().start, "a table of roles was expected".to_owned()));
        };
        for (name, look) in looks {
            let role = role(name.get_ref()).map_err(|error| file(name.span().start, error.to_string()))?;
            let DeValue::String(words) = look.get_ref() else {
                return Err(file(look.span().start, "a look in quotes was expected".to_owned()));
            };
            let style = parse_look(role, words).map_err(|error| file(look.span().start, error.to_string()))?;
            if is_wanted {
                styles.insert(role, step_down(style, depth));
            }
        }
    }
    Ok(styles)
}

fn role(name: &str) -> Result<Role, ThemeError> {
    let role = Role::ALL.iter().copied().find(|role| role.name() == name);
    role.ok_or_else(|| ThemeError::UnknownRole {
        name: name.to_owned(),
        near: Role::ALL
            .iter()
            .map(|role| (strsim::jaro_winkler(role.name(), name), role.name()))
            .max_by(|(one, _), (other, _)| one.total_cmp(other))
            .filter(|(likeness, _)| *likeness > 0.75)
            .map(|(_, name)| name),
    })
}

fn parse_look(role: Role, look: &str) -> Result<Style, ThemeError> {
    let unknown = |word: &str| ThemeError::UnknownLook {
        role: role.name(),
        word: word.to_owned(),
    };
    let mut style = Style::new();
    let mut words = look.split_whitespace();
    while let Some(word) = words.next() {
        style = match word {
            "bold" => style.add_modifier(Modifier::BOLD),
            "dim" => style.add_modifier(Modifier::DIM),
            "underline" => style.add_modifier(Modifier::UNDERLINED),
            "reverse" => style.add_modifier(Modifier::REVERSED),
            "on" if style.bg.is_none() => {
                let word = words.next().unwrap_or("on");
                style.bg(word.parse::<Color>().ok().ok_or_else(|| unknown(word))?)
            }
            _ if style.fg.is_none() => style.fg(word.parse::<Color>().ok().ok_or_else(|| unknown(word))?),
            _ => return Err(unknown(word)),
        };
    }
    Ok(style)
}

#[cfg(test)]
mod tests {
    use super::*;

    const DEPTHS: [ColorDepth; 4] = [
        ColorDepth::None,
        ColorDepth::Sixteen,
        ColorDepth::Indexed,
        ColorDepth::True,
    ];

    fn overrides(role: &str, look: &str) -> BTreeMap<String, String> {
        BTreeMap::from([(role.to_owned(), look.to_owned())])
    }

    #[test]
    fn every_theme_gives_every_role_a_look_at_every_depth() {
        for name in NAMES {
            for depth in DEPTHS {
                let theme = Theme::load(name, &BTreeMap::new(), depth).unwrap();
                for role in Role::ALL {
                    assert!(
                        theme.styles.contains_key(role),
                        "{name} at {depth:?} lacks {}",
                        role.name()
                    );
                }
            }
        }
    }

    #[test]
    fn the_selection_and_the_tab_stand_out_in_every_theme_at_every_depth() {
        for name in NAMES {
            for depth in DEPTHS {
                let theme = Theme::load(name, &BTreeMap::new(), depth).unwrap();
                for role in [Role::Selected, Role::Tab] {
                    let style = theme.style(role);
                    let is_filled = style.add_modifier.contains(Modifier::REVERSED) || style.bg.is_some();
                    assert!(is_filled, "{name} at {depth:?}: {}", role.name());
                    assert_ne!(style, theme.style(Role::Normal));
                }
                assert_ne!(
                    theme.style(Role::Selected),
                    theme.style(Role::SelectedAway),
                    "{name} at {depth:?}"
                );
            }
        }
    }

    #[test]
    fn no_colour_is_left_where_none_is_wanted() {
        for name in NAMES {
            let theme = Theme::load(name, &overrides("danger", "red on blue"), ColorDepth::None).unwrap();
            for role in Role::ALL {
                let style = theme.style(*role);
                assert_eq!((style.fg, style.bg), (None, None), "{name} {}", role.name());
            }
            assert_ne!(theme.style(Role::Danger), Style::new(), "the plain look stays");
        }
    }

    #[test]
    fn an_operators_look_goes_on_top() {
        let theme = Theme::load("dark", &overrides("danger", "black on #ff0000 bold"), ColorDepth::True).unwrap();
        assert_eq!(
            theme.style(Role::Danger),
            Style::new()
                .fg(Color::Black)
                .bg(Color::Rgb(255, 0, 0))
                .add_modifier(Modifier::BOLD)
        );
    }

    #[track_caller]
    fn check_refused(role: &str, look: &str, expected: &str) {
        let error = Theme::load("dark", &overrides(role, look), ColorDepth::True).unwrap_err();
        assert_eq!(error.to_string(), expected);
    }

    #[test]
    fn what_cannot_be_understood_is_refused() {
        let rest = "is neither a colour (a name such as lightblue, 0 to 255, #rrggbb) nor one of on, bold, underline, reverse, dim";
        check_refused("dangr", "red", "there is no role “dangr”; did you mean “danger”?");
        check_refused("danger", "redd", &format!("danger: “redd” {rest}"));
        check_refused("danger", "red on", &format!("danger: “on” {rest}"));
        check_refused("danger", "red blue", &format!("danger: “blue” {rest}"));
        check_refused("danger", "on red on blue", &format!("danger: “on” {rest}"));
        check_refused("danger", "#12345", &format!("danger: “#12345” {rest}"));
        assert_eq!(
            Theme::load("drak", &BTreeMap::new(), ColorDepth::True)
                .unwrap_err()
                .to_string(),
            "there is no theme “drak”; there are dark, light, contrast, plain"
        );
    }

    #[test]
    fn a_mistake_in_a_file_is_named_with_its_line() {
        for (text, line) in [
            ("[roles]\nnormal = \"\"\ndangr = \"red\"\n", 3),
            ("[roles]\ndanger = \"redd\"\n", 2),
            ("[roles]\ndanger = 3\n", 2),
            ("[rolls]\n", 1),
            ("[roles]\n\ndanger = \"red\n", 3),
        ] {
            let error = parse(text, ColorDepth::True).unwrap_err();
            assert!(
                matches!(&error, ThemeError::File { line: there, .. } if *there == line),
                "{text}: {error}"
            );
        }
    }
}
