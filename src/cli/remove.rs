//! `callsheet remove`: people taken out of paging, or what nothing uses deleted.

use super::{
    Status, changeset, judging,
    naming::{self, Among},
    output::{self, Format},
    paper,
    remembered::Remembered,
    writing::{ConsentArguments, Place, block_on},
};
use crate::{
    app::changeset::Saving,
    changes::{
        Changeset, build,
        removal::{
            End, Removal, Turns, engaged,
            humans::Walked,
            meant::{Meant, Wish, meant, not_saved},
            proposal::Asked,
            rebuild,
            replacement::Known,
            rotation::{self, Previewed},
        },
        run::Outcome,
    },
    config::Config,
    domain::{graph::Graph, ids::Arn, inventory::Inventory, text::neutral},
    failure::{Failure, FailureKind},
    findings::{judging::Judging, known::KnownPeople, registry},
    imports::leavers::{self, Leaver},
    ledger::replay::Recorded,
    paging::coverage::Stretch,
    report::removal as report,
    runtime,
};
use std::{
    collections::BTreeMap,
    fs::File,
    io::Read as _,
    path::{Path, PathBuf},
    sync::Arc,
};

/// Take people out of every plan, rotation, override and response plan, and put them in quarantine.
///
/// The account is read afresh. Everything through which they are paged is shown, with what stops it, who could take their
/// places, what each rotation makes of its turns, every write, and what gets worse. Then, armed and consented to, it is
/// carried out step by step, and a fresh reading proves that nothing names them any more.
#[derive(Debug, clap::Args)]
#[command(after_long_help = AFTER_HELP)]
pub(super) struct Arguments {
    /// Those who go: aliases, names or ARNs. Somebody who is gone already and still named can be taken out, too.
    #[arg(value_name = "PERSON", required_unless_present_any = ["from", "unused", "rebuild"])]
    people: Vec<String>,

    /// Those who go, one in each row of a CSV file; its first column is read.
    #[arg(long, value_name = "FILE")]
    from: Option<PathBuf>,

    /// Delete this plan, schedule, rotation or response plan, which nothing uses.
    #[arg(long, value_name = "NAME", conflicts_with_all = ["people", "from", "replace_with", "delete"])]
    unused: Option<String>,

    /// Plan the removal anew that stopped half-way, from a fresh reading: what is done stays done. The name of its changeset.
    #[arg(long, value_name = "CHANGESET", conflicts_with_all = ["people", "from", "unused", "replace_with", "turns", "delete"])]
    rebuild: Option<String>,

    /// Who takes their places.
    #[arg(long, value_name = "PERSON")]
    replace_with: Option<String>,

    /// What becomes of the turns in a rotation: replace, remove or defer. May be repeated.
    #[arg(long, value_name = "ROTATION=WAY")]
    turns: Vec<String>,

    /// Delete one person for good, who is named nowhere any more.
    #[arg(long, conflicts_with_all = ["from", "replace_with", "turns"])]
    delete: bool,

    /// Answer a guard, by its kind or its whole key. May be repeated.
    #[arg(long, value_name = "GUARD=WORDS")]
    answer: Vec<String>,

    #[command(flatten)]
    consent: ConsentArguments,
}

const AFTER_HELP: &str = "\
Examples:
  callsheet remove anna --plan-only
  callsheet remove anna --replace-with ben --answer \"open-incident=none is open\" --arm 3333
  callsheet remove --from leavers.csv --plan-only --format json
  callsheet remove anna --replace-with ben --turns \"Payments=remove\" --plan-only
  callsheet remove --unused old-escalation --arm 3333
  callsheet remove --rebuild 20261124T093000Z --arm 3333
  callsheet remove anna --delete --arm 3333

Exit status:
  0    Nothing stops it; or it was carried out, and nothing names them any more.
  1    A guard stops it, or it stopped before its end.
  2    The command line, a file that it names or the AWS settings are wrong.
  3    It was carried out, and it is not proven that nothing names them any more.
  4    The account could not be read at all.";

