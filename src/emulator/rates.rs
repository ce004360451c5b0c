//! The published request rates as token buckets.

use std::{collections::HashMap, num::NonZeroU32, time::Duration};

use governor::{DefaultDirectRateLimiter, Quota, RateLimiter};
use serde_json::json;

use super::{
    error::{ErrorKind, NO_PUBLISHED_CODE, ServiceError},
    operations::{Operation, RateClass, Service, all},
    settings::{Buckets, ErrorStatuses, Rates, Settings, TagReads},
};

/// Who draws from a bucket: the class, and the one operation where it is not shared.
type Key = (RateClass, Option<&'static str>);

/// The token buckets of one emulator. They run on the machine's own clock, whatever the emulator's clock shows.
#[derive(Debug)]
pub(crate) struct Limits {
    buckets: HashMap<Key, DefaultDirectRateLimiter>,
    sharing: Buckets,
    tag_reads: TagReads,
    /// What the settings ask for; the Smithy column has a status of its own.
    throttle_status: Option<u16>,
}

impl Limits {
    /// Returns the buckets that the settings ask for; none when rates are off.
    pub(crate) fn new(settings: &Settings) -> Self {
        let mut buckets = HashMap::new();
        if settings.rates == Rates::Published {
            for operation in all() {
                let key = key(operation, settings.buckets, settings.tag_reads);
                if let Some(quota) = quota(key.0, settings) {
                    buckets.entry(key).or_insert_with(|| RateLimiter::direct(quota));
                }
            }
        }
        Self {
            buckets,
            sharing: settings.buckets,
            tag_reads: settings.tag_reads,
            throttle_status: (settings.error_statuses == ErrorStatuses::ApiReference)
                .then_some(settings.throttle_status),
        }
    }

    /// Takes one token, or returns the error of an empty bucket.
    pub(crate) fn admit(&self, operation: &Operation) -> Result<(), ServiceError> {
        let Some(bucket) = self.buckets.get(&key(operation, self.sharing, self.tag_reads)) else {
            return Ok(());
        };
        bucket
            .check()
            .map_err(|_refused| throttled(operation.service, self.throttle_status))
    }
}

/// Returns the error of a throttled request.
pub(crate) fn throttled(service: Service, status: Option<u16>) -> ServiceError {
    let error = ServiceError::new(ErrorKind::Throttling, "Rate exceeded");
    match service {
        Service::Contacts => ServiceError { status, ..error },
        // The quota's codes are required members there; the quota page names none for these rates.
        Service::Incidents => error.with(json!({ "quotaCode": NO_PUBLISHED_CODE, "serviceCode": "ssm-incidents" })),
        Service::Sts => error,
    }
}

fn key(operation: &Operation, sharing: Buckets, tag_reads: TagReads) -> Key {
    let row = match (operation.rate, tag_reads) {
        (RateClass::ContactTagReads, TagReads::ContactReads) => RateClass::ContactReads,
        (RateClass::ContactTagReads, TagReads::EverythingElse) => RateClass::ContactWrites,
        (rate, TagReads::ContactReads | TagReads::EverythingElse) => rate,
    };
    let is_shared = row.is_shared() && sharing == Buckets::Shared;
    (row, (!is_shared).then_some(operation.name))
}

fn quota(class: RateClass, settings: &Settings) -> Option<Quota> {
    let per_second = f64::from(class.per_second()?) * settings.rate_scale;
    let period = Duration::try_from_secs_f64(per_second.recip()).ok()?;
    #[expect(
        clippy::as_conversions,
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "a float turns into the nearest integer that there is"
    )]
    let burst = (per_second * settings.burst_seconds).round() as u32;
    let burst = NonZeroU32::new(burst).unwrap_or(NonZeroU32::MIN);
    Some(Quota::with_period(period)?.allow_burst(burst))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::emulator::operations::named;

    fn published(settings: Settings) -> Limits {
        // A thousandth of the rates, so that no bucket refills while the test runs; the burst makes up for it.
        Limits::new(&Settings {
            rates: Rates::Published,
            rate_scale: 0.001,
            burst_seconds: 1000.0,
            ..settings
        })
    }

    fn contacts(name: &str) -> &'static Operation {
        named(Service::Contacts, name).unwrap()
    }

    #[test]
    fn a_bucket_holds_one_second_of_requests() {
        let limits = published(Settings::default());
        let admitted = (0..100)
            .filter(|_| limits.admit(contacts("GetContact")).is_ok())
            .count();
        assert_eq!(admitted, 20);
        let error = limits.admit(contacts("GetContact")).unwrap_err();
        assert_eq!((error.kind, error.status), (ErrorKind::Throttling, Some(400)));
    }

    #[test]
    fn the_smithy_column_has_its_own_status() {
        let limits = published(Settings {
            error_statuses: ErrorStatuses::Smithy,
            ..Settings::default()
        });
        let delete = contacts("DeleteContact");
        assert!(limits.admit(delete).is_ok());
        assert_eq!(limits.admit(delete).unwrap_err().status, None);
    }

    #[test]
    fn writes_share_a_bucket_unless_told_otherwise() {
        let shared = published(Settings::default());
        assert!(shared.admit(contacts("DeleteContact")).is_ok());
        assert!(shared.admit(contacts("UpdateContact")).is_err());
        let own = published(Settings {
            buckets: Buckets::PerOperation,
            ..Settings::default()
        });
        assert!(own.admit(contacts("DeleteContact")).is_ok());
        assert!(own.admit(contacts("UpdateContact")).is_ok());
    }

    #[test]
    fn reads_of_tags_share_the_bucket_of_the_row_that_they_are_put_in() {
        for (tag_reads, count) in [(TagReads::ContactReads, 20), (TagReads::EverythingElse, 1)] {
            let limits = published(Settings {
                tag_reads,
                ..Settings::default()
            });
            let tags = contacts("ListTagsForResource");
            let admitted = (0..100).filter(|_| limits.admit(tags).is_ok()).count();
            assert_eq!(admitted, count);
            let is_shared_with_writes = limits.admit(contacts("DeleteContact")).is_err();
            assert_eq!(is_shared_with_writes, tag_reads == TagReads::EverythingElse);
            let is_shared_with_reads = limits.admit(contacts("ListContacts")).is_err();
            assert_eq!(is_shared_with_reads, tag_reads == TagReads::ContactReads);
        }
    }

    #[test]
    fn rates_are_off_by_default() {
        let limits = Limits::new(&Settings::default());
        assert!((0..1000).all(|_| limits.admit(contacts("DeleteContact")).is_ok()));
    }
}
