import BuiltInCRM
import CallLogging
import CallerLookup
import Foundation
import Records
import Storage
import Testing

@Suite struct ImportUndoTests {
    private func run(_ test: TestCRM, _ text: String, id: String) async throws -> Import {
        try await test.crm.run(Import(id: id, name: "rows.csv", file: Array(text.utf8)))
    }

    @Test func whatNobodyUsedIsTakenAway() async throws {
        let test = try await TestCRM()
        let before = try await test.create(
            .contact, ["lastName": "Before", "phone": "040 66969100"])
        _ = try await run(
            test,
            """
            Last Name,Account Name,Phone
            Used,Kontor Nord,040 66969101
            Edited,Kontor Süd,040 66969102
            Plain,Kontor West,040 66969103
            Before,,040 66969100
            """, id: "i-1")
        let cursor = try await test.crm.changes(since: nil).cursor
        func find(_ name: String) async throws -> RecordID {
            let list = try await test.read { try $0.list(.contact, search: name, in: $1) }
            return try #require(list.records.first?.ref)
        }
        let (used, edited) = (try await find("used"), try await find("edited"))
        let plain = try await find("plain")
        _ = try await test.crm.file(
            FiledLog(
                key: "k", version: 1, subject: "Call", person: used, related: nil, notes: "",
                disposition: nil, followUp: nil, direction: "inbound", outcome: "answered",
                startedAt: test.now, seconds: 1, agent: nil, agentName: nil, number: ""))
        try await test.edit(edited, version: 1, ["title": "Buyer"])
        let undo = try #require(try await test.crm.undo(import: "i-1"))
        // One contact and its account go; two contacts and their accounts stay.
        #expect(undo.removed == 2)
        #expect(undo.keptCount == 4)
        #expect(
            Set(undo.kept.map(\.reason)) == [
                "It has activities.", "It was edited since.", "It has contacts.",
            ])
        #expect(try await test.record(plain) == nil)
        #expect(try await test.record(before) != nil)
        #expect(try await test.match("04066969103").outcome == .none)
        #expect(try await test.match("04066969101").outcome == .single)
        let gone = try await test.crm.changes(since: cursor)
        #expect(gone.removed.contains(plain))
        #expect(gone.changed.map(\.id) == [edited])
        #expect(try await test.crm.undo(import: "i-none") == nil)
        #expect(try await test.crm.undo(import: "i-1")?.removed == 0)
    }

    @Test func aPersonAccountGoesAsAWhole() async throws {
        let test = try await TestCRM()
        _ = try await run(
            test, "Account Name,Phone,Is Person Account\nMaria Huber,089 99998123,true\n", id: "i-1"
        )
        #expect(try await test.match("08999998123").candidates.first?.id.kind == .contact)
        #expect(try await test.crm.undo(import: "i-1")?.removed == 1)
        #expect(try await test.read { try $0.isEmpty(in: $1) })
    }

    @Test func anImportOfOneProcessIsAddedStartedAndFinished() async throws {
        let test = try await TestCRM()
        let imports = Imports(crm: test.crm)
        let bytes = Array("Last Name\nVoß\n".utf8)
        let report = try await imports.add(name: "a.csv", kind: nil, file: bytes)
        #expect(report.state == .preview)
        #expect(try await imports.start(report.id)?.state == .running)
        await #expect(throws: ImportFailure.self) { try await imports.start(report.id) }
        await withTaskGroup(of: Void.self) { group in
            group.addTask { await imports.run() }
            while await imports.report(report.id)?.state == .running { await Task.yield() }
            group.cancelAll()
        }
        let done = try #require(await imports.report(report.id))
        #expect(done.state == .finished)
        #expect(done.created == 1)
        #expect(await imports.refusedCSV(report.id) == "Row,Reason,Last Name\r\n")
        for _ in 0..<5 { _ = try await imports.add(name: "b.csv", kind: nil, file: bytes) }
        #expect(await imports.report(report.id) == nil)
        #expect(try await imports.start(report.id) == nil)
    }
}
