//! The order in which a changeset is carried out, as a machine that does nothing itself.
//!
//! [`Run::next`] says what has to be done, somebody does it, and [`Run::hear`] is told what came of it. For each write:
//! read again and compare with what the operator saw; record that it is about to be sent, or else send nothing; send; read
//! again and see whether it worked; record that. It stops at the first surprise. What it knows is a fold over what was
//! recorded, so a run that was killed at any point is the same run made anew from the ledger.
//!
//! Two writes are different. Of a code that was sent nothing can be seen in the account; where it is not known whether it was
//! sent, it is not sent again unless the operator asks for it. And a device that somebody else has activated meanwhile is not
//! taken for confirmed: only a code that the service accepts is.

mod instruction;
mod task;
#[cfg(test)]
mod tests;

pub use instruction::{Direction, Heard, Instruction, Outcome, Stop, Why};

use super::{
    Write, apply,
    changeset::{is_code, told},
    fact::{Activated, ActivationFailed, CodeSent, Ending, Fact, PlannedStep, StepDone, StepFailed, StepIntended},
    outcome::NotSentKind,
    progress::{Progress, StepState},
    state::{State, is_in_effect, outcome_of, state_of},
    undo::with_real_id,
};
use crate::domain::{address::Address, ids::Arn, inventory::Inventory};
use task::{Kind, Task, back, forward, is_activation, is_back, is_creation};

/// How often the account is read after a write until what it did is seen. The service does not promise that a write can
/// be read at once; in one Region it could every time that anybody has told of.
const LOOKS: u8 = 3;

/// A changeset that is being carried out.
#[derive(Debug, Clone)]
pub struct Run {
    progress: Progress,
    direction: Direction,
    tasks: Vec<Task>,
    place: usize,
    phase: Phase,
    code: Code,
    is_stopping: bool,
    /// What is the matter with the code before.
    problem: Option<String>,
    /// What stood against the write that was sent last.
    against: Option<NotSentKind>,
}

/// What the operator has said about the code of the device at hand.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Code {
    /// Nothing.
    None,
    /// It was entered, and waits to be sent.
    Given,
    /// Another one is to be sent to the device, though one was sent before.
    Wanted,
}

#[derive(Debug, Clone)]
enum Phase {
    Code,
    Look,
    Record { facts: Vec<Fact>, then: Then },
    Send(Sending),
    Verify { sending: Sending, answer: Reply, looks: u8 },
    Ended(Outcome),
}

/// What follows a record.
#[derive(Debug, Clone)]
enum Then {
    Send(Sending),
    Next,
    Code,
    Stop(Why, String),
    End(Outcome),
}

/// A write with the digest of what was there just before it, and the device that it is about.
#[derive(Debug, Clone)]
struct Sending {
    write: Write,
    state: String,
    device: Option<(Arn, Address)>,
}

/// What the service said to a write that may have taken effect.
#[derive(Debug, Clone)]
enum Reply {
    Taken { request_id: Option<String> },
    Unknown { reason: String },
}

impl Run {
    /// Returns the run that goes on from `progress`. One that was begun to be taken back only goes back.
    pub fn new(progress: Progress, direction: Direction) -> Self {
        let direction = if progress.is_rolling_back {
            Direction::Back
        } else {
            direction
        };
        let mut run = Self {
            tasks: match direction {
                Direction::Forward => forward(&progress),
                Direction::Back => back(&progress),
            },
            direction,
            place: 0,
            phase: Phase::Ended(Outcome::Closed),
            code: Code::None,
            is_stopping: false,
            problem: None,
            against: None,
            progress,
        };
        if run.progress.is_open() {
            run.enter();
        }
        run
    }

    /// Returns how far it has come, as far as that was recorded.
    pub fn progress(&self) -> &Progress {
        &self.progress
    }

    /// Returns which way it goes.
    pub fn direction(&self) -> Direction {
        self.direction
    }

