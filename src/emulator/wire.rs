//! Requests in, answers out: faults, rates, the operation, and the answer in the form of its service.

use std::{convert::Infallible, io, sync::Arc, time::Duration};

use http_body_util::{BodyExt, Full, Limited, StreamBody, combinators::BoxBody};
use hyper::{
    Request, Response, StatusCode,
    body::{Bytes, Frame, Incoming},
    header::{self, HeaderValue},
};
use serde_json::Value;

use super::{
    backdoor,
    error::{ErrorKind, ServiceError},
    faults::{FaultKind, spoil_words},
    operations::{Effect, Operation, Route, Service},
    permissions::needed_besides,
    rates::throttled,
    request::{Asked, access_key, identify, signed_region},
    server::Shared,
    sts,
};

/// The largest body that is read. A contact policy may have 395,000 characters of up to four bytes.
const BODY_LIMIT: usize = 4 * 1024 * 1024;

/// What hyper sends: whole, or cut in the middle.
pub(crate) type Body = BoxBody<Bytes, io::Error>;

/// Answers one request, or drops its connection.
pub(crate) async fn answer(shared: Arc<Shared>, request: Request<Incoming>) -> io::Result<Response<Body>> {
    let (parts, body) = request.into_parts();
    let body = Limited::new(body, BODY_LIMIT)
        .collect()
        .await
        .map_err(io::Error::other)?
        .to_bytes();
    if let Some(name) = parts.uri.path().strip_prefix("/_emulator/") {
        let (status, text) = backdoor::answer(&shared, &parts.method, name, &body).await;
        return Ok(respond(status, "application/json", Bytes::from(text)));
    }
    match identify(&parts.method, &parts.uri, &parts.headers, &body) {
        Ok(asked) => {
            let name = asked.operation.name.to_owned();
            let region = signed_region(&parts.headers).map(str::to_owned);
            let key = access_key(&parts.headers).unwrap_or_default();
            let answered = carry_out(&shared, &asked, (region, key)).await;
            shared.record(name, answered.as_ref().ok().map(|response| response.status().as_u16()));
            answered
        }
        Err((service, error)) => {
            let response = refusal(&shared, service, &error);
            shared.record(
                format!("{} {}", parts.method, parts.uri.path()),
                Some(response.status().as_u16()),
            );
            Ok(response)
        }
    }
}

/// Does what was asked for, in the Region and with the access key that the request was signed with.
async fn carry_out(
    shared: &Shared,
    asked: &Asked,
    (region, access_key): (Option<String>, &str),
) -> io::Result<Response<Body>> {
    let operation = asked.operation;
    wait(shared.latency).await;
    let fault = shared.faults().take(operation.name, &asked.input, access_key);
    match &fault {
        Some(FaultKind::Reset) => return Err(dropped()),
        Some(FaultKind::Html500) => {
            let page = "<html><head><title>500 Internal Server Error</title></head><body>\n<center><h1>500 Internal \
                        Server Error</h1></center>\n</body></html>\n";
            return Ok(respond(500, "text/html", Bytes::from_static(page.as_bytes())));
        }
        Some(FaultKind::Slow { milliseconds }) => wait(Duration::from_millis(*milliseconds)).await,
        _ => {}
    }
    let refusal_asked_for = fault.as_ref().and_then(|fault| refusal_by_fault(shared, asked, fault));
    let result = match refusal_asked_for.or_else(|| refusal_besides(shared, asked)) {
        Some(error) => Err(error),
        None => execute(shared, asked, region).await,
    };
    let mut answer = match result {
        Ok(answer) => answer,
        Err(error) => return Ok(refusal(shared, operation.service, &error)),
    };
    match &fault {
        Some(FaultKind::LostAnswer) => return Err(dropped()),
        Some(FaultKind::UnknownEnumValue) => spoil_words(&mut answer),
        Some(FaultKind::EmptyAnswer) => answer = Value::Object(serde_json::Map::new()),
        Some(FaultKind::LostToken) => change_token(&mut answer, "bG9zdA"),
        Some(FaultKind::RepeatedToken) => {
            let token = asked.input.get("NextToken").or_else(|| asked.input.get("nextToken"));
            change_token(&mut answer, token.and_then(Value::as_str).unwrap_or_default());
        }
        _ => {}
    }
    let response = success(operation, &answer);
    Ok(if fault == Some(FaultKind::CutAnswer) {
        cut(response).await
    } else {
        response
    })
}

/// Returns the error that drops a connection.
fn dropped() -> io::Error {
    io::Error::new(io::ErrorKind::ConnectionReset, "a fault was asked for")
}

/// Runs the operation. A write waits for its save; what came due during a read is saved without waiting.
async fn execute(shared: &Shared, asked: &Asked, region: Option<String>) -> Result<Value, ServiceError> {
    shared.limits.admit(asked.operation)?;
    let (result, before, after) = {
        let mut machine = shared.machine();
        let region = region.unwrap_or_else(|| machine.world.home_region.clone());
        let before = machine.version;
        let result = machine.run(asked.operation, &region, &asked.input);
        (result, before, machine.version)
    };
    if asked.operation.effect == Effect::Writes {
        shared.saved(after).await;
    } else if after != before {
        shared.save_soon();
    }
    result
}

