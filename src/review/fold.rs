//! The ledger's records folded into reviews and into what is known of each device.
//!
//! Records of different reviews do not touch each other, so that it makes no difference how they interleave. What has no
//! place, such as a decision in a review that nobody opened, is set aside with a reason and never dropped silently.

use super::{
    campaign::{Campaign, Closed, Made, Noted, ReadingMade, Signed, Undertaking},
    devices::Devices,
    remembered::{Mark, Remembered},
};
use crate::{
    domain::{ids::Arn, text::neutral},
    ledger::{
        Entry,
        entry::{ChangesetClosed, ChangesetPlanned, Decision, ReviewOpened, SignOff},
        record::Record,
    },
};
use std::collections::{BTreeMap, HashMap};

/// Every review of one ledger, and what it says of devices.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Reviews {
    campaigns: BTreeMap<String, Campaign>,
    /// What is known of each device.
    pub devices: Devices,
    /// Readings for reviews that are not opened yet.
    readings: BTreeMap<String, Vec<ReadingMade>>,
    /// The review of each changeset.
    changesets: HashMap<String, String>,
    /// Records that have no place, in the order of the ledger.
    pub oddities: Vec<Oddity>,
}

/// A record that has no place in any review.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Oddity {
    /// Its number in the ledger.
    pub seq: u64,
    /// Why it has none, in one sentence without a full stop.
    pub why: String,
}

