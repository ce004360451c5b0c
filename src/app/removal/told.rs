//! What the screen of a removal says, line by line, and what can be done on each line.

use super::{Aim, RemovalView, Removing, Stage, WorkedOut, built, called, shifts, standing};
use crate::{
    app::{
        measure::wrap,
        model::Model,
        style::{Line, Role},
        time,
        what_if::told::{self as pages, moved_words, role_of, times},
    },
    changes::{
        removal::{
            Removal, Turns,
            doors::Door,
            guards::{Guard, Kind},
            proposal::Stopped,
            put_back::ACTIVATE,
            replacement::Suggestion,
            rotation::{Choice, Way},
        },
        state::name_of_rotation,
        what_if::Verdict,
    },
    domain::{ids::Arn, schedule::Shift},
    paging::{coverage::Stretch, telling::Names},
};
use chrono::Duration;

/// The most members of a rotation that are named in one line.
const MOST_NAMES: usize = 7;

/// What can be done on a line.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Act {
    /// Nothing.
    None,
    /// Answer the guard of this key.
    Answer(String),
    /// Have this person take the places, or nobody.
    Replacement(Option<Arn>),
    /// Name somebody who takes the places.
    Somebody,
    /// Deal with the turns of a rotation in this way.
    Turns(Arn, Turns),
    /// Show the pages of a start.
    Start(Arn),
    /// Go on to the changeset.
    GoOn,
}

/// One line, which may take several rows on the screen.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Row {
    /// The text.
    pub line: Line,
    /// What can be done on it.
    pub act: Act,
}

/// The screen, broken into rows.
#[derive(Debug, Clone, Default)]
pub struct Page {
    /// The rows, each with whether it belongs to the selected line.
    pub rows: Vec<(Line, bool)>,
    /// The first row on the screen, so that the selected line is there.
    pub offset: usize,
    /// What is asked, and what the keys do.
    pub foot: Vec<Line>,
}

/// Returns what is shown in an area of this size.
pub fn page(model: &Model, view: RemovalView, (width, height): (u16, u16)) -> Page {
    let Some(removing) = &model.removing else {
        return Page::default();
    };
    let columns = usize::from(width);
    let foot: Vec<Line> = foot(model, removing)
        .iter()
        .flat_map(|line| wrap(line, columns))
        .collect();
    let room = usize::from(height).saturating_sub(foot.len() + 1);
    let all = rows(model, removing, columns);
    let place = view.place.min(all.len().saturating_sub(1));
    let mut page = Page {
        foot,
        ..Page::default()
    };
    let mut first = 0;
    for (at, row) in all.iter().enumerate() {
        if at == place {
            first = page.rows.len();
        }
        let broken = wrap(&row.line, columns).into_iter();
        page.rows.extend(broken.map(|line| (line, at == place)));
    }
    // The selected line stands in the upper third, so that what follows it can be read.
    let last = page.rows.len().saturating_sub(room);
    page.offset = first.saturating_sub(room / 3).min(last);
    page
}

/// Returns what stands above.
pub fn title(removing: &Removing) -> String {
    let names = |arns: &[Arn]| arns.iter().map(called).collect::<Vec<_>>().join(", ");
    match &removing.aim {
        Aim::TakeOut(removal) => format!("take out {}", names(&removal.leavers)),
        Aim::Delete(person) => format!("delete {} for good", called(person)),
        Aim::DeleteUnused(arn) => match &removing.worked {
            Some(worked) => format!("delete {}", name_of_rotation(&worked.inventory, arn)),
            None => format!("delete {}", called(arn)),
        },
        Aim::PutBack(person) => format!("put {} back", called(person)),
    }
}

struct Rows(Vec<Row>);

impl Rows {
    fn say(&mut self, line: Line) {
        self.0.push(Row { line, act: Act::None });
    }

    fn heading(&mut self, text: &str) {
        self.say(Line::of(text, Role::Heading));
    }

    fn offer(&mut self, line: Line, act: Act) {
        self.0.push(Row { line, act });
    }
}

