"""`callmatch import`: what a file does to the CRM, row by row."""

import json
import re
from dataclasses import dataclass
from pathlib import Path

import pytest
from program import Client, Server

COUNTS = re.compile(
    r"^(?:Would be: )?(\d+) created, (\d+) updated, (\d+) unchanged, (\d+) refused$", re.MULTILINE
)


@dataclass
class Imported:
    status: int
    created: int
    updated: int
    unchanged: int
    refused: int
    # The lines before the counts.
    notes: list[str]

    @property
    def counts(self) -> tuple[int, int, int, int]:
        return self.created, self.updated, self.unchanged, self.refused


@pytest.fixture
def imports(server: Server, tmp_path: Path):
    """`imports(content, "--dry-run", name="x.csv")`: what the command says about a file."""

    def run(content: str | bytes, *options: str, name: str = "people.csv") -> Imported:
        file = tmp_path / name
        file.write_bytes(content if isinstance(content, bytes) else content.encode())
        done = server.run("import", str(file), *options)
        found = COUNTS.search(done.stdout)
        assert found, done
        return Imported(done.returncode, *map(int, found.groups()), done.stdout.splitlines()[:-1])

    return run


def fields_of(ada: Client, kind: str, search: str) -> dict[str, str]:
    """The one record that a search finds, by field."""
    records = ada.json(f"records/{kind}", search=search)["records"]
    assert [record["name"] for record in records] and len(records) == 1, records
    page = ada.json(f"records/{kind}/{records[0]['ref']['id']}")["record"]
    return {field["name"]: field.get("shows") or field["value"] for field in page["fields"]}


def test_a_dry_run_writes_nothing(ada: Client, imports):
    text = "First Name,Last Name,Account Name,Phone\nDry,Runner,Runner KG,030 5550001\n"
    would = imports(text, "--dry-run")
    assert (would.status, would.counts) == (0, (1, 0, 0, 0))
    assert ada.json("records/contacts", search="runner")["total"] == 0
    assert ada.json("records/accounts", search="runner")["total"] == 0
    assert imports(text).counts == (1, 0, 0, 0)
    assert ada.json("records/contacts", search="runner")["total"] == 1
    assert fields_of(ada, "contacts", "runner")["accountId"] == "Runner KG"


def test_the_same_file_again_changes_nothing(ada: Client, imports):
    text = "First Name,Last Name,Mobile Phone\nSame,Again,0176 5550002\nOther,Again,\n"
    assert imports(text).counts == (2, 0, 0, 0)
    again = imports(text)
    assert (again.status, again.counts) == (0, (0, 0, 2, 0))
    more = text.replace("0176 5550002", "0176 5550003")
    changed = imports(more)
    assert changed.refused == 0 and changed.created + changed.updated + changed.unchanged == 2
    assert ada.json("records/contacts", search="again")["total"] <= 3


def test_an_imported_number_is_matched_at_once(server: Server, imports):
    assert imports("Name,Phone\nGrace Brewster,030/555 0010\n").counts == (1, 0, 0, 0)
    found = json.loads(server.command("explain", "+49305550010", "--json"))
    assert (found["outcome"], found["candidates"][0]["name"]) == ("single", "Grace Brewster")


def test_refused_rows_are_named_with_the_reason(imports):
    text = (
        "First Name,Last Name,Email,Phone\n"
        "Good,Row,good@example.com,030 5550020\n"
        ",,nobody@example.com,030 5550021\n"
        'Torn,Row,torn@example.com,030 5550022,too,many\n'
    )
    done = imports(text)
    assert (done.status, done.counts) == (1, (1, 0, 0, 2))
    refused = [line for line in done.notes if "refused" in line]
    assert [line.split(":")[0] for line in refused] == ["row 3 refused", "row 4 refused"]
    assert "Last Name" in refused[0] and "columns" in refused[1]


def test_odd_values_are_kept_and_told(ada: Client, imports):
    done = imports("Last Name,Email,Phone\nOddly,not an address,call me\n")
    assert (done.status, done.counts) == (0, (1, 0, 0, 0))
    assert len([line for line in done.notes if line.startswith("row 2:")]) == 2, done.notes
    kept = fields_of(ada, "contacts", "oddly")
    assert (kept["phone"], kept["email"]) == ("call me", "")


