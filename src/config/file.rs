//! The configuration file: strict, so that a mistake in it is told and not passed over.

use super::{Flags, Pace, ThemeName};
use crate::failure::{Failure, FailureKind};
use chrono_tz::Tz;
use serde::Deserialize;
use std::{
    collections::BTreeMap,
    fmt,
    fs::File,
    io::{self, Read as _},
    ops::{Range, RangeInclusive},
    path::{Path, PathBuf},
};
use toml::Spanned;

/// Every setting with its default and what it is for.
pub const DEFAULTS: &str = include_str!("../../assets/config.toml");

/// A file longer than this is no configuration of ours: the commented defaults are a hundredth of it.
const MAX_BYTES: u64 = 1 << 20;

/// How far ahead shifts can be read, in days: beyond a quarter nobody plans rotations.
const HORIZON_DAYS: RangeInclusive<i64> = 1..=90;

/// How many requests may be under way: more than this only fills the service's queue.
const REQUESTS_IN_FLIGHT: RangeInclusive<i64> = 1..=64;

/// Where the settings come from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Source {
    /// The file; absent where the platform has no place for one.
    pub path: Option<PathBuf>,
    /// Whether somebody named it, so that it has to be there.
    is_named: bool,
}

/// The value of a colour, and where it was written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ColorSetting {
    /// The colour as it was written.
    pub color: String,
    /// The line of the configuration file, from 1.
    pub line: usize,
}

/// What the file says.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(super) struct Settings {
    pub(super) profile: Option<String>,
    pub(super) region: Option<String>,
    pub(super) endpoint_url: Option<String>,
    pub(super) pace: Pace,
    pub(super) requests_in_flight: Option<usize>,
    pub(super) horizon_days: Option<u32>,
    pub(super) theme: ThemeName,
    pub(super) colors: BTreeMap<String, ColorSetting>,
    pub(super) keys: Option<PathBuf>,
    pub(super) mouse: Option<bool>,
    pub(super) time_zone: Option<Tz>,
}

/// The file as it is written.
#[derive(Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
struct Written {
    profile: Option<Spanned<String>>,
    region: Option<Spanned<String>>,
    endpoint_url: Option<Spanned<String>>,
    pace: Pace,
    requests_in_flight: Option<Spanned<i64>>,
    horizon_days: Option<Spanned<i64>>,
    theme: ThemeName,
    colors: BTreeMap<String, Spanned<String>>,
    keys: Option<Spanned<String>>,
    mouse: Option<bool>,
    time_zone: Option<Spanned<String>>,
}

/// The settings that a file can hold, for "did you mean".
const KEYS: &[&str] = &[
    "profile",
    "region",
    "endpoint_url",
    "pace",
    "requests_in_flight",
    "horizon_days",
    "theme",
    "colors",
    "keys",
    "mouse",
    "time_zone",
];

impl Source {
    /// Returns where the settings come from, without looking whether anything is there.
    pub fn find(flags: &Flags) -> Self {
        Self {
            path: flags
                .config
                .clone()
                .or_else(|| super::platform().map(|platform| platform.config_dir().join("config.toml"))),
            is_named: flags.config.is_some(),
        }
    }

    /// Reads and checks the file. One that nobody named need not exist.
    pub(super) fn read(&self) -> Result<Settings, Failure> {
        let Some(path) = &self.path else {
            return Ok(Settings::default());
        };
        let text = match read_text(path) {
            Ok(text) => text,
            Err(error) if error.kind() == io::ErrorKind::NotFound && !self.is_named => String::new(),
            Err(error) => {
                let what = format!("The configuration file {} could not be read.", path.display());
                return Err(Failure::new(FailureKind::Configuration, what)
                    .because_of(&error)
                    .hint("name another file with --config, or move this one out of the way"));
            }
        };
        parse(&text, path.parent()).map_err(|mistake| mistake.in_file(path, &text))
    }
}

impl fmt::Display for Source {
    /// Writes which file is read, in one sentence.
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.path {
            None => out.write_str("No configuration file is read: this machine has no place for one."),
            Some(path) if path.exists() => write!(out, "Settings are read from {}.", path.display()),
            Some(path) => write!(
                out,
                "Settings would be read from {}, which does not exist.",
                path.display()
            ),
        }
    }
}

/// Something wrong in the file.
struct Mistake {
    /// Where, in bytes.
    at: Range<usize>,
    reason: String,
    hint: String,
}

impl Mistake {
    fn in_file(self, path: &Path, text: &str) -> Failure {
        let (line, column) = position(text, self.at.start);
        let what = format!(
            "The configuration file {} is wrong in line {line}, column {column}.",
            path.display()
        );
        Failure::new(FailureKind::Configuration, what)
            .because(self.reason)
            .hint(self.hint)
    }
}

fn read_text(path: &Path) -> io::Result<String> {
    let mut bytes = Vec::new();
    File::open(path)?.take(MAX_BYTES + 1).read_to_end(&mut bytes)?;
    if u64::try_from(bytes.len()).is_ok_and(|length| length > MAX_BYTES) {
        return Err(io::Error::other("it is longer than 1 MiB"));
    }
    let text = String::from_utf8(bytes).map_err(|error| {
        let line = 1 + error
            .as_bytes()
            .iter()
            .take(error.utf8_error().valid_up_to())
            .filter(|b| **b == b'\n')
            .count();
        io::Error::other(format!("line {line} is not UTF-8"))
    })?;
    // Some editors on Windows begin every file with a byte order mark.
    Ok(text
        .strip_prefix('\u{feff}')
        .map_or_else(|| text.clone(), str::to_owned))
}

