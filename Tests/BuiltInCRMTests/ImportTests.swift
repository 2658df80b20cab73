import BuiltInCRM
import CallerLookup
import Foundation
import Records
import Storage
import Testing

@Suite struct ImportTests {
    private func fileJob(_ name: String, id: String = "i-1") throws -> Import {
        try Import(id: id, name: name, file: fixture(name))
    }

    private func job(_ text: String, kind: RecordID.Kind? = nil, id: String = "i-1") throws
        -> Import
    {
        try Import(id: id, name: "rows.csv", kind: kind, file: Array(text.utf8))
    }

    private func contact(_ test: TestCRM, _ name: String) async throws -> StoredRecord? {
        try await test.read { crm, store in
            let hit = try crm.list(.contact, search: name, in: store).records.first
            return try hit.flatMap { try crm.record($0.ref, in: store) }
        }
    }

    @Test func salesforceContacts() async throws {
        let test = try await TestCRM()
        let preview = try fileJob("salesforce-contacts.csv")
        #expect(preview.report.state == .preview)
        #expect(preview.report.rows == 5)
        #expect(preview.report.preview.count == 5)
        #expect(preview.report.columns.last?.column == "Favourite Colour")
        #expect(preview.report.columns.map(\.field).suffix(2) == ["owner", nil])
        let done = try await test.crm.run(preview)
        #expect(done.state == .finished)
        #expect(done.counts == [4, 0, 0, 1])
        #expect(done.accountsCreated == 2)
        #expect(done.report.refusals.map(\.row) == [5])
        #expect(done.report.refusals.map(\.reason) == ["No name. Fill Last Name or Name."])
        #expect(done.report.warnings.map(\.row) == [4, 4])
        #expect(done.report.warnings.contains { $0.text.contains("“call me”") })
        let ada = try #require(try await contact(test, "lovelace"))
        #expect(ada.accountName == "Analytical Engines")
        #expect(ada.externalID == "003A1")
        #expect(ada.values[.owner] == "Ada Okafor")
        let neill = try #require(try await contact(test, "oneill"))
        #expect(neill.name == "Łukasz O'Neill, jr.")
        #expect(neill.accountName == "Kontor \"Nord\" KG")
        #expect(neill.values[.phone] == "call me")
        #expect(neill.values[.email] == nil)
        #expect(neill.values[.mailingCity] == "Hamburg  Altona")
        #expect(try await test.match("03023125042").outcome == .single)
        #expect(try await test.names(test.match("0012125550142")) == ["Grace Hopper"])
    }

    @Test func theSameFileAgainChangesNothing() async throws {
        let test = try await TestCRM()
        for file in [
            "salesforce-contacts.csv", "google-contacts.csv", "outlook-contacts.csv",
            "excel-german.csv", "apple-3.0.vcf", "nokia-2.1.vcf", "card-4.0.vcf",
        ] {
            let first = try await test.crm.run(fileJob(file, id: "one-\(file)"))
            #expect(first.created > 0)
            let second = try await test.crm.run(fileJob(file, id: "two-\(file)"))
            #expect(second.created == 0, "\(file)")
            #expect(second.updated == 0, "\(file)")
            #expect(second.unchanged == first.created)
            #expect(second.refused == first.refused)
        }
    }

    @Test func googleContacts() async throws {
        let test = try await TestCRM()
        let done = try await test.crm.run(fileJob("google-contacts.csv"))
        #expect(done.created == 3)
        #expect(done.refused == 0)
        let emmy = try #require(try await contact(test, "noether"))
        #expect(emmy.values[.firstName] == "Emmy Amalie")
        #expect(emmy.values[.mobilePhone] == "0171 3920055")
        #expect(emmy.values[.phone] == "+49 30 23125055")
        #expect(emmy.values[.otherPhone] == "+49 30 23125056")
        #expect(emmy.values[.email] == "emmy@uni.example")
        #expect(emmy.accountName == "Universität Göttingen")
        let sophie = try #require(try await contact(test, "germain"))
        #expect(sophie.values[.homePhone] == "+33 1 99 00 12 34")
        #expect(sophie.values[.phone] == nil)
        #expect(try await contact(test, "pizzeria")?.values[.lastName] == "Pizzeria")
    }

