"""boto3's own paginators, against pages of one item, an empty first page, and the other column of HTTP statuses."""

import unittest

from account import OWN_ACCOUNT, REGION, EmulatorCase


class Paging(EmulatorCase):
    def test_every_paginator_finds_every_item(self):
        arns = []
        for number in range(3):
            made = self.contacts.create_contact(Alias=f"person-{number}", Type="PERSONAL", Plan={"Stages": []})
            arns.append(made["ContactArn"])
            self.contacts.create_contact_channel(
                ContactId=arns[0],
                Name=f"channel {number}",
                Type="SMS",
                DeliveryAddress={"SimpleAddress": f"+44770090000{number}"},
            )
            self.incidents.create_response_plan(name=f"plan-{number}", incidentTemplate={"title": "t", "impact": 1})
            self.contacts.start_engagement(ContactId=arns[0], Sender="s", Subject="s", Content="c")
        for client, operation, key, parameters in [
            (self.contacts, "list_contacts", "Contacts", {"AliasPrefix": "person"}),
            (self.contacts, "list_contact_channels", "ContactChannels", {"ContactId": arns[0]}),
            (self.contacts, "list_engagements", "Engagements", {}),
            (self.incidents, "list_response_plans", "responsePlanSummaries", {}),
        ]:
            with self.subTest(operation=operation):
                pages = list(client.get_paginator(operation).paginate(**parameters))
                self.assertEqual(sum(len(page.get(key, [])) for page in pages), 3)
                self.assertGreaterEqual(len(pages), 4)
                self.assertEqual(pages[0].get(key, []), [])

    def test_errors_keep_their_type_under_the_other_status(self):
        arn = f"arn:aws:ssm-contacts:{REGION}:{OWN_ACCOUNT}:contact/nobody"
        error = self.refused("ResourceNotFoundException", self.contacts.get_contact, ContactId=arn)
        self.assertEqual(error["ResponseMetadata"]["HTTPStatusCode"], 404)
        self.contacts.create_contact(Alias="twice", Type="PERSONAL", Plan={"Stages": []})
        error = self.refused(
            "ConflictException", self.contacts.create_contact, Alias="twice", Type="ESCALATION", Plan={"Stages": []}
        )
        self.assertEqual(error["ResponseMetadata"]["HTTPStatusCode"], 409)


if __name__ == "__main__":
    unittest.main()
