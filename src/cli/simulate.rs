//! `callsheet simulate`: who would be paged, when and on what, if something fired now, then, or at the worst time.

use super::{
    Status,
    naming::{self, Among, Missing},
    output, paper, reading,
};
use crate::{
    changes::{
        apply::apply,
        what_if::{Terms, Verdict, of_start},
        without::without_person,
    },
    config::Config,
    domain::{
        Timestamp,
        graph::Graph,
        ids::Arn,
        inventory::Inventory,
        text::neutral,
        when::{self, Moment},
    },
    failure::{Failure, FailureKind},
    paging::{
        coverage::Stretch,
        simulate::{
            Acknowledgement, Question, ResolveSchedules, Simulator, compare::compare, minute::Minute, simulate,
        },
        telling::Names,
    },
    report::simulate::{self as report, Simulated, json, svg, table, without::Without},
};
use chrono::TimeDelta;
use chrono_tz::Tz;
use clap::builder::{PossibleValuesParser, TypedValueParser};
use std::time::Duration;

/// Say who would be paged, when and on what, if something fired now, at a time, or at the worst time.
///
/// The account is read, and the page is walked in memory: nobody is paged, and nothing is written to the account. Every
/// step is told, the silent ones with their reason. Progress is shown on standard error when that is a terminal.
#[derive(Debug, clap::Args)]
#[command(after_long_help = AFTER_HELP)]
pub(super) struct Arguments {
    /// The response plan, escalation plan, schedule or person that is engaged: its name, alias or ARN.
    #[arg(value_name = "PLAN")]
    plan: String,

    /// When it is engaged; now, unless it is said.
    ///
    /// Local times are in the zone of the settings, or in the one that is written behind. A day of the week is the next
    /// one. A time that the clocks skip or show twice is refused, with the times that may be meant.
    #[arg(long, value_name = "TIME", conflicts_with = "worst")]
    at: Option<String>,

    /// Tell the worst time to start within the horizon, and exit by it.
    ///
    /// It is exact: every start at which the outcome can change is looked at. It is the worst for the case that nobody
    /// acknowledges.
    #[arg(long)]
    worst: bool,

    /// Let a person acknowledge, so many minutes after the start. May be repeated.
    #[arg(long, value_name = "PERSON@MINUTE")]
    ack: Vec<String>,

    /// Tell what the page would be if this person was in no plan, rotation, override and response plan, beside what it is.
    ///
    /// The person is taken out of a copy of what was read; nothing is changed. Nobody takes over their turns there. With
    /// --worst, the time is the one that is hit hardest.
    #[arg(long, value_name = "PERSON", conflicts_with = "ack")]
    without: Option<String>,

    /// How far ahead the worst time is looked for: 1d to 90d. As `horizon_days` in the settings, unless it is said.
    #[arg(long, value_name = "DAYS", value_parser = days)]
    horizon: Option<u32>,

    /// Whose shift counts when the page comes to an on-call schedule; as `resolve_schedules` in the settings, unless it is
    /// said.
    ///
    /// AWS does not say which it is: whoever is on call when the stage begins that names the schedule, or whoever was when the
    /// whole page started.
    #[arg(long, value_name = "WHEN", value_parser = resolve_parser())]
    resolve_schedules: Option<ResolveSchedules>,

    /// How to write it.
    #[arg(long, value_name = "FORMAT", value_enum, default_value_t = Format::Table)]
    format: Format,
}

const AFTER_HELP: &str = "\
Examples:
  callsheet simulate critical
  callsheet simulate critical --at \"sun 03:00\"
  callsheet simulate critical --at \"2026-11-29 03:00 Europe/Berlin\" --ack anna@5
  callsheet simulate payments-oncall --worst --horizon 30d --format json
  callsheet simulate critical --format svg > page.svg
  callsheet simulate critical --without anna --worst

Times: now, +3h, 03:00, sun 03:00, tomorrow 03:00, 2026-11-29 03:00, 2026-11-29T03:00Z, each with a zone behind if wanted.

Exit status:
  0    Somebody is certainly reached. With --without: nothing gets worse, at any start of the horizon.
  1    Nobody is reached: at that time, or with --worst at the worst one. With --without: something gets worse.
  2    The command line or the AWS settings are wrong, or nothing has that name.
  3    Whether anybody is reached, or anything gets worse, is unknown, because something could not be read.
  4    The account could not be read at all.";

