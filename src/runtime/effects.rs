//! What the core asks for, done: each effect becomes a task, and each task ends in a message.

use super::{
    changeset::{self, CodeSlot, Hands},
    ledger::Keeper,
    now, removal,
};
use crate::{
    app::{
        self,
        changeset::{Drafted, Order, Saving},
        effect::{Effect, Ticket},
        msg::{ExportOutcome, Msg},
        removal::Question,
    },
    aws::{Account, Assignment, CancellationToken},
    changes::{
        Run,
        changeset::Draft,
        fact::{Answer, ChangesetPlanned},
        progress::Progress,
        run::Direction,
        what_if::{Terms, what_if},
    },
    config::{Asked, Connection, Signing},
    domain::{
        Timestamp,
        graph::Graph,
        ids::{Arn, Scope},
        inventory::Inventory,
        phone::Arrival,
    },
    failure::{Failure, FailureKind},
    findings::{evaluate::evaluate, facts::Facts, judging::Judging, registry, waiver::Waiver},
    imports::waivers,
    ledger::{
        Entry,
        entry::{FindingWaived, ReviewScope},
    },
    paging::{coverage::Stretch, simulate::ResolveSchedules, worst::worst},
    review::{
        found::{Found, Judgement},
        population::{self, Taken},
    },
    store::{self, Store},
};
use secrecy::SecretString;
use std::{collections::BTreeMap, path::Path, pin::Pin, sync::Arc};
use tokio::{
    sync::{OnceCell, mpsc},
    task::JoinSet,
};

/// How the account is reached.
#[derive(Clone)]
pub struct Session {
    /// Profile, Region, endpoint, pace.
    pub connection: Connection,
    /// What the snapshot is looked up by.
    pub asked: Option<Asked>,
    /// Where arrivals on the devices of the embedded account are seen.
    pub outbox: Option<Outbox>,
}

impl std::fmt::Debug for Session {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        out.debug_struct("Session")
            .field("connection", &self.connection)
            .finish_non_exhaustive()
    }
}

/// Returns everything that has arrived on the devices of the embedded account, oldest first.
pub type Outbox = Arc<dyn Fn() -> Vec<Arrival> + Send + Sync>;

/// The answer to how the account is reached, which for the embedded account takes starting it.
pub type SessionFuture = Pin<Box<dyn Future<Output = Result<Session, Failure>> + Send>>;

/// Orders that may wait for a changeset to look at them: it looks between two steps.
const WAITING_ORDERS: usize = 16;

/// Reports of a load that may wait before the loader does.
const WAITING_REPORTS: usize = 16;

/// The tasks that are under way.
pub(super) struct Effects {
    sender: mpsc::Sender<Msg>,
    store: Store,
    account: Arc<Accounts>,
    /// Reads: dropped when the desk is left.
    reads: JoinSet<()>,
    /// Writes to the disk: waited for when the desk is left.
    writes: JoinSet<()>,
    loads: BTreeMap<Ticket, CancellationToken>,
    /// The changesets that are carried out: how each is told what the operator wants.
    runs: BTreeMap<Ticket, mpsc::Sender<Order>>,
    /// Where a code waits for the write that sends it.
    code: CodeSlot,
    keeper: Keeper,
}

/// What a load reads.
enum Aim {
    /// The whole account.
    Everything,
    /// What this has not read.
    Rest(Arc<Inventory>),
    /// One row.
    Row(Arn),
}

/// The session and the connection, made when they are first needed and kept.
struct Accounts {
    pending: tokio::sync::Mutex<Option<SessionFuture>>,
    session: OnceCell<Result<Session, Failure>>,
    account: tokio::sync::Mutex<Option<Account>>,
}

