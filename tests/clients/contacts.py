"""boto3 drives every operation of ssm-contacts, and every answer is held against the service's published model."""

import datetime as dt
import json
import unittest
import uuid

from account import (
    OWN_ACCOUNT,
    REGION,
    EmulatorCase,
    arrived,
    assert_all_answered,
    client,
    every,
    operations,
    wrong_code,
)

# A wire format has no time zone; ours are all UTC.
UTC = dt.timezone.utc
NOW = dt.datetime.now(UTC).replace(microsecond=0)
DAILY = {"NumberOfOnCalls": 1, "RecurrenceMultiplier": 1, "DailySettings": [{"HourOfDay": 9, "MinuteOfHour": 0}]}


def tearDownModule():
    """Runs after all tests, so that it sees what all of them drove."""
    assert_all_answered("ssm-contacts", operations("ssm-contacts"))


def ahead(**length):
    """Returns an instant that much after the start of the run."""
    return NOW + dt.timedelta(**length)


class ContactsCase(EmulatorCase):
    """What the tests below make before they look at something."""

    def person(self, alias, **more):
        made = self.contacts.create_contact(Alias=alias, Type="PERSONAL", Plan={"Stages": []}, **more)
        return made["ContactArn"]

    def channel(self, contact, kind="SMS", address="+447700900123", active=False, **more):
        made = self.contacts.create_contact_channel(
            ContactId=contact, Name=kind.lower(), Type=kind, DeliveryAddress={"SimpleAddress": address}, **more
        )
        arn = made["ContactChannelArn"]
        if active:
            self.contacts.activate_contact_channel(ContactChannelId=arn, ActivationCode=self.code(arn))
        return arn

    def reachable(self, alias):
        """Makes a person with one active channel that the plan uses; returns both ARNs."""
        person = self.person(alias)
        channel = self.channel(person, active=True)
        target = {"ChannelTargetInfo": {"ContactChannelId": channel, "RetryIntervalInMinutes": 2}}
        self.contacts.update_contact(
            ContactId=person, Plan={"Stages": [{"DurationInMinutes": 5, "Targets": [target]}]}
        )
        return person, channel

    def code(self, channel):
        """Returns the newest activation code that arrived on a channel."""
        return arrived(channel, activation=True)[-1]["code"]

    def rotation(self, name, people, **more):
        settings = {"TimeZoneId": "UTC", "Recurrence": DAILY, "StartTime": ahead(days=-10)} | more
        return self.contacts.create_rotation(Name=name, ContactIds=people, **settings)["RotationArn"]

    def status(self, channel):
        return self.contacts.get_contact_channel(ContactChannelId=channel)["ActivationStatus"]


