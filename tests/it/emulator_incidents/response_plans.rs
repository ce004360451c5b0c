//! Response plans: made, read, changed, deleted, listed, and refused beyond every limit.

use aws_sdk_ssmincidents::operation::create_response_plan::{
    CreateResponsePlanError, builders::CreateResponsePlanFluentBuilder,
};
use aws_sdk_ssmincidents::types::{
    Action, ChatChannel, DynamicSsmParameterValue, EmptyChatChannel, IncidentTemplate, Integration,
    NotificationTargetItem, PagerDutyConfiguration, PagerDutyIncidentConfiguration, ResourceType, SsmAutomation,
    VariableType,
};
use callsheet::emulator::{Settings, settings::EngagementOrder};

use super::{Bench, contact, plan_arn, refused, runbook, template, topic};

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
    let CreateResponsePlanError::ConflictException(conflict) = conflict else {
        panic!("{conflict:?}")
    };
    assert_eq!(conflict.resource_identifier(), Some(plan_arn("checkout").as_str()));
    assert_eq!(
        conflict.resource_type().map(ResourceType::as_str),
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
async fn a_response_plan_beyond_a_limit_is_refused() {
    let bench = Bench::start(Settings::default()).await;
    let chat = |topics: usize| {
        bench
            .plan("x")
            .chat_channel(ChatChannel::ChatbotSns(vec![topic("chat"); topics]))
    };
    refused_each(
        &bench,
        vec![
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
            ("tags", bench.plan("x").tags("aws:team", "shop")),
            ("clientToken", bench.plan("x").client_token("x".repeat(129))),
        ],
    )
    .await;
}

#[tokio::test]
async fn a_template_beyond_a_limit_is_refused() {
    let bench = Bench::start(Settings::default()).await;
    let with_template = |template: IncidentTemplate| bench.plan("x").incident_template(template);
    let target = NotificationTargetItem::SnsTopicArn(topic("status"));
    refused_each(
        &bench,
        vec![
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
        ],
    )
    .await;
}

#[tokio::test]
async fn an_action_beyond_a_limit_is_refused() {
    let bench = Bench::start(Settings::default()).await;
    let with_runbook = |runbook: SsmAutomation| bench.plan("x").actions(Action::SsmAutomation(runbook));
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
    refused_each(
        &bench,
        vec![
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
        ],
    )
    .await;
}

/// Asserts that each request is refused with a message that names its faulty field, and that nothing was made.
async fn refused_each(bench: &Bench, cases: Vec<(&str, CreateResponsePlanFluentBuilder)>) {
    for (field, request) in cases {
        let message = refused(request.send().await, "ValidationException", 400);
        assert!(message.contains(field), "{field}: {message}");
    }
    let plans = bench.incidents.list_response_plans().send().await.unwrap();
    assert_eq!(
        plans.response_plan_summaries().len(),
        1,
        "there is the plan that is shared in, and no other"
    );
}
