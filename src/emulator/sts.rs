//! The one operation of STS that clients ask first: who they are.

use serde_json::{Value, json};

use super::{
    call::Call,
    error::ServiceError,
    input::Reader,
    operations::{Effect, Operation, RateClass, Route, Service},
};

/// The operations of this family.
pub(crate) const OPERATIONS: &[Operation] = &[Operation {
    name: "GetCallerIdentity",
    service: Service::Sts,
    route: Route::Form,
    effect: Effect::Reads,
    rate: RateClass::Unlimited,
    summary: "Says which account and user the caller is.",
    run: get_caller_identity,
}];

#[expect(clippy::unnecessary_wraps, reason = "every operation has this form")]
fn get_caller_identity(call: &mut Call<'_>, _input: &Reader<'_>) -> Result<Value, ServiceError> {
    Ok(json!({ "Arn": call.caller(), "UserId": "AIDAEXAMPLEOPERATOR00", "Account": call.world.account }))
}

/// Returns the XML that the query protocol answers with.
pub(crate) fn xml(answer: &Value, request_id: &str) -> String {
    let member = |name: &str| escaped(answer.get(name).and_then(Value::as_str).unwrap_or_default());
    format!(
        "<GetCallerIdentityResponse xmlns=\"https://sts.amazonaws.com/doc/2011-06-15/\">\n  \
         <GetCallerIdentityResult>\n    <Arn>{}</Arn>\n    <UserId>{}</UserId>\n    <Account>{}</Account>\n  \
         </GetCallerIdentityResult>\n  <ResponseMetadata>\n    <RequestId>{request_id}</RequestId>\n  \
         </ResponseMetadata>\n</GetCallerIdentityResponse>\n",
        member("Arn"),
        member("UserId"),
        member("Account"),
    )
}

/// Returns the XML of a refusal.
pub(crate) fn error_xml(error: &ServiceError, request_id: &str) -> String {
    // STS drops the suffix that the JSON services have, with one exception.
    let code = error
        .kind
        .name()
        .trim_end_matches("Exception")
        .replace("ExpiredToken", "ExpiredTokenException");
    format!(
        "<ErrorResponse xmlns=\"https://sts.amazonaws.com/doc/2011-06-15/\">\n  <Error>\n    <Type>Sender</Type>\n    \
         <Code>{code}</Code>\n    <Message>{}</Message>\n  </Error>\n  <RequestId>{request_id}</RequestId>\n\
         </ErrorResponse>\n",
        escaped(&error.message),
    )
}

fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;")
}