impl Effects {
    /// Returns the place where effects are done; messages go to `sender`.
    pub(super) fn new(sender: mpsc::Sender<Msg>, session: SessionFuture, (store, signing): (Store, Signing)) -> Self {
        let (keeper, keeping) = Keeper::new(store.clone(), signing, sender.clone());
        let mut writes = JoinSet::new();
        writes.spawn_blocking(keeping);
        Self {
            keeper,
            sender,
            store,
            account: Arc::new(Accounts {
                pending: tokio::sync::Mutex::new(Some(session)),
                session: OnceCell::new(),
                account: tokio::sync::Mutex::new(None),
            }),
            reads: JoinSet::new(),
            writes,
            loads: BTreeMap::new(),
            runs: BTreeMap::new(),
            code: CodeSlot::default(),
        }
    }

    /// Starts an effect.
    pub(super) fn start(&mut self, effect: Effect) {
        // What has ended is taken out here, so that the sets hold only what is under way.
        while self.reads.try_join_next().is_some() {}
        while self.writes.try_join_next().is_some() {}
        match effect {
            Effect::ReadSnapshot { ticket } => self.read_snapshot(ticket),
            Effect::SaveSnapshot(inventory) => self.save_snapshot(inventory),
            Effect::Load { ticket } => self.load(ticket, Aim::Everything),
            Effect::GoOn { ticket, read } => self.load(ticket, Aim::Rest(read)),
            Effect::ReadAgain { ticket, subject } => self.load(ticket, Aim::Row(subject)),
            Effect::LookAtLedger => self.keeper.look(),
            Effect::StopLoad { ticket } => {
                if let Some(stop) = self.loads.get(&ticket) {
                    stop.cancel();
                }
            }
            Effect::OpenLedger { ticket, scope, caller } => self.keeper.open(ticket, scope, caller),
            Effect::Record { ticket, entries } => self.keeper.record(ticket, entries),
            Effect::ReadPopulations { ticket, scope, digests } => self.read_populations(ticket, &scope, digests),
            Effect::TakePopulation {
                ticket,
                inventory,
                review,
                is_kept,
                judging,
                now,
            } => self.take_population(ticket, inventory, review, is_kept.then_some((judging, now))),
            Effect::SignOff { ticket, sign_off, head } => self.keeper.sign_off(ticket, sign_off, head),
            Effect::AddWaiver(waiver) => self.add_waiver(waiver),
            Effect::PlanChangeset {
                ticket,
                scope,
                inventory,
                name,
                draft,
                answers,
            } => self.plan_changeset(ticket, scope, inventory, (name, draft, answers)),
            Effect::RunChangeset {
                ticket,
                scope,
                progress,
                is_new,
                saving,
                direction,
            } => self.run_changeset(ticket, scope, (*progress, is_new, saving), direction),
            Effect::WorkOutRemoval { ticket, question } => self.work_out_removal(ticket, question),
            Effect::OrderChangeset { ticket, order } => self.order(ticket, order),
            Effect::ReadPhone { ticket } => self.read_phone(ticket),
            Effect::Judge {
                ticket,
                inventory,
                graph,
                judging,
                now,
            } => self.judge(ticket, (inventory, graph), judging, now),
            Effect::FindWorst {
                ticket,
                inventory,
                graph,
                start,
                window,
                resolve_schedules,
            } => self.find_worst(ticket, (inventory, graph), start, (window, resolve_schedules)),
            Effect::AskWhatIf {
                ticket,
                before,
                after,
                terms,
            } => self.ask_what_if(ticket, before, after, terms),
            Effect::Export {
                path,
                text,
                is_overwriting,
            } => self.export(path, text, is_overwriting),
            // These belong to the terminal, and the loop does them.
            Effect::Copy(_) | Effect::CaptureMouse(_) | Effect::Redraw | Effect::Suspend | Effect::Quit => {}
        }
    }

    /// Puts a code where the write finds it that sends it.
    pub(super) fn put_code(&self, code: SecretString) {
        self.code.put(code);
    }

    /// Returns whether a changeset is being carried out.
    pub(super) fn is_changing(&self) -> bool {
        self.runs.values().any(|orders| !orders.is_closed())
    }

