//! A summary as Markdown: for a ticket, or for whoever reads without a browser. Pictures are told in words.

use super::document::{Block, Document};
use crate::report::scan::markdown::{drawn, escaped};
use std::fmt::Write as _;

/// Returns a summary as Markdown.
pub(super) fn markdown(document: &Document) -> String {
    let mut text = format!("# {}\n", escaped(&document.title));
    for block in &document.blocks {
        write!(text, "\n{}", written(block)).ok();
    }
    text
}

fn written(block: &Block) -> String {
    match block {
        Block::Banner { lines, .. } => {
            let lines: Vec<String> = lines.iter().map(|line| format!("**{}**\n", escaped(line))).collect();
            lines.join("\n")
        }
        Block::Heading(title) => format!("## {}\n", escaped(title)),
        Block::Paragraph(text) => format!("{}\n", escaped(text)),
        Block::List(items) => items
            .iter()
            .fold(String::new(), |text, item| text + "- " + &escaped(item) + "\n"),
        Block::Table { head, rows } => drawn(head, rows.clone()),
        Block::Facts { title, pairs } => {
            let title = if title.is_empty() {
                String::new()
            } else {
                format!("### {}\n\n", escaped(title))
            };
            pairs.iter().fold(title, |text, (name, value)| {
                format!("{text}- {}: {}\n", escaped(name), escaped(value))
            })
        }
        Block::Picture { words, .. } => format!("{}\n", escaped(words)),
    }
}
