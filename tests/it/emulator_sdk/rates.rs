//! The published rates, enforced.

use callsheet::emulator::{Settings, settings::Rates};

use super::{arn, client, pinned, refusal, started};

#[tokio::test]
async fn requests_above_the_published_rate_are_throttled() {
    for throttle_status in [400, 429] {
        // A thousandth of the rate with a burst to match: no bucket refills while the test runs.
        let settings = Settings {
            rates: Rates::Published,
            rate_scale: 0.001,
            burst_seconds: 1000.0,
            throttle_status,
            ..pinned()
        };
        let emulator = started(settings).await;
        let client = client(&emulator);
        for _ in 0..20 {
            client
                .get_contact()
                .contact_id(arn("contact/anna"))
                .send()
                .await
                .unwrap();
        }
        let (kind, status, _) = refusal(client.get_contact().contact_id(arn("contact/anna")).send().await);
        assert_eq!((kind.as_str(), status), ("ThrottlingException", throttle_status));
        // Other classes have their own buckets.
        client.list_contacts().send().await.unwrap();
        assert_eq!(
            emulator.calls().iter().filter(|call| call.status == Some(200)).count(),
            21
        );
        emulator.stop().await;
    }
}