    /// Waits for what must not be cut short: a changeset that is carried out is seen to the end of its step.
    pub(super) async fn finish(mut self) {
        let tickets: Vec<Ticket> = self.runs.keys().copied().collect();
        for ticket in tickets {
            self.order(ticket, Order::Stop);
        }
        let Self {
            mut reads,
            mut writes,
            keeper,
            runs,
            ..
        } = self;
        // Who waits for a code that nobody can enter any more stops, too.
        drop(runs);
        reads.abort_all();
        // The keeper ends once nobody can ask it for anything.
        drop(keeper);
        while writes.join_next().await.is_some() {}
    }

    fn read_snapshot(&mut self, ticket: Ticket) {
        let (store, account, sender) = (self.store.clone(), Arc::clone(&self.account), self.sender.clone());
        self.reads.spawn(async move {
            let result = match account.session().await {
                Ok(Session { asked: Some(asked), .. }) => {
                    let asked = asked.clone();
                    blocking(move || store.recall(&asked)).await
                }
                // Without a session there is no snapshot; the load says why.
                Ok(Session { asked: None, .. }) | Err(_) => Ok(None),
            };
            send(
                &sender,
                Msg::SnapshotRead {
                    ticket,
                    result: result.map(|found| found.map(Box::new)),
                },
            )
            .await;
        });
    }

    fn save_snapshot(&mut self, inventory: Arc<Inventory>) {
        let (store, account, sender) = (self.store.clone(), Arc::clone(&self.account), self.sender.clone());
        self.writes.spawn(async move {
            let asked = account.session().await.ok().and_then(|session| session.asked.clone());
            let result = blocking(move || store.save(asked.as_ref(), &inventory, now())).await;
            send(&sender, Msg::SnapshotSaved(result)).await;
        });
    }

    fn load(&mut self, ticket: Ticket, aim: Aim) {
        let (account, sender) = (Arc::clone(&self.account), self.sender.clone());
        let stop = CancellationToken::new();
        self.loads.retain(|_, stop| !stop.is_cancelled());
        self.loads.insert(ticket, stop.clone());
        self.reads.spawn(async move {
            let (reports, mut waiting) = mpsc::channel(WAITING_REPORTS);
            let forwarding = async {
                while let Some(events) = waiting.recv().await {
                    send(&sender, Msg::Loading { ticket, events }).await;
                }
            };
            let loading = async move {
                let account = account.account().await?;
                // The channel closes with this, and the forwarding ends.
                let assignment = Assignment {
                    now: now(),
                    out: reports,
                    stop,
                };
                match &aim {
                    Aim::Everything => account.load(&assignment).await,
                    Aim::Rest(read) => Box::pin(account.go_on(read, &assignment)).await,
                    Aim::Row(subject) => account.read_again(subject, &assignment).await,
                }
            };
            let (result, ()) = tokio::join!(loading, forwarding);
            send(&sender, Msg::LoadEnded { ticket, result }).await;
        });
    }

    fn read_phone(&mut self, ticket: Ticket) {
        let (account, sender) = (Arc::clone(&self.account), self.sender.clone());
        self.reads.spawn(async move {
            let outbox = account.session().await.ok().and_then(|session| session.outbox.clone());
            let arrivals = outbox.map_or_else(Vec::new, |outbox| outbox());
            send(&sender, Msg::Arrived { ticket, arrivals }).await;
        });
    }

    fn judge(
        &mut self,
        ticket: Ticket,
        (inventory, graph): (Arc<Inventory>, Arc<Graph>),
        judging: Arc<Judging>,
        now: Timestamp,
    ) {
        let (sender, store) = (self.sender.clone(), self.store.clone());
        self.reads.spawn(async move {
            let judged = blocking(move || {
                // What the ledger remembers of an address is its fingerprint.
                let inventory = match &judging.recorded {
                    Some(_) => with_fingerprints(&store, &inventory).unwrap_or(inventory),
                    None => inventory,
                };
                let facts = Facts::new(&inventory, &graph, &judging, now);
                Ok(Box::new(evaluate(&facts)))
            });
            if let Ok(findings) = judged.await {
                send(&sender, Msg::Judged { ticket, findings }).await;
            }
        });
    }

