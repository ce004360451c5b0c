//! How far a review covers the account, as a picture: a bar for each kind of row, a piece of it for each decision.

use crate::{domain::text::markup_safe, ledger::entry::Verdict, review::row::RowKind};
use std::{collections::BTreeMap, fmt::Write as _};

/// How many rows of each kind were decided how; [`Verdict::Undecided`] stands for those that are open.
pub(super) type Coverage = BTreeMap<RowKind, BTreeMap<Verdict, usize>>;

/// The width of the whole picture.
const WIDTH: usize = 720;

/// Where the bars begin and how long the longest is.
const LEFT: usize = 160;
const LENGTH: usize = 480;

/// The height of a bar with the space below it.
const LINE: usize = 34;

/// Every decision in the order of the pieces, with the colour and the letter of its piece.
const PIECES: [(Verdict, &str, &str); 6] = [
    (Verdict::Keep, "#1a7f37", "K"),
    (Verdict::Fix, "#0969da", "F"),
    (Verdict::Remove, "#8250df", "R"),
    (Verdict::Waive, "#9a6700", "W"),
    (Verdict::Escalate, "#bc4c00", "E"),
    (Verdict::Undecided, "#a40e26", "?"),
];

/// Returns the picture.
pub(super) fn picture(coverage: &Coverage) -> String {
    let most = coverage.values().map(total).max().unwrap_or(0).max(1);
    let mut body = String::new();
    let mut top = 10;
    for (kind, verdicts) in coverage {
        let middle = top + 17;
        let name = markup_safe(&kind.count(total(verdicts)));
        writeln!(body, r#"<text x="4" y="{middle}" font-size="14">{name}</text>"#).ok();
        let mut passed = 0;
        for (verdict, colour, letter) in PIECES {
            let count = verdicts.get(&verdict).copied().unwrap_or_default();
            if count == 0 {
                continue;
            }
            // From the sums, so that pieces lie side by side whatever is lost in rounding.
            let x = LEFT + passed * LENGTH / most;
            passed += count;
            let width = (LEFT + passed * LENGTH / most).saturating_sub(x).max(1);
            let words = format!("{count} {}", verdict.word());
            writeln!(
                body,
                r#"<g><title>{words}</title><rect x="{x}" y="{top}" width="{width}" height="24" fill="{colour}"/>"#
            )
            .ok();
            if width >= 16 {
                let x = x + width / 2;
                writeln!(
                    body,
                    r##"<text x="{x}" y="{middle}" font-size="12" font-weight="bold" text-anchor="middle" fill="#ffffff">{letter}</text>"##
                )
                .ok();
            }
            body.push_str("</g>\n");
        }
        top += LINE;
    }
    let legend: Vec<String> = PIECES
        .iter()
        .map(|(verdict, _, letter)| format!("{letter} {}", verdict.word()))
        .collect();
    let bottom = top + 14;
    writeln!(
        body,
        r#"<text x="4" y="{bottom}" font-size="13">{}</text>"#,
        legend.join("   ")
    )
    .ok();
    let height = bottom + 10;
    format!(
        r##"<svg xmlns="http://www.w3.org/2000/svg" width="{WIDTH}" height="{height}" viewBox="0 0 {WIDTH} {height}" role="img" aria-label="Rows by decision" font-family="system-ui, 'Segoe UI', 'DejaVu Sans', sans-serif" fill="#1f2328">
<title>Rows by decision</title>
{body}</svg>
"##
    )
}

/// Returns the same in words.
pub(super) fn words(coverage: &Coverage) -> String {
    let kinds = coverage.iter().map(|(kind, verdicts)| {
        let pieces = PIECES.iter().filter_map(|(verdict, _, _)| {
            let count = verdicts.get(verdict).copied().filter(|count| *count > 0)?;
            Some(format!("{count} {}", verdict.word()))
        });
        let pieces: Vec<String> = pieces.collect();
        let total = kind.count(total(verdicts));
        if pieces.is_empty() {
            total
        } else {
            format!("{total} ({})", pieces.join(", "))
        }
    });
    format!("{}.", kinds.collect::<Vec<_>>().join("; "))
}

fn total(verdicts: &BTreeMap<Verdict, usize>) -> usize {
    verdicts.values().sum()
}
