//! Settings: what was asked for on the command line, in the environment and in the configuration file, as one value.
//!
//! AWS's own settings (profiles, SSO, credential processes, environment variables) are not read here: the SDK does
//! that, with the precedence that the AWS CLI has. Only what the operator overrides is passed on.

use std::time::Duration;

/// How to reach the account.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Connection {
    /// The profile that was asked for (`--profile`); otherwise the SDK's choice (`AWS_PROFILE`, `default`).
    pub profile: Option<String>,
    /// The Region that was asked for (`--region`); otherwise the SDK's choice.
    pub region: Option<String>,
    /// The endpoint that was asked for (`--endpoint-url`), for every service; otherwise the SDK's choice.
    pub endpoint_url: Option<String>,
    /// Whether to sign with made-up credentials: the embedded account takes any, and real ones have no place there.
    pub is_demo: bool,
    /// Whether to keep to the published request rates.
    pub pace: Pace,
    /// How many requests may be under way at once.
    pub requests_in_flight: usize,
    /// How far ahead shifts are read.
    pub horizon: Duration,
}

/// Whether requests keep to the published rates.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, serde::Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Pace {
    /// Each class of operations keeps to its published rate, and slows down further when throttled.
    #[default]
    Published,
    /// As fast as answers come, until the service throttles.
    Off,
}

impl Connection {
    /// How far ahead shifts are read unless it is set otherwise: the horizon of the checks.
    pub const HORIZON: Duration = Duration::from_hours(14 * 24);

    /// Requests under way at once unless it is set otherwise: at 20 requests per second and class, 16 keep every
    /// class busy up to answers that take a second.
    pub const REQUESTS_IN_FLIGHT: usize = 16;
}

impl Default for Connection {
    fn default() -> Self {
        Self {
            profile: None,
            region: None,
            endpoint_url: None,
            is_demo: false,
            pace: Pace::Published,
            requests_in_flight: Self::REQUESTS_IN_FLIGHT,
            horizon: Self::HORIZON,
        }
    }
}
