"""Each fault that the program must survive has its test."""

import re
from collections import Counter

from rule import rule

# The faults of the table that have a test by now, in Docs/reliability.md.
FAULTS = range(1, 41)
TEST = re.compile(r"^def test_f(\d+)_", re.M)


@rule(
    f"each fault from F{FAULTS[0]} to F{FAULTS[-1]} has exactly one test of its name",
    planted=[
        {"Tests/A/test_a.py": "".join(f"def test_f{number}_a(): pass\n" for number in FAULTS[1:])},
        {
            "Tests/A/test_a.py": "".join(f"def test_f{number}_a(): pass\n" for number in FAULTS),
            "Tests/B/test_b.py": f"def test_f{FAULTS[0]}_b(): pass\n",
        },
    ],
    fine={
        "Tests/A/test_a.py": "".join(f"def test_f{number}_a(): pass\n" for number in FAULTS)
        + f"def test_control_of_f{FAULTS[0]}_a(): pass\n"
    },
)
def untested_faults(repository):
    files = repository.written_in("python", under="Tests/")
    tests = Counter(int(number) for file in files for number in TEST.findall(file.code))
    for number in FAULTS:
        if tests[number] != 1:
            yield f"Tests/: {tests[number]} tests are named test_f{number}_…"