/// Takes people out, or deletes what nothing uses.
pub(super) fn run(arguments: &Arguments, config: &Config) -> Result<Status, Failure> {
    let judging = judging::read(config, &registry::codes())?;
    block_on(remove(arguments, config, &judging))
}

async fn remove(arguments: &Arguments, config: &Config, judging: &Judging) -> Result<Status, Failure> {
    let place = Box::pin(Place::open(config)).await?;
    if let Some(digits) = &arguments.consent.arm {
        changeset::arm(&place.scope.account, digits)?;
    }
    let graph = Graph::build(&place.inventory);
    let former = match &arguments.rebuild {
        Some(name) => Some(place.recorded_as(name)?),
        None => None,
    };
    let wish = wish(arguments, &place.inventory, &graph, (config, former.as_ref()))?;
    let meant = Box::pin(meant_by(arguments, &place, &graph, (wish, config, judging))).await?;
    let mut answers = answers(arguments)?;
    // What was answered before needs no other answer where a guard says the same.
    let given = former
        .iter()
        .flat_map(|former| rebuild::answers(&former.progress.planned, &meant.guards));
    answers.extend(given);
    let built = meant.changeset(&answers);
    if built.as_ref().is_ok_and(Changeset::is_empty) {
        output::write(b"There is nothing to do.\n")?;
        return Ok(Status::Success);
    }
    let recorded = built.as_ref().map(|built| place.recorded(built));
    let seconds = recorded.as_ref().map_or(0, |recorded| {
        recorded.progress.planned.seconds(place.account.seconds_per_write())
    });
    let removed = report::Removed {
        inventory: &place.inventory,
        scope: &place.scope,
        proposal: meant.proposal.as_ref(),
        guards: &meant.guards,
        suggestions: &meant.suggestions,
        planned: recorded.as_ref().map_err(|stopped| *stopped),
        what_if: &meant.what_if,
        seconds,
    };
    let text = match arguments.consent.format {
        Format::Table => report::table(&removed, paper::layout()),
        Format::Json => report::json(&removed),
    };
    output::write(text.as_bytes())?;
    match recorded {
        Err(_) => Ok(Status::Findings),
        Ok(_) if arguments.consent.plan_only => Ok(Status::Success),
        Ok(recorded) => {
            let word = meant.word.as_deref().unwrap_or("yes");
            changeset::consent(arguments.consent.yes.as_deref(), &recorded.progress.planned, word)?;
            Box::pin(carry_out(&place, &recorded, (&meant, former.as_ref()))).await
        }
    }
}

/// Saves those who go, carries it out, and proves that nothing names them any more.
async fn carry_out(
    place: &Place,
    recorded: &Recorded,
    (meant, former): (&Meant, Option<&Recorded>),
) -> Result<Status, Failure> {
    let saving = Saving {
        definitions: meant.definitions.clone().map_err(|person| not_saved(&person))?,
        former: former.map(|former| former.progress.clone()),
    };
    let changeset = &recorded.progress.planned.changeset;
    for path in runtime::removal::save(&place.store, &place.scope, changeset, &saving)? {
        output::lines(&format!("Saved for putting back: {}\n", path.display()))?;
    }
    let outcome = Box::pin(place.carry_out(recorded, former)).await?;
    match meant.proposal.as_ref().map(|proposal| &proposal.removal) {
        Some(removal) if outcome == Outcome::Done => Box::pin(place.prove(recorded, &removal.leavers)).await,
        Some(_) => {
            output::lines(&changeset::offer_to_rebuild(&outcome, recorded))?;
            Ok(changeset::status_of(&outcome))
        }
        None => Ok(changeset::status_of(&outcome)),
    }
}

/// Returns whether the settings count a name as managed by code.
pub(super) fn is_by_code(config: &Config, name: &str) -> bool {
    build::is_named_by_code(&config.managed_by_code, name)
}

