"""Names say what a thing is in the words of telephony, not that it is a drawer."""

import re

from rule import rule

EMPTY_WORDS = "Managers?|Helpers?|Util(?:s|ity|ities)?|Common|Misc|Impl"

# A whole word of a camel-case name: `CallManager`, `CommonThings`, not `Implicit`.
EMPTY_NAME = re.compile(rf"(?:{EMPTY_WORDS})(?![a-z])")
TYPE = re.compile(r"\b(?:struct|class|enum|actor|protocol|typealias)\s+(\w+)")


@rule(
    "no type is named Manager, Helper, Utils, Common, Misc or Impl",
    planted=[
        {"Sources/A/A.swift": "struct CallManager {}"},
        {"Sources/A/a.js": "class DomUtils {}"},
        {"Tests/A/a.py": "class HelperForCalls:\n    pass"},
    ],
    fine={
        "Sources/A/A.swift": 'struct Implicit {}\n// class Manager\nlet a = "struct CallManager"'
    },
)
def empty_type_names(repository):
    for file in repository.written_in("swift", "js", "python", "c"):
        for match in TYPE.finditer(file.code):
            if EMPTY_NAME.search(match[1]):
                yield f"{file.at(match.start())}: {match[1]}"


@rule(
    "no file or folder is named Manager, Helper, Utils, Common, Misc, Impl or New",
    planted=[
        {"Sources/A/CallHelpers.swift": ""},
        {"Sources/Common/A.swift": ""},
        {"Sources/A/utils.js": ""},
        {"Sources/New/A.swift": ""},
    ],
    fine={"Sources/A/NewContact.swift": "", "Sources/A/Implicit.swift": ""},
)
def empty_file_names(repository):
    lower = re.compile(rf"(?:^|[-_])(?:{EMPTY_WORDS.lower()})(?:$|[-_])")
    for file in repository.files.values():
        for part in file.path.split("/"):
            stem = part.split(".")[0]
            if EMPTY_NAME.search(stem) or lower.search(stem) or part == "New":
                yield f"{file.path}: {part}"
