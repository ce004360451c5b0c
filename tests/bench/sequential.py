"""Reads what a load of callsheet reads, one call after another, as a script of an afternoon would.

Usage: sequential.py URL. Prints the number of calls and the seconds they took.
"""

import datetime
import sys
import time

import boto3
from botocore.config import Config

url = sys.argv[1]
settings = dict(
    endpoint_url=url,
    region_name="eu-west-1",
    aws_access_key_id="test",
    aws_secret_access_key="test",
    config=Config(retries={"max_attempts": 1}),
)
contacts = boto3.client("ssm-contacts", **settings)
incidents = boto3.client("ssm-incidents", **settings)
calls = 0


def count(**_):
    global calls
    calls += 1


for client in (contacts, incidents):
    client.meta.events.register("before-call", count)

now = datetime.datetime.now(datetime.timezone.utc)
started = time.monotonic()
for arn in incidents.list_replication_sets()["replicationSetArns"]:
    incidents.get_replication_set(arn=arn)
for page in contacts.get_paginator("list_contacts").paginate():
    for contact in page["Contacts"]:
        contacts.get_contact(ContactId=contact["ContactArn"])
        if contact["Type"] == "PERSONAL":
            list(contacts.get_paginator("list_contact_channels").paginate(ContactId=contact["ContactArn"]))
for page in contacts.get_paginator("list_rotations").paginate():
    for rotation in page["Rotations"]:
        window = dict(RotationId=rotation["RotationArn"], StartTime=now)
        shifts = contacts.get_paginator("list_rotation_shifts")
        list(shifts.paginate(EndTime=now + datetime.timedelta(days=14), **window))
        overrides = contacts.get_paginator("list_rotation_overrides")
        list(overrides.paginate(EndTime=now + datetime.timedelta(days=184), **window))
for page in incidents.get_paginator("list_response_plans").paginate():
    for plan in page["responsePlanSummaries"]:
        incidents.get_response_plan(arn=plan["arn"])
print(calls, time.monotonic() - started)
