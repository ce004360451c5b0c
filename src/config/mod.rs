//! Settings: what was asked for on the command line, in the environment and in the configuration file, as one value.
//!
//! The stages are: defaults, then the configuration file, then the environment, then the command line; each goes before
//! the one ahead of it. AWS's own settings (profiles, SSO, credential processes, environment variables) are not read
//! here: the SDK does that, with the precedence that the AWS CLI has. Only what the operator overrides is passed on,
//! and a profile, Region or endpoint of the configuration file stands back where an AWS variable says otherwise.

mod environment;
mod file;
mod flags;
mod home;

pub use environment::Environment;
pub use file::{ColorSetting, DEFAULTS, Source};
pub(crate) use flags::switch;
pub use flags::{DemoFlags, Flags};
pub(crate) use home::expanded as at_home;

use crate::{
    domain::schedule::ResolveSchedules,
    failure::{Failure, FailureKind},
    imports::roster::RosterForm,
};
use chrono_tz::Tz;
use std::{collections::BTreeMap, path::PathBuf, time::Duration};

/// Everything that was asked for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Config {
    /// How to reach the account.
    pub connection: Connection,
    /// What the account's last snapshot is looked up by; absent where the settings do not say which account it is.
    pub asked: Option<Asked>,
    /// Where everything that callsheet remembers lies; that of the demo account lies apart.
    pub data_dir: PathBuf,
    /// How many colours to draw with.
    pub color_depth: ColorDepth,
    /// Why nothing can be drawn on the terminal, by what `TERM` says; absent where it can.
    pub no_screen: Option<&'static str>,
    /// The theme.
    pub theme: ThemeName,
    /// Colours of single roles, over those of the theme; the theme knows which roles there are.
    pub colors: BTreeMap<String, ColorSetting>,
    /// The configuration file, for messages about its colours.
    pub source: Option<PathBuf>,
    /// The operator's own keys.
    pub keys_file: Option<PathBuf>,
    /// Whether to listen to the mouse.
    pub has_mouse: bool,
    /// The zone in which times are shown.
    pub time_zone: Tz,
    /// Where to append the log.
    pub log_file: Option<PathBuf>,
    /// Whether the embedded account is asked for, and how.
    pub demo: Option<Demo>,
    /// What findings are measured by.
    pub judging: JudgingFiles,
    /// When schedules are taken to be resolved.
    pub resolve_schedules: ResolveSchedules,
    /// How sign-offs are signed.
    pub signing: Signing,
    /// How many days somebody stays in quarantine before they may be deleted.
    pub quarantine_days: u16,
    /// Names (patterns with `*`) of what code manages, besides what tags say.
    pub managed_by_code: Vec<String>,
}

/// How sign-offs are signed.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Signing {
    /// The SSH key, or its public half; absent where sign-offs are not signed.
    pub key: Option<PathBuf>,
    /// Who signs, as the file of allowed signers names them; where it is absent, the name that is typed.
    pub principal: Option<String>,
    /// The file of allowed signers, against which a fresh signature is checked.
    pub allowed_signers: Option<PathBuf>,
}

/// How many days a quarantine lasts unless somebody says otherwise.
const QUARANTINE_DAYS: u16 = 30;

/// The files of what findings are measured by.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct JudgingFiles {
    /// The policy.
    pub policy: Option<PathBuf>,
    /// Who works here.
    pub roster: Option<PathBuf>,
    /// How the roster is to be read.
    pub roster_form: RosterForm,
    /// The findings that somebody has decided to live with.
    pub waivers: Option<PathBuf>,
}

/// The account as it was asked for, before anybody has answered which one it is.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, serde::Serialize, serde::Deserialize)]
pub struct Asked {
    /// The profile, by option, environment or configuration file.
    pub profile: Option<String>,
    /// The Region, likewise.
    pub region: Option<String>,
    /// The endpoint, likewise; absent for the demo account, whose address changes.
    pub endpoint: Option<String>,
}