    /// Returns what has to be done next. It stays the same until something was heard.
    pub fn next(&self) -> Instruction {
        match (&self.phase, self.tasks.get(self.place)) {
            (Phase::Ended(outcome), _) => Instruction::Ended(outcome.clone()),
            (Phase::Record { facts, .. }, _) => Instruction::Record(facts.clone()),
            (Phase::Code, Some(task)) => Instruction::NeedsCode {
                step: task.step,
                channel: task.write.subject().clone(),
                problem: self.problem.clone(),
            },
            (Phase::Look, Some(task)) => Instruction::Read {
                subject: task.write.subject().clone(),
                looks: 0,
            },
            (Phase::Send(sending), Some(task)) => Instruction::Send {
                step: task.step,
                write: sending.write.clone(),
                needs_code: is_activation(&sending.write),
            },
            (Phase::Verify { sending, looks, .. }, Some(_)) => Instruction::Read {
                subject: sending.write.subject().clone(),
                looks: *looks,
            },
            // There is a task in every phase but these, so this is never reached.
            (Phase::Code | Phase::Look | Phase::Send(_) | Phase::Verify { .. }, None) => {
                Instruction::Ended(Outcome::Closed)
            }
        }
    }

    /// Takes note of what came of the instruction. What answers another question changes nothing.
    pub fn hear(&mut self, heard: Heard<'_>) {
        if matches!(heard, Heard::Stop) {
            self.stop_here();
            return;
        }
        let phase = std::mem::replace(&mut self.phase, Phase::Look);
        match (phase, heard) {
            (Phase::Record { facts, then }, Heard::Recorded) => {
                for fact in &facts {
                    self.progress.add(fact);
                }
                self.follow(then);
            }
            (Phase::Record { facts, .. }, Heard::NotRecorded(reason)) => self.not_recorded(&facts, reason),
            (Phase::Look, Heard::Read(fresh)) => self.look(fresh),
            (Phase::Look, Heard::NotRead(reason)) => self.not_read(reason),
            (Phase::Send(sending), Heard::Sent { request_id }) => {
                let request_id = request_id.map(str::to_owned);
                self.taken(sending, Reply::Taken { request_id });
            }
            (
                Phase::Send(sending),
                Heard::NotSent {
                    kind,
                    took_effect,
                    reason,
                    is_about_code,
                },
            ) => {
                self.against = Some(kind.clone());
                match took_effect {
                    Some(false) => self.refused(&sending, reason, is_about_code),
                    Some(true) => self.taken(sending, Reply::Taken { request_id: None }),
                    None => self.taken(
                        sending,
                        Reply::Unknown {
                            reason: reason.to_owned(),
                        },
                    ),
                }
            }
            (Phase::Verify { sending, answer, looks }, Heard::Read(fresh)) => {
                self.verify(sending, answer, looks, Ok(fresh));
            }
            (Phase::Verify { sending, answer, looks }, Heard::NotRead(reason)) => {
                self.verify(sending, answer, looks, Err(reason));
            }
            (Phase::Code, Heard::CodeGiven) => self.code = Code::Given,
            (Phase::Code, Heard::NewCodeWanted) => self.send_new_code(),
            (phase, _) => self.phase = phase,
        }
    }

    /// Begins the task at hand, or one after it if there is nothing to do for this one.
    fn enter(&mut self) {
        while let Some(task) = self.tasks.get(self.place) {
            let state = self.state(task.step);
            let is_waiting = match (task.kind, state) {
                (Kind::Do, StepState::Uncertain { .. }) => !is_code(&task.write) || !self.activates_later(task),
                (Kind::Do, StepState::Waiting)
                | (Kind::Settle, StepState::Uncertain { .. })
                | (Kind::Undo(_), StepState::Done | StepState::BackUncertain { .. }) => true,
                (Kind::Do, StepState::Done | StepState::BackUncertain { .. } | StepState::RolledBack)
                | (
                    Kind::Settle,
                    StepState::Waiting | StepState::Done | StepState::BackUncertain { .. } | StepState::RolledBack,
                )
                | (Kind::Undo(_), StepState::Waiting | StepState::Uncertain { .. } | StepState::RolledBack) => false,
            };
            if is_waiting {
                let asks_first = task.kind == Kind::Do && is_activation(&task.write) && *state == StepState::Waiting;
                self.phase = if asks_first { Phase::Code } else { Phase::Look };
                if self.is_stopping {
                    self.end(Why::Operator, "it was stopped".to_owned());
                }
                return;
            }
            self.place += 1;
        }
        self.close();
    }

