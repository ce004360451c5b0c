//! The writes of two questions that are only asked: what if somebody was named nowhere, what if a device was silent?
//!
//! They are made to be applied in memory. Who takes a person's turns is the service's own work: here nobody does, so that
//! the answer is darker than the truth, never brighter.

use super::{Write, apply::Previews};
use crate::domain::{
    contact::{Contact, Plan, Stage, Target},
    gap::Reading,
    ids::Arn,
    inventory::Inventory,
    schedule::{Override, Rotation, Shift},
};

/// What is asked, as writes.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Supposed {
    /// The writes.
    pub writes: Vec<Write>,
    /// The shifts of the rotations among them.
    pub previews: Previews,
    /// What names the person or may do so, and could not be read far enough to be changed, in the order of ARNs.
    pub unread: Vec<Arn>,
}

/// Returns what takes a person out of every plan, rotation, override and response plan.
///
/// A stage that is left without targets keeps its minutes.
pub fn without_person(inventory: &Inventory, person: &Arn) -> Supposed {
    let mut supposed = Supposed::default();
    for contact in inventory.contacts.items.values() {
        match &contact.plan {
            Reading::Known(plan) => supposed
                .writes
                .extend(plan_without(plan, person).map(|plan| update(contact, plan))),
            Reading::Unknown(_) | Reading::Pending => supposed.unread.push(contact.arn.clone()),
        }
    }
    for rotation in inventory.rotations.items.values() {
        supposed.take_out_of(rotation, person);
    }
    for plan in inventory.response_plans.items.values() {
        match &plan.detail {
            Reading::Known(detail) if names(&detail.engagements, person) => {
                supposed.writes.push(Write::UpdateResponsePlan {
                    response_plan: plan.arn.clone(),
                    engagements: others(&detail.engagements, person),
                });
            }
            Reading::Known(_) => {}
            Reading::Unknown(_) | Reading::Pending => supposed.unread.push(plan.arn.clone()),
        }
    }
    supposed.unread.sort();
    supposed
}

/// Returns what makes a device silent.
pub fn silent(device: &Arn) -> Supposed {
    Supposed {
        writes: vec![Write::DeactivateContactChannel {
            channel: device.clone(),
        }],
        ..Supposed::default()
    }
}

impl Supposed {
    fn take_out_of(&mut self, rotation: &Rotation, person: &Arn) {
        let of_shift = |shift: &Shift| names(&shift.contacts, person) || names(&shift.overridden, person);
        let is_in_shifts = rotation
            .shifts
            .known()
            .is_some_and(|shifts| shifts.iter().any(of_shift));
        let is_in_overrides = overrides_of(rotation, person).next().is_some();
        let (Reading::Known(members), Some(recurrence)) = (&rotation.members, &rotation.recurrence) else {
            self.unread.push(rotation.arn.clone());
            return;
        };
        let is_unread = rotation.overrides.known().is_none() || rotation.shifts.known().is_none();
        if is_unread {
            self.unread.push(rotation.arn.clone());
        }
        if !names(members, person) && !is_in_shifts && !is_in_overrides {
            return;
        }
        self.writes.push(Write::UpdateRotation {
            rotation: rotation.arn.clone(),
            members: others(members, person),
            recurrence: recurrence.clone(),
        });
        if let Reading::Known(shifts) = &rotation.shifts {
            let shifts = shifts.iter().map(|shift| Shift {
                contacts: others(&shift.contacts, person),
                overridden: others(&shift.overridden, person),
                ..shift.clone()
            });
            self.previews.insert(rotation.arn.clone(), shifts.collect());
        }
        for exception in overrides_of(rotation, person) {
            self.writes.push(Write::DeleteRotationOverride {
                rotation: rotation.arn.clone(),
                id: exception.id.clone(),
            });
            let left = others(&exception.contacts, person);
            if !left.is_empty() {
                self.writes.push(Write::CreateRotationOverride {
                    rotation: rotation.arn.clone(),
                    start_at: exception.start_at,
                    end_at: exception.end_at,
                    contacts: left,
                });
            }
        }
    }
}

fn overrides_of<'a>(rotation: &'a Rotation, person: &Arn) -> impl Iterator<Item = &'a Override> {
    let overrides = rotation.overrides.known().into_iter().flatten();
    overrides.filter(|exception| names(&exception.contacts, person))
}

fn names(all: &[Arn], person: &Arn) -> bool {
    all.iter().any(|one| one.is_same_resource(person))
}

