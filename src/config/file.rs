//! The configuration file: strict, so that a mistake in it is told and not passed over.

use super::{Flags, Pace, Signing, ThemeName, home};
use crate::{
    domain::schedule::ResolveSchedules,
    failure::{
        Failure,
        written::{Mistake, WrittenFile, named, number, position},
    },
    imports::roster::{Encoding, RosterColumn, RosterColumns, RosterForm},
};
use chrono_tz::Tz;
use serde::Deserialize;
use std::{
    collections::BTreeMap,
    fmt,
    fs::File,
    io::{self, Read as _},
    ops::RangeInclusive,
    path::{Path, PathBuf},
};
use toml::Spanned;

/// Every setting with its default and what it is for.
pub const DEFAULTS: &str = include_str!("../../assets/config.toml");

/// What messages about the file say.
const FILE: WrittenFile = WrittenFile {
    name: "configuration file",
    help: "“callsheet config” prints every setting",
};

/// A file longer than this is no configuration of ours: the commented defaults are a hundredth of it.
const MAX_BYTES: u64 = 1 << 20;

/// How far ahead shifts can be read, in days: beyond a quarter nobody plans rotations.
const HORIZON_DAYS: RangeInclusive<i64> = 1..=90;

/// How long a quarantine may last, in days.
const QUARANTINE_DAYS: RangeInclusive<i64> = 1..=365;

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
    pub(super) quarantine_days: Option<u16>,
    pub(super) managed_by_code: Vec<String>,
    pub(super) resolve_schedules: ResolveSchedules,
    pub(super) theme: ThemeName,
    pub(super) colors: BTreeMap<String, ColorSetting>,
    pub(super) keys: Option<PathBuf>,
    pub(super) mouse: Option<bool>,
    pub(super) plain: Option<bool>,
    pub(super) time_zone: Option<Tz>,
    pub(super) policy: Option<PathBuf>,
    pub(super) roster: Option<PathBuf>,
    pub(super) waivers: Option<PathBuf>,
    pub(super) roster_form: RosterForm,
    pub(super) signing: Signing,
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
    quarantine_days: Option<Spanned<i64>>,
    managed_by_code: Vec<Spanned<String>>,
    resolve_schedules: ResolveSchedules,
    theme: ThemeName,
    colors: BTreeMap<String, Spanned<String>>,
    keys: Option<Spanned<String>>,
    mouse: Option<bool>,
    plain: Option<bool>,
    time_zone: Option<Spanned<String>>,
    policy: Option<Spanned<String>>,
    roster: Option<Spanned<String>>,
    waivers: Option<Spanned<String>>,
    roster_encoding: Option<Spanned<String>>,
    roster_columns: WrittenColumns,
    signing_key: Option<Spanned<String>>,
    signing_principal: Option<Spanned<String>>,
    allowed_signers: Option<Spanned<String>>,
}

/// What the columns of the roster are called.
#[derive(Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
struct WrittenColumns {
    name: Option<Spanned<String>>,
    given_name: Option<Spanned<String>>,
    family_name: Option<Spanned<String>>,
    email: Option<Spanned<String>>,
    phone: Option<Spanned<String>>,
    team: Option<Spanned<String>>,
    status: Option<Spanned<String>>,
    left_on: Option<Spanned<String>>,
    manager: Option<Spanned<String>>,
}

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
        let bytes = match read_bytes(path) {
            Ok(bytes) => bytes,
            Err(error) if error.kind() == io::ErrorKind::NotFound && !self.is_named => Vec::new(),
            Err(error) => return Err(FILE.unreadable(path).because_of(&error).hint(ANOTHER_FILE)),
        };
        let text = FILE.text(&bytes, path).map_err(|failure| failure.hint(ANOTHER_FILE))?;
        parse(text, path.parent()).map_err(|mistake| FILE.wrong(mistake, path, text))
    }
}

const ANOTHER_FILE: &str = "name another file with --config, or move this one out of the way";

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

fn read_bytes(path: &Path) -> io::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    File::open(path)?.take(MAX_BYTES + 1).read_to_end(&mut bytes)?;
    if u64::try_from(bytes.len()).is_ok_and(|length| length > MAX_BYTES) {
        return Err(io::Error::other("it is longer than 1 MiB"));
    }
    Ok(bytes)
}

