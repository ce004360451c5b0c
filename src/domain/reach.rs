//! Whether a contact can be reached at all: the short answer that lists show beside a name.
//!
//! It looks at devices and references only, not at minutes; when somebody would be reached is the simulator's work.

use super::{
    contact::{ActivationStatus, Channel, Contact, ContactKind, Stage, Target},
    gap::Reading,
    graph::Graph,
    ids::Arn,
    inventory::{Inventory, Section, SectionState},
    text::neutral,
};
use std::collections::BTreeSet;

/// Whether anybody would be paged.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Reach {
    /// This many activated devices (of a person) or people (of anything else) would be paged at some time.
    Reachable(usize),
    /// Nobody would be; in words.
    Unreachable(String),
    /// It cannot be told, because this was not read.
    Unknown(String),
    /// The answer is still to come.
    Pending,
}

impl Reach {
    /// Returns how urgent the state is, worst first, for sorting.
    pub fn rank(&self) -> u8 {
        match self {
            Self::Unreachable(_) => 0,
            Self::Unknown(_) => 1,
            Self::Pending => 2,
            Self::Reachable(_) => 3,
        }
    }
}

/// Returns whether a person has a device that is activated and stands in their plan.
pub fn of_person(person: &Contact) -> Reach {
    let (plan, channels) = match (&person.plan, &person.channels) {
        (Reading::Unknown(gap), _) | (_, Reading::Unknown(gap)) => return Reach::Unknown(gap.to_string()),
        (Reading::Known(plan), Reading::Known(channels)) => (plan, channels),
        _ => return Reach::Pending,
    };
    // A person has a handful of devices, so looking through the plan for each is the cheapest way.
    let is_named =
        |stage: &Stage, channel: &Channel| stage.targets.iter().any(|target| target.arn() == Some(&channel.arn));
    let is_planned = |channel: &&Channel| plan.stages.iter().any(|stage| is_named(stage, channel));
    let is_active = |channel: &&Channel| channel.status == ActivationStatus::Activated;
    // Of a stage with a removed device the service says that it skips "the stage": perhaps its other devices, too.
    let is_whole = |stage: &&Stage| {
        let mut named = stage.targets.iter().filter_map(Target::arn);
        named.all(|arn| channels.iter().any(|channel| channel.arn == *arn))
    };
    let is_sure = |channel: &&Channel| {
        plan.stages
            .iter()
            .filter(is_whole)
            .any(|stage| is_named(stage, channel))
    };
    let usable = channels.iter().filter(is_active).filter(is_sure).count();
    let why = if usable > 0 {
        return Reach::Reachable(usable);
    } else if channels.iter().filter(is_active).any(|channel| is_planned(&channel)) {
        return Reach::Unknown("a removed device may void the stage that it stands in".to_owned());
    } else if channels.is_empty() {
        "no device"
    } else if plan.targets().all(|target| target.arn().is_none()) {
        "no plan"
    } else if channels.iter().filter(is_planned).any(has_odd_status) {
        return Reach::Unknown("the status of a device is not known".to_owned());
    } else if channels.iter().any(|channel| is_active(&channel)) {
        "active device not in plan"
    } else {
        "no active device"
    };
    Reach::Unreachable(why.to_owned())
}

fn has_odd_status(channel: &Channel) -> bool {
    matches!(channel.status, ActivationStatus::Other(_))
}

/// Returns whether anybody would be paged when `arn` is engaged, now or at any time of the horizon.
pub fn of_contact(inventory: &Inventory, graph: &Graph, arn: &Arn) -> Reach {
    if graph.resolve(arn).is_none() {
        return of_absent(inventory, arn);
    }
    of_contacts(inventory, graph, std::slice::from_ref(arn))
}

/// Returns whether anybody would be paged when all of `arns` are engaged; who is behind several of them counts once.
pub fn of_contacts(inventory: &Inventory, graph: &Graph, arns: &[Arn]) -> Reach {
    people_behind(inventory, graph, arns, None).into_reach()
}

/// The people behind some contacts, as far as they can be told.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Behind {
    /// Those who can be reached, now or at any time of the horizon.
    pub people: BTreeSet<Arn>,
    /// Why there may be more, when something was not read.
    pub doubt: Option<String>,
    /// Whether something is still to come, so that there may be more.
    pub is_pending: bool,
}

/// Returns the people who would be paged when all of `arns` are engaged.
///
/// `within` is the plan whose stage engages them: a plan that is engaged already is not engaged again, so that nobody is
/// reached by going round through it.
pub fn people_behind(inventory: &Inventory, graph: &Graph, arns: &[Arn], within: Option<&Arn>) -> Behind {
    let mut walk = Walk {
        inventory,
        graph,
        seen: within.into_iter().cloned().collect(),
        behind: Behind::default(),
    };
    for arn in arns {
        walk.visit(arn);
    }
    walk.behind
}