fn others(all: &[Arn], person: &Arn) -> Vec<Arn> {
    let stay = all.iter().filter(|one| !one.is_same_resource(person));
    stay.cloned().collect()
}

/// Returns a plan without the targets that name a person; absent where none does.
fn plan_without(plan: &Plan, person: &Arn) -> Option<Plan> {
    let is_it = |target: &Target| match target {
        Target::Contact { contact, .. } => contact.is_same_resource(person),
        Target::Channel { .. } | Target::Empty => false,
    };
    plan.targets().any(is_it).then(|| Plan {
        stages: plan
            .stages
            .iter()
            .map(|stage| Stage {
                targets: stage.targets.iter().filter(|target| !is_it(target)).cloned().collect(),
                ..stage.clone()
            })
            .collect(),
        rotations: plan.rotations.clone(),
    })
}

fn update(contact: &Contact, plan: Plan) -> Write {
    Write::UpdateContact {
        contact: contact.arn.clone(),
        kind: contact.kind.clone(),
        plan,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        changes::apply::apply,
        domain::{
            operation::Operation,
            world::{World, contact_arn, response_arn, rotation_arn},
        },
    };

    fn world() -> World {
        World::new()
            .person("anna", &["phone"], &[("phone", 1)])
            .person("ben", &["phone"], &[("phone", 1)])
            .rotation("weekly", &["anna", "ben"])
            .shifts("weekly", &[(0, 10, &["anna"]), (10, 20, &["ben"])])
            .schedule("ops", &["weekly"])
            .plan("all", &[(5, &["anna"]), (5, &["anna", "ops"])])
            .response("down", &["all", "anna"])
    }

    fn without(world: &World, person: &str) -> (Supposed, Inventory) {
        let supposed = without_person(&world.inventory, &contact_arn(person));
        let after = apply(&world.inventory, &supposed.writes, &supposed.previews);
        (supposed, after)
    }

    #[test]
    fn afterwards_nothing_names_the_person() {
        let (supposed, after) = without(&world(), "anna");
        assert_eq!(supposed.unread, []);
        let graph = crate::domain::graph::Graph::build(&after);
        assert_eq!(graph.used_by(&contact_arn("anna")), []);
        assert_eq!(graph.shifts_of(&contact_arn("anna")), []);
        assert_eq!(graph.shifts_of(&contact_arn("ben")).len(), 1);
        let plan = after.contacts.items[&contact_arn("all")].plan.known().unwrap();
        let targets: Vec<usize> = plan.stages.iter().map(|stage| stage.targets.len()).collect();
        assert_eq!(targets, [0, 1], "the first stage keeps its minutes");
        let detail = after.response_plans.items[&response_arn("down")]
            .detail
            .known()
            .unwrap();
        assert_eq!(detail.engagements, [contact_arn("all")]);
        assert!(after.contacts.items.contains_key(&contact_arn("anna")));
    }

    #[track_caller]
    fn check_override(people: &[&str], expected: &[&str]) {
        let world = world().overridden("weekly", (2, 4), people, &["ben"]);
        let (_, after) = without(&world, "anna");
        let rotation = &after.rotations.items[&rotation_arn("weekly")];
        let on_call = &rotation.shifts.known().unwrap()[0].contacts;
        assert_eq!(on_call.iter().map(Arn::name).collect::<Vec<_>>(), expected);
        let overrides = rotation.overrides.known().unwrap();
        assert!(overrides.iter().all(|one| !names(&one.contacts, &contact_arn("anna"))));
    }

    #[test]
    fn an_override_goes_on_without_the_person_or_gives_the_turn_back() {
        check_override(&["anna", "cleo"], &["cleo"]);
        check_override(&["anna"], &["ben"]);
        check_override(&["cleo"], &["cleo"]);
    }

    #[test]
    fn what_could_not_be_read_is_named() {
        let world = world()
            .denied(Operation::GetContact, "all")
            .denied(Operation::ListRotationOverrides, "weekly");
        let (supposed, after) = without(&world, "anna");
        assert_eq!(supposed.unread, [contact_arn("all"), rotation_arn("weekly")]);
        let shifts = after.rotations.items[&rotation_arn("weekly")].shifts.known().unwrap();
        assert!(shifts.iter().all(|shift| !names(&shift.contacts, &contact_arn("anna"))));
    }

    #[test]
    fn who_is_named_nowhere_changes_nothing() {
        let (supposed, after) = without(&world(), "nobody");
        assert_eq!(supposed, Supposed::default());
        assert_eq!(after, world().inventory);
    }
}
