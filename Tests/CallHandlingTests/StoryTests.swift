import CallHandling
import CallLogging
import CallerLookup
import Calls
import Foundation
import Records
import Storage
import Testing

private let ada = Stage.contact("1", "Ada Lovelace", "030 23125001")
private let adaID = RecordID(crm: "test", kind: .contact, value: "1")

@Test("One match: the log opens by itself on answer, and is filed once after wrap-up")
func answeredCall() async throws {
    let stage = try await Stage()
    try await stage.know(ada)
    try await stage.happen(stage.event(.offered, 0, "1001"))
    #expect(try await stage.log("ada") == nil)
    try await stage.happen(stage.event(.answered, 5, "1001"))
    #expect(try await stage.log("ada")?.person == adaID)
    try await stage.happen(stage.event(.ended, 65, cause: .completed))
    #expect(try await stage.stage() == .open)
    stage.at(94)
    try await stage.flow.passTime()
    #expect(try await stage.stage() == .open)
    stage.at(96)
    try await stage.flow.passTime()
    #expect(try await stage.stage() == .ready)
    try await stage.deliver(at: 97)
    #expect(try await stage.stage() == .delivered)
    #expect(stage.sink.kept.map(\.seconds) == [60])
    #expect(stage.sink.kept.map(\.subject) == ["Call from Ada Lovelace"])
    #expect(try await stage.audit().unexplained == 0)
}

@Test("No match: no log before somebody is chosen (S17), and then under that person")
func requireAMatch() async throws {
    let stage = try await Stage()
    try await stage.happen(stage.event(.offered, 0, "1001"), stage.event(.answered, 5, "1001"))
    #expect(try await stage.log("ada") == nil)
    try await stage.know(Stage.contact("2", "Ben", "040 1234567"))
    let ben = RecordID(crm: "test", kind: .contact, value: "2")
    try await stage.flow.choose(ben, for: stage.callID(), by: stage.agent("ada"))
    #expect(try await stage.log("ada")?.person == ben)
}

@Test("No match and nobody chosen: the call is unlogged, and stays in recent calls (S20)")
func unlogged() async throws {
    let stage = try await Stage()
    try await stage.happen(
        stage.event(.offered, 0, "1001"), stage.event(.answered, 5, "1001"),
        stage.event(.ended, 65))
    stage.at(200)
    try await stage.flow.passTime()
    #expect(try await stage.stage() == .unlogged)
    try await stage.deliver(at: 201)
    #expect(stage.sink.asked == 0)
}

@Test("With the policy off a log exists with no person (S21)")
func matchNotRequired() async throws {
    var policy = LogPolicy()
    policy.requiresMatch = false
    let stage = try await Stage(policy: policy)
    try await stage.happen(
        stage.event(.offered, 0, "1001"), stage.event(.answered, 5, "1001"),
        stage.event(.ended, 65))
    let log = try await stage.log("ada")
    #expect(log != nil && log?.person == nil)
    stage.at(200)
    try await stage.flow.passTime()
    try await stage.deliver(at: 201)
    #expect(stage.sink.kept.count == 1)
}

@Test("A ring group that nobody answers is one missed call; answered elsewhere is none")
func ringGroup() async throws {
    let stage = try await Stage()
    try await stage.know(ada)
    try await stage.happen(
        stage.event(.offered, 0, "1001"), stage.event(.offered, 0, "1002"),
        stage.event(.ended, 15, cause: .callerCancelled))
    try await stage.deliver(at: 16)
    #expect(stage.sink.kept.map(\.outcome) == ["missed"])
    try await stage.happen(
        stage.event(.offered, 20, "1001", call: "d"), stage.event(.offered, 20, "1002", call: "d"),
        stage.event(.answered, 24, "1002", call: "d"), stage.event(.ended, 44, call: "d"))
    stage.at(200)
    try await stage.flow.passTime()
    try await stage.deliver(at: 201)
    #expect(stage.sink.kept.count == 2)
    #expect(try await stage.log("ada", call: "d") == nil)
    #expect(stage.sink.kept.contains { $0.agent == "ben" && $0.seconds == 20 })
}

@Test("Each agent who spoke has a log: a transfer gives two")
func transfer() async throws {
    let stage = try await Stage()
    try await stage.know(ada)
    try await stage.happen(
        stage.event(.offered, 0, "1001"), stage.event(.answered, 5, "1001"),
        stage.event(.transferred, 25, "1001"), stage.event(.offered, 25, "1002"),
        stage.event(.answered, 28, "1002"), stage.event(.ended, 58))
    stage.at(200)
    try await stage.flow.passTime()
    try await stage.deliver(at: 201)
    #expect(Set(stage.sink.kept.map(\.seconds)) == [20, 30])
    #expect(Set(stage.sink.kept.map(\.key)).count == 2)
}

