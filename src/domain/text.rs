//! Strings from outside, made safe to draw.
//!
//! Names may hold escape sequences, line separators, marks that turn the writing direction, or nothing at all. They
//! are kept as they came in the inventory and pass through here on their way to a screen or a log.

use super::typed::without_addresses;
use std::{borrow::Cow, fmt::Write as _};
use unicode_width::UnicodeWidthChar as _;

/// The most marks on one letter. No language has as many; a pile of them is drawn over the lines above and below.
const MOST_MARKS: usize = 6;

/// Returns `text` with everything that could move the cursor, turn the line around or be drawn over other lines replaced by a
/// visible sign.
///
/// ```
/// use callsheet::domain::text::neutral;
///
/// assert_eq!(neutral("Zoë"), "Zoë");
/// assert!(!neutral("Zoë\u{1b}[2J").contains('\u{1b}'));
/// ```
pub fn neutral(text: &str) -> Cow<'_, str> {
    let mut marks = 0;
    let mut signs = text.chars().map(|c| {
        marks = if c.width() == Some(0) { marks + 1 } else { 0 };
        (c, sign(c, marks))
    });
    if signs.all(|(c, sign)| sign == Some(c)) {
        return Cow::Borrowed(text);
    }
    let mut marks = 0;
    let signs = text.chars().filter_map(|c| {
        marks = if c.width() == Some(0) { marks + 1 } else { 0 };
        sign(c, marks)
    });
    Cow::Owned(signs.collect())
}

/// Returns what is drawn for a character that is the last of so many marks in a row; of a pile, one sign for all that is too
/// much.
fn sign(c: char, marks: usize) -> Option<char> {
    if is_harmful(c) {
        Some(stand_in(c))
    } else if marks <= MOST_MARKS {
        Some(c)
    } else {
        (marks == MOST_MARKS + 1).then_some('\u{fffd}')
    }
}

/// How much of a text a message repeats: enough to find it by, however long it is.
const LONGEST_EXCERPT: usize = 60;

/// How much of an explanation is told: whoever puts a whole book into a setting is not shown it again.
const LONGEST_EXPLANATION: usize = 500;

/// Returns the beginning of a text as a message may repeat it: harmless, without whole addresses, and short.
pub fn excerpt(text: &str) -> String {
    beginning(text, LONGEST_EXCERPT)
}

/// Returns an explanation that may repeat texts from outside, likewise: a parser's message, the reason of a mistake.
pub fn explanation(text: &str) -> String {
    beginning(text, LONGEST_EXPLANATION)
}

fn beginning(text: &str, most: usize) -> String {
    let text = without_addresses(text);
    let text = neutral(&text);
    match text.char_indices().nth(most) {
        Some((end, _)) => format!("{}…", text.get(..end).unwrap_or_default()),
        None => text.into_owned(),
    }
}

/// Returns `text` as a cell that a spreadsheet takes for text and never for a formula.
///
/// Everything harmful is made visible, and an apostrophe goes before a sign that begins a formula.
///
/// ```
/// use callsheet::domain::text::spreadsheet_safe;
///
/// assert_eq!(spreadsheet_safe("=1+1"), "'=1+1");
/// ```
pub fn spreadsheet_safe(text: &str) -> Cow<'_, str> {
    let text = neutral(text);
    // A full-width sign counts, too: some spreadsheets fold it to the plain one.
    if text
        .trim_start()
        .starts_with(['=', '+', '-', '@', '＝', '＋', '－', '＠', '|', '%'])
    {
        Cow::Owned(format!("'{text}"))
    } else {
        text
    }
}

/// Returns `text` as XML, SVG and HTML take it, between tags and in attributes alike.
///
/// Everything harmful is made visible, and characters that XML forbids altogether become the sign for it.
pub fn markup_safe(text: &str) -> String {
    let mut safe = String::with_capacity(text.len());
    for c in neutral(text).chars() {
        match c {
            '&' => safe.push_str("&amp;"),
            '<' => safe.push_str("&lt;"),
            '>' => safe.push_str("&gt;"),
            '"' => safe.push_str("&quot;"),
            '\'' => safe.push_str("&#39;"),
            '\u{fffe}' | '\u{ffff}' => safe.push('\u{fffd}'),
            _ => safe.push(c),
        }
    }
    safe
}

