"""boto3 drives ssm-incidents and STS, and every answer is held against the service's published model."""

import datetime as dt
import json
import unittest
import uuid

from account import INCIDENT_OPERATIONS, OWN_ACCOUNT, REGION, EmulatorCase, assert_all_answered, client, every

UTC = dt.timezone.utc
NOW = dt.datetime.now(UTC).replace(microsecond=0)
TEMPLATE = {"title": "Checkout is down", "impact": 2}


def tearDownModule():
    """Runs after all tests, so that it sees what all of them drove."""
    assert_all_answered("ssm-incidents", INCIDENT_OPERATIONS)
    assert_all_answered("sts", {"GetCallerIdentity"})


class IncidentsCase(EmulatorCase):
    """What the tests below make before they look at something."""

    def plan(self, name, **more):
        return self.incidents.create_response_plan(name=name, incidentTemplate=TEMPLATE, **more)["arn"]

    def person(self, alias):
        return self.contacts.create_contact(Alias=alias, Type="PERSONAL", Plan={"Stages": []})["ContactArn"]

    def started(self, name, **more):
        plan = self.plan(name)
        return self.incidents.start_incident(responsePlanArn=plan, **more)["incidentRecordArn"]


class Caller(EmulatorCase):
    def test_any_credentials_are_the_accounts(self):
        identity = client("sts").get_caller_identity()
        self.assertEqual(identity["Account"], OWN_ACCOUNT)
        self.assertIn(OWN_ACCOUNT, identity["Arn"])
        self.assertTrue(identity["UserId"])


class ReplicationSets(EmulatorCase):
    def test_the_set_is_active_in_both_regions(self):
        (arn,) = self.incidents.list_replication_sets()["replicationSetArns"]
        self.assertRegex(arn, rf"\Aarn:aws:ssm-incidents::{OWN_ACCOUNT}:replication-set/[0-9a-f-]{{36}}\Z")
        read = self.incidents.get_replication_set(arn=arn)["replicationSet"]
        self.assertEqual(read["status"], "ACTIVE")
        self.assertEqual(set(read["regionMap"]), {"eu-west-1", "us-east-1"})
        # What `aws ssm-incidents wait` does.
        self.incidents.get_waiter("wait_for_replication_set_active").wait(arn=arn)

    def test_another_set_is_not_found(self):
        arn = f"arn:aws:ssm-incidents::{OWN_ACCOUNT}:replication-set/{uuid.uuid4()}"
        error = self.refused("ResourceNotFoundException", self.incidents.get_replication_set, arn=arn)
        self.assertEqual(error["ResponseMetadata"]["HTTPStatusCode"], 404)


