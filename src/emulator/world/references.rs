//! Completes the short references of a world file: `contact/anna` becomes the full ARN.

use super::{Arn, Plan, World};

impl World {
    /// Makes every reference a full ARN of this account in its home Region, unless it is one already.
    pub(super) fn complete_references(&mut self) {
        let prefix = self.contacts_arn("");
        let incidents_prefix = self.incidents_arn("");
        let complete = |reference: &mut Arn| {
            if reference.starts_with("arn:") {
                return;
            }
            let is_incident = reference.starts_with("incident-record/") || reference.starts_with("response-plan/");
            reference.insert_str(0, if is_incident { &incidents_prefix } else { &prefix });
        };
        for contact in self.contacts.values_mut() {
            plan_references(&mut contact.plan).for_each(complete);
        }
        for rotation in self.rotations.values_mut() {
            rotation.contact_ids.iter_mut().for_each(complete);
            let stand_ins = rotation
                .overrides
                .iter_mut()
                .flat_map(|entry| &mut entry.new_contact_ids);
            stand_ins.for_each(complete);
        }
        for engagement in self.engagements.values_mut() {
            complete(&mut engagement.contact);
            engagement.incident_id.iter_mut().for_each(complete);
            for delivery in &mut engagement.pending {
                complete(&mut delivery.channel);
                complete(&mut delivery.contact);
                delivery.path.iter_mut().for_each(|step| complete(&mut step.contact));
            }
        }
        for page in self.pages.values_mut() {
            complete(&mut page.contact);
            page.receipts
                .iter_mut()
                .flat_map(|receipt| &mut receipt.channel)
                .for_each(complete);
            page.resolutions.iter_mut().for_each(|step| complete(&mut step.contact));
        }
        for plan in self.response_plans.values_mut() {
            plan.engagements.iter_mut().for_each(complete);
        }
        for policy in self.resource_policies.values_mut() {
            complete(&mut policy.resource);
        }
        self.outbox
            .iter_mut()
            .for_each(|arrival| complete(&mut arrival.channel));
    }
}

/// Returns everything that a plan names.
fn plan_references(plan: &mut Plan) -> impl Iterator<Item = &mut Arn> {
    let targets = plan.stages.iter_mut().flatten().flat_map(|stage| &mut stage.targets);
    let named = targets.flat_map(|target| target.channel.iter_mut().chain(target.contact.iter_mut()));
    named.chain(plan.rotation_ids.iter_mut().flatten())
}
