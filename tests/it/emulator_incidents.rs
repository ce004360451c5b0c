//! Every operation of ssm-incidents and STS, driven with the AWS SDK for Rust over HTTP.

use std::collections::BTreeSet;

use aws_credential_types::Credentials;
use aws_sdk_ssmcontacts::config::Region;
use aws_sdk_ssmincidents::{
    Client,
    error::{ProvideErrorMetadata, SdkError},
    operation::create_response_plan::builders::CreateResponsePlanFluentBuilder,
    types::{
        Action, AttributeValueList, ChatChannel, Condition, DynamicSsmParameterValue, EmptyChatChannel, EventReference,
        Filter, IncidentRecordStatus, IncidentTemplate, Integration, ItemIdentifier, ItemType, ItemValue,
        NotificationTargetItem, PagerDutyConfiguration, PagerDutyIncidentConfiguration, RegionMapInputValue,
        RelatedItem, RelatedItemsUpdate, SortOrder, SsmAutomation, TriggerDetails, UpdateReplicationSetAction,
        VariableType,
    },
};
use aws_smithy_http_client::tls;
use aws_smithy_runtime_api::{client::http::SharedHttpClient, http::Response};
use aws_smithy_types::DateTime;
use callsheet::emulator::{Emulator, Settings, World, settings::EngagementOrder};
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

fn template() -> aws_sdk_ssmincidents::types::builders::IncidentTemplateBuilder {
    IncidentTemplate::builder().title("Checkout is down").impact(1)
}

