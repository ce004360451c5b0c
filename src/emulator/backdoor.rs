//! The part that is not AWS: what arrived on the phones, what was called, what goes wrong next, what time it is.
//!
//! | Request | Effect |
//! |---|---|
//! | `GET /_emulator/outbox` | What arrived on the phones and in the mailboxes, oldest first. |
//! | `GET /_emulator/calls` | The requests so far, oldest first. |
//! | `GET /_emulator/state` | The world, as its file would be. |
//! | `POST /_emulator/faults` | A list of texts such as `"GetContact:throttle:3"`: adds them as faults. |
//! | `DELETE /_emulator/faults` | Forgets the faults that are still to come. |
//! | `POST /_emulator/unsubscribe` | `{"channel": ARN}`: the owner answers UNSUBSCRIBE. |
//! | `POST /_emulator/clock` | `{"advance_seconds": n}`: moves the clock forward. |
//! | `POST /_emulator/reset` | Returns to the world of the start, without faults and requests. |

use chrono::TimeDelta;
use hyper::Method;
use serde_json::{Value, json};

use super::{faults::Fault, server::Shared};

/// Returns the status and the JSON text of an answer.
pub(crate) async fn answer(shared: &Shared, method: &Method, name: &str, body: &[u8]) -> (u16, String) {
    let result = match (method.as_str(), name) {
        ("GET", "outbox") => {
            let mut machine = shared.machine();
            machine.settle();
            Ok(json!(machine.world.outbox))
        }
        ("GET", "calls") => Ok(json!(*shared.calls())),
        ("GET", "state") => return (200, shared.machine().world.to_json()),
        ("POST", "faults") => add_faults(shared, body),
        ("DELETE", "faults") => {
            shared.faults().clear();
            Ok(json!({}))
        }
        ("POST", "unsubscribe") => unsubscribe(shared, body),
        ("POST", "clock") => advance(shared, body),
        ("POST", "reset") => {
            shared.reset();
            Ok(json!({}))
        }
        _ => {
            return (
                404,
                json!({ "message": format!("there is no {method} /_emulator/{name}") }).to_string(),
            );
        }
    };
    match result {
        Ok(answer) => {
            if method == Method::POST {
                let version = shared.machine().version;
                shared.saved(version).await;
            }
            (200, answer.to_string())
        }
        Err(message) => (400, json!({ "message": message }).to_string()),
    }
}

fn add_faults(shared: &Shared, body: &[u8]) -> Result<Value, String> {
    let texts: Vec<String> = serde_json::from_slice(body).map_err(|error| error.to_string())?;
    let parsed: Result<Vec<Fault>, _> = texts.iter().map(|text| text.parse::<Fault>()).collect();
    let faults = parsed.map_err(|error| error.to_string())?;
    let mut waiting = shared.faults();
    for fault in faults {
        waiting.add(fault);
    }
    Ok(json!({}))
}

fn unsubscribe(shared: &Shared, body: &[u8]) -> Result<Value, String> {
    let body: Value = serde_json::from_slice(body).map_err(|error| error.to_string())?;
    let arn = body
        .get("channel")
        .and_then(Value::as_str)
        .ok_or("the member `channel` is missing")?;
    if shared.machine().unsubscribe(arn) {
        Ok(json!({}))
    } else {
        Err(format!("there is no channel {arn}"))
    }
}

fn advance(shared: &Shared, body: &[u8]) -> Result<Value, String> {
    let body: Value = serde_json::from_slice(body).map_err(|error| error.to_string())?;
    let seconds = body
        .get("advance_seconds")
        .and_then(Value::as_i64)
        .and_then(TimeDelta::try_seconds);
    let mut machine = shared.machine();
    machine.advance(seconds.ok_or("the member `advance_seconds` is not a number of seconds")?);
    Ok(json!({ "now": machine.now() }))
}