impl Behind {
    /// Returns whether anybody is there.
    pub fn into_reach(self) -> Reach {
        match (self.people.len(), self.doubt) {
            (0, Some(why)) => Reach::Unknown(why),
            (0, None) if self.is_pending => Reach::Pending,
            (0, None) => Reach::Unreachable("reaches nobody".to_owned()),
            (count, _) => Reach::Reachable(count),
        }
    }
}

struct Walk<'a> {
    inventory: &'a Inventory,
    graph: &'a Graph,
    seen: BTreeSet<Arn>,
    behind: Behind,
}

impl Walk<'_> {
    fn visit(&mut self, named: &Arn) {
        // Plans may name each other in a circle; each is looked at once.
        let arn = self.graph.resolve(named).unwrap_or(named).clone();
        if !self.seen.insert(arn.clone()) {
            return;
        }
        let Some(contact) = self.graph.contact(&arn) else {
            match of_absent(self.inventory, &arn) {
                Reach::Unknown(why) => self.behind.doubt = Some(why),
                Reach::Pending => self.behind.is_pending = true,
                Reach::Unreachable(_) | Reach::Reachable(_) => {}
            }
            return;
        };
        match &contact.kind {
            ContactKind::Person => match of_person(contact) {
                Reach::Reachable(_) => {
                    self.behind.people.insert(arn);
                }
                Reach::Unknown(why) => self.behind.doubt = Some(why),
                Reach::Pending => self.behind.is_pending = true,
                Reach::Unreachable(_) => {}
            },
            ContactKind::EscalationPlan | ContactKind::Schedule => self.visit_plan(contact),
            ContactKind::Other(word) => self.behind.doubt = Some(format!("contacts of type {word} are not known")),
        }
    }

    fn visit_plan(&mut self, contact: &Contact) {
        let plan = match &contact.plan {
            Reading::Known(plan) => plan,
            Reading::Unknown(gap) => {
                self.behind.doubt = Some(gap.to_string());
                return;
            }
            Reading::Pending => {
                self.behind.is_pending = true;
                return;
            }
        };
        for named in plan.targets().filter_map(Target::arn) {
            self.visit(named);
        }
        for rotation in &plan.rotations {
            self.visit_rotation(rotation);
        }
    }

    fn visit_rotation(&mut self, arn: &Arn) {
        let Some(rotation) = self.inventory.rotations.items.get(arn) else {
            match absence(&self.inventory.rotations) {
                // The rotations of another account are never listed here.
                Absence::Certain if self.inventory.is_shared_in(arn) => {
                    self.behind.doubt = Some(not_shared(arn));
                }
                Absence::Certain => {}
                Absence::Unknown(why) => self.behind.doubt = Some(why),
                Absence::Pending => self.behind.is_pending = true,
            }
            return;
        };
        match &rotation.shifts {
            Reading::Known(shifts) => {
                let people: BTreeSet<Arn> = shifts.iter().flat_map(|shift| shift.contacts.iter().cloned()).collect();
                for person in &people {
                    self.visit(person);
                }
            }
            Reading::Unknown(gap) => self.behind.doubt = Some(gap.to_string()),
            Reading::Pending => self.behind.is_pending = true,
        }
    }
}

/// What it means that something is not in a list.
enum Absence {
    /// It does not exist.
    Certain,
    /// The list was cut short, so it may exist all the same.
    Unknown(String),
    /// The list is still being read.
    Pending,
}

fn absence<T>(section: &Section<T>) -> Absence {
    match &section.state {
        SectionState::Complete => Absence::Certain,
        SectionState::Partial(gap) => Absence::Unknown(gap.to_string()),
        SectionState::Waiting | SectionState::Loading => Absence::Pending,
    }
}

/// Why something that is not listed may belong to another account.
pub const UNKNOWN_ACCOUNT: &str = "it is not known which account is ours";

/// Returns why nothing can be said about what another account keeps to itself.
pub fn not_shared(arn: &Arn) -> String {
    format!("account {} does not share it", neutral(arn.account()))
}

