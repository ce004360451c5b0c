//! What findings are measured by: the policy, the roster and the waivers, from the files that the settings name.

use crate::{
    config::{Config, JudgingFiles},
    failure::{Failure, FailureKind},
    findings::judging::Judging,
    imports::{
        policy,
        roster::{self, RosterForm},
        waivers,
    },
    store::Store,
};
use std::{
    fs::File,
    io::{self, Read as _},
    path::Path,
    time::Duration,
};

/// What the demo is measured by.
const DEMO_POLICY: &[u8] = include_bytes!("../../assets/worlds/demo.policy.toml");
/// Who works at the demo's company.
const DEMO_ROSTER: &[u8] = include_bytes!("../../assets/worlds/demo.roster.csv");

/// Reads what findings are measured by; `codes` are those of the checks there are.
///
/// A file that was named has to be there, the waivers included: to whoever named it, an empty answer for want of a file
/// would be a wrong one.
pub(super) fn read(config: &Config, codes: &[&str]) -> Result<Judging, Failure> {
    let JudgingFiles {
        policy,
        roster,
        roster_form,
        waivers,
    } = &config.judging;
    let is_demo = config.demo.is_some();
    let mut judging = Judging {
        resolve_schedules: config.resolve_schedules,
        ..Judging::default()
    };
    match policy {
        Some(path) => judging.policy = policy::parse(&bytes(path, "policy file", policy::MAX_BYTES)?, path, codes)?,
        None if is_demo => judging.policy = policy::parse(DEMO_POLICY, Path::new("demo.policy.toml"), codes)?,
        None => {}
    }
    match roster {
        Some(path) => {
            let bytes = bytes(path, "roster", roster::MAX_BYTES)?;
            judging.roster = Some(roster::parse(&bytes, path, roster_form)?);
        }
        None if is_demo => {
            let form = RosterForm::default();
            judging.roster = Some(roster::parse(DEMO_ROSTER, Path::new("demo.roster.csv"), &form)?);
        }
        None => {}
    }
    let store = Store::new(config);
    // Those that were written on the desk are there when no other file is named.
    let is_there = store.waivers().exists();
    if let Some(path) = waivers.as_deref().or(is_there.then_some(store.waivers())) {
        let bytes = bytes(path, "waivers file", waivers::MAX_BYTES)?;
        judging.waivers = waivers::parse(&bytes, path, codes)?;
    }
    Ok(judging)
}

/// Returns the policy in force as it is written, the defaults where there is no file: a review records it.
pub(super) fn policy_text(config: &Config) -> Result<String, Failure> {
    let bytes = match &config.judging.policy {
        Some(path) => bytes(path, "policy file", policy::MAX_BYTES)?,
        None if config.demo.is_some() => DEMO_POLICY.to_vec(),
        None => policy::DEFAULTS.as_bytes().to_vec(),
    };
    Ok(String::from_utf8_lossy(&bytes).into_owned())
}

/// Returns the settings with shifts read as far ahead as the policy looks.
pub(super) fn with_horizon(mut config: Config, judging: &Judging) -> Config {
    let wanted = Duration::from_hours(24 * u64::from(judging.policy.horizon_days));
    config.connection.horizon = config.connection.horizon.max(wanted);
    config
}

