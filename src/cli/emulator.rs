//! `callsheet emulator`: the embedded Incident Manager, for other people's clients and tests.

use super::{Status, demo, output, settings::SettingFlags};
use crate::{
    domain::text::explanation,
    emulator::{Emulator, Fault, World, generate},
    failure::{Failure, FailureKind},
};
use std::{
    error::Error,
    fs, io,
    net::SocketAddr,
    path::{Path, PathBuf},
};

/// Serve an embedded Incident Manager to the AWS CLI and to every SDK.
///
/// It answers every operation of ssm-contacts, and of ssm-incidents replication sets (reading), response plans, tags,
/// resource policies, incident records and time lines, as the account 111122223333 in eu-west-1 and us-east-1. Any
/// credentials will do. Nothing is sent to anybody: what would have arrived can be read at /_emulator/outbox.
///
/// The account is empty at first, unless --world, --people or --demo says otherwise.
#[derive(Debug, clap::Args)]
#[command(after_long_help = EXAMPLES)]
pub(super) struct Arguments {
    /// The address to listen on; port 0 takes a free one.
    #[arg(long, value_name = "ADDRESS", default_value = "127.0.0.1:4010")]
    listen: SocketAddr,

    /// Begin with the account in this file.
    #[arg(long, value_name = "FILE", conflicts_with = "people")]
    world: Option<PathBuf>,

    /// Begin with an organisation of this many people, made up for the occasion.
    ///
    /// The same number and the same --seed make the same organisation. Above 1,000 it is larger than the service allows.
    #[arg(long, value_name = "NUMBER", value_parser = clap::value_parser!(u32).range(1..=MOST_PEOPLE))]
    people: Option<u32>,

    /// Keep the account in this file: begin with what it holds, if it is there, and save every change to it.
    #[arg(long, value_name = "FILE")]
    state: Option<PathBuf>,

    /// Make something go wrong: OPERATION:KIND, and =NUMBER, :COUNT, :after=COUNT, :chance=PERCENT,
    /// :key=ACCESS-KEY, :on=TEXT where wanted.
    ///
    /// OPERATION is the name of one, or * for all. Without a COUNT every request is hit; "after" lets some
    /// pass first, "chance" hits that many of a hundred, drawn by --seed, "key" hits only
    /// requests signed with that access key, as when a sign-in has expired and the next one has another, and "on" hits only requests that contain the text,
    /// such as an alias. KIND is one of throttle[=400|429],
    /// html-500, slow[=MILLISECONDS], reset, access-denied, expired-credentials, cut-answer, lost-answer (the work is
    /// done), lost-token, repeated-token, unknown-error-type, unknown-enum-value, data-encryption,
    /// internal-server[=SECONDS]. Can be given many times.
    #[arg(long = "fault", value_name = "FAULT")]
    faults: Vec<Fault>,

    #[command(flatten)]
    settings: SettingFlags,
}

/// A hundred times the service's quota, to see what a client does then; more only takes memory.
const MOST_PEOPLE: i64 = 100_000;

const EXAMPLES: &str = "\
Examples:
  callsheet emulator --listen 127.0.0.1:4010 --demo
  callsheet emulator --people 300 --rates published
  callsheet emulator --world account.json --state account.json
  callsheet emulator --fault GetContact:throttle:3 --fault 'ListContactChannels:access-denied:on=anna'
  callsheet emulator --people 1000 --latency-ms 200 --fault '*:throttle:chance=2' --fault '*:reset:chance=1' --seed 7";

/// Serves until it is told to stop.
pub(super) fn run(arguments: Arguments, is_demo: bool) -> Result<Status, Failure> {
    let world = world(&arguments, is_demo)?;
    let runtime = super::multi_threaded()?;
    runtime.block_on(serve(arguments, world))?;
    Ok(Status::Success)
}

async fn serve(arguments: Arguments, world: World) -> Result<(), Failure> {
    let Arguments {
        listen,
        state,
        faults,
        settings,
        ..
    } = arguments;
    let account = world.account.clone();
    let region = world.home_region.clone();
    let emulator = Emulator::start(listen, world, settings.0).await.map_err(|error| {
        Failure::new(FailureKind::Configuration, format!("Nothing can listen on {listen}."))
            .because_of(&error)
            .hint("choose another address with --listen; port 0 takes a free one")
    })?;
    emulator.faults(faults);
    if let Some(path) = state {
        emulator.save_to(path.clone()).await.map_err(|error| {
            let what = format!("The account cannot be kept in {}.", path.display());
            Failure::new(FailureKind::Disk, what)
                .because_of(&error)
                .hint("name another file with --state")
        })?;
    }
    output::lines(&greeting(&emulator.url(), &account, &region))?;
    let told = told_to_stop().await;
    emulator.stop().await;
    told.map_err(|error| {
        Failure::new(FailureKind::Bug, "The emulator cannot listen for signals, and stopped.").because_of(&error)
    })
}

/// Says where it is and what to type next. The first line is there for scripts: its last word is the URL.
fn greeting(url: &str, account: &str, region: &str) -> String {
    format!(
        "Account {account}, Region {region}, is served at {url}\n\
         Stop it with Ctrl-C. Any credentials will do. For example:\n\n\
         \x20 export AWS_ACCESS_KEY_ID=any AWS_SECRET_ACCESS_KEY=any AWS_REGION={region}\n\
         \x20 aws ssm-contacts list-contacts --endpoint-url {url}\n\
         \x20 callsheet --endpoint-url {url}\n\
         \x20 curl {url}/_emulator/outbox\n"
    )
}

fn world(arguments: &Arguments, is_demo: bool) -> Result<World, Failure> {
    if is_demo && (arguments.world.is_some() || arguments.people.is_some()) {
        let what = "--demo says what account to begin with, and so do --world and --people.";
        return Err(Failure::new(FailureKind::Usage, what).hint("leave one of them out"));
    }
    let saved = arguments.state.as_deref().filter(|path| path.exists());
    if let Some(path) = saved.or(arguments.world.as_deref()) {
        return read(path);
    }
    if is_demo {
        return demo::first_world();
    }
    Ok(match arguments.people.map(usize::try_from) {
        Some(Ok(people)) => generate::organisation(people, arguments.settings.0.seed.unwrap_or_default()),
        Some(Err(_)) | None => World::default(),
    })
}

fn read(path: &Path) -> Result<World, Failure> {
    let wrong = |error: &(dyn Error + 'static)| {
        Failure::new(
            FailureKind::Configuration,
            format!("{} holds no account.", path.display()),
        )
        .because(explanation(&error.to_string()))
        .hint("correct the file, or name another")
    };
    let text = fs::read_to_string(path).map_err(|error| wrong(&error))?;
    World::from_json_at(&text, super::now()).map_err(|error| wrong(&error))
}

/// Returns when Ctrl-C is pressed, or when the system asks to end.
async fn told_to_stop() -> io::Result<()> {
    #[cfg(unix)]
    {
        use tokio::signal::unix::{SignalKind, signal};
        let mut terminate = signal(SignalKind::terminate())?;
        tokio::select! {
            interrupt = tokio::signal::ctrl_c() => interrupt,
            _ = terminate.recv() => Ok(()),
        }
    }
    #[cfg(not(unix))]
    tokio::signal::ctrl_c().await
}
