//! The account read once, from beginning to end, for the subcommands that print something about it.

use super::{
    demo::{Demo, Wanted},
    output,
    progress::ProgressLine,
};
use crate::{
    aws::{Account, Assignment, CancellationToken},
    config::{Config, Connection},
    domain::{
        inventory::{Inventory, Section, SectionState},
        load::LoadEvent,
    },
    failure::{Failure, FailureKind},
    store::Store,
};
use std::io;
use tokio::sync::mpsc;

/// Reports of a load that may wait before the loader does.
const WAITING_REPORTS: usize = 16;

/// Returns what can be read of the account that the settings lead to; nothing when the operator stopped it.
///
/// Progress is shown on standard error when that is a terminal.
pub(super) fn read(config: &Config) -> Result<Option<Inventory>, Failure> {
    let runtime = super::multi_threaded()?;
    let read = runtime.block_on(async {
        tokio::select! {
            // Whoever presses Ctrl-C wants the prompt back: what has been read by then is not printed.
            interrupt = tokio::signal::ctrl_c() => interrupt.map(|()| None).map_err(|error| no_signals(&error)),
            inventory = of_config(config) => inventory.map(Some),
        }
    });
    // A look-up of a name that hangs must not hold up the end.
    runtime.shutdown_background();
    read
}

/// Returns whether none of the lists of the account could be read.
pub(super) fn is_unread(inventory: &Inventory) -> bool {
    fn is_unread<T>(section: &Section<T>) -> bool {
        section.items.is_empty() && section.state != SectionState::Complete
    }
    is_unread(&inventory.contacts) && is_unread(&inventory.rotations) && is_unread(&inventory.response_plans)
}

/// Adds the fingerprints of addresses, if there is a place for their key. An inventory is of use without them.
pub(super) fn add_fingerprints(inventory: &mut Inventory, store: &Store) {
    if inventory.account().is_none() {
        return;
    }
    match store.fingerprint_key(&inventory.scope()) {
        Ok(key) => inventory.add_fingerprints(&key),
        Err(failure) => {
            output::tell(&format!(
                "warning: The fingerprints of addresses are left out.\n  because: {failure}\n"
            ));
        }
    }
}

fn no_signals(error: &io::Error) -> Failure {
    Failure::new(FailureKind::Bug, "Ctrl-C cannot be listened for.").because_of(error)
}

/// Reads the account that the settings lead to.
async fn of_config(config: &Config) -> Result<Inventory, Failure> {
    if config.demo.is_some() {
        let demo = Demo::start(config, Wanted::Look).await?;
        return load(demo.connection()).await;
    }
    load(&config.connection).await
}

async fn load(connection: &Connection) -> Result<Inventory, Failure> {
    of_account(&Account::connect(connection).await?).await
}

/// Reads an account that is connected to.
pub(super) async fn of_account(account: &Account) -> Result<Inventory, Failure> {
    let connected = account.connected();
    let mut inventory = Inventory::empty(connected.region.clone(), connected.endpoint.clone());
    let (out, mut waiting) = mpsc::channel(WAITING_REPORTS);
    let assignment = Assignment {
        now: super::now(),
        out,
        stop: CancellationToken::new(),
    };
    let loading = async {
        // The channel closes with this, and the loop below ends.
        let assignment = assignment;
        account.load(&assignment).await
    };
    let applying = async {
        let mut progress = ProgressLine::new();
        while let Some(events) = waiting.recv().await {
            for event in events {
                match event {
                    LoadEvent::Part(part) => inventory.apply(part),
                    LoadEvent::Progress(so_far) => progress.show(so_far),
                    LoadEvent::Connected(_) | LoadEvent::Call(_) | LoadEvent::Slowed { .. } => {}
                }
            }
        }
    };
    let (result, ()) = tokio::join!(loading, applying);
    match result {
        Err(failure) if inventory.is_bare() => Err(failure),
        // What was read until then is worth having; what was not is a gap in it, and the exit status says so.
        Err(failure) => {
            super::report(&failure);
            Ok(inventory)
        }
        Ok(()) => Ok(inventory),
    }
}
