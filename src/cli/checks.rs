//! `callsheet checks`: the catalogue of checks, or one of them explained.

use super::{Status, chosen, output, paper};
use crate::{
    domain::text::neutral,
    failure::{Failure, FailureKind},
    findings::{
        Check, catalogue,
        registry::{self, CHECKS},
    },
    imports::policy,
    report::checks,
};
use std::path::{Path, PathBuf};

/// Print every check of a scan, or one of them explained: why it matters and how to put it right.
#[derive(Debug, clap::Args)]
#[command(after_long_help = EXAMPLES)]
pub(super) struct Arguments {
    /// The check to explain, by its code.
    #[arg(value_name = "CODE", conflicts_with = "policy")]
    code: Option<String>,

    /// Print the default policy instead, ready to be saved and edited.
    ///
    /// It holds every limit with its default and what it is for.
    // The option of every command with this name takes a file; here it stands alone.
    #[arg(long, value_name = "FILE", num_args = 0..=1, require_equals = true, default_missing_value = ALONE)]
    policy: Option<PathBuf>,

    /// How to write it.
    #[arg(long, value_name = "FORMAT", value_enum, default_value_t = Format::Text)]
    format: Format,
}

const EXAMPLES: &str = "\
Examples:
  callsheet checks
  callsheet checks CH02
  callsheet checks --policy > policy.toml
  callsheet checks --format json | jq -r '.checks[] | select(.severity == \"critical\") | .code'";

/// What `--policy` holds when it stands alone.
const ALONE: &str = "-";

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
    if let Some(policy) = &arguments.policy {
        return print_policy(policy);
    }
    let check = arguments.code.as_deref().map(find).transpose()?;
    let text = match (check, arguments.format) {
        (None, Format::Text) => checks::table(paper::layout()),
        (None, Format::Json) => checks::json(CHECKS.iter().copied()),
        (None, Format::Markdown) => catalogue::markdown(),
        (Some(check), Format::Text) => checks::explanation(check, paper::layout()),
        (Some(check), Format::Json) => checks::json([check]),
        (Some(check), Format::Markdown) => catalogue::explanation(check),
    };
    output::write(text.as_bytes())?;
    Ok(Status::Success)
}

fn print_policy(named: &Path) -> Result<Status, Failure> {
    if named != Path::new(ALONE) {
        let what = "“callsheet checks --policy” prints the default policy and takes no file.";
        return Err(Failure::new(FailureKind::Usage, what).hint("leave the file out; a scan takes one"));
    }
    output::lines(policy::DEFAULTS)?;
    Ok(Status::Success)
}

fn find(code: &str) -> Result<&'static Check, Failure> {
    registry::check(code.trim()).ok_or_else(|| {
        let what = format!("There is no check “{}”.", neutral(code));
        Failure::new(FailureKind::Usage, what).hint(chosen::hint(code, &registry::codes()))
    })
}
