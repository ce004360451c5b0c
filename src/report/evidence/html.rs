//! A summary as one HTML file: for paper, a wide screen and a phone, with nothing from elsewhere and no script.

use super::document::{Block, Document};
use crate::domain::text::markup_safe;
use std::fmt::Write as _;

/// How it looks. A table becomes cards where the screen is narrow; a picture is moved under the finger, and fits the paper.
const STYLE: &str = "\
:root{color-scheme:light}
*{box-sizing:border-box}
body{margin:0 auto;padding:16px;max-width:70rem;font:16px/1.5 system-ui,'Segoe UI','DejaVu Sans',sans-serif;color:#1f2328;background:#fff;overflow-wrap:anywhere}
h1{font-size:1.6rem;line-height:1.25;margin:0 0 16px}
h2{font-size:1.2rem;margin:2rem 0 .5rem;border-bottom:1px solid #d0d7de}
h3{font-size:1rem;margin:1.2rem 0 .3rem}
.banner{border:2px solid #1a7f37;border-radius:6px;padding:8px 12px;margin:0 0 16px;font-weight:600}
.banner.bad{border-color:#a40e26;background:#ffebe9}
.banner p{margin:0}
table{border-collapse:collapse;width:100%;font-size:.9rem}
th,td{text-align:left;vertical-align:top;padding:4px 8px;border-bottom:1px solid #d0d7de}
dl{display:grid;grid-template-columns:minmax(8rem,1fr) 3fr;gap:2px 12px;margin:0;font-size:.9rem}
dt{color:#59636e}
dd{margin:0}
figure{margin:8px 0}
.picture{overflow-x:auto}
figcaption{font-size:.9rem;color:#59636e}
@media screen and (max-width:640px){
thead{position:absolute;width:1px;height:1px;overflow:hidden;clip-path:inset(50%)}
table,tbody,tr,td{display:block}
tr{border-bottom:2px solid #d0d7de;padding:6px 0}
td{border:0;padding:1px 0}
td::before{content:attr(data-name) \": \";color:#59636e}
dl{grid-template-columns:1fr}
dt{margin-top:6px}
}
@media print{
body{max-width:none;padding:0;font-size:10pt}
h2,h3{break-after:avoid}
tr,figure,dl{break-inside:avoid}
thead{display:table-header-group}
.picture{overflow:visible}
.picture svg{width:100%;height:auto}
}
";

/// Returns a summary as HTML.
pub(super) fn html(document: &Document) -> String {
    let title = markup_safe(&document.title);
    let mut body = String::new();
    for block in &document.blocks {
        add(&mut body, block);
    }
    format!(
        r#"<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8"/>
<meta name="viewport" content="width=device-width, initial-scale=1"/>
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'; img-src data:"/>
<link rel="icon" href="data:,"/>
<title>{title}</title>
<style>
{STYLE}</style>
</head>
<body>
<main>
<h1>{title}</h1>
{body}</main>
</body>
</html>
"#
    )
}

fn add(body: &mut String, block: &Block) {
    match block {
        Block::Banner { is_good, lines } => {
            let class = if *is_good { "banner" } else { "banner bad" };
            let lines: String = lines.iter().map(|line| element("p", line)).collect();
            put(body, &format!("<div class=\"{class}\" role=\"status\">{lines}</div>"));
        }
        Block::Heading(title) => put(body, &element("h2", title)),
        Block::Paragraph(text) => put(body, &element("p", text)),
        Block::List(items) => {
            let items: String = items.iter().map(|item| element("li", item)).collect();
            put(body, &format!("<ul>{items}</ul>"));
        }
        Block::Table { head, rows } => {
            body.push_str("<table><thead><tr>");
            for name in head {
                write!(body, "<th scope=\"col\">{}</th>", markup_safe(name)).ok();
            }
            put(body, "</tr></thead><tbody>");
            for row in rows {
                body.push_str("<tr>");
                for (name, cell) in head.iter().zip(row) {
                    let (name, cell) = (markup_safe(name), markup_safe(cell));
                    write!(body, "<td data-name=\"{name}\">{cell}</td>").ok();
                }
                put(body, "</tr>");
            }
            put(body, "</tbody></table>");
        }
        Block::Facts { title, pairs } => {
            if !title.is_empty() {
                put(body, &element("h3", title));
            }
            let pairs: String = pairs
                .iter()
                .map(|(name, value)| element("dt", name) + &element("dd", value))
                .collect();
            put(body, &format!("<dl>{pairs}</dl>"));
        }
        Block::Picture { svg, words } => {
            let words = element("figcaption", words);
            // Whoever has no finger to move a wide picture with reaches it by the keyboard.
            put(
                body,
                &format!(
                    "<figure><div class=\"picture\" tabindex=\"0\">{}</div>{words}</figure>",
                    svg.trim_end()
                ),
            );
        }
    }
}

fn element(name: &str, text: &str) -> String {
    format!("<{name}>{}</{name}>", markup_safe(text))
}

fn put(body: &mut String, line: &str) {
    // Writing to a string cannot fail.
    writeln!(body, "{line}").ok();
}
