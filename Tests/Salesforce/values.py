"""A value of a JSON body as the field has it, or why not."""

import re

from clock import milliseconds
from describe import NUMBERS, Field
from records import Store, long_id, whole_id
from refusal import Refusal, written

DAY = re.compile(r"\d{4}-(0[1-9]|1[0-2])-(0[1-9]|[12]\d|3[01])")
ADDRESS = re.compile(r"[^@\s,;]+@[^@\s,;]+\.[^@\s,;]+")


def cannot_read(field: Field, value: object) -> Refusal:
    """The reader of JSON speaks of its own types."""
    said = {bool: "VALUE_TRUE", dict: "START_OBJECT", list: "START_ARRAY", str: "VALUE_STRING"}.get(
        type(value), "VALUE_NUMBER"
    )
    wanted = {"boolean": "boolean", "int": "int", "datetime": "datetime", "date": "date"}.get(field.type, "string")
    wanted = "double" if field.type in NUMBERS[1:] else wanted
    shown = "" if isinstance(value, dict | list) else f" value {value}"
    return Refusal("JSON_PARSER_ERROR", f"Cannot deserialize instance of {wanted} from {said}{shown}")


def taken(store: Store, field: Field, value: object) -> object:
    """The value as rows have it; an empty text is null."""
    if value is None or value == "":
        return None
    if field.type == "boolean":
        if not isinstance(value, bool):
            raise cannot_read(field, value)
        return value
    if field.type in NUMBERS:
        return _number(field, value)
    if isinstance(value, dict | list | bool):
        raise cannot_read(field, value)
    text = str(value)
    if field.type == "datetime":
        return _moment(field, text)
    if field.type == "date":
        if not DAY.match(text):
            raise cannot_read(field, value)
        return text[:10]
    if field.type in ("reference", "id"):
        return _reference(store, field, text)
    return _text(field, text)


def _number(field: Field, value: object) -> float | int:
    try:
        if isinstance(value, bool | dict | list):
            raise ValueError
        number = float(value)
        if field.type == "int" and number != int(number):
            raise ValueError
    except (ValueError, OverflowError):
        raise cannot_read(field, value) from None
    digits = field.numbers[0] if field.type == "int" else field.numbers[1] - field.numbers[2]
    if digits and abs(number) >= 10**digits:
        raise written(
            "NUMBER_OUTSIDE_VALID_RANGE",
            f"{field.label}: value outside of valid range on numeric field: {value}",
            field.name,
        )
    return int(number) if field.type == "int" else number


def _moment(field: Field, text: str) -> int:
    try:
        return milliseconds(text) // 1000 * 1000
    except ValueError:
        raise cannot_read(field, text) from None


def _reference(store: Store, field: Field, text: str) -> str:
    record_id = whole_id(text)
    if record_id is None:
        raise written("MALFORMED_ID", f"{field.label}: id value of incorrect type: {text}", field.name)
    if field.type == "reference" and store.schema.kind_of(record_id) not in field.references:
        raise written("FIELD_INTEGRITY_EXCEPTION", f"{field.label}: id value of incorrect type: {text}", field.name)
    return long_id(record_id)


def _text(field: Field, text: str) -> str:
    if field.length and len(text) > field.length:
        shown = text if len(text) < 200 else text[:200] + "..."
        raise written(
            "STRING_TOO_LONG", f"{field.label}: data value too large: {shown} (max length={field.length})", field.name
        )
    if field.type == "email" and not ADDRESS.fullmatch(text):
        raise written("INVALID_EMAIL_ADDRESS", f"{field.label}: invalid email address: {text}", field.name)
    if field.restrictedPicklist and text not in field.values:
        said = f"{field.label}: bad value for restricted picklist field: {text}"
        raise written("INVALID_OR_NULL_FOR_RESTRICTED_PICKLIST", said, field.name)
    return text