class Contacts(ContactsCase):
    def test_a_contact_is_what_it_was_created_as(self):
        arn = self.person(self.name, DisplayName="Zoë 王小明", Tags=[{"Key": "team", "Value": "payments"}])
        self.assertEqual(arn, f"arn:aws:ssm-contacts:{REGION}:{OWN_ACCOUNT}:contact/{self.name}")
        read = self.contacts.get_contact(ContactId=arn)
        self.assertEqual(read["Alias"], self.name)
        self.assertEqual(read["DisplayName"], "Zoë 王小明")
        self.assertEqual(read["Type"], "PERSONAL")
        self.assertEqual(read["Plan"].get("Stages", []), [])

    def test_an_update_replaces_the_plan_and_keeps_what_it_leaves_out(self):
        person, channel = self.reachable(self.name)
        before = self.contacts.get_contact(ContactId=person)["Plan"]
        self.contacts.update_contact(ContactId=person, DisplayName="New name")
        read = self.contacts.get_contact(ContactId=person)
        self.assertEqual(read["Plan"], before)
        self.assertEqual(read["DisplayName"], "New name")
        self.contacts.update_contact(ContactId=person, Plan={"Stages": []})
        read = self.contacts.get_contact(ContactId=person)
        self.assertEqual(read["Plan"].get("Stages", []), [])
        self.assertEqual(read["DisplayName"], "New name")

    def test_an_absent_retry_stays_absent_and_a_zero_stays_zero(self):
        person, channel = self.reachable(self.name)
        for retry in ({}, {"RetryIntervalInMinutes": 0}, {"RetryIntervalInMinutes": 60}):
            target = {"ChannelTargetInfo": {"ContactChannelId": channel} | retry}
            plan = {"Stages": [{"DurationInMinutes": 1, "Targets": [target]}]}
            self.contacts.update_contact(ContactId=person, Plan=plan)
            self.assertEqual(self.contacts.get_contact(ContactId=person)["Plan"], plan)

    def test_stages_and_targets_keep_their_order(self):
        people = [self.person(f"{self.name}-{letter}") for letter in "dbca"]
        stages = [
            {"DurationInMinutes": minutes, "Targets": targets}
            for minutes, targets in [
                (5, [{"ContactTargetInfo": {"ContactId": arn, "IsEssential": True}} for arn in people[:3]]),
                (1, []),
                (0, [{"ContactTargetInfo": {"ContactId": people[3], "IsEssential": False}}]),
            ]
        ]
        plan = self.contacts.create_contact(Alias=self.name, Type="ESCALATION", Plan={"Stages": stages})["ContactArn"]
        self.assertEqual(self.contacts.get_contact(ContactId=plan)["Plan"], {"Stages": stages})

    def test_a_stage_of_no_minutes_needs_a_target(self):
        self.refused(
            "ValidationException",
            self.contacts.create_contact,
            Alias=self.name,
            Type="ESCALATION",
            Plan={"Stages": [{"DurationInMinutes": 0, "Targets": []}]},
        )

    def test_a_schedule_refuses_stages_in_the_words_of_the_service(self):
        error = self.refused(
            "ValidationException",
            self.contacts.create_contact,
            Alias=self.name,
            Type="ONCALL_SCHEDULE",
            Plan={"Stages": []},
        )
        self.assertIn("ONCALL SCHEDULE contact cannot have stages in plan", error["Error"]["Message"])

    def test_a_plan_has_to_be_there_even_if_empty(self):
        self.refused_field("Plan", self.lax_contacts.create_contact, Alias=self.name, Type="PERSONAL")

    def test_an_alias_is_taken_once(self):
        arn = self.person(self.name)
        error = self.refused(
            "ConflictException", self.contacts.create_contact, Alias=self.name, Type="ESCALATION", Plan={"Stages": []}
        )
        self.assertEqual(error["ResourceId"], arn)
        self.assertTrue(error["ResourceType"])

    def test_a_repeated_token_makes_nothing_new(self):
        parameters = dict(Alias=self.name, Type="PERSONAL", Plan={"Stages": []}, IdempotencyToken=str(uuid.uuid4()))
        first = self.contacts.create_contact(**parameters)["ContactArn"]
        self.assertEqual(self.contacts.create_contact(**parameters)["ContactArn"], first)

    def test_a_contact_that_is_not_there_is_named_in_the_refusal(self):
        arn = f"arn:aws:ssm-contacts:{REGION}:{OWN_ACCOUNT}:contact/{self.name}"
        for call in (
            self.contacts.get_contact,
            self.contacts.delete_contact,
            self.contacts.list_contact_channels,
            self.contacts.list_pages_by_contact,
        ):
            error = self.refused("ResourceNotFoundException", call, ContactId=arn)
            self.assertEqual(error["ResourceId"], arn)
            self.assertTrue(error["ResourceType"])

    def test_lists_are_filtered_by_prefix_and_type_and_come_in_pages(self):
        arns = {self.person(f"{self.name}-{number}") for number in range(7)}
        plan = self.contacts.create_contact(Alias=f"{self.name}-plan", Type="ESCALATION", Plan={"Stages": []})
        listed, pages = every(self.contacts.list_contacts, "Contacts", AliasPrefix=self.name, MaxResults=2)
        self.assertEqual({contact["ContactArn"] for contact in listed}, arns | {plan["ContactArn"]})
        self.assertEqual(len(listed), 8)
        self.assertGreaterEqual(pages, 4)
        listed, _ = every(self.contacts.list_contacts, "Contacts", AliasPrefix=self.name, Type="ESCALATION")
        self.assertEqual([contact["ContactArn"] for contact in listed], [plan["ContactArn"]])
        self.refused("ValidationException", self.contacts.list_contacts, NextToken="no-token-of-yours")

    def test_boto3s_own_paginator_walks_the_pages(self):
        for number in range(5):
            self.person(f"{self.name}-{number}")
        pages = self.contacts.get_paginator("list_contacts").paginate(
            AliasPrefix=self.name, PaginationConfig={"PageSize": 2}
        )
        self.assertEqual(sum(len(page["Contacts"]) for page in pages), 5)

    def test_every_fault_of_a_request_has_its_field(self):
        error = self.refused(
            "ValidationException",
            self.lax_contacts.create_contact,
            Alias="Not An Alias",
            Type="ROBOT",
            DisplayName="bell\a",
            Plan={"Stages": []},
        )
        self.assertEqual(error["Reason"], "FIELD_VALIDATION_FAILED")
        self.assertEqual(
            sorted(field["Name"].lower() for field in error["Fields"]), ["alias", "displayname", "type"]
        )

    def test_limits_of_the_model_are_enforced(self):
        person = self.person(self.name)
        channel = {"ContactId": person, "Name": "n", "Type": "SMS", "DeliveryAddress": {"SimpleAddress": "+447700900001"}}
        rotation = {"Name": "n", "ContactIds": [person], "TimeZoneId": "UTC", "Recurrence": DAILY}
        contact = {"Alias": "x", "Type": "PERSONAL", "Plan": {"Stages": []}}
        stage = {"DurationInMinutes": 1, "Targets": []}
        create_contact, create_channel = self.lax_contacts.create_contact, self.lax_contacts.create_contact_channel
        create_rotation = self.lax_contacts.create_rotation
        cases = [
            (create_contact, contact | {"Alias": ""}),
            (create_contact, contact | {"Alias": "x" * 256}),
            (create_contact, contact | {"DisplayName": "x" * 256}),
            (create_contact, contact | {"DisplayName": "\u202egnp"}),
            (create_contact, contact | {"Plan": {"Stages": [stage | {"DurationInMinutes": 31}]}}),
            (create_contact, contact | {"Plan": {"Stages": [stage | {"DurationInMinutes": -1}]}}),
            (create_contact, contact | {"Plan": {"Stages": [{"DurationInMinutes": 1}]}}),
            (create_contact, contact | {"IdempotencyToken": "no.dots"}),
            (create_contact, contact | {"Tags": [{"Key": "a b", "Value": "v"}]}),
            (create_contact, contact | {"Tags": [{"Key": "k", "Value": ""}]}),
            (create_channel, channel | {"Name": ""}),
            (create_channel, channel | {"Type": "FAX"}),
            (create_channel, channel | {"DeliveryAddress": {"SimpleAddress": ""}}),
            (create_channel, channel | {"DeliveryAddress": {"SimpleAddress": "+" + "1" * 320}}),
            (create_rotation, rotation | {"Name": "a/b"}),
            (create_rotation, rotation | {"ContactIds": []}),
            (create_rotation, rotation | {"ContactIds": [person] * 31}),
            (create_rotation, rotation | {"TimeZoneId": "Mars/Olympus"}),
            (create_rotation, rotation | {"Recurrence": DAILY | {"NumberOfOnCalls": 0}}),
            (create_rotation, rotation | {"Recurrence": DAILY | {"RecurrenceMultiplier": 101}}),
            (
                create_rotation,
                rotation | {"Recurrence": DAILY | {"DailySettings": [{"HourOfDay": 24, "MinuteOfHour": 0}]}},
            ),
            (self.lax_contacts.list_contacts, {"MaxResults": 1025}),
            (self.lax_contacts.get_contact, {"ContactId": "not-an-arn"}),
            (self.lax_contacts.start_engagement, {"ContactId": person, "Sender": "s", "Subject": "", "Content": "c"}),
            (self.lax_contacts.start_engagement, {"ContactId": person, "Sender": "s", "Subject": "s"}),
        ]
        for call, parameters in cases:
            with self.subTest(call=call.__name__, parameters=str(parameters)[:200]):
                self.refused("ValidationException", call, **parameters)

    def test_an_eleventh_stage_is_over_the_quota(self):
        stages = [{"DurationInMinutes": 1, "Targets": []}] * 11
        plan = self.contacts.create_contact(Alias=self.name, Type="ESCALATION", Plan={"Stages": stages[:10]})
        error = self.refused(
            "ServiceQuotaExceededException",
            self.contacts.update_contact,
            ContactId=plan["ContactArn"],
            Plan={"Stages": stages},
        )
        self.assertEqual(error["QuotaCode"], "L-5AE11799")

    def test_an_unknown_operation_is_called_that(self):
        # No model has it, so the request is changed on its way out.
        lone = client("ssm-contacts")
        lone.meta.events.register(
            "before-call.*", lambda params, **_: params["headers"].update({"X-Amz-Target": "SSMContacts.PageTheMoon"})
        )
        self.refused("UnknownOperationException", lone.list_contacts, declared=False)


