//! Requests that no client makes: the emulator answers each as its service would, and goes on.

use super::{run, spoil};
use callsheet::emulator::{Emulator, Settings, World};
use fastrand::Rng;
use serde_json::Value;
use std::{
    io::{Read as _, Write as _},
    net::{Ipv4Addr, Shutdown, SocketAddr, TcpStream},
    panic,
    sync::atomic::{AtomicUsize, Ordering},
    time::Duration,
};

/// The threads of the emulator under test, by which a panic of theirs is told from one of another test.
const THREADS: &str = "fuzzed-emulator";

/// How often a thread of the emulator has panicked.
static PANICS: AtomicUsize = AtomicUsize::new(0);

/// Nothing is asked of the emulator that takes as long.
const PATIENCE: Duration = Duration::from_secs(10);

/// What is asked: the beginning of a request, headers, and the body.
const REQUESTS: &[(&str, &str, &str)] = &[
    (
        "POST /",
        "x-amz-target: SSMContacts.ListContacts\r\n",
        r#"{"MaxResults": 5, "Type": "PERSONAL"}"#,
    ),
    (
        "POST /",
        "x-amz-target: SSMContacts.GetContact\r\n",
        r#"{"ContactId": "anna"}"#,
    ),
    (
        "POST /",
        "x-amz-target: SSMContacts.CreateContact\r\n",
        r#"{"Alias": "x", "Type": "PERSONAL", "DisplayName": "X", "Plan": {"Stages": [{"DurationInMinutes": 5, "Targets": [{"ChannelTargetInfo": {"ContactChannelId": "arn:aws:ssm-contacts:eu-west-1:111122223333:contact-channel/anna/sms", "RetryIntervalInMinutes": 1}}]}]}, "Tags": [{"Key": "a", "Value": "b"}]}"#,
    ),
    (
        "POST /",
        "x-amz-target: SSMContacts.CreateContactChannel\r\n",
        r#"{"ContactId": "anna", "Name": "n", "Type": "SMS", "DeliveryAddress": {"SimpleAddress": "+447700900150"}, "DeferActivation": true}"#,
    ),
    (
        "POST /",
        "x-amz-target: SSMContacts.CreateRotation\r\n",
        r#"{"Name": "r", "ContactIds": ["arn:aws:ssm-contacts:eu-west-1:111122223333:contact/anna"], "TimeZoneId": "Europe/Dublin", "StartTime": 1790000000, "Recurrence": {"MonthlySettings": [{"DayOfMonth": 31, "HandOffTime": {"HourOfDay": 9, "MinuteOfHour": 0}}], "NumberOfOnCalls": 1, "RecurrenceMultiplier": 1, "ShiftCoverages": {"MON": [{"Start": {"HourOfDay": 1, "MinuteOfHour": 0}, "End": {"HourOfDay": 23, "MinuteOfHour": 59}}]}}}"#,
    ),
    (
        "POST /",
        "x-amz-target: SSMContacts.ListPreviewRotationShifts\r\n",
        r#"{"EndTime": 1799999999, "StartTime": 1790000000, "Members": ["anna", "ben"], "TimeZoneId": "UTC", "RotationStartTime": 1780000000, "Recurrence": {"DailySettings": [{"HourOfDay": 9, "MinuteOfHour": 0}], "NumberOfOnCalls": 1, "RecurrenceMultiplier": 1}, "MaxResults": 100}"#,
    ),
    (
        "POST /",
        "x-amz-target: SSMContacts.StartEngagement\r\n",
        r#"{"ContactId": "anna", "Sender": "s", "Subject": "t", "Content": "c"}"#,
    ),
    (
        "POST /",
        "x-amz-target: SSMContacts.PutContactPolicy\r\n",
        r#"{"ContactArn": "arn:aws:ssm-contacts:eu-west-1:111122223333:contact/anna", "Policy": "{\"Statement\": []}"}"#,
    ),
    ("POST /listResponsePlans", "", r#"{"maxResults": 3}"#),
    (
        "GET /getResponsePlan?arn=arn%3Aaws%3Assm-incidents%3A%3A111122223333%3Aresponse-plan%2Fcheckout",
        "",
        "",
    ),
    (
        "POST /createResponsePlan",
        "",
        r#"{"name": "p", "incidentTemplate": {"title": "t", "impact": 3, "summary": "s"}, "engagements": [], "chatChannel": {"chatbotSns": ["arn:aws:sns:eu-west-1:111122223333:x"]}}"#,
    ),
    (
        "POST /startIncident",
        "",
        r#"{"responsePlanArn": "arn:aws:ssm-incidents::111122223333:response-plan/checkout", "title": "x"}"#,
    ),
    (
        "GET /tags/arn%3Aaws%3Assm-incidents%3A%3A111122223333%3Aresponse-plan%2Fcheckout",
        "",
        "",
    ),
    (
        "DELETE /tags/arn%3Aaws%3Assm-incidents%3A%3A111122223333%3Aresponse-plan%2Fcheckout?tagKeys=a&tagKeys=b",
        "",
        "",
    ),
    (
        "POST /",
        "content-type: application/x-www-form-urlencoded\r\n",
        "Action=GetCallerIdentity&Version=2011-06-15",
    ),
    ("GET /_emulator/state", "", ""),
    ("POST /_emulator/clock", "", r#"{"seconds": 60}"#),
    ("POST /_emulator/unsubscribe", "", r#"{"channel": "x"}"#),
];

/// Sends bytes, and returns all that comes back.
fn answer(address: SocketAddr, request: &[u8]) -> Vec<u8> {
    let mut stream = TcpStream::connect(address).unwrap();
    stream.set_read_timeout(Some(PATIENCE)).unwrap();
    let mut answer = Vec::new();
    // An emulator that has heard enough may hang up before the end.
    if stream.write_all(request).is_ok() {
        stream.shutdown(Shutdown::Write).ok();
    }
    if let Err(error) = stream.read_to_end(&mut answer) {
        let is_late = matches!(
            error.kind(),
            std::io::ErrorKind::WouldBlock | std::io::ErrorKind::TimedOut
        );
        assert!(!is_late, "no answer to b\"{}\"", request.escape_ascii());
    }
    answer
}

/// Returns a request whose length is told rightly.
fn framed(start: &[u8], headers: &[u8], body: &[u8]) -> Vec<u8> {
    let mut request = start.to_vec();
    request.extend(b" HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\n");
    request.extend(headers);
    request.extend(format!("content-length: {}\r\n\r\n", body.len()).bytes());
    request.extend(body);
    request
}

/// Checks that an answer is one of the service: JSON, or XML of STS, and an error with its type.
#[track_caller]
fn check(request: &[u8], answer: &[u8]) {
    let request = request.escape_ascii();
    let text = std::str::from_utf8(answer).unwrap_or_else(|error| panic!("{error} after b\"{request}\""));
    let (head, body) = text
        .split_once("\r\n\r\n")
        .unwrap_or_else(|| panic!("{text:?} after b\"{request}\""));
    // Spoiled bytes may be two requests, whose answers follow each other.
    let length = head
        .lines()
        .find_map(|line| line.strip_prefix("content-length: ")?.parse().ok());
    let body = length.map_or(body, |length: usize| &body[..length]);
    let status: u16 = head.split(' ').nth(1).and_then(|status| status.parse().ok()).unwrap();
    let body = if status == 204 { "" } else { body };
    assert!(status != 500, "{text} after b\"{request}\"");
    // HTTP itself refuses what is no request, without a body.
    if body.is_empty() {
        return;
    }
    if head.contains("text/xml") {
        assert_eq!(body.contains("<Error>"), status >= 400, "{text} after b\"{request}\"");
        return;
    }
    let json: Value = serde_json::from_str(body).unwrap_or_else(|error| panic!("{error}: {text} after b\"{request}\""));
    let is_error = head.to_lowercase().contains("x-amzn-errortype") || json.get("__type").is_some();
    let is_ours = json.get("message").is_some() && request.to_string().contains("_emulator");
    assert!(status < 400 || is_error || is_ours, "{text} after b\"{request}\"");
}

#[test]
fn emulator_requests() {
    let usual = panic::take_hook();
    panic::set_hook(Box::new(move |panic| {
        if std::thread::current().name() == Some(THREADS) {
            PANICS.fetch_add(1, Ordering::Relaxed);
        }
        usual(panic);
    }));
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(2)
        .thread_name(THREADS)
        .enable_all()
        .build()
        .unwrap();
    let mut settings = Settings::default();
    settings.set("rates", "off").unwrap();
    let world = World::from_json(crate::changeset::WORLD).unwrap();
    let any_port = SocketAddr::from((Ipv4Addr::LOCALHOST, 0));
    let emulator = runtime.block_on(Emulator::start(any_port, world, settings)).unwrap();
    let (cases, seed) = run();
    let mut rng = Rng::with_seed(seed);
    let bodies: Vec<&[u8]> = REQUESTS.iter().map(|(_, _, body)| body.as_bytes()).collect();
    for case in 0..cases {
        if case % 500 == 0 {
            emulator.reset();
        }
        let (start, headers, body) = REQUESTS[rng.usize(0..REQUESTS.len())];
        let spoiled = |sample: &str, rng: &mut Rng| spoil::spoiled(&[sample.as_bytes()], rng);
        let request = match rng.u8(0..10) {
            0..6 => framed(start.as_bytes(), headers.as_bytes(), &spoiled(body, &mut rng)),
            6 => framed(start.as_bytes(), headers.as_bytes(), &spoil::spoiled(&bodies, &mut rng)),
            7 => framed(&spoiled(start, &mut rng), headers.as_bytes(), body.as_bytes()),
            8 => framed(start.as_bytes(), &spoiled(headers, &mut rng), body.as_bytes()),
            _ => {
                let whole = framed(start.as_bytes(), headers.as_bytes(), body.as_bytes());
                spoil::spoiled(&[&whole], &mut rng)
            }
        };
        let answered = answer(emulator.address(), &request);
        assert_eq!(
            PANICS.load(Ordering::Relaxed),
            0,
            "a panic after b\"{}\"",
            request.escape_ascii()
        );
        if !answered.is_empty() {
            check(&request, &answered);
        }
    }
    let whole = framed(b"POST /", b"x-amz-target: SSMContacts.ListContacts\r\n", b"{}");
    assert!(
        answer(emulator.address(), &whole).starts_with(b"HTTP/1.1 200"),
        "it goes on"
    );
    runtime.block_on(emulator.stop());
}