/// Returns every line, for an area of this many columns.
pub fn rows(model: &Model, removing: &Removing, columns: usize) -> Vec<Row> {
    let mut rows = Rows(Vec::new());
    if let Some(why) = &removing.why_anew {
        rows.say(Line::of("Planned anew, because ", Role::Warning).and(why, Role::Normal));
        rows.say(Line::of(
            "What is done stays done. This is a fresh plan of what is left, and is agreed to again.",
            Role::Dim,
        ));
    }
    match &removing.stage {
        Stage::Reading(_) => rows.say(reading(model)),
        Stage::Working(_) => rows.say(Line::of(
            "working it out, with the service's own preview of the shifts …",
            Role::Progress,
        )),
        Stage::Showing => {}
        Stage::Failed(failure) => {
            rows.say(Line::of(failure.what(), Role::Danger));
            failure.why().iter().for_each(|why| rows.say(Line::plain(why)));
            if let Some(hint) = failure.next_action() {
                rows.say(Line::of(format!("→ {hint}"), Role::Key));
            }
        }
    }
    if let Some(worked) = &removing.worked {
        worked_out(model, removing, worked, columns, &mut rows);
    }
    rows.0
}

fn reading(model: &Model) -> Line {
    let answered = model.load.as_ref().map_or(0, |load| load.progress.answered);
    Line::of(
        format!("reading the account again, so that nothing old is planned with: {answered} calls answered …"),
        Role::Progress,
    )
}

fn worked_out(model: &Model, removing: &Removing, worked: &WorkedOut, columns: usize, rows: &mut Rows) {
    let meant = &worked.meant;
    for failure in &worked.unanswered {
        rows.say(Line::of(failure.what(), Role::Unknown));
        failure
            .why()
            .iter()
            .for_each(|why| rows.say(Line::plain(format!("  {why}"))));
    }
    lost(worked, rows);
    for (person, doors) in meant.proposal.iter().flat_map(|proposal| &proposal.doors) {
        doors_of(worked, person, doors, rows);
    }
    guards(removing, &meant.guards, rows);
    if let (Some(proposal), Aim::TakeOut(removal)) = (&meant.proposal, &removing.aim) {
        replacement(removing, removal, rows);
        for choice in &proposal.choices {
            rotation(model, worked, choice, columns, rows);
        }
        consequences(model, removing, worked, columns, rows);
    }
    writes(removing, worked, rows);
}

fn lost(worked: &WorkedOut, rows: &mut Rows) {
    let meant = &worked.meant;
    if !meant.lost.is_empty() {
        rows.heading("WHAT DOES NOT COME BACK");
        for lost in &meant.lost {
            rows.say(Line::plain(format!("  {lost}")));
        }
    }
    if !meant.silent.is_empty() {
        rows.heading("WHAT STAYS SILENT");
        for silent in &meant.silent {
            rows.say(Line::of(format!("  {silent}"), Role::Warning));
        }
        rows.say(Line::plain(format!("  {ACTIVATE}")));
    }
    if !meant.alone.is_empty() {
        rows.heading("WHERE NOBODY IS REACHED UNTIL THEN");
        for alone in &meant.alone {
            rows.say(Line::of(format!("  {alone}"), Role::Warning));
        }
    }
    if meant.is_first_of_two {
        rows.say(Line::of(
            "The contact is made anew first: put them back once more afterwards, for the plans and rotations.",
            Role::Warning,
        ));
    }
}

fn doors_of(worked: &WorkedOut, person: &Arn, doors: &[Door], rows: &mut Rows) {
    rows.heading(&format!("{} IS PAGED THROUGH", called(person).to_uppercase()));
    for door in doors {
        let role = if door.is_reference() { Role::Normal } else { Role::Dim };
        rows.say(Line::plain("  ").and(door.words(&worked.inventory), role));
    }
    if doors.is_empty() {
        rows.say(Line::of("  nothing that was read", Role::Dim));
    }
}

