//! What the service answers when it refuses: the error types of both services and their shapes on the wire.

use serde_json::{Map, Value, json};

use super::{
    operations::Service,
    settings::{ErrorStatuses, ErrorTypes, Settings},
};

/// The code of a quota or a rate for which none is published.
pub(crate) const NO_PUBLISHED_CODE: &str = "L-00000000";

/// The error types that the models declare, and the ones common to all AWS services that the emulator answers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ErrorKind {
    /// The caller lacks a permission.
    AccessDenied,
    /// The request does not fit the state of the resource.
    Conflict,
    /// The KMS key cannot be used.
    DataEncryption,
    /// The caller's session has ended.
    ExpiredToken,
    /// The service broke.
    InternalServer,
    /// There is no such resource.
    ResourceNotFound,
    /// The body is not JSON.
    Serialization,
    /// A quota on the number of things is used up.
    ServiceQuotaExceeded,
    /// A quota on requests per second is used up.
    Throttling,
    /// There is no such operation.
    UnknownOperation,
    /// The service does not do this any more. Not in the models; `CreateReplicationSet` answers it.
    UnsupportedOperation,
    /// A type that is in no model, to prove that clients survive one.
    Unlisted,
    /// A field breaks its rule, or the fields do not fit together.
    Validation,
}

impl ErrorKind {
    /// Returns the name on the wire.
    pub fn name(self) -> &'static str {
        match self {
            Self::AccessDenied => "AccessDeniedException",
            Self::Conflict => "ConflictException",
            Self::DataEncryption => "DataEncryptionException",
            Self::ExpiredToken => "ExpiredTokenException",
            Self::InternalServer => "InternalServerException",
            Self::ResourceNotFound => "ResourceNotFoundException",
            Self::Serialization => "SerializationException",
            Self::ServiceQuotaExceeded => "ServiceQuotaExceededException",
            Self::Throttling => "ThrottlingException",
            Self::UnknownOperation => "UnknownOperationException",
            Self::UnsupportedOperation => "UnsupportedOperationException",
            Self::Unlisted => "RegionalMaintenanceException",
            Self::Validation => "ValidationException",
        }
    }

    /// Returns the HTTP status: of the two published columns for ssm-contacts, of the model for ssm-incidents.
    pub(crate) fn status(self, service: Service, settings: &Settings) -> u16 {
        let by_kind = match self {
            Self::AccessDenied => 403,
            Self::Conflict => 409,
            Self::InternalServer => return 500,
            Self::ResourceNotFound => 404,
            Self::ServiceQuotaExceeded => 402,
            Self::Throttling => 429,
            Self::ExpiredToken => return 403,
            Self::DataEncryption
            | Self::Serialization
            | Self::UnknownOperation
            | Self::UnsupportedOperation
            | Self::Unlisted
            | Self::Validation => 400,
        };
        match (service, settings.error_statuses) {
            (Service::Contacts, ErrorStatuses::ApiReference) => 400,
            (Service::Contacts, ErrorStatuses::Smithy) | (Service::Incidents | Service::Sts, _) => by_kind,
        }
    }
}

impl ErrorTypes {
    /// Returns what `__type` holds.
    fn in_body(self, name: &str) -> String {
        match self {
            Self::Bare => name.to_owned(),
            Self::Decorated => format!("com.amazonaws.ssmcontacts#{name}"),
        }
    }

    /// Returns what the header `x-amzn-errortype` holds.
    pub(crate) fn in_header(self, name: &str, service: Service) -> String {
        match self {
            Self::Bare => name.to_owned(),
            Self::Decorated => {
                let service = service.prefix();
                format!("{name}:http://internal.amazon.com/coral/com.amazonaws.{service}/")
            }
        }
    }
}

/// A refusal, before it has a form on the wire.
#[derive(Debug, Clone, PartialEq)]
pub struct ServiceError {
    /// The type.
    pub kind: ErrorKind,
    /// The sentence for people.
    pub message: String,
    /// `Reason` of a validation error of ssm-contacts.
    pub reason: Option<&'static str>,
    /// The faulty fields of a validation error: name and sentence.
    pub fields: Vec<(String, String)>,
    /// Further members, spelt as on the wire of the service. Boxed, so that results of operations stay small.
    pub members: Box<Map<String, Value>>,
    /// The advice when to come back.
    pub retry_after_seconds: Option<u32>,
    /// The status to answer with, where a setting or a fault asks for a certain one.
    pub status: Option<u16>,
}

impl ServiceError {
    /// Returns an error that has a message only.
    pub fn new(kind: ErrorKind, message: impl Into<String>) -> Self {
        Self {
            kind,
            message: message.into(),
            reason: None,
            fields: Vec::new(),
            members: Box::default(),
            retry_after_seconds: None,
            status: None,
        }
    }

    /// Returns a validation error that is about the request as a whole.
    pub fn invalid(message: impl Into<String>) -> Self {
        Self {
            reason: Some("OTHER"),
            ..Self::new(ErrorKind::Validation, message)
        }
    }

    /// Returns a validation error about single fields.
    pub fn invalid_fields(fields: Vec<(String, String)>) -> Self {
        let sentences: Vec<String> = fields
            .iter()
            .map(|(name, fault)| format!("Value at '{name}' {fault}"))
            .collect();
        let count = sentences.len();
        let noun = if count == 1 { "error" } else { "errors" };
        Self {
            reason: Some("FIELD_VALIDATION_FAILED"),
            fields,
            ..Self::new(
                ErrorKind::Validation,
                format!("{count} validation {noun} detected: {}", sentences.join("; ")),
            )
        }
    }

    /// Returns the ssm-contacts error for a resource that does not exist.
    pub fn not_found(resource_type: &str, arn: &str) -> Self {
        let members = json!({ "ResourceId": arn, "ResourceType": resource_type });
        Self::new(
            ErrorKind::ResourceNotFound,
            format!("{resource_type} {arn} was not found"),
        )
        .with(members)
    }

    /// Returns an access error in AWS's wording.
    pub fn access_denied(caller: &str, action: &str, resource: &str) -> Self {
        Self::new(
            ErrorKind::AccessDenied,
            format!(
                "User: {caller} is not authorized to perform: {action} on resource: {resource} because no \
                 identity-based policy allows the {action} action"
            ),
        )
    }

    /// Adds members, spelt as on the wire.
    #[must_use]
    pub fn with(mut self, members: Value) -> Self {
        if let Value::Object(members) = members {
            self.members.extend(members);
        }
        self
    }

    /// Returns the body for a service.
    pub(crate) fn body(&self, service: Service, form: ErrorTypes) -> Value {
        let mut body = Map::new();
        match service {
            Service::Contacts => {
                body.insert("__type".to_owned(), json!(form.in_body(self.kind.name())));
                body.insert("Message".to_owned(), json!(self.message));
                if let Some(reason) = self.reason {
                    body.insert("Reason".to_owned(), json!(reason));
                }
                if !self.fields.is_empty() {
                    let fields: Vec<Value> = self
                        .fields
                        .iter()
                        .map(|(name, fault)| json!({ "Name": name, "Message": fault }))
                        .collect();
                    body.insert("Fields".to_owned(), json!(fields));
                }
                if let Some(seconds) = self.retry_after_seconds {
                    body.insert("RetryAfterSeconds".to_owned(), json!(seconds));
                }
            }
            Service::Incidents | Service::Sts => {
                body.insert("message".to_owned(), json!(self.message));
            }
        }
        body.extend((*self.members).clone());
        Value::Object(body)
    }
}