/// Returns the answer for a contact that is named and not listed.
fn of_absent(inventory: &Inventory, arn: &Arn) -> Reach {
    match absence(&inventory.contacts) {
        Absence::Certain => match inventory.account() {
            Some(account) if account == arn.account() => Reach::Unreachable("does not exist".to_owned()),
            // Contacts of another account are listed only while it shares them.
            Some(_) => Reach::Unknown(not_shared(arn)),
            None if inventory.caller.is_pending() => Reach::Pending,
            None => Reach::Unknown(UNKNOWN_ACCOUNT.to_owned()),
        },
        Absence::Unknown(why) => Reach::Unknown(why),
        Absence::Pending => Reach::Pending,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::{
        operation::Operation,
        world::{World, contact_arn},
    };

    #[track_caller]
    fn check(world: &World, alias: &str, expected: &Reach) {
        let world = world.clone().complete();
        assert_eq!(
            of_contact(&world.inventory, &world.graph(), &contact_arn(alias)),
            *expected,
            "{alias}"
        );
    }

    fn unreachable(why: &str) -> Reach {
        Reach::Unreachable(why.to_owned())
    }

    #[test]
    fn a_person_is_reached_on_an_active_device_that_stands_in_the_plan() {
        let person = |devices: &[&str], plan: &[(&str, i32)]| {
            let world = World::new().person("anna", devices, plan);
            of_person(&world.inventory.contacts.items[&contact_arn("anna")])
        };
        assert_eq!(
            person(&["phone", "mail"], &[("phone", 1), ("mail", 1)]),
            Reach::Reachable(2)
        );
        assert_eq!(person(&["-phone"], &[("phone", 1)]), unreachable("no active device"));
        assert_eq!(
            person(&["phone", "-mail"], &[("mail", 1)]),
            unreachable("active device not in plan")
        );
        assert_eq!(
            person(&["phone"], &[("gone", 1)]),
            unreachable("active device not in plan")
        );
        assert_eq!(person(&["phone"], &[]), unreachable("no plan"));
        assert_eq!(person(&[], &[("gone", 1)]), unreachable("no device"));
        assert!(matches!(person(&["?phone"], &[("phone", 1)]), Reach::Unknown(_)));
        assert!(matches!(
            person(&["?phone", "-mail"], &[("mail", 1)]),
            Reach::Unreachable(_)
        ));
    }

    #[test]
    fn a_removed_device_puts_the_others_of_its_stage_in_doubt() {
        let person = |plan: &[(&str, i32)]| {
            let world = World::new().person("anna", &["phone", "mail"], plan);
            of_person(&world.inventory.contacts.items[&contact_arn("anna")])
        };
        let doubt = "a removed device may void the stage that it stands in";
        assert_eq!(person(&[("phone+gone", 1)]), Reach::Unknown(doubt.to_owned()));
        assert_eq!(person(&[("phone+gone", 1), ("mail", 1)]), Reach::Reachable(1));
        assert_eq!(person(&[("phone+gone", 1), ("phone+mail", 1)]), Reach::Reachable(2));
    }

    #[test]
    fn a_plan_reaches_the_people_behind_it_once_each() {
        let world = World::new()
            .person("anna", &["phone"], &[("phone", 1)])
            .person("ben", &["-phone"], &[("phone", 1)])
            .rotation("weekly", &["anna", "ben"])
            .shifts("weekly", &[(0, 4, &["anna"]), (4, 8, &["ben"])])
            .schedule("ops", &["weekly"])
            .plan("all", &[(5, &["anna", "ops", "ben"])])
            .plan("only-ben", &[(5, &["ben"])])
            .plan("to-nobody", &[(5, &["left"])]);
        check(&world, "all", &Reach::Reachable(1));
        check(&world, "ops", &Reach::Reachable(1));
        check(&world, "only-ben", &unreachable("reaches nobody"));
        check(&world, "to-nobody", &unreachable("reaches nobody"));
        check(&world, "left", &unreachable("does not exist"));
    }

    #[test]
    fn plans_in_a_circle_are_walked_once() {
        let world = World::new()
            .plan("one", &[(5, &["other"])])
            .plan("other", &[(5, &["one", "one"])]);
        check(&world, "one", &unreachable("reaches nobody"));
    }

    #[test]
    fn what_was_not_read_is_unknown_and_never_unreachable() {
        let world = World::new()
            .person("anna", &["phone"], &[("phone", 1)])
            .plan("all", &[(5, &["anna"])])
            .denied(Operation::ListContactChannels, "anna");
        let why = "ListContactChannels of anna: access denied, ssm-contacts:ListContactChannels is missing";
        check(&world, "all", &Reach::Unknown(why.to_owned()));

        let world = World::new().plan("all", &[(5, &["anna"])]);
        let reach = of_contact(&world.inventory, &world.graph(), &contact_arn("all"));
        assert_eq!(reach, Reach::Pending, "the list of contacts is still being read");
    }

    #[test]
    fn a_contact_of_another_account_may_exist_without_being_listed() {
        let foreign = Arn::parse("arn:aws:ssm-contacts:eu-west-1:444455556666:contact/anna").unwrap();
        let world = World::new().complete();
        let reach = of_contact(&world.inventory, &world.graph(), &foreign);
        assert_eq!(
            reach,
            Reach::Unknown("account 444455556666 does not share it".to_owned())
        );
    }
}
