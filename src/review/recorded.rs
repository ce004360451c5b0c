//! The fold of the ledger as the facts that checks look at.

use super::{
    baseline::Baseline,
    campaign::{Campaign, RowState, Signed},
    devices::History,
    fold::Reviews,
    gate::LedgerState,
    population::Population,
};
use crate::{
    domain::{ids::Arn, text::neutral},
    findings::recorded::{Confirmation, DeviceRecord, Holder, Recorded, ReviewRecord, RowDecision, Rows, SignedDevice},
    ledger::entry::Method,
};
use std::collections::BTreeMap;

/// Returns what checks have to know of the ledger.
///
/// `population` gives the rows by their digest, where their file is at hand: all those of [`needed`] are asked for.
pub fn recorded<'a>(
    reviews: &Reviews,
    population: impl Fn(&str) -> Option<&'a Population>,
    ledger: &LedgerState,
) -> Recorded {
    let mut recorded = Recorded {
        open: reviews
            .open()
            .into_iter()
            .map(|campaign| of_review(campaign, &population))
            .collect(),
        last_signed: reviews
            .last_signed()
            .map(|(campaign, _)| of_review(campaign, &population)),
        broken: match ledger {
            LedgerState::Whole(_) => None,
            LedgerState::Broken(why) => Some(why.clone()),
        },
        ..Recorded::default()
    };
    for (channel, history) in reviews.devices.all() {
        recorded.devices.insert(channel.clone(), of_device(history));
    }
    let signed = reviews.signed();
    add_signed(&mut recorded, &signed, &population);
    let baseline = Baseline::before(reviews, None, &population);
    let whens: BTreeMap<&str, &Signed> = signed
        .iter()
        .map(|(campaign, signed)| (campaign.name.as_str(), *signed))
        .collect();
    for (subject, row) in &baseline.rows {
        let Some(by) = baseline.signed_by(subject) else {
            continue;
        };
        let Some(signed) = whens.get(by) else { continue };
        for device in row.devices() {
            let device_as_signed = SignedDevice {
                at: signed.mark.at,
                review: by.to_owned(),
                status: device.status.clone(),
            };
            recorded.signed.insert(device.channel.clone(), device_as_signed);
        }
    }
    for campaign in reviews.campaigns() {
        add_decisions(&mut recorded, campaign, &population);
    }
    recorded
}

/// Returns the digests of the populations that the facts and the differences since the last sign-off need.
pub fn needed(reviews: &Reviews) -> Vec<String> {
    let campaigns = reviews.campaigns();
    let mut digests: Vec<String> = campaigns
        .iter()
        .flat_map(|campaign| {
            let signed = campaign
                .sign_off
                .as_ref()
                .map(|signed| signed.sign_off.population.clone());
            [Some(campaign.population.clone()), signed]
        })
        .flatten()
        .collect();
    digests.sort();
    digests.dedup();
    digests
}

fn add_signed<'a>(
    recorded: &mut Recorded,
    signed: &[(&Campaign, &Signed)],
    population: impl Fn(&str) -> Option<&'a Population>,
) {
    for (campaign, signed) in signed {
        let Some(rows) = population(&signed.sign_off.population) else {
            let name = neutral(&campaign.name);
            recorded.unread = Some(format!("the population that {name} signed is not at hand"));
            continue;
        };
        for (contact, device) in rows.devices() {
            if let Some(fingerprint) = &device.fingerprint {
                recorded.holders.entry(fingerprint.clone()).or_default().push(Holder {
                    contact: contact.clone(),
                    review: campaign.name.clone(),
                });
            }
        }
    }
}

fn add_decisions<'a>(
    recorded: &mut Recorded,
    campaign: &Campaign,
    population: impl Fn(&str) -> Option<&'a Population>,
) {
    let rows = campaign
        .sign_off
        .as_ref()
        .and_then(|signed| population(&signed.sign_off.population));
    let frozen = population(&campaign.population);
    let undone: Vec<&Arn> = campaign.undone(rows.or(frozen)).map(|(subject, _)| subject).collect();
    for (subject, decided) in &campaign.decisions {
        let Some(made) = decided.latest() else { continue };
        let typed = campaign
            .sign_off
            .as_ref()
            .filter(|signed| signed.mark.by == made.mark.by);
        let typed = typed.map(|signed| signed.sign_off.name.as_str());
        let names = made.mark.names().into_iter().chain(typed);
        let decision = RowDecision {
            review: campaign.name.clone(),
            verdict: made.verdict.word(),
            decided_on: made.mark.at.date_naive(),
            until: made.until.filter(|_| made.verdict.needs_changeset()),
            is_undone: undone.binary_search(&subject).is_ok(),
            names: names.map(str::to_owned).collect(),
        };
        recorded.decisions.insert(subject.clone(), decision);
    }
}

fn of_device(history: &History) -> DeviceRecord {
    let confirmed = history.confirmed.as_ref().map(|confirmed| Confirmation {
        at: confirmed.mark.at,
        address: confirmed.address.clone(),
        method: method_words(confirmed.method).to_owned(),
        by: confirmed.by.clone(),
    });
    let activated = history.activated.as_ref().map(|activated| Confirmation {
        at: activated.mark.at,
        address: activated.address.clone(),
        method: "by the code that came back".to_owned(),
        by: activated.mark.names().first().copied().unwrap_or_default().to_owned(),
    });
    let activated_seq = history.activated.as_ref().map_or(0, |activated| activated.mark.seq);
    let confirmed_seq = history.confirmed.as_ref().map_or(0, |confirmed| confirmed.mark.seq);
    let sent = history.code_sent.as_ref().filter(|sent| sent.mark.seq > activated_seq);
    DeviceRecord {
        confirmed: if activated_seq > confirmed_seq {
            activated
        } else {
            confirmed
        },
        code_sent_at: sent.map(|sent| sent.mark.at),
        switched_off_at: history.switched_off.as_ref().map(|mark| mark.at),
    }
}

/// Returns in words how somebody made sure whose a device is.
fn method_words(method: Method) -> &'static str {
    match method {
        Method::InPerson => "in person",
        Method::Video => "on a video call",
        Method::CallBack => "by calling back the number of the roster",
        Method::Ticket => "through a ticket",
        Method::Own => "as the operator's own, for which somebody else vouched",
    }
}

fn of_review<'a>(campaign: &Campaign, population: impl Fn(&str) -> Option<&'a Population>) -> ReviewRecord {
    let signed = campaign.sign_off.as_ref();
    let frozen = population(&campaign.population);
    let rows = frozen.map(|frozen| {
        let is_open = |row: &super::Row| match campaign.state(row) {
            RowState::Undecided => true,
            RowState::Decided | RowState::Reopened | RowState::CarriedOut => false,
        };
        Rows {
            all: frozen.rows.len(),
            undecided: frozen.rows.values().filter(|row| is_open(row)).count(),
        }
    });
    let made = campaign.decisions.values().filter_map(super::campaign::Decided::latest);
    let (bulk, single): (Vec<_>, Vec<_>) = made.partition(|made| made.bulk.is_some());
    ReviewRecord {
        name: campaign.name.clone(),
        due: campaign.due,
        is_off_cycle: campaign.is_off_cycle,
        rows,
        bulk: bulk.len(),
        seconds: single.iter().map(|made| made.seconds).collect(),
        signed_at: signed.map(|signed| signed.mark.at),
        read_at: campaign.reading_signed().map(|reading| reading.ended_at),
    }
}
