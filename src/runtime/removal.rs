//! People taken out and put back: what the core asks about them is worked out here, with the account and the disk.

use crate::{
    app::{
        changeset::Saving,
        removal::{Aim, Question, WorkedOut},
    },
    aws::Account,
    changes::{
        build,
        changeset::new_name,
        removal::{
            Removal, engaged,
            humans::Walked,
            meant::{Wish, meant},
            proposal::Asked,
            rebuild,
            replacement::Known,
            rotation::{self, Previewed},
        },
    },
    domain::{
        Timestamp,
        call::Call,
        engagement::Engagement,
        graph::Graph,
        ids::{Arn, Scope},
        inventory::Inventory,
    },
    failure::{Failure, FailureKind},
    findings::known::KnownPeople,
    paging::coverage::Stretch,
    store::Store,
};
use std::{path::PathBuf, sync::Arc};

use super::effects::blocking;

/// Works out what the core asks: the service previews the shifts, and the disk knows what was saved of people.
pub async fn work_out(account: &Account, store: &Store, question: Question) -> Result<WorkedOut, Failure> {
    let (store, scope) = (store.clone(), question.scope.clone());
    let (aim, bare) = (question.aim.clone(), Arc::clone(&question.inventory));
    let (wish, inventory) = blocking(move || {
        let mut inventory = Inventory::clone(&bare);
        inventory.add_fingerprints(&store.fingerprint_key(&scope)?);
        Ok((wish(&store, &scope, aim)?, inventory))
    })
    .await?;
    let mut answered = Answered::default();
    if let Wish::TakeOut(removal) = &wish {
        answered = preview(account, &inventory, removal, question.now).await;
    }
    match Box::pin(account.engaged(engaged::window(question.now), question.now)).await {
        Ok(answer) => {
            answered.calls.extend(answer.calls);
            answered.engaged = Some(answer.engagements);
        }
        Err(unread) => {
            answered.calls.extend(unread.calls);
            answered.unanswered.push(unread.failure);
        }
    }
    let seconds_per_write = account.seconds_per_write();
    blocking(move || {
        let previewed = Arc::new(answered.previewed);
        Ok(worked_out(
            &question,
            wish,
            inventory,
            (previewed, answered.engaged, answered.unanswered, answered.calls),
            seconds_per_write,
        ))
    })
    .await
}

/// Saves people before the first write of a changeset takes them out, and returns where.
pub fn save(store: &Store, scope: &Scope, changeset: &str, saving: &Saving) -> Result<Vec<PathBuf>, Failure> {
    let mut paths = Vec::new();
    for definition in &saving.definitions {
        let first = match &saving.former {
            Some(former) => store.saved_definition(scope, &former.planned.changeset, &definition.contact)?,
            None => None,
        };
        let definition = match first {
            Some(first) => rebuild::joined(&first, definition.clone()),
            None => definition.clone(),
        };
        paths.push(store.save_definition(scope, changeset, &definition)?);
    }
    Ok(paths)
}

fn wish(store: &Store, scope: &Scope, aim: Aim) -> Result<Wish, Failure> {
    Ok(match aim {
        Aim::TakeOut(removal) => Wish::TakeOut(removal),
        Aim::Delete(person) => Wish::Delete(person),
        Aim::DeleteUnused(arn) => Wish::DeleteUnused(arn),
        Aim::PutBack(person) => match store.last_definition(scope, &person)? {
            Some(definition) => Wish::PutBack(Box::new(definition)),
            None => return Err(nothing_saved(&person)),
        },
    })
}

fn nothing_saved(person: &Arn) -> Failure {
    let name = crate::domain::text::neutral(person.name()).into_owned();
    Failure::new(FailureKind::Disk, format!("Nothing was saved of {name} here."))
        .because("they were taken out by hand, or from another computer")
        .hint("callsheet put-back takes a file that was saved elsewhere")
}

/// What the service has answered about shifts and about who is engaged.
#[derive(Default)]
struct Answered {
    previewed: Previewed,
    engaged: Option<Vec<Engagement>>,
    unanswered: Vec<Failure>,
    calls: Vec<Call>,
}

async fn preview(account: &Account, inventory: &Inventory, removal: &Removal, now: Timestamp) -> Answered {
    let mut answered = Answered::default();
    let Some(end_at) = inventory.horizon_end else {
        return answered;
    };
    for wanted in rotation::wanted(inventory, removal) {
        match Box::pin(account.preview_shifts(&wanted.draft, (now, end_at), now)).await {
            Ok(answer) => {
                answered.calls.extend(answer.calls);
                answered
                    .previewed
                    .insert((wanted.rotation, wanted.turns), answer.shifts);
            }
            Err(unread) => {
                answered.calls.extend(unread.calls);
                answered.unanswered.push(unread.failure);
            }
        }
    }
    answered
}

/// Works a wish out, with what the service has answered: the shifts, and what it has not.
pub fn worked_out(
    question: &Question,
    wish: Wish,
    inventory: Inventory,
    (previewed, engaged, unanswered, calls): (Arc<Previewed>, Option<Vec<Engagement>>, Vec<Failure>, Vec<Call>),
    seconds_per_write: u64,
) -> WorkedOut {
    let (judging, now) = (&question.judging, question.now);
    let graph = Graph::build(&inventory);
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
        is_by_code: &|name| build::is_named_by_code(&question.managed_by_code, name),
        engaged: engaged.as_deref(),
    };
    let people = KnownPeople::new(&inventory, judging, now);
    let known = Known {
        team: &|person| people.team(person),
        verified: &|person| people.is_verified(person),
    };
    let taken = question.taken_names.iter().map(String::as_str).collect();
    let name = new_name(now, &taken);
    let meant = meant(&inventory, &graph, wish, name, (&previewed, asked, known));
    drop(people);
    WorkedOut {
        after_graph: Arc::new(Graph::build(&meant.after)),
        inventory: Arc::new(inventory),
        graph: Arc::new(graph),
        meant,
        previewed,
        unanswered,
        calls,
        seconds_per_write,
        at: now,
    }
}
