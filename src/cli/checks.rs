//! `callsheet checks`: the catalogue of checks, or one of them explained.

use super::{Status, chosen, output, paper};
use crate::{
    domain::text::neutral,
    failure::{Failure, FailureKind},
    findings::{
        Check, catalogue,
        registry::{self, CHECKS},
    },
    report::checks,
};

/// Print every check of a scan, or one of them explained: why it matters and how to put it right.
#[derive(Debug, clap::Args)]
#[command(after_long_help = EXAMPLES)]
pub(super) struct Arguments {
    /// The check to explain, by its code.
    #[arg(value_name = "CODE")]
    code: Option<String>,

    /// How to write it.
    #[arg(long, value_name = "FORMAT", value_enum, default_value_t = Format::Text)]
    format: Format,
}

const EXAMPLES: &str = "\
Examples:
  callsheet checks
  callsheet checks CH02
  callsheet checks --format json | jq -r '.checks[] | select(.severity == \"critical\") | .code'";

/// How checks are written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
enum Format {
    /// Plain text.
    Text,
    /// One JSON object.
    Json,
    /// Markdown.
    Markdown,
}

/// Prints the catalogue, or one check.
pub(super) fn run(arguments: &Arguments) -> Result<Status, Failure> {
    let check = arguments.code.as_deref().map(find).transpose()?;
    let text = match (check, arguments.format) {
        (None, Format::Text) => checks::table(paper::width()),
        (None, Format::Json) => checks::json(CHECKS.iter().copied()),
        (None, Format::Markdown) => catalogue::markdown(),
        (Some(check), Format::Text) => checks::explanation(check, paper::width()),
        (Some(check), Format::Json) => checks::json([check]),
        (Some(check), Format::Markdown) => catalogue::explanation(check),
    };
    output::write(text.as_bytes())?;
    Ok(Status::Success)
}

fn find(code: &str) -> Result<&'static Check, Failure> {
    registry::check(code.trim()).ok_or_else(|| {
        let what = format!("There is no check “{}”.", neutral(code));
        Failure::new(FailureKind::Usage, what).hint(chosen::hint(code, &registry::codes()))
    })
}
