//! `callsheet policy`: the least-privilege IAM documents of each way of working.

use super::{
    Status,
    demo::{Demo, Wanted},
    output,
};
use crate::{
    aws::Account,
    config::{Config, Connection},
    domain::{
        access::{Need, Way},
        ids::Arn,
        text::neutral,
    },
    failure::{Failure, FailureKind},
    report::policy::{self, Form, Place},
};
use std::time::Duration;

/// Print the least-privilege IAM policy of a way of working with callsheet.
///
/// It allows exactly what callsheet calls, in the account and Region at hand: give them with --account and --region, or
/// sign in as usual, and the account is asked who you are. What cannot be found out is left open as "*", and that is
/// said on standard error. Of what other accounts share with yours the policy allows nothing.
///
/// A cleaner who changes response plans that have a runbook may also need iam:PassRole on its role, and where they have
/// an integration secretsmanager:GetSecretValue on its secret.
#[derive(Debug, clap::Args)]
#[command(after_long_help = EXAMPLES)]
pub(super) struct Arguments {
    /// What its holder does.
    #[arg(value_name = "WAY", value_enum)]
    way: WayName,

    /// Make it for this account.
    #[arg(long, value_name = "ID", value_parser = account)]
    account: Option<String>,

    /// Also allow what only some branches need.
    ///
    /// For a reviewer that is to correct an address and to deactivate a device, for a cleaner to put a person back who
    /// was taken out.
    #[arg(long)]
    optional: bool,

    #[command(flatten)]
    form: FormFlags,
}

const EXAMPLES: &str = "\
Examples:
  callsheet policy viewer > viewer.json
  callsheet policy reviewer --account 111122223333 --region eu-west-1
  callsheet policy cleaner --boundary
  callsheet policy cleaner --scp --role 'arn:aws:iam::*:role/PagingCleaner'";

/// Which of the three documents is printed.
#[derive(Debug, clap::Args)]
struct FormFlags {
    /// Print it as a permissions boundary, which denies everything else.
    #[arg(long, conflicts_with = "scp")]
    boundary: bool,

    /// Print a service control policy that denies the dangerous calls to everybody but one role.
    ///
    /// The calls are those of the way of working that change who is paged or send a message to a person. Whoever else
    /// makes them in your organisation is denied them as well, Terraform's role for example.
    #[arg(long, requires = "role")]
    scp: bool,

    /// The role that --scp spares, by its ARN, in which * stands for anything.
    #[arg(long, value_name = "ARN", requires = "scp", value_parser = role)]
    role: Option<String>,
}

/// The ways of working, as they are named on the command line.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
enum WayName {
    /// Reads, and changes nothing: enough for this version of callsheet.
    Viewer,
    /// Confirms and activates devices.
    Reviewer,
    /// Takes people out of paging.
    Cleaner,
}

impl From<WayName> for Way {
    fn from(name: WayName) -> Self {
        match name {
            WayName::Viewer => Self::Viewer,
            WayName::Reviewer => Self::Reviewer,
            WayName::Cleaner => Self::Cleaner,
        }
    }
}

/// How long the account is waited for: a policy for every account now is better than one for this account never.
const LONGEST_WAIT: Duration = Duration::from_secs(15);

fn account(text: &str) -> Result<String, String> {
    if text.len() == 12 && text.bytes().all(|byte| byte.is_ascii_digit()) {
        Ok(text.to_owned())
    } else {
        Err("an account is twelve digits".to_owned())
    }
}

fn role(text: &str) -> Result<String, String> {
    let is_role = Arn::parse(text).is_ok_and(|arn| arn.service() == "iam" && arn.resource().starts_with("role/"));
    if is_role {
        Ok(text.to_owned())
    } else {
        Err("a role is written as arn:aws:iam::111122223333:role/NAME, and * may stand for any part".to_owned())
    }
}

/// Prints the document.
pub(super) fn run(arguments: &Arguments, config: &Config) -> Result<Status, Failure> {
    let way = Way::from(arguments.way);
    let most = if arguments.optional {
        Need::Sometimes
    } else {
        Need::Always
    };
    let form = match &arguments.form.role {
        Some(role) => Form::ServiceControl { role: role.clone() },
        None if arguments.form.boundary => Form::Boundary,
        None => Form::Identity,
    };
    // A service control policy names no place.
    let place = match form {
        Form::Identity | Form::Boundary => place(arguments, config)?,
        Form::ServiceControl { .. } => Place {
            region: None,
            account: None,
        },
    };
    let document = policy::document(way, most, &form, &place).ok_or_else(|| {
        let what = format!("A {} does nothing that others could be denied.", way.word());
        Failure::new(FailureKind::Usage, what).hint("callsheet policy cleaner --scp --role ARN")
    })?;
    // Plain, it is the same document: JSON does not mind how its lines begin.
    output::lines(&policy::json(&document))?;
    Ok(Status::Success)
}

/// Finds out where the policy is for: from the command line, or else from the account.
fn place(arguments: &Arguments, config: &Config) -> Result<Place, Failure> {
    let mut place = Place {
        region: config.connection.region.clone(),
        account: arguments.account.clone(),
    };
    if place.region.is_some() && place.account.is_some() {
        return Ok(place);
    }
    let runtime = super::multi_threaded()?;
    let asked = runtime.block_on(async { tokio::time::timeout(LONGEST_WAIT, ask(&mut place, config)).await });
    runtime.shutdown_background();
    let failure = match asked {
        Ok(Ok(())) => return Ok(place),
        Ok(Err(failure)) => failure.to_string(),
        Err(_elapsed) => "no answer in time".to_owned(),
    };
    let open = match (&place.account, &place.region) {
        (None, None) => "account and Region are left open, as *: give them with --account and --region",
        (None, Some(_)) => "the account is left open, as *: give it with --account",
        (Some(_), _) => "the Region is left open, as *: give it with --region",
    };
    // The document is what was asked for. Who does not read this sees the signs in it.
    output::tell(&format!("note: {open}\n  because: {}\n", neutral(&failure)));
    Ok(place)
}

/// Fills in what the account knows and the command line does not.
async fn ask(place: &mut Place, config: &Config) -> Result<(), Failure> {
    if config.demo.is_some() {
        let demo = Demo::start(config, Wanted::Look).await?;
        return ask_at(place, demo.connection()).await;
    }
    ask_at(place, &config.connection).await
}

async fn ask_at(place: &mut Place, connection: &Connection) -> Result<(), Failure> {
    let account = Account::connect(connection).await?;
    place.region.get_or_insert_with(|| account.connected().region.clone());
    if place.account.is_none() {
        place.account = Some(account.caller_account(super::now()).await?);
    }
    Ok(())
}
