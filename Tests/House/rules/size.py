"""How long a file and a function may be."""

import source_text
from rule import rule

FILE_LINES = 400
MODULE_LINES = 200
FUNCTION_LINES = 60

SIZED = ("swift", "js", "css", "python", "shell")


@rule(
    f"no file has more than {FILE_LINES} lines",
    planted=[{"Sources/A/Long.swift": "\n" * 401}, {"script/long": "#!/bin/sh\n" + "\n" * 400}],
    fine={"Sources/A/Short.swift": "\n" * 400, "Tests/A/Fixtures/Long.js": "\n" * 500},
)
def long_files(repository):
    for file in repository.written_in(*SIZED):
        lines = len(file.text.splitlines())
        if lines > FILE_LINES:
            yield f"{file.path}: {lines} lines"


@rule(
    f"no module of the panel has more than {MODULE_LINES} lines",
    planted={"Sources/CPanelFiles/Panel/long.js": "\n" * 201},
    fine={"Sources/CPanelFiles/Panel/short.js": "\n" * 200, "Tests/Browser/long.js": "\n" * 300},
)
def long_modules(repository):
    for file in repository.written_in("js", under="Sources/"):
        lines = len(file.text.splitlines())
        if lines > MODULE_LINES:
            yield f"{file.path}: {lines} lines"


@rule(
    f"no function has more than {FUNCTION_LINES} lines",
    planted=[
        {"Sources/A/A.swift": "func long(\n    a: Int\n) {\n" + "    a()\n" * 58 + "}\n"},
        {"Sources/A/B.swift": "struct B {\n    init?() throws {\n" + "a()\n" * 60 + "}\n}\n"},
        {"Sources/A/a.js": "const long = (a) => {\n" + "  a();\n" * 60 + "};\n"},
        {"Sources/A/b.js": "class B {\n  async long({ a }) {\n" + "  a();\n" * 60 + "}\n}\n"},
        {"Tests/A/a.py": "def long():\n" + "    a()\n" * 60},
        {"script/a": "#!/bin/sh\nlong() {\n" + "    a\n" * 60 + "}\n"},
    ],
    fine={
        "Sources/A/A.swift": "func short() {\n" + "    a()\n" * 58 + "}\n",
        "Sources/A/B.swift": "protocol B {\n    func a()\n}\nstruct C {\n"
        + "    let a = 1\n" * 70
        + "}\n",
        "Sources/A/a.js": "class A {\n"
        + "  a() { return 1; }\n" * 80
        + "}\nif (a) {\n"
        + "a();\n" * 70
        + "}\n",
        "Tests/A/a.py": "class A:\n" + "    a = 1\n" * 80,
    },
)
def long_functions(repository):
    for file in repository.written_in("swift", "js", "python", "shell"):
        for function in source_text.functions(file.text, file.code, file.language):
            if function.lines > FUNCTION_LINES:
                yield f"{file.at(function.start)}: {function.name} has {function.lines} lines"
