import BuiltInCRM
import Records
import Testing

@Suite struct ColumnMapTests {
    private func fields(_ header: String, kind: RecordID.Kind? = nil) throws -> [String?] {
        let names = header.split(separator: ",", omittingEmptySubsequences: false).map(String.init)
        return try ColumnMap(header: names, kind: kind).columns.map { $0.meaning?.fieldName }
    }

    @Test(arguments: [
        ("First Name,Last Name,Account Name,Phone,Mobile Phone", RecordID.Kind.contact),
        ("FirstName,LastName,AccountId,Id", .contact),
        ("Last Name,Company,Lead Status", .lead),
        ("Account Name,Billing City,Industry", .account),
        ("Opportunity Name,Stage,Close Date,Account Name", .opportunity),
        ("Case Number,Subject,Status", .case),
        ("Nachname,Vorname,Firma", .contact),
        ("Name,E-mail 1 - Value", .contact),
    ])
    func kindIsSeenFromTheColumns(_ header: String, _ kind: RecordID.Kind) throws {
        let names = header.split(separator: ",").map(String.init)
        #expect(try ColumnMap(header: names).kind == kind)
    }

    @Test(
        arguments: [
            (
                "first_name,LASTNAME,Mobile Phone,Home Phone,Other Phone,E-Mail,Birthday",
                RecordID.Kind.contact,
                ["firstName", "lastName", "mobilePhone", "homePhone", "otherPhone", "email", nil]
            ),
            (
                "Title,First Name,Last Name,Company,Job Title,Business Phone", .contact,
                ["salutation", "firstName", "lastName", "accountId", "title", "phone"]
            ),
            ("Title,Last Name,Account Name", .contact, ["title", "lastName", "accountId"]),
            (
                "Last Name,Company,Status,Lead Owner,City", .lead,
                ["lastName", "company", "status", "owner", "city"]
            ),
            (
                "Name,Phone,Website,Billing Country", .account,
                ["name", "phone", "website", "country"]
            ),
            (
                "Opportunity Name,Amount,Stage,Close Date,Account Name,Contact Name", .opportunity,
                ["name", "amount", "stage", "closeDate", "accountId", "contactId"]
            ),
            ("Last Name,Last Name", .contact, ["lastName", nil]),
            ("Phone,Phone", .contact, ["phone", "phone"]),
        ] as [(String, RecordID.Kind, [String?])])
    func columnsAreKnown(_ header: String, _ kind: RecordID.Kind, _ expected: [String?]) throws {
        #expect(try fields(header, kind: kind) == expected)
    }

    @Test func unknownColumnsAreReported() throws {
        let map = try ColumnMap(header: ["Last Name", "Favourite Colour", "", "Shoe Size"])
        #expect(map.unknown == ["Favourite Colour", "Shoe Size"])
    }

    @Test func aFileWithoutAnyKnownColumnIsRefused() {
        #expect(throws: ImportFailure.noKnownColumn(["x", "y"])) {
            try ColumnMap(header: ["x", "y"])
        }
    }
}
