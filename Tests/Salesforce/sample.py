"""The people of a sample organisation, written as people write numbers, and as many more as a test wants."""

import random

USERS = [
    ("ada", "Ada", "Agent"), ("ben", "Ben", "Busy"), ("cleo", "Cleo", "Chief"), ("robot", "Integration", "User"),
]  # fmt: skip
ACCOUNTS = {
    "Analytical Engines GmbH": "030 23125001", "Kontor Nord KG": "+49 40 66969100",
    "Rhein-Main Logistik AG": "+49 69 90009-0", "Thames Valley Optics Ltd": "+44 20 7946 0017",
    "Café Landhaus": "+43 316 000199", "Domblick Hotels GmbH": None, "Bayside Robotics Inc.": None,
    "Atelier Beaumarchais": None, "Grachten Fietsen B.V.": None,
}  # fmt: skip

# First name, last name, company, title, numbers.
CONTACTS = [
    ("Ada", "Lovelace", "Analytical Engines GmbH", "Head of Computation",
     {"Phone": "+49 30 23125042", "MobilePhone": "0171 3920042"}),
    ("Charles", "Babbage", "Analytical Engines GmbH", "Managing Director", {"MobilePhone": "0152 28817386"}),
    ("Wiebke", "Petersen", "Kontor Nord KG", "Office Manager", {"Phone": "040 66969100"}),
    ("Lars", "Clausen", "Kontor Nord KG", "Buyer", {"Phone": "040/66969-100", "MobilePhone": "0171 39200 11"}),
    ("Heike", "Möller", "Kontor Nord KG", "Accountant", {"Phone": "+49 (0)40 66969100"}),
    ("Nils", "Jäger", "Kontor Nord KG", "Warehouse Manager", {"OtherPhone": "04066969100"}),
    ("Sönke", "Voß", "Kontor Nord KG", "Managing Director", {"Phone": "0049 40 66969 100"}),
    ("Thorsten", "Großmann", "Rhein-Main Logistik AG", "Head of Purchasing", {"Phone": "069 90009-417"}),
    ("Eleanor", "Ashworth", "Thames Valley Optics Ltd", "Quality Manager", {"Phone": "+44 20 7946 0018 ext. 42"}),
    ("Hector", "Castillo", "Bayside Robotics Inc.", "Head of IT", {"Phone": "(415) 555-0132"}),
    ("Céline", "Dubois", "Atelier Beaumarchais", "Managing Director", {"MobilePhone": "+33 6 39 98 12 34"}),
    ("Celine", "Dubois", "Atelier Beaumarchais", None, {"Phone": "0033 639981234"}),
    ("Jeroen", "van Dijk", "Grachten Fietsen B.V.", "Buyer", {"Phone": "+31 20 0000142"}),
    ("Olga", "Kowalski", None, "Service Engineer", {"Phone": "call me", "MobilePhone": "0176 040690-21"}),
]  # fmt: skip
LEADS = [
    ("Tariq", "Khan", "Camden Coworking", "Office Manager", {"MobilePhone": "+447700900123"}),
    ("Jeroen", "van Dijk", "Grachten Fietsen", None, {"Phone": "0031-20-0000142"}),
]  # fmt: skip
CONVERTED = ("Elif", "Yıldız", "Domblick Hotels GmbH", "Head of Purchasing", {"Phone": "0221 / 4710555"})

CALLBACK = "https://callmatch.example/salesforce/callback"


def load(org) -> None:
    """The sample organisation; `org.people` has the ids by name."""
    people = org.people
    org.add_field("Task", "CallKey__c", "string", label="Call Key", length=64, external_id=True, unique=True)
    org.add_app("callmatch", secret="callmatch-secret", redirects=[CALLBACK])
    for name, first, last in USERS:
        people[name] = org.add(
            "User", Username=f"{name}@callmatch.example", FirstName=first, LastName=last, IsActive=True,
            Email=f"{name}@callmatch.example", Alias=name,
        )  # fmt: skip
    people["queue"] = org.add("Group", Name="Support", DeveloperName="Support", Type="Queue")
    for name, phone in ACCOUNTS.items():
        people[name] = org.add("Account", Name=name, **_given(Phone=phone), OwnerId=people["ada"])
    for first, last, company, title, numbers in CONTACTS:
        about = _given(AccountId=people.get(company), Title=title, **numbers)
        email = f"{first}.{last}@example.com".lower().replace(" ", "")
        people[f"{first} {last}"] = org.add(
            "Contact", FirstName=first, LastName=last, Email=email, OwnerId=people["ada"], **about
        )
    for first, last, company, title, numbers in [*LEADS, CONVERTED]:
        made = org.add("Lead", FirstName=first, LastName=last, Company=company, **_given(Title=title), **numbers)
        people[f"{first} {last} (lead)"] = made
    into = org.convert(people["Elif Yıldız (lead)"], account=people["Domblick Hotels GmbH"])
    people["Elif Yıldız"] = into["ConvertedContactId"]
    _deals(org)