class Channels(ContactsCase):
    def test_a_new_channel_gets_a_code_which_no_answer_carries(self):
        person = self.person(self.name)
        channel = self.channel(person)
        (entry,) = arrived(channel, activation=True)
        self.assertRegex(entry["code"], r"\A[0-9]{6}\Z")
        read = self.contacts.get_contact_channel(ContactChannelId=channel)
        listed = self.contacts.list_contact_channels(ContactId=person)
        for answer in (read, listed):
            self.assertNotIn(entry["code"], json.dumps(answer["ContactChannels"] if "ContactChannels" in answer else answer["DeliveryAddress"]))
        self.assertEqual(read["ActivationStatus"], "NOT_ACTIVATED")
        self.assertRegex(channel, rf"\Aarn:aws:ssm-contacts:{REGION}:{OWN_ACCOUNT}:contact-channel/{self.name}/[0-9a-f-]{{36}}\Z")

    def test_a_deferred_channel_gets_its_code_when_asked(self):
        channel = self.channel(self.person(self.name), DeferActivation=True)
        self.assertEqual(arrived(channel, activation=True), [])
        self.contacts.send_activation_code(ContactChannelId=channel)
        self.contacts.activate_contact_channel(ContactChannelId=channel, ActivationCode=self.code(channel))
        self.assertEqual(self.status(channel), "ACTIVATED")

    def test_only_the_newest_code_counts(self):
        channel = self.channel(self.person(self.name))
        first = self.code(channel)
        while True:
            self.contacts.send_activation_code(ContactChannelId=channel)
            if self.code(channel) != first:
                break
        activate = self.contacts.activate_contact_channel
        self.refused("ValidationException", activate, ContactChannelId=channel, ActivationCode=first)
        self.assertEqual(self.status(channel), "NOT_ACTIVATED")
        activate(ContactChannelId=channel, ActivationCode=self.code(channel))
        self.assertEqual(self.status(channel), "ACTIVATED")

    def test_a_wrong_code_is_refused_without_saying_the_right_one(self):
        channel = self.channel(self.person(self.name))
        right = self.code(channel)
        error = self.refused(
            "ValidationException",
            self.contacts.activate_contact_channel,
            ContactChannelId=channel,
            ActivationCode=wrong_code(right),
        )
        self.assertNotIn(right, str(error))
        for malformed in ("12345", "1" * 11, "12345a"):
            self.refused(
                "ValidationException",
                self.lax_contacts.activate_contact_channel,
                ContactChannelId=channel,
                ActivationCode=malformed,
            )

    def test_a_deactivated_channel_comes_back_with_a_fresh_code(self):
        channel = self.channel(self.person(self.name), active=True)
        self.contacts.deactivate_contact_channel(ContactChannelId=channel)
        self.assertEqual(self.status(channel), "NOT_ACTIVATED")
        self.contacts.send_activation_code(ContactChannelId=channel)
        self.contacts.activate_contact_channel(ContactChannelId=channel, ActivationCode=self.code(channel))
        self.assertEqual(self.status(channel), "ACTIVATED")

    def test_a_changed_address_is_no_longer_active_and_keeps_the_arn(self):
        person = self.person(self.name)
        channel = self.channel(person, active=True)
        self.contacts.update_contact_channel(ContactChannelId=channel, Name="renamed")
        self.assertEqual(self.status(channel), "ACTIVATED")
        self.contacts.update_contact_channel(
            ContactChannelId=channel, DeliveryAddress={"SimpleAddress": "+447700900124"}
        )
        (read,) = self.contacts.list_contact_channels(ContactId=person)["ContactChannels"]
        self.assertEqual(read["ContactChannelArn"], channel)
        self.assertEqual(read["Name"], "renamed")
        self.assertEqual(read["DeliveryAddress"], {"SimpleAddress": "+447700900124"})
        self.assertEqual(read["ActivationStatus"], "NOT_ACTIVATED")

    def test_a_deleted_channel_stays_in_the_plan(self):
        person, channel = self.reachable(self.name)
        before = self.contacts.get_contact(ContactId=person)["Plan"]
        self.contacts.delete_contact_channel(ContactChannelId=channel)
        self.assertEqual(self.contacts.get_contact(ContactId=person)["Plan"], before)
        self.assertEqual(self.contacts.list_contact_channels(ContactId=person)["ContactChannels"], [])
        error = self.refused(
            "ResourceNotFoundException", self.contacts.get_contact_channel, ContactChannelId=channel
        )
        self.assertEqual(error["ResourceId"], channel)

    def test_only_people_have_channels(self):
        plan = self.contacts.create_contact(Alias=self.name, Type="ESCALATION", Plan={"Stages": []})["ContactArn"]
        self.refused(
            "ValidationException",
            self.contacts.create_contact_channel,
            ContactId=plan,
            Name="phone",
            Type="SMS",
            DeliveryAddress={"SimpleAddress": "+447700900123"},
        )

    def test_the_same_channel_twice_is_a_conflict(self):
        person = self.person(self.name)
        channel = self.channel(person)
        error = self.refused(
            "ConflictException",
            self.contacts.create_contact_channel,
            ContactId=person,
            Name="sms",
            Type="SMS",
            DeliveryAddress={"SimpleAddress": "+447700900123"},
        )
        self.assertEqual(error["ResourceId"], channel)

    def test_channels_come_in_pages(self):
        person = self.person(self.name)
        made = {self.channel(person, kind, address) for kind, address in [
            ("SMS", "+447700900123"), ("VOICE", "+447700900123"), ("EMAIL", "someone@example.com")
        ]}  # fmt: skip
        listed, pages = every(self.contacts.list_contact_channels, "ContactChannels", ContactId=person, MaxResults=1)
        self.assertEqual({channel["ContactChannelArn"] for channel in listed}, made)
        self.assertEqual(len(listed), 3)
        self.assertGreaterEqual(pages, 3)