fn guards(removing: &Removing, guards: &[Guard], rows: &mut Rows) {
    if guards.is_empty() {
        return;
    }
    rows.heading("WHAT STOPS IT");
    for guard in guards {
        let key = guard.key();
        // What is said of a thing by its owner or its code does not name it.
        let why = match guard.kind {
            Kind::SharedIn | Kind::ByCode => format!("{}: {}", guard.what, guard.why),
            Kind::NotRead
            | Kind::OnCallNow
            | Kind::OpenIncident
            | Kind::LastOfStage
            | Kind::LastOfPlan
            | Kind::BelowPolicy
            | Kind::FewerPeople
            | Kind::UnclearReach
            | Kind::OnlyMember
            | Kind::MoreOnCall
            | Kind::Quarantined
            | Kind::StartedUnseen => guard.why.clone(),
        };
        let given = removing.given.iter().find(|given| given.key == key);
        let line = match given {
            Some(given) => Line::of("  ✓ ", Role::Good)
                .and(&why, Role::Normal)
                .and("; answered: ", Role::Dim)
                .and(&given.words, Role::Good),
            None if guard.is_answerable => Line::of("  ! ", Role::Warning)
                .and(&why, Role::Warning)
                .and(format!(". To go on: {}", guard.would_let_go_on), Role::Dim),
            None => Line::of("  ✗ ", Role::Danger).and(&why, Role::Danger).and(
                format!(". No answer is enough. To go on: {}", guard.would_let_go_on),
                Role::Dim,
            ),
        };
        rows.offer(line, Act::Answer(key));
    }
}

/// Returns the sign of a choice.
fn sign(is_chosen: bool) -> (&'static str, Role) {
    if is_chosen {
        ("  (•) ", Role::Good)
    } else {
        ("  ( ) ", Role::Dim)
    }
}

fn replacement(removing: &Removing, removal: &Removal, rows: &mut Rows) {
    rows.heading("WHO TAKES THE PLACES");
    let chosen = removal.replacement.as_ref();
    let (mark, role) = sign(chosen.is_none());
    rows.offer(
        Line::of(mark, role).and("nobody, where the plans stay above the policy without", Role::Normal),
        Act::Replacement(None),
    );
    let suggested = |suggestion: &Suggestion| {
        let (mark, role) = sign(chosen == Some(&suggestion.person));
        Line::of(mark, role).and(suggestion.words(), Role::Normal)
    };
    for suggestion in &removing.suggestions {
        rows.offer(suggested(suggestion), Act::Replacement(Some(suggestion.person.clone())));
    }
    let is_other = |person: &&Arn| !removing.suggestions.iter().any(|known| known.person == **person);
    if let Some(person) = chosen.filter(is_other) {
        let (mark, role) = sign(true);
        rows.offer(
            Line::of(mark, role).and(called(person), Role::Normal),
            Act::Replacement(Some(person.clone())),
        );
    }
    let (mark, role) = sign(false);
    rows.offer(Line::of(mark, role).and("somebody else …", Role::Normal), Act::Somebody);
}

fn rotation(model: &Model, worked: &WorkedOut, choice: &Choice, columns: usize, rows: &mut Rows) {
    let name = name_of_rotation(&worked.inventory, &choice.rotation);
    rows.heading(&format!("THE TURNS IN {}", name.to_uppercase()));
    let proposal = worked.meant.proposal.as_ref();
    let chosen = proposal.and_then(|proposal| proposal.removal.turns.get(&choice.rotation));
    let recommended = choice.complete().map(|way| way.turns);
    for way in &choice.ways {
        let (mark, role) = sign(chosen == Some(&way.turns));
        let mut line = Line::of(mark, role).and(way_words(model, way), Role::Normal);
        if recommended == Some(way.turns) {
            line = line.and("  recommended", Role::Good);
        }
        rows.offer(line, Act::Turns(choice.rotation.clone(), way.turns));
    }
    if matches!(chosen, Some(Turns::Defer { .. })) {
        rows.say(Line::of(
            "  It still names them until then: plan it once more after the hand-over.",
            Role::Warning,
        ));
    }
    if let Some(chosen) = chosen {
        for line in overlay(model, worked, (&choice.rotation, *chosen), columns) {
            rows.say(line);
        }
    }
}