class ResponsePlans(IncidentsCase):
    def test_a_plan_is_what_it_was_created_as(self):
        members = {
            "displayName": "Checkout \u001b[31mred\u001b[0m",
            "engagements": [self.person(self.name)],
            "chatChannel": {"chatbotSns": [f"arn:aws:sns:{REGION}:{OWN_ACCOUNT}:checkout"]},
            "actions": [{
                "ssmAutomation": {
                    "documentName": "Restart",
                    "roleArn": f"arn:aws:iam::{OWN_ACCOUNT}:role/runbook",
                    "targetAccount": "RESPONSE_PLAN_OWNER_ACCOUNT",
                    "parameters": {"Service": ["checkout"]},
                    "dynamicParameters": {"Incident": {"variable": "INCIDENT_RECORD_ARN"}},
                }
            }],
            "integrations": [{
                "pagerDutyConfiguration": {
                    "name": "pd",
                    "secretId": "pager-duty",
                    "pagerDutyIncidentConfiguration": {"serviceId": "P1"},
                }
            }],
        }  # fmt: skip
        template = TEMPLATE | {
            "summary": "It is down.",
            "dedupeString": "checkout",
            "notificationTargets": [{"snsTopicArn": f"arn:aws:sns:{REGION}:{OWN_ACCOUNT}:news"}],
            "incidentTags": {"team": "payments"},
        }
        arn = self.incidents.create_response_plan(
            name=self.name, incidentTemplate=template, tags={"Cost Center": "12, 13"}, **members
        )["arn"]
        self.assertEqual(arn, f"arn:aws:ssm-incidents::{OWN_ACCOUNT}:response-plan/{self.name}")
        read = self.incidents.get_response_plan(arn=arn)
        self.assertEqual(read["incidentTemplate"], template)
        for member, value in members.items():
            self.assertEqual(read[member], value)
        self.assertEqual(self.incidents.list_tags_for_resource(resourceArn=arn)["tags"], {"Cost Center": "12, 13"})

    def test_an_update_replaces_all_engagements_and_keeps_what_it_leaves_out(self):
        people = [self.person(f"{self.name}-{letter}") for letter in "abc"]
        topic = {"chatbotSns": [f"arn:aws:sns:{REGION}:{OWN_ACCOUNT}:checkout"]}
        arn = self.plan(self.name, engagements=people, chatChannel=topic)
        self.incidents.update_response_plan(arn=arn, displayName="renamed")
        read = self.incidents.get_response_plan(arn=arn)
        self.assertEqual(set(read["engagements"]), set(people))
        self.assertEqual(read["chatChannel"], topic)
        self.incidents.update_response_plan(arn=arn, engagements=people[:1])
        self.assertEqual(self.incidents.get_response_plan(arn=arn)["engagements"], people[:1])
        self.incidents.update_response_plan(arn=arn, engagements=[])
        read = self.incidents.get_response_plan(arn=arn)
        self.assertEqual(read.get("engagements", []), [])
        self.assertEqual(read["displayName"], "renamed")
        self.incidents.update_response_plan(
            arn=arn, chatChannel={"empty": {}}, incidentTemplateTitle="New title", incidentTemplateImpact=1
        )
        read = self.incidents.get_response_plan(arn=arn)
        self.assertNotIn("chatbotSns", read.get("chatChannel", {}))
        self.assertEqual(read["incidentTemplate"], {"title": "New title", "impact": 1})

    def test_a_deleted_contact_stays_engaged(self):
        person = self.person(self.name)
        arn = self.plan(self.name, engagements=[person])
        self.contacts.delete_contact(ContactId=person)
        self.assertEqual(self.incidents.get_response_plan(arn=arn)["engagements"], [person])

    def test_a_delete_can_be_repeated(self):
        arn = self.plan(self.name)
        self.incidents.delete_response_plan(arn=arn)
        self.incidents.delete_response_plan(arn=arn)
        error = self.refused("ResourceNotFoundException", self.incidents.get_response_plan, arn=arn)
        self.assertEqual(error["ResponseMetadata"]["HTTPStatusCode"], 404)
        self.assertEqual(error.get("resourceType", "RESPONSE_PLAN"), "RESPONSE_PLAN")

    def test_a_name_is_taken_once(self):
        self.plan(self.name)
        error = self.refused(
            "ConflictException", self.incidents.create_response_plan, name=self.name, incidentTemplate=TEMPLATE
        )
        self.assertEqual(error["ResponseMetadata"]["HTTPStatusCode"], 409)

    def test_limits_of_the_model_are_enforced(self):
        topic = f"arn:aws:sns:{REGION}:{OWN_ACCOUNT}:t"
        automation = {"documentName": "Restart", "roleArn": f"arn:aws:iam::{OWN_ACCOUNT}:role/runbook"}
        contact = f"arn:aws:ssm-contacts:{REGION}:{OWN_ACCOUNT}:contact/someone"
        plan = {"name": "limits", "incidentTemplate": TEMPLATE}
        for parameters in [
            plan | {"name": "a b"},
            plan | {"name": "x" * 201},
            plan | {"displayName": "x" * 201},
            plan | {"incidentTemplate": {"title": "t", "impact": 6}},
            plan | {"incidentTemplate": {"title": "t" * 201, "impact": 1}},
            plan | {"incidentTemplate": {"title": "t"}},
            plan | {"engagements": [f"{contact}-{number}" for number in range(6)]},
            plan | {"engagements": [contact.replace("contact/", "rotation/")]},
            plan | {"chatChannel": {"chatbotSns": []}},
            plan | {"chatChannel": {"chatbotSns": [topic] * 6}},
            # An empty map is refused, an absent one is not.
            plan | {"actions": [{"ssmAutomation": automation | {"parameters": {}}}]},
            plan | {"actions": [{"ssmAutomation": automation}] * 2},
        ]:
            with self.subTest(parameters=str(parameters)[:200]):
                error = self.refused("ValidationException", self.lax_incidents.create_response_plan, **parameters)
                self.assertEqual(error["ResponseMetadata"]["HTTPStatusCode"], 400)

    def test_what_is_no_arn_is_refused_as_that(self):
        for text in ("not-an-arn", "arn:aws:ssm-incidents::111122223333:"):
            self.refused("ValidationException", self.incidents.get_response_plan, arn=text)

    def test_plans_come_in_pages(self):
        made = {self.plan(f"{self.name}-{number}") for number in range(3)}
        listed, pages = every(self.incidents.list_response_plans, "responsePlanSummaries", maxResults=1)
        self.assertLessEqual(made, {plan["arn"] for plan in listed})
        self.assertGreaterEqual(pages, 3)
        self.assertEqual(len(listed), len({plan["arn"] for plan in listed}))
        self.refused("ValidationException", self.lax_incidents.list_response_plans, maxResults=101)