/// How the embedded account is started.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Demo {
    /// Whether to forget what was changed in it.
    pub is_fresh: bool,
}

/// How many colours the terminal is taken to have.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum ColorDepth {
    /// None, or none are wanted.
    None,
    /// The sixteen that every terminal has.
    Sixteen,
    /// The 256 of xterm.
    Indexed,
    /// 24 bits.
    True,
}

/// The themes that come with the program.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, serde::Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum ThemeName {
    /// For light text on a dark ground.
    #[default]
    Dark,
    /// For dark text on a light ground.
    Light,
    /// With the strongest contrast.
    Contrast,
    /// With the terminal's own two colours.
    Plain,
}

/// How to reach the account.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Connection {
    /// The profile that was asked for (`--profile`); otherwise the SDK's choice (`AWS_PROFILE`, `default`).
    pub profile: Option<String>,
    /// The Region that was asked for (`--region`); otherwise the SDK's choice.
    pub region: Option<String>,
    /// The endpoint that was asked for (`--endpoint-url`), for every service; otherwise the SDK's choice.
    pub endpoint_url: Option<String>,
    /// Whether to sign with made-up credentials: the embedded account takes any, and real ones have no place there.
    pub is_demo: bool,
    /// Whether to keep to the published request rates.
    pub pace: Pace,
    /// How many requests may be under way at once.
    pub requests_in_flight: usize,
    /// How far ahead shifts are read.
    pub horizon: Duration,
}

/// Whether requests keep to the published rates.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, serde::Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Pace {
    /// Each class of operations keeps to its published rate, and slows down further when throttled.
    #[default]
    Published,
    /// As fast as answers come, until the service throttles.
    Off,
}

impl Connection {
    /// How far ahead shifts are read unless it is set otherwise: the horizon of the checks.
    const HORIZON: Duration = Duration::from_hours(14 * 24);

    /// Requests under way at once unless it is set otherwise: at 20 requests per second and class, 16 keep every
    /// class busy up to answers that take a second.
    pub const REQUESTS_IN_FLIGHT: usize = 16;
}

impl Default for Connection {
    fn default() -> Self {
        Self {
            profile: None,
            region: None,
            endpoint_url: None,
            is_demo: false,
            pace: Pace::Published,
            requests_in_flight: Self::REQUESTS_IN_FLIGHT,
            horizon: Self::HORIZON,
        }
    }
}

impl ThemeName {
    /// Returns the name as it is written in the configuration file.
    pub fn name(self) -> &'static str {
        match self {
            Self::Dark => "dark",
            Self::Light => "light",
            Self::Contrast => "contrast",
            Self::Plain => "plain",
        }
    }
}

impl Config {
    /// Returns whether people are told things in plain lines. This is wanted before anything else is known, and so that it
    /// can be told what is wrong with the settings: a file that cannot be understood says nothing of it.
    pub fn is_plain(flags: &Flags) -> bool {
        let by_file = || Source::find(flags).read().ok()?.plain;
        flags.plain.or_else(by_file).unwrap_or_default()
    }