/// Checks what is written; paths in it are meant from `folder`.
fn parse(text: &str, folder: Option<&Path>) -> Result<Settings, Mistake> {
    let written: Written = toml::from_str(text).map_err(|error| FILE.misread(&error, text))?;
    let requests_in_flight = number(written.requests_in_flight, REQUESTS_IN_FLIGHT, "requests")?;
    let horizon_days = number(written.horizon_days, HORIZON_DAYS, "days")?;
    if let Some(url) = &written.endpoint_url {
        check_endpoint(url.get_ref())
            .map_err(|reason| Mistake::new(reason, "write it like http://127.0.0.1:4010").at(url.span()))?;
    }
    let path = |name: Option<Spanned<String>>| -> Result<Option<PathBuf>, Mistake> {
        let name = name.map(named).transpose()?;
        let name = name.map(|name| home::expanded(PathBuf::from(name)));
        Ok(name.map(|name| folder.map_or_else(|| name.clone(), |folder| folder.join(&name))))
    };
    Ok(Settings {
        profile: written.profile.map(named).transpose()?,
        region: written.region.map(named).transpose()?,
        endpoint_url: written.endpoint_url.map(Spanned::into_inner),
        pace: written.pace,
        requests_in_flight,
        horizon_days,
        quarantine_days: number(written.quarantine_days, QUARANTINE_DAYS, "days")?,
        managed_by_code: written
            .managed_by_code
            .into_iter()
            .map(named)
            .collect::<Result<_, _>>()?,
        resolve_schedules: written.resolve_schedules,
        theme: written.theme,
        colors: written
            .colors
            .into_iter()
            .map(|(role, color)| (role, color_setting(color, text)))
            .collect(),
        keys: path(written.keys)?,
        mouse: written.mouse,
        plain: written.plain,
        time_zone: written.time_zone.as_ref().map(zone).transpose()?,
        policy: path(written.policy)?,
        roster: path(written.roster)?,
        waivers: path(written.waivers)?,
        roster_form: RosterForm {
            columns: columns(written.roster_columns)?,
            encoding: written.roster_encoding.as_ref().map(encoding).transpose()?,
        },
        signing: Signing {
            key: path(written.signing_key)?,
            principal: written.signing_principal.map(named).transpose()?,
            allowed_signers: path(written.allowed_signers)?,
        },
    })
}

fn zone(written: &Spanned<String>) -> Result<Tz, Mistake> {
    written.get_ref().parse().map_err(|_unknown| {
        Mistake::new(
            format!("there is no time zone “{}”", written.get_ref()),
            "write an IANA name, such as “Europe/Berlin” or “UTC”",
        )
        .at(written.span())
    })
}

fn encoding(written: &Spanned<String>) -> Result<Encoding, Mistake> {
    Encoding::named(written.get_ref()).ok_or_else(|| {
        Mistake::new(
            format!("there is no encoding “{}”", written.get_ref()),
            "write a name such as “utf-8”, “utf-16le”, “windows-1250” or “shift_jis”",
        )
        .at(written.span())
    })
}