/// Returns what a file holds that somebody named.
fn bytes(path: &Path, name: &str, limit: u64) -> Result<Vec<u8>, Failure> {
    let wrong = |error: &io::Error| {
        let hint = match (error.kind(), name) {
            (io::ErrorKind::NotFound, "waivers file") => "correct its name, or make an empty file there to begin with",
            _ => "correct its name on the command line or in the configuration file, or look who may read it",
        };
        let what = format!("The {name} {} could not be read.", path.display());
        Failure::new(FailureKind::Configuration, what)
            .because_of(error)
            .hint(hint)
    };
    let mut bytes = Vec::new();
    let read = File::open(path).and_then(|file| file.take(limit.saturating_add(1)).read_to_end(&mut bytes));
    let length = read.map_err(|error| wrong(&error))?;
    if u64::try_from(length).is_ok_and(|length| length > limit) {
        return Err(wrong(&io::Error::other(format!(
            "it is longer than {} MiB",
            limit >> 20
        ))));
    }
    Ok(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        config::{Environment, Flags},
        findings::policy::Policy,
    };
    use std::{fs, io::Write as _, path::PathBuf};

    /// Returns what these flags are judged by; the configuration file is empty.
    fn judged(folder: &Path, flags: Flags) -> Result<Judging, Failure> {
        let flags = Flags {
            config: Some(written(folder, "config.toml", "")),
            data_dir: Some(folder.to_owned()),
            ..flags
        };
        read(&Config::load(&flags, &Environment::default()).unwrap(), &["CH01"])
    }

    fn written(folder: &Path, name: &str, text: &str) -> PathBuf {
        let path = folder.join(name);
        let mut options = fs::OpenOptions::new();
        let mut file = options.write(true).create(true).truncate(true).open(&path).unwrap();
        file.write_all(text.as_bytes()).unwrap();
        path
    }

    #[test]
    fn without_files_the_defaults_hold_and_there_is_no_roster() {
        let folder = tempfile::tempdir().unwrap();
        let judging = judged(folder.path(), Flags::default()).unwrap();
        assert_eq!(judging.policy, Policy::default());
        assert_eq!((judging.roster, judging.waivers.len()), (None, 0));
    }

    #[test]
    fn shifts_are_read_as_far_ahead_as_the_policy_looks() {
        let folder = tempfile::tempdir().unwrap();
        let days = |policy: &str| {
            let flags = Flags {
                config: Some(written(folder.path(), "config.toml", "horizon_days = 30")),
                data_dir: Some(folder.path().to_owned()),
                policy: Some(written(folder.path(), "policy.toml", policy)),
                ..Flags::default()
            };
            let config = Config::load(&flags, &Environment::default()).unwrap();
            let judging = read(&config, &["CH01"]).unwrap();
            with_horizon(config, &judging).connection.horizon.as_secs() / 86_400
        };
        assert_eq!((days("horizon_days = 60"), days("horizon_days = 7")), (60, 30));
    }

    #[test]
    fn the_files_that_were_named_are_read() {
        let folder = tempfile::tempdir().unwrap();
        let at = |name: &str, text: &str| Some(written(folder.path(), name, text));
        let flags = Flags {
            policy: at("policy.toml", "horizon_days = 3"),
            roster: at("roster.csv", "name,email\nLi Na,li@a.example\n"),
            waivers: at(
                "waivers.toml",
                "[[waiver]]\ncode = \"CH01\"\nsubject = \"li-na\"\nowner = \"Olga\"\nreason = \"New phone.\"\n\
                 expires = 2026-12-31\nfacts = \"0123456789abcdef\"\n",
            ),
            ..Flags::default()
        };
        let judging = judged(folder.path(), flags).unwrap();
        assert_eq!(judging.policy.horizon_days, 3);
        assert_eq!((judging.roster.unwrap().entries.len(), judging.waivers.len()), (1, 1));
    }

    #[test]
    fn the_demo_has_a_policy_and_people_of_its_own() {
        let folder = tempfile::tempdir().unwrap();
        let demo = || Flags {
            demo: crate::config::DemoFlags {
                demo: true,
                fresh: false,
            },
            ..Flags::default()
        };
        let judging = judged(folder.path(), demo()).unwrap();
        assert!(judging.policy.trusted_accounts.contains("444455556666"));
        assert_eq!(judging.roster.unwrap().entries.len(), 34);
        let other = Flags {
            policy: Some(written(folder.path(), "policy.toml", "")),
            ..demo()
        };
        assert_eq!(judged(folder.path(), other).unwrap().policy, Policy::default());
    }

    #[test]
    fn a_file_that_is_not_there_is_told_with_the_remedy() {
        let folder = tempfile::tempdir().unwrap();
        let none = || Some(folder.path().join("none"));
        for (flags, what, hint) in [
            (
                Flags {
                    policy: none(),
                    ..Flags::default()
                },
                "The policy file ",
                "correct its name on the command line",
            ),
            (
                Flags {
                    roster: none(),
                    ..Flags::default()
                },
                "The roster ",
                "correct its name on the command line",
            ),
            (
                Flags {
                    waivers: none(),
                    ..Flags::default()
                },
                "The waivers file ",
                "make an empty file there",
            ),
        ] {
            let failure = judged(folder.path(), flags).unwrap_err();
            assert!(failure.what().starts_with(what) && failure.what().ends_with("none could not be read."));
            assert!(failure.next_action().unwrap().contains(hint), "{failure}");
            assert_eq!(failure.kind(), FailureKind::Configuration);
        }
    }

    #[test]
    fn a_mistake_in_a_file_is_told_with_its_line() {
        let folder = tempfile::tempdir().unwrap();
        let flags = Flags {
            policy: Some(written(folder.path(), "policy.toml", "\nhorizon_dais = 3")),
            ..Flags::default()
        };
        let failure = judged(folder.path(), flags).unwrap_err();
        assert!(failure.what().ends_with("policy.toml is wrong in line 2, column 1."));
        assert!(failure.next_action().unwrap().contains("did you mean “horizon_days”?"));
    }
}
