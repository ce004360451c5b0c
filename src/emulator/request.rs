//! Finds out what an HTTP request asks for: service, operation, Region, and the input as one JSON object.

use hyper::{HeaderMap, Method, Uri, header};
use percent_encoding::percent_decode_str;
use serde_json::{Map, Value};

use super::{
    error::{ErrorKind, ServiceError},
    operations::{Operation, Route, Service, all, named},
};

/// What a request asks for.
#[derive(Debug)]
pub(crate) struct Asked {
    /// The operation.
    pub(crate) operation: &'static Operation,
    /// Its input: the body's members, with those of path and query among them.
    pub(crate) input: Value,
}

/// Finds the operation and its input, or the service that refuses and its error.
pub(crate) fn identify(
    method: &Method,
    uri: &Uri,
    headers: &HeaderMap,
    body: &[u8],
) -> Result<Asked, (Service, ServiceError)> {
    if let Some(target) = headers.get("x-amz-target") {
        let name = target
            .to_str()
            .ok()
            .and_then(|target| target.strip_prefix("SSMContacts."));
        let operation = name.and_then(|name| named(Service::Contacts, name));
        let operation = operation.ok_or_else(|| (Service::Contacts, unknown()))?;
        let input = object(body).map_err(|error| (Service::Contacts, error))?;
        return Ok(Asked {
            operation,
            input: Value::Object(input),
        });
    }
    let is_form = headers
        .get(header::CONTENT_TYPE)
        .is_some_and(|kind| kind.as_bytes().starts_with(b"application/x-www-form-urlencoded"));
    if is_form {
        let form: Map<String, Value> = pairs(&String::from_utf8_lossy(body)).collect();
        let operation = form
            .get("Action")
            .and_then(Value::as_str)
            .and_then(|name| named(Service::Sts, name));
        let operation = operation.ok_or_else(|| (Service::Sts, unknown()))?;
        return Ok(Asked {
            operation,
            input: Value::Object(form),
        });
    }
    identify_by_path(method, uri, body).map_err(|error| (Service::Incidents, error))
}

fn identify_by_path(method: &Method, uri: &Uri, body: &[u8]) -> Result<Asked, ServiceError> {
    let found = all().find_map(|operation| match operation.route {
        Route::Path {
            method: known, path, ..
        } if known == method.as_str() => match path.strip_suffix("{resourceArn}") {
            Some(front) => uri
                .path()
                .strip_prefix(front)
                .map(|rest| (operation, Some(decoded(rest)))),
            None => (path == uri.path()).then_some((operation, None)),
        },
        Route::Path { .. } | Route::Target | Route::Form => None,
    });
    let Some((operation, resource)) = found else {
        return Err(ServiceError {
            status: Some(404),
            ..unknown()
        });
    };
    let mut input = object(body)?;
    for (name, value) in pairs(uri.query().unwrap_or_default()) {
        if name == "tagKeys" {
            if let Value::Array(keys) = input.entry(name).or_insert_with(|| Value::Array(Vec::new())) {
                keys.push(value);
            }
        } else {
            input.insert(name, value);
        }
    }
    if let Some(resource) = resource {
        input.insert("resourceArn".to_owned(), Value::from(resource));
    }
    Ok(Asked {
        operation,
        input: Value::Object(input),
    })
}

/// Returns the Region of the credential scope, if the request is signed.
pub(crate) fn signed_region(headers: &HeaderMap) -> Option<&str> {
    credential(headers).nth(2)
}

/// Returns the access key that a request was signed with.
pub(crate) fn access_key(headers: &HeaderMap) -> Option<&str> {
    credential(headers).next()
}

/// Returns what a request was signed with: access key, date, Region, service, and a last word.
fn credential(headers: &HeaderMap) -> impl Iterator<Item = &str> {
    let credential = || {
        let text = headers.get(header::AUTHORIZATION)?.to_str().ok()?;
        let (_, credential) = text.split_once("Credential=")?;
        // `AKIA…/20260101/eu-west-1/ssm-contacts/aws4_request`
        Some(credential.split('/'))
    };
    credential().into_iter().flatten()
}

fn unknown() -> ServiceError {
    ServiceError::new(
        ErrorKind::UnknownOperation,
        "The requested operation is not recognized by the service",
    )
}

fn object(body: &[u8]) -> Result<Map<String, Value>, ServiceError> {
    if body.is_empty() {
        return Ok(Map::new());
    }
    serde_json::from_slice(body).map_err(|error| {
        ServiceError::new(
            ErrorKind::Serialization,
            format!("The body is not a JSON object: {error}"),
        )
    })
}

/// Returns the names and values of a query or a form.
fn pairs(text: &str) -> impl Iterator<Item = (String, Value)> {
    text.split('&').filter(|pair| !pair.is_empty()).map(|pair| {
        let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
        (
            decoded(&name.replace('+', " ")),
            Value::from(decoded(&value.replace('+', " "))),
        )
    })
}

fn decoded(text: &str) -> String {
    percent_decode_str(text).decode_utf8_lossy().into_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_region_is_read_from_the_signature() {
        let mut headers = HeaderMap::new();
        let value =
            "AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/20260101/eu-north-1/ssm-contacts/aws4_request, Signature=0";
        headers.insert(header::AUTHORIZATION, value.parse().unwrap());
        assert_eq!(signed_region(&headers), Some("eu-north-1"));
        assert_eq!(access_key(&headers), Some("AKIDEXAMPLE"));
        assert_eq!(signed_region(&HeaderMap::new()), None);
        assert_eq!(access_key(&HeaderMap::new()), None);
    }

    #[test]
    fn a_query_is_decoded_and_an_unknown_target_is_refused() {
        let decoded: Vec<_> = pairs("arn=arn%3Aaws&empty&plus=a+b").collect();
        assert_eq!(decoded[0], ("arn".to_owned(), Value::from("arn:aws")));
        assert_eq!(decoded[2], ("plus".to_owned(), Value::from("a b")));

        let mut headers = HeaderMap::new();
        headers.insert("x-amz-target", "SSMContacts.OrderPizza".parse().unwrap());
        let refused = identify(&Method::POST, &Uri::from_static("/"), &headers, b"{}");
        assert_eq!(refused.unwrap_err().1.kind, ErrorKind::UnknownOperation);
    }
}