fn columns(written: WrittenColumns) -> Result<RosterColumns, Mistake> {
    let all = [
        (RosterColumn::Name, written.name),
        (RosterColumn::GivenName, written.given_name),
        (RosterColumn::FamilyName, written.family_name),
        (RosterColumn::Email, written.email),
        (RosterColumn::Phone, written.phone),
        (RosterColumn::Team, written.team),
        (RosterColumn::Status, written.status),
        (RosterColumn::LeftOn, written.left_on),
        (RosterColumn::Manager, written.manager),
    ];
    let set = all.into_iter().filter_map(|(column, name)| Some((column, name?)));
    let set = set.map(|(column, name)| Ok((column, named(name)?)));
    Ok(RosterColumns(set.collect::<Result<_, Mistake>>()?))
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::failure::{FailureKind, written::expected};
    use std::fs;

    /// Returns the settings that a file of these bytes comes to, or the failure without its path.
    fn read(bytes: &[u8]) -> Result<Settings, String> {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("config.toml");
        fs::OpenOptions::new()
            .write(true)
            .create_new(true)
            .open(&path)
            .and_then(|mut file| io::Write::write_all(&mut file, bytes))
            .unwrap();
        named(path.clone())
            .read()
            .map_err(|failure| failure.to_string().replace(&path.display().to_string(), "FILE"))
    }

    fn named(path: PathBuf) -> Source {
        Source {
            path: Some(path),
            is_named: true,
        }
    }

    #[test]
    fn a_tilde_at_the_start_of_a_path_is_the_home_and_other_paths_are_meant_from_the_folder() {
        let settings =
            "signing_key = '~/k.pub'\nallowed_signers = '~/allowed'\nroster = '~/people.csv'\npolicy = 'p.toml'";
        let read = parse(settings, Some(Path::new("/etc/callsheet"))).unwrap();
        let home = directories::BaseDirs::new().unwrap().home_dir().to_owned();
        assert_eq!(read.signing.key, Some(home.join("k.pub")));
        assert_eq!(read.signing.allowed_signers, Some(home.join("allowed")));
        assert_eq!(read.roster, Some(home.join("people.csv")));
        assert_eq!(read.policy, Some(PathBuf::from("/etc/callsheet/p.toml")));
    }

    #[track_caller]
    fn refused(text: &str, expected: &str) {
        assert_eq!(read(text.as_bytes()).unwrap_err(), expected);
    }

    /// Returns every setting that the reader knows.
    fn known() -> Vec<String> {
        let error = toml::from_str::<Written>("nonsense = 1").err().unwrap().to_string();
        let mut known: Vec<String> = expected(&error).into_iter().map(str::to_owned).collect();
        known.sort_unstable();
        known
    }

    /// Takes the comment sign from every line of the defaults that is a setting.
    fn uncommented() -> String {
        let known = known();
        let is_setting = |line: &&str| {
            let name = line.split(" = ").next().unwrap_or_default();
            line.starts_with('[') || known.iter().any(|known| known == name) || line.starts_with("danger = ")
        };
        DEFAULTS
            .lines()
            .filter_map(|line| line.strip_prefix("# "))
            .filter(is_setting)
            .fold(String::new(), |text, line| text + line + "\n")
    }

    #[test]
    fn the_defaults_say_nothing_but_comments() {
        assert_eq!(parse(DEFAULTS, None).ok(), Some(Settings::default()));
        assert!(DEFAULTS.lines().all(|line| line.is_empty() || line.starts_with('#')));
    }

    #[test]
    fn the_defaults_hold_every_setting_with_its_default() {
        let text = uncommented();
        let table: toml::Table = text.parse().unwrap();
        let held: Vec<&str> = table.keys().map(String::as_str).collect();
        assert_eq!(held, known());
        let Ok(settings) = parse(&text, None) else {
            panic!("the defaults are wrong:\n{text}")
        };
        let defaults = super::super::Connection::default();
        assert_eq!(settings.pace, defaults.pace);
        assert_eq!(settings.requests_in_flight, Some(defaults.requests_in_flight));
        let days = u64::from(settings.horizon_days.unwrap());
        assert_eq!(std::time::Duration::from_hours(24 * days), defaults.horizon);
        assert_eq!(settings.theme, ThemeName::default());
        assert_eq!((settings.mouse, settings.plain), (Some(true), Some(false)));
        assert_eq!(settings.resolve_schedules, ResolveSchedules::default());
    }

    #[test]
    fn an_empty_file_and_a_missing_one_leave_the_defaults() {
        assert_eq!(read(b"").unwrap(), Settings::default());
        let folder = tempfile::tempdir().unwrap();
        let missing = Source {
            path: Some(folder.path().join("none.toml")),
            is_named: false,
        };
        assert_eq!(missing.read().unwrap(), Settings::default());
        assert_eq!(
            Source {
                path: None,
                is_named: false
            }
            .read()
            .unwrap(),
            Settings::default()
        );
    }

    #[test]
    fn a_file_that_was_named_has_to_be_there() {
        let folder = tempfile::tempdir().unwrap();
        let failure = named(folder.path().join("none.toml")).read().unwrap_err();
        assert!(failure.what().ends_with("none.toml could not be read."), "{failure}");
        assert_eq!(failure.kind(), FailureKind::Configuration);
    }

    #[test]
    fn a_folder_in_place_of_the_file_is_told() {
        let folder = tempfile::tempdir().unwrap();
        let failure = named(folder.path().to_owned()).read().unwrap_err();
        assert!(failure.what().ends_with("could not be read."), "{failure}");
        assert!(!failure.why().is_empty());
    }

    #[test]
    fn what_other_editors_write_is_read() {
        let settings = read(b"\xef\xbb\xbfregion = \"eu-west-1\"\r\nmouse = false\r\n").unwrap();
        assert_eq!(
            (settings.region.as_deref(), settings.mouse),
            (Some("eu-west-1"), Some(false))
        );
    }

    #[test]
    fn bytes_that_are_no_text_are_told_with_their_line() {
        let failure = read(b"mouse = true\nregion = \"\xff\"\n").unwrap_err();
        assert!(failure.contains("because: line 2 is not UTF-8"), "{failure}");
    }

    #[test]
    fn a_file_that_is_far_too_long_is_not_read() {
        let failure = read(&b"#".repeat(usize::try_from(MAX_BYTES).unwrap() + 1)).unwrap_err();
        assert!(failure.contains("longer than 1 MiB"), "{failure}");
    }

    #[test]
    fn an_unknown_setting_is_told_with_the_nearest_known_one() {
        refused(
            "mouse = true\nregoin = \"eu-west-1\"\n",
            "The configuration file FILE is wrong in line 2, column 1.\n  because: there is no setting “regoin”\n  \
             next: did you mean “region”? “callsheet config” prints every setting",
        );
        refused(
            "zzz = 1",
            "The configuration file FILE is wrong in line 1, column 1.\n  because: there is no setting “zzz”\n  \
             next: “callsheet config” prints every setting",
        );
    }

    #[test]
    fn a_wrong_type_is_told_with_its_place() {
        refused(
            "mouse = \"yes\"",
            "The configuration file FILE is wrong in line 1, column 9.\n  because: invalid type: string \"yes\", \
             expected a boolean\n  next: “callsheet config” prints every setting with an example",
        );
    }

    #[test]
    fn an_impossible_value_is_told_with_what_is_possible() {
        refused(
            "# é\nhorizon_days = 91",
            "The configuration file FILE is wrong in line 2, column 16.\n  because: 91 is out of range\n  \
             next: write 1 to 90 days",
        );
        for (text, reason, hint) in [
            ("requests_in_flight = 0", "0 is out of range", "1 to 64"),
            ("requests_in_flight = -9223372036854775808", "out of range", "1 to 64"),
            (
                "time_zone = \"Europe/Atlantis\"",
                "no time zone “Europe/Atlantis”",
                "IANA",
            ),
            ("theme = \"drak\"", "unknown variant `drak`", "callsheet config"),
            ("pace = \"fast\"", "unknown variant `fast`", "callsheet config"),
            ("roster_encoding = \"klingon\"", "no encoding “klingon”", "windows-1250"),
            (
                "[roster_columns]\nemail = \"\"",
                "the value is empty",
                "leave the line out",
            ),
            ("policy = \"\"", "the value is empty", "leave the line out"),
            ("profile = \" \"", "the value is empty", "leave the line out"),
            (
                "endpoint_url = \"localhost:4010\"",
                "localhost:4010",
                "http://127.0.0.1:4010",
            ),
            (
                "endpoint_url = \"ftp://a\"",
                "does not begin with http://",
                "http://127.0.0.1:4010",
            ),
            ("region = \"a\"\nregion = \"b\"", "duplicate key", "callsheet config"),
            ("region = ", "", "callsheet config"),
        ] {
            let failure = read(text.as_bytes()).unwrap_err();
            assert!(failure.contains(reason) && failure.contains(hint), "{text}: {failure}");
            assert!(failure.lines().count() <= 5, "{text}: {failure}");
        }
    }

    #[test]
    fn what_findings_are_measured_by_is_read_with_its_folder() {
        let text = "policy = \"p.toml\"\nroster = \"/r.csv\"\nroster_encoding = \"latin1\"\n\
                    [roster_columns]\nemail = \"Postfach\"\n";
        let Ok(settings) = parse(text, Some(Path::new("/etc/callsheet"))) else {
            panic!("the settings are right")
        };
        assert_eq!(settings.policy.unwrap(), Path::new("/etc/callsheet/p.toml"));
        assert_eq!(settings.roster.unwrap(), Path::new("/r.csv"));
        assert_eq!(settings.waivers, None);
        assert!(settings.roster_form.encoding.is_some());
        let columns = settings.roster_form.columns.0;
        assert_eq!(columns, [(RosterColumn::Email, "Postfach".to_owned())].into());
        refused(
            "[roster_columns]\nmail = \"x\"",
            "The configuration file FILE is wrong in line 2, column 1.\n  because: there is no setting “mail”\n  \
             next: did you mean “email”? “callsheet config” prints every setting",
        );
    }

    #[test]
    fn colours_know_their_line_and_keys_their_folder() {
        let text = "keys = \"mine.toml\"\n\n[colors]\ndanger = \"red\"\nfaint = \"#101010\"\n";
        let Ok(settings) = parse(text, Some(Path::new("/etc/callsheet"))) else {
            panic!("the settings are right")
        };
        let lines: Vec<(&str, usize)> = settings
            .colors
            .iter()
            .map(|(role, set)| (role.as_str(), set.line))
            .collect();
        assert_eq!(lines, [("danger", 4), ("faint", 5)]);
        assert_eq!(settings.keys.unwrap(), Path::new("/etc/callsheet/mine.toml"));
    }
}
