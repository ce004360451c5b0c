//! Strings from outside, made safe to draw.
//!
//! Names may hold escape sequences, line separators, marks that turn the writing direction, or nothing at all. They
//! are kept as they came in the inventory and pass through here on their way to a screen or a log.

use std::borrow::Cow;

/// Returns `text` with everything that could move the cursor or turn the line around replaced by a visible sign.
///
/// ```
/// use callsheet::domain::text::neutral;
///
/// assert_eq!(neutral("Zoë"), "Zoë");
/// assert!(!neutral("Zoë\u{1b}[2J").contains('\u{1b}'));
/// ```
pub fn neutral(text: &str) -> Cow<'_, str> {
    if text.chars().any(is_harmful) {
        Cow::Owned(
            text.chars()
                .map(|c| if is_harmful(c) { stand_in(c) } else { c })
                .collect(),
        )
    } else {
        Cow::Borrowed(text)
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

/// Returns whether a terminal may do something other than draw `c`.
pub fn is_harmful(c: char) -> bool {
    c.is_control()
        || matches!(c,
            '\u{00ad}'                  // soft hyphen: drawn or not, as the terminal likes
            | '\u{061c}' | '\u{200b}'..='\u{200f}' // zero width, direction marks
            | '\u{2028}'..='\u{202e}'   // line and paragraph separators, direction overrides
            | '\u{2060}'..='\u{206f}'   // word joiner, isolates, deprecated format characters
            | '\u{feff}' | '\u{fff9}'..='\u{fffb}'
            | '\u{e0000}'..='\u{e007f}') // tags
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
