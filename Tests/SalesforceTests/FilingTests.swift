import CallLogging
import Foundation
import Records
import Testing

@testable import Salesforce

/// What the org does not take as it is: corrected where that is honest, else parked in its own words.
struct FilingTests {
    @Test func anOwnerWhoIsNotActiveIsNamedInTheText() async throws {
        let org = try Org()
        let sink = try await SinkTests.sink(org) { $0.usernames = ["ada": "ada@callmatch.example"] }
        _ = try await SinkTests.deliver(SinkTests.log("a"), to: sink)
        let ada = try #require(
            try await org.records("User").first { $0["Alias"]?.text == "ada" }?["Id"]?.text)
        try await org.command("change", ["record": .text(ada), "IsActive": .flag(false)])
        _ = try await SinkTests.deliver(SinkTests.log("b"), to: sink)
        let tasks = try await org.logs()
        let (first, second) = (
            tasks.first { $0["CallObject"]?.text == "a" },
            tasks.first { $0["CallObject"]?.text == "b" }
        )
        #expect(first?["OwnerId"]?.text == ada)
        #expect(first?["Description"]?.text?.contains("Agent:") == false)
        #expect(second?["OwnerId"] != nil && second?["OwnerId"]?.text != ada)
        #expect(second?["Description"]?.text?.contains("Agent: Ada Okafor") == true)
    }

    /// Whose user cannot be found out now is not filed as somebody else's.
    @Test func anOwnerWhoIsNotKnownYetIsWaitedFor() async throws {
        let org = try Org()
        let sink = try await SinkTests.sink(org) { $0.usernames = ["ada": "ada@callmatch.example"] }
        try await org.command(
            "fault", ["kind": .text("html"), "path": .text("/query"), "times": .number(1)])
        let failure = await #expect(throws: FilingFailure.self) {
            _ = try await sink.file(SinkTests.log())
        }
        guard case .retry = failure else {
            Issue.record("\(String(describing: failure))")
            return
        }
        #expect(try await org.logs().isEmpty)
        _ = try await sink.file(SinkTests.log())
        #expect(try await org.logs().first?["Description"]?.text?.contains("Agent:") == false)
    }

    @Test func whatTheOrgDoesNotHaveIsNamed() async throws {
        let org = try Org()
        try await org.command(
            "restrict",
            [
                "user": .text(Org.user),
                "hide_fields": .array([.text("Task.CallDisposition")]),
                "read_only_fields": .array([.text("Task.CallType")]),
            ])
        let sink = try await SinkTests.sink(org)
        _ = try await SinkTests.deliver(SinkTests.log(), to: sink)
        #expect(await sink.droppedFields() == ["CallDisposition", "CallType"])
        #expect(try await org.logs().first?["CallDurationInSeconds"] == .number(63))
    }

    /// Described as there, and refused all the same.
    @Test func aFieldThatIsRefusedIsLeftOutAndNamed() async throws {
        let org = try Org()
        let sink = try await SinkTests.sink(org)
        try await org.command(
            "fault",
            [
                "kind": .text("error"), "method": .text("PATCH"), "code": .text("INVALID_FIELD"),
                "message": .text("No such column 'CallDisposition' on sobject of type Task"),
                "status": .number(400),
            ])
        _ = try await sink.file(SinkTests.log())
        #expect(await sink.droppedFields() == ["CallDisposition"])
        #expect(try await org.logs().first?["CallDisposition"] == nil)
        _ = try await sink.file(SinkTests.log("k2"))
        #expect(await sink.droppedFields() == [], "the next one has it again")
    }

    @Test func aKeyFieldThatGoesAwayIsDoneWithout() async throws {
        let org = try Org()
        let sink = try await SinkTests.sink(org)
        _ = try await sink.file(SinkTests.log("a"))
        try await org.command(
            "restrict",
            ["user": .text(Org.user), "hide_fields": .array([.text("Task.CallKey__c")])])
        _ = try await sink.file(SinkTests.log("b"))
        _ = try await SinkTests.sink(org).file(SinkTests.log("b", version: 2))
        #expect(try await org.logs().count == 2)
    }

    @Test func withoutAnyKeyNothingIsFiled() async throws {
        let org = try Org()
        try await org.command(
            "restrict",
            [
                "user": .text(Org.user),
                "hide_fields": .array([.text("Task.CallKey__c"), .text("Task.CallObject")]),
            ])
        let reason = await SinkTests.parked(SinkTests.log(), by: try await SinkTests.sink(org))
        #expect(reason?.contains("no field in which this call is found again") == true)
        #expect(try await org.logs().isEmpty)
    }

    @Test(arguments: ["describe", "refusal"])
    func whoMayCreateButNotChange(how: String) async throws {
        let org = try Org()
        let sink = try await SinkTests.sink(org)
        if how == "describe" {
            try await org.command(
                "restrict",
                ["user": .text(Org.user), "forbid": .array([.text("Task.update")])])
        }
        let first = try await sink.file(SinkTests.log())
        if how == "refusal" {
            try await org.command(
                "restrict",
                ["user": .text(Org.user), "forbid": .array([.text("Task.update")])])
        }
        // The same once more, after a restart, is what is there.
        let again = try await SinkTests.sink(org).file(SinkTests.log())
        #expect(first.id == again.id)
        for sink in [sink, try await SinkTests.sink(org)] {
            let reason = await SinkTests.parked(
                SinkTests.log(version: 2, notes: "More."), by: sink)
            #expect(reason?.contains("may create but not change") == true, "\(reason ?? "filed")")
        }
        let tasks = try await org.logs()
        #expect(tasks.count == 1)
        #expect(tasks[0]["CallKey__c"]?.text == "k1")
        #expect(tasks[0]["Description"]?.text?.hasPrefix("Asked") == true)
    }

    /// An upsert needs both rights: where it is refused, a new one is made by itself.
    @Test func anUpsertThatIsRefusedIsACreation() async throws {
        let org = try Org()
        let sink = try await SinkTests.sink(org)
        try await org.command(
            "fault",
            [
                "kind": .text("error"), "method": .text("PATCH"), "times": .null,
                "code": .text("INSUFFICIENT_ACCESS_OR_READONLY"), "status": .number(400),
            ])
        _ = try await sink.file(SinkTests.log())
        #expect(try await org.logs().first?["CallKey__c"]?.text == "k1")
        let reason = await SinkTests.parked(SinkTests.log(version: 2, notes: "More."), by: sink)
        #expect(reason?.contains("may create but not change") == true)
    }

    @Test func twoOfOneKeyAreForAPerson() async throws {
        let org = try Org()
        let sink = try await SinkTests.sink(org)
        try await org.command(
            "fault",
            [
                "kind": .text("reply"), "method": .text("PATCH"), "status": .number(300),
                "body": .text(
                    #"["/services/data/v67.0/sobjects/Task/00T000000000001EAA","/services/data/v67.0/sobjects/Task/00T000000000002EAA"]"#
                ),
            ])
        let reason = await SinkTests.parked(SinkTests.log(), by: sink) ?? ""
        #expect(reason.contains("00T000000000001EAA") && reason.contains("00T000000000002EAA"))
        // Without a key field the same is found by looking.
        for _ in 0..<2 {
            try await org.command(
                "add",
                ["kind": .text("Task"), "Subject": .text("Call"), "CallObject": .text("k2")])
        }
        let other = try await SinkTests.sink(org) { $0.keyField = nil }
        let ids = try await org.logs().compactMap { $0["Id"]?.text }
        let found = await SinkTests.parked(SinkTests.log("k2"), by: other) ?? ""
        #expect(ids.count == 2 && ids.allSatisfy(found.contains))
    }

    @Test func aDuplicateOfAnotherFieldIsForAPerson() async throws {
        let org = try Org()
        let sink = try await SinkTests.sink(org)
        for (field, isOurs) in [("Ticket__c", false), ("CallKey__c", true), ("<unknown>", true)] {
            try await org.command(
                "fault",
                [
                    "kind": .text("error"), "method": .text("PATCH"), "status": .number(400),
                    "code": .text("DUPLICATE_VALUE"),
                    "message": .text(
                        "duplicate value found: \(field) duplicates value on record with id: 00T5f0000000009"
                    ),
                ])
            let failure = await #expect(throws: FilingFailure.self) {
                _ = try await sink.file(SinkTests.log())
            }
            switch failure {
            case .park(let reason): #expect(!isOurs && reason.contains(field))
            case .retry: #expect(isOurs, "the other one is not to be seen yet")
            case nil: Issue.record("it was filed")
            }
        }
        #expect(try await org.logs().isEmpty)
    }

    /// Deleted there by a person, and edited here since.
    @Test func aTaskThatSomebodyDeletedIsMadeAnew() async throws {
        let org = try Org()
        let sink = try await SinkTests.sink(org)
        let first = try await sink.file(SinkTests.log())
        try await org.command("delete", ["record": .text(first.id.value)])
        let second = try await sink.file(SinkTests.log(version: 2, notes: "More."))
        #expect(first.id != second.id)
        #expect(try await org.logs().count == 1)
    }

    /// With a field for it, an older version loses also where nothing is remembered.
    @Test(arguments: [true, false])
    func anOlderVersionLosesAfterARestart(hasField: Bool) async throws {
        let org = try Org()
        try await org.command(
            "add_field",
            ["kind": .text("Task"), "name": .text("CallVersion__c"), "type": .text("double")])
        func sink() async throws -> SalesforceSink {
            try await SinkTests.sink(org) {
                $0.versionField = hasField ? OrgName("CallVersion__c") : nil
            }
        }
        let first = try await sink().file(SinkTests.log(version: 3, notes: "New."))
        let older = try await sink().file(SinkTests.log(version: 2, notes: "Old."))
        #expect(first == older)
        let text = try await org.logs().first?["Description"]?.text
        #expect(text?.hasPrefix(hasField ? "New." : "Old.") == true)
        _ = try await sink().file(SinkTests.log(version: 4, notes: "Newest."))
        let newest = try await org.logs()
        #expect(newest.count == 1)
        #expect(newest[0]["Description"]?.text?.hasPrefix("Newest.") == true)
        #expect(newest[0]["CallVersion__c"] == (hasField ? .number(4) : nil))
    }

    /// The audit: which of many keys are not there, or are there in another record.
    @Test(arguments: [true, false])
    func whatIsMissingIsFound(hasKey: Bool) async throws {
        let org = try Org()
        let sink = try await SinkTests.sink(org) { if !hasKey { $0.keyField = nil } }
        let keys = (0..<250).map { "cm-20261125-\($0)" }
        var filed = Dictionary(uniqueKeysWithValues: keys.map { ($0, "00T000000000001") })
        for key in keys where key.hasSuffix("7") {
            filed[key] = try await SinkTests.deliver(SinkTests.log(key), to: sink).id.value
        }
        let other = "cm-20261125-17"
        filed[other] = filed["cm-20261125-27"]
        let first = try #require(try await org.logs().first)
        try await org.command("delete", ["record": .text(first["Id"]?.text ?? "")])
        try await org.command("requests", ["clear": .flag(true)])
        let missing = try await sink.missing(filed)
        let gone = first["CallObject"]?.text ?? ""
        let expected = Set(keys.filter { !$0.hasSuffix("7") } + [gone, other])
        #expect(missing == expected)
        let asked = try await org.command("requests").array.count
        #expect(asked == 3)
        #expect(try await sink.missing([:]).isEmpty)
        #expect(try await org.mistakes().isEmpty)
    }
}
