"""What the org says about its kinds of records, to each user what that user may see."""

import re
from dataclasses import dataclass, field

import kinds

SOAP_TYPES = {
    "id": "tns:ID", "reference": "tns:ID", "boolean": "xsd:boolean", "datetime": "xsd:dateTime", "date": "xsd:date",
    "int": "xsd:int", "double": "xsd:double", "currency": "xsd:double", "percent": "xsd:double",
}  # fmt: skip
NUMBERS = ("int", "double", "currency", "percent")
LENGTHS = {"phone": 40, "string": 255, "email": 80, "textarea": 32000, "picklist": 255}
NAME_PARTS = ("Name", "FirstName", "LastName", "Salutation")
PERSONS = {"Contact": "personname", "Lead": "personname", "User": "personname", "Account": "switchablepersonname"}

# What a describe says of every field that we have.
NEVER = dict.fromkeys(
    "aiPredictionField calculated cascadeDelete dependentPicklist deprecatedAndHidden displayLocationInDecimal"
    " encrypted formulaTreatNullNumberAsZero highScaleNumber htmlFormatted queryByDistance restrictedDelete"
    " searchPrefilterable writeRequiresMasterRead".split(),
    False,
)
NOTHING = dict.fromkeys(
    "calculatedFormula compoundFieldName controllerName defaultValueFormula filteredLookupInfo inlineHelpText mask"
    " maskType referenceTargetField relationshipOrder".split()
)
ABILITIES = (
    "createable updateable deletable queryable searchable mergeable undeletable triggerable replicateable retrieveable"
    " layoutable feedEnabled mruEnabled"
).split()


@dataclass
class Field:
    name: str
    type: str
    length: int = 0
    label: str = ""
    flags: set[str] = field(default_factory=set)
    references: tuple[str, ...] = ()
    relationship: str | None = None
    values: list[str] = field(default_factory=list)
    default: object = None
    numbers: tuple[int, int, int] = (0, 0, 0)
    custom: bool = False
    external_id: bool = False
    unique: bool = False
    case_sensitive: bool = False
    # What describe calls the extra type: of the parts of a person's name.
    extra: str | None = None

    def __getattr__(self, flag: str) -> bool:
        """A flag by the name that describe has for it: `field.createable`."""
        if flag in kinds.FLAGS.values():
            return flag in self.flags
        raise AttributeError(flag)

    @property
    def absent(self):
        """What a record has that does not have the field."""
        return False if self.type == "boolean" else None

    def told(self, read_only: bool = False) -> dict:
        digits, precision, scale = self.numbers
        text = self.type not in ("boolean", "datetime", "date", *NUMBERS)
        told = {flag: flag in self.flags for flag in kinds.FLAGS.values()}
        if read_only:
            told |= {"createable": False, "updateable": False}
        by_default = self.default if self.type != "boolean" else False
        return {
            **NEVER, **NOTHING, **told,
            "aggregatable": self.filterable and self.type != "boolean", "byteLength": self._bytes() if text else 0,
            "caseSensitive": self.case_sensitive, "custom": self.custom, "defaultValue": by_default,
            "digits": digits, "externalId": self.external_id,
            "extraTypeInfo": self.extra or ("plaintextarea" if self.type == "textarea" else None),
            "label": self.label or self.name, "length": self.length, "name": self.name,
            "namePointing": self.polymorphicForeignKey,
            "picklistValues": [
                {"active": True, "defaultValue": value == self.default, "label": value, "validFor": None,
                 "value": value}
                for value in self.values
            ],
            "precision": precision, "referenceTo": list(self.references), "relationshipName": self.relationship,
            "scale": scale, "soapType": SOAP_TYPES.get(self.type, "xsd:string"), "type": self.type,
            "unique": self.unique,
        }  # fmt: skip

    def _bytes(self) -> int:
        return self.length if self.type in ("id", "reference") else self.length * 3


def read(lines: str) -> list[Field]:
    """The fields of a table of `kinds`."""
    found = []
    for line in filter(None, lines.splitlines()):
        name, shape, label, *rest = (part.strip() for part in line.split(" | "))
        kind, length, *flags = shape.split()
        read = Field(name, kind, int(length), label, {kinds.FLAGS[letter] for letter in "".join(flags)})
        extra, _, default = (rest[0] if rest else "").partition(" *")
        read.default = default or None
        if extra.startswith(">"):
            targets, _, relationship = extra[1:].partition(":")
            read.references, read.relationship = tuple(targets.split(",")), relationship or None
        elif extra.startswith("="):
            read.values = extra[1:].split(";")
        elif extra.startswith("#"):
            read.numbers = tuple(int(part) for part in extra[1:].split(","))
        found.append(read)
    return found


