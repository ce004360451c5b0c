"""The embedded Incident Manager as boto3 sees it: clients whose every answer is held against the service's model."""

import json
import os
import unittest
import urllib.request

# Nothing of the machine's own AWS settings may reach these calls.
for name in [name for name in os.environ if name.startswith("AWS_")]:
    del os.environ[name]
os.environ |= {
    "AWS_CONFIG_FILE": os.devnull,
    "AWS_SHARED_CREDENTIALS_FILE": os.devnull,
    "AWS_ACCESS_KEY_ID": "AKIDEXAMPLE",
    "AWS_SECRET_ACCESS_KEY": "any",
    "AWS_EC2_METADATA_DISABLED": "true",
}

import boto3
import botocore.session
import shapes
from botocore.config import Config
from botocore.exceptions import ClientError

URL = os.environ["CALLSHEET_EMULATOR"]
REGION = "eu-west-1"
OWN_ACCOUNT = "111122223333"

# What the tests drive of ssm-incidents; of ssm-contacts they drive whatever its model lists.
INCIDENT_OPERATIONS = {
    "ListReplicationSets", "GetReplicationSet",
    "ListResponsePlans", "GetResponsePlan", "CreateResponsePlan", "UpdateResponsePlan", "DeleteResponsePlan",
    "ListTagsForResource", "TagResource", "UntagResource",
    "GetResourcePolicies", "PutResourcePolicy", "DeleteResourcePolicy",
    "StartIncident", "ListIncidentRecords", "GetIncidentRecord",
    "ListTimelineEvents", "GetTimelineEvent", "CreateTimelineEvent",
    "ListRelatedItems", "UpdateRelatedItems",
}  # fmt: skip

# Operations that have been answered with success by now, as (service, operation).
answered = set()


def operations(service):
    """Returns the names of all operations in the service's published model."""
    return set(botocore.session.get_session().get_service_model(service).operation_names)


def client(service, checks_parameters=True, url=URL):
    """Returns a client that raises on an answer which the service's model does not allow.

    Without the check of its parameters a client sends what the model forbids, so that the service has to refuse it.
    """
    made = boto3.client(
        service,
        endpoint_url=url,
        region_name=REGION,
        config=Config(parameter_validation=checks_parameters, retries={"total_max_attempts": 1}),
    )
    made.meta.events.register("after-call.*", _hold_against_model)
    return made


def _hold_against_model(http_response, parsed, model, **_):
    service = model.service_model.service_name
    # STS speaks XML, which botocore's parser has to be trusted with.
    if service == "sts":
        found = []
    elif http_response.status_code < 300:
        found = _success_faults(http_response, model)
    else:
        found = _error_faults(http_response, parsed, model)
    if found:
        raise AssertionError(f"{service} {model.name}: " + "; ".join(found))
    if http_response.status_code < 300:
        answered.add((service, model.name))


def _success_faults(http_response, model):
    # Only the REST model names a status; for the other protocol it is always 200.
    status = model.http.get("responseCode", 200)
    found = [] if http_response.status_code == status else [f"status {http_response.status_code}, not {status}"]
    if status == 204:
        return found + (["a body with 204"] if http_response.content else [])
    return found + shapes.faults(model.output_shape, json.loads(http_response.content))


def _error_faults(http_response, parsed, model):
    code = parsed["Error"]["Code"]
    declared = {shape.name: shape for shape in model.error_shapes}
    if code not in declared:
        return []  # `refused` looks at these.
    body = json.loads(http_response.content)
    body.pop("__type", None)
    return shapes.faults(declared[code], body)


class EmulatorCase(unittest.TestCase):
    """A test against the emulator. Tests share one account, so each names what it makes after itself."""

    maxDiff = None

    @classmethod
    def setUpClass(cls):
        cls.contacts = client("ssm-contacts")
        cls.lax_contacts = client("ssm-contacts", checks_parameters=False)
        cls.incidents = client("ssm-incidents")
        cls.lax_incidents = client("ssm-incidents", checks_parameters=False)

    def refused(self, code, call, /, declared=True, **parameters):
        """Asserts that the call is refused with `code`, and returns the error as botocore parsed it."""
        with self.assertRaises(ClientError) as caught:
            call(**parameters)
        error = caught.exception.response
        self.assertEqual(error["Error"]["Code"], code, error)
        model = call.__self__.meta.service_model.operation_model(caught.exception.operation_name)
        if declared:
            self.assertIn(code, [shape.name for shape in model.error_shapes])
        return error

    def refused_field(self, field, call, /, **parameters):
        """Asserts that the call is refused because of this one field."""
        error = self.refused("ValidationException", call, **parameters)
        self.assertEqual(error["Reason"], "FIELD_VALIDATION_FAILED", error)
        self.assertIn(field.lower(), [entry["Name"].lower() for entry in error["Fields"]], error)

    @property
    def name(self):
        """Returns a name that no other test uses, fit for an alias."""
        return self.id().rsplit(".", 1)[1].removeprefix("test_")[:60]


def every(call, key, /, **parameters):
    """Returns all items of a paginated operation, and the number of pages they came in."""
    items, pages, seen, token = [], 0, set(), {}
    while True:
        answer = call(**parameters, **token)
        items += answer.get(key, [])
        pages += 1
        following = answer.get("NextToken") or answer.get("nextToken")
        if not following:
            return items, pages
        assert following not in seen, "a token came twice"
        seen.add(following)
        token = {"NextToken" if "NextToken" in answer else "nextToken": following}


def arrived(channel, activation):
    """Returns what has arrived on a channel, oldest first: activation codes, or else pages."""
    with urllib.request.urlopen(f"{URL}/_emulator/outbox") as answer:
        entries = json.load(answer)
    return [
        entry
        for entry in entries
        if entry["channel"] == channel and ("activation code" in entry["text"]) == activation
    ]


def wrong_code(right):
    """Returns a code of six digits that is not the right one."""
    return f"{(int(right) + 1) % 1000000:06}"


def assert_all_answered(service, wanted):
    """Asserts that every wanted operation of a service has been answered with success."""
    missing = sorted(wanted - {name for spoken, name in answered if spoken == service})
    assert not missing, f"not driven: {service} {missing}"
