//! A time line told to people: lanes with marks, sentences, and the stretches in which nothing happens.
//!
//! The screen, the printed table and the picture have this in common; what they look like is decided there.

use super::simulate::{
    Acknowledged, AcknowledgedEffect, Timeline,
    event::{Event, Hop, What},
    minute::Minute,
    person::RemovedDevice,
    reason::Silence as Reason,
};
use crate::domain::{
    contact::{ChannelKind, ContactKind},
    graph::Graph,
    ids::Arn,
    inventory::Inventory,
    text::neutral,
};
use std::collections::HashMap;

/// Pauses shorter than this many minutes are how stages and retries work, and are not told as silence.
const SILENCE_MINUTES: i64 = 5;

/// How many characters of an id tell a device apart from the others of its person.
const SHORT_ID: usize = 8;

/// The distances between the minutes that are written on a scale.
const STEPS: [i64; 13] = [1, 2, 5, 10, 15, 30, 60, 120, 240, 480, 720, 1440, 2880];

/// One row of the picture: a person, or something behind which there is nobody or it is not known who.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Lane {
    /// The person, or what the events are about.
    pub subject: Option<Arn>,
    /// Its name, neutralised.
    pub name: String,
    /// What happens, in the order of time.
    pub marks: Vec<Mark>,
}

/// One event in a lane.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Mark {
    /// Minutes after the start.
    pub minute: i64,
    /// What it is.
    pub sign: Sign,
    /// The place of the event in the time line.
    pub event: usize,
}

/// What a mark stands for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Sign {
    /// Nothing goes out.
    Silent,
    /// It is not known whether anything goes out.
    Unknown,
    /// A page to a device of a kind that is not known.
    Other,
    /// A mail.
    Mail,
    /// A text message.
    Text,
    /// A call.
    Call,
}

impl Sign {
    /// Every sign, the one that goes first where several share a cell last.
    pub const ALL: [Self; 6] = [
        Self::Silent,
        Self::Unknown,
        Self::Other,
        Self::Mail,
        Self::Text,
        Self::Call,
    ];

    /// Returns what an event is marked with.
    pub fn of(what: &What) -> Self {
        match what {
            What::Page(page) => match page.kind {
                ChannelKind::Sms => Self::Text,
                ChannelKind::Voice => Self::Call,
                ChannelKind::Email => Self::Mail,
                ChannelKind::Other(_) => Self::Other,
            },
            What::Silent(_) => Self::Silent,
            What::Unknown(_) => Self::Unknown,
        }
    }

    /// Returns the letter that stands for it.
    pub fn letter(self) -> char {
        match self {
            Self::Silent => 'x',
            Self::Unknown => '?',
            Self::Other => 'O',
            Self::Mail => 'M',
            Self::Text => 'T',
            Self::Call => 'C',
        }
    }

    /// Returns what the letter means.
    pub fn meaning(self) -> &'static str {
        match self {
            Self::Silent => "not paged",
            Self::Unknown => "unknown",
            Self::Other => "other device",
            Self::Mail => "mail",
            Self::Text => "text",
            Self::Call => "call",
        }
    }
}

/// A stretch in which no page goes out.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Silence {
    /// The minute of the page before; the start, where there is none.
    pub from: i64,
    /// The minute of the next page; absent where there is none.
    pub until: Option<i64>,
    /// Whether nothing unknown could break it.
    pub is_certain: bool,
}

impl Silence {
    /// Returns whether the silence ends with this event, before which it is told.
    pub fn ends_with(&self, event: &Event) -> bool {
        let is_page = matches!(event.what, What::Page(_));
        is_page && self.until.is_some_and(|until| until <= event.minute)
    }

    /// Returns the silence in words, without a full stop.
    pub fn words(&self) -> String {
        let Self {
            from,
            until,
            is_certain,
        } = *self;
        let page = if is_certain {
            "no page"
        } else {
            "no page that is certain"
        };
        match until {
            Some(until) => format!(
                "{} without a page{}",
                minutes(until - from),
                if is_certain { "" } else { " that is certain" }
            ),
            None if from == 0 => page.to_owned(),
            None => format!("{page} after minute {from}"),
        }
    }
}