def test_an_unknown_column_is_left_out_and_named(ada: Client, imports):
    done = imports("Last Name,Shoe Size,Phone\nShoeless,43,030 5550030\n")
    assert (done.status, done.counts) == (0, (1, 0, 0, 0))
    assert "column not known, left out: Shoe Size" in done.notes
    assert fields_of(ada, "contacts", "shoeless")["phone"] == "030 5550030"


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("a,b,c\n1,2,3\n", "No column is known"),
        ("", "no rows"),
        ("Last Name\n", ""),
        ("Last Name,Phone\n\"Open,030\n", ""),
        ("\0\0\0PK\x03\x04", "not"),
    ],
)
def test_files_without_a_table(server: Server, tmp_path: Path, text: str, words: str):
    """It says why, in one line, and nothing is written."""
    before = server.command("audit")
    file = tmp_path / "broken.csv"
    file.write_text(text)
    done = server.run("import", str(file))
    if done.returncode == 0:
        assert done.stdout == "0 created, 0 updated, 0 unchanged, 0 refused\n"
    else:
        said = done.stderr or done.stdout
        assert done.returncode == 1 and words in said, done
        assert done.stderr.count("\n") <= 1
    assert server.command("audit") == before


@pytest.mark.parametrize("encoding", ["cp1252", "utf-16"])
def test_other_encodings_are_read_and_a_guess_is_said(server: Server, tmp_path: Path, encoding: str):
    file = tmp_path / f"{encoding}.csv"
    name = f"Müßig-{encoding}"
    file.write_bytes(f"Last Name,Phone\n{name},030 5550177\n".encode(encoding))
    done = server.run("import", str(file), "--dry-run")
    assert done.returncode == 0 and "1 created" in done.stdout, done
    assert ("read as Windows-1252" in done.stdout) == (encoding == "cp1252"), done.stdout
    server.command("import", str(file))
    found = server.operate("explain", number="030 5550177", country=None)
    assert name in [who["name"] for who in found["candidates"]]


def test_a_file_that_is_no_text_says_where(server: Server, tmp_path: Path):
    file = tmp_path / "binary.csv"
    file.write_bytes(b"Last Name\nM\0ller\n")
    done = server.run("import", str(file))
    assert done.returncode == 1 and "byte 12 is NUL" in done.stderr, done
    assert done.stderr.count("\n") == 1


# A row of the same person, in the ways in which programs write it.
DIALECTS = {
    "commas": "First Name,Last Name,Phone\nUta,{name},030 55501{n}\n",
    "semicolons": "First Name;Last Name;Phone\nUta;{name};030 55501{n}\n",
    "tabs": "First Name\tLast Name\tPhone\nUta\t{name}\t030 55501{n}\n",
    "byte order mark": "\ufeffFirst Name,Last Name,Phone\nUta,{name},030 55501{n}\n",
    "mark and semicolons": "\ufeffVorname;Nachname;Telefon\nUta;{name};030 55501{n}\n",
    "CR LF": "First Name,Last Name,Phone\r\nUta,{name},030 55501{n}\r\n",
    "no end": "First Name,Last Name,Phone\nUta,{name},030 55501{n}",
    "in quotes": '"First Name","Last Name","Phone"\n"Uta","{name}","030 55501{n}"\n',
    "another order": "Phone,Last Name,First Name\n030 55501{n},{name},Uta\n",
    "Salesforce": '"Contact ID","First Name","Last Name","Phone"\n"003{n}","Uta","{name}","030 55501{n}"\n',
    "Outlook": "Title,First Name,Last Name,Job Title,Business Phone\nDr.,Uta,{name},,030 55501{n}\n",
    "Google": "First Name,Last Name,Phone 1 - Label,Phone 1 - Value\nUta,{name},Work,030 55501{n}\n",
    "snake case": "first_name,last_name,phone\nUta,{name},030 55501{n}\n",
}