    /// Combines the stages into one value.
    pub fn load(flags: &Flags, environment: &Environment) -> Result<Self, Failure> {
        if flags.demo.fresh && !flags.demo.demo {
            return Err(usage("--fresh starts the demo account over, so it needs --demo.")
                .hint("add --demo, or leave --fresh out"));
        }
        let source = Source::find(flags);
        let file = source.read()?;
        let connection = connection(flags, environment, &file)?;
        // What the file names is about the real account: the demo has a policy and people of its own.
        let unless_demo = |named: Option<PathBuf>| named.filter(|_| !flags.demo.demo);
        let judging = JudgingFiles {
            policy: flags.policy.clone().or(unless_demo(file.policy)),
            roster_form: if flags.demo.demo && flags.roster.is_none() {
                RosterForm::default()
            } else {
                file.roster_form
            },
            roster: flags.roster.clone().or(unless_demo(file.roster)),
            waivers: flags.waivers.clone().or(unless_demo(file.waivers)),
        };
        Ok(Self {
            judging,
            resolve_schedules: file.resolve_schedules,
            signing: file.signing,
            quarantine_days: file.quarantine_days.unwrap_or(QUARANTINE_DAYS),
            managed_by_code: file.managed_by_code,
            asked: asked(&connection, environment),
            data_dir: data_dir(flags)?,
            color_depth: color_depth(flags, environment),
            no_screen: no_screen(environment),
            theme: file.theme,
            colors: file.colors,
            source: source.path,
            keys_file: file.keys,
            has_mouse: file.mouse.unwrap_or(true),
            time_zone: file.time_zone.unwrap_or_else(machine_time_zone),
            log_file: flags.log.clone(),
            demo: flags.demo.demo.then_some(Demo {
                is_fresh: flags.demo.fresh,
            }),
            connection,
        })
    }
}

fn usage(what: &str) -> Failure {
    Failure::new(FailureKind::Usage, what)
}

/// The Region in which the demo account is read, one of the two of its replication set.
const DEMO_REGION: &str = "eu-west-1";

fn connection(flags: &Flags, environment: &Environment, file: &file::Settings) -> Result<Connection, Failure> {
    let common = Connection {
        pace: file.pace,
        requests_in_flight: file.requests_in_flight.unwrap_or(Connection::REQUESTS_IN_FLIGHT),
        horizon: file
            .horizon_days
            .map_or(Connection::HORIZON, |days| Duration::from_hours(24 * u64::from(days))),
        ..Connection::default()
    };
    if flags.demo.demo {
        if flags.profile.is_some() || flags.endpoint_url.is_some() {
            return Err(
                usage("--demo opens the embedded account, so no profile and no endpoint go with it.")
                    .hint("leave --demo out, or leave --profile and --endpoint-url out"),
            );
        }
        return Ok(Connection {
            region: Some(flags.region.clone().unwrap_or_else(|| DEMO_REGION.to_owned())),
            is_demo: true,
            // The embedded account is nobody else's: there is no rate to keep.
            pace: Pace::Off,
            ..common
        });
    }
    // A setting of the file gives way to an AWS variable: it is left to the SDK then.
    let unless =
        |names: &[&str], value: &Option<String>| (!environment.has_any(names)).then(|| value.clone()).flatten();
    let endpoint_url = flags.endpoint_url.clone();
    if let Some(url) = &endpoint_url {
        file::check_endpoint(url).map_err(|reason| {
            usage("The address after --endpoint-url is wrong.")
                .because(reason)
                .hint("write it like http://127.0.0.1:4010")
        })?;
    }
    Ok(Connection {
        profile: flags.profile.clone().or_else(|| {
            unless(
                &["AWS_PROFILE", "AWS_DEFAULT_PROFILE", "AWS_ACCESS_KEY_ID"],
                &file.profile,
            )
        }),
        region: flags
            .region
            .clone()
            .or_else(|| unless(&["AWS_REGION", "AWS_DEFAULT_REGION"], &file.region)),
        endpoint_url: endpoint_url.or_else(|| unless(ENDPOINT_VARIABLES, &file.endpoint_url)),
        ..common
    })
}

const ENDPOINT_VARIABLES: &[&str] = &[
    "AWS_ENDPOINT_URL",
    "AWS_ENDPOINT_URL_SSM_CONTACTS",
    "AWS_ENDPOINT_URL_SSM_INCIDENTS",
    "AWS_ENDPOINT_URL_STS",
];