/// Works out what the arguments wish for.
async fn meant_by(
    arguments: &Arguments,
    place: &Place,
    graph: &Graph,
    (wish, config, judging): (Wish, &Config, &Judging),
) -> Result<Meant, Failure> {
    let inventory = &place.inventory;
    let previewed = match &wish {
        Wish::TakeOut(removal) => Box::pin(previewed(place, removal)).await,
        Wish::Delete(_) | Wish::DeleteUnused(_) | Wish::PutBack(_) => Previewed::new(),
    };
    let now = super::now();
    let engaged = match Box::pin(place.account.engaged(engaged::window(now), now)).await {
        Ok(answer) => Some(answer.engagements),
        Err(unread) => {
            super::report(&unread.failure);
            None
        }
    };
    let window = Stretch {
        start_at: now,
        end_at: inventory.horizon_end.unwrap_or(now),
    };
    let asked = Asked {
        now,
        walked: Walked {
            window,
            resolve_schedules: judging.resolve_schedules,
            second_human_minutes: &|name| i64::from(judging.policy.limits_of(name).second_human_minutes),
        },
        is_by_code: &|name| is_by_code(config, name),
        engaged: engaged.as_deref(),
    };
    let judging = with_ledger(judging, place)?;
    let people = KnownPeople::new(inventory, &judging, now);
    let known = Known {
        team: &|person| people.team(person),
        verified: &|person| people.is_verified(person),
    };
    let name = place.name(arguments.consent.name.as_deref())?;
    Ok(meant(inventory, graph, wish, name, (&previewed, asked, known)))
}

/// Returns what the arguments wish for.
fn wish(
    arguments: &Arguments,
    inventory: &Inventory,
    graph: &Graph,
    (config, former): (&Config, Option<&Recorded>),
) -> Result<Wish, Failure> {
    let find = |name: &String, among| naming::find(name, among, inventory, graph).map_err(|missing| missing.why);
    if let Some(former) = former {
        let removal = rebuild::of(&former.progress).map_err(|why| {
            Failure::new(FailureKind::Usage, "The changeset cannot be planned anew.")
                .because(why.to_string())
                .hint("take the people out again by their names: what is done already is not done twice")
        })?;
        return Ok(Wish::TakeOut(rebuild::again(removal, inventory, super::now())));
    }
    match (&arguments.unused, arguments.people.as_slice()) {
        (Some(name), _) => find(name, Among::All).map(Wish::DeleteUnused),
        (None, [name]) if arguments.delete => find(name, Among::People).map(Wish::Delete),
        (None, _) if arguments.delete => Err(Failure::new(
            FailureKind::Usage,
            "Only one person can be deleted at a time.",
        )
        .hint("name one person, and type their alias to consent")),
        (None, _) => removal(arguments, inventory, graph, config).map(Wish::TakeOut),
    }
}

/// Adds what the ledger remembers, where there is one.
fn with_ledger(judging: &Judging, place: &Place) -> Result<Judging, Failure> {
    let remembered = Remembered::of_scope(&place.store, &place.scope)?;
    Ok(Judging {
        recorded: remembered.map(|remembered| Arc::new(remembered.recorded())),
        ..judging.clone()
    })
}

