//! What is common to all operations: the caller, status codes, headers, routes.

use aws_sdk_ssmcontacts::config::Region;
use callsheet::emulator::{Settings, operations};

use super::{Bench, credentials, http_client, plan_arn};

#[tokio::test]
async fn sts_says_who_the_caller_is() {
    let bench = Bench::start(Settings::default()).await;
    let config = aws_sdk_sts::Config::builder()
        .behavior_version(aws_sdk_sts::config::BehaviorVersion::latest())
        .region(Region::new("eu-west-1"))
        .credentials_provider(credentials())
        .endpoint_url(bench.emulator.url())
        .http_client(http_client())
        .build();
    let identity = aws_sdk_sts::Client::from_conf(config)
        .get_caller_identity()
        .send()
        .await
        .unwrap();
    assert_eq!(identity.account(), Some("111122223333"));
    assert_eq!(identity.arn(), Some("arn:aws:iam::111122223333:user/operator"));
}

#[tokio::test]
async fn the_wire_has_the_service_s_status_codes_and_headers() {
    let bench = Bench::start(Settings::default()).await;
    let create = r#"{"name": "checkout", "incidentTemplate": {"title": "x", "impact": 1}}"#;
    let (head, body) = bench.raw("POST /createResponsePlan", create).await;
    assert!(
        head.starts_with("http/1.1 201 ") && head.contains("\r\nx-amzn-requestid: "),
        "{head}"
    );
    assert_eq!(body, format!(r#"{{"arn":"{}"}}"#, plan_arn("checkout")));

    let update = format!(r#"{{"arn": "{}", "displayName": "x"}}"#, plan_arn("checkout"));
    let (head, body) = bench.raw("POST /updateResponsePlan", &update).await;
    assert!(head.starts_with("http/1.1 204 "), "{head}");
    assert_eq!(body, "");

    let path = "arn%3Aaws%3Assm-incidents%3A%3A111122223333%3Aresponse-plan%2Fcheckout";
    let (head, _) = bench
        .raw(&format!("POST /tags/{path}"), r#"{"tags": {"team": "shop"}}"#)
        .await;
    assert!(head.starts_with("http/1.1 204 "), "{head}");
    let (_, body) = bench.raw(&format!("GET /tags/{path}"), "").await;
    assert_eq!(body, r#"{"tags":{"team":"shop"}}"#);
    let (head, _) = bench
        .raw(&format!("DELETE /tags/{path}?tagKeys=team&tagKeys=other"), "")
        .await;
    assert!(head.starts_with("http/1.1 204 "), "{head}");

    let (head, body) = bench.raw(&format!("GET /getResponsePlan?arn={path}x"), "").await;
    assert!(
        head.starts_with("http/1.1 404 ") && head.contains("\r\nx-amzn-errortype: resourcenotfoundexception"),
        "{head}"
    );
    let body: serde_json::Value = serde_json::from_str(&body).unwrap();
    assert_eq!(body["resourceType"], "RESPONSE_PLAN");
    assert_eq!(body["resourceIdentifier"], plan_arn("checkoutx"));

    let two_members = r#"{"name": "x", "incidentTemplate": {"title": "x", "impact": 1},
        "chatChannel": {"empty": {}, "chatbotSns": ["arn:aws:sns:eu-west-1:111122223333:chat"]}}"#;
    let (head, body) = bench.raw("POST /createResponsePlan", two_members).await;
    assert!(
        head.starts_with("http/1.1 400 ") && body.contains("chatChannel"),
        "{head} {body}"
    );
    let (head, _) = bench.raw("GET /listResponsePlans", "").await;
    assert!(head.starts_with("http/1.1 404 "), "{head}");
}

#[tokio::test]
async fn every_operation_of_the_model_is_routed() {
    // The 31 operations of the 2018-05-10 model.
    let incidents = operations::all().filter(|operation| operation.service == operations::Service::Incidents);
    assert_eq!(incidents.count(), 31);
}