class Deletes(ContactsCase):
    def test_a_deleted_person_stays_in_escalation_plans(self):
        person = self.person(f"{self.name}-person")
        target = {"ContactTargetInfo": {"ContactId": person, "IsEssential": True}}
        stages = [{"DurationInMinutes": 5, "Targets": [target]}]
        plan = self.contacts.create_contact(Alias=self.name, Type="ESCALATION", Plan={"Stages": stages})["ContactArn"]
        self.contacts.delete_contact(ContactId=person)
        self.refused("ResourceNotFoundException", self.contacts.get_contact, ContactId=person)
        self.assertEqual(self.contacts.get_contact(ContactId=plan)["Plan"]["Stages"], stages)

    def test_a_member_of_a_rotation_is_not_deleted_and_the_refusal_names_the_rotation(self):
        person, other = self.person(f"{self.name}-a"), self.person(f"{self.name}-b")
        rotation = self.rotation(self.name, [person, other])
        error = self.refused("ConflictException", self.contacts.delete_contact, ContactId=person)
        self.assertEqual(error["ResourceId"], person)
        (dependents,) = error["DependentEntities"]
        self.assertEqual(dependents["DependentResourceIds"], [rotation])
        self.assertTrue(dependents["RelationType"])
        self.contacts.update_rotation(RotationId=rotation, ContactIds=[other], Recurrence=DAILY)
        self.contacts.delete_contact(ContactId=person)

    def test_a_deleted_rotation_leaves_its_schedules(self):
        kept, gone = (self.rotation(f"{self.name}-{n}", [self.person(f"{self.name}-{n}")]) for n in (1, 2))
        schedule = self.contacts.create_contact(
            Alias=self.name, Type="ONCALL_SCHEDULE", Plan={"RotationIds": [gone, kept]}
        )["ContactArn"]
        self.contacts.delete_rotation(RotationId=gone)
        self.assertEqual(self.contacts.get_contact(ContactId=schedule)["Plan"], {"RotationIds": [kept]})
        self.refused("ResourceNotFoundException", self.contacts.get_rotation, RotationId=gone)

    def test_an_alias_used_again_is_the_same_arn(self):
        first = self.person(self.name)
        self.contacts.delete_contact(ContactId=first)
        self.assertEqual(self.person(self.name), first)