def _deals(org) -> None:
    """What is going on with some of them."""
    people = org.people
    engines, ada = people["Analytical Engines GmbH"], people["Ada Lovelace"]
    people["Difference Engine"] = org.add(
        "Opportunity", Name="Difference Engine", AccountId=engines, StageName="Proposal/Price Quote", Amount=48000,
        CloseDate="2027-03-31", OwnerId=people["ada"], ContactId=ada,
    )  # fmt: skip
    org.add(
        "Opportunity", Name="Spare parts", AccountId=engines, StageName="Closed Won", Amount=900, CloseDate="2026-02-01"
    )
    org.add(
        "Opportunity", Name="Fleet", AccountId=people["Kontor Nord KG"], StageName="Prospecting", CloseDate="2027-06-30"
    )
    people["Broken gear"] = org.add("Case", Subject="Broken gear", ContactId=ada, Origin="Phone", Priority="High")
    org.add("Case", Subject="Invoice copy", AccountId=engines, Status="Closed")
    org.add(
        "Task", Subject="Call", Status="Completed", TaskSubtype="Call", CallType="Inbound", CallDurationInSeconds=182,
        WhoId=ada, WhatId=people["Difference Engine"], ActivityDate="2026-11-02", OwnerId=people["ada"],
    )  # fmt: skip


def _given(**fields) -> dict:
    return {name: value for name, value in fields.items() if value is not None}


FIRST_NAMES = (
    "Anna Björn Chiara Denis Emilia Fatih Greta Hanna Ivo Jana Kai Lena Mert Nora Oskar Pia Ronja Sven".split()
)
LAST_NAMES = (
    "Albrecht Bianchi Çelik Dahl Ebert Fischer Groß Haas Ilic Jansen Krüger Lange Meier Núñez Özdemir Peters".split()
)
SPELLINGS = (
    "+49 {0} {1}",
    "0{0} {1}",
    "0{0}/{1}",
    "(0{0}) {1}",
    "0049 {0} {1}",
    "+49{0}{1}",
    "0{0}-{1}",
    "+49 (0){0} {1}",
)
PLACES = ("30", "40", "69", "89", "221", "211", "711", "341")


def load_contacts(org, count: int, accounts: int = 100, leads: int = 0) -> int:
    """Straight into the table: a number for everybody, for every third one a mobile, too. The last ones are leads.

    They came in by 200 a minute until yesterday: so many share a stamp, as after bulk writes.
    """
    chance = random.Random(count)
    with org.store.lock:
        companies = [org.add("Account", Name=f"Firm {number:05} GmbH") for number in range(min(accounts, count))]
        yesterday, tables = org.clock.now() - 86_400_000, org.store.tables
        system = {"OwnerId": org.admin, "CreatedById": org.admin, "LastModifiedById": org.admin}
        for number in range(count):
            first, last = chance.choice(FIRST_NAMES), chance.choice(LAST_NAMES)
            stamp = yesterday - (count - number) // 200 * 60_000
            kind, own = "Contact", {"AccountId": companies[number % len(companies)]}
            if number >= count - leads:
                kind, own = "Lead", {"Company": f"Firm {number:05} AG", "Status": "Open - Not Contacted"}
            row = {
                "Id": org.store.new_id(kind), "FirstName": first, "LastName": last, "Name": f"{first} {last}", **own,
                "Phone": chance.choice(SPELLINGS).format(chance.choice(PLACES), 2_000_000 + number), **system,
                "CreatedDate": stamp, "LastModifiedDate": stamp, "SystemModstamp": stamp,
            }  # fmt: skip
            if number % 3 == 0:
                row["MobilePhone"] = f"0171 {3_000_000 + number}"
            tables[kind][row["Id"]] = row
    return count