/// The names of what a time line is about.
#[derive(Debug, Clone, Copy)]
pub struct Names<'a> {
    /// What was read.
    pub inventory: &'a Inventory,
    /// Who names whom in it.
    pub graph: &'a Graph,
}

impl Names<'_> {
    /// Returns the name of a contact, a rotation, a response plan or a device, neutralised.
    pub fn of(&self, named: &Arn) -> String {
        neutral(self.raw(named)).into_owned()
    }

    /// Returns the same name as it came.
    pub fn raw<'n>(&'n self, named: &'n Arn) -> &'n str {
        let arn = self.graph.resolve(named).unwrap_or(named);
        let contact = self.inventory.contacts.items.get(arn).map(|contact| contact.label());
        let rotation = || {
            self.inventory
                .rotations
                .items
                .get(arn)
                .map(|rotation| rotation.name.as_str())
        };
        let plan = || self.inventory.response_plans.items.get(arn).map(|plan| plan.label());
        let device = || {
            self.graph
                .channel(self.inventory, arn)
                .map(|(channel, _)| channel.name.as_str())
        };
        contact
            .or_else(rotation)
            .or_else(plan)
            .or_else(device)
            .unwrap_or(arn.name())
    }

    /// Returns what sort of thing it is, in AWS's words.
    pub fn kind(&self, named: &Arn) -> &'static str {
        let arn = self.graph.resolve(named).unwrap_or(named);
        match self.inventory.contacts.items.get(arn).map(|contact| &contact.kind) {
            Some(ContactKind::Person) => "person",
            Some(ContactKind::EscalationPlan) => "escalation plan",
            Some(ContactKind::Schedule) => "schedule",
            None if arn.service() == "ssm-incidents" => "response plan",
            Some(ContactKind::Other(_)) | None => "contact",
        }
    }

    /// Returns what happens in an event, without the minute, the person and a full stop.
    pub fn what(&self, event: &Event) -> String {
        let device = event.person.as_ref().zip(event.subject.as_ref());
        let device = device
            .filter(|(person, subject)| person != subject)
            .map(|(_, subject)| subject);
        let named = device.map(|device| self.device(device));
        let before = named.as_ref().map_or_else(String::new, |name| format!("{name} "));
        match &event.what {
            What::Page(page) => {
                let word = Sign::of(&event.what).meaning();
                let again = if page.attempt > 1 {
                    format!(", try {}", page.attempt)
                } else {
                    String::new()
                };
                format!("{word} to {}{again}", named.as_deref().unwrap_or("a device"))
            }
            // People are named as elsewhere in the sentence, not by their aliases.
            What::Silent(Reason::Acknowledged(person)) => {
                format!("{before}not paged: {} has acknowledged", self.of(person))
            }
            What::Silent(Reason::DeviceOfSomebodyElse(owner)) => {
                format!("{before}not paged: the device belongs to {}", self.of(owner))
            }
            What::Silent(why) => format!("{before}not paged: {why}"),
            What::Unknown(doubt) => format!("{before}unknown: {doubt}"),
        }
    }

    /// Returns the name of a device, or what tells it apart where it is not known or does not exist any more.
    fn device(&self, named: &Arn) -> String {
        if let Some((channel, _)) = self.graph.channel(self.inventory, named) {
            return format!("“{}”", neutral(&channel.name));
        }
        let id = named.name().rsplit('/').next().unwrap_or_default();
        format!("device {}", neutral(id).chars().take(SHORT_ID).collect::<String>())
    }

    /// Returns the way from the start to an event: plans with their stages, schedules with their rotations.
    pub fn way(&self, path: &[Hop]) -> String {
        let hop = |hop: &Hop| {
            let name = self.of(&hop.contact);
            match (hop.stage, &hop.rotation) {
                (Some(stage), _) => format!("{name} stage {stage}"),
                (None, Some(rotation)) => format!("{name} ({})", self.of(rotation)),
                (None, None) => name,
            }
        };
        path.iter().map(hop).collect::<Vec<_>>().join(" › ")
    }

    /// Returns whom an event concerns: a person, or else whatever it is about.
    pub fn whom(&self, event: &Event) -> String {
        match lane_subject(event) {
            Some(subject) => self.of(subject),
            None => "nobody".to_owned(),
        }
    }

    /// Returns what an acknowledgement did, in a sentence without a full stop.
    pub fn acknowledged(&self, acknowledged: &Acknowledged) -> String {
        let given = &acknowledged.acknowledgement;
        let name = self.of(&given.person);
        let effect = match acknowledged.effect {
            AcknowledgedEffect::NotPaged => "without effect: nobody has paged them by then".to_owned(),
            AcknowledgedEffect::Perhaps => "which perhaps stops something".to_owned(),
            AcknowledgedEffect::Stopped { plans: 0 } => "which stops their own steps and no plan".to_owned(),
            AcknowledgedEffect::Stopped { plans: 1 } => "which stops their own steps and one plan".to_owned(),
            AcknowledgedEffect::Stopped { plans } => format!("which stops their own steps and {plans} plans"),
        };
        format!("{name} acknowledges at minute {}, {effect}", given.minute)
    }
}

