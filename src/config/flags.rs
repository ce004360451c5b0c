//! What can be said on the command line of every subcommand.
#![expect(
    clippy::doc_markdown,
    reason = "these comments are the help texts, where backticks would be noise"
)]

use super::home;
use std::path::PathBuf;

/// The options that every subcommand takes, before or after its name.
#[derive(Debug, Clone, PartialEq, Eq, Default, clap::Args)]
#[command(next_help_heading = "Options of every command")]
pub struct Flags {
    /// Use this profile of your AWS configuration.
    ///
    /// Profiles mean what they mean to the AWS CLI: SSO sessions, roles to assume, credential processes and regions
    /// included. Without this option AWS_PROFILE decides, and then the profile called "default".
    #[arg(long, global = true, value_name = "NAME")]
    pub profile: Option<String>,

    /// Read the account in this Region.
    ///
    /// Any Region of the account's replication set shows the same contacts and plans. Without this option AWS_REGION
    /// decides, and then the profile.
    #[arg(long, global = true, value_name = "REGION")]
    pub region: Option<String>,

    /// Send every request to this address instead of to AWS.
    ///
    /// For "callsheet emulator" and other servers that speak the same protocol. Your credentials sign the requests, as
    /// they would with the AWS CLI.
    #[arg(long, global = true, value_name = "URL")]
    pub endpoint_url: Option<String>,

    /// Read the settings from this file.
    ///
    /// Without this option they come from config.toml in the configuration directory of your platform, if it exists;
    /// "callsheet config" says where that is and prints every setting with its default.
    #[arg(
        long,
        global = true,
        value_name = "FILE",
        env = "CALLSHEET_CONFIG",
        hide_env_values = true
    )]
    pub config: Option<PathBuf>,

    /// Measure the account by the policy in this file.
    ///
    /// Limits, the company's mail domains, checks that are off. Without this option it is the one that the configuration
    /// file names, and then the defaults, which "callsheet checks --policy" prints. With --demo, it is the demo's own.
    #[arg(long, global = true, value_name = "FILE")]
    pub policy: Option<PathBuf>,

    /// Look for everybody in this list of the people who work here.
    ///
    /// A CSV file as the people department exports it, with a column for the name and one for the mail address or phone
    /// number at least, and best also for team, status, left_on and manager. Without this option it is the one that the
    /// configuration file names. With --demo, it is the demo's own.
    #[arg(long, global = true, value_name = "FILE")]
    pub roster: Option<PathBuf>,

    /// Leave out the findings that this file waives.
    ///
    /// Each waiver has an owner, a reason and a last day, and holds as long as the facts it was given for. Without this
    /// option it is the file that the configuration file names.
    #[arg(long, global = true, value_name = "FILE")]
    pub waivers: Option<PathBuf>,

    /// Keep everything that callsheet remembers in this directory.
    ///
    /// It is made if need be, for your eyes only. Without this option it is the data directory of your platform.
    #[arg(
        long,
        global = true,
        value_name = "DIR",
        env = "CALLSHEET_DATA_DIR",
        hide_env_values = true
    )]
    pub data_dir: Option<PathBuf>,

    /// Draw without colours.
    ///
    /// The environment variable NO_COLOR does the same. Nothing is told by colour alone, so nothing is lost.
    #[arg(long, global = true)]
    pub no_color: bool,

    /// Tell everything in plain lines, for a screen reader.
    ///
    /// One fact on each line, one thing after the other, the summary first: no columns, no drawing signs, no colours, no line
    /// that is redrawn or broken. Formats for machines (json, csv, …) stay as they are. Without a command, an overview is
    /// printed instead of the desk. The setting "plain" does the same; --plain=false undoes both.
    #[arg(
        long,
        global = true,
        value_name = "SWITCH",
        env = "CALLSHEET_PLAIN",
        hide_env_values = true,
        num_args = 0..=1,
        require_equals = true,
        default_missing_value = "true",
        value_parser = switch
    )]
    pub plain: Option<bool>,

    /// Append a log of what callsheet does to this file, as one JSON object a line.
    ///
    /// It holds operations, names, times and errors, and never an address or a code.
    #[arg(
        long,
        global = true,
        value_name = "FILE",
        env = "CALLSHEET_LOG",
        hide_env_values = true
    )]
    pub log: Option<PathBuf>,

    #[command(flatten)]
    #[expect(missing_docs, reason = "a comment here would replace the heading of the help")]
    pub demo: DemoFlags,
}

/// Returns whether a word switches something on. A variable that is set to nothing does not.
pub(crate) fn switch(word: &str) -> Result<bool, String> {
    match word.to_ascii_lowercase().as_str() {
        "true" | "yes" | "on" | "1" => Ok(true),
        "" | "false" | "no" | "off" | "0" => Ok(false),
        _ => Err("write true or false".to_owned()),
    }
}

impl Flags {
    /// Returns the same with `~` at the start of a path as the home of whoever works here.
    pub(crate) fn at_home(&self) -> Self {
        let at_home = |path: &Option<PathBuf>| path.clone().map(home::expanded);
        Self {
            config: at_home(&self.config),
            policy: at_home(&self.policy),
            roster: at_home(&self.roster),
            waivers: at_home(&self.waivers),
            data_dir: at_home(&self.data_dir),
            log: at_home(&self.log),
            ..self.clone()
        }
    }
}

/// The options of the embedded account.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, clap::Args)]
#[command(next_help_heading = "Options of every command")]
pub struct DemoFlags {
    /// Work on the embedded demo account instead of a real one.
    ///
    /// It is a faithful Incident Manager inside this program, with an organisation of about thirty people that has
    /// something wrong of every kind. It needs no AWS account, sends nothing off this machine, and remembers what you
    /// change until you start with --fresh.
    #[arg(long, global = true)]
    pub demo: bool,

    /// Forget what was changed in the demo account, and start it over.
    #[arg(long, global = true)]
    pub fresh: bool,
}