/// Says by what the account's last snapshot is found.
///
/// Bare keys in the environment may belong to any account, so they find nothing: better an empty screen for a second
/// than the people of another account.
fn asked(connection: &Connection, environment: &Environment) -> Option<Asked> {
    let from = |name| environment.get(name).map(str::to_owned);
    let is_bare = connection.profile.is_none() && !connection.is_demo && environment.has_any(&["AWS_ACCESS_KEY_ID"]);
    let or = |value: &Option<String>, names: &[&'static str]| {
        let named = || names.iter().copied().find_map(from);
        value.clone().or_else(|| (!connection.is_demo).then(named).flatten())
    };
    (!is_bare).then(|| Asked {
        profile: or(&connection.profile, &["AWS_PROFILE", "AWS_DEFAULT_PROFILE"]),
        region: or(&connection.region, &["AWS_REGION", "AWS_DEFAULT_REGION"]),
        endpoint: or(&connection.endpoint_url, ENDPOINT_VARIABLES),
    })
}

fn data_dir(flags: &Flags) -> Result<PathBuf, Failure> {
    let base = match &flags.data_dir {
        Some(named) => named.clone(),
        None => platform()
            .map(|platform| platform.data_local_dir().to_owned())
            .ok_or_else(|| {
                Failure::new(
                    FailureKind::Configuration,
                    "There is no home directory to keep data in.",
                )
                .hint("name a directory with --data-dir")
            })?,
    };
    // What is remembered of a made-up account never lies beside what is remembered of a real one.
    Ok(if flags.demo.demo { base.join("demo") } else { base })
}

fn platform() -> Option<directories::ProjectDirs> {
    directories::ProjectDirs::from("", "", "callsheet")
}

/// Returns why nothing can be drawn on the terminal.
fn no_screen(environment: &Environment) -> Option<&'static str> {
    match environment.get("TERM").unwrap_or_default() {
        // The Windows console sets none.
        "" if cfg!(windows) => None,
        "" => Some("TERM is not set"),
        "dumb" => Some("TERM is dumb"),
        _ => None,
    }
}

fn color_depth(flags: &Flags, environment: &Environment) -> ColorDepth {
    let terminal = environment.get("TERM").unwrap_or_default();
    let claims = environment.get("COLORTERM").unwrap_or_default();
    let names = |words: &[&str]| words.iter().any(|word| terminal.contains(word));
    if flags.no_color || environment.has_any(&["NO_COLOR"]) || matches!(terminal, "dumb" | "vt100" | "vt220") {
        ColorDepth::None
    } else if matches!(claims, "truecolor" | "24bit")
        // COLORTERM does not travel over ssh; these terminals are known by their own names.
        || names(&["-direct", "kitty", "alacritty", "ghostty", "wezterm", "foot"])
        // The Windows console sets neither.
        || (cfg!(windows) && terminal.is_empty())
    {
        ColorDepth::True
    } else if names(&["256color"]) {
        ColorDepth::Indexed
    } else {
        ColorDepth::Sixteen
    }
}