    fn close(&mut self) {
        let (ending, note, outcome) = match self.direction {
            Direction::Forward => (Ending::Done, None, Outcome::Done),
            Direction::Back => {
                let left = self.progress.left_by_roll_back();
                let numbers: Vec<String> = left.iter().map(|place| (place + 1).to_string()).collect();
                let note = (!left.is_empty()).then(|| format!("left as they are: steps {}", numbers.join(", ")));
                (Ending::RolledBack, note, Outcome::RolledBack { left })
            }
        };
        self.phase = Phase::Record {
            facts: vec![self.progress.closing(ending, note)],
            then: Then::End(outcome),
        };
    }

    fn follow(&mut self, then: Then) {
        match then {
            Then::Send(sending) => self.phase = Phase::Send(sending),
            Then::Next => {
                self.place += 1;
                // What was said is about one device; the next one has a code of its own.
                self.code = Code::None;
                self.enter();
            }
            Then::Code if self.is_stopping => self.end(Why::Operator, "it was stopped".to_owned()),
            Then::Code => self.phase = Phase::Code,
            Then::Stop(why, sentence) => self.end(why, sentence),
            Then::End(outcome) => self.phase = Phase::Ended(outcome),
        }
    }

    fn stop_here(&mut self) {
        self.is_stopping = true;
        if matches!(self.phase, Phase::Code | Phase::Look) {
            self.end(Why::Operator, "it was stopped".to_owned());
        }
    }

    fn send_new_code(&mut self) {
        let before = self.tasks.iter().take(self.place);
        let channel = self.tasks.get(self.place).map(|task| task.write.subject().clone());
        let sends_it = |task: &Task| is_code(&task.write) && Some(task.write.subject()) == channel.as_ref();
        let found = before.enumerate().rfind(|(_, task)| sends_it(task));
        if let Some((place, _)) = found {
            self.place = place;
            self.code = Code::Wanted;
            self.problem = None;
            self.phase = Phase::Look;
        } else {
            self.problem = Some("this changeset sends no code to the device".to_owned());
            self.phase = Phase::Code;
        }
    }

    /// Looks at what is there before a write.
    fn look(&mut self, fresh: &Inventory) {
        let Some(task) = self.tasks.get(self.place).cloned() else {
            return;
        };
        let Some(planned) = self.progress.planned.steps.get(task.step).cloned() else {
            return;
        };
        match task.kind {
            Kind::Do => self.look_before(&task, &planned, fresh),
            Kind::Settle => self.look_whether(&task, &planned, fresh),
            Kind::Undo(index) => self.look_back(&task, &planned, index, fresh),
        }
    }

    fn look_before(&mut self, task: &Task, planned: &PlannedStep, fresh: &Inventory) {
        let state = state_of(fresh, &task.write);
        let Some(now) = state.digest() else {
            return self.not_read("it is not known what is there");
        };
        let is_before = now == planned.before;
        let is_after = planned.after.is_some() && outcome_of(fresh, &task.write).digest() == planned.after;
        if is_code(&task.write) {
            if is_before {
                self.intend(task, now, Vec::new(), fresh);
            } else {
                self.changed(task, &state, fresh);
            }
            return;
        }
        let was = self.uncertain_since(task.step);
        if is_activation(&task.write) {
            return match (is_before, is_after) {
                // It was not active when the code was sent, and is now.
                (_, true) if was.as_deref() == Some(planned.before.as_str()) => {
                    let device = device_of(fresh, &task.write);
                    self.done(task, now, None, device);
                }
                (true, _) | (_, true) if self.code == Code::Given => self.intend(task, now, Vec::new(), fresh),
                (true, _) | (_, true) => self.ask_for_code(task, was.is_some(), is_before),
                (false, false) => self.changed(task, &state, fresh),
            };
        }
        match (is_before, is_after) {
            (true, _) => {
                let unsent = was.map(|_| self.failed(task, Some(false), "it had no effect when it was sent before"));
                self.intend(task, now, unsent.into_iter().collect(), fresh);
            }
            (false, true) => self.found(task, now, was.is_none()),
            (false, false) => self.changed(task, &state, fresh),
        }
    }

