//! One world for the tests of all forms: a page that says something of every kind.

use super::Simulated;
use crate::{
    domain::{
        graph::Graph,
        ids::Arn,
        operation::Operation,
        world::{World, at, contact_arn, response_arn},
    },
    paging::{
        coverage::Stretch,
        simulate::{Acknowledgement, Question, ResolveSchedules, Simulator, Timeline},
        telling::Names,
        worst::{WorstTime, worst},
    },
};

/// A page and all that it is told from.
pub(super) struct Sample {
    world: World,
    graph: Graph,
    timeline: Timeline,
    worst: Option<WorstTime>,
    is_at_worst: bool,
}

impl Sample {
    /// Returns a page of `start` in a world, an hour after its beginning.
    pub(super) fn of(world: World, start: &Arn, acknowledgements: &[(&str, i64)]) -> Self {
        let graph = world.graph();
        let question = Question {
            acknowledgements: acknowledgements
                .iter()
                .map(|(person, minute)| Acknowledgement {
                    minute: *minute,
                    person: contact_arn(person),
                })
                .collect(),
            ..Question::new(start.clone(), at(1))
        };
        let timeline = Simulator::new(&world.inventory, &graph).simulate(&question);
        let window = Stretch {
            start_at: at(0),
            end_at: at(48),
        };
        let worst = worst(&world.inventory, &graph, start, window, ResolveSchedules::StageStart);
        Self {
            world,
            graph,
            timeline,
            worst,
            is_at_worst: false,
        }
    }

    /// Returns a page with something of every kind in it.
    pub(super) fn of_everything() -> Self {
        let world = World::new()
            .person(
                "akua",
                &["phone", "mail", "-desk"],
                &[("mail+desk", 2), ("phone+gone", 10)],
            )
            .person("ben", &["phone"], &[("phone", 1)])
            .person("cleo", &["phone"], &[("phone", 1)])
            .denied(Operation::ListContactChannels, "cleo")
            .rotation("weekly", &["ben"])
            .shifts("weekly", &[(0, 9, &["ben"]), (12, 48, &["ben"])])
            .schedule("ops", &["weekly"])
            .plan("payments", &[(30, &["!akua"]), (15, &["cleo", "ops"]), (1, &["left"])])
            .response("critical", &["payments"])
            .complete();
        Self::of(world, &response_arn("critical"), &[])
    }

    /// Returns a page of people and devices with names that mean harm.
    pub(super) fn hostile() -> Self {
        let mut world = World::new().person("akua", &["phone"], &[("phone", 1)]).complete();
        let name = "<script>alert('\"1\"')</script>\u{1b}[2J\u{202e}]]>&";
        for contact in world.inventory.contacts.items.values_mut() {
            std::sync::Arc::make_mut(contact).display_name = Some(name.to_owned());
        }
        Self::of(world, &contact_arn("akua"), &[("akua", 0)])
    }

    /// Makes the page one at the worst start.
    pub(super) fn at_worst(mut self) -> Self {
        self.is_at_worst = true;
        self
    }

    /// Returns what reports are made of.
    pub(super) fn simulated(&self) -> Simulated<'_> {
        Simulated {
            names: Names {
                inventory: &self.world.inventory,
                graph: &self.graph,
            },
            timeline: &self.timeline,
            worst: self.worst.as_ref(),
            is_at_worst: self.is_at_worst,
            zone: chrono_tz::Europe::Berlin,
        }
    }
}