fn way_words(model: &Model, way: &Way) -> String {
    // The step shows them all.
    let shown = if way.members.len() > MOST_NAMES {
        MOST_NAMES - 1
    } else {
        way.members.len()
    };
    let mut members: Vec<String> = way.members.iter().take(shown).map(called).collect();
    if shown < way.members.len() {
        members.push(format!("and {} more", way.members.len() - shown));
    }
    let moved = way.moved_words();
    let when = match way.turns {
        Turns::Defer { until } => format!(" ({})", time::instant(until, model.now, model.zone)),
        Turns::Replace | Turns::Remove => String::new(),
    };
    format!("{}{when}: {}; {moved}", way.turns.words(), members.join(", "))
}

/// Returns the shifts as they are and as they would be, where both are known.
fn overlay(model: &Model, worked: &WorkedOut, (rotation, turns): (&Arn, Turns), columns: usize) -> Vec<Line> {
    let known = worked.inventory.rotations.items.get(rotation);
    let before = known.and_then(|rotation| rotation.shifts.known());
    let (asked, from) = match turns {
        Turns::Replace | Turns::Remove => (turns, worked.at),
        Turns::Defer { until } => (Turns::Remove, until),
    };
    let previewed = worked.previewed.get(&(rotation.clone(), asked));
    let (Some(before), Some(previewed), Some(end_at)) = (before, previewed, worked.inventory.horizon_end) else {
        return vec![Line::of("    the shifts afterwards are not known", Role::Unknown)];
    };
    let until_then = before.iter().filter(|shift| shift.start_at < from).map(|shift| Shift {
        end_at: shift.end_at.min(from),
        ..shift.clone()
    });
    let from_then = previewed.iter().filter(|shift| shift.end_at > from).map(|shift| Shift {
        start_at: shift.start_at.max(from),
        ..shift.clone()
    });
    let after: Vec<Shift> = until_then.chain(from_then).collect();
    let names = Names {
        inventory: &worked.inventory,
        graph: &worked.graph,
    };
    let window = Stretch {
        start_at: worked.at,
        end_at,
    };
    shifts::lanes((before, &after), names, window, (model.zone, columns))
}

fn consequences(model: &Model, removing: &Removing, worked: &WorkedOut, columns: usize, rows: &mut Rows) {
    let found = &worked.meant.what_if;
    rows.heading("WHAT BECOMES OF THE PAGES OF OTHERS");
    if found.starts.is_empty() {
        rows.say(Line::of("  no difference to anybody who is paged", Role::Good));
        return;
    }
    let mut counts = Line::plain("  ");
    for verdict in [Verdict::Worse, Verdict::Unknown, Verdict::Better, Verdict::Same] {
        let count = found.count(verdict);
        if count > 0 {
            let between = if counts.spans.len() > 1 { " · " } else { "" };
            counts = counts
                .and(between, Role::Dim)
                .and(format!("{count} {}", verdict.word()), role_of(verdict));
        }
    }
    rows.say(counts);
    let names = Names {
        inventory: &worked.inventory,
        graph: &worked.graph,
    };
    for change in &found.starts {
        let (mark, role) = sign(removing.start.as_ref() == Some(&change.start));
        let line = Line::of(mark, role)
            .and(format!("{} ", names.kind(&change.start)), Role::Dim)
            .and(names.of(&change.start), Role::Normal)
            .and(": ", Role::Normal)
            .and(change.verdict.word(), role_of(change.verdict))
            .and(times(change), Role::Normal);
        rows.offer(line, Act::Start(change.start.clone()));
    }
    let Some(pair) = &removing.pair else { return };
    let at = pair.before.timeline.question.at;
    let when = format!(
        "  a page at {} {}",
        time::instant(at, model.now, model.zone),
        time::zone_name(at, model.zone)
    );
    rows.say(Line::of(when, Role::Dim));
    let after = Names {
        inventory: &worked.meant.after,
        graph: &worked.after_graph,
    };
    for (word, line) in moved_words(&pair.comparison, names, after) {
        rows.say(
            Line::of(format!("  {word}: "), Role::Dim)
                .and(line.text(), line.spans.first().map_or(Role::Normal, |span| span.role)),
        );
    }
    let height = pair.before.lanes.len().max(pair.after.lanes.len()) * 2 + 4;
    for line in pages::sides(pair, (columns, height), true) {
        rows.say(line);
    }
}

