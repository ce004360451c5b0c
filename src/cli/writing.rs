//! What the subcommands have in common that change something: a fresh reading, and a new changeset carried out.

use super::{
    Status,
    changeset::{self, WAITING_REPORTS},
    demo::{Demo, Wanted},
    output::{self, Format},
    reading,
};
use crate::{
    aws::Account,
    changes::{
        Changeset, Run,
        changeset::new_name,
        fact::{ChangesetClosed, ChangesetPlanned, Ending, Fact},
        progress::Progress,
        removal::proof,
        run::{Direction, Outcome},
    },
    config::Config,
    domain::{
        fingerprint::FingerprintKey,
        ids::{Arn, Scope},
        inventory::Inventory,
    },
    failure::{Failure, FailureKind},
    ledger::replay::{Changesets, Recorded},
    runtime::changeset::{CodeSlot, Hands, Recorder},
    store::{Store, ledger},
};
use std::sync::Arc;
use tokio::sync::mpsc;

/// How a write is shown, allowed and consented to: what the commands that change something have in common.
#[derive(Debug, clap::Args)]
pub(super) struct ConsentArguments {
    /// Show it, and change nothing.
    #[arg(long)]
    pub(super) plan_only: bool,

    /// Allow changes in this account: the last four digits of its number.
    #[arg(long, value_name = "LAST4", required_unless_present = "plan_only")]
    pub(super) arm: Option<String>,

    /// Consent without being asked: the digest that the preview shows for the same --name.
    #[arg(long, value_name = "DIGEST", requires = "name")]
    pub(super) yes: Option<String>,

    /// The name of the changeset, which is part of its digest.
    #[arg(long, value_name = "NAME")]
    pub(super) name: Option<String>,

    /// How to write it.
    #[arg(long, value_name = "FORMAT", value_enum, default_value_t = Format::Table)]
    pub(super) format: Format,
}

/// Who is signed in, and where.
pub(super) struct SignedIn {
    /// The embedded account runs as long as this is kept.
    demo: Option<Demo>,
    account: Account,
    pub(super) scope: Scope,
    pub(super) caller: String,
}

impl SignedIn {
    /// Connects to the account that the settings lead to, and asks who is signed in.
    pub(super) async fn connect(config: &Config, wanted: Wanted) -> Result<Self, Failure> {
        let demo = match config.demo {
            Some(_) => Some(Demo::start(config, wanted).await?),
            None => None,
        };
        let connection = demo.as_ref().map_or(&config.connection, Demo::connection);
        let account = Account::connect(connection).await?;
        let caller = account.who(super::now()).await?;
        let scope = Scope {
            account: caller.account,
            region: account.connected().region.clone(),
            endpoint: account.connected().endpoint.clone(),
        };
        Ok(Self {
            demo,
            account,
            scope,
            caller: caller.arn.as_str().to_owned(),
        })
    }
}

/// An account that was just read, with all that is needed to write to it.
pub(super) struct Place {
    /// The embedded account runs as long as this is kept.
    _demo: Option<Demo>,
    pub(super) account: Account,
    pub(super) inventory: Inventory,
    pub(super) scope: Scope,
    pub(super) store: Store,
    pub(super) caller: String,
    pub(super) key: FingerprintKey,
}

impl Place {
    /// Reads the account that the settings lead to, afresh.
    pub(super) async fn open(config: &Config) -> Result<Self, Failure> {
        let mut place = Box::pin(Self::connect(config)).await?;
        place.inventory = Box::pin(place.read()).await?;
        Ok(place)
    }

    /// Connects to the account that the settings lead to, and reads nothing of it.
    pub(super) async fn connect(config: &Config) -> Result<Self, Failure> {
        let SignedIn {
            demo,
            account,
            scope,
            caller,
        } = Box::pin(SignedIn::connect(config, Wanted::Change)).await?;
        let store = Store::new(config);
        Ok(Self {
            key: store.fingerprint_key(&scope)?,
            inventory: Inventory::default(),
            _demo: demo,
            account,
            scope,
            store,
            caller,
        })
    }

    /// Reads the account once more.
    pub(super) async fn read(&self) -> Result<Inventory, Failure> {
        let mut inventory = reading::of_account(&self.account).await?;
        inventory.add_fingerprints(&self.key);
        Ok(inventory)
    }

