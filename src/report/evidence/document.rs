//! What a summary says, apart from how it is written.

/// A summary.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Document {
    /// Its title.
    pub(super) title: String,
    /// Its parts, in their order.
    pub(super) blocks: Vec<Block>,
}

/// A part of a summary. Every text in it is plain: the forms escape what they have to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Block {
    /// What has to be seen first.
    Banner {
        /// Whether it is good news.
        is_good: bool,
        /// What it says.
        lines: Vec<String>,
    },
    /// The title of a section.
    Heading(String),
    /// A paragraph.
    Paragraph(String),
    /// A list.
    List(Vec<String>),
    /// A table; every row has as many cells as the head.
    Table {
        /// The names of the columns.
        head: Vec<&'static str>,
        /// The rows.
        rows: Vec<Vec<String>>,
    },
    /// Names with their values, under a title.
    Facts {
        /// The title; empty where the section's is enough.
        title: String,
        /// The names and values.
        pairs: Vec<(String, String)>,
    },
    /// A picture, and the same in words for those who do not see it.
    Picture {
        /// The picture: an SVG element whose texts are escaped.
        svg: String,
        /// What it shows.
        words: String,
    },
}

impl Document {
    pub(super) fn new(title: String) -> Self {
        Self {
            title,
            blocks: Vec::new(),
        }
    }

    pub(super) fn heading(&mut self, title: &str) {
        self.blocks.push(Block::Heading(title.to_owned()));
    }

    pub(super) fn paragraph(&mut self, text: impl Into<String>) {
        self.blocks.push(Block::Paragraph(text.into()));
    }

    /// Adds a list, or says what there is instead of one.
    pub(super) fn list(&mut self, items: Vec<String>, none: &str) {
        if items.is_empty() {
            self.paragraph(none);
        } else {
            self.blocks.push(Block::List(items));
        }
    }

    /// Adds a table, or says what there is instead of one.
    pub(super) fn table(&mut self, head: &[&'static str], rows: Vec<Vec<String>>, none: &str) {
        if rows.is_empty() {
            self.paragraph(none);
        } else {
            let head = head.to_vec();
            self.blocks.push(Block::Table { head, rows });
        }
    }

    pub(super) fn facts(&mut self, title: impl Into<String>, pairs: Vec<(String, String)>) {
        let title = title.into();
        self.blocks.push(Block::Facts { title, pairs });
    }
}