/// Returns the lanes of a time line, in the order in which they begin.
pub fn lanes(timeline: &Timeline, names: Names<'_>) -> Vec<Lane> {
    let mut lanes: Vec<Lane> = Vec::new();
    let mut places: HashMap<Option<&Arn>, usize> = HashMap::new();
    for (index, event) in timeline.events.iter().enumerate() {
        let subject = lane_subject(event);
        let place = *places.entry(subject).or_insert_with(|| {
            lanes.push(Lane {
                subject: subject.cloned(),
                name: names.whom(event),
                marks: Vec::new(),
            });
            lanes.len() - 1
        });
        if let Some(lane) = lanes.get_mut(place) {
            lane.marks.push(Mark {
                minute: event.minute,
                sign: Sign::of(&event.what),
                event: index,
            });
        }
    }
    lanes
}

/// Returns what the lane of an event stands for.
fn lane_subject(event: &Event) -> Option<&Arn> {
    event.person.as_ref().or(event.subject.as_ref())
}

/// Returns the last minute in which anything happens, or could have.
pub fn last_minute(timeline: &Timeline) -> i64 {
    timeline.events.last().map_or(0, |event| event.minute)
}

/// Returns the silent stretches that are worth telling: from the start to the first page, between pages, and for good.
pub fn silences(timeline: &Timeline) -> Vec<Silence> {
    let pages = timeline
        .events
        .iter()
        .filter(|event| matches!(event.what, What::Page(_)));
    let mut minutes: Vec<i64> = pages.map(|event| event.minute).collect();
    minutes.dedup();
    let doubt = Doubtful::of(timeline);
    // The first stretch begins at the start, where no page goes out; every other one begins with a page.
    let starts = std::iter::once((0, true)).chain(minutes.iter().map(|minute| (*minute, false)));
    let ends = minutes.iter().copied().map(Some).chain([None]);
    starts
        .zip(ends)
        .filter(|((from, is_start), until)| match until {
            Some(until) => until - from >= SILENCE_MINUTES,
            // A stretch for good that begins at the start is told where there is no page at all.
            None => !is_start || minutes.is_empty(),
        })
        .map(|((from, is_start), until)| Silence {
            from,
            until,
            // In the minute of a page there is none of this silence yet.
            is_certain: !doubt.may_break(if is_start { from } else { from + 1 }, until),
        })
        .collect()
}

/// When something unknown may turn out to be a page.
struct Doubtful {
    /// The minutes in which an unknown device is tried, in order.
    tries: Vec<i64>,
    /// From this minute on there may be any page: behind an unknown plan there may be anything, at any later time.
    open_from: Option<i64>,
}