class Rotations(ContactsCase):
    def setUp(self):
        self.people = [self.person(f"{self.name}-{letter}") for letter in "abc"]

    def test_a_rotation_is_what_it_was_created_as(self):
        recurrence = {
            "NumberOfOnCalls": 2,
            "RecurrenceMultiplier": 2,
            "WeeklySettings": [{"DayOfWeek": "MON", "HandOffTime": {"HourOfDay": 9, "MinuteOfHour": 30}}],
            "ShiftCoverages": {
                "MON": [{"Start": {"HourOfDay": 8, "MinuteOfHour": 0}, "End": {"HourOfDay": 20, "MinuteOfHour": 0}}]
            },
        }
        start = ahead(days=-3)
        arn = self.rotation(self.name, self.people, Recurrence=recurrence, TimeZoneId="Australia/Sydney", StartTime=start)
        self.assertRegex(arn, rf"\Aarn:aws:ssm-contacts:{REGION}:{OWN_ACCOUNT}:rotation/.+\Z")
        read = self.contacts.get_rotation(RotationId=arn)
        self.assertEqual(read["Name"], self.name)
        self.assertEqual(read["ContactIds"], self.people)
        self.assertEqual(read["Recurrence"], recurrence)
        self.assertEqual(read["TimeZoneId"], "Australia/Sydney")
        self.assertEqual(read["StartTime"], start)

    def test_an_update_needs_the_recurrence_and_keeps_what_it_leaves_out(self):
        arn = self.rotation(self.name, self.people)
        before = self.contacts.get_rotation(RotationId=arn)
        self.refused("ValidationException", self.lax_contacts.update_rotation, RotationId=arn)
        self.contacts.update_rotation(RotationId=arn, ContactIds=self.people[:2], Recurrence=DAILY)
        after = self.contacts.get_rotation(RotationId=arn)
        self.assertEqual(after["ContactIds"], self.people[:2])
        self.assertEqual(after["StartTime"], before["StartTime"])
        self.assertEqual(after["TimeZoneId"], "UTC")

    def test_only_people_rotate(self):
        plan = self.contacts.create_contact(Alias=self.name, Type="ESCALATION", Plan={"Stages": []})["ContactArn"]
        self.refused(
            "ValidationException",
            self.contacts.create_rotation,
            Name=self.name,
            ContactIds=[plan],
            TimeZoneId="UTC",
            Recurrence=DAILY,
        )

    def test_shifts_follow_the_order_of_the_members(self):
        arn = self.rotation(self.name, self.people, StartTime=ahead(days=-1))
        shifts, _ = every(
            self.contacts.list_rotation_shifts, "RotationShifts", RotationId=arn, StartTime=NOW, EndTime=ahead(days=9)
        )
        order = [shift["ContactIds"] for shift in shifts]
        self.assertGreaterEqual(len(order), 9)
        first = self.people.index(order[0][0])
        for number, members in enumerate(order):
            self.assertEqual(members, [self.people[(first + number) % 3]])
        for one, following in zip(shifts, shifts[1:]):
            self.assertEqual(one["EndTime"], following["StartTime"])
            self.assertEqual(one["Type"], "REGULAR")

    def test_a_shift_over_a_clock_change_keeps_its_local_hours(self):
        # Clocks in London go forward on 2027-03-28 and back on 2027-10-31: that day is 23, and then 25 hours long.
        arn = self.rotation(
            self.name, self.people, TimeZoneId="Europe/London", StartTime=dt.datetime(2027, 1, 1, tzinfo=UTC)
        )
        for month, day, hours in [(3, 27, 23), (10, 30, 25), (6, 15, 24)]:
            noon = dt.datetime(2027, month, day, 12, tzinfo=UTC)
            shifts, _ = every(
                self.contacts.list_rotation_shifts,
                "RotationShifts",
                RotationId=arn,
                StartTime=noon,
                EndTime=noon + dt.timedelta(days=1, hours=2),
            )
            lengths = [(shift["EndTime"] - shift["StartTime"]).total_seconds() / 3600 for shift in shifts]
            self.assertIn(hours, lengths, shifts)

    def test_an_override_takes_the_shift_and_names_who_lost_it(self):
        stand_in = self.person(f"{self.name}-stand-in")
        arn = self.rotation(self.name, self.people)
        start, end = ahead(days=2), ahead(days=2, hours=4)
        identifier = self.contacts.create_rotation_override(
            RotationId=arn, NewContactIds=[stand_in], StartTime=start, EndTime=end
        )["RotationOverrideId"]
        read = self.contacts.get_rotation_override(RotationId=arn, RotationOverrideId=identifier)
        self.assertEqual(read["NewContactIds"], [stand_in])
        self.assertEqual((read["StartTime"], read["EndTime"]), (start, end))
        self.assertEqual(read["RotationArn"], arn)
        window = dict(RotationId=arn, StartTime=ahead(days=1), EndTime=ahead(days=4))
        (listed,) = self.contacts.list_rotation_overrides(**window)["RotationOverrides"]
        self.assertEqual(listed["RotationOverrideId"], identifier)
        before = self.contacts.list_rotation_overrides(RotationId=arn, StartTime=ahead(days=-2), EndTime=ahead(days=1))
        self.assertEqual(before.get("RotationOverrides", []), [])
        shifts, _ = every(self.contacts.list_rotation_shifts, "RotationShifts", **window)
        overridden = [shift for shift in shifts if shift["Type"] == "OVERRIDDEN"]
        self.assertTrue(overridden)
        for shift in overridden:
            self.assertEqual(shift["ContactIds"], [stand_in])
            self.assertEqual(len(shift["ShiftDetails"]["OverriddenContactIds"]), 1)
        self.assertEqual(min(shift["StartTime"] for shift in overridden), start)
        self.assertEqual(max(shift["EndTime"] for shift in overridden), end)
        self.contacts.delete_rotation_override(RotationId=arn, RotationOverrideId=identifier)
        shifts, _ = every(self.contacts.list_rotation_shifts, "RotationShifts", **window)
        self.assertEqual({shift["Type"] for shift in shifts}, {"REGULAR"})
        self.refused(
            "ResourceNotFoundException",
            self.contacts.get_rotation_override,
            RotationId=arn,
            RotationOverrideId=identifier,
        )

    def test_an_override_may_name_nobody(self):
        arn = self.rotation(self.name, self.people)
        self.contacts.create_rotation_override(
            RotationId=arn, NewContactIds=[], StartTime=ahead(days=1), EndTime=ahead(days=1, hours=1)
        )
        (listed,) = self.contacts.list_rotation_overrides(
            RotationId=arn, StartTime=NOW, EndTime=ahead(days=3)
        )["RotationOverrides"]
        self.assertEqual(listed["NewContactIds"], [])

    def test_an_override_is_half_an_hour_at_least_and_half_a_year_ahead_at_most(self):
        arn = self.rotation(self.name, self.people)
        for start, end in [
            (ahead(days=1), ahead(days=1, minutes=29)),
            (ahead(days=1), ahead(hours=1)),
            (ahead(days=200), ahead(days=200, hours=2)),
        ]:
            self.refused(
                "ValidationException",
                self.contacts.create_rotation_override,
                RotationId=arn,
                NewContactIds=[self.people[0]],
                StartTime=start,
                EndTime=end,
            )

    def test_shifts_of_no_rotation_are_a_validation_error(self):
        arn = f"arn:aws:ssm-contacts:{REGION}:{OWN_ACCOUNT}:rotation/{uuid.uuid4()}"
        error = self.refused(
            "ValidationException", self.contacts.list_rotation_shifts, RotationId=arn, EndTime=ahead(days=1)
        )
        self.assertIn("Invalid resource Arn", error["Error"]["Message"])

    def test_a_preview_is_what_the_rotation_then_does(self):
        start = ahead(days=-1)
        window = dict(StartTime=NOW, EndTime=ahead(days=7))
        preview, _ = every(
            self.contacts.list_preview_rotation_shifts,
            "RotationShifts",
            Members=self.people,
            TimeZoneId="Asia/Kolkata",
            Recurrence=DAILY,
            RotationStartTime=start,
            Overrides=[],
            **window,
        )
        arn = self.rotation(self.name, self.people, TimeZoneId="Asia/Kolkata", StartTime=start)
        shifts, _ = every(self.contacts.list_rotation_shifts, "RotationShifts", RotationId=arn, **window)
        self.assertEqual(preview, shifts)

    def test_rotations_are_listed_by_prefix_in_pages(self):
        made = {self.rotation(f"{self.name} {number}", self.people) for number in range(3)}
        listed, pages = every(
            self.contacts.list_rotations, "Rotations", RotationNamePrefix=self.name, MaxResults=1
        )
        self.assertEqual({rotation["RotationArn"] for rotation in listed}, made)
        self.assertGreaterEqual(pages, 3)

    def test_thirty_rotate_and_the_list_shows_no_more_than_its_shape_allows(self):
        people = self.people + [self.person(f"{self.name}-{number}") for number in range(27)]
        arn = self.rotation(self.name, people)
        self.assertEqual(self.contacts.get_rotation(RotationId=arn)["ContactIds"], people)
        (listed,) = self.contacts.list_rotations(RotationNamePrefix=self.name)["Rotations"]
        self.assertEqual(listed["ContactIds"], people[:25])

    def test_a_schedule_holds_eight_rotations(self):
        rotations = [self.rotation(f"{self.name}-{number}", self.people) for number in range(9)]
        create = self.contacts.create_contact
        create(Alias=self.name, Type="ONCALL_SCHEDULE", Plan={"RotationIds": rotations[:8]})
        with self.assertRaises(self.contacts.exceptions.ClientError) as caught:
            create(Alias=f"{self.name}-9", Type="ONCALL_SCHEDULE", Plan={"RotationIds": rotations})
        self.assertIn(
            caught.exception.response["Error"]["Code"], ["ServiceQuotaExceededException", "ValidationException"]
        )


