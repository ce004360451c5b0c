//! Text with meaning: what a piece of text *is*, never what colour it has. The theme decides colours.

use crate::domain::text::neutral;
use serde::Deserialize;
use std::borrow::Cow;

macro_rules! roles {
    ($($(#[$doc:meta])* $name:ident = $word:literal,)*) => {
        /// What a piece of text is.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default, Deserialize)]
        #[serde(rename_all = "kebab-case")]
        pub enum Role {
            /// Ordinary text.
            #[default]
            Normal,
            $($(#[$doc])* $name,)*
        }

        impl Role {
            /// Every role.
            pub const ALL: &[Self] = &[Self::Normal, $(Self::$name,)*];

            /// Returns the role's name in themes and in the configuration file.
            pub fn name(self) -> &'static str {
                match self { Self::Normal => "normal", $(Self::$name => $word,)* }
            }
        }
    };
}

roles! {
    /// Text that helps and does not matter: units, separators, empty values.
    Dim = "dim",
    /// The name of the program, of a screen, of a section.
    Title = "title",
    /// The titles of columns.
    Heading = "heading",
    /// A frame or rule.
    Frame = "frame",
    /// The row that commands act on.
    Selected = "selected",
    /// The same row while another pane has the keys.
    SelectedAway = "selected-away",
    /// A marked row.
    Marked = "marked",
    /// The tab of the screen that is shown.
    Tab = "tab",
    /// A key that can be pressed.
    Key = "key",
    /// Something that is as it should be.
    Good = "good",
    /// Something to look at.
    Warning = "warning",
    /// Something that is wrong.
    Danger = "danger",
    /// Something that could not be read.
    Unknown = "unknown",
    /// A row from an earlier load.
    Stale = "stale",
    /// Something that leads elsewhere.
    Link = "link",
    /// Text that is being typed.
    Input = "input",
    /// The mode in which nothing can be changed.
    ReadOnly = "read-only",
    /// The mode in which the account can be changed.
    Armed = "armed",
    /// The part of a bar that is done.
    Progress = "progress",
}

/// A piece of text with one role.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Span {
    /// The text, neutralised.
    pub text: String,
    /// What it is.
    pub role: Role,
}

impl Span {
    /// Returns `text` in `role`, with everything harmful in it made visible.
    pub fn new(text: impl AsRef<str>, role: Role) -> Self {
        Self {
            text: match neutral(text.as_ref()) {
                Cow::Borrowed(text) => text.to_owned(),
                Cow::Owned(text) => text,
            },
            role,
        }
    }
}

/// One line of text.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Line {
    /// Its pieces, from left to right.
    pub spans: Vec<Span>,
}

impl Line {
    /// Returns a line of one piece.
    pub fn of(text: impl AsRef<str>, role: Role) -> Self {
        Self {
            spans: vec![Span::new(text, role)],
        }
    }

    /// Returns an ordinary line.
    pub fn plain(text: impl AsRef<str>) -> Self {
        Self::of(text, Role::Normal)
    }

    /// Adds a piece.
    #[must_use]
    pub fn and(mut self, text: impl AsRef<str>, role: Role) -> Self {
        self.spans.push(Span::new(text, role));
        self
    }

    /// Returns the text without its roles.
    pub fn text(&self) -> String {
        self.spans.iter().map(|span| span.text.as_str()).collect()
    }
}
