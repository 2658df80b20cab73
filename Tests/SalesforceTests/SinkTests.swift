import CallLogging
import Foundation
import Records
import Testing

@testable import Salesforce

/// A call log becomes one Task, whatever is lost on the way.
struct SinkTests {
    static func log(
        _ key: String = "k1", version: Int = 1, person: RecordID? = nil, related: RecordID? = nil,
        notes: String = "Asked for the engine.", disposition: String? = "Resolved",
        agent: String? = "ada"
    ) -> FiledLog {
        FiledLog(
            key: key, version: version, subject: "Call from Ada Lovelace", person: person,
            related: related, notes: notes, disposition: disposition, followUp: nil,
            direction: "inbound", outcome: "answered",
            startedAt: Date(timeIntervalSince1970: 1_795_400_000), seconds: 63, agent: agent,
            agentName: "Ada Okafor", number: "030 23125042")
    }

    static func sink(
        _ org: Org, _ change: (inout SalesforceSettings) -> Void = { _ in }
    ) async throws -> SalesforceSink {
        var settings = try Org.settings()
        change(&settings)
        let connection = try await org.connection()
        return SalesforceSink(
            connection, users: Vault().users(connection, settings), settings: settings)
    }

    private func sink(
        _ org: Org, hasKey: Bool = true, _ change: (inout SalesforceSettings) -> Void = { _ in }
    ) async throws -> SalesforceSink {
        try await Self.sink(org) {
            if !hasKey { $0.keyField = nil }
            change(&$0)
        }
    }

    /// Files until the org has taken it, as the delivery does.
    static func deliver(_ log: FiledLog, to sink: SalesforceSink) async throws -> FiledRecord {
        for _ in 0..<20 {
            do throws(FilingFailure) {
                return try await sink.file(log)
            } catch {
                guard case .retry = error else { throw error }
            }
        }
        throw FilingFailure.park(reason: "it never took it")
    }

    private func deliver(_ log: FiledLog, to sink: SalesforceSink) async throws -> FiledRecord {
        try await Self.deliver(log, to: sink)
    }

    /// Why it was parked; `nil` where it was not.
    static func parked(_ log: FiledLog, by sink: SalesforceSink) async -> String? {
        do throws(FilingFailure) {
            _ = try await sink.file(log)
            return nil
        } catch {
            if case .park(let reason) = error { return reason }
            return nil
        }
    }

    private func ada(_ org: Org) async throws -> RecordID {
        let row = try await org.records("Contact").first { $0["LastName"]?.text == "Lovelace" }
        return RecordID(crm: "acme", kind: .contact, value: try #require(row?["Id"]?.text))
    }

    @Test func aLogIsATask() async throws {
        let org = try Org()
        let ada = try await ada(org)
        let user = try #require(
            try await org.records("User").first { $0["Alias"]?.text == "ada" }?["Id"]?.text)
        let sink = try await sink(org) { $0.usernames = ["ada": "Ada@CallMatch.example"] }
        try await org.command("requests", ["clear": .flag(true)])
        let record = try await deliver(Self.log(person: ada), to: sink)
        let task = try #require(try await org.logs().first)
        #expect(task["Id"]?.text == record.id.value)
        #expect(record.url.hasSuffix("/lightning/r/Task/\(record.id.value)/view"))
        #expect(task["WhoId"]?.text == ada.value && task["OwnerId"]?.text == user)
        #expect(task["Status"]?.text == "Completed" && task["TaskSubtype"]?.text == "Call")
        #expect(task["CallType"]?.text == "Inbound" && task["CallDurationInSeconds"] == .number(63))
        #expect(task["CallDisposition"]?.text == "Resolved" && task["CallKey__c"]?.text == "k1")
        #expect(task["Description"]?.text?.hasPrefix("Asked for the engine.") == true)
        let seen = try await org.command("requests").array.compactMap { $0["target"]?.text }
        #expect(seen.count { $0.contains("/sobjects/Task/CallKey__c/") } == 1)
        // The token and the description are asked for once; after that a call costs one request.
        _ = try await deliver(Self.log("k2", person: ada), to: sink)
        #expect(try await org.command("requests").array.count == seen.count + 1)
    }