    fn read_populations(&mut self, ticket: Ticket, scope: &Scope, digests: Vec<String>) {
        let (sender, folder) = (self.sender.clone(), self.store.folder(scope));
        self.reads.spawn(async move {
            let reading = blocking(move || {
                let read = |digest: String| {
                    let found = store::population::read(&folder, &digest);
                    let found = found.and_then(|found| found.map(Arc::new).ok_or_else(|| missing(&folder, &digest)));
                    (digest, found)
                };
                Ok(digests.into_iter().map(read).collect())
            });
            if let Ok(found) = reading.await {
                send(&sender, Msg::PopulationsRead { ticket, found }).await;
            }
        });
    }

    fn take_population(
        &mut self,
        ticket: Ticket,
        inventory: Arc<Inventory>,
        review: ReviewScope,
        kept: Option<(Arc<Judging>, Timestamp)>,
    ) {
        let (sender, store) = (self.sender.clone(), self.store.clone());
        self.writes.spawn(async move {
            let taking = blocking(move || taken(&store, &inventory, &review, kept));
            let result = taking.await.map(Arc::new);
            send(&sender, Msg::PopulationTaken { ticket, result }).await;
        });
    }

    fn add_waiver(&mut self, mut waiver: Box<Waiver>) {
        let (sender, store) = (self.sender.clone(), self.store.clone());
        let path = store.waivers().to_owned();
        let keeper = self.keeper.clone();
        self.writes.spawn(async move {
            *waiver = waiver.without_typed_addresses();
            waiver.place = path.display().to_string();
            if let Err(failure) = keeper.recorded(vec![entry_of(&waiver)]).await {
                send(
                    &sender,
                    Msg::WaiverAdded {
                        waiver,
                        result: Err(failure),
                    },
                )
                .await;
                return;
            }
            let written = waiver.clone();
            let adding = blocking(move || {
                store.change_waivers(waivers::MAX_BYTES, |before| {
                    waivers::with(before, &written, &path, &registry::codes())
                })
            });
            let result = adding.await;
            send(&sender, Msg::WaiverAdded { waiver, result }).await;
        });
    }

    fn plan_changeset(
        &mut self,
        ticket: Ticket,
        scope: Scope,
        inventory: Arc<Inventory>,
        (name, draft, answers): (String, Box<Draft>, Vec<Answer>),
    ) {
        let (store, account, sender) = (self.store.clone(), Arc::clone(&self.account), self.sender.clone());
        self.reads.spawn(async move {
            let planning = async {
                let seconds_per_write = account.account().await?.seconds_per_write();
                blocking(move || {
                    let key = store.fingerprint_key(&scope)?;
                    let mut changeset = changeset::drafted(Inventory::clone(&inventory), name, *draft, &key)?;
                    changeset.answers = answers;
                    Ok(Box::new(Drafted {
                        changeset,
                        seconds_per_write,
                    }))
                })
                .await
            };
            let result = planning.await;
            send(&sender, Msg::ChangesetPlanned { ticket, result }).await;
        });
    }

    fn work_out_removal(&mut self, ticket: Ticket, question: Box<Question>) {
        let (store, account, sender) = (self.store.clone(), Arc::clone(&self.account), self.sender.clone());
        self.reads.spawn(async move {
            let working = async { Box::pin(removal::work_out(&account.account().await?, &store, *question)).await };
            let result = working.await.map(Box::new);
            send(&sender, Msg::RemovalWorkedOut { ticket, result }).await;
        });
    }