impl Reviews {
    /// Returns what records come to, which have to be in the order of the ledger.
    pub fn fold<'a>(records: impl IntoIterator<Item = &'a Remembered>) -> Self {
        let mut reviews = Self::default();
        for record in records {
            reviews.add(record);
        }
        reviews
    }

    /// Returns what the records of a ledger come to. A kind that this version does not know is set aside with the rest that
    /// has no place.
    pub fn of_records<'a>(records: impl IntoIterator<Item = &'a Record>) -> Self {
        let mut reviews = Self::default();
        for record in records {
            reviews.add_record(record);
        }
        reviews
    }

    /// Takes in the next record of a ledger.
    pub fn add_record(&mut self, record: &Record) {
        match Remembered::of(record) {
            Ok(remembered) => self.add(&remembered),
            Err(why) => self.oddities.push(Oddity {
                seq: record.seq,
                why: why.to_string(),
            }),
        }
    }

    /// Takes in the next record.
    pub fn add(&mut self, record: &Remembered) {
        let mark = &record.mark;
        self.devices.add(mark, &record.entry);
        match &record.entry {
            Entry::Population(reading) => {
                let made = ReadingMade {
                    mark: mark.clone(),
                    reading: reading.clone(),
                };
                match self.campaigns.get_mut(&reading.review) {
                    Some(campaign) => campaign.readings.push(made),
                    None => self.readings.entry(reading.review.clone()).or_default().push(made),
                }
            }
            Entry::ReviewOpened(opened) => self.open_review(mark, opened),
            Entry::Decision(decision) => self.decide(mark, decision),
            Entry::ChangesetPlanned(planned) => self.plan(mark, planned),
            Entry::ChangesetClosed(closed) => self.close(mark, closed),
            Entry::Note(note) => {
                if let Some(review) = &note.review {
                    let noted = Noted {
                        mark: mark.clone(),
                        subject: note.subject.clone(),
                        text: note.text.clone(),
                    };
                    self.change(mark, review, |campaign| {
                        campaign.notes.push(noted);
                        Ok(())
                    });
                }
            }
            Entry::SignOff(sign_off) => self.sign(record, sign_off),
            Entry::SessionOpened(_)
            | Entry::FindingWaived(_)
            | Entry::DeviceConfirmed(_)
            | Entry::DeviceNotConfirmed(_)
            | Entry::AddressRevealed(_)
            | Entry::RoundBegun(_)
            | Entry::DeviceSkipped(_)
            | Entry::CodeSent(_)
            | Entry::Activated(_)
            | Entry::ActivationFailed(_)
            | Entry::StepIntended(_)
            | Entry::StepDone(_)
            | Entry::StepFailed(_)
            | Entry::Exported(_)
            | Entry::TornLine(_) => {}
        }
    }

    /// Returns the review of this name.
    pub fn campaign(&self, name: &str) -> Option<&Campaign> {
        self.campaigns.get(name)
    }

    /// Returns every review, in the order in which they were opened.
    pub fn campaigns(&self) -> Vec<&Campaign> {
        let mut all: Vec<_> = self.campaigns.values().collect();
        all.sort_by_key(|campaign| campaign.opened.seq);
        all
    }

    /// Returns the reviews that nobody has signed off, in the order in which they were opened.
    pub fn open(&self) -> Vec<&Campaign> {
        let mut open = self.campaigns();
        open.retain(|campaign| campaign.is_open());
        open
    }

    /// Returns the reviews that were signed off, in the order of their sign-offs.
    pub fn signed(&self) -> Vec<(&Campaign, &Signed)> {
        let signed = self.campaigns.values();
        let mut signed: Vec<_> = signed
            .filter_map(|campaign| Some((campaign, campaign.sign_off.as_ref()?)))
            .collect();
        signed.sort_by_key(|(_, signed)| signed.mark.seq);
        signed
    }

    /// Returns the regular review that was signed off last.
    pub fn last_signed(&self) -> Option<(&Campaign, &Signed)> {
        self.signed().into_iter().rfind(|(campaign, _)| !campaign.is_off_cycle)
    }

    /// Returns the last decision about a row in a review that was signed off before the one in hand was opened.
    pub fn last_decision(&self, subject: &Arn, in_hand: Option<&Campaign>) -> Option<(&Campaign, &Made)> {
        let before = in_hand.map_or(u64::MAX, |campaign| campaign.opened.seq);
        let signed = self.signed().into_iter().rev();
        let mut earlier = signed.filter(|(_, signed)| signed.mark.seq < before);
        earlier.find_map(|(campaign, _)| Some((campaign, campaign.decision(subject)?)))
    }

    /// Returns in words what was decided last about a row that is gone: in the review in hand, or else in an earlier one.
    pub fn last_words(&self, subject: &Arn, in_hand: &Campaign) -> String {
        let made = in_hand.decision(subject).map(|made| (None, made));
        let earlier = || {
            let (campaign, made) = self.last_decision(subject, Some(in_hand))?;
            Some((Some(neutral(&campaign.name)), made))
        };
        let Some((review, made)) = made.or_else(earlier) else {
            return "never decided".to_owned();
        };
        let reason = made
            .reason
            .as_deref()
            .map(str::trim)
            .filter(|reason| !reason.is_empty());
        let reason = reason.map_or_else(String::new, |reason| format!(" ({})", neutral(reason)));
        let by = made.mark.names().first().copied().unwrap_or_default();
        let day = made.mark.at.format("%Y-%m-%d");
        let decided = format!("{}{reason}, by {} on {day}", made.verdict.word(), neutral(by));
        match review {
            None => decided,
            Some(review) => format!("undecided; before that, in {review}: {decided}"),
        }
    }

    /// Returns why a review cannot be opened by this name, in one sentence; absent when it can.
    pub fn name_fault(&self, name: &str) -> Option<String> {
        const LONGEST: usize = 64;
        if name.trim().is_empty() {
            Some("A review needs a name, such as 2026-Q4.".to_owned())
        } else if name.trim() != name || name.chars().count() > LONGEST || neutral(name) != name {
            Some(format!(
                "The name of a review is one line of at most {LONGEST} characters, without spaces around it."
            ))
        } else if self.campaigns.contains_key(name) {
            Some(format!("There is a review “{name}” already; choose another name."))
        } else {
            None
        }
    }

    fn oddity(&mut self, mark: &Mark, why: String) {
        self.oddities.push(Oddity { seq: mark.seq, why });
    }

    /// Changes the review of this name, or says why the record has no place in it.
    fn change(&mut self, mark: &Mark, review: &str, change: impl FnOnce(&mut Campaign) -> Result<(), String>) {
        let name = neutral(review).into_owned();
        let outcome = match self.campaigns.get_mut(review) {
            Some(campaign) => change(campaign).map_err(|why| format!("{why} of the review “{name}”")),
            None => Err(format!("nobody had opened the review “{name}”")),
        };
        if let Err(why) = outcome {
            self.oddity(mark, why);
        }
    }

    fn open_review(&mut self, mark: &Mark, opened: &ReviewOpened) {
        if self.campaigns.contains_key(&opened.review) {
            let name = neutral(&opened.review);
            return self.oddity(mark, format!("there was a review “{name}” already"));
        }
        let campaign = Campaign {
            name: opened.review.clone(),
            scope: opened.scope.clone(),
            due: opened.due,
            policy: opened.policy.clone(),
            population: opened.population.clone(),
            is_off_cycle: opened.is_off_cycle,
            opened: mark.clone(),
            readings: self.readings.remove(&opened.review).unwrap_or_default(),
            decisions: BTreeMap::new(),
            changesets: BTreeMap::new(),
            notes: Vec::new(),
            sign_off: None,
            co_signs: Vec::new(),
            by_subject: BTreeMap::new(),
        };
        self.campaigns.insert(opened.review.clone(), campaign);
    }

    fn decide(&mut self, mark: &Mark, decision: &Decision) {
        let made = Made {
            mark: mark.clone(),
            row: decision.row.clone(),
            verdict: decision.verdict,
            reason: decision.reason.clone(),
            bulk: decision.bulk,
            seconds: decision.seconds,
            until: decision.until,
        };
        self.change(mark, &decision.review, |campaign| {
            if !campaign.is_open() {
                return Err("the decision came after the sign-off".to_owned());
            }
            let decided = campaign.decisions.entry(decision.subject.clone()).or_default();
            decided.history.push(made);
            Ok(())
        });
    }

    fn plan(&mut self, mark: &Mark, planned: &ChangesetPlanned) {
        let Some(review) = &planned.review else { return };
        let undertaking = Undertaking {
            title: planned.title.clone(),
            subjects: planned.subjects.clone(),
            planned: mark.clone(),
            closed: None,
        };
        if self.campaigns.contains_key(review) {
            self.changesets.insert(planned.changeset.clone(), review.clone());
        }
        self.change(mark, review, |campaign| {
            for subject in &planned.subjects {
                let names = campaign.by_subject.entry(subject.clone()).or_default();
                names.push(planned.changeset.clone());
            }
            campaign.changesets.insert(planned.changeset.clone(), undertaking);
            Ok(())
        });
    }

    fn close(&mut self, mark: &Mark, closed: &ChangesetClosed) {
        let Some(review) = self.changesets.get(&closed.changeset) else {
            return;
        };
        let changesets = self.campaigns.get_mut(review).map(|campaign| &mut campaign.changesets);
        if let Some(changeset) = changesets.and_then(|all| all.get_mut(&closed.changeset)) {
            changeset.closed = Some(Closed {
                mark: mark.clone(),
                ending: closed.ending,
                note: closed.note.clone(),
            });
        }
    }

    fn sign(&mut self, record: &Remembered, sign_off: &SignOff) {
        let signed = Signed {
            mark: record.mark.clone(),
            hash: record.hash,
            sign_off: sign_off.clone(),
        };
        self.change(&record.mark, &sign_off.review, |campaign| {
            match (sign_off.is_co_sign, campaign.is_open()) {
                (false, true) => campaign.sign_off = Some(signed),
                (true, false) => campaign.co_signs.push(signed),
                (false, false) => return Err("there was a sign-off already".to_owned()),
                (true, true) => return Err("the second signature came before the sign-off".to_owned()),
            }
            Ok(())
        });
    }
}