@pytest.mark.parametrize("dialect", DIALECTS)
def test_dialects_of_tables(ada: Client, imports, dialect: str):
    name = f"Dialekt{list(DIALECTS).index(dialect):02}"
    text = DIALECTS[dialect].format(name=name, n=10 + list(DIALECTS).index(dialect))
    done = imports(text)
    assert (done.status, done.counts) == (0, (1, 0, 0, 0)), done
    kept = fields_of(ada, "contacts", name)
    assert (kept["firstName"], kept["phone"][:9]) == ("Uta", "030 55501")


def test_quoted_cells_may_hold_anything(ada: Client, imports):
    text = 'Last Name,Description,Phone\n"Quoted, ""the"" Great","line one\nline two, ; ""x""",1\n'
    assert imports(text).created == 1
    kept = fields_of(ada, "contacts", "quoted")
    assert kept["lastName"] == 'Quoted, "the" Great'
    assert kept["description"] == 'line one\nline two, ; "x"'


def test_formulas_are_text(ada: Client, imports):
    """What a spreadsheet would run is a name here, also when it comes back as a refused row."""
    assert imports('Last Name,Title\nFormula,"=HYPERLINK(""http://x"")"\n').created == 1
    assert fields_of(ada, "contacts", "formula")["title"] == '=HYPERLINK("http://x")'


VCARDS = """BEGIN:VCARD
VERSION:3.0
N:Karte;Vera;;;
FN:Vera Karte
ORG:Karten GmbH;Vertrieb
TITLE:Leiterin
TEL;TYPE=CELL:0176 5550040
TEL;TYPE=WORK:030 5550041
EMAIL:vera@example.com
END:VCARD
BEGIN:VCARD
VERSION:4.0
FN:Viktor Karte
TEL;VALUE=uri;TYPE=home:tel:+49-30-5550042
END:VCARD
"""


@pytest.mark.parametrize("ends", ["\n", "\r\n"])
def test_cards(ada: Client, imports, ends: str):
    done = imports(VCARDS.replace("\n", ends), name="cards.vcf")
    assert done.status == 0 and done.created + done.unchanged == 2, done
    vera = fields_of(ada, "contacts", "vera karte")
    assert (vera["mobilePhone"], vera["phone"]) == ("0176 5550040", "030 5550041")
    assert (vera["accountId"], vera["title"]) == ("Karten GmbH", "Leiterin")
    assert "5550042" in fields_of(ada, "contacts", "viktor karte")["homePhone"].replace("-", "")


KINDS = {
    "lead": ("Last Name,Company,Lead Status\nLeading,Leads Ltd,Working\n", "leads", "leading"),
    "account": ("Account Name,Billing City\nAccounting AG,Bern\n", "accounts", "accounting"),
    "opportunity": (
        "Opportunity Name,Stage,Amount,Close Date\nBig sale,Proposal,\"1,234.50\",2027-01-31\n",
        "opportunities",
        "big sale",
    ),
    "case": ("Subject,Status,Priority\nLeaking machine,New,High\n", "cases", "leaking"),
}


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("is_said", [True, False])
def test_other_kinds(ada: Client, imports, kind: str, is_said: bool):
    text, plural, search = KINDS[kind]
    if kind == "case" and not is_said:
        text = text.replace("Subject", "Case Number,Subject").replace("Leaking", "C-1,Leaking")
    done = imports(text, *(["--kind", kind] if is_said else []))
    assert done.status == 0 and done.created + done.unchanged == 1, done
    assert ada.json(f"records/{plural}", search=search)["total"] >= 1


def test_ten_thousand_rows(server: Server, ada: Client, imports):
    """In pieces, so that calls go on meanwhile; all of them are there at the end."""
    rows = "".join(f"First{n},Thousand{n},+49176{6000000 + n}\n" for n in range(10_000))
    done = imports("First Name,Last Name,Mobile\n" + rows)
    assert (done.status, done.counts) == (0, (10_000, 0, 0, 0))
    assert ada.json("records/contacts", search="thousand9999")["total"] == 1
    found = json.loads(server.command("explain", "+491766009999", "--json"))
    assert found["candidates"][0]["name"] == "First9999 Thousand9999"