    @Test func outlookAndExcelInGerman() async throws {
        let test = try await TestCRM()
        let outlook = try await test.crm.run(fileJob("outlook-contacts.csv", id: "i-1"))
        #expect(outlook.report.warnings.first?.text.contains("Windows-1252") == true)
        let gross = try #require(try await contact(test, "jürgen"))
        #expect(gross.values[.salutation] == "Dr.")
        #expect(gross.values[.title] == "Leiter")
        #expect(gross.values[.phone] == "0221 4710100")
        #expect(gross.values[.otherPhone] == "0221 4710101")
        #expect(gross.accountName == "Müller & Söhne")
        _ = try await test.crm.run(fileJob("excel-german.csv", id: "i-2"))
        let anne = try #require(try await contact(test, "zöllner"))
        #expect(anne.accountName == "Groß; Klein GmbH")
        #expect(anne.values[.homePhone] == "030/23125071")
        #expect(try await test.names(test.match("03023125070")) == ["Änne Zöllner"])
    }

    @Test func cards() async throws {
        let test = try await TestCRM()
        let preview = try fileJob("apple-3.0.vcf")
        #expect(preview.report.columns.map(\.column).contains("Business Phone"))
        let done = try await test.crm.run(preview)
        #expect(done.created == 2)
        #expect(done.refused == 0)
        let marie = try #require(try await contact(test, "curie"))
        #expect(marie.values[.phone] == "+33 1 99 00 11 11; +33 1 99 00 11 13")
        #expect(try await test.names(test.match("+33199001113")) == ["Marie Salomea Curie"])
        #expect(try await test.names(test.match("+43316000123")) == ["Café Central"])
    }

    @Test func aRowIsSomebodyWhoIsThereAlready() async throws {
        let test = try await TestCRM()
        let account = try await test.create(.account, ["name": "Kontor Nord"])
        let known = try await test.create(
            .contact,
            [
                "firstName": "Sönke", "lastName": "Voß", "phone": "040/66969-100",
                "title": "Owner", "accountId": account.value,
            ])
        let text = """
            First Name,Last Name,Account Name,Phone,Mobile,Title
            SÖNKE,VOSS,KONTOR NORD,+49 (0)40 66969100,0171 3920012,
            Sönke,Voß,Kontor Süd,040 66969100,,
            Sönke,Voß,Kontor Nord,040 66969199,,
            """
        let done = try await test.crm.run(job(text))
        #expect(done.counts == [2, 1, 0, 0])
        let values = try #require(try await test.record(known)?.values)
        #expect(values[.mobilePhone] == "0171 3920012")
        #expect(values[.title] == "Owner")
        #expect(try await test.record(known)?.version == 2)
    }

    @Test func theOtherSystemsIdWinsOverTheName() async throws {
        let test = try await TestCRM()
        _ = try await test.crm.run(job("Contact ID,Last Name,Phone\n003,Voß,040 66969100\n"))
        let done = try await test.crm.run(
            job(
                "Contact ID,Last Name,Phone\n003,Voss-Petersen,040 66969101\n004,Voß,040 66969100\n"
            ))
        #expect(done.created == 1)
        #expect(done.updated == 1)
        #expect(try await contact(test, "petersen")?.externalID == "003")
    }

    @Test func whoItCouldBeIsNeverGuessed() async throws {
        let test = try await TestCRM()
        for _ in 0..<2 {
            try await test.create(.contact, ["lastName": "Voß", "phone": "040 66969100"])
        }
        let done = try await test.crm.run(job("Last Name,Phone,Title\nVoß,040 66969100,Owner\n"))
        #expect(done.counts == [0, 0, 0, 1])
        #expect(done.report.refusals.first?.reason.contains("any of 2 records") == true)
    }

    @Test func accountsOfOneNameAreNotGuessedEither() async throws {
        let test = try await TestCRM()
        for _ in 0..<2 { try await test.create(.account, ["name": "Kontor Nord"]) }
        let done = try await test.crm.run(job("Last Name,Account Name\nVoß,Kontor Nord\n"))
        #expect(done.created == 1)
        #expect(done.accountsCreated == 0)
        #expect(done.report.warnings.first?.text.contains("2 accounts are called") == true)
        #expect(try await contact(test, "voss")?.account == nil)
    }