fn writes(removing: &Removing, worked: &WorkedOut, rows: &mut Rows) {
    let meant = &worked.meant;
    match &meant.built {
        Ok(changeset) if changeset.is_empty() => {
            rows.heading("WHAT IS DONE");
            rows.say(Line::of("  it is so already: there is nothing to change", Role::Good));
        }
        Ok(changeset) => {
            rows.heading("WHAT IS DONE, IN THIS ORDER");
            for (place, step) in changeset.steps.iter().enumerate() {
                rows.say(
                    Line::of(format!("  {}. ", place + 1), Role::Dim)
                        .and(&step.title, Role::Normal)
                        .and(format!("  {}", step.planned.undo.words()), Role::Dim),
                );
            }
            let steps = u64::try_from(changeset.steps.len()).unwrap_or(u64::MAX);
            let seconds = steps.saturating_mul(worked.seconds_per_write);
            let length = i64::try_from(seconds).ok().and_then(Duration::try_seconds);
            let words = match length {
                Some(length) if seconds > 60 => format!("about {}", time::length(length)),
                Some(_) | None if seconds == 0 => "a moment".to_owned(),
                Some(_) | None => format!("about {seconds} seconds"),
            };
            rows.say(Line::of(
                format!("  It takes {words} at the rate that AWS allows."),
                Role::Dim,
            ));
            let line = match built(removing) {
                Some(Err(Stopped::Guards(guards))) => Line::of(
                    format!("  {} to answer before it can be agreed to", counted(guards.len())),
                    Role::Warning,
                ),
                Some(Ok(_) | Err(Stopped::NoDraft(_) | Stopped::NotRead(_))) | None => {
                    Line::of("  → go on to the changeset, which is agreed to there", Role::Key)
                }
            };
            rows.offer(line, Act::GoOn);
        }
        Err(stopped) => {
            rows.heading("IT CANNOT BE DONE");
            rows.say(Line::of(format!("  {stopped}"), Role::Danger));
        }
    }
}

fn counted(guards: usize) -> String {
    if guards == 1 {
        "1 thing that stops it is".to_owned()
    } else {
        format!("{guards} things that stop it are")
    }
}

/// Returns what is asked and what the keys do.
fn foot(model: &Model, removing: &Removing) -> Vec<Line> {
    let key = |line: Line, key: &str, word: &str| {
        let between = if line.spans.is_empty() { "" } else { "  " };
        line.and(between, Role::Normal)
            .and(key, Role::Key)
            .and(format!(" {word}"), Role::Dim)
    };
    let mut line = Line::default();
    let act = super::selected(model).map_or(Act::None, |row| row.act);
    line = match act {
        Act::None => line,
        Act::Answer(_) => key(line, "enter", "answer"),
        Act::Replacement(_) | Act::Somebody | Act::Turns(..) => key(line, "enter", "choose"),
        Act::Start(_) => key(line, "enter", "its pages"),
        Act::GoOn => key(line, "enter", "go on"),
    };
    if removing.worked.is_some() {
        line = key(line, "tab", "next");
        if removing.stage == Stage::Showing {
            let is_free = standing(model).is_empty();
            line = key(line, "x", if is_free { "go on" } else { "what stops it" });
        }
    }
    vec![key(key(line, "R", "read again"), "esc", "drop")]
}