class TagsAndPolicies(IncidentsCase):
    def test_tags_are_a_map_under_an_encoded_arn(self):
        arn = self.plan(self.name)
        self.incidents.tag_resource(resourceArn=arn, tags={"owner": "ana@example.com", "Stage.Name": ""})
        self.assertEqual(
            self.incidents.list_tags_for_resource(resourceArn=arn)["tags"],
            {"owner": "ana@example.com", "Stage.Name": ""},
        )
        self.incidents.untag_resource(resourceArn=arn, tagKeys=["owner", "Stage.Name"])
        self.assertEqual(self.incidents.list_tags_for_resource(resourceArn=arn)["tags"], {})
        self.refused("ValidationException", self.lax_incidents.tag_resource, resourceArn=arn, tags={"aws:x": "y"})
        gone = f"{arn}-gone"
        self.refused("ResourceNotFoundException", self.incidents.list_tags_for_resource, resourceArn=gone)

    def test_a_plan_is_shared_by_its_policy(self):
        arn = self.plan(self.name)
        self.assertEqual(self.incidents.get_resource_policies(resourceArn=arn)["resourcePolicies"], [])
        policy = json.dumps({
            "Version": "2012-10-17",
            "Statement": [{
                "Sid": "share",
                "Effect": "Allow",
                "Principal": {"AWS": "444455556666"},
                "Action": ["ssm-incidents:GetResponsePlan", "ssm-incidents:StartIncident"],
                "Resource": [arn],
            }],
        })  # fmt: skip
        identifier = self.incidents.put_resource_policy(resourceArn=arn, policy=policy)["policyId"]
        (read,) = self.incidents.get_resource_policies(resourceArn=arn)["resourcePolicies"]
        self.assertEqual(read["policyId"], identifier)
        self.assertEqual(json.loads(read["policyDocument"]), json.loads(policy))
        self.incidents.delete_resource_policy(resourceArn=arn, policyId=identifier)
        self.assertEqual(self.incidents.get_resource_policies(resourceArn=arn)["resourcePolicies"], [])