    @Test func leadsAccountsOpportunitiesAndCases() async throws {
        let test = try await TestCRM()
        let files: [(String, RecordID.Kind)] = [
            (
                "Account Name,Account ID,Phone,Billing City,Type\n"
                    + "Kontor Nord,001,+49 40 66969-0,Hamburg,customer\n", .account
            ),
            ("Last Name,First Name,Account ID\nVoß,Sönke,001\n", .contact),
            ("Last Name,Company,Lead Status,Phone\nKhan,Camden,Open - Not Contacted,1\n", .lead),
            (
                "Opportunity Name,Stage,Amount,Close Date,Account Name,Contact Name\n"
                    + "Water Bar,closed won,\"1.250,00 €\",31.12.2026,Kontor Nord,Sönke Voß\n"
                    + "Milk,,5,03/04/2026,,\n", .opportunity
            ),
            (
                "Case Number,Subject,Status,Account Name\n77,Leaks,,Kontor Nord\n78,Loud,Solved,\n",
                .case
            ),
            ("Case ID,Subject\n,Dark\n,Dark\n", .case),
        ]
        for (index, (text, kind)) in files.enumerated() {
            let start = try job(text, id: "i-\(index)")
            #expect(start.kind == kind)
            let done = try await test.crm.run(start)
            #expect(done.created == (text.contains("Loud") ? 2 : 1))
            #expect(done.refused == (kind == .opportunity ? 1 : 0))
            let again = try await test.crm.run(job(text, id: "again-\(index)"))
            #expect(again.created == 0, "\(kind)")
            #expect(again.updated == 0, "\(kind)")
        }
        let sales = try await test.read { try $0.list(.opportunity, in: $1).records }
        let id = try #require(sales.first?.ref)
        let sale = try #require(try await test.record(id))
        #expect(sale.values[.amount] == "1250")
        #expect(sale.values[.closeDate] == "2026-12-31")
        #expect(sale.values[.stage] == "Closed Won")
        #expect(sale.contactName == "Sönke Voß")
        #expect(sale.closedAt != nil)
        let cases = try await test.read { try $0.list(.case, in: $1).records }
        #expect(
            cases.map(\.subtitle) == ["78 · Solved", "77 · New · Kontor Nord", "00001001 · New"])
    }

    @Test func aDryRunSaysWhatWouldBeAndWritesNothing() async throws {
        let text = """
            Last Name,Company Name,Phone,Title
            Voß,Kontor Nord,040 66969100,
            Voß,Kontor Nord,040 66969100,
            Voß,Kontor Nord,+49 40 66969100,Owner
            Jäger,Kontor Nord,040 66969101,
            ,,,x
            """
        let (dry, wet) = (try await TestCRM(), try await TestCRM())
        let plan = try await dry.crm.run(job(text), isDryRun: true)
        let done = try await wet.crm.run(job(text))
        for job in [plan, done] {
            #expect(job.counts == [2, 1, 1, 1])
            #expect(job.accountsCreated == 1)
        }
        #expect(try await dry.read { try $0.isEmpty(in: $1) })
    }

    @Test func itRunsInChunksAndGoesOnWhereItStopped() async throws {
        let test = try await TestCRM()
        let rows = (0..<450).map { "Person \($0),03023125\(100 + $0)" }.joined(separator: "\n")
        let start = try job("Last Name,Phone\n" + rows)
        let seen = Seen()
        let stopped = await withTaskGroup(of: Import?.self) { group in
            group.addTask {
                try? await test.crm.run(start) { job in
                    await seen.add(job.done)
                    withUnsafeCurrentTask { $0?.cancel() }
                }
            }
            return await group.next() ?? nil
        }
        let first = try #require(stopped)
        #expect(first.state == .failed)
        #expect(first.done == 200)
        #expect(first.failure == "Stopped after 200 of 450 rows. Start it again to go on.")
        let done = try await test.crm.run(first) { await seen.add($0.done) }
        #expect(done.state == .finished)
        #expect(done.created == 450)
        #expect(await seen.steps == [200, 400, 450])
        await #expect(throws: ImportFailure.self) { try await test.crm.run(done) }
    }

    private actor Seen {
        var steps: [Int] = []
        func add(_ step: Int) { steps.append(step) }
    }

    @Test func refusedRowsComeBackAsAFileThatCanBeMended() async throws {
        let test = try await TestCRM()
        let done = try await test.crm.run(
            job("Last Name,Title,Phone,Title of Book\n,=cmd(),+49 30 23125001,x\n"))
        let text = done.refusedCSV
        #expect(
            text == "Row,Reason,Last Name,Title,Phone,Title of Book\r\n"
                + "2,No name. Fill Last Name or Name.,,'=cmd(),'+49 30 23125001,x\r\n")
        let mended = text.replacing("Name.,,", with: "Name.,Voß,")
        let again = try await test.crm.run(job(mended, id: "i-2"))
        #expect(again.created == 1)
        let voss = try #require(try await contact(test, "voss"))
        #expect(voss.values[.phone] == "+49 30 23125001")
        #expect(voss.values[.title] == "=cmd()")
    }
}

extension Import {
    /// Created, updated, unchanged, refused.
    fileprivate var counts: [Int] { [created, updated, unchanged, refused] }
}
