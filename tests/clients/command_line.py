"""The AWS CLI drives every operation of ssm-contacts, ssm-incidents as listed, and `aws sts get-caller-identity`.

The CLI is called in this process: it is the same code as `aws`, without a new interpreter for every call.
"""

import contextlib
import datetime as dt
import io
import json
import unittest

from account import INCIDENT_OPERATIONS, OWN_ACCOUNT, REGION, URL, arrived, operations
from awscli.clidriver import create_clidriver
from botocore import xform_name

DAILY = {"NumberOfOnCalls": 1, "RecurrenceMultiplier": 1, "DailySettings": [{"HourOfDay": 9, "MinuteOfHour": 0}]}


class CommandLine(unittest.TestCase):
    """One run of the CLI through everything, since each step needs what the one before has made."""

    @classmethod
    def setUpClass(cls):
        cls.driven = set()
        # One for all, since it reads the models once.
        cls.driver = create_clidriver()

    def aws(self, service, operation, **parameters):
        """Runs `aws SERVICE OPERATION --member value …` and returns what it prints, parsed."""
        arguments = [service, operation, "--endpoint-url", URL, "--region", REGION, "--output", "json"]
        for member, value in parameters.items():
            option = "--" + xform_name(member, "-").replace("_", "-")
            if isinstance(value, bool):
                arguments.append(option)
            else:
                arguments += [option, value if isinstance(value, str) else json.dumps(value)]
        output, errors = io.StringIO(), io.StringIO()
        with contextlib.redirect_stdout(output), contextlib.redirect_stderr(errors):
            status = self.driver.main(arguments)
        self.assertEqual(status, 0, f"aws {' '.join(arguments)}: {errors.getvalue()}")
        self.driven.add((service, operation))
        return json.loads(output.getvalue() or "{}")

    def contacts(self, operation, **parameters):
        return self.aws("ssm-contacts", operation, **parameters)

    def incidents(self, operation, **parameters):
        return self.aws("ssm-incidents", operation, **parameters)

    def test_every_operation_through_the_command_line(self):
        self.assertEqual(self.aws("sts", "get-caller-identity")["Account"], OWN_ACCOUNT)
        person, channel = self.person()
        self.tags_and_policy(person)
        self.rotations(person)
        self.engagements(person, channel)
        self.response_plans(person)
        self.removal(person, channel)
        for service, wanted in [("ssm-contacts", operations("ssm-contacts")), ("ssm-incidents", INCIDENT_OPERATIONS)]:
            driven = {operation for spoken, operation in self.driven if spoken == service}
            self.assertEqual({xform_name(name, "-") for name in wanted} - driven, set())

    def person(self):
        person = self.contacts("create-contact", Alias="cli", Type="PERSONAL", Plan={"Stages": []})["ContactArn"]
        channel = self.contacts(
            "create-contact-channel",
            ContactId=person,
            Name="phone",
            Type="SMS",
            DeliveryAddress={"SimpleAddress": "+447700900123"},
            DeferActivation=True,
        )["ContactChannelArn"]
        self.contacts("update-contact-channel", ContactChannelId=channel, Name="mobile")
        self.contacts("send-activation-code", ContactChannelId=channel)
        code = arrived(channel, activation=True)[-1]["code"]
        self.contacts("activate-contact-channel", ContactChannelId=channel, ActivationCode=code)
        target = {"ChannelTargetInfo": {"ContactChannelId": channel, "RetryIntervalInMinutes": 1}}
        plan = {"Stages": [{"DurationInMinutes": 5, "Targets": [target]}]}
        self.contacts("update-contact", ContactId=person, Plan=plan)
        self.assertEqual(self.contacts("get-contact", ContactId=person)["Plan"], plan)
        self.assertEqual(self.contacts("list-contacts", AliasPrefix="cli")["Contacts"][0]["ContactArn"], person)
        (listed,) = self.contacts("list-contact-channels", ContactId=person)["ContactChannels"]
        self.assertEqual(listed["ActivationStatus"], "ACTIVATED")
        self.assertEqual(self.contacts("get-contact-channel", ContactChannelId=channel)["Name"], "mobile")
        return person, channel

    def tags_and_policy(self, person):
        self.contacts("tag-resource", ResourceARN=person, Tags=[{"Key": "team", "Value": "core"}])
        self.assertEqual(len(self.contacts("list-tags-for-resource", ResourceARN=person)["Tags"]), 1)
        self.contacts("untag-resource", ResourceARN=person, TagKeys=["team"])
        policy = {"Version": "2012-10-17", "Statement": []}
        self.contacts("put-contact-policy", ContactArn=person, Policy=policy)
        self.assertEqual(json.loads(self.contacts("get-contact-policy", ContactArn=person)["Policy"]), policy)

    def rotations(self, person):
        rotation = self.contacts(
            "create-rotation", Name="cli", ContactIds=[person], TimeZoneId="Europe/Paris", Recurrence=DAILY
        )["RotationArn"]
        self.contacts("update-rotation", RotationId=rotation, Recurrence=DAILY, TimeZoneId="Asia/Tokyo")
        self.assertEqual(self.contacts("get-rotation", RotationId=rotation)["TimeZoneId"], "Asia/Tokyo")
        self.assertEqual(len(self.contacts("list-rotations", RotationNamePrefix="cli")["Rotations"]), 1)
        tomorrow, window_end = tomorrow_and_after()
        override = self.contacts(
            "create-rotation-override", RotationId=rotation, NewContactIds=[person], StartTime=tomorrow, EndTime=window_end
        )["RotationOverrideId"]
        self.contacts("get-rotation-override", RotationId=rotation, RotationOverrideId=override)
        listed = self.contacts("list-rotation-overrides", RotationId=rotation, StartTime=tomorrow, EndTime=window_end)
        self.assertEqual(listed["RotationOverrides"][0]["RotationOverrideId"], override)
        shifts = self.contacts("list-rotation-shifts", RotationId=rotation, EndTime=window_end)["RotationShifts"]
        self.assertTrue(shifts)
        self.contacts(
            "list-preview-rotation-shifts",
            Members=["a", "b"],
            TimeZoneId="UTC",
            Recurrence=DAILY,
            EndTime=window_end,
        )
        self.contacts("delete-rotation-override", RotationId=rotation, RotationOverrideId=override)
        self.contacts("delete-rotation", RotationId=rotation)

    def engagements(self, person, channel):
        engagement = self.contacts(
            "start-engagement", ContactId=person, Sender="cli", Subject="Subject", Content="Content"
        )["EngagementArn"]
        self.assertEqual(self.contacts("describe-engagement", EngagementId=engagement)["ContactArn"], person)
        self.assertIn(engagement, [each["EngagementArn"] for each in self.contacts("list-engagements")["Engagements"]])
        (page,) = self.contacts("list-pages-by-engagement", EngagementId=engagement)["Pages"]
        page = page["PageArn"]
        self.assertTrue(self.contacts("list-pages-by-contact", ContactId=person)["Pages"])
        self.assertEqual(self.contacts("describe-page", PageId=page)["Subject"], "Subject")
        self.contacts(
            "accept-page", PageId=page, AcceptType="READ", AcceptCode=arrived(channel, activation=False)[-1]["code"]
        )
        self.assertTrue(self.contacts("list-page-receipts", PageId=page)["Receipts"])
        self.assertTrue(self.contacts("list-page-resolutions", PageId=page)["PageResolutions"])
        self.contacts("stop-engagement", EngagementId=engagement)

    def response_plans(self, person):
        (replication_set,) = self.incidents("list-replication-sets")["replicationSetArns"]
        self.incidents("get-replication-set", arn=replication_set)
        plan = self.incidents(
            "create-response-plan", name="cli", incidentTemplate={"title": "t", "impact": 3}, engagements=[person]
        )["arn"]
        self.incidents("update-response-plan", arn=plan, displayName="From the command line")
        self.assertEqual(
            self.incidents("get-response-plan", arn=plan)["displayName"], "From the command line"
        )
        self.assertIn(plan, [each["arn"] for each in self.incidents("list-response-plans")["responsePlanSummaries"]])
        self.incidents("tag-resource", resourceArn=plan, tags={"a": "b"})
        self.assertEqual(self.incidents("list-tags-for-resource", resourceArn=plan)["tags"], {"a": "b"})
        self.incidents("untag-resource", resourceArn=plan, tagKeys=["a"])
        policy = self.incidents("put-resource-policy", resourceArn=plan, policy={"Statement": []})["policyId"]
        self.assertEqual(
            self.incidents("get-resource-policies", resourceArn=plan)["resourcePolicies"][0]["policyId"], policy
        )
        self.incidents("delete-resource-policy", resourceArn=plan, policyId=policy)
        record = self.incidents("start-incident", responsePlanArn=plan)["incidentRecordArn"]
        self.assertEqual(self.incidents("get-incident-record", arn=record)["incidentRecord"]["title"], "t")
        self.assertIn(
            record,
            [each["arn"] for each in self.incidents("list-incident-records")["incidentRecordSummaries"]],
        )
        event = self.incidents(
            "create-timeline-event",
            incidentRecordArn=record,
            eventTime="2026-01-01T00:00:00Z",
            eventType="Note",
            eventData='"noted"',
        )["eventId"]
        self.assertTrue(self.incidents("list-timeline-events", incidentRecordArn=record)["eventSummaries"])
        self.incidents("get-timeline-event", incidentRecordArn=record, eventId=event)
        item = {"identifier": {"type": "OTHER", "value": {"url": "https://example.com/"}}, "title": "x"}
        self.incidents("update-related-items", incidentRecordArn=record, relatedItemsUpdate={"itemToAdd": item})
        self.assertIn(
            "x",
            [each.get("title") for each in self.incidents("list-related-items", incidentRecordArn=record)["relatedItems"]],
        )
        self.incidents("delete-response-plan", arn=plan)

    def removal(self, person, channel):
        self.contacts("deactivate-contact-channel", ContactChannelId=channel)
        self.contacts("delete-contact-channel", ContactChannelId=channel)
        self.contacts("delete-contact", ContactId=person)
        self.assertEqual(self.contacts("list-contacts", AliasPrefix="cli").get("Contacts", []), [])


def tomorrow_and_after():
    """Returns two instants, a day apart, that an override may lie between."""
    tomorrow = dt.datetime.now(dt.timezone.utc) + dt.timedelta(days=1)
    return tomorrow.isoformat(), (tomorrow + dt.timedelta(days=1)).isoformat()


if __name__ == "__main__":
    unittest.main()
