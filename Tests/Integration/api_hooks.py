"""What schemathesis cannot know: loaded by its runs (see api_checks.toml), never by a test.

Each hook makes a request get further than chance would: past a signature, past the version of what
is edited. None turns a refusal into something else.
"""

import json
import os
import time

import requests
import schemathesis
from webhooks import signature

ADDRESS = os.environ["CALLMATCH_TEST_ADDRESS"]
ADMINISTRATOR = os.environ["CALLMATCH_TEST_ADMINISTRATOR"]
SOURCE = os.environ["CALLMATCH_TEST_SOURCE"]
SECRET = os.environ["CALLMATCH_TEST_SECRET"]
CTI_TOKEN = os.environ["CALLMATCH_TEST_CTI_TOKEN"]

VERSIONED = {
    "PUT /api/v1/admin/matching": lambda answer: answer["version"],
    "PUT /api/v1/admin/call-log": lambda answer: answer["version"],
    "PATCH /api/v1/records/{kind}/{id}": lambda answer: answer["record"]["version"],
}


@schemathesis.hook
def before_call(context, case, kwargs) -> None:
    label = case.operation.label
    if label == "DELETE /api/v1/session":
        sign_out_somebody_else(case)
    elif label in VERSIONED:
        name_the_current_version(case, VERSIONED[label])
    elif label == "POST /api/v1/events/{source}":
        sign(case)
    elif label == "POST /api/v1/cti/{token}" and case.method == "POST":
        case.path_parameters["token"] = CTI_TOKEN


def sign_out_somebody_else(case) -> None:
    """A run that ends its own session would see nothing but 401 from there on."""
    if "Authorization" not in case.headers:
        return
    headers = {"Authorization": f"Bearer {ADMINISTRATOR}", "X-CallMatch": "1"}
    address = f"{ADDRESS}/api/v1/admin/people/admin/link"
    link = requests.post(address, headers=headers, timeout=30).json()["url"]
    answer = requests.get(link, allow_redirects=False, timeout=30)
    token = answer.headers["Set-Cookie"].split(";")[0].removeprefix("__Host-s=")
    case.headers["Authorization"] = f"Bearer {token}"


def name_the_current_version(case, version) -> None:
    if not isinstance(case.body, dict) or "version" not in case.body:
        return
    address = ADDRESS + case.formatted_path
    headers = {"Authorization": case.headers.get("Authorization", "")}
    answer = requests.get(address, headers=headers, timeout=30)
    if answer.status_code == 200 and "activity" not in answer.json():
        case.body["version"] = version(answer.json())


def sign(case) -> None:
    """Signs what has a form that can be signed, so that what is inside is read."""
    if case.media_type != "application/json" or case.method != "POST":
        return
    try:
        body = json.dumps(case.body, allow_nan=False).encode()
    except (TypeError, ValueError):
        return
    names = ("webhook-id", "webhook-timestamp", "webhook-signature")
    if any(name not in case.headers for name in names):
        return
    message, timestamp = str(case.headers["webhook-id"]), str(int(time.time()))
    case.path_parameters["source"] = SOURCE
    case.headers["webhook-timestamp"] = timestamp
    case.headers["webhook-signature"] = signature(SECRET, message, timestamp, body)