/// Returns JSON in which whatever a terminal might act upon is escaped. It reads the same.
///
/// The serialiser escapes the control characters of ASCII. Others, and the marks that turn the writing direction, can only
/// stand inside strings, where an escape is always allowed; line feeds there are escaped already.
pub fn json_safe(json: &str) -> String {
    let mut safe = String::with_capacity(json.len());
    for c in json.chars() {
        if c == '\n' || !is_harmful(c) {
            safe.push(c);
            continue;
        }
        for unit in c.encode_utf16(&mut [0; 2]) {
            write!(safe, "\\u{unit:04x}").ok();
        }
    }
    safe
}

/// Returns whole lines with everything harmful in each made visible.
pub fn neutral_lines(text: &str) -> String {
    text.split('\n').map(neutral).collect::<Vec<_>>().join("\n")
}

/// Returns whether a terminal may do something other than draw `c`.
pub fn is_harmful(c: char) -> bool {
    c.is_control()
        || matches!(c,
            '\u{00ad}'                  // soft hyphen: drawn or not, as the terminal likes
            | '\u{034f}' | '\u{115f}' | '\u{1160}' | '\u{3164}' | '\u{ffa0}' // joiner and fillers that nobody sees
            | '\u{180e}' | '\u{17b4}' | '\u{17b5}' // a separator and vowels that nobody sees
            | '\u{1bca0}'..='\u{1bca3}' | '\u{1d173}'..='\u{1d17a}' // format characters of shorthand and music
            | '\u{061c}' | '\u{200b}'..='\u{200f}' // zero width, direction marks
            | '\u{2028}'..='\u{202e}'   // line and paragraph separators, direction overrides
            | '\u{2060}'..='\u{206f}'   // word joiner, isolates, deprecated format characters
            | '\u{feff}' | '\u{fff0}'..='\u{fffb}'
            | '\u{e0000}'..='\u{e00ff}' | '\u{e01f0}'..='\u{e0fff}') // tags, and what is kept free for the like
}

fn stand_in(c: char) -> char {
    match u32::from(c) {
        // The Unicode "control pictures" show which control character stood there.
        code @ 0..=0x1f => char::from_u32(0x2400 + code).unwrap_or('\u{fffd}'),
        0x7f => '\u{2421}',
        _ => '\u{fffd}',
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn harmless_text_is_not_copied() {
        assert!(matches!(neutral("Zoë Åkerman 李"), Cow::Borrowed(_)));
    }

    #[test]
    fn a_pile_of_marks_ends_in_one_sign() {
        let zoe = "Zoe\u{301}\u{302}\u{303}";
        assert!(matches!(neutral(zoe), Cow::Borrowed(_)));
        let pile = format!("Z{}oe", "\u{301}".repeat(250));
        let shown = neutral(&pile).into_owned();
        assert_eq!(shown, format!("Z{}\u{fffd}oe", "\u{301}".repeat(6)));
        assert_eq!(neutral(&shown), shown);
    }

    #[test]
    fn what_nobody_sees_becomes_visible() {
        assert_eq!(neutral("a\u{3164}\u{180e}\u{e0100}b"), "a\u{fffd}\u{fffd}\u{e0100}b");
    }

    #[test]
    fn a_message_repeats_the_beginning_of_a_long_text() {
        assert_eq!(excerpt("a\u{1b}b"), "a␛b");
        assert_eq!(excerpt("le+447700900123ft"), "le+44•••••••123ft");
        assert_eq!(excerpt(&"é".repeat(60)), "é".repeat(60));
        assert_eq!(excerpt(&"é".repeat(61)), "é".repeat(60) + "…");
    }

    #[test]
    fn a_spreadsheet_sees_no_formula() {
        assert_eq!(spreadsheet_safe("=HYPERLINK(1)"), "'=HYPERLINK(1)");
        assert_eq!(spreadsheet_safe(" +44•••123"), "' +44•••123");
        assert_eq!(spreadsheet_safe("\t@SUM(1)"), "␉@SUM(1)");
        assert_eq!(spreadsheet_safe("Anna"), "Anna");
    }

    #[test]
    fn markup_holds_no_tag_and_no_forbidden_character() {
        assert_eq!(
            markup_safe("<a b='c\"&\u{1b}\u{ffff}>"),
            "&lt;a b=&#39;c&quot;&amp;␛\u{fffd}&gt;"
        );
    }

    #[test]
    fn escape_sequences_and_direction_marks_become_visible() {
        assert_eq!(neutral("a\u{1b}[2J\u{202e}b\n"), "a␛[2J\u{fffd}b␊");
    }
}