    /// Returns a name for a changeset that the ledger does not have: the one that was chosen, or a new one.
    pub(super) fn name(&self, chosen: Option<&str>) -> Result<String, Failure> {
        let known = self.changesets()?;
        match chosen {
            None => Ok(new_name(super::now(), &known.names())),
            Some(name) if known.get(name).is_none() => Ok(name.to_owned()),
            Some(_) => Err(
                Failure::new(FailureKind::Usage, "There is a changeset of this name in the ledger.")
                    .hint("give another name with --name"),
            ),
        }
    }

    /// Returns the changesets that the ledger knows.
    fn changesets(&self) -> Result<Changesets, Failure> {
        let path = self.store.ledger(&self.scope);
        if !path.exists() {
            return Ok(Changesets::default());
        }
        let chain = ledger::read(&path, Some(&self.store.recorded_scope(&self.scope)))?;
        Ok(Changesets::of(&chain.records))
    }

    /// Returns the changeset of this name in the ledger.
    pub(super) fn recorded_as(&self, name: &str) -> Result<Recorded, Failure> {
        changeset::named(&self.changesets()?, name).cloned()
    }

    /// Returns a changeset as it would be recorded.
    pub(super) fn recorded(&self, changeset: &Changeset) -> Recorded {
        let now = super::now();
        Recorded {
            progress: Progress::new(Arc::new(changeset.planned())),
            planned_at: now,
            changed_at: now,
            planned_by: self.caller.clone(),
        }
    }

    /// Records a changeset that was consented to, and carries it out. `former` is the one that it was planned anew for: that
    /// is closed by the same record.
    pub(super) async fn carry_out(&self, recorded: &Recorded, former: Option<&Recorded>) -> Result<Outcome, Failure> {
        let planned: &ChangesetPlanned = &recorded.progress.planned;
        let (told, waiting) = mpsc::channel(WAITING_REPORTS);
        let hands = self.hands(told)?;
        // Nobody listens yet, and one report fits.
        match former {
            Some(former) => hands.consent_anew(planned.clone(), &former.progress).await?,
            None => hands.consent(planned.clone()).await?,
        }
        let run = Run::new(recorded.progress.clone(), Direction::Forward);
        let outcome = changeset::carry_out(hands, run, waiting, recorded).await;
        output::lines(&changeset::told_of(&outcome, recorded))?;
        Ok(outcome)
    }

    /// Reads the account once more, and records whether anything still names people who were taken out.
    pub(super) async fn prove(&self, recorded: &Recorded, people: &[Arn]) -> Result<Status, Failure> {
        let fresh = Box::pin(self.read()).await?;
        let proof = proof::of(&fresh, people, super::now());
        let words = proof.words(&fresh, people);
        self.note(recorded, words.clone()).await?;
        output::lines(&format!("{words}\n"))?;
        Ok(if proof.is_proven() {
            Status::Success
        } else {
            Status::Incomplete
        })
    }

    /// Records what was found out after a changeset had ended.
    async fn note(&self, recorded: &Recorded, note: String) -> Result<(), Failure> {
        let (told, waiting) = mpsc::channel(1);
        drop(waiting);
        let closed = ChangesetClosed {
            changeset: recorded.progress.planned.changeset.clone(),
            ending: Ending::Done,
            note: Some(note),
        };
        self.hands(told)?.record(vec![Fact::Closed(closed)]).await
    }

    /// Opens the ledger to write into it.
    fn hands(&self, told: mpsc::Sender<crate::runtime::changeset::Told>) -> Result<Hands, Failure> {
        let (ledger, chain) = ledger::Ledger::open(&self.store, &self.scope, ledger::actor(&self.caller))?;
        if let Some(fault) = &chain.state.fault {
            return Err(fault.failure(ledger.path()));
        }
        Ok(Hands {
            account: self.account.clone(),
            ledger: Recorder::of(ledger),
            key: self.key.clone(),
            code: CodeSlot::default(),
            told,
        })
    }
}

/// Runs something that talks to the network, to its end.
pub(super) fn block_on(work: impl Future<Output = Result<Status, Failure>>) -> Result<Status, Failure> {
    let runtime = super::multi_threaded()?;
    let done = runtime.block_on(work);
    // A look-up of a name that hangs must not hold up the end.
    runtime.shutdown_background();
    done
}