/// The furthest that shifts can be read ahead.
const LONGEST_HORIZON_DAYS: u32 = 90;

/// How a simulated page is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
enum Format {
    /// Lines for people.
    Table,
    /// One JSON object.
    Json,
    /// A picture.
    Svg,
}

/// Returns what reads the instant whose shifts count.
fn resolve_parser() -> impl TypedValueParser<Value = ResolveSchedules> {
    let all = [ResolveSchedules::StageStart, ResolveSchedules::PlanStart];
    PossibleValuesParser::new(all.map(ResolveSchedules::word)).map(|word| {
        if word == ResolveSchedules::PlanStart.word() {
            ResolveSchedules::PlanStart
        } else {
            ResolveSchedules::StageStart
        }
    })
}

/// Returns the number of days that `30d` or `30` means.
fn days(text: &str) -> Result<u32, String> {
    let number = text.strip_suffix('d').unwrap_or(text).parse().ok();
    number
        .filter(|days| (1..=LONGEST_HORIZON_DAYS).contains(days))
        .ok_or_else(|| format!("write 1d to {LONGEST_HORIZON_DAYS}d"))
}

/// Reads the account and prints what a page comes to.
pub(super) fn run(arguments: &Arguments, config: &Config) -> Result<Status, Failure> {
    if arguments.without.is_some() && arguments.format == Format::Svg {
        return Err(no_picture());
    }
    let now = super::now();
    let at = moment(arguments, config, now)?.at;
    let acknowledgements = arguments
        .ack
        .iter()
        .map(|text| acknowledgement(text))
        .collect::<Result<Vec<_>, _>>()?;
    let mut config = config.clone();
    config.connection.horizon = horizon(arguments, &config, at - now);
    let Some(inventory) = reading::read(&config)? else {
        return Ok(Status::Stopped);
    };
    if reading::is_unread(&inventory) {
        for gap in &inventory.gaps {
            super::report(&Failure::new(FailureKind::Access, gap.to_string()));
        }
        return Ok(Status::Unread);
    }
    let graph = Graph::build(&inventory);
    let start = match naming::find(&arguments.plan, Among::Starts, &inventory, &graph) {
        Ok(start) => start,
        Err(missing) => return not_found(missing),
    };
    // Shifts are known from the beginning of the load: what is relative to now is relative to it.
    let moment = moment(arguments, &config, inventory.started_at.unwrap_or(now))?;
    let resolve_schedules = arguments.resolve_schedules.unwrap_or(config.resolve_schedules);
    let mut question = Question {
        resolve_schedules,
        ..Question::new(start, moment.at)
    };
    for (person, minute) in acknowledgements {
        match naming::find(person, Among::People, &inventory, &graph) {
            Ok(person) => question.acknowledgements.push(Acknowledgement { minute, person }),
            Err(missing) => return not_found(missing),
        }
    }
    let window = window(&inventory, config.connection.horizon, arguments.horizon, now);
    let names = Names {
        inventory: &inventory,
        graph: &graph,
    };
    if let Some(person) = &arguments.without {
        let person = match naming::find(person, Among::People, &inventory, &graph) {
            Ok(person) => person,
            Err(missing) => return not_found(missing),
        };
        return without(arguments, names, &person, question, (window, moment.zone));
    }
    let mut simulator = Simulator::new(&inventory, &graph);
    let worst = simulator.worst(&question.start, window, resolve_schedules, inventory.horizon_end);
    if let Some(worst) = worst.as_ref().filter(|_| arguments.worst) {
        question.at = worst.first_human.starts.start_at;
    }
    let timeline = simulator.simulate(&question);
    let simulated = Simulated {
        names,
        timeline: &timeline,
        worst: worst.as_ref(),
        is_at_worst: arguments.worst && worst.is_some(),
        zone: moment.zone,
    };
    let text = match arguments.format {
        Format::Table => table::table(&simulated, paper::layout()),
        Format::Json => json::json(&simulated),
        Format::Svg => svg::svg(&simulated),
    };
    output::write(text.as_bytes())?;
    Ok(match simulated.first_human() {
        Minute::Never => Status::Findings,
        minute if minute.at_the_latest().is_some() => Status::Success,
        Minute::At(_) | Minute::Unknown { .. } => Status::Incomplete,
    })
}