class Kind:
    """One kind of record: `Contact`, `Task`."""

    def __init__(self, name: str):
        self.name = name
        self.prefix, self.label, self.plural, cannot = kinds.KINDS[name]
        self.abilities = {ability: ability not in cannot.split() for ability in ABILITIES}
        self.fields: dict[str, Field] = {}
        self._by_name: dict[str, Field] = {}
        self._by_relationship: dict[str, Field] = {}
        own = kinds.FIELDS[name]
        for found in read(own if name == "UserRecordAccess" else kinds.SYSTEM + own):
            if found.name == "Id":
                found.label = f"{self.label} ID"
            self.add(found)

    def add(self, added: Field) -> None:
        if added.name in NAME_PARTS:
            added.extra = PERSONS.get(self.name)
        self.fields[added.name] = added
        self._by_name[added.name.lower()] = added
        if added.relationship:
            self._by_relationship[added.relationship.lower()] = added

    def field(self, name: str) -> Field | None:
        """By its name, in whatever case."""
        return self._by_name.get(name.lower())

    def reference(self, relationship: str) -> Field | None:
        return self._by_relationship.get(relationship.lower())

    def told(self, version: str, rights, user: str | None) -> dict:
        """The short description, as the list of all kinds has it."""
        base = f"/services/data/{version}/sobjects/{self.name}"
        told = {
            "activateable": False, "associateEntityType": None, "associateParentEntity": None, "custom": False,
            "customSetting": False, "deepCloneable": False, "deprecatedAndHidden": False, "hasSubtypes": False,
            "isInterface": False, "isSubtype": False, "keyPrefix": self.prefix, "label": self.label,
            "labelPlural": self.plural, "name": self.name, **self.abilities,
            "urls": {"sobject": base, "describe": f"{base}/describe", "rowTemplate": base + "/{ID}"},
        }  # fmt: skip
        for ability, action in (("createable", "create"), ("updateable", "update"), ("deletable", "delete")):
            told[ability] = told[ability] and not rights.forbids(user, self.name, action)
        return told

    def described(self, version: str, rights, user: str | None) -> dict:
        """The whole description."""
        fields = [
            each.told(rights.is_read_only(user, self.name, each.name))
            for each in self.fields.values()
            if not rights.hides(user, self.name, each.name)
        ]
        children = [
            {"cascadeDelete": False, "childSObject": child, "deprecatedAndHidden": False, "field": by,
             "junctionIdListNames": [], "junctionReferenceTo": [], "relationshipName": name, "restrictedDelete": False}
            for parent, name, child, by in kinds.CHILDREN if parent == self.name
        ]  # fmt: skip
        return self.told(version, rights, user) | {
            "actionOverrides": [], "childRelationships": children, "fields": fields,
            "namedLayoutInfos": [], "recordTypeInfos": self._record_types(), "supportedScopes": [],
        }  # fmt: skip

    def _record_types(self) -> list[dict]:
        return [
            {"active": True, "available": True, "defaultRecordTypeMapping": True, "developerName": "Master",
             "master": True, "name": "Master", "recordTypeId": "012000000000000AAA", "urls": {}}
        ]  # fmt: skip


class Schema:
    """All kinds of the org. A test adds fields of its own."""

    def __init__(self):
        self.kinds = {name: Kind(name) for name in kinds.KINDS}
        self._names = {name.lower(): name for name in self.kinds}
        self.by_prefix = {kind.prefix: kind for kind in self.kinds.values() if kind.prefix}
        self.has_person_accounts = False

    def kind(self, name: str) -> Kind | None:
        return self.kinds.get(self._names.get(name.lower(), ""))

    def kind_of(self, record_id: str) -> str | None:
        """Ids say of which kind the record is."""
        kind = self.by_prefix.get(record_id[:3])
        return kind and kind.name

    def add_custom(self, kind: str, name: str, type: str, **about) -> Field:
        """Besides what `Field` has: flags by the name of describe (`createable=False`)."""
        assert re.fullmatch(r"\w+__p?c", name), f"{name} is no name of a custom field"
        flags = set(kinds.FLAGS.values()) - set(
            "defaultedOnCreate idLookup nameField autoNumber restrictedPicklist polymorphicForeignKey".split()
        )
        for flag in kinds.FLAGS.values():
            if flag in about:
                (flags.add if about.pop(flag) else flags.discard)(flag)
        length = about.pop("length", LENGTHS.get(type, 0))
        added = Field(name, type, length, about.pop("label", name), flags, custom=True, **about)
        if added.external_id:
            added.flags.add("idLookup")
        self.kinds[kind].add(added)
        return added

    def add_person_accounts(self) -> None:
        self.has_person_accounts = True
        for name, table in (("Account", kinds.PERSON_ACCOUNT), ("Contact", kinds.PERSON_CONTACT)):
            for added in read(table):
                self.kinds[name].add(added)
        self.kinds["Account"].fields["Name"].flags.add("nillable")
