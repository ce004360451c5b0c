//! The settings of the embedded Incident Manager as options of the command line, made from their one list.

use crate::emulator::{Settings, settings::SETTINGS, settings::Setting};
use clap::{
    Arg, ArgMatches, Command,
    builder::{PossibleValuesParser, ValueParser},
    error::ErrorKind,
};
use serde_json::Value;

/// One option for each setting.
#[derive(Debug)]
pub(super) struct SettingFlags(pub(super) Settings);

impl clap::Args for SettingFlags {
    fn augment_args(command: Command) -> Command {
        command
            .next_help_heading("How the account behaves where AWS does not say, and how it misbehaves")
            .args(SETTINGS.iter().map(option))
    }

    fn augment_args_for_update(command: Command) -> Command {
        Self::augment_args(command)
    }
}

impl clap::FromArgMatches for SettingFlags {
    fn from_arg_matches(matches: &ArgMatches) -> Result<Self, clap::Error> {
        let mut settings = Settings::default();
        for setting in SETTINGS {
            if let Some(value) = matches.get_one::<String>(setting.name) {
                settings
                    .set(setting.name, value)
                    .map_err(|error| clap::Error::raw(ErrorKind::InvalidValue, format!("{error}\n")))?;
            }
        }
        Ok(Self(settings))
    }

    fn update_from_arg_matches(&mut self, matches: &ArgMatches) -> Result<(), clap::Error> {
        *self = Self::from_arg_matches(matches)?;
        Ok(())
    }
}

fn option(setting: &Setting) -> Arg {
    let words: Vec<&'static str> = setting.values.split('|').collect();
    let is_choice = words.len() > 1;
    let parser = if is_choice {
        PossibleValuesParser::new(words).into()
    } else {
        ValueParser::string()
    };
    let option = Arg::new(setting.name)
        .long(setting.name)
        .value_name(if is_choice { "WORD" } else { setting.values })
        .value_parser(parser)
        .help(setting.summary.trim_end_matches('.'));
    match default(setting) {
        Some(word) => option.default_value(word),
        None => option,
    }
}

/// Returns the default as it would be typed; nothing where the default is to leave the option out.
fn default(setting: &Setting) -> Option<String> {
    let defaults = serde_json::to_value(Settings::default()).ok()?;
    let value = defaults.get(setting.name)?;
    match value {
        Value::Null => None,
        Value::String(word) => Some(word.clone()),
        Value::Bool(_) | Value::Number(_) | Value::Array(_) | Value::Object(_) => Some(value.to_string()),
    }
}