class Engagements(ContactsCase):
    def engage(self, contact, **more):
        return self.contacts.start_engagement(
            ContactId=contact, Sender="Test", Subject="Checkout is slow", Content="p95 is 4 s", **more
        )["EngagementArn"]

    def test_a_page_goes_out_is_accepted_and_leaves_receipts(self):
        person, channel = self.reachable(self.name)
        incident = f"arn:aws:ssm-incidents::{OWN_ACCOUNT}:incident-record/plan/{uuid.uuid4()}"
        engagement = self.engage(person, IncidentId=incident, PublicSubject="Slow", PublicContent="Slow")
        read = self.contacts.describe_engagement(EngagementId=engagement)
        self.assertEqual(read["ContactArn"], person)
        self.assertEqual(read["Subject"], "Checkout is slow")
        self.assertEqual(read["PublicSubject"], "Slow")
        self.assertEqual(read["IncidentId"], incident)
        self.assertNotIn("StopTime", read)

        (page,) = self.contacts.list_pages_by_engagement(EngagementId=engagement)["Pages"]
        self.assertEqual((page["ContactArn"], page["EngagementArn"]), (person, engagement))
        (by_contact,) = self.contacts.list_pages_by_contact(ContactId=person)["Pages"]
        self.assertEqual(by_contact["PageArn"], page["PageArn"])
        described = self.contacts.describe_page(PageId=page["PageArn"])
        self.assertEqual(described["Content"], "p95 is 4 s")
        resolutions = self.contacts.list_page_resolutions(PageId=page["PageArn"])["PageResolutions"]
        self.assertEqual(resolutions[-1]["ContactArn"], person)

        (message,) = arrived(channel, activation=False)
        accept = dict(PageId=page["PageArn"], AcceptType="READ", AcceptCodeValidation="ENFORCE", ContactChannelId=channel)
        self.refused("ValidationException", self.contacts.accept_page, AcceptCode=wrong_code(message["code"]), **accept)
        self.contacts.accept_page(AcceptCode=message["code"], Note="on it", **accept)
        receipts = self.contacts.list_page_receipts(PageId=page["PageArn"])["Receipts"]
        self.assertLessEqual({"SENT", "READ"}, {receipt["ReceiptType"] for receipt in receipts})
        self.assertIn("ReadTime", self.contacts.describe_page(PageId=page["PageArn"]))

    def test_any_code_is_accepted_where_its_check_is_switched_off(self):
        person, _ = self.reachable(self.name)
        (page,) = self.contacts.list_pages_by_engagement(EngagementId=self.engage(person))["Pages"]
        self.contacts.accept_page(
            PageId=page["PageArn"], AcceptType="DELIVERED", AcceptCode="000000", AcceptCodeValidation="IGNORE"
        )

    def test_an_inactive_channel_is_never_paged(self):
        person, channel = self.reachable(self.name)
        self.contacts.deactivate_contact_channel(ContactChannelId=channel)
        self.engage(person)
        self.assertEqual(arrived(channel, activation=False), [])

    def test_the_way_from_a_plan_to_a_person_is_told(self):
        person, _ = self.reachable(f"{self.name}-p")
        rotation = self.rotation(self.name, [person])
        schedule = self.contacts.create_contact(
            Alias=f"{self.name}-s", Type="ONCALL_SCHEDULE", Plan={"RotationIds": [rotation]}
        )["ContactArn"]
        target = {"ContactTargetInfo": {"ContactId": schedule, "IsEssential": True}}
        plan = self.contacts.create_contact(
            Alias=self.name, Type="ESCALATION", Plan={"Stages": [{"DurationInMinutes": 5, "Targets": [target]}]}
        )["ContactArn"]
        engagement = self.engage(plan)
        self.assertIn(f":engagement/{self.name}/", engagement)
        (page,) = self.contacts.list_pages_by_engagement(EngagementId=engagement)["Pages"]
        self.assertIn(f":page/{self.name}-p/", page["PageArn"])
        resolutions = self.contacts.list_page_resolutions(PageId=page["PageArn"])["PageResolutions"]
        self.assertEqual(
            [(step["ContactArn"], step["Type"]) for step in resolutions],
            [(plan, "ESCALATION"), (schedule, "ONCALL_SCHEDULE"), (person, "PERSONAL")],
        )

    def test_a_stopped_engagement_has_an_end(self):
        person, _ = self.reachable(self.name)
        engagement = self.engage(person)
        self.contacts.stop_engagement(EngagementId=engagement, Reason="false alarm")
        self.assertIn("StopTime", self.contacts.describe_engagement(EngagementId=engagement))

    def test_engagements_are_listed_by_incident_and_by_time(self):
        person, _ = self.reachable(self.name)
        incident = f"arn:aws:ssm-incidents::{OWN_ACCOUNT}:incident-record/plan/{uuid.uuid4()}"
        mine = {self.engage(person, IncidentId=incident) for _ in range(3)}
        listed, pages = every(self.contacts.list_engagements, "Engagements", IncidentId=incident, MaxResults=1)
        self.assertEqual({engagement["EngagementArn"] for engagement in listed}, mine)
        self.assertGreaterEqual(pages, 3)
        window = {"StartTime": ahead(days=-2), "EndTime": ahead(days=-1)}
        self.assertEqual(self.contacts.list_engagements(IncidentId=incident, TimeRangeValue=window)["Engagements"], [])

    def test_what_is_not_there_is_not_found(self):
        gone = f"arn:aws:ssm-contacts:{REGION}:{OWN_ACCOUNT}:{{}}/{self.name}/{uuid.uuid4()}"
        for call in (self.contacts.describe_engagement, self.contacts.stop_engagement, self.contacts.list_pages_by_engagement):
            self.refused("ResourceNotFoundException", call, EngagementId=gone.format("engagement"))
        for call in (self.contacts.describe_page, self.contacts.list_page_receipts, self.contacts.list_page_resolutions):
            self.refused("ResourceNotFoundException", call, PageId=gone.format("page"))