impl Doubtful {
    fn of(timeline: &Timeline) -> Self {
        let is_one_device = |event: &&Event| event.person.is_some() && event.stage.is_some();
        let unknown = timeline.events.iter();
        let unknown = unknown.filter(|event| matches!(event.what, What::Unknown(_)));
        let (tries, open): (Vec<&Event>, Vec<&Event>) = unknown.partition(is_one_device);
        Self {
            tries: tries.iter().map(|event| event.minute).collect(),
            open_from: open.first().map(|event| event.minute),
        }
    }

    /// Returns whether a page may go out from one minute on and before another.
    fn may_break(&self, first: i64, until: Option<i64>) -> bool {
        let is_before_end = |minute: i64| until.is_none_or(|until| minute < until);
        let next_try = self.tries.partition_point(|minute| *minute < first);
        let next_try = self.tries.get(next_try).copied();
        [next_try, self.open_from].into_iter().flatten().any(is_before_end)
    }
}

/// Returns the distance between the minutes on a scale up to `last` that has room for `most` of them after 0.
pub fn scale_step(last: i64, most: i64) -> i64 {
    STEPS
        .into_iter()
        .find(|step| last / step <= most)
        .unwrap_or(last.max(1))
}

/// Returns a figure in words: the minute, and what an uncertain one depends on.
pub fn figure(minute: &Minute) -> String {
    match minute {
        Minute::At(_) | Minute::Never => minute.to_string(),
        Minute::Unknown {
            at_the_earliest,
            at_the_latest: Some(at_the_latest),
            ..
        } => format!("between minute {at_the_earliest} and {at_the_latest}"),
        Minute::Unknown {
            at_the_earliest,
            at_the_latest: None,
            ..
        } => format!("unknown, not before minute {at_the_earliest}"),
    }
}

/// Returns what is assumed of a device that a stage names and that does not exist any more.
pub fn reading(removed: RemovedDevice) -> &'static str {
    match removed {
        RemovedDevice::SilencesItself => "only the removed device is skipped",
        RemovedDevice::SilencesStage => "the whole stage that names the removed device is skipped",
    }
}

