"""The rooms of the house: what each may import, and that the map tells the truth."""

import re
from dataclasses import dataclass

from rule import matches, outside, rule

# What each room may import beside the system's own libraries, in the order of a call. A new room
# needs a row; a room that needs another import needs a reason in ARCHITECTURE.md first.
MAY_IMPORT = {
    "Calls/CPhoneNumber": "",
    "Calls/PhoneNumbers": "CPhoneNumber",
    "Calls/Calls": "PhoneNumbers",
    "CCrypto": "",
    "CTLS": "",
    "CCurl": "",
    "CPostgreSQL": "",
    "Credentials": "CCrypto",
    "SeededChance": "",
    "WrittenSettings": "",
    "Storage": "CPostgreSQL GRDB GRDBSQLite Logging",
    "PhoneSystems/PhoneSystem": "Calls PhoneNumbers",
    "PhoneSystems/CallWebhooks": "PhoneSystem Calls PhoneNumbers Credentials",
    "PhoneSystems/ScriptedCalls": "PhoneSystem Calls PhoneNumbers",
    "PhoneSystems/Asterisk": (
        "PhoneSystem Calls PhoneNumbers Credentials WrittenSettings CTLS NIOCore NIOPosix"
    ),
    "CallerLookup/Records": "PhoneNumbers",
    "CallerLookup/CallerLookup": "Records Storage PhoneNumbers",
    "CallLogging": "Calls Records Storage PhoneNumbers Credentials Logging ServiceLifecycle",
    "CallHandling": (
        "PhoneSystem Calls PhoneNumbers Records CallerLookup CallLogging Storage Credentials"
        " Logging ServiceLifecycle"
    ),
    "AgentDesk": (
        "CallHandling CallerLookup CallLogging Calls PhoneNumbers Records PhoneSystem CRM Storage"
        " Logging ServiceLifecycle"
    ),
    "CRMs/CRM": "CallerLookup CallLogging Records PhoneNumbers",
    "CRMs/BuiltInCRM": "CallerLookup CallLogging Records Storage PhoneNumbers Calls SeededChance",
    "CRMs/Salesforce": (
        "CRM CallerLookup CallLogging Records PhoneNumbers Credentials WrittenSettings CCurl"
    ),
    "CPanelFiles": "",
    "DeskServer": (
        "AgentDesk CallHandling CallerLookup CallLogging Calls PhoneNumbers Records PhoneSystem"
        " CallWebhooks ScriptedCalls BuiltInCRM CRM Storage Credentials SeededChance CPanelFiles Logging"
        " ServiceLifecycle UnixSignals Hummingbird HummingbirdCore HTTPTypes NIOCore NIOHTTPTypes"
        " NIOPosix"
    ),
    "callmatch": (
        "DeskServer AgentDesk CallHandling CallerLookup CallLogging Calls PhoneNumbers Records"
        " PhoneSystem CallWebhooks ScriptedCalls Asterisk BuiltInCRM CRM Salesforce Storage"
        " Credentials WrittenSettings Logging ServiceLifecycle ArgumentParser Yams FoundationNetworking"
    ),
}

# Values and rules about values: no file, no socket, no clock, no chance, no task.
PURE = (
    "Calls/PhoneNumbers",
    "Calls/Calls",
    "PhoneSystems/PhoneSystem",
    "CallerLookup/Records",
    "SeededChance",
    "WrittenSettings",
)
SYSTEM_IN_PURE = {"Foundation"}
SYSTEM = SYSTEM_IN_PURE | {"Synchronization", "Dispatch", "Glibc"}
IMPURE = re.compile(
    r"\b(?:FileManager|FileHandle|URLSession|Process|ProcessInfo|Bundle|Task|ContinuousClock"
    r"|SuspendingClock|SystemRandomNumberGenerator)\b"
    r"|\bDate(?:\.now\b|\(\)|\(timeIntervalSinceNow)"
    r"|\bUUID\(\)|\.random(?:Element)?\(|\.shuffled\(\)"
    r"|\bcontentsOf(?:File)?:\s*URL|(?<![.\w])print\("
)

# A vendor's word: the folder where it is at home.
VENDOR_WORDS = {
    "Asterisk": "Sources/PhoneSystems/Asterisk/",
    "Salesforce": "Sources/CRMs/Salesforce/",
}
# File: why it may say a vendor's word. The two switches join here when they name a vendor.
VENDOR_WORDS_ALLOWED: dict[str, dict[str, str]] = {
    "Asterisk": {"Sources/callmatch/PhoneSystems.swift": "the switch of the phone systems"},
    "Salesforce": {
        "Sources/callmatch/CRMs.swift": "the switch of the CRMs",
        "Sources/callmatch/Commands/SalesforceCommands.swift": "what an administrator of it is given",
    },
}