fn removal(arguments: &Arguments, inventory: &Inventory, graph: &Graph, config: &Config) -> Result<Removal, Failure> {
    let find = |name: &String| naming::find(name, Among::People, inventory, graph).map_err(|missing| missing.why);
    let find_leaver = |name: &String| {
        let found = naming::find(name, Among::People, inventory, graph);
        found.or_else(|missing| naming::gone(name, inventory, graph).ok_or(missing.why))
    };
    let mut leavers: Vec<Arn> = Vec::new();
    for name in &arguments.people {
        let leaver = find_leaver(name)?;
        if !leavers.contains(&leaver) {
            leavers.push(leaver);
        }
    }
    if let Some(path) = &arguments.from {
        let mut listed: Vec<(Arn, Leaver)> = Vec::new();
        for leaver in read_list(path)? {
            let arn = find_leaver(&leaver.name)
                .map_err(|why| why.because(format!("line {} of {} names them", leaver.line, path.display())))?;
            if let Some((_, first)) = listed.iter().find(|(known, _)| *known == arn) {
                return Err(leavers::twice(path, leaver.line, first));
            }
            listed.push((arn, leaver));
        }
        let listed = listed.into_iter().map(|(arn, _)| arn);
        let new: Vec<Arn> = listed.filter(|arn| !leavers.contains(arn)).collect();
        leavers.extend(new);
    }
    let mut turns = BTreeMap::new();
    for text in &arguments.turns {
        let (rotation, way) = chosen_turns(text, inventory, graph)?;
        turns.insert(rotation, way);
    }
    Ok(Removal {
        leavers,
        replacement: arguments.replace_with.as_ref().map(find).transpose()?,
        turns,
        end: End::Quarantine {
            on: super::now().with_timezone(&config.time_zone).date_naive(),
        },
    })
}

fn chosen_turns(text: &str, inventory: &Inventory, graph: &Graph) -> Result<(Arn, Turns), Failure> {
    let wrong = || {
        let what = format!("“{}” after --turns is no rotation with a way.", neutral(text));
        Failure::new(FailureKind::Usage, what).hint("write it like Payments=remove: replace, remove or defer")
    };
    let (name, way) = text.rsplit_once('=').ok_or_else(wrong)?;
    let arn = naming::find(name, Among::All, inventory, graph).map_err(|missing| missing.why)?;
    let row = inventory.rotations.items.get(&arn).ok_or_else(wrong)?;
    let turns = match way {
        "replace" => Turns::Replace,
        "remove" => Turns::Remove,
        "defer" => Turns::Defer {
            until: rotation::next_hand_over(row, super::now()).ok_or_else(|| {
                let what = format!("When somebody hands over next in “{}” is not known.", neutral(name));
                Failure::new(FailureKind::Access, what)
                    .hint("choose replace or remove, or read its shifts further ahead")
            })?,
        },
        _ => return Err(wrong()),
    };
    Ok((arn, turns))
}

/// Returns everybody in a list of leavers.
fn read_list(path: &Path) -> Result<Vec<Leaver>, Failure> {
    let bytes = File::open(path).and_then(|file| {
        let mut bytes = Vec::new();
        file.take(leavers::MAX_BYTES + 1).read_to_end(&mut bytes)?;
        Ok(bytes)
    });
    let bytes = bytes.map_err(|error| {
        let what = format!("The list {} could not be read.", path.display());
        Failure::new(FailureKind::Usage, what)
            .because_of(&error)
            .hint("name a CSV file with an alias in the first column")
    })?;
    leavers::parse(&bytes, path)
}

/// Asks the service for the shifts that the rotations would have. What it does not answer is left out, and told as unknown.
async fn previewed(place: &Place, removal: &Removal) -> Previewed {
    let mut previewed = Previewed::new();
    let now = super::now();
    let Some(end_at) = place.inventory.horizon_end else {
        return previewed;
    };
    for wanted in rotation::wanted(&place.inventory, removal) {
        match Box::pin(place.account.preview_shifts(&wanted.draft, (now, end_at), now)).await {
            Ok(answer) => {
                previewed.insert((wanted.rotation, wanted.turns), answer.shifts);
            }
            Err(unread) => {
                super::report(&unread.failure);
            }
        }
    }
    previewed
}

fn answers(arguments: &Arguments) -> Result<Vec<(String, String)>, Failure> {
    let answers = arguments.answer.iter();
    answers
        .map(|text| {
            let parsed = text
                .split_once('=')
                .map(|(key, words)| (key.to_owned(), words.to_owned()));
            parsed.ok_or_else(|| {
                let what = format!("“{}” after --answer is no guard with an answer.", neutral(text));
                Failure::new(FailureKind::Usage, what).hint("write it like open-incident=\"none is open\"")
            })
        })
        .collect()
}