    /// Asks for a code, and first records what became of the one before, if that is known now.
    fn ask_for_code(&mut self, task: &Task, was_uncertain: bool, had_no_effect: bool) {
        if was_uncertain {
            let took_effect = had_no_effect.then_some(false);
            let reason = if had_no_effect {
                "the device is not active"
            } else {
                "the device was active before the code was entered, so nothing shows whether it was accepted"
            };
            self.problem = Some(reason.to_owned());
            self.phase = Phase::Record {
                facts: vec![self.failed(task, took_effect, reason)],
                then: Then::Code,
            };
        } else {
            self.phase = Phase::Code;
        }
    }

    fn look_whether(&mut self, task: &Task, planned: &PlannedStep, fresh: &Inventory) {
        let state = state_of(fresh, &task.write);
        let Some(now) = state.digest() else {
            return self.not_read("it is not known what is there");
        };
        let was_before = self.uncertain_since(task.step).as_deref() == Some(planned.before.as_str());
        if now == planned.before {
            let reason = "it had no effect when it was sent before";
            self.phase = Phase::Record {
                facts: vec![self.failed(task, Some(false), reason)],
                then: Then::Next,
            };
        } else if outcome_of(fresh, &task.write).digest() == planned.after && was_before {
            self.found(task, now, false);
        } else {
            self.changed(task, &state, fresh);
        }
    }

    fn look_back(&mut self, task: &Task, planned: &PlannedStep, index: usize, fresh: &Inventory) {
        let original = &planned.write;
        let state = state_of(fresh, original);
        let Some(now) = state.digest() else {
            return self.not_read("it is not known what is there");
        };
        let is_original = now == planned.before;
        let Some(write) = with_real_id(original, &task.write, fresh) else {
            if is_original {
                self.found(task, now, true);
            } else {
                self.changed(task, &state, fresh);
            }
            return;
        };
        let rest: Vec<Write> = planned.inverse.iter().skip(index).cloned().collect();
        let leads_back = || {
            let after = apply::apply(fresh, &rest, &apply::Previews::new());
            state_of(&after, original).digest().as_ref() == Some(&planned.before)
        };
        if is_code(&write) {
            return self.look_before_code_back(task, (&state, now, fresh), &rest, leads_back());
        }
        match is_in_effect(fresh, &write) {
            None => self.not_read("it is not known what is there"),
            Some(true) => {
                let is_ours = matches!(self.state(task.step), StepState::BackUncertain { .. });
                self.found(task, now, !is_ours);
            }
            Some(false) => {
                let stands = outcome_of(fresh, original).digest() == planned.after;
                let is_as_intended =
                    matches!(self.state(task.step), StepState::BackUncertain { state } if *state == now);
                let is_free = !matches!(state_of(fresh, &write), State::Overrides(known) if !known.is_empty() && is_creation(&write));
                if !((stands || is_as_intended || (index > 0 && leads_back())) && is_free) {
                    self.changed(task, &state, fresh);
                } else if is_activation(&write) && self.code != Code::Given {
                    self.phase = Phase::Code;
                } else {
                    let task = Task { write, ..task.clone() };
                    self.intend(&task, now, Vec::new(), fresh);
                }
            }
        }
    }

    /// Sends a code so that a device can be active again, unless it is, or unless one may be on its way.
    fn look_before_code_back(
        &mut self,
        task: &Task,
        (state, now, fresh): (&State, String, &Inventory),
        rest: &[Write],
        leads_back: bool,
    ) {
        let activation = rest.iter().find(|write| is_activation(write));
        let is_active = activation.and_then(|write| is_in_effect(fresh, write)) == Some(true);
        let may_be_sent = self.progress.codes.contains(task.write.subject())
            || matches!(self.state(task.step), StepState::BackUncertain { .. });
        if !leads_back {
            self.changed(task, state, fresh);
        } else if is_active {
            self.follow(Then::Next);
        } else if may_be_sent && self.code != Code::Wanted {
            self.problem = Some("a code may have been sent before: enter it, or send a new one".to_owned());
            self.follow(Then::Next);
        } else {
            self.intend(task, now, Vec::new(), fresh);
        }
    }

