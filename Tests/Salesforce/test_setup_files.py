"""What an administrator deploys and copies: well-formed, whole, and no right more than is needed."""

import re
from pathlib import Path
from xml.etree import ElementTree

import pytest
import yaml

import describe
import kinds

DOCS = Path(__file__).resolve().parents[2] / "Docs"
FOLDER = DOCS / "salesforce"
SPACE = "{http://soap.sforce.com/2006/04/metadata}"
FILES = sorted(file.relative_to(FOLDER).as_posix() for file in FOLDER.rglob("*") if file.is_file())
SETS = [file for file in FILES if file.startswith("permissionsets/")]

# What CallMatch reads of each kind. Fields that every user may see are left out below.
PEOPLE = ("Contact", "Lead", "Account")
READ = {
    "Contact": "AccountId Email Name OwnerId Title",
    "Lead": "Company Email Name OwnerId Title",
    "Account": "Name OwnerId",
    "Opportunity": "AccountId Amount CloseDate ContactId IsClosed Name StageName",
    "Case": "AccountId CaseNumber ClosedDate ContactId IsClosed Priority Status Subject",
}
WRITTEN = (
    "ActivityDate CallDisposition CallDurationInSeconds CallObject CallType Description OwnerId Priority Status Subject"
    " TaskSubtype Type WhatId WhoId"
)
OWN = {"Task.CallMatchKey__c", "Task.CallMatchVersion__c"}


def parsed(file: str) -> ElementTree.Element:
    return ElementTree.parse(FOLDER / file).getroot()


def texts(element: ElementTree.Element) -> dict[str, str]:
    """The names and texts of what stands in it."""
    return {child.tag.removeprefix(SPACE): child.text for child in element}


def listed(file: str, name: str) -> list[dict[str, str]]:
    return [texts(element) for element in parsed(file).findall(SPACE + name)]


def enabled(file: str) -> set[str]:
    return {right["name"] for right in listed(file, "userPermissions") if right["enabled"] == "true"}


def controlled(kind: str, names: str) -> set[str]:
    """Those of these fields that a permission set can open; there is an error for the others."""
    fields = {each.name: each for each in describe.read(kinds.FIELDS[kind])}
    return {f"{kind}.{name}" for name in names.split() if fields[name].permissionable}


def phones(kind: str) -> str:
    names = [each.name for each in describe.read(kinds.FIELDS[kind]) if each.type == "phone"]
    return " ".join(name for name in names if not name.endswith("Fax"))


@pytest.mark.parametrize("file", FILES)
def test_each_file_is_metadata(file):
    root = parsed(file)
    assert {element.tag.startswith(SPACE) for element in root.iter()} == {True}
    order = [element.tag for element in root]
    assert order == sorted(order, key=order.index), "equal elements stand together, else Salesforce takes none of them"


def test_the_package_names_what_is_there():
    named = {
        group.find(f"{SPACE}name").text: [member.text for member in group.findall(f"{SPACE}members")]
        for group in parsed("package.xml").findall(f"{SPACE}types")
    }
    fields = [f"Activity.{field['fullName']}" for field in listed("objects/Activity.object", "fields")]
    assert named == {"CustomField": fields, "PermissionSet": [Path(file).stem for file in SETS]}
    # The whole folder is sent: nothing lies in it that the package does not name.
    assert set(FILES) == {"package.xml", "objects/Activity.object", *SETS}
    assert {Path(file).suffix for file in SETS} == {".permissionset"}


def test_the_key_is_there_once_and_found_by_an_upsert():
    key, version = listed("objects/Activity.object", "fields")
    wanted = {"type": "Text", "length": "64", "externalId": "true", "unique": "true", "caseSensitive": "false"}
    assert key["fullName"] == "CallMatchKey__c" and wanted.items() <= key.items()
    wanted = {"type": "Number", "scale": "0", "externalId": "false", "unique": "false"}
    assert version["fullName"] == "CallMatchVersion__c" and wanted.items() <= version.items()
    # Other activities have neither.
    assert [field["required"] for field in (key, version)] == ["false", "false"]


def test_the_integration_user_reads_every_record_and_changes_none_but_activities():
    rights = {right.pop("object"): right for right in listed(SETS[0], "objectPermissions")}
    assert set(rights) == {*PEOPLE, "Opportunity", "Case"}
    for right in rights.values():
        assert {name for name, value in right.items() if value == "true"} == {"allowRead", "viewAllRecords"}
        assert len(right) == 6
    assert enabled(SETS[0]) == {"ActivitiesAccess", "ApiEnabled", "EditTask"}


def test_the_integration_user_has_the_fields_that_are_read_and_written_and_no_others():
    fields = listed(SETS[0], "fieldPermissions")
    assert {field["readable"] for field in fields} == {"true"}
    opened = [field["field"] for field in fields]
    assert len(opened) == len(set(opened))
    writable = {field["field"] for field in fields if field["editable"] == "true"}
    assert writable == controlled("Task", WRITTEN) | OWN
    wanted = [controlled(kind, names) for kind, names in READ.items()]
    wanted += [controlled(kind, phones(kind)) for kind in PEOPLE]
    assert set(opened) - writable == set().union(*wanted)


def test_an_agent_gets_the_api_and_nothing_else():
    assert enabled("permissionsets/CallMatchAgent.permissionset") == {"ApiEnabled"}
    names = {element.tag.removeprefix(SPACE) for element in parsed("permissionsets/CallMatchAgent.permissionset")}
    assert names == {"description", "hasActivationRequired", "label", "userPermissions"}


def test_the_settings_of_the_guide_are_yaml_and_name_the_fields():
    guide = (DOCS / "salesforce-setup.md").read_text(encoding="utf-8")
    blocks = [yaml.safe_load(text) for text in re.findall(r"```yaml\n(.*?)```", guide, re.DOTALL)]
    (settings,) = [block["crm"]["salesforce"] for block in blocks if "crm" in block]
    assert settings["kind"] == "salesforce"
    assert {settings["key-field"], settings["version-field"]} == {name.removeprefix("Task.") for name in OWN}
    assert isinstance(settings["api-version"], str), "67.0 without quotation marks is a number"
    assert settings["api-version"] == parsed("package.xml").find(f"{SPACE}version").text
