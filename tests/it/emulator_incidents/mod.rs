//! Every operation of ssm-incidents and STS, driven with the AWS SDK for Rust over HTTP.

mod records;
mod replication;
mod response_plans;
mod sharing;
mod timeline;
mod wire;

use aws_credential_types::Credentials;
use aws_sdk_ssmcontacts::config::Region;
use aws_sdk_ssmincidents::{
    Client,
    error::{ProvideErrorMetadata, SdkError},
    operation::create_response_plan::builders::CreateResponsePlanFluentBuilder,
    types::{
        IncidentTemplate, SsmAutomation,
        builders::{IncidentTemplateBuilder, SsmAutomationBuilder},
    },
};
use aws_smithy_http_client::tls;
use aws_smithy_runtime_api::{client::http::SharedHttpClient, http::Response};
use callsheet::emulator::{Emulator, Settings, World};
use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    net::TcpStream,
};

const WORLD: &str = r#"{
    "contacts": {
        "anna": {
            "type": "PERSONAL",
            "plan": { "stages": [{ "minutes": 5, "targets": [{ "channel": "contact-channel/anna/1" }] }] },
            "channels": [{
                "id": "1", "name": "phone", "type": "SMS", "address": "+12065550100", "status": "ACTIVATED"
            }]
        },
        "bert": { "type": "PERSONAL" }
    },
    "response_plans": {
        "arn:aws:ssm-incidents::999999999999:response-plan/theirs": {
            "incident_template": { "title": "Shared in", "impact": 3 }
        }
    },
    "incident_records": {
        "1f1b": {
            "response_plan": "old",
            "title": "An old incident",
            "impact": 2,
            "creation_time": "2026-01-05T10:00:00Z",
            "findings": [{ "id": "f1", "creationTime": 1767607200, "lastModifiedTime": 1767607260 }]
        }
    }
}"#;

/// An emulator and the clients that talk to it.
struct Bench {
    emulator: Emulator,
    incidents: Client,
}

impl Bench {
    async fn start(settings: Settings) -> Self {
        let world = World::from_json(WORLD).unwrap();
        let settings = Settings {
            clock: "2026-03-02T12:00:00Z".parse().ok(),
            ..settings
        };
        let emulator = Emulator::start("127.0.0.1:0".parse().unwrap(), world, settings)
            .await
            .unwrap();
        let config = aws_sdk_ssmincidents::Config::builder()
            .behavior_version(aws_sdk_ssmincidents::config::BehaviorVersion::latest())
            .region(Region::new("eu-west-1"))
            .credentials_provider(credentials())
            .endpoint_url(emulator.url())
            .http_client(http_client())
            .build();
        Self {
            emulator,
            incidents: Client::from_conf(config),
        }
    }

    /// Makes a request by hand, and returns the head and the body of the answer.
    async fn raw(&self, request: &str, body: &str) -> (String, String) {
        let mut stream = TcpStream::connect(self.emulator.address()).await.unwrap();
        let length = body.len();
        let request = format!(
            "{request} HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\ncontent-length: {length}\r\n\r\n{body}"
        );
        stream.write_all(request.as_bytes()).await.unwrap();
        let mut answer = String::new();
        stream.read_to_string(&mut answer).await.unwrap();
        let (head, body) = answer.split_once("\r\n\r\n").unwrap();
        (head.to_ascii_lowercase(), body.to_owned())
    }

    fn plan(&self, name: &str) -> CreateResponsePlanFluentBuilder {
        self.incidents
            .create_response_plan()
            .name(name)
            .incident_template(template().build().unwrap())
    }

    async fn started(&self, plan_arn: &str) -> String {
        let answer = self
            .incidents
            .start_incident()
            .response_plan_arn(plan_arn)
            .send()
            .await
            .unwrap();
        answer.incident_record_arn
    }
}

fn credentials() -> Credentials {
    Credentials::new(
        "AKIAIOSFODNN7EXAMPLE",
        "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY",
        None,
        None,
        "test",
    )
}

fn http_client() -> SharedHttpClient {
    aws_smithy_http_client::Builder::new()
        .tls_provider(tls::Provider::Rustls(tls::rustls_provider::CryptoMode::Ring))
        .build_https()
}

fn contact(alias: &str) -> String {
    format!("arn:aws:ssm-contacts:eu-west-1:111122223333:contact/{alias}")
}

fn plan_arn(name: &str) -> String {
    format!("arn:aws:ssm-incidents::111122223333:response-plan/{name}")
}

fn topic(name: &str) -> String {
    format!("arn:aws:sns:eu-west-1:111122223333:{name}")
}

fn template() -> IncidentTemplateBuilder {
    IncidentTemplate::builder().title("Checkout is down").impact(1)
}

fn runbook() -> SsmAutomationBuilder {
    SsmAutomation::builder()
        .document_name("Restart")
        .role_arn("arn:aws:iam::111122223333:role/runbook")
}

/// Asserts that a request was refused with this error type and HTTP status.
#[track_caller]
fn refused<T, E>(result: Result<T, SdkError<E, Response>>, code: &str, status: u16) -> String
where
    T: std::fmt::Debug,
    E: ProvideErrorMetadata + std::fmt::Debug + std::error::Error + 'static,
{
    let error = result.expect_err("the request must be refused");
    let seen = error.raw_response().unwrap().status().as_u16();
    assert_eq!((error.code(), seen), (Some(code), status), "{error:?}");
    error.message().unwrap_or_default().to_owned()
}