ADAPTER = re.compile(r"(?:PhoneSystems|CRMs)/(\w+)$")
SEAMS = ("PhoneSystems/PhoneSystem", "CRMs/CRM")
IMPORT = re.compile(
    r"^\s*(?:@\w+(?:\([^)]*\))?\s+)*(?:(?:public|package|internal|fileprivate|private)\s+)?"
    r"import\s+(?:(?:struct|class|enum|protocol|func|var|let|typealias|actor)\s+)?(\w+)",
    re.MULTILINE,
)


@dataclass
class Room:
    folder: str
    uses: set[str]

    @property
    def name(self) -> str:
        return self.folder.rsplit("/", 1)[-1]


def rooms(manifest: str) -> list[Room]:
    """The targets of Package.swift under Sources, in its order."""
    constants = dict(
        re.findall(r'let (\w+): Target\.Dependency = \.product\(\s*name: "(\w+)"', manifest)
    )
    found = []
    targets = manifest[manifest.find("targets: [") :]
    starts = list(re.finditer(r"\broom\(|\.(?:target|executableTarget|systemLibrary)\(", targets))
    for start in starts:
        call = _bracketed(targets, start.end() - 1)
        if 'path: "Tests/' in call:
            continue  # what measures or tests is no room
        path = re.search(r'path: "Sources/([^"]+)"', call)
        folder = path[1] if path else re.search(r'"([^"]+)"', call)[1]
        list_at = re.search(r"(?:uses|dependencies): \[", call)
        uses = _bracketed(call, list_at.end() - 1) if list_at else ""
        packaged = re.compile(r'\.product\(\s*name: "(\w+)"[^)]*\)')
        names = set(packaged.findall(uses)) | set(re.findall(r'"([^"]+)"', packaged.sub("", uses)))
        words = set(re.findall(r"\b\w+\b", re.sub(r'"[^"]*"', "", packaged.sub("", uses))))
        found.append(Room(folder, names | {constants[word] for word in words & constants.keys()}))
    return found


def _bracketed(text: str, opening: int) -> str:
    depth = 0
    for at in range(opening, len(text)):
        depth += (text[at] in "([") - (text[at] in ")]")
        if depth == 0:
            return text[opening : at + 1]
    return text[opening:]


def _manifest(*declarations: str) -> str:
    return 'let log: Target.Dependency = .product(name: "Logging", package: "swift-log")\n' + (
        "targets: [\n" + ",\n".join(declarations) + "\n]"
    )


@rule(
    "every room has a row in the table of imports, and declares no more than its row",
    planted=[
        {"Package.swift": _manifest('room("Cellar", uses: [])')},
        {"Package.swift": _manifest('room("Calls/Calls", uses: ["PhoneNumbers", "Storage"])')},
        {"Package.swift": _manifest('room("Calls/Calls", uses: [log])')},
        {
            "Package.swift": _manifest(
                'room("Storage", uses: [.product(name: "NIO", package: "nio")])'
            )
        },
        {
            "Package.swift": _manifest(
                '.target(name: "X", dependencies: ["GRDB"], path: "Sources/CCrypto")'
            )
        },
    ],
    fine={
        "Package.swift": _manifest(
            'room("Calls/Calls", uses: ["PhoneNumbers"])',
            'room("Storage", uses: [.product(name: "GRDB", package: "GRDB.swift"), log])',
        )
    },
)
def undeclared_imports(repository):
    for room in rooms(repository.text("Package.swift")):
        if room.folder not in MAY_IMPORT:
            yield f"Package.swift: {room.folder} has no row in MAY_IMPORT"
            continue
        for name in sorted(room.uses - set(MAY_IMPORT[room.folder].split())):
            yield f"Package.swift: {room.folder} may not use {name}"


@rule(
    "a file imports what its room may import",
    planted=[
        {"Sources/Calls/Calls/A.swift": "import Storage"},
        {"Sources/Calls/Calls/A.swift": "package import struct FoundationNetworking.URLRequest"},
        {"Sources/CallHandling/A.swift": "@testable import CallWebhooks"},
        {"Sources/AgentDesk/Deep/A.swift": "  internal import GRDB"},
    ],
    fine={
        "Sources/Calls/Calls/A.swift": "public import PhoneNumbers\nimport Foundation\n// import A",
        "Sources/Storage/SQLite/A.swift": "import GRDB\nimport Dispatch",
    },
)
def foreign_imports(repository):
    for folder, row in MAY_IMPORT.items():
        allowed = set(row.split()) | (SYSTEM_IN_PURE if folder in PURE else SYSTEM)
        for file in repository.written_in("swift", under=f"Sources/{folder}/"):
            for match in IMPORT.finditer(file.code):
                if match[1] not in allowed:
                    yield f"{file.at(match.start(1))}: {folder} may not import {match[1]}"


