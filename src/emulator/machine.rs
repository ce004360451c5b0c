//! The emulator without the network: state, clock and randomness, and the seam through which every operation is
//! called.

use chrono::{DateTime, TimeDelta, Utc};
use serde_json::Value;

use super::{
    call::{self, Call},
    contacts::walk,
    error::ServiceError,
    input::{Faults, Reader},
    operations::{Effect, Operation, Service},
    settings::{Settings, Unsubscribe},
    world::{ActivationStatus, ReplicationSet, World},
};

/// State, clock and randomness.
#[derive(Debug)]
pub(crate) struct Machine {
    /// The account.
    pub(crate) world: World,
    /// How it behaves.
    pub(crate) settings: Settings,
    /// Counts the changes, so that a save knows what it holds.
    pub(crate) version: u64,
    standing_clock: Option<DateTime<Utc>>,
    clock_ahead: TimeDelta,
    random: fastrand::Rng,
}

impl Machine {
    /// Returns a machine that starts in `world`.
    pub(crate) fn new(world: World, settings: Settings) -> Self {
        let random = settings.seed.map_or_else(fastrand::Rng::new, fastrand::Rng::with_seed);
        let standing_clock = settings.clock;
        Self {
            world,
            settings,
            version: 0,
            standing_clock,
            clock_ahead: TimeDelta::zero(),
            random,
        }
    }

    /// Returns the emulator's time.
    pub(crate) fn now(&self) -> DateTime<Utc> {
        #[expect(
            clippy::disallowed_methods,
            reason = "the emulator is a server with a clock of its own"
        )]
        let real = Utc::now();
        self.standing_clock.unwrap_or(real) + self.clock_ahead
    }

    /// Moves the clock forward.
    pub(crate) fn advance(&mut self, by: TimeDelta) {
        self.clock_ahead += by;
    }

    /// Puts other state in the place of all that there is.
    pub(crate) fn replace(&mut self, world: World) {
        self.world = world;
        self.version += 1;
    }

    /// Returns the ARN of the one user that all callers are.
    pub(crate) fn caller(&self) -> String {
        call::caller(&self.world, &self.settings)
    }

    /// Lets everything happen that is due by now; returns whether there was anything.
    pub(crate) fn settle(&mut self) -> bool {
        let now = self.now();
        let is_any = walk::settle(&mut self.world, &self.settings, &mut self.random, now);
        if is_any {
            self.version += 1;
        }
        is_any
    }

    /// Plays the owner of a channel who answers UNSUBSCRIBE; returns whether there is such a channel.
    pub(crate) fn unsubscribe(&mut self, arn: &str) -> bool {
        let Some(channel) = self.world.channel_mut(arn) else {
            return false;
        };
        channel.unsubscribed = true;
        if self.settings.unsubscribe == Unsubscribe::Deactivates {
            channel.status = ActivationStatus::NotActivated;
        }
        self.version += 1;
        true
    }

    /// Carries out one operation for a caller that signed for `region`.
    pub(crate) fn run(
        &mut self,
        operation: &'static Operation,
        region: &str,
        body: &Value,
    ) -> Result<Value, ServiceError> {
        self.refuse_strangers(operation, region)?;
        self.settle();
        let now = self.now();
        let mut call = Call {
            world: &mut self.world,
            settings: &self.settings,
            now,
            operation,
            random: &mut self.random,
        };
        let faults = Faults::default();
        let result = (operation.run)(&mut call, &Reader::new(body, &faults));
        // A refused write may leave a trace, such as a wrong code that is counted.
        if operation.effect == Effect::Writes {
            self.version += 1;
        }
        result
    }

    /// Refuses every call of an account that was never onboarded, or in a Region outside the replication set.
    ///
    /// Where the settings ask for it, a set that is not `ACTIVE` and tags elsewhere than at home are reasons, too. The words
    /// of those two are ours. Replication sets can be read, so that a client can find out; STS knows nothing of Incident Manager.
    fn refuse_strangers(&self, operation: &Operation, region: &str) -> Result<(), ServiceError> {
        let is_open = operation.service == Service::Sts || operation.name.contains("ReplicationSet");
        if is_open {
            return Ok(());
        }
        if !self.settings.onboarded.is_on() || !self.world.has_region(region) {
            return Err(ServiceError::invalid("Account not found for the request"));
        }
        let is_active = |set: &ReplicationSet| set.status == "ACTIVE";
        if self.settings.need_active_set.is_on() && !self.world.replication_set.as_ref().is_some_and(is_active) {
            return Err(ServiceError::invalid("The replication set is not active"));
        }
        let is_about_tags = ["TagResource", "UntagResource", "ListTagsForResource"].contains(&operation.name);
        if is_about_tags && self.settings.tags_at_home_only.is_on() && region != self.world.home_region {
            return Err(ServiceError::invalid(format!(
                "Tagging is inaccessible in {region}; use the first Region of the replication set"
            )));
        }
        Ok(())
    }
}

/// What the unit tests of the operations share.
#[cfg(test)]
pub(crate) mod tests {
    use super::*;
    use crate::emulator::{operations, settings::Switch};
    use serde_json::json;

    impl Machine {
        /// Returns a machine with a fixed clock and seed.
        pub(crate) fn at_noon(world: World) -> Self {
            Self::with(world, Settings::default())
        }

        /// The same, with settings of its own.
        pub(crate) fn with(world: World, settings: Settings) -> Self {
            let clock = "2026-03-02T12:00:00Z".parse().ok();
            Self::new(
                world,
                Settings {
                    clock,
                    seed: Some(1),
                    ..settings
                },
            )
        }

        /// Carries out an operation by name in the home Region.
        pub(crate) fn call(&mut self, name: &str, body: &Value) -> Result<Value, ServiceError> {
            let region = self.world.home_region.clone();
            self.call_in(&region, name, body)
        }

        /// The same in any Region.
        pub(crate) fn call_in(&mut self, region: &str, name: &str, body: &Value) -> Result<Value, ServiceError> {
            let operation = operations::all().find(|operation| operation.name == name).unwrap();
            self.run(operation, region, body)
        }
    }

    #[test]
    fn a_set_that_is_not_active_stops_everything_else_when_asked_to() {
        for (need_active_set, status, works) in [
            (Switch::On, "ACTIVE", true),
            (Switch::On, "UPDATING", false),
            (Switch::Off, "UPDATING", true),
        ] {
            let mut world = World::default();
            world.replication_set.as_mut().unwrap().status = status.to_owned();
            let mut machine = Machine::with(
                world,
                Settings {
                    need_active_set,
                    ..Settings::default()
                },
            );
            assert_eq!(machine.call("ListContacts", &json!({})).is_ok(), works, "{status}");
            machine.call("ListReplicationSets", &json!({})).unwrap();
        }
    }

    #[test]
    fn tags_stay_at_home_when_asked_to() {
        let world = World::from_json(r#"{ "contacts": { "anna": { "type": "PERSONAL" } } }"#).unwrap();
        let anna = json!({ "ResourceARN": world.contacts_arn("contact/anna") });
        for (tags_at_home_only, works_elsewhere) in [(Switch::On, false), (Switch::Off, true)] {
            let mut machine = Machine::with(
                world.clone(),
                Settings {
                    tags_at_home_only,
                    ..Settings::default()
                },
            );
            machine.call("ListTagsForResource", &anna).unwrap();
            let elsewhere = machine.call_in("us-east-1", "ListTagsForResource", &anna);
            assert_eq!(elsewhere.is_ok(), works_elsewhere);
        }
    }
}