    /// Records that a write is about to be sent.
    fn intend(&mut self, task: &Task, state: String, mut facts: Vec<Fact>, fresh: &Inventory) {
        if task.write.lacks_address() {
            let sentence = "the whole address was only in the memory of the run that planned it";
            return self.fail_and_stop(task, Some(false), Why::AddressGone, sentence.to_owned());
        }
        self.against = None;
        facts.push(Fact::Intended(StepIntended {
            changeset: self.name(),
            step: task.step,
            is_roll_back: is_back(task),
            state: state.clone(),
        }));
        let sending = Sending {
            write: task.write.clone(),
            state,
            device: device_of(fresh, &task.write),
        };
        self.phase = Phase::Record {
            facts,
            then: Then::Send(sending),
        };
    }

    /// The service has taken a write, or nobody knows whether it did.
    fn taken(&mut self, sending: Sending, answer: Reply) {
        let Some(task) = self.tasks.get(self.place).cloned() else {
            return;
        };
        self.code = Code::None;
        if !is_code(&sending.write) {
            self.phase = Phase::Verify {
                sending,
                answer,
                looks: 0,
            };
            return;
        }
        match answer {
            Reply::Taken { request_id } => {
                self.problem = None;
                let mut facts: Vec<Fact> = sending
                    .device
                    .map(|(_, address)| self.code_sent(&task, address))
                    .into_iter()
                    .collect();
                if self.is_last_of_step() {
                    facts.push(self.step_done(&task, sending.state, request_id, false));
                }
                self.record_and_go_on(facts);
            }
            Reply::Unknown { reason } => {
                let sentence = format!("nobody knows whether a code was sent: {reason}");
                let facts = vec![self.failed(&task, None, &sentence)];
                let then = if self.activates_later(&task) {
                    self.problem = Some(format!("{sentence}; enter it if it arrives, or send a new one"));
                    Then::Next
                } else {
                    Then::Stop(Why::Uncertain, sentence)
                };
                self.phase = Phase::Record { facts, then };
            }
        }
    }

    fn refused(&mut self, sending: &Sending, reason: &str, is_about_code: bool) {
        let Some(task) = self.tasks.get(self.place).cloned() else {
            return;
        };
        self.code = Code::None;
        let mut facts = Vec::new();
        let mut then = Then::Stop(Why::Refused, reason.to_owned());
        if is_activation(&sending.write) {
            facts.push(self.activation_failed(&task, reason));
            if is_about_code {
                self.problem = Some(reason.to_owned());
                then = Then::Code;
            }
        }
        facts.push(self.failed(&task, Some(false), reason));
        self.phase = Phase::Record { facts, then };
    }

    /// Looks at what is there after a write.
    fn verify(&mut self, sending: Sending, answer: Reply, looks: u8, fresh: Result<&Inventory, &str>) {
        let Some(task) = self.tasks.get(self.place).cloned() else {
            return;
        };
        let Some(planned) = self.progress.planned.steps.get(task.step).cloned() else {
            return;
        };
        let why_not = fresh.err().unwrap_or_default();
        let seen = fresh
            .ok()
            .and_then(|fresh| Some((fresh, state_of(fresh, &planned.write).digest()?)));
        let Some((fresh, now)) = seen else {
            if looks + 1 < LOOKS {
                self.phase = Phase::Verify {
                    sending,
                    answer,
                    looks: looks + 1,
                };
            } else {
                let sentence = format!(
                    "it was sent, and what came of it could not be read: {}",
                    or_unknown(why_not)
                );
                self.fail_and_stop(&task, None, Why::Uncertain, sentence);
            }
            return;
        };
        let is_reached = match task.kind {
            Kind::Do | Kind::Settle => outcome_of(fresh, &sending.write).digest() == planned.after,
            Kind::Undo(_) => is_in_effect(fresh, &sending.write) == Some(true),
        };
        let is_unmoved = now == sending.state;
        match (is_reached, is_unmoved, &answer) {
            // It was active before, so that it is active shows nothing.
            (true, true, Reply::Unknown { reason }) if is_activation(&sending.write) => {
                self.problem = Some(reason.clone());
                let sentence = format!("nobody knows whether the code was accepted: {reason}");
                let facts = vec![
                    self.activation_failed(&task, &sentence),
                    self.failed(&task, None, &sentence),
                ];
                self.phase = Phase::Record {
                    facts,
                    then: Then::Code,
                };
            }
            (true, _, _) => {
                let request_id = match answer {
                    Reply::Taken { request_id } => request_id,
                    Reply::Unknown { .. } => None,
                };
                let device = device_of(fresh, &sending.write).or(sending.device);
                self.done(&task, now, request_id, device);
            }
            (false, true, _) if looks + 1 < LOOKS => {
                self.phase = Phase::Verify {
                    sending,
                    answer,
                    looks: looks + 1,
                };
            }
            (false, true, _) => self.without_effect(&task, &sending, answer),
            (false, false, _) => {
                let state = state_of(fresh, &planned.write);
                let sentence = format!(
                    "it was sent, and something else is there: {}; somebody may have changed it at the same time",
                    told(&state, fresh)
                );
                self.fail_and_stop(&task, None, Why::Changed, sentence);
            }
        }
    }

