//! `callsheet remove`: people taken out of paging, or what nothing uses deleted.

use super::{
    Status, changeset, judging,
    naming::{self, Among},
    output, paper,
    quarantine::Format,
    remembered::Remembered,
    writing::{Place, block_on},
};
use crate::{
    changes::{
        Changeset,
        apply::{Previews, apply},
        changeset::Draft,
        removal::{
            End, Removal, Turns,
            definition::Definition,
            guards::Guard,
            humans::Walked,
            proposal::{Asked, Proposal, Stopped, answered, propose},
            quarantine, rebuild,
            replacement::{Known, Suggestion, suggestions},
            rotation::{self, Previewed},
            unused,
        },
        run::Outcome,
        what_if::{Terms, WhatIf, what_if},
    },
    config::Config,
    domain::{graph::Graph, ids::Arn, inventory::Inventory, text::neutral},
    failure::{Failure, FailureKind},
    findings::{judging::Judging, known::KnownPeople, registry},
    imports::leavers::{self, Leaver},
    ledger::replay::Recorded,
    paging::coverage::Stretch,
    report::removal as report,
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

    /// Show it, and change nothing.
    #[arg(long)]
    plan_only: bool,

    /// Allow changes in this account: the last four digits of its number.
    #[arg(long, value_name = "LAST4", required_unless_present = "plan_only")]
    arm: Option<String>,

    /// Consent without being asked: the digest that the preview shows for the same --name.
    #[arg(long, value_name = "DIGEST", requires = "name")]
    yes: Option<String>,

    /// The name of the changeset, which is part of its digest.
    #[arg(long, value_name = "NAME")]
    name: Option<String>,

    /// How to write it.
    #[arg(long, value_name = "FORMAT", value_enum, default_value_t = Format::Table)]
    format: Format,
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

/// What is to be done, whichever of the ways.
struct Meant {
    proposal: Option<Proposal>,
    guards: Vec<Guard>,
    suggestions: Vec<Suggestion>,
    changeset: Result<Changeset, Stopped>,
    what_if: WhatIf,
    /// What has to be typed to consent.
    word: String,
}

async fn remove(arguments: &Arguments, config: &Config, judging: &Judging) -> Result<Status, Failure> {
    let place = Box::pin(Place::open(config)).await?;
    if let Some(digits) = &arguments.arm {
        changeset::arm(&place.scope.account, digits)?;
    }
    let graph = Graph::build(&place.inventory);
    let mut meant = match &arguments.unused {
        Some(name) => unused_thing(arguments, &place, &graph, name, config)?,
        None if arguments.delete => deleted(arguments, &place, &graph, config)?,
        None => Box::pin(people(arguments, &place, &graph, (config, judging))).await?,
    };
    if let Ok(built) = &mut meant.changeset
        && built.is_empty()
    {
        output::write(b"There is nothing to do.\n")?;
        return Ok(Status::Success);
    }
    let recorded = meant.changeset.as_ref().map(|built| place.recorded(built));
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
    let text = match arguments.format {
        Format::Table => report::table(&removed, paper::width()),
        Format::Json => report::json(&removed),
    };
    output::write(text.as_bytes())?;
    match recorded {
        Err(_) => Ok(Status::Findings),
        Ok(_) if arguments.plan_only => Ok(Status::Success),
        Ok(recorded) => {
            changeset::consent(arguments.yes.as_deref(), &recorded.progress.planned, &meant.word)?;
            let former = arguments.rebuild.as_deref();
            Box::pin(carry_out(&place, &recorded, (meant.proposal.as_ref(), former))).await
        }
    }
}

/// Saves those who go, carries it out, and proves that nothing names them any more.
async fn carry_out(
    place: &Place,
    recorded: &Recorded,
    (proposal, former): (Option<&Proposal>, Option<&str>),
) -> Result<Status, Failure> {
    let removal = proposal.map(|proposal| &proposal.removal);
    let present = removal.map(|removal| rebuild::present(removal, &place.inventory));
    for person in present.into_iter().flatten() {
        let saved = removal.and_then(|removal| Definition::of(&place.inventory, removal, person, super::now()));
        let saved = saved.ok_or_else(|| {
            let what = format!("{} cannot be saved, so nothing is changed.", neutral(person.name()));
            Failure::new(FailureKind::Access, what).because("their plan, devices or tags were not read")
        })?;
        let first = match former {
            Some(former) => place.store.saved_definition(&place.scope, former, person)?,
            None => None,
        };
        let saved = match first {
            Some(first) => rebuild::joined(&first, saved),
            None => saved,
        };
        let changeset = &recorded.progress.planned.changeset;
        let path = place.store.save_definition(&place.scope, changeset, &saved)?;
        output::write(format!("Saved for putting back: {}\n", path.display()).as_bytes())?;
    }
    let former = former.map(|former| place.recorded_as(former)).transpose()?;
    let outcome = Box::pin(place.carry_out(recorded, former.as_ref())).await?;
    match removal {
        Some(removal) if outcome == Outcome::Done => Box::pin(place.prove(recorded, &removal.leavers)).await,
        Some(_) => {
            output::write(changeset::offer_to_rebuild(&outcome, recorded).as_bytes())?;
            Ok(changeset::status_of(&outcome))
        }
        None => Ok(changeset::status_of(&outcome)),
    }
}

/// Returns whether the settings count a name as managed by code.
pub(super) fn is_by_code(config: &Config, name: &str) -> bool {
    let mut patterns = config.managed_by_code.iter();
    patterns.any(|pattern| wildmatch::WildMatch::new(pattern).matches(name))
}

async fn people(
    arguments: &Arguments,
    place: &Place,
    graph: &Graph,
    (config, judging): (&Config, &Judging),
) -> Result<Meant, Failure> {
    let inventory = &place.inventory;
    let former = match &arguments.rebuild {
        Some(name) => Some(place.recorded_as(name)?),
        None => None,
    };
    let removal = match &former {
        Some(former) => {
            let removal = rebuild::of(&former.progress).map_err(|why| {
                Failure::new(FailureKind::Usage, "The changeset cannot be planned anew.")
                    .because(why.to_string())
                    .hint("take the people out again by their names: what is done already is not done twice")
            })?;
            rebuild::again(removal, inventory, super::now())
        }
        None => removal(arguments, inventory, graph, config)?,
    };
    let previewed = Box::pin(previewed(place, &removal)).await;
    let now = super::now();
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
    };
    let proposal = propose(inventory, graph, removal, &previewed, asked);
    let judging = with_ledger(judging, place)?;
    let people = KnownPeople::new(inventory, &judging, now);
    let known = Known {
        team: &|person| people.team(person),
        verified: &|person| people.is_verified(person),
    };
    let suggestions = if proposal.removal.replacement.is_none() {
        suggestions(inventory, graph, &proposal.removal, known)
    } else {
        Vec::new()
    };
    let writes = proposal.draft.as_ref().map_or(&[][..], |draft| &draft.writes);
    let after = apply(inventory, writes, &proposal.previews);
    let terms = Terms {
        window,
        resolve_schedules: judging.resolve_schedules,
        reaches_further: true,
    };
    let what_if = what_if(inventory, &after, terms).apart_from(&proposal.removal.leavers);
    let name = place.name(arguments.name.as_deref())?;
    let mut answers = answers(arguments)?;
    // What was answered before needs no other answer where a guard says the same.
    answers.extend(
        former
            .iter()
            .flat_map(|former| rebuild::answers(&former.progress.planned, &proposal.guards)),
    );
    let changeset = proposal.changeset(inventory, name, &answers);
    let word = match proposal.removal.leavers.as_slice() {
        [one] => one.name().to_owned(),
        several => several.len().to_string(),
    };
    Ok(Meant {
        guards: proposal.guards.clone(),
        proposal: Some(proposal),
        suggestions,
        changeset,
        what_if,
        word,
    })
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

fn unused_thing(
    arguments: &Arguments,
    place: &Place,
    graph: &Graph,
    name: &str,
    config: &Config,
) -> Result<Meant, Failure> {
    let arn = naming::find(name, Among::All, &place.inventory, graph).map_err(|missing| missing.why)?;
    let drafted = unused::draft(&place.inventory, graph, &arn, &|name| is_by_code(config, name));
    let (draft, guards) = match drafted {
        Ok((draft, guards)) => (Ok(draft), guards),
        Err(why) => (Err(Stopped::NoDraft(why)), Vec::new()),
    };
    let word = arn.name().to_owned();
    deletion(arguments, place, draft, (guards, word))
}

fn deleted(arguments: &Arguments, place: &Place, graph: &Graph, config: &Config) -> Result<Meant, Failure> {
    let [name] = arguments.people.as_slice() else {
        return Err(
            Failure::new(FailureKind::Usage, "Only one person can be deleted at a time.")
                .hint("name one person, and type their alias to consent"),
        );
    };
    let person = naming::find(name, Among::People, &place.inventory, graph).map_err(|missing| missing.why)?;
    let draft = quarantine::delete(&place.inventory, graph, &person, super::now()).map_err(Stopped::NoDraft);
    let guards = unused::guards_of(&place.inventory, &person, &|name| is_by_code(config, name));
    let word = person.name().to_owned();
    deletion(arguments, place, draft, (guards, word))
}

fn deletion(
    arguments: &Arguments,
    place: &Place,
    draft: Result<Draft, Stopped>,
    (guards, word): (Vec<Guard>, String),
) -> Result<Meant, Failure> {
    let answers = answered(&guards, &answers(arguments)?);
    let name = place.name(arguments.name.as_deref())?;
    let changeset = draft.and_then(|draft| {
        let answers = answers.map_err(Stopped::Guards)?;
        let mut built = Changeset::build(&place.inventory, name, draft, &Previews::new())?;
        built.answers = answers;
        Ok(built)
    });
    Ok(Meant {
        proposal: None,
        guards,
        suggestions: Vec::new(),
        changeset,
        what_if: WhatIf::default(),
        word,
    })
}