    fn run_changeset(
        &mut self,
        ticket: Ticket,
        scope: Scope,
        (progress, is_new, saving): (Progress, bool, Saving),
        direction: Direction,
    ) {
        self.runs.retain(|_, orders| !orders.is_closed());
        let (orders, mut wanted) = mpsc::channel(WAITING_ORDERS);
        self.runs.insert(ticket, orders);
        let (store, account, sender) = (self.store.clone(), Arc::clone(&self.account), self.sender.clone());
        let (keeper, code) = (self.keeper.clone(), self.code.clone());
        let saved = self.sender.clone();
        self.writes.spawn(async move {
            let (told, mut waiting) = mpsc::channel(WAITING_REPORTS);
            let forwarding = async {
                while let Some(told) = waiting.recv().await {
                    if let Some(told) = changeset::for_the_core(told) {
                        send(&sender, Msg::Changeset { ticket, told }).await;
                    }
                }
            };
            let running = async move {
                // The channel of what is told closes with this, and the forwarding ends.
                let changeset = progress.planned.changeset.clone();
                let saving = blocking(move || {
                    let paths = removal::save(&store, &scope, &changeset, &saving)?;
                    Ok((paths, store.fingerprint_key(&scope)?, saving.former))
                });
                let (paths, key, former) = saving.await?;
                for path in paths {
                    let told = app::changeset::Told::Saved(path.display().to_string());
                    send(&saved, Msg::Changeset { ticket, told }).await;
                }
                let hands = Hands {
                    account: account.account().await?,
                    key,
                    ledger: keeper.recorder(),
                    code,
                    told,
                };
                let planned = ChangesetPlanned::clone(&progress.planned);
                match former {
                    _ if !is_new => {}
                    Some(former) => hands.consent_anew(planned, &former).await?,
                    None => hands.consent(planned).await?,
                }
                let mut run = Run::new(progress, direction);
                hands.carry_out(&mut run, &mut wanted).await;
                Ok(())
            };
            let (result, ()) = tokio::join!(running, forwarding);
            if let Err(failure) = result {
                let told = app::changeset::Told::NotBegun(failure);
                send(&sender, Msg::Changeset { ticket, told }).await;
            }
        });
    }

    fn order(&mut self, ticket: Ticket, order: Order) {
        if let Some(orders) = self.runs.get(&ticket) {
            // It has ended when nobody listens, and has more orders than it can need when there is no room.
            orders.try_send(order).ok();
        }
    }

    fn find_worst(
        &mut self,
        ticket: Ticket,
        (inventory, graph): (Arc<Inventory>, Arc<Graph>),
        start: Arn,
        (window, resolve_schedules): (Stretch, ResolveSchedules),
    ) {
        let sender = self.sender.clone();
        self.reads.spawn(async move {
            let found =
                blocking(move || Ok(worst(&inventory, &graph, &start, window, resolve_schedules).map(Box::new)));
            if let Ok(worst) = found.await {
                send(&sender, Msg::WorstFound { ticket, worst }).await;
            }
        });
    }

    fn ask_what_if(&mut self, ticket: Ticket, before: Arc<Inventory>, after: Arc<Inventory>, terms: Terms) {
        let sender = self.sender.clone();
        self.reads.spawn(async move {
            let found = blocking(move || Ok(Box::new(what_if(&before, &after, terms))));
            if let Ok(found) = found.await {
                send(&sender, Msg::WhatIfAnswered { ticket, found }).await;
            }
        });
    }

    fn export(&mut self, path: String, text: String, is_overwriting: bool) {
        let sender = self.sender.clone();
        self.writes.spawn(async move {
            let file = path.clone();
            let written =
                blocking(move || store::file::export(Path::new(&file), text.as_bytes(), is_overwriting)).await;
            let outcome = match written {
                Ok(true) => ExportOutcome::Written,
                Ok(false) => ExportOutcome::Exists,
                Err(failure) => ExportOutcome::Failed(failure),
            };
            send(&sender, Msg::Exported { path, outcome }).await;
        });
    }
}