@Test("Back keeps notes and disposition, clears person and record, and the log is a draft (S15)")
func back() async throws {
    let stage = try await Stage()
    try await stage.know(ada)
    try await stage.happen(stage.event(.offered, 0, "1001"), stage.event(.answered, 5, "1001"))
    let agent = try stage.agent("ada")
    let version = try await stage.flow.edit(
        LogEdit(notes: "wants a quote", disposition: "Call back"), version: 1,
        of: stage.callID(), by: agent)
    let deal = RelatedRecord(
        id: RecordID(crm: "test", kind: .opportunity, value: "9"), name: "Deal", url: "")
    try await stage.flow.relate(deal, to: stage.callID(), by: agent)
    try await stage.flow.unchoose(stage.callID(), by: agent)
    let log = try #require(try await stage.log("ada"))
    #expect(log.notes == "wants a quote" && log.disposition == "Call back")
    #expect(log.person == nil && log.related == nil && log.stage == .draft)
    #expect(log.version > version)
}

@Test("What is chosen while it rings is in the log that opens on answer (S11)")
func relatedWhileRinging() async throws {
    let stage = try await Stage()
    try await stage.know(ada)
    try await stage.happen(stage.event(.offered, 0, "1001"))
    let deal = RelatedRecord(
        id: RecordID(crm: "test", kind: .opportunity, value: "9"), name: "Deal", url: "")
    try await stage.flow.relate(deal, to: stage.callID(), by: stage.agent("ada"))
    #expect(try await stage.log("ada") == nil)
    try await stage.happen(stage.event(.answered, 5, "1001"))
    #expect(try await stage.log("ada")?.related == deal)
}

@Test("An edit of an older version is a conflict, and nothing is overwritten")
func conflict() async throws {
    let stage = try await Stage()
    try await stage.know(ada)
    try await stage.happen(stage.event(.offered, 0, "1001"), stage.event(.answered, 5, "1001"))
    let agent = try stage.agent("ada")
    _ = try await stage.flow.edit(LogEdit(notes: "one"), version: 1, of: stage.callID(), by: agent)
    await #expect(throws: CommandRefusal.self) {
        try await stage.flow.edit(LogEdit(notes: "two"), version: 1, of: stage.callID(), by: agent)
    }
    #expect(try await stage.log("ada")?.notes == "one")
}

@Test("A log that is edited or re-filed after delivery is the same record in a newer version")
func refiling() async throws {
    let stage = try await Stage()
    try await stage.know(ada)
    try await stage.know(Stage.contact("2", "Ben", "040 1234567"))
    try await stage.happen(
        stage.event(.offered, 0, "1001"), stage.event(.answered, 5, "1001"),
        stage.event(.ended, 65))
    let agent = try stage.agent("ada")
    try await stage.flow.done(stage.callID(), by: agent)
    try await stage.deliver(at: 66)
    let other = RecordID(crm: "test", kind: .contact, value: "2")
    try await stage.flow.choose(other, for: stage.callID(), by: agent)
    try await stage.deliver(at: 67)
    #expect(stage.sink.kept.map(\.person) == [other])
    #expect(try await stage.stage() == .delivered)
    #expect(try await stage.audit().unexplained == 0)
}

@Test("An agent has no part in another agent's call: it is not found, and nothing changes")
func foreignCall() async throws {
    let stage = try await Stage()
    try await stage.know(ada)
    try await stage.happen(stage.event(.offered, 0, "1001"), stage.event(.answered, 5, "1001"))
    let before = try await stage.log("ada")
    await #expect(throws: CommandRefusal.notFound) {
        try await stage.flow.unchoose(stage.callID(), by: stage.agent("ben"))
    }
    #expect(try await stage.log("ada") == before)
}

@Test("A contact that is created during the call is matched by the same commit")
func createdDuringTheCall() async throws {
    let stage = try await Stage()
    try await stage.happen(stage.event(.offered, 0, "1001"), stage.event(.answered, 5, "1001"))
    let agent = try stage.agent("ada")
    let directory = stage.organisation.directory
    let call = stage.callID()
    let flow = stage.flow
    try await stage.database.write { store in
        try directory.put([ada], in: store)
        try flow.rematch(call, created: adaID, by: agent, now: Stage.start, in: store)
    }
    #expect(try await stage.log("ada")?.person == adaID)
}

@Test("A call whose end nobody reported is closed when its phones have been silent")
func silentCall() async throws {
    let stage = try await Stage()
    try await stage.know(ada)
    try await stage.happen(stage.event(.offered, 0, "1001"), stage.event(.ended, 10, "1001"))
    stage.at(12)
    try await stage.flow.passTime()
    #expect(try await stage.stage() == .live)
    stage.at(30)
    try await stage.flow.passTime()
    #expect(try await stage.stage() == .ready)
}

@Test("The same message again changes nothing")
func repeatedMessage() async throws {
    let stage = try await Stage()
    let message = MessageID(source: "test", value: "m1")
    let event = stage.event(.offered, 0, "1001")
    #expect(try await stage.flow.receive([event], message: message) == .taken)
    #expect(try await stage.flow.receive([event], message: message) == .known)
}