fn no_picture() -> Failure {
    Failure::new(FailureKind::Usage, "There is no picture of a page without somebody.")
        .hint("leave --format svg out, or --without")
}

/// Prints what a page comes to as it is and without a person.
fn without(
    arguments: &Arguments,
    names: Names<'_>,
    person: &Arn,
    mut question: Question,
    (window, zone): (Stretch, Tz),
) -> Result<Status, Failure> {
    let inventory = names.inventory;
    let supposed = without_person(inventory, person);
    let after = apply(inventory, &supposed.writes, &supposed.previews);
    let graph = Graph::build(&after);
    let terms = Terms {
        window,
        resolve_schedules: question.resolve_schedules,
        reaches_further: true,
    };
    let change = of_start(inventory, &after, &question.start, terms);
    if let Some(change) = change.as_ref().filter(|_| arguments.worst) {
        question.at = change.difference.hardest.starts.start_at;
    }
    let before_line = simulate(inventory, names.graph, &question);
    let after_line = simulate(&after, &graph, &question);
    // Whatever is not known may be another thing without the person.
    let comparison = compare(&before_line, &after_line, &|_| true);
    let told = Without {
        names,
        person,
        before: &before_line,
        after: &after_line,
        comparison: &comparison,
        change: change.as_ref(),
        unread: &supposed.unread,
        is_at_hardest: arguments.worst && change.is_some(),
        zone,
    };
    let text = match arguments.format {
        Format::Table => report::without::table(&told, paper::layout()),
        Format::Json => report::without::json(&told),
        Format::Svg => return Err(no_picture()),
    };
    output::write(text.as_bytes())?;
    Ok(match change.map(|change| change.verdict) {
        Some(Verdict::Worse) => Status::Findings,
        Some(Verdict::Better | Verdict::Same) => Status::Success,
        Some(Verdict::Unknown) | None => Status::Incomplete,
    })
}

/// Ends with what a name does not lead to.
fn not_found(missing: Missing) -> Result<Status, Failure> {
    if missing.is_certain {
        return Err(missing.why);
    }
    super::report(&missing.why);
    Ok(Status::Incomplete)
}

/// Returns the instant that was asked for.
fn moment(arguments: &Arguments, config: &Config, now: Timestamp) -> Result<Moment, Failure> {
    let text = arguments.at.as_deref().unwrap_or("now");
    when::parse(text, now, config.time_zone).map_err(|error| {
        Failure::new(FailureKind::Usage, "The time after --at is wrong.")
            .because(error.to_string())
            .hint(error.hint())
    })
}

/// Returns who acknowledges, and when.
fn acknowledgement(text: &str) -> Result<(&str, i64), Failure> {
    let parsed = text.rsplit_once('@').and_then(|(person, minute)| {
        let minute: u32 = minute.parse().ok()?;
        (!person.is_empty()).then_some((person, i64::from(minute)))
    });
    parsed.ok_or_else(|| {
        let what = format!("“{}” after --ack is no person with a minute.", neutral(text));
        Failure::new(FailureKind::Usage, what).hint("write it like anna@5: who, and how many minutes after the start")
    })
}

/// Returns how far ahead shifts are to be read: as asked, and over the start and what follows it.
fn horizon(arguments: &Arguments, config: &Config, until_start: TimeDelta) -> Duration {
    let of_days = |days: u32| Duration::from_hours(24 * u64::from(days));
    let asked = arguments.horizon.map(of_days).unwrap_or_default();
    // Most plans end within a day of their start.
    let start = until_start.to_std().unwrap_or_default().saturating_add(of_days(1));
    let start = if until_start > TimeDelta::zero() {
        start
    } else {
        Duration::ZERO
    };
    config
        .connection
        .horizon
        .max(asked)
        .max(start.min(of_days(LONGEST_HORIZON_DAYS)))
}

/// Returns the starts among which the worst is looked for.
fn window(inventory: &Inventory, read: Duration, asked: Option<u32>, now: Timestamp) -> Stretch {
    let start_at = inventory.started_at.unwrap_or(now);
    let wanted = asked.map_or_else(
        || TimeDelta::from_std(read).unwrap_or_default(),
        |days| TimeDelta::days(i64::from(days)),
    );
    let end_at = start_at.checked_add_signed(wanted).unwrap_or(start_at);
    Stretch {
        start_at,
        end_at: inventory.horizon_end.map_or(end_at, |end| end.min(end_at)),
    }
}