impl Accounts {
    /// Returns how the account is reached. It is asked once, and a failure stays.
    async fn session(&self) -> Result<&Session, Failure> {
        let ask = || async {
            match self.pending.lock().await.take() {
                Some(pending) => pending.await,
                None => Err(Failure::new(FailureKind::Bug, "The session was asked for twice.")),
            }
        };
        self.session.get_or_init(ask).await.as_ref().map_err(Failure::clone)
    }

    /// Returns the connection, made anew when the last try failed or its credentials were refused: a sign-in may have been
    /// renewed since, and what hands out credentials keeps the old ones.
    async fn account(&self) -> Result<Account, Failure> {
        let session = self.session().await?;
        let mut kept = self.account.lock().await;
        if let Some(account) = kept.as_ref().filter(|account| !account.is_refused()) {
            return Ok(account.clone());
        }
        let account = Account::connect(&session.connection).await?;
        Ok(kept.insert(account).clone())
    }
}

/// Returns what the ledger says of a waiver.
fn entry_of(waiver: &Waiver) -> Entry {
    Entry::FindingWaived(FindingWaived {
        code: waiver.code.clone(),
        subject: waiver.subject.clone(),
        owner: waiver.owner.clone(),
        reason: waiver.reason.clone(),
        expires: waiver.expires,
        facts: waiver.facts.clone(),
    })
}

/// Returns an inventory with the fingerprints of its addresses.
fn with_fingerprints(store: &Store, inventory: &Inventory) -> Result<Arc<Inventory>, Failure> {
    let mut inventory = inventory.clone();
    if inventory.account().is_some() {
        inventory.add_fingerprints(&store.fingerprint_key(&inventory.scope())?);
    }
    Ok(Arc::new(inventory))
}

/// Returns the rows of a review, written to their file with what the checks find where that is asked for.
fn taken(
    store: &Store,
    inventory: &Inventory,
    review: &ReviewScope,
    kept: Option<(Arc<Judging>, Timestamp)>,
) -> Result<Taken, Failure> {
    let inventory = with_fingerprints(store, inventory)?;
    let graph = Graph::build(&inventory);
    let mut taken = population::take(&inventory, &graph, review);
    if let Some((judging, now)) = kept {
        let scope = inventory.scope();
        let (folder, scope) = (store.folder(&scope), store.recorded_scope(&scope));
        let findings = evaluate(&Facts::new(&inventory, &graph, &judging, now));
        let judgement = Judgement::of(&findings, review, &taken.population);
        let found = Found::new(
            &scope,
            &inventory,
            &taken.population,
            judgement,
            judging.resolve_schedules,
        );
        let found = found.map_err(|error| {
            Failure::new(FailureKind::Bug, "What was found could not be written.").because_of(&error)
        })?;
        store::population::write(&folder, &scope, &taken.population)?;
        store::found::write(&folder, &found)?;
        taken.found = Some(Arc::new(found));
    }
    Ok(taken)
}

/// Says that there is no file of a population.
fn missing(folder: &Path, digest: &str) -> Failure {
    let path = store::population::path(folder, digest).unwrap_or_default();
    Failure::new(
        FailureKind::Disk,
        format!("The population {} is not there.", path.display()),
    )
    .because("nobody can tell what has changed since it was looked at")
    .hint("put it back from a copy")
}

/// Runs blocking work on a thread made for it.
pub(super) async fn blocking<T: Send + 'static>(
    work: impl FnOnce() -> Result<T, Failure> + Send + 'static,
) -> Result<T, Failure> {
    #[expect(clippy::disallowed_methods, reason = "blocking work is started here")]
    let work = tokio::task::spawn_blocking(work);
    work.await.unwrap_or_else(|error| {
        Err(Failure::new(FailureKind::Bug, "A task did not end as it should.").because_of(&error))
    })
}

async fn send(sender: &mpsc::Sender<Msg>, msg: Msg) {
    // The desk may have been left meanwhile: then nobody waits for the answer.
    sender.send(msg).await.ok();
}
