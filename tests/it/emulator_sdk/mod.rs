//! The embedded Incident Manager as the AWS SDK for Rust sees it: a real client, over HTTP, with signed requests.

mod faults;
mod operations;
mod rates;
mod state;

use std::{error::Error, fmt};

use aws_credential_types::Credentials;
use aws_sdk_ssmcontacts::{
    Client,
    config::{BehaviorVersion, Region, retry::RetryConfig, timeout::TimeoutConfig},
    error::{ProvideErrorMetadata, SdkError},
};
use aws_smithy_http_client::tls::{Provider, rustls_provider::CryptoMode};
use aws_smithy_runtime_api::{client::http::SharedHttpClient, http::Response};
use callsheet::emulator::{Emulator, Settings, World};
use serde_json::Value;
use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    net::TcpStream,
};

/// Two persons, a plan, a schedule and a rotation.
const WORLD: &str = r#"{
    "contacts": {
        "anna": { "type": "PERSONAL", "display_name": "Anna Example",
            "plan": { "stages": [{ "minutes": 5, "targets": [{ "channel": "contact-channel/anna/1" }] }] },
            "channels": [{ "id": "1", "name": "phone", "type": "SMS", "address": "+12065550100", "status": "ACTIVATED" }] },
        "ben": { "type": "PERSONAL" },
        "primary": { "type": "ONCALL_SCHEDULE", "plan": { "rotation_ids": ["rotation/day"] } },
        "team": { "type": "ESCALATION", "plan": { "stages": [
            { "minutes": 5, "targets": [{ "contact": "contact/primary", "essential": true }] }] } }
    },
    "rotations": {
        "day": { "name": "day", "contact_ids": ["contact/anna", "contact/ben"], "time_zone": "Europe/Dublin",
                 "start_time": "2026-03-02T09:00:00Z", "recurrence": { "daily": ["09:00"] } }
    }
}"#;

/// The standing clock of these tests, in seconds since the epoch: 2026-03-02T12:00:00Z.
const NOON: i64 = 1_772_452_800;

/// Returns settings with a clock that stands still and ids that repeat.
fn pinned() -> Settings {
    Settings {
        clock: "2026-03-02T12:00:00Z".parse().ok(),
        seed: Some(7),
        ..Settings::default()
    }
}

async fn started(settings: Settings) -> Emulator {
    let world = World::from_json(WORLD).unwrap();
    Emulator::start("127.0.0.1:0".parse().unwrap(), world, settings)
        .await
        .unwrap()
}

/// Returns a client that never retries, so that a test sees every answer.
fn client(emulator: &Emulator) -> Client {
    client_in(emulator, "eu-west-1")
}

fn client_in(emulator: &Emulator, region: &'static str) -> Client {
    let config = aws_sdk_ssmcontacts::Config::builder()
        .behavior_version(BehaviorVersion::latest())
        .region(Region::new(region))
        .credentials_provider(credentials())
        .endpoint_url(emulator.url())
        .http_client(http_client())
        .retry_config(RetryConfig::disabled())
        .timeout_config(TimeoutConfig::disabled())
        .build();
    Client::from_conf(config)
}

fn credentials() -> Credentials {
    Credentials::new("AKIDEXAMPLE", "any", None, None, "test")
}

fn http_client() -> SharedHttpClient {
    aws_smithy_http_client::Builder::new()
        .tls_provider(Provider::Rustls(CryptoMode::Ring))
        .build_https()
}

/// Returns the ARN of a resource in the test's account.
fn arn(resource: &str) -> String {
    format!("arn:aws:ssm-contacts:eu-west-1:111122223333:{resource}")
}

/// Returns the type, the status and the message of a refusal.
#[track_caller]
fn refusal<T: fmt::Debug, E>(result: Result<T, SdkError<E, Response>>) -> (String, u16, String)
where
    E: ProvideErrorMetadata + Error + 'static,
{
    let error = result.unwrap_err();
    let status = error.raw_response().unwrap().status().as_u16();
    let word = |text: Option<&str>| text.unwrap_or_default().to_owned();
    (word(error.code()), status, word(error.message()))
}

/// Asks the back door, without any AWS client.
async fn ask(emulator: &Emulator, request: &str, body: &str) -> (u16, Value) {
    let mut stream = TcpStream::connect(emulator.address()).await.unwrap();
    let length = body.len();
    let text =
        format!("{request} HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\ncontent-length: {length}\r\n\r\n{body}");
    stream.write_all(text.as_bytes()).await.unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).await.unwrap();
    let (head, body) = answer.split_once("\r\n\r\n").unwrap();
    let status = head.split(' ').nth(1).unwrap().parse().unwrap();
    (status, serde_json::from_str(body).unwrap())
}