/// Returns a number of minutes in words.
pub fn minutes(count: i64) -> String {
    if count == 1 {
        "1 minute".to_owned()
    } else {
        format!("{count} minutes")
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        domain::{
            operation::Operation,
            world::{World, at, contact_arn},
        },
        paging::simulate::{Acknowledgement, Question, simulate},
    };

    fn told<T>(world: &World, start: &str, tell: impl FnOnce(&Timeline, Names<'_>) -> T) -> T {
        let graph = world.graph();
        let timeline = simulate(&world.inventory, &graph, &Question::new(contact_arn(start), at(0)));
        let names = Names {
            inventory: &world.inventory,
            graph: &graph,
        };
        tell(&timeline, names)
    }

    fn people() -> World {
        World::new()
            .person("anna", &["phone", "mail"], &[("mail", 3), ("phone", 0)])
            .person("ben", &["-phone"], &[("phone", 1)])
            .person("cleo", &["phone"], &[("phone", 1)])
    }

    /// Compares each lane: its name, and its marks as letter and minute.
    #[track_caller]
    fn check_lanes(world: &World, start: &str, expected: &[(&str, &str)]) {
        let lanes = told(world, start, lanes);
        let marks = |lane: &Lane| {
            let marks = lane
                .marks
                .iter()
                .map(|mark| format!("{}{}", mark.sign.letter(), mark.minute));
            marks.collect::<Vec<_>>().join(" ")
        };
        let found: Vec<(&str, String)> = lanes.iter().map(|lane| (lane.name.as_str(), marks(lane))).collect();
        let expected: Vec<(&str, String)> = expected
            .iter()
            .map(|(name, marks)| (*name, (*marks).to_owned()))
            .collect();
        assert_eq!(found, expected);
    }

    #[test]
    fn every_person_has_a_lane_and_every_event_a_mark() {
        let world = people()
            .plan("all", &[(5, &["anna", "ben"]), (20, &["cleo", "anna"])])
            .complete();
        check_lanes(&world, "all", &[("anna", "M0 T3 M5 T8"), ("ben", "x0"), ("cleo", "T5")]);
    }

    #[test]
    fn what_leads_to_nobody_has_a_lane_of_its_own() {
        let world = people()
            .denied(Operation::GetContact, "ben")
            .plan("all", &[(1, &["ben", "gone", "ops"])])
            .schedule("ops", &[])
            .complete();
        check_lanes(&world, "all", &[("ben", "?0"), ("gone", "x0"), ("ops", "x0")]);
    }

    #[track_caller]
    fn check_silences(world: &World, start: &str, expected: &[&str]) {
        let silences = told(world, start, |timeline, _| silences(timeline));
        assert_eq!(silences.iter().map(Silence::words).collect::<Vec<_>>(), expected);
    }

    #[test]
    fn silence_is_told_between_pages_and_for_good() {
        let world = people()
            .plan("late", &[(15, &["anna"]), (4, &["ben"]), (1, &["cleo"])])
            .complete();
        check_silences(
            &world,
            "late",
            &["16 minutes without a page", "no page after minute 19"],
        );
        check_silences(&world.plan("never", &[(1, &["ben"])]).complete(), "never", &["no page"]);
    }

    #[test]
    fn silence_that_something_unknown_may_break_is_not_certain() {
        let denied = people().denied(Operation::ListContactChannels, "ben");
        let world = denied
            .clone()
            .plan("late", &[(10, &["ben"]), (10, &["cleo"]), (1, &["anna"])])
            .complete();
        check_silences(
            &world,
            "late",
            &[
                "10 minutes without a page that is certain",
                "10 minutes without a page",
                "no page after minute 23",
            ],
        );
        check_silences(&denied.complete(), "ben", &["no page that is certain"]);
    }

    #[test]
    fn every_event_is_a_sentence_with_its_way() {
        let world = people()
            .rotation("weekly", &["ben"])
            .shifts("weekly", &[(0, 9, &["ben"])])
            .schedule("ops", &["weekly"])
            .person("dora", &["phone"], &[])
            .plan("all", &[(5, &["anna", "dora"]), (20, &["ops"])])
            .complete();
        let told = told(&world, "all", |timeline, names| {
            let told = timeline.events.iter().map(|event| {
                format!(
                    "{} | {} | {}",
                    names.way(&event.path),
                    names.whom(event),
                    names.what(event)
                )
            });
            told.collect::<Vec<_>>()
        });
        assert_eq!(
            told,
            [
                "all stage 1 | anna | mail to “mail”",
                "all stage 1 | dora | not paged: the plan has no stage",
                "all stage 1 | anna | text to “phone”",
                "all stage 2 › ops (weekly) | ben | “phone” not paged: the device is not activated",
            ]
        );
    }

    #[test]
    fn an_acknowledgement_says_what_it_stops() {
        let world = people().plan("all", &[(5, &["!anna"]), (20, &["cleo"])]).complete();
        let graph = world.graph();
        let given = |minute, person: &str| Acknowledgement {
            minute,
            person: contact_arn(person),
        };
        let question = Question {
            acknowledgements: vec![given(1, "anna"), given(2, "cleo")],
            ..Question::new(contact_arn("all"), at(0))
        };
        let timeline = simulate(&world.inventory, &graph, &question);
        let names = Names {
            inventory: &world.inventory,
            graph: &graph,
        };
        let told: Vec<String> = timeline
            .acknowledged
            .iter()
            .map(|given| names.acknowledged(given))
            .collect();
        assert_eq!(
            told,
            [
                "anna acknowledges at minute 1, which stops their own steps and one plan",
                "cleo acknowledges at minute 2, without effect: nobody has paged them by then",
            ]
        );
    }
}