class Incidents(IncidentsCase):
    def test_a_record_comes_from_its_plan(self):
        record = self.started(self.name)
        self.assertIn(f":incident-record/{self.name}/", record)
        read = self.incidents.get_incident_record(arn=record)["incidentRecord"]
        self.assertEqual((read["title"], read["impact"], read["status"]), (TEMPLATE["title"], 2, "OPEN"))
        other = self.incidents.start_incident(
            responsePlanArn=f"arn:aws:ssm-incidents::{OWN_ACCOUNT}:response-plan/{self.name}", title="Mine", impact=5
        )["incidentRecordArn"]
        read = self.incidents.get_incident_record(arn=other)["incidentRecord"]
        self.assertEqual((read["title"], read["impact"]), ("Mine", 5))

    def test_an_incident_engages_whom_the_plan_names(self):
        person = self.person(self.name)
        plan = self.plan(self.name, engagements=[person])
        record = self.incidents.start_incident(responsePlanArn=plan)["incidentRecordArn"]
        (engagement,) = self.contacts.list_engagements(IncidentId=record)["Engagements"]
        self.assertEqual(engagement["ContactArn"], person)

    def test_records_are_filtered(self):
        record = self.started(self.name, title=self.name, impact=4)

        def listed(*filters):
            records, _ = every(
                self.incidents.list_incident_records, "incidentRecordSummaries", filters=list(filters), maxResults=2
            )
            return record in [summary["arn"] for summary in records]

        impact = lambda *levels: {"key": "impact", "condition": {"equals": {"integerValues": list(levels)}}}
        status = lambda *names: {"key": "status", "condition": {"equals": {"stringValues": list(names)}}}
        created = lambda side, time: {"key": "creationTime", "condition": {side: time}}
        self.assertTrue(listed())
        self.assertTrue(listed(impact(1, 4)))
        self.assertFalse(listed(impact(1, 2)))
        self.assertTrue(listed(impact(4), status("OPEN")))
        self.assertFalse(listed(impact(4), status("RESOLVED")))
        self.assertTrue(listed(created("after", NOW - dt.timedelta(hours=1))))
        self.assertFalse(listed(created("before", NOW - dt.timedelta(hours=1))))

    def test_the_timeline_tells_data_one_event_at_a_time(self):
        record = self.started(self.name)
        event = self.incidents.create_timeline_event(
            incidentRecordArn=record,
            eventTime=NOW,
            eventType="Custom Event",
            eventData=json.dumps("rolled back"),
            eventReferences=[{"resource": f"arn:aws:ssm-incidents::{OWN_ACCOUNT}:response-plan/{self.name}"}],
        )["eventId"]
        listed, _ = every(
            self.incidents.list_timeline_events,
            "eventSummaries",
            incidentRecordArn=record,
            sortBy="EVENT_TIME",
            sortOrder="ASCENDING",
            maxResults=1,
        )
        times = [summary["eventTime"] for summary in listed]
        self.assertEqual(times, sorted(times))
        self.assertIn(event, [summary["eventId"] for summary in listed])
        read = self.incidents.get_timeline_event(incidentRecordArn=record, eventId=event)["event"]
        self.assertEqual(json.loads(read["eventData"]), "rolled back")
        self.refused(
            "ResourceNotFoundException",
            self.incidents.get_timeline_event,
            incidentRecordArn=record,
            eventId=str(uuid.uuid4()),
        )

    def test_related_items_come_and_go(self):
        given = {"identifier": {"type": "METRIC", "value": {"url": "https://example.com/a"}}, "title": "p95"}
        record = self.started(self.name, relatedItems=[given])
        added = {"identifier": {"type": "OTHER", "value": {"url": "https://example.com/b"}}, "title": "notes"}
        self.incidents.update_related_items(incidentRecordArn=record, relatedItemsUpdate={"itemToAdd": added})
        self.assertLessEqual({"p95", "notes"}, set(self.titles(record)))
        self.incidents.update_related_items(
            incidentRecordArn=record, relatedItemsUpdate={"itemToRemove": added["identifier"]}
        )
        self.assertNotIn("notes", self.titles(record))

    def titles(self, record):
        items, _ = every(self.incidents.list_related_items, "relatedItems", incidentRecordArn=record, maxResults=1)
        return [item.get("title") for item in items]

    def test_what_is_not_there_is_not_found(self):
        gone = f"arn:aws:ssm-incidents::{OWN_ACCOUNT}:incident-record/{self.name}/{uuid.uuid4()}"
        self.refused("ResourceNotFoundException", self.incidents.get_incident_record, arn=gone)
        self.refused(
            "ResourceNotFoundException",
            self.incidents.start_incident,
            responsePlanArn=f"arn:aws:ssm-incidents::{OWN_ACCOUNT}:response-plan/{self.name}",
        )


if __name__ == "__main__":
    unittest.main()