    @Test(arguments: [true, false])
    func anEditChangesTheTaskAndAnOlderOneDoesNot(hasKey: Bool) async throws {
        let org = try Org()
        let sink = try await sink(org, hasKey: hasKey)
        let first = try await deliver(Self.log(version: 1), to: sink)
        let second = try await deliver(Self.log(version: 3, notes: "More."), to: sink)
        let older = try await deliver(Self.log(version: 2, notes: "Less."), to: sink)
        #expect(first == second && second == older)
        let tasks = try await org.logs()
        #expect(tasks.count == 1)
        #expect(tasks[0]["Description"]?.text?.hasPrefix("More.") == true)
    }

    /// Another process, or this one after a restart, files the same key again.
    @Test(arguments: [true, false])
    func aRestartMakesNoSecondTask(hasKey: Bool) async throws {
        let org = try Org()
        let first = try await deliver(Self.log(), to: try await sink(org, hasKey: hasKey))
        let second = try await deliver(
            Self.log(version: 2, notes: "After."), to: try await sink(org, hasKey: hasKey))
        #expect(first.id == second.id)
        #expect(try await org.logs().count == 1)
    }

    @Test(arguments: [true, false])
    func whatIsLostOnTheWayIsNotDoubled(hasKey: Bool) async throws {
        let org = try Org()
        let sink = try await sink(org, hasKey: hasKey)
        _ = try await deliver(Self.log("warm"), to: sink)
        let faults: [[String: JSONValue]] = [
            ["kind": .text("lost_reply")], ["kind": .text("lost_request")],
            ["kind": .text("cut_json")], ["kind": .text("html")], ["kind": .text("truncate")],
            ["kind": .text("error"), "code": .text("UNABLE_TO_LOCK_ROW"), "status": .number(400)],
            ["kind": .text("error"), "code": .text("SERVER_UNAVAILABLE"), "status": .number(503)],
            [
                "kind": .text("error"), "code": .text("INVALID_SESSION_ID"),
                "status": .number(401),
            ],
        ]
        for (number, fault) in faults.enumerated() {
            try await org.command(
                "fault", fault.merging(["path": .text("/sobjects/Task")]) { own, _ in own })
            _ = try await deliver(Self.log("k\(number)"), to: sink)
        }
        let keys = try await org.logs().compactMap { $0["CallObject"]?.text }
        #expect(keys.sorted() == (["warm"] + faults.indices.map { "k\($0)" }).sorted())
        #expect(try await org.mistakes().isEmpty)
    }

    /// Two who upsert one key within a moment: the second is told of a duplicate, and changes the first one's.
    @Test func twoAtOnceMakeOne() async throws {
        let org = try Org()
        try await org.command(
            "configure", ["upsert_blind_seconds": .number(5), "upsert_pause_seconds": .number(0.2)])
        let sinks = [try await sink(org), try await sink(org)]
        let records = try await withThrowingTaskGroup(of: FiledRecord.self) { group in
            for (number, sink) in sinks.enumerated() {
                group.addTask {
                    try await deliver(Self.log(version: number + 1), to: sink)
                }
            }
            return try await group.reduce(into: Set<FiledRecord>()) { $0.insert($1) }
        }
        #expect(records.count == 1)
        #expect(try await org.logs().count == 1)
    }

    @Test func aRuleOfTheOrgParksItWithItsOwnWords() async throws {
        let org = try Org()
        try await org.command(
            "add_validation",
            [
                "kind": .text("Task"), "when": .text("CallDisposition = null"),
                "message": .text("Say how it ended."),
            ])
        let sink = try await sink(org)
        let failure = await #expect(throws: FilingFailure.self) {
            _ = try await sink.file(Self.log(disposition: nil))
        }
        guard case .park(let reason) = failure else {
            Issue.record("\(String(describing: failure))")
            return
        }
        #expect(reason.contains("Say how it ended."))
        #expect(try await org.logs().isEmpty)
        _ = try await deliver(Self.log(version: 2), to: sink)
        #expect(try await org.logs().count == 1)
    }

    /// A field that this user cannot write is left out, and so is one that goes away meanwhile.
    @Test func aFieldThatIsNotThereFailsNothing() async throws {
        let org = try Org()
        let sink = try await sink(org)
        _ = try await deliver(Self.log("a"), to: sink)
        try await org.command(
            "restrict",
            ["user": .text(Org.user), "hide_fields": .array([.text("Task.CallDisposition")])])
        _ = try await deliver(Self.log("b"), to: sink)
        #expect(try await org.logs().count == 2)
    }
}