/// Checks what is written; paths in it are meant from `folder`.
fn parse(text: &str, folder: Option<&Path>) -> Result<Settings, Mistake> {
    let written: Written = toml::from_str(text).map_err(|error| misread(&error, text))?;
    let requests_in_flight = number(written.requests_in_flight, REQUESTS_IN_FLIGHT, "requests")?;
    let horizon_days = number(written.horizon_days, HORIZON_DAYS, "days")?;
    if let Some(url) = &written.endpoint_url {
        check_endpoint(url.get_ref()).map_err(|reason| Mistake {
            at: url.span(),
            reason,
            hint: "write it like http://127.0.0.1:4010".to_owned(),
        })?;
    }
    Ok(Settings {
        profile: written.profile.map(named).transpose()?,
        region: written.region.map(named).transpose()?,
        endpoint_url: written.endpoint_url.map(Spanned::into_inner),
        pace: written.pace,
        requests_in_flight,
        horizon_days,
        theme: written.theme,
        colors: written
            .colors
            .into_iter()
            .map(|(role, color)| (role, color_setting(color, text)))
            .collect(),
        keys: written
            .keys
            .map(named)
            .transpose()?
            .map(|name| folder.map_or_else(|| PathBuf::from(&name), |folder| folder.join(&name))),
        mouse: written.mouse,
        time_zone: written.time_zone.as_ref().map(zone).transpose()?,
    })
}

/// Says what the TOML reader stumbled over in our own words where it is a key, and in the reader's otherwise.
fn misread(error: &toml::de::Error, text: &str) -> Mistake {
    let at = error.span().unwrap_or(0..0);
    let message = error.message().trim().replace('\n', ", ");
    let key = text.get(at.clone()).unwrap_or_default();
    if !message.starts_with("unknown field") {
        return Mistake {
            at,
            reason: message,
            hint: "“callsheet config” prints every setting with an example".to_owned(),
        };
    }
    let nearest = nearest(key, KEYS);
    Mistake {
        at,
        reason: format!("there is no setting “{key}”"),
        hint: nearest.map_or_else(
            || "“callsheet config” prints every setting".to_owned(),
            |name| format!("did you mean “{name}”? “callsheet config” prints every setting"),
        ),
    }
}

/// Returns the word that `text` was most likely meant to be.
fn nearest<'a>(text: &str, words: &[&'a str]) -> Option<&'a str> {
    words
        .iter()
        .map(|word| (strsim::jaro_winkler(text, word), *word))
        .filter(|(likeness, _)| *likeness > CLOSE_ENOUGH)
        .max_by(|(one, _), (other, _)| one.total_cmp(other))
        .map(|(_, word)| word)
}

/// The likeness from which a slip of the keyboard is more probable than another word; clap uses the same.
const CLOSE_ENOUGH: f64 = 0.7;

fn number<T: TryFrom<i64>>(
    written: Option<Spanned<i64>>,
    range: RangeInclusive<i64>,
    unit: &str,
) -> Result<Option<T>, Mistake> {
    let Some(written) = written else { return Ok(None) };
    let (least, most) = (*range.start(), *range.end());
    let value = *written.get_ref();
    let mistake = || Mistake {
        at: written.span(),
        reason: format!("{value} is out of range"),
        hint: format!("write {least} to {most} {unit}"),
    };
    let value = range.contains(&value).then_some(value).ok_or_else(mistake)?;
    T::try_from(value).map(Some).map_err(|_out_of_range| mistake())
}

fn named(written: Spanned<String>) -> Result<String, Mistake> {
    if written.get_ref().trim().is_empty() {
        return Err(Mistake {
            at: written.span(),
            reason: "the value is empty".to_owned(),
            hint: "leave the line out for the default".to_owned(),
        });
    }
    Ok(written.into_inner())
}

fn zone(written: &Spanned<String>) -> Result<Tz, Mistake> {
    written.get_ref().parse().map_err(|_unknown| Mistake {
        at: written.span(),
        reason: format!("there is no time zone “{}”", written.get_ref()),
        hint: "write an IANA name, such as “Europe/Berlin” or “UTC”".to_owned(),
    })
}

fn color_setting(written: Spanned<String>, text: &str) -> ColorSetting {
    let (line, _) = position(text, written.span().start);
    ColorSetting {
        color: written.into_inner(),
        line,
    }
}

/// Says what is wrong with the address of an endpoint.
pub(super) fn check_endpoint(url: &str) -> Result<(), String> {
    let uri: hyper::Uri = url.parse().map_err(|error| format!("“{url}” is no address: {error}"))?;
    let is_http = matches!(uri.scheme_str(), Some("http" | "https"));
    if is_http && uri.host().is_some_and(|host| !host.is_empty()) {
        Ok(())
    } else {
        Err(format!("“{url}” does not begin with http:// or https:// and a host"))
    }
}

/// Returns the line and column of a byte, both from 1; columns count characters.
fn position(text: &str, byte: usize) -> (usize, usize) {
    let before = text.get(..byte).unwrap_or(text);
    let line_start = before.rfind('\n').map_or(0, |newline| newline + 1);
    let column = before.chars().count() - before.get(..line_start).map_or(0, |lines| lines.chars().count());
    (before.matches('\n').count() + 1, column + 1)
}
