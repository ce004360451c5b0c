//! The summary of the evidence in a real browser: on a phone nothing sticks out, and nothing is asked of anybody.
//!
//! It needs Chromium: the program that `CALLSHEET_CHROMIUM` names, or `chromium`, `chromium-browser` or `google-chrome`.
//! Without one this test says on standard error that it did not run; with `CALLSHEET_REQUIRE_CHROMIUM` set it fails.

use crate::evidence::Reviewed;
use serde_json::Value;
use std::{
    env,
    fmt::Write as _,
    fs,
    io::{self, Write as _},
    net::TcpListener,
    path::{Path, PathBuf},
    process::Command,
};
use tempfile::TempDir;

/// The width of a phone in CSS pixels.
const PHONE: u32 = 390;

/// Measures the page in each frame, and writes what it found where it can be read from outside.
const MEASURE: &str = r#"
<pre id="found"></pre>
<script>
addEventListener("load", () => {
  const measured = [...document.querySelectorAll("iframe")].map(frame => {
    const page = frame.contentDocument;
    const cell = page.querySelector("td");
    return {
      width: page.documentElement.scrollWidth,
      frame: frame.clientWidth,
      title: page.title,
      pictures: page.querySelectorAll("svg").length,
      requests: frame.contentWindow.performance.getEntriesByType("resource").map(entry => entry.name),
      cell: cell ? frame.contentWindow.getComputedStyle(cell).display : null,
    };
  });
  document.getElementById("found").textContent = JSON.stringify(measured);
});
</script>
"#;

#[test]
fn the_summary_fits_a_phone_and_asks_nothing_of_anybody() {
    let Some(chromium) = chromium() else {
        let why = "no Chromium was found; see the opening lines of tests/it/evidence_browser.rs";
        assert!(!is_set("CALLSHEET_REQUIRE_CHROMIUM"), "{why}");
        // Written past the test harness, which shows nothing of a test that passes.
        writeln!(io::stderr(), "NOT RUN: the_summary_fits_a_phone: {why}").unwrap();
        return;
    };
    let reviewed = Reviewed::of("assets/worlds/demo.json");
    let page = fs::read_to_string(reviewed.export().join("summary.html")).unwrap();
    // Without its own ban on requests, so that one would be seen.
    let ban = page
        .lines()
        .find(|line| line.contains("Content-Security-Policy"))
        .unwrap();
    let bad = r#"<p style="width:900px">wide</p><img src="picture.png">"#;
    let frames = [
        (&*page.replace(ban, ""), PHONE),
        (&page, PHONE),
        (&page, 1200),
        (bad, PHONE),
    ];
    let found = measured(&chromium, &frames);
    let [phone, under_ban, wide, bad] = found.as_slice() else {
        panic!("{found:?}")
    };
    assert_eq!(phone["title"], "Review 2026-Q4");
    assert_eq!(phone["frame"], PHONE);
    assert_eq!(phone["width"], PHONE, "nothing sticks out");
    assert_eq!(phone["requests"], serde_json::json!([]));
    assert_eq!(phone["cell"], "block", "a table is drawn as cards");
    assert!(phone["pictures"].as_u64().unwrap() > 1, "{phone}");
    assert_eq!(under_ban, phone, "the page under its own ban is drawn the same");
    assert_eq!((&wide["width"], &wide["cell"]), (&1200.into(), &"table-cell".into()));

    // The measure sees what it has to.
    assert!(bad["width"].as_u64().unwrap() > 900, "{bad}");
    let asked = bad["requests"][0].as_str().unwrap();
    assert!(asked.ends_with("/picture.png"), "{asked}");
}

/// Opens pages in frames of these widths, and returns what was measured of each.
fn measured(chromium: &Path, pages: &[(&str, u32)]) -> Vec<Value> {
    let folder = TempDir::new().unwrap();
    // Whatever a page names by a path is asked of a port at which nobody listens any more.
    let port = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
    let mut around = "<!DOCTYPE html><meta charset=\"utf-8\">".to_owned();
    for (page, width) in pages {
        let page = format!("<base href=\"http://127.0.0.1:{port}/\">{page}");
        let page = page.replace('&', "&amp;").replace('"', "&quot;");
        let style = format!("border:0;width:{width}px;height:844px");
        write!(around, "<iframe style=\"{style}\" srcdoc=\"{page}\"></iframe>").unwrap();
    }
    around.push_str(MEASURE);
    let file = folder.path().join("around.html");
    fs::write(&file, around).unwrap();
    let output = Command::new(chromium)
        .args([
            "--headless",
            "--no-sandbox",
            "--disable-gpu",
            "--hide-scrollbars",
            "--window-size=1400,900",
        ])
        .args([
            "--no-first-run",
            "--disable-background-networking",
            "--virtual-time-budget=10000",
        ])
        .arg(format!("--user-data-dir={}", folder.path().join("profile").display()))
        .arg("--dump-dom")
        .arg(format!("file://{}", file.display()))
        .output()
        .unwrap();
    let dom = String::from_utf8_lossy(&output.stdout);
    let found = dom
        .split("<pre id=\"found\">")
        .nth(1)
        .and_then(|rest| rest.split("</pre>").next())
        .unwrap_or_default();
    serde_json::from_str(&found.replace("&amp;", "&")).unwrap_or_else(|error| {
        let err = String::from_utf8_lossy(&output.stderr);
        panic!("{error}: {found}\n{err}")
    })
}

fn chromium() -> Option<PathBuf> {
    let named = env::var_os("CALLSHEET_CHROMIUM").map(PathBuf::from);
    let usual = ["chromium", "chromium-browser", "google-chrome"].map(PathBuf::from);
    named.into_iter().chain(usual).find(|program| {
        let output = Command::new(program).arg("--version").output();
        output.is_ok_and(|output| output.status.success())
    })
}

fn is_set(name: &str) -> bool {
    env::var_os(name).is_some_and(|value| !value.is_empty())
}