    /// A write was sent and everything is as it was before.
    fn without_effect(&mut self, task: &Task, sending: &Sending, answer: Reply) {
        let (took_effect, sentence, why) = match answer {
            Reply::Unknown { reason } => (Some(false), format!("it had no effect: {reason}"), Why::Refused),
            Reply::Taken { .. } => {
                let sentence = "the service has taken it, and the account does not show it";
                (None, sentence.to_owned(), Why::Uncertain)
            }
        };
        if is_activation(&sending.write) {
            self.problem = Some(sentence.clone());
            self.phase = Phase::Record {
                facts: vec![
                    self.activation_failed(task, &sentence),
                    self.failed(task, Some(false), &sentence),
                ],
                then: Then::Code,
            };
        } else {
            self.fail_and_stop(task, took_effect, why, sentence);
        }
    }

    /// Records that a write has worked.
    fn done(&mut self, task: &Task, state: String, request_id: Option<String>, device: Option<(Arn, Address)>) {
        self.problem = None;
        let mut facts = Vec::new();
        if is_activation(&task.write) {
            facts.extend(self.code_was_sent(task));
            facts.extend(device.map(|(contact, address)| self.activated(task, contact, address)));
        }
        if self.is_last_of_step() {
            facts.push(self.step_done(task, state, request_id, false));
        }
        self.record_and_go_on(facts);
    }

    /// Records that what a write is for is there already.
    fn found(&mut self, task: &Task, state: String, is_found: bool) {
        let mut facts = Vec::new();
        if self.is_last_of_step() {
            facts.push(self.step_done(task, state, None, is_found));
        }
        self.record_and_go_on(facts);
    }

    fn record_and_go_on(&mut self, facts: Vec<Fact>) {
        if facts.is_empty() {
            self.follow(Then::Next);
        } else {
            let then = Then::Next;
            self.phase = Phase::Record { facts, then };
        }
    }

    fn changed(&mut self, task: &Task, state: &State, fresh: &Inventory) {
        let sentence = format!(
            "somebody changed it since it was shown; there is now: {}",
            told(state, fresh)
        );
        self.fail_before_sending(task, Why::Changed, sentence);
    }

    fn not_read(&mut self, reason: &str) {
        if let Some(task) = self.tasks.get(self.place).cloned() {
            let sentence = format!("it could not be read: {}", or_unknown(reason));
            self.fail_before_sending(&task, Why::NotRead, sentence);
        }
    }

    /// Stops before a write. If it was sent by an earlier run, nobody knows yet what came of that.
    fn fail_before_sending(&mut self, task: &Task, why: Why, sentence: String) {
        let is_uncertain = matches!(
            self.state(task.step),
            StepState::Uncertain { .. } | StepState::BackUncertain { .. }
        );
        let took_effect = (!is_uncertain).then_some(false);
        self.fail_and_stop(task, took_effect, why, sentence);
    }

    fn fail_and_stop(&mut self, task: &Task, took_effect: Option<bool>, why: Why, sentence: String) {
        // A step that was done and is sent again, which only a code is, stays done when it is not sent.
        let facts = if took_effect == Some(false) && !is_back(task) && *self.state(task.step) == StepState::Done {
            Vec::new()
        } else {
            vec![self.failed(task, took_effect, &sentence)]
        };
        if facts.is_empty() {
            self.end(why, sentence);
        } else {
            let then = Then::Stop(why, sentence);
            self.phase = Phase::Record { facts, then };
        }
    }