/// Returns the error that a fault puts in the place of the answer.
fn refusal_by_fault(shared: &Shared, asked: &Asked, fault: &FaultKind) -> Option<ServiceError> {
    let service = asked.operation.service;
    let error = match fault {
        FaultKind::Throttle { status } => ServiceError {
            status: Some(*status),
            ..throttled(service, None)
        },
        FaultKind::AccessDenied => {
            let action = format!("{}:{}", service.prefix(), asked.operation.name);
            ServiceError::access_denied(&shared.machine().caller(), &action, subject(&asked.input))
        }
        FaultKind::ExpiredCredentials => ServiceError::new(
            ErrorKind::ExpiredToken,
            "The security token included in the request is expired",
        ),
        FaultKind::UnknownErrorType => {
            ServiceError::new(ErrorKind::Unlisted, "The Region is under maintenance; try again later")
        }
        FaultKind::DataEncryption => ServiceError::new(
            ErrorKind::DataEncryption,
            "The KMS key is disabled or cannot be used by the caller",
        ),
        FaultKind::InternalServer { retry_after_seconds } => ServiceError {
            retry_after_seconds: Some(*retry_after_seconds),
            ..ServiceError::new(ErrorKind::InternalServer, "Internal server error")
        },
        FaultKind::Html500
        | FaultKind::Slow { .. }
        | FaultKind::Reset
        | FaultKind::CutAnswer
        | FaultKind::LostAnswer
        | FaultKind::EmptyAnswer
        | FaultKind::LostToken
        | FaultKind::RepeatedToken
        | FaultKind::UnknownEnumValue => return None,
    };
    Some(error)
}

/// Returns the error for a permission that the operation needs besides its own, and that a fault takes away.
fn refusal_besides(shared: &Shared, asked: &Asked) -> Option<ServiceError> {
    let (needed, caller) = {
        let machine = shared.machine();
        let needed = needed_besides(asked.operation, &asked.input, &machine.world)?;
        (needed, machine.caller())
    };
    let action = format!("{}:{}", Service::Contacts.prefix(), needed.permission);
    let mut faults = shared.faults();
    let contact = faults.take_denied(&needed)?;
    Some(ServiceError::access_denied(&caller, &action, contact))
}

/// Returns the resource that a request is about, for the words of an access error.
fn subject(input: &Value) -> &str {
    let members = input.as_object().into_iter().flatten();
    let mut texts = members.filter_map(|(_, value)| value.as_str());
    texts.find(|text| text.starts_with("arn:")).unwrap_or("*")
}

fn success(operation: &Operation, answer: &Value) -> Response<Body> {
    match operation.route {
        Route::Target => respond(200, "application/x-amz-json-1.1", Bytes::from(answer.to_string())),
        Route::Path { status: 204, .. } => respond(204, "application/json", Bytes::new()),
        Route::Path { status, .. } => respond(status, "application/json", Bytes::from(answer.to_string())),
        Route::Form => respond(200, "text/xml", Bytes::from(sts::xml(answer, &request_id()))),
    }
}

fn refusal(shared: &Shared, service: Service, error: &ServiceError) -> Response<Body> {
    let status = error
        .status
        .unwrap_or_else(|| error.kind.status(service, &shared.machine().settings));
    if service == Service::Sts {
        return respond(status, "text/xml", Bytes::from(sts::error_xml(error, &request_id())));
    }
    let kind = if service == Service::Contacts {
        "application/x-amz-json-1.1"
    } else {
        "application/json"
    };
    let form = shared.machine().settings.error_types;
    let mut response = respond(status, kind, Bytes::from(error.body(service, form).to_string()));
    let headers = response.headers_mut();
    if let Ok(name) = HeaderValue::from_str(&form.in_header(error.kind.name(), service)) {
        headers.insert("x-amzn-errortype", name);
    }
    if let Some(seconds) = error.retry_after_seconds {
        headers.insert(header::RETRY_AFTER, HeaderValue::from(seconds));
    }
    response
}

fn respond(status: u16, kind: &'static str, text: Bytes) -> Response<Body> {
    let mut response = Response::new(Full::new(text).map_err(|never: Infallible| match never {}).boxed());
    *response.status_mut() = StatusCode::from_u16(status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    let headers = response.headers_mut();
    if status != 204 {
        headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(kind));
    }
    if let Ok(id) = HeaderValue::from_str(&request_id()) {
        headers.insert("x-amzn-requestid", id);
    }
    response
}

/// Returns the id of one answer. It is unique and of no consequence, so the seed has no part in it.
fn request_id() -> String {
    uuid::Uuid::new_v4().to_string()
}

/// Promises the whole answer and breaks off in its middle.
async fn cut(response: Response<Body>) -> Response<Body> {
    let (mut parts, body) = response.into_parts();
    let whole = body
        .collect()
        .await
        .map(http_body_util::Collected::to_bytes)
        .unwrap_or_default();
    parts
        .headers
        .insert(header::CONTENT_LENGTH, HeaderValue::from(whole.len()));
    let half = whole.slice(..whole.len() / 2);
    let frames = [Ok(Frame::data(half)), Err(dropped())];
    Response::from_parts(parts, BodyExt::boxed(StreamBody::new(tokio_stream::iter(frames))))
}

fn change_token(answer: &mut Value, token: &str) {
    let Value::Object(members) = answer else {
        return;
    };
    let name = if members.keys().any(|name| name.starts_with(char::is_lowercase)) {
        "nextToken"
    } else {
        "NextToken"
    };
    members.insert(name.to_owned(), Value::from(token));
}

async fn wait(duration: Duration) {
    if !duration.is_zero() {
        #[expect(
            clippy::disallowed_methods,
            reason = "a slow service is one of the things that the emulator plays"
        )]
        tokio::time::sleep(duration).await;
    }
}
