"""Short in `script/test integration`, long in `script/faults`: the same tests, done oftener or for longer."""

import os

LONG = os.environ.get("CALLMATCH_FAULTS") == "long"


def either(short, long):
    return long if LONG else short