/// Returns the zone that this machine is set to, or UTC where that cannot be told.
fn machine_time_zone() -> Tz {
    iana_time_zone::get_timezone()
        .ok()
        .and_then(|name| name.parse().ok())
        .unwrap_or(Tz::UTC)
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::{fs, io::Write as _};

    /// Returns what these stages come to; `file` is what the configuration file holds.
    fn load(flags: Flags, environment: &[(&str, &str)], file: &str) -> Result<Config, Failure> {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("config.toml");
        let mut options = fs::OpenOptions::new();
        let mut written = options.write(true).create_new(true).open(&path).unwrap();
        written.write_all(file.as_bytes()).unwrap();
        let flags = Flags {
            config: Some(path),
            data_dir: Some(PathBuf::from("data")),
            ..flags
        };
        let environment = environment.iter().map(|(name, value)| (*name, (*value).to_owned()));
        Config::load(&flags, &Environment::new(environment))
    }

    fn demo(is_fresh: bool) -> Flags {
        Flags {
            demo: DemoFlags {
                demo: true,
                fresh: is_fresh,
            },
            ..Flags::default()
        }
    }

    fn profile(name: &str) -> Flags {
        Flags {
            profile: Some(name.to_owned()),
            ..Flags::default()
        }
    }

    #[test]
    fn without_anything_the_defaults_are_in_force() {
        let config = load(Flags::default(), &[], "").unwrap();
        assert_eq!(config.connection, Connection::default());
        assert_eq!(
            (config.has_mouse, config.theme, config.demo),
            (true, ThemeName::Dark, None)
        );
        assert_eq!(config.data_dir, PathBuf::from("data"));
    }

    #[test]
    fn each_stage_goes_before_the_one_ahead_of_it() {
        let file = "profile = \"file\"\nregion = \"eu-west-1\"\nendpoint_url = \"http://file\"";
        let of = |flags, environment: &[(&str, &str)]| load(flags, environment, file).unwrap();
        let by_file = of(Flags::default(), &[("AWS_PROFILE", "")]);
        assert_eq!(by_file.connection.profile.as_deref(), Some("file"));
        assert_eq!(by_file.connection.endpoint_url.as_deref(), Some("http://file"));

        let by_environment = of(
            Flags::default(),
            &[
                ("AWS_PROFILE", "environment"),
                ("AWS_REGION", "us-east-1"),
                ("AWS_ENDPOINT_URL", "http://environment"),
            ],
        );
        // What the environment says is the SDK's business; the file just stands back.
        assert_eq!(by_environment.connection, Connection::default());
        let asked = by_environment.asked.unwrap();
        assert_eq!(asked.profile.as_deref(), Some("environment"));
        assert_eq!(asked.region.as_deref(), Some("us-east-1"));

        let by_flag = of(profile("flag"), &[("AWS_PROFILE", "environment")]);
        assert_eq!(by_flag.connection.profile.as_deref(), Some("flag"));
        assert_eq!(by_flag.connection.region.as_deref(), Some("eu-west-1"));
    }

    #[test]
    fn the_files_that_findings_are_measured_by_are_found() {
        let file = "policy = \"file.toml\"\nroster = \"file.csv\"\n[roster_columns]\nname = \"wer\"";
        let flags = || Flags {
            policy: Some(PathBuf::from("flag.toml")),
            ..Flags::default()
        };
        let judging = load(flags(), &[], file).unwrap().judging;
        assert_eq!(judging.policy, Some(PathBuf::from("flag.toml")));
        assert!(judging.roster.unwrap().ends_with("file.csv"));
        assert_eq!((judging.waivers, judging.roster_form.columns.0.len()), (None, 1));
        let of_demo = Flags {
            demo: demo(false).demo,
            ..flags()
        };
        let judging = load(of_demo, &[], file).unwrap().judging;
        let expected = JudgingFiles {
            policy: Some(PathBuf::from("flag.toml")),
            ..JudgingFiles::default()
        };
        assert_eq!(judging, expected);
    }

    #[test]
    fn bare_keys_recall_no_account() {
        let keys = [("AWS_ACCESS_KEY_ID", "AKIDEXAMPLE")];
        assert_eq!(load(Flags::default(), &keys, "profile = \"file\"").unwrap().asked, None);
        assert!(load(profile("audit"), &keys, "").unwrap().asked.is_some());
        assert!(load(Flags::default(), &[], "").unwrap().asked.is_some());
    }

    #[test]
    fn the_demo_account_has_nothing_to_do_with_a_real_one() {
        let file = "profile = \"file\"\nregion = \"us-east-1\"\nendpoint_url = \"http://file\"";
        let config = load(
            demo(true),
            &[("AWS_PROFILE", "real"), ("AWS_REGION", "us-east-2")],
            file,
        )
        .unwrap();
        let connection = &config.connection;
        assert_eq!((&connection.profile, &connection.endpoint_url), (&None, &None));
        assert_eq!(connection.region.as_deref(), Some("eu-west-1"));
        assert!(connection.is_demo);
        assert_eq!(connection.pace, Pace::Off);
        assert_eq!(config.data_dir, PathBuf::from("data/demo"));
        assert_eq!(config.demo, Some(Demo { is_fresh: true }));
        assert_eq!(config.asked.unwrap().profile, None);
    }

    #[test]
    fn options_that_exclude_each_other_are_wrong_usage() {
        let only_fresh = Flags {
            demo: DemoFlags {
                demo: false,
                fresh: true,
            },
            ..Flags::default()
        };
        let with_profile = Flags {
            profile: Some("audit".to_owned()),
            ..demo(false)
        };
        let with_endpoint = Flags {
            endpoint_url: Some("http://127.0.0.1:1".to_owned()),
            ..demo(false)
        };
        let no_address = Flags {
            endpoint_url: Some("127.0.0.1".to_owned()),
            ..Flags::default()
        };
        for flags in [only_fresh, with_profile, with_endpoint, no_address] {
            let failure = load(flags.clone(), &[], "").unwrap_err();
            assert_eq!(failure.kind(), FailureKind::Usage, "{flags:?}");
            assert!(failure.next_action().is_some(), "{flags:?}");
        }
    }

    #[test]
    fn colours_are_as_many_as_the_terminal_says() {
        for (environment, depth) in [
            (&[][..], ColorDepth::Sixteen),
            (&[("TERM", "xterm-256color")], ColorDepth::Indexed),
            (
                &[("TERM", "xterm-256color"), ("COLORTERM", "truecolor")],
                ColorDepth::True,
            ),
            (&[("TERM", "xterm-direct")], ColorDepth::True),
            (&[("TERM", "xterm-kitty")], ColorDepth::True),
            (&[("TERM", "linux")], ColorDepth::Sixteen),
            (&[("TERM", "dumb"), ("COLORTERM", "truecolor")], ColorDepth::None),
            (&[("NO_COLOR", "1"), ("COLORTERM", "truecolor")], ColorDepth::None),
            (&[("NO_COLOR", ""), ("COLORTERM", "24bit")], ColorDepth::True),
        ] {
            assert_eq!(
                load(Flags::default(), environment, "").unwrap().color_depth,
                depth,
                "{environment:?}"
            );
        }
        let no_color = Flags {
            no_color: true,
            ..Flags::default()
        };
        let config = load(no_color, &[("COLORTERM", "truecolor")], "").unwrap();
        assert_eq!(config.color_depth, ColorDepth::None);
    }

    #[test]
    fn what_term_says_decides_whether_something_can_be_drawn() {
        let of = |environment: &[(&str, &str)]| load(Flags::default(), environment, "").unwrap().no_screen;
        assert_eq!(of(&[("TERM", "dumb")]), Some("TERM is dumb"));
        assert_eq!(of(&[("TERM", "vt100")]), None);
        assert_eq!(of(&[]).is_none(), cfg!(windows));
    }

    #[test]
    fn settings_of_the_file_arrive() {
        let file = "pace = \"off\"\nhorizon_days = 30\nrequests_in_flight = 4\ntime_zone = \"Asia/Tokyo\"\nmouse = false\n\
                    theme = \"plain\"\nresolve_schedules = \"plan-start\"";
        let config = load(Flags::default(), &[], file).unwrap();
        assert_eq!(config.resolve_schedules, ResolveSchedules::PlanStart);
        assert_eq!(config.connection.pace, Pace::Off);
        assert_eq!(config.connection.horizon, Duration::from_hours(30 * 24));
        assert_eq!(config.connection.requests_in_flight, 4);
        assert_eq!(config.time_zone, Tz::Asia__Tokyo);
        assert_eq!((config.has_mouse, config.theme), (false, ThemeName::Plain));
    }
}