@rule(
    "the pure rooms hold values: no file, socket, clock, chance or task",
    planted=[
        {"Sources/Calls/Calls/A.swift": "let a = FileManager.default"},
        {"Sources/Calls/Calls/A.swift": "let a = Date()"},
        {"Sources/CallerLookup/Records/A.swift": "let a = Date.now"},
        {"Sources/Calls/PhoneNumbers/A.swift": "let a = Int.random(in: 0..<9)"},
        {"Sources/PhoneSystems/PhoneSystem/A.swift": "Task { }"},
        {"Sources/CallerLookup/Records/A.swift": "let a = UUID()"},
    ],
    fine={
        "Sources/Calls/Calls/A.swift": "let at: Date\n// Date()\nDate(timeIntervalSince1970: 1)",
        "Sources/Storage/A.swift": "let a = Date()",
    },
)
def impure_values(repository):
    for folder in PURE:
        yield from matches(repository.written_in("swift", under=f"Sources/{folder}/"), IMPURE)


@rule(
    "a vendor's word stays in the vendor's folder",
    planted=[
        {"Sources/CallHandling/A.swift": "// Asterisk repeats this event"},
        {"Sources/CPanelFiles/Panel/a.js": "const salesforce = 'Salesforce';"},
    ],
    fine={
        "Sources/PhoneSystems/Asterisk/A.swift": "// Asterisk repeats this event",
        "Sources/CRMs/Salesforce/A.swift": "enum Salesforce {}",
        "Sources/README.md": "Asterisk, Salesforce",
        "Sources/Calls/PhoneNumbers/A.swift": 'case asterisk = "*"',
    },
)
def strayed_vendor_words(repository):
    files = repository.written_in("swift", "js", "css", "html", "c", under="Sources/")
    for word, home in VENDOR_WORDS.items():
        strangers = [file for file in files if not file.path.startswith(home)]
        found = list(matches(strangers, re.compile(word), text=lambda file: file.text))
        excused = VENDOR_WORDS_ALLOWED.get(word, {})
        yield from outside(excused, found, repository.files)


@rule(
    "every adapter has a README that says something, and tests or fixtures of its own",
    planted=[
        {
            "Package.swift": _manifest('room("CRMs/BuiltInCRM")'),
            "Tests/BuiltInCRMTests/A.swift": "",
        },
        {
            "Package.swift": _manifest('room("CRMs/BuiltInCRM")'),
            "Sources/CRMs/BuiltInCRM/README.md": "# A\n\nB\n\nC",
        },
        {
            "Package.swift": _manifest('room("PhoneSystems/CallWebhooks")'),
            "Sources/PhoneSystems/CallWebhooks/README.md": "# Call webhooks",
            "Tests/CallWebhooksTests/A.swift": "",
        },
    ],
    fine={
        "Package.swift": _manifest('room("CRMs/BuiltInCRM")', 'room("PhoneSystems/PhoneSystem")'),
        "Sources/CRMs/BuiltInCRM/README.md": "# A\n\nB\n\nC",
        "Tests/BuiltInCRMTests/Fixtures/a.csv": "",
    },
)
def bare_adapters(repository):
    for room in rooms(repository.text("Package.swift")):
        if not ADAPTER.match(room.folder) or room.folder in SEAMS:
            continue
        readme = f"Sources/{room.folder}/README.md"
        if len([line for line in repository.text(readme).splitlines() if line.strip()]) < 3:
            yield f"{readme}: is missing or says nothing"
        tests = f"Tests/{room.name}Tests/"
        named = [path for path in repository.files if path.startswith(tests)]
        if not any(not path.rsplit("/", 1)[-1].startswith(".") for path in named):
            yield f"{tests}: holds neither tests nor fixtures"


@rule(
    "Sources/README.md is the map: one line a room, in the order of Package.swift",
    planted=[
        {
            "Package.swift": _manifest('room("Calls")', 'room("Storage")'),
            "Sources/README.md": "| `Calls` | a |",
        },
        {
            "Package.swift": _manifest('room("Calls")'),
            "Sources/README.md": "| `Calls` | a |\n| `Cellar` | b |",
        },
        {
            "Package.swift": _manifest('room("A")', 'room("B")'),
            "Sources/README.md": "| `B` | b |\n| `A` | a |",
        },
    ],
    fine={
        "Package.swift": _manifest('room("A/B")', 'room("C")'),
        "Sources/README.md": "| room | holds |\n|---|---|\n| [`A/B`](A/B) | a |\n| `C` | `D` |\n",
    },
)
def untrue_map(repository):
    drawn = re.findall(r"^\| \[?`([\w/]+)`", repository.text("Sources/README.md"), re.MULTILINE)
    built = [room.folder for room in rooms(repository.text("Package.swift"))]
    for folder in built:
        if drawn.count(folder) != 1:
            yield f"Sources/README.md: has {drawn.count(folder)} lines for {folder}"
    for folder in drawn:
        if folder not in built:
            yield f"Sources/README.md: {folder} is no target of Package.swift"
    if sorted(drawn) == sorted(built) and drawn != built:
        yield "Sources/README.md: is not in the order of Package.swift"