fn runbook() -> aws_sdk_ssmincidents::types::builders::SsmAutomationBuilder {
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

#[tokio::test]
async fn a_replication_set_can_be_read_and_not_changed() {
    let bench = Bench::start(Settings::default()).await;
    let sets = bench.incidents.list_replication_sets().send().await.unwrap();
    let [arn] = sets.replication_set_arns() else {
        panic!("{sets:?}")
    };
    let set = bench
        .incidents
        .get_replication_set()
        .arn(arn)
        .send()
        .await
        .unwrap()
        .replication_set
        .unwrap();
    assert_eq!(set.arn(), Some(arn.as_str()));
    assert_eq!(set.status().as_str(), "ACTIVE");
    let regions: BTreeSet<_> = set.region_map().keys().map(String::as_str).collect();
    assert_eq!(regions, BTreeSet::from(["eu-west-1", "us-east-1"]));
    assert!(
        set.region_map()
            .values()
            .all(|region| region.sse_kms_key_id() == Some("DefaultKey"))
    );

    let other = arn.replace("replication-set/", "replication-set/0");
    refused(
        bench.incidents.get_replication_set().arn(other).send().await,
        "ResourceNotFoundException",
        404,
    );

    let region = RegionMapInputValue::builder().build();
    let creation = bench.incidents.create_replication_set().regions("eu-north-1", region);
    refused(creation.send().await, "ConflictException", 409);
    let action = UpdateReplicationSetAction::DeleteRegionAction(
        aws_sdk_ssmincidents::types::DeleteRegionAction::builder()
            .region_name("us-east-1")
            .build()
            .unwrap(),
    );
    let update = bench.incidents.update_replication_set().arn(arn).actions(action);
    refused(update.send().await, "ValidationException", 400);
    refused(
        bench.incidents.delete_replication_set().arn(arn).send().await,
        "ValidationException",
        400,
    );
    let protection = bench
        .incidents
        .update_deletion_protection()
        .arn(arn)
        .deletion_protected(false);
    refused(protection.send().await, "ValidationException", 400);
    assert_eq!(bench.emulator.world().replication_set, World::default().replication_set);
}

#[tokio::test]
async fn a_closed_service_makes_no_replication_set() {
    let settings = Settings {
        onboarded: callsheet::emulator::settings::Switch::Off,
        ..Settings::default()
    };
    let bench = Bench::start(settings).await;
    let sets = bench.incidents.list_replication_sets().send().await.unwrap();
    assert!(sets.replication_set_arns().is_empty());
    let region = RegionMapInputValue::builder().build();
    let creation = bench.incidents.create_replication_set().regions("eu-west-1", region);
    refused(creation.send().await, "UnsupportedOperationException", 400);
    refused(
        bench.incidents.list_response_plans().send().await,
        "ValidationException",
        400,
    );
}

#[tokio::test]
async fn a_response_plan_is_read_as_it_was_made() {
    let bench = Bench::start(Settings::default()).await;
    let target = NotificationTargetItem::SnsTopicArn(topic("status"));
    let template = template()
        .summary("Nobody can pay.")
        .dedupe_string("checkout")
        .notification_targets(target)
        .incident_tags("team", "shop")
        .build()
        .unwrap();
    let runbook = runbook()
        .document_version("2")
        .parameters("Fleet", vec!["web".to_owned()])
        .dynamic_parameters(
            "Record",
            DynamicSsmParameterValue::Variable(VariableType::IncidentRecordArn),
        )
        .build()
        .unwrap();
    let pager_duty = PagerDutyConfiguration::builder()
        .name("shop")
        .secret_id("secret")
        .pager_duty_incident_configuration(
            PagerDutyIncidentConfiguration::builder()
                .service_id("P1")
                .build()
                .unwrap(),
        )
        .build()
        .unwrap();
    let made = bench
        .plan("checkout")
        .display_name("Checkout")
        .incident_template(template.clone())
        .engagements(contact("anna"))
        .engagements(contact("bert"))
        .engagements(contact("gone"))
        .chat_channel(ChatChannel::ChatbotSns(vec![topic("chat")]))
        .actions(Action::SsmAutomation(runbook.clone()))
        .integrations(Integration::PagerDutyConfiguration(pager_duty.clone()))
        .tags("team", "shop")
        .send()
        .await
        .unwrap();
    assert_eq!(made.arn(), plan_arn("checkout"));

    let plan = bench
        .incidents
        .get_response_plan()
        .arn(made.arn())
        .send()
        .await
        .unwrap();
    assert_eq!((plan.name(), plan.display_name()), ("checkout", Some("Checkout")));
    assert_eq!(plan.incident_template(), Some(&template));
    // No order is promised, and the emulator makes sure that nobody relies on one.
    assert_eq!(plan.engagements(), [contact("gone"), contact("bert"), contact("anna")]);
    assert_eq!(plan.chat_channel(), Some(&ChatChannel::ChatbotSns(vec![topic("chat")])));
    assert_eq!(plan.actions(), [Action::SsmAutomation(runbook)]);
    assert_eq!(plan.integrations(), [Integration::PagerDutyConfiguration(pager_duty)]);
    let tags = bench
        .incidents
        .list_tags_for_resource()
        .resource_arn(made.arn())
        .send()
        .await
        .unwrap();
    assert_eq!(tags.tags()["team"], "shop");
}

#[tokio::test]
async fn the_order_of_engagements_is_a_setting() {
    let bench = Bench::start(Settings {
        engagement_order: EngagementOrder::Kept,
        ..Settings::default()
    })
    .await;
    let plan = bench
        .plan("kept")
        .engagements(contact("anna"))
        .engagements(contact("bert"));
    let arn = plan.send().await.unwrap().arn;
    let plan = bench.incidents.get_response_plan().arn(arn).send().await.unwrap();
    assert_eq!(plan.engagements(), [contact("anna"), contact("bert")]);
}

#[tokio::test]
async fn an_update_replaces_what_it_names_and_leaves_the_rest() {
    let bench = Bench::start(Settings::default()).await;
    let made = bench
        .plan("checkout")
        .display_name("Checkout")
        .engagements(contact("anna"))
        .chat_channel(ChatChannel::ChatbotSns(vec![topic("chat")]))
        .actions(Action::SsmAutomation(runbook().build().unwrap()))
        .send()
        .await
        .unwrap();
    let update = || bench.incidents.update_response_plan().arn(made.arn());
    let plan = || async {
        bench
            .incidents
            .get_response_plan()
            .arn(made.arn())
            .send()
            .await
            .unwrap()
    };

    update().engagements(contact("bert")).send().await.unwrap();
    let after = plan().await;
    assert_eq!(after.engagements(), [contact("bert")]);
    assert_eq!(
        after.chat_channel(),
        Some(&ChatChannel::ChatbotSns(vec![topic("chat")]))
    );
    assert_eq!((after.display_name(), after.actions().len()), (Some("Checkout"), 1));

    update()
        .chat_channel(ChatChannel::Empty(EmptyChatChannel::builder().build()))
        .send()
        .await
        .unwrap();
    update()
        .set_engagements(Some(Vec::new()))
        .set_actions(Some(Vec::new()))
        .send()
        .await
        .unwrap();
    let after = plan().await;
    assert!(after.engagements().is_empty() && after.actions().is_empty());
    assert_eq!(after.chat_channel(), None);

    update()
        .display_name("Shop")
        .incident_template_title("Shop is down")
        .incident_template_impact(2)
        .incident_template_summary("All of it.")
        .incident_template_dedupe_string("shop")
        .incident_template_notification_targets(NotificationTargetItem::SnsTopicArn(topic("status")))
        .incident_template_tags("team", "shop")
        .send()
        .await
        .unwrap();
    let after = plan().await;
    let expected = IncidentTemplate::builder()
        .title("Shop is down")
        .impact(2)
        .summary("All of it.")
        .dedupe_string("shop")
        .notification_targets(NotificationTargetItem::SnsTopicArn(topic("status")))
        .incident_tags("team", "shop")
        .build()
        .unwrap();
    assert_eq!(after.incident_template(), Some(&expected));
    assert_eq!(after.display_name(), Some("Shop"));
}

#[tokio::test]
async fn a_response_plan_beyond_a_limit_is_refused() {
    let bench = Bench::start(Settings::default()).await;
    let with_runbook = |runbook: SsmAutomation| bench.plan("x").actions(Action::SsmAutomation(runbook));
    let with_template = |template: IncidentTemplate| bench.plan("x").incident_template(template);
    let chat = |topics: usize| {
        bench
            .plan("x")
            .chat_channel(ChatChannel::ChatbotSns(vec![topic("chat"); topics]))
    };
    let pager_duty = Integration::PagerDutyConfiguration(
        PagerDutyConfiguration::builder()
            .name("")
            .secret_id("secret")
            .pager_duty_incident_configuration(
                PagerDutyIncidentConfiguration::builder()
                    .service_id("P1")
                    .build()
                    .unwrap(),
            )
            .build()
            .unwrap(),
    );
    let target = NotificationTargetItem::SnsTopicArn(topic("status"));
    let cases = [
        ("name", bench.plan("no spaces")),
        ("name", bench.plan(&"x".repeat(201))),
        ("displayName", bench.plan("x").display_name("x".repeat(201))),
        (
            "engagements",
            bench.plan("x").set_engagements(Some(vec![contact("anna"); 6])),
        ),
        (
            "engagements[0]",
            bench
                .plan("x")
                .engagements(contact("anna").replace("contact/", "contact-channel/")),
        ),
        (
            "engagements[0]",
            bench
                .plan("x")
                .engagements(contact("anna").replace("contact/", "rotation/")),
        ),
        ("engagements[0]", bench.plan("x").engagements(contact("Anna"))),
        (
            "another account",
            bench
                .plan("x")
                .engagements(contact("anna").replace("111122223333", "999999999999")),
        ),
        ("chatChannel.chatbotSns", chat(0)),
        ("chatChannel.chatbotSns", chat(6)),
        (
            "incidentTemplate.title",
            with_template(template().title("x".repeat(201)).build().unwrap()),
        ),
        (
            "incidentTemplate.impact",
            with_template(template().impact(6).build().unwrap()),
        ),
        (
            "incidentTemplate.impact",
            with_template(template().impact(0).build().unwrap()),
        ),
        (
            "incidentTemplate.summary",
            with_template(template().summary("x".repeat(8001)).build().unwrap()),
        ),
        (
            "incidentTemplate.dedupeString",
            with_template(template().dedupe_string("x".repeat(1001)).build().unwrap()),
        ),
        (
            "incidentTemplate.notificationTargets",
            with_template(
                template()
                    .set_notification_targets(Some(vec![target; 11]))
                    .build()
                    .unwrap(),
            ),
        ),
        (
            "actions",
            with_runbook(runbook().build().unwrap()).actions(Action::SsmAutomation(runbook().build().unwrap())),
        ),
        (
            "ssmAutomation.parameters",
            with_runbook(runbook().set_parameters(Some([].into())).build().unwrap()),
        ),
        (
            "ssmAutomation.dynamicParameters",
            with_runbook(runbook().set_dynamic_parameters(Some([].into())).build().unwrap()),
        ),
        (
            "ssmAutomation.roleArn",
            with_runbook(runbook().role_arn("runbook").build().unwrap()),
        ),
        (
            "ssmAutomation.targetAccount",
            with_runbook(runbook().target_account("NOBODY".into()).build().unwrap()),
        ),
        ("pagerDutyConfiguration.name", bench.plan("x").integrations(pager_duty)),
        ("tags", bench.plan("x").tags("aws:team", "shop")),
        ("clientToken", bench.plan("x").client_token("x".repeat(129))),
    ];
    for (field, request) in cases {
        let message = refused(request.send().await, "ValidationException", 400);
        assert!(message.contains(field), "{field}: {message}");
    }
    let plans = bench.incidents.list_response_plans().send().await.unwrap();
    assert_eq!(
        plans.response_plan_summaries().len(),
        1,
        "nothing was made beside the plan that is shared in"
    );
}

#[tokio::test]
async fn a_name_is_taken_once_and_a_repeated_request_makes_nothing_new() {
    let bench = Bench::start(Settings::default()).await;
    let first = bench.plan("checkout").client_token("one").send().await.unwrap();
    let again = bench.plan("checkout").client_token("one").send().await.unwrap();
    assert_eq!(first.arn(), again.arn());
    let conflict = bench
        .plan("checkout")
        .client_token("two")
        .send()
        .await
        .unwrap_err()
        .into_service_error();
    assert!(conflict.is_conflict_exception());
    let aws_sdk_ssmincidents::operation::create_response_plan::CreateResponsePlanError::ConflictException(conflict) =
        conflict
    else {
        panic!("{conflict:?}")
    };
    assert_eq!(conflict.resource_identifier(), Some(plan_arn("checkout").as_str()));
    assert_eq!(
        conflict.resource_type().map(|kind| kind.as_str()),
        Some("RESPONSE_PLAN")
    );

    // A late repeat of an older update does not undo a newer one.
    let rename = |name: &str, token: &str| {
        bench
            .incidents
            .update_response_plan()
            .arn(first.arn())
            .display_name(name)
            .client_token(token)
    };
    rename("Old", "three").send().await.unwrap();
    rename("New", "four").send().await.unwrap();
    rename("Old", "three").send().await.unwrap();
    let plan = bench
        .incidents
        .get_response_plan()
        .arn(first.arn())
        .send()
        .await
        .unwrap();
    assert_eq!(plan.display_name(), Some("New"));
}

#[tokio::test]
async fn a_response_plan_is_deleted_once_or_twice() {
    let bench = Bench::start(Settings::default()).await;
    let arn = bench.plan("checkout").send().await.unwrap().arn;
    bench.incidents.delete_response_plan().arn(&arn).send().await.unwrap();
    bench.incidents.delete_response_plan().arn(&arn).send().await.unwrap();
    let gone = bench.incidents.get_response_plan().arn(&arn).send().await;
    refused(gone, "ResourceNotFoundException", 404);
    let update = bench.incidents.update_response_plan().arn(&arn).display_name("x");
    refused(update.send().await, "ResourceNotFoundException", 404);
}

#[tokio::test]
async fn a_plan_that_is_shared_in_is_read_only() {
    let bench = Bench::start(Settings::default()).await;
    let theirs = "arn:aws:ssm-incidents::999999999999:response-plan/theirs";
    let plan = bench.incidents.get_response_plan().arn(theirs).send().await.unwrap();
    assert_eq!(plan.name(), "theirs");
    let update = bench.incidents.update_response_plan().arn(theirs).display_name("Ours");
    refused(update.send().await, "AccessDeniedException", 403);
    refused(
        bench.incidents.delete_response_plan().arn(theirs).send().await,
        "AccessDeniedException",
        403,
    );
    let tags = bench.incidents.list_tags_for_resource().resource_arn(theirs);
    refused(tags.send().await, "AccessDeniedException", 403);
    let unshared = bench
        .incidents
        .get_response_plan()
        .arn(theirs.replace("theirs", "secret"));
    refused(unshared.send().await, "AccessDeniedException", 403);
}

#[tokio::test]
async fn lists_come_in_pages_of_the_size_asked_for_or_less() {
    let bench = Bench::start(Settings {
        page_size: 2,
        ..Settings::default()
    })
    .await;
    for name in ["a", "b", "c", "d"] {
        bench.plan(name).send().await.unwrap();
    }
    let mut names = Vec::new();
    let mut sizes = Vec::new();
    let mut token = None;
    loop {
        let request = bench
            .incidents
            .list_response_plans()
            .max_results(100)
            .set_next_token(token);
        let page = request.send().await.unwrap();
        sizes.push(page.response_plan_summaries().len());
        names.extend(page.response_plan_summaries().iter().map(|plan| plan.name().to_owned()));
        token = page.next_token().map(str::to_owned);
        if token.is_none() {
            break;
        }
    }
    assert_eq!(sizes, [2, 2, 1]);
    assert_eq!(names, ["a", "theirs", "b", "c", "d"]);

    let one = bench
        .incidents
        .list_response_plans()
        .max_results(1)
        .send()
        .await
        .unwrap();
    assert_eq!(one.response_plan_summaries().len(), 1);
    for request in [
        bench.incidents.list_response_plans().max_results(0),
        bench.incidents.list_response_plans().max_results(101),
        bench.incidents.list_response_plans().next_token("forged"),
        bench.incidents.list_response_plans().next_token("x".repeat(2001)),
    ] {
        refused(request.send().await, "ValidationException", 400);
    }
}

#[tokio::test]
async fn tags_are_set_listed_and_taken_away() {
    let bench = Bench::start(Settings::default()).await;
    let arn = bench.plan("checkout").send().await.unwrap().arn;
    let tags = || async {
        let answer = bench
            .incidents
            .list_tags_for_resource()
            .resource_arn(&arn)
            .send()
            .await
            .unwrap();
        answer.tags.into_iter().collect::<BTreeSet<_>>()
    };
    let tag = || bench.incidents.tag_resource().resource_arn(&arn);
    tag()
        .tags("cost centre", "")
        .tags("team", "shop@example.com")
        .send()
        .await
        .unwrap();
    tag().tags("team", "shop").send().await.unwrap();
    let pair = |key: &str, value: &str| (key.to_owned(), value.to_owned());
    assert_eq!(
        tags().await,
        BTreeSet::from([pair("cost centre", ""), pair("team", "shop")])
    );
    let untag = bench
        .incidents
        .untag_resource()
        .resource_arn(&arn)
        .tag_keys("cost centre")
        .tag_keys("absent");
    untag.send().await.unwrap();
    assert_eq!(tags().await, BTreeSet::from([pair("team", "shop")]));

    refused(tag().tags("aws:team", "shop").send().await, "ValidationException", 400);
    refused(
        tag().tags("team", "x".repeat(257)).send().await,
        "ValidationException",
        400,
    );
    let many = (0..50).fold(tag(), |request, number| request.tags(format!("key{number}"), "x"));
    refused(many.send().await, "ServiceQuotaExceededException", 402);
    let missing = bench
        .incidents
        .list_tags_for_resource()
        .resource_arn(plan_arn("missing"));
    refused(missing.send().await, "ResourceNotFoundException", 404);

    let set = bench
        .incidents
        .list_replication_sets()
        .send()
        .await
        .unwrap()
        .replication_set_arns
        .remove(0);
    bench
        .incidents
        .tag_resource()
        .resource_arn(&set)
        .tags("team", "core")
        .send()
        .await
        .unwrap();
    let answer = bench
        .incidents
        .list_tags_for_resource()
        .resource_arn(&set)
        .send()
        .await
        .unwrap();
    assert_eq!(answer.tags()["team"], "core");
}

#[tokio::test]
async fn resource_policies_are_put_listed_and_deleted() {
    let bench = Bench::start(Settings {
        page_size: 1,
        ..Settings::default()
    })
    .await;
    let arn = bench.plan("checkout").send().await.unwrap().arn;
    let put = |policy: &str| bench.incidents.put_resource_policy().resource_arn(&arn).policy(policy);
    let first = put(r#"{"Version": "2012-10-17"}"#).send().await.unwrap().policy_id;
    let second = put(r#"{"Version": "2012-10-17", "Statement": []}"#)
        .send()
        .await
        .unwrap()
        .policy_id;
    let page = bench
        .incidents
        .get_resource_policies()
        .resource_arn(&arn)
        .send()
        .await
        .unwrap();
    assert_eq!(page.resource_policies().len(), 1);
    let next = bench
        .incidents
        .get_resource_policies()
        .resource_arn(&arn)
        .set_next_token(page.next_token.clone());
    let last = next.send().await.unwrap();
    assert_eq!(last.next_token(), None);
    let policies = page.resource_policies().iter().chain(last.resource_policies());
    let ids: BTreeSet<_> = policies.clone().map(|policy| policy.policy_id().to_owned()).collect();
    assert_eq!(ids, BTreeSet::from([first.clone(), second]));
    assert!(
        policies
            .clone()
            .all(|policy| policy.ram_resource_share_region() == "eu-west-1")
    );

    refused(put("no policy").send().await, "ValidationException", 400);
    refused(put(&" ".repeat(4001)).send().await, "ValidationException", 400);
    let delete = |id: &str| {
        bench
            .incidents
            .delete_resource_policy()
            .resource_arn(&arn)
            .policy_id(id)
    };
    delete(&first).send().await.unwrap();
    refused(delete(&first).send().await, "ResourceNotFoundException", 404);
    let missing = bench
        .incidents
        .get_resource_policies()
        .resource_arn(plan_arn("missing"));
    refused(missing.send().await, "ResourceNotFoundException", 404);
}

#[tokio::test]
async fn an_incident_engages_whom_its_plan_names() {
    let bench = Bench::start(Settings::default()).await;
    let plan = bench
        .plan("checkout")
        .engagements(contact("anna"))
        .engagements(contact("gone"))
        .chat_channel(ChatChannel::ChatbotSns(vec![topic("chat")]));
    let plan = plan.send().await.unwrap().arn;
    let trigger = TriggerDetails::builder()
        .source("monitor")
        .timestamp(DateTime::from_secs(1_772_000_000))
        .build()
        .unwrap();
    let start = || {
        bench
            .incidents
            .start_incident()
            .response_plan_arn(&plan)
            .title("Payments fail")
            .impact(2)
            .trigger_details(trigger.clone())
            .client_token("one")
    };
    let arn = start().send().await.unwrap().incident_record_arn;
    assert!(
        arn.starts_with("arn:aws:ssm-incidents::111122223333:incident-record/checkout/"),
        "{arn}"
    );
    assert_eq!(start().send().await.unwrap().incident_record_arn, arn);

    let record = bench
        .incidents
        .get_incident_record()
        .arn(&arn)
        .send()
        .await
        .unwrap()
        .incident_record
        .unwrap();
    assert_eq!((record.title(), record.impact()), ("Payments fail", 2));
    assert_eq!(record.status(), &IncidentRecordStatus::Open);
    assert_eq!(record.creation_time().secs(), 1_772_452_800);
    assert_eq!(
        record.chat_channel(),
        Some(&ChatChannel::ChatbotSns(vec![topic("chat")]))
    );
    let source = record.incident_record_source().unwrap();
    assert_eq!(
        (source.source(), source.created_by()),
        ("monitor", "arn:aws:iam::111122223333:user/operator")
    );

    let config = aws_sdk_ssmcontacts::Config::builder()
        .behavior_version(aws_sdk_ssmcontacts::config::BehaviorVersion::latest())
        .region(Region::new("eu-west-1"))
        .credentials_provider(credentials())
        .endpoint_url(bench.emulator.url())
        .http_client(http_client())
        .build();
    let contacts = aws_sdk_ssmcontacts::Client::from_conf(config);
    let engagements = contacts.list_engagements().incident_id(&arn).send().await.unwrap();
    let [engagement] = engagements.engagements() else {
        panic!("{engagements:?}")
    };
    assert_eq!(engagement.contact_arn(), contact("anna"));
    let outbox = bench.emulator.outbox();
    assert!(outbox.iter().any(|arrival| arrival.to == "+12065550100"), "{outbox:?}");

    let missing = bench.incidents.start_incident().response_plan_arn(plan_arn("missing"));
    refused(missing.send().await, "ResourceNotFoundException", 404);
    let trigger = TriggerDetails::builder()
        .source("aws.ssm")
        .timestamp(DateTime::from_secs(1))
        .build()
        .unwrap();
    let pretender = bench
        .incidents
        .start_incident()
        .response_plan_arn(&plan)
        .trigger_details(trigger);
    refused(pretender.send().await, "ValidationException", 400);
}

#[tokio::test]
async fn one_cause_has_one_open_incident() {
    let bench = Bench::start(Settings::default()).await;
    let template = template().dedupe_string("checkout").build().unwrap();
    let plan = bench
        .plan("checkout")
        .incident_template(template)
        .send()
        .await
        .unwrap()
        .arn;
    let first = bench.started(&plan).await;
    assert_eq!(bench.started(&plan).await, first);
    let resolve = bench
        .incidents
        .update_incident_record()
        .arn(&first)
        .status(IncidentRecordStatus::Resolved);
    resolve.send().await.unwrap();
    assert_ne!(bench.started(&plan).await, first);
}

#[tokio::test]
async fn incidents_are_filtered_changed_and_deleted() {
    let bench = Bench::start(Settings {
        page_size: 1,
        ..Settings::default()
    })
    .await;
    let plan = bench.plan("checkout").send().await.unwrap().arn;
    let arn = bench.started(&plan).await;
    let old = "arn:aws:ssm-incidents::111122223333:incident-record/old/1f1b".to_owned();
    let listed = |filters: Vec<Filter>| {
        let client = bench.incidents.clone();
        async move {
            let mut pages = client
                .list_incident_records()
                .set_filters(Some(filters))
                .into_paginator()
                .send();
            let mut arns = Vec::new();
            while let Some(page) = pages.next().await {
                arns.extend(
                    page.unwrap()
                        .incident_record_summaries
                        .into_iter()
                        .map(|record| record.arn),
                );
            }
            arns
        }
    };
    let filter = |key: &str, condition| Filter::builder().key(key).condition(condition).build().unwrap();
    let words = |words: &[&str]| {
        let words = words.iter().map(|word| (*word).to_owned()).collect();
        Condition::Equals(AttributeValueList::StringValues(words))
    };
    let numbers = |numbers: &[i32]| Condition::Equals(AttributeValueList::IntegerValues(numbers.to_vec()));
    let noon = DateTime::from_secs(1_767_614_400);

    assert_eq!(listed(Vec::new()).await, [arn.clone(), old.clone()]);
    assert_eq!(
        listed(vec![filter("creationTime", Condition::Before(noon))]).await,
        [old.clone()]
    );
    assert_eq!(
        listed(vec![filter("creationTime", Condition::After(noon))]).await,
        [arn.clone()]
    );
    assert_eq!(listed(vec![filter("impact", numbers(&[2, 5]))]).await, [old.clone()]);
    assert_eq!(
        listed(vec![
            filter("impact", numbers(&[1, 2])),
            filter("status", words(&["RESOLVED"]))
        ])
        .await,
        [""; 0]
    );
    let operator = words(&["arn:aws:iam::111122223333:user/operator"]);
    assert_eq!(listed(vec![filter("createdBy", operator)]).await.len(), 2);
    let unknown = bench
        .incidents
        .list_incident_records()
        .filters(filter("title", words(&["x"])));
    refused(unknown.send().await, "ValidationException", 400);
    let many = vec![filter("impact", numbers(&[1])); 6];
    let many = bench.incidents.list_incident_records().set_filters(Some(many));
    refused(many.send().await, "ValidationException", 400);

    bench
        .incidents
        .update_incident_record()
        .arn(&arn)
        .title("Checkout was down")
        .summary("A certificate had ended.")
        .impact(3)
        .status(IncidentRecordStatus::Resolved)
        .chat_channel(ChatChannel::ChatbotSns(vec![topic("chat")]))
        .notification_targets(NotificationTargetItem::SnsTopicArn(topic("status")))
        .send()
        .await
        .unwrap();
    let record = bench
        .incidents
        .get_incident_record()
        .arn(&arn)
        .send()
        .await
        .unwrap()
        .incident_record
        .unwrap();
    assert_eq!(
        (record.title(), record.summary()),
        ("Checkout was down", Some("A certificate had ended."))
    );
    assert_eq!((record.impact(), record.status()), (3, &IncidentRecordStatus::Resolved));
    assert_eq!(record.resolved_time().map(DateTime::secs), Some(1_772_452_800));
    assert_eq!(
        record.notification_targets(),
        [NotificationTargetItem::SnsTopicArn(topic("status"))]
    );
    let update = bench.incidents.update_incident_record().arn(&arn).impact(6);
    refused(update.send().await, "ValidationException", 400);

    bench.incidents.delete_incident_record().arn(&arn).send().await.unwrap();
    bench.incidents.delete_incident_record().arn(&arn).send().await.unwrap();
    let gone = bench.incidents.get_incident_record().arn(&arn).send().await;
    refused(gone, "ResourceNotFoundException", 404);
    let update = bench.incidents.update_incident_record().arn(&arn).impact(1);
    refused(update.send().await, "ResourceNotFoundException", 404);
}

#[tokio::test]
async fn a_timeline_is_written_filtered_and_read() {
    let bench = Bench::start(Settings {
        page_size: 1,
        ..Settings::default()
    })
    .await;
    let plan = bench.plan("checkout").send().await.unwrap().arn;
    let arn = bench.started(&plan).await;
    let create = |kind: &str, at: i64, data: &str| {
        bench
            .incidents
            .create_timeline_event()
            .incident_record_arn(&arn)
            .event_type(kind)
            .event_time(DateTime::from_secs(at))
            .event_data(data)
    };
    let note = create("Note", 1_772_452_900, "\"called the bank\"")
        .client_token("one")
        .send()
        .await
        .unwrap();
    let again = create("Note", 1_772_452_900, "\"called the bank\"")
        .client_token("one")
        .send()
        .await
        .unwrap();
    assert_eq!(note.event_id(), again.event_id());
    let reference = EventReference::Resource(topic("status"));
    let custom = create("Custom Event", 1_772_452_700, "{}")
        .event_references(reference.clone())
        .send()
        .await
        .unwrap();

    let listed = |sort: Option<SortOrder>, filters: Vec<Filter>| {
        let request = bench.incidents.list_timeline_events().incident_record_arn(&arn);
        let request = request.set_sort_order(sort).set_filters(Some(filters));
        async move {
            let mut pages = request.into_paginator().send();
            let mut kinds = Vec::new();
            while let Some(page) = pages.next().await {
                kinds.extend(page.unwrap().event_summaries.into_iter().map(|event| event.event_type));
            }
            kinds
        }
    };
    let filter = |key: &str, condition| Filter::builder().key(key).condition(condition).build().unwrap();
    let word = |word: &str| Condition::Equals(AttributeValueList::StringValues(vec![word.to_owned()]));
    assert_eq!(
        listed(None, Vec::new()).await,
        ["Note", "SSM Incident Trigger", "Custom Event"]
    );
    let ascending = listed(Some(SortOrder::Ascending), Vec::new()).await;
    assert_eq!(ascending, ["Custom Event", "SSM Incident Trigger", "Note"]);
    assert_eq!(listed(None, vec![filter("eventType", word("Note"))]).await, ["Note"]);
    assert_eq!(
        listed(None, vec![filter("eventReference", word(&topic("status")))]).await,
        ["Custom Event"]
    );
    let early = Condition::Before(DateTime::from_secs(1_772_452_800));
    assert_eq!(listed(None, vec![filter("eventTime", early)]).await, ["Custom Event"]);

    let get = |id: &str| {
        bench
            .incidents
            .get_timeline_event()
            .incident_record_arn(&arn)
            .event_id(id)
    };
    let event = get(custom.event_id()).send().await.unwrap().event.unwrap();
    assert_eq!((event.event_data(), event.event_references()), ("{}", &[reference][..]));
    assert_eq!(event.event_time().secs(), 1_772_452_700);

    let update = |id: &str| {
        bench
            .incidents
            .update_timeline_event()
            .incident_record_arn(&arn)
            .event_id(id)
    };
    update(note.event_id())
        .event_data("\"called them twice\"")
        .send()
        .await
        .unwrap();
    let event = get(note.event_id()).send().await.unwrap().event.unwrap();
    assert_eq!(
        (event.event_data(), event.event_type()),
        ("\"called them twice\"", "Note")
    );
    let missing = get("missing").send().await.unwrap_err().into_service_error();
    assert!(missing.is_resource_not_found_exception(), "{missing:?}");
    refused(
        update("missing").event_data("{}").send().await,
        "ResourceNotFoundException",
        404,
    );
    refused(
        create("Page", 1_772_452_900, "{}").send().await,
        "ValidationException",
        400,
    );
    refused(
        create("Note", 1_772_452_900, "no JSON").send().await,
        "ValidationException",
        400,
    );
    refused(
        create("Note", 1_772_452_900, &"1".repeat(12_001)).send().await,
        "ValidationException",
        400,
    );
    let many = vec![EventReference::Resource(topic("status")); 11];
    let many = create("Note", 1_772_452_900, "{}").set_event_references(Some(many));
    refused(many.send().await, "ValidationException", 400);

    let delete = || {
        bench
            .incidents
            .delete_timeline_event()
            .incident_record_arn(&arn)
            .event_id(note.event_id())
    };
    delete().send().await.unwrap();
    delete().send().await.unwrap();
    refused(get(note.event_id()).send().await, "ResourceNotFoundException", 404);
}

#[tokio::test]
async fn related_items_are_added_listed_and_removed() {
    let bench = Bench::start(Settings {
        page_size: 1,
        ..Settings::default()
    })
    .await;
    let plan = bench.plan("checkout").send().await.unwrap().arn;
    let identifier = |kind: ItemType, url: &str| {
        ItemIdentifier::builder()
            .r#type(kind)
            .value(ItemValue::Url(url.to_owned()))
            .build()
            .unwrap()
    };
    let wiki = identifier(ItemType::Other, "https://wiki.example.com/checkout");
    let item = |identifier: &ItemIdentifier, title: &str| {
        RelatedItem::builder()
            .identifier(identifier.clone())
            .title(title)
            .build()
    };
    let start = bench
        .incidents
        .start_incident()
        .response_plan_arn(&plan)
        .related_items(item(&wiki, "Wiki"));
    let arn = start.send().await.unwrap().incident_record_arn;
    let update = |update| {
        bench
            .incidents
            .update_related_items()
            .incident_record_arn(&arn)
            .related_items_update(update)
    };
    let task = identifier(ItemType::Task, "https://tasks.example.com/1");
    update(RelatedItemsUpdate::ItemToAdd(item(&task, "Task")))
        .send()
        .await
        .unwrap();
    let listed = || async {
        let mut pages = bench
            .incidents
            .list_related_items()
            .incident_record_arn(&arn)
            .into_paginator()
            .send();
        let mut titles = Vec::new();
        while let Some(page) = pages.next().await {
            for item in page.unwrap().related_items {
                assert!(item.generated_id().is_some());
                titles.push(item.title.unwrap());
            }
        }
        titles
    };
    assert_eq!(listed().await, ["Wiki", "Task"]);
    update(RelatedItemsUpdate::ItemToAdd(item(&task, "The task")))
        .send()
        .await
        .unwrap();
    update(RelatedItemsUpdate::ItemToRemove(wiki)).send().await.unwrap();
    assert_eq!(listed().await, ["The task"]);
    let unknown = identifier(ItemType::from("RUMOUR"), "https://example.com");
    let unknown = update(RelatedItemsUpdate::ItemToAdd(item(&unknown, "Rumour")));
    refused(unknown.send().await, "ValidationException", 400);
    let nowhere = bench
        .incidents
        .update_related_items()
        .incident_record_arn(plan_arn("x").replace("response-plan", "incident-record/x"));
    let nowhere = nowhere.related_items_update(RelatedItemsUpdate::ItemToRemove(task));
    refused(nowhere.send().await, "ResourceNotFoundException", 404);
}

#[tokio::test]
async fn findings_of_the_world_are_read() {
    let bench = Bench::start(Settings::default()).await;
    let old = "arn:aws:ssm-incidents::111122223333:incident-record/old/1f1b";
    let findings = bench
        .incidents
        .list_incident_findings()
        .incident_record_arn(old)
        .send()
        .await
        .unwrap();
    assert_eq!(
        findings
            .findings()
            .iter()
            .map(|finding| finding.id())
            .collect::<Vec<_>>(),
        ["f1"]
    );
    let batch = bench.incidents.batch_get_incident_findings().incident_record_arn(old);
    let batch = batch.finding_ids("f1").finding_ids("f2").send().await.unwrap();
    assert_eq!(batch.findings()[0].creation_time().secs(), 1_767_607_200);
    assert_eq!(batch.errors()[0].finding_id(), "f2");
    let many = bench
        .incidents
        .list_incident_findings()
        .incident_record_arn(old)
        .max_results(21);
    refused(many.send().await, "ValidationException", 400);
    let missing = bench
        .incidents
        .list_incident_findings()
        .incident_record_arn(old.replace("old", "new"));
    refused(missing.send().await, "ResourceNotFoundException", 404);
}

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
    let incidents = callsheet::emulator::operations::all()
        .filter(|operation| operation.service == callsheet::emulator::operations::Service::Incidents);
    assert_eq!(incidents.count(), 31);
}