class TagsAndPolicies(ContactsCase):
    def test_contacts_and_rotations_carry_tags(self):
        person = self.person(self.name, Tags=[{"Key": "team", "Value": "payments"}])
        rotation = self.rotation(self.name, [person])
        for arn, expected in [(person, {"team": "payments"}), (rotation, {})]:
            self.contacts.tag_resource(ResourceARN=arn, Tags=[{"Key": "owner", "Value": "ana@example.com"}])
            expected = expected | {"owner": "ana@example.com"}
            self.assertEqual(self.tags(arn), expected)
            self.contacts.untag_resource(ResourceARN=arn, TagKeys=["owner", "never-there"])
            del expected["owner"]
            self.assertEqual(self.tags(arn), expected)

    def tags(self, arn):
        return {tag["Key"]: tag["Value"] for tag in self.contacts.list_tags_for_resource(ResourceARN=arn).get("Tags", [])}

    def test_the_51st_tag_is_over_the_quota(self):
        person = self.person(self.name)
        self.contacts.tag_resource(ResourceARN=person, Tags=[{"Key": f"k{n}", "Value": "v"} for n in range(50)])
        error = self.refused(
            "ServiceQuotaExceededException",
            self.contacts.tag_resource,
            ResourceARN=person,
            Tags=[{"Key": "one-more", "Value": "v"}],
        )
        self.assertTrue(error["QuotaCode"])
        self.assertTrue(error["ServiceCode"])

    def test_a_contact_is_shared_by_its_policy(self):
        person = self.person(self.name)
        self.assertNotIn("Policy", self.contacts.get_contact_policy(ContactArn=person))
        policy = json.dumps({
            "Version": "2012-10-17",
            "Statement": [{
                "Effect": "Allow",
                "Principal": {"AWS": "444455556666"},
                "Action": ["ssm-contacts:GetContact", "ssm-contacts:StartEngagement"],
                "Resource": [person],
            }],
        })  # fmt: skip
        self.contacts.put_contact_policy(ContactArn=person, Policy=policy)
        read = self.contacts.get_contact_policy(ContactArn=person)
        self.assertEqual(json.loads(read["Policy"]), json.loads(policy))
        self.assertEqual(read["ContactArn"], person)


if __name__ == "__main__":
    unittest.main()
