//! The demo account with hostile text in every place where the service lets people write freely.

use callsheet::domain::{
    Timestamp,
    roster::{Roster, RosterEntry, RosterFault},
};
use callsheet::emulator::World;
use callsheet::findings::judging::Judging;
use serde_json::{Map, Value};
use std::sync::Arc;

use crate::demo;

/// The longest text that the service takes for a name.
const LONGEST_NAME: usize = 255;

/// Text of every kind that has ever done harm.
pub(crate) fn texts() -> Vec<String> {
    let texts = [
        "\u{1b}[2J\u{1b}[31m\u{1b}]0;owned\u{7}",
        "\u{1b}Pq\u{1b}\\\u{1b}]52;c;YQ==\u{1b}\\",
        "\u{9b}2J\u{90}q\u{9c}\u{85}\u{9d}0;x\u{9c}",
        "\0nul\u{8}\u{7f}",
        "line\r\nbreak\tand\u{b}\u{c}",
        "\u{202e}desrever\u{202c}\u{2066}x\u{2069}\u{200f}\u{61c}",
        "a\u{200b}\u{200d}\u{2060}\u{feff}\u{ad}b",
        "👩\u{200d}👩\u{200d}👧\u{200d}👦🏳\u{fe0f}\u{200d}🌈#\u{fe0f}\u{20e3}",
        "\u{1f1e9}\u{1f1ea}\u{1f1e9}e\u{301}ﾞﾟｶﾞ",
        "\u{2028}\u{2029}",
        "\u{e000}\u{f8ff}\u{10fffd}\u{fffe}\u{ffff}",
        "tag\u{e0041}\u{e007f}\u{e0101}",
        "\u{3164}\u{115f}\u{180e}\u{034f}",
        "\u{feff}=1+1",
        "=HYPERLINK(\"http://example.com\")",
        "+1",
        "-1\t=2",
        "@SUM(A1)",
        "%0A|calc",
        "＝1",
        "</script><script>alert(1)</script>",
        "</td></tr></table></svg><img src=x onerror=alert(1)>",
        "<!--",
        "]]><b>&amp;&#x1b;&lt;",
        "\"quoted\" 'twice' \\ \\u001b \"\"",
        "| a | b |\n---|---\n# title",
        "`x` $(exit 1) **b** [a](http://x) ![p](x) {0}",
        "שלום עולם مرحبا",
        "a,b;c\td\n\"e",
        "x\nforged: all is well\r\nforged: twice\rforged: thrice",
        "\u{1b}[201~\nexit 1\n\u{1b}[200~",
        "\t=1+1",
        "\r=1+1",
        "--no-sign-request",
    ];
    let mut texts: Vec<String> = texts.map(str::to_owned).into();
    texts.push(format!("Z{}", "\u{301}".repeat(LONGEST_NAME - 1)));
    texts.push("李".repeat(LONGEST_NAME));
    texts.push("👩\u{1f3fd}".repeat(LONGEST_NAME / 2));
    texts.push("W".repeat(LONGEST_NAME));
    texts
}

/// The members of a world in which people write freely.
const FREE: &[&str] = &[
    "display_name",
    "name",
    "subject",
    "content",
    "title",
    "summary",
    "dedupe_string",
    "dedupeString",
    "sender",
    "source",
    "documentName",
    "text",
];

/// Puts the next hostile text before what people wrote.
struct Spoiler {
    texts: Vec<String>,
    next: usize,
}

impl Spoiler {
    fn new() -> Self {
        Self {
            texts: texts(),
            next: 0,
        }
    }

    fn spoiled(&mut self, text: &str) -> String {
        let hostile = &self.texts[self.next % self.texts.len()];
        self.next += 1;
        format!("{hostile}{text}").chars().take(LONGEST_NAME).collect()
    }

    fn spoil(&mut self, value: &mut Value) {
        match value {
            Value::Array(values) => values.iter_mut().for_each(|value| self.spoil(value)),
            Value::Object(members) => {
                for (name, value) in members {
                    match value {
                        Value::String(text) if FREE.contains(&name.as_str()) => *text = self.spoiled(text),
                        Value::Object(tags) if name == "tags" => {
                            let spoiled: Map<String, Value> = std::mem::take(tags)
                                .into_iter()
                                .map(|(key, value)| {
                                    // Tags of known names still mean what they mean.
                                    let keeps = matches!(key.as_str(), "owner" | "team" | "callsheet-quarantined");
                                    let key = if keeps { key } else { self.spoiled(&key) };
                                    (key, self.spoiled(value.as_str().unwrap()).into())
                                })
                                .collect();
                            *tags = spoiled;
                        }
                        other @ (Value::Null
                        | Value::Bool(_)
                        | Value::Number(_)
                        | Value::String(_)
                        | Value::Array(_)
                        | Value::Object(_)) => self.spoil(other),
                    }
                }
            }
            Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
        }
    }
}

/// Returns the account at some time.
pub(crate) fn world(now: Timestamp) -> World {
    let mut value: Value = serde_json::from_str(include_str!("../../../assets/worlds/demo.json")).unwrap();
    Spoiler::new().spoil(&mut value);
    World::from_json_at(&value.to_string(), now).unwrap()
}

/// Returns what the account is judged by: the demo's, with hostile names in the roster.
pub(crate) fn judging() -> Arc<Judging> {
    let mut judging = Judging::clone(&demo::judging());
    let mut spoiler = Spoiler::new();
    let roster = judging.roster.take().unwrap();
    let entries = roster.entries.into_iter().map(|entry| RosterEntry {
        name: spoiler.spoiled(&entry.name),
        team: entry.team.map(|team| spoiler.spoiled(&team)),
        manager: entry.manager.map(|manager| spoiler.spoiled(&manager)),
        ..entry
    });
    judging.roster = Some(Roster {
        entries: entries.collect(),
        faults: texts().into_iter().map(|what| RosterFault { line: 7, what }).collect(),
    });
    Arc::new(judging)
}