    fn not_recorded(&mut self, facts: &[Fact], reason: &str) {
        let is_intent = facts.iter().any(|fact| matches!(fact, Fact::Intended(_)));
        let sentence = if is_intent {
            format!("it could not be recorded, so it was not sent: {reason}")
        } else {
            format!("what came of it could not be recorded: {reason}")
        };
        self.end(Why::NotRecorded, sentence);
    }

    fn end(&mut self, why: Why, sentence: String) {
        let last = self.progress.planned.steps.len().saturating_sub(1);
        let is_about_write = matches!(why, Why::Refused | Why::Uncertain);
        self.phase = Phase::Ended(Outcome::Stopped(Stop {
            why,
            step: self.tasks.get(self.place).map_or(last, |task| task.step),
            against: self.against.take().filter(|_| is_about_write),
            sentence,
            done: self.progress.done(),
            uncertain: self.progress.uncertain(),
            without_effect: self.progress.without_effect(),
        }));
    }

    fn name(&self) -> String {
        self.progress.planned.changeset.clone()
    }

    fn state(&self, step: usize) -> &StepState {
        const NONE: &StepState = &StepState::Waiting;
        self.progress.steps.get(step).map_or(NONE, |step| &step.state)
    }

    /// Returns what was there just before a write of which nobody knows whether it took effect.
    fn uncertain_since(&self, step: usize) -> Option<String> {
        match self.state(step) {
            StepState::Uncertain { state } => Some(state.clone()),
            StepState::Waiting | StepState::Done | StepState::BackUncertain { .. } | StepState::RolledBack => None,
        }
    }

    /// Returns whether a device that gets a code is to be activated with it later.
    fn activates_later(&self, task: &Task) -> bool {
        let is_it = |later: &&Task| is_activation(&later.write) && later.write.subject() == task.write.subject();
        self.tasks.iter().filter(is_it).any(|later| later.step >= task.step)
    }

    /// Returns whether the task at hand is the last write of its step.
    fn is_last_of_step(&self) -> bool {
        let step = |place: usize| self.tasks.get(place).map(|task| (task.step, is_back(task)));
        step(self.place) != step(self.place + 1)
    }

    /// Returns that the code was sent, where nobody knew: it was accepted.
    fn code_was_sent(&self, task: &Task) -> Option<Fact> {
        let is_it = |sent: &&Task| {
            sent.kind == Kind::Do
                && is_code(&sent.write)
                && sent.write.subject() == task.write.subject()
                && self.uncertain_since(sent.step).is_some()
        };
        let sent = self.tasks.iter().take(self.place).find(is_it)?;
        let state = self.uncertain_since(sent.step)?;
        Some(self.step_done(sent, state, None, false))
    }

    fn step_done(&self, task: &Task, state: String, request_id: Option<String>, is_found: bool) -> Fact {
        Fact::Done(StepDone {
            changeset: self.name(),
            step: task.step,
            is_roll_back: is_back(task),
            state,
            request_id,
            is_found,
        })
    }

    fn failed(&self, task: &Task, took_effect: Option<bool>, reason: &str) -> Fact {
        Fact::Failed(StepFailed {
            changeset: self.name(),
            step: task.step,
            is_roll_back: is_back(task),
            took_effect,
            reason: reason.to_owned(),
        })
    }

    fn code_sent(&self, task: &Task, address: Address) -> Fact {
        Fact::CodeSent(CodeSent {
            channel: task.write.subject().clone(),
            address,
            changeset: self.name(),
        })
    }

    fn activated(&self, task: &Task, contact: Arn, address: Address) -> Fact {
        Fact::Activated(Activated {
            channel: task.write.subject().clone(),
            contact,
            address,
            changeset: self.name(),
        })
    }

    fn activation_failed(&self, task: &Task, reason: &str) -> Fact {
        Fact::ActivationFailed(ActivationFailed {
            channel: task.write.subject().clone(),
            changeset: self.name(),
            reason: reason.to_owned(),
        })
    }
}

/// Returns the person and the masked address of the device that a write is about.
fn device_of(fresh: &Inventory, write: &Write) -> Option<(Arn, Address)> {
    let (channel, owner) = fresh.channel(write.subject())?;
    Some((owner.arn.clone(), channel.address.without_whole()))
}

fn or_unknown(reason: &str) -> &str {
    if reason.is_empty() {
        "it is not known why"
    } else {
        reason
    }
}
