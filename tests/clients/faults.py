"""What boto3 makes of an Incident Manager that misbehaves, and how its own retries get past it."""

import json
import unittest
import urllib.request

from account import REGION, URL, EmulatorCase, boto3
from botocore.config import Config
from botocore.exceptions import ClientError, ConnectionClosedError, HTTPClientError


def back_door(method, path, body=None):
    """Calls the emulator's back door."""
    data = None if body is None else json.dumps(body).encode()
    request = urllib.request.Request(f"{URL}/_emulator/{path}", data=data, method=method)
    with urllib.request.urlopen(request) as answer:
        return json.load(answer)


class Faults(EmulatorCase):
    def setUp(self):
        self.addCleanup(back_door, "DELETE", "faults")

    def fault(self, *texts):
        back_door("POST", "faults", list(texts))

    def error(self, call, **parameters):
        with self.assertRaises(ClientError) as caught:
            call(**parameters)
        return caught.exception.response

    def test_faults_of_the_model_come_as_their_types(self):
        for kind, code, status in [
            ("throttle=400", "ThrottlingException", 400),
            ("throttle=429", "ThrottlingException", 429),
            ("access-denied", "AccessDeniedException", 400),
            ("internal-server=7", "InternalServerException", 500),
        ]:
            with self.subTest(kind=kind):
                self.fault(f"ListContacts:{kind}:1")
                error = self.error(self.contacts.list_contacts)
                self.assertEqual(error["Error"]["Code"], code)
                self.assertEqual(error["ResponseMetadata"]["HTTPStatusCode"], status)
                self.contacts.list_contacts()

    def test_the_advice_when_to_come_back_is_in_the_body(self):
        self.fault("ListContacts:internal-server=7:1")
        self.assertEqual(self.error(self.contacts.list_contacts)["RetryAfterSeconds"], 7)

    def test_an_error_of_no_model_is_still_an_error_with_a_name(self):
        self.fault("ListContacts:unknown-error-type:1", "ListContacts:expired-credentials:1")
        codes = {self.error(self.contacts.list_contacts)["Error"]["Code"] for _ in range(2)}
        self.assertIn("ExpiredTokenException", codes)
        self.assertEqual(len(codes), 2)

    def test_a_page_of_html_is_a_500_without_a_type(self):
        lone = client_with_attempts(1)
        self.fault("ListContacts:html-500:1")
        with self.assertRaises(ClientError) as caught:
            lone.list_contacts()
        self.assertEqual(caught.exception.response["ResponseMetadata"]["HTTPStatusCode"], 500)

    def test_a_dropped_connection_and_a_cut_answer_are_errors_of_the_network(self):
        lone = client_with_attempts(1)
        self.fault("ListContacts:reset:1")
        self.assertRaises(ConnectionClosedError, lone.list_contacts)
        self.fault("ListContacts:cut-answer:1")
        self.assertRaises(HTTPClientError, lone.list_contacts)

    def test_boto3s_own_retries_get_through(self):
        for kind in ("throttle=400", "throttle=429", "html-500", "reset"):
            with self.subTest(kind=kind):
                self.fault(f"ListContacts:{kind}:2")
                retried = client_with_attempts(4).list_contacts()["ResponseMetadata"]["RetryAttempts"]
                self.assertEqual(retried, 2)

    def test_one_person_can_be_denied_to_a_role(self):
        for alias in ("open", "closed"):
            self.contacts.create_contact(Alias=alias, Type="PERSONAL", Plan={"Stages": []})
        arn = "arn:aws:ssm-contacts:eu-west-1:111122223333:contact/{}".format
        self.fault("GetContact:access-denied:on=contact/closed")
        self.contacts.get_contact(ContactId=arn("open"))
        error = self.error(self.contacts.get_contact, ContactId=arn("closed"))
        self.assertIn("ssm-contacts:GetContact", error["Error"]["Message"])

    def test_a_lost_token_is_refused(self):
        for number in range(3):
            self.contacts.create_contact(Alias=f"lost-{number}", Type="PERSONAL", Plan={"Stages": []})
        self.fault("ListContacts:lost-token:1")
        token = self.contacts.list_contacts(AliasPrefix="lost", MaxResults=1)["NextToken"]
        self.refused("ValidationException", self.contacts.list_contacts, NextToken=token)


def client_with_attempts(attempts):
    """Returns a client whose answers are not held against the model, as with a misbehaving service they may not fit."""
    return boto3.client(
        "ssm-contacts",
        endpoint_url=URL,
        region_name=REGION,
        config=Config(retries={"total_max_attempts": attempts, "mode": "standard"}),
    )


if __name__ == "__main__":
    unittest.main()
