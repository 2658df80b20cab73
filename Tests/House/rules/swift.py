"""What the compiler and swift-format allow and this house does not."""

import re

from rule import matches, outside, rule

# File: why a task may start there that nobody waits for.
UNSTRUCTURED_TASKS: dict[str, str] = {}

# File: why it may wait for real time to pass. What is due is in all of them decided by a function
# that is given `now`, which is what the tests call.
REAL_TIME = {
    "Sources/CRMs/Salesforce/OrgPatience.swift": "nobody waits longer for the org than the settings say",
    "Sources/CallHandling/Clockwork.swift": "the loop that asks every half second what is due",
    "Sources/CallHandling/DirectorySync.swift": "pauses between two looks at what a CRM changed",
    "Sources/CallLogging/DeliveryService.swift": "the loop that wakes the delivery now and then",
    "Sources/DeskServer/DeskServer.swift": "the beat that keeps event streams open, and the wait before a stop",
    "Sources/DeskServer/Nodes/NodeRoster.swift": "the loop that shows signs of life",
    "Sources/DeskServer/Nodes/PhoneErrands.swift": "how long an agent waits for another server",
    "Sources/DeskServer/Nodes/SharedPhone.swift": "the loop that looks each second what phones can do",
    "Sources/PhoneSystems/Asterisk/AsteriskPhone.swift": "pauses between pings, attempts and looks",
    "Sources/PhoneSystems/ScriptedCalls/DemoPhone.swift": "the loop that plays calls in real time",
    "Sources/Storage/Leases/LeaseKeeper.swift": "pauses between renewals; the store's clock decides who has a lease",
}


@rule(
    "no `try!`",
    planted=[{"Sources/A/A.swift": "let a = try! f()"}, {"Sources/A/B.swift": '"\\(try! f())"'}],
    fine={"Sources/A/A.swift": '// never try!\nlet a = "try!"\nlet b = try? f()'},
)
def forced_try(repository):
    return matches(repository.written_in("swift"), re.compile(r"\btry!"))


@rule(
    "tasks have a parent: `Task {` stands only in files listed with a reason",
    planted=[
        {"Sources/A/A.swift": "Task { await f() }"},
        {"Sources/A/A.swift": "Task.detached { }"},
        {"Sources/A/A.swift": "let a = Task<Void, Never>(priority: .low) { }"},
    ],
    fine={"Sources/A/A.swift": "group.addTask { }\nif Task.isCancelled { return }\n// Task { }"},
)
def unstructured_tasks(repository):
    started = re.compile(r"\bTask\s*(?:\{|\(|<[^>{}]*>\s*[({]|\.detached\b|\.immediate\b)")
    found = matches(repository.written_in("swift", under="Sources/"), started)
    return outside(UNSTRUCTURED_TASKS, found, repository.files)


@rule(
    "nothing sleeps but on a clock that was passed in",
    planted=[
        {"Sources/A/A.swift": "try await Task.sleep(for: .seconds(1))"},
        {"Sources/CallHandling/Clockwork.swift": "try await Task.sleep(for: .seconds(1))"},
        {"Sources/A/A.swift": "usleep(10)"},
    ],
    fine={"Sources/A/A.swift": "try await clock.sleep(for: .seconds(1))"},
)
def sleeps(repository):
    sleep = re.compile(r"\b(?:Task|Thread)\.sleep|(?<![.\w])u?sleep\(")
    return matches(repository.written_in("swift", under="Sources/"), sleep)


@rule(
    "real time passes only in the loops listed with a reason",
    planted={"Sources/A/A.swift": "try await ContinuousClock().sleep(for: .seconds(1))"},
    fine={"Sources/A/A.swift": "let clock: any Clock<Duration>"},
)
def real_time(repository):
    clock = re.compile(
        r"\b(?:Continuous|Suspending)Clock\(\)\.sleep|\bDispatchQueue\S*\.asyncAfter"
    )
    found = matches(repository.written_in("swift", under="Sources/"), clock)
    return outside(REAL_TIME, found, repository.files)


@rule(
    "tests never sleep: they wait for what they need",
    planted=[
        {"Tests/A/A.swift": "try await clock.sleep(for: .seconds(1))"},
        {"Tests/A/a.py": "time.sleep(1)"},
        {"Tests/A/b.py": "page.wait_for_timeout(100)"},
        {"Tests/A/c.js": "await new Promise((done) => setTimeout(done, 100))"},
    ],
    fine={
        "Tests/A/A.swift": "// no sleep(1) here",
        "Tests/A/a.py": "page.wait_for_selector(a)",
        "Tests/Bench/load.py": "await asyncio.sleep(1 / rate)",
    },
)
def sleeping_tests(repository):
    sleep = re.compile(r"\bu?sleep\(|\bwait_for_timeout\(|\bsetTimeout\(")
    tests = repository.written_in("swift", "python", "js", under="Tests/")
    # A load has a pace, which is not waiting for something.
    return matches([file for file in tests if not file.path.startswith("Tests/Bench/")], sleep)


@rule(
    "`@unchecked Sendable` and `nonisolated(unsafe)` have their proof in the comment above",
    planted=[
        {"Sources/A/A.swift": "final class A: @unchecked Sendable {}"},
        {"Sources/A/A.swift": "let a = 1\n\nnonisolated(unsafe) let b = 1"},
    ],
    fine={
        "Sources/A/A.swift": "// Only the queue touches it.\nfinal class A: @unchecked Sendable {}"
    },
)
def unproven_sendable(repository):
    for file in repository.written_in("swift"):
        lines = file.text.split("\n")
        for match in re.finditer(r"@unchecked\s+Sendable|nonisolated\(unsafe\)", file.code):
            number = file.code.count("\n", 0, match.start())
            above = lines[number - 1].strip() if number else ""
            while above.startswith("@") and number > 1:  # attributes may stand between
                number -= 1
                above = lines[number - 1].strip()
            if not above.startswith("//"):
                yield f"{file.at(match.start())}: {match[0]} without a comment in the line above"


@rule(
    "no test is switched off",
    planted=[
        {"Tests/A/A.swift": '@Test(.disabled("later")) func a() {}'},
        {"Tests/A/A.swift": "withKnownIssue { }"},
        {"Tests/A/a.py": "@pytest.mark.skip\ndef test_a(): pass"},
    ],
    fine={"Tests/A/A.swift": "button.isDisabled(true)"},
)
def switched_off_tests(repository):
    off = re.compile(r"(?<!capsys)\.disabled\(|\bwithKnownIssue\b|\bXCTSkip|\bmark\.(?:skip|xfail)")
    return matches(repository.written_in("swift", "python", under="Tests/"), off)


@rule(
    "warnings are errors in every room",
    planted={"Package.swift": "let rules: [SwiftSetting] = []"},
    fine={"Package.swift": "    .treatAllWarnings(as: .error),"},
)
def warnings_pass(repository):
    if ".treatAllWarnings(as: .error)" not in repository.text("Package.swift"):
        yield "Package.swift: warnings are not errors"
