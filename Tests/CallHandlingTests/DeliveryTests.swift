import CallHandling
import CallLogging
import Calls
import Foundation
import Records
import Testing

private func endedCall() async throws -> Stage {
    let stage = try await Stage()
    try await stage.know(Stage.contact("1", "Ada Lovelace", "030 23125001"))
    try await stage.happen(
        stage.event(.offered, 0, "1001"), stage.event(.answered, 5, "1001"),
        stage.event(.ended, 65))
    try await stage.flow.done(stage.callID(), by: stage.agent("ada"))
    return stage
}

@Test("A CRM that is away is asked again later, and the log arrives once")
func retry() async throws {
    let stage = try await endedCall()
    stage.sink.refuse(.retry(reason: "503", after: nil), .retry(reason: "503", after: 30))
    try await stage.deliver(at: 66)
    #expect(stage.sink.kept.isEmpty)
    try await stage.deliver(at: 66.5)
    #expect(stage.sink.asked == 1)
    try await stage.deliver(at: 68)
    #expect(stage.sink.asked == 2)
    try await stage.deliver(at: 90)
    #expect(stage.sink.asked == 2)
    try await stage.deliver(at: 99)
    #expect(stage.sink.kept.count == 1)
    #expect(try await stage.stage() == .delivered)
}

@Test("What a CRM refuses for good is parked with its words, and Retry sends it again")
func parked() async throws {
    let stage = try await endedCall()
    stage.sink.refuse(.park(reason: "Subject too long"))
    try await stage.deliver(at: 66)
    #expect(try await stage.stage() == .parked)
    #expect(try await stage.log("ada")?.reason == "Subject too long")
    try await stage.flow.retry(stage.callID(), by: stage.agent("ada"))
    try await stage.deliver(at: 67)
    #expect(try await stage.stage() == .delivered)
}

@Test("A worker that lost its lease cannot mark what another one did")
func fencing() async throws {
    let stage = try await endedCall()
    let now = Stage.start.addingTimeInterval(66)
    let first = try #require(try await stage.delivery.claim(now: now).first)
    #expect(try await stage.delivery.claim(now: now).isEmpty, "it is leased")
    let later = now.addingTimeInterval(FilingSchedule.leaseSeconds + 1)
    let second = try #require(try await stage.delivery.claim(now: later).first)
    let record = FiledRecord(
        id: RecordID(crm: "test", kind: .activity, value: "x"), url: "/x")
    try await stage.delivery.mark(second, as: .success(record), now: later, jitter: 0)
    try await stage.delivery.mark(first, as: .failure(.park(reason: "late")), now: later, jitter: 0)
    #expect(try await stage.stage() == .delivered)
}

@Test("An edit while a log is on its way is sent after it")
func editOnTheWay() async throws {
    let stage = try await endedCall()
    let now = Stage.start.addingTimeInterval(66)
    let claim = try #require(try await stage.delivery.claim(now: now).first)
    let version = try #require(try await stage.log("ada")?.version)
    _ = try await stage.flow.edit(
        LogEdit(notes: "more"), version: version, of: stage.callID(), by: stage.agent("ada"))
    let answer = FiledRecord(
        id: RecordID(crm: "test", kind: .activity, value: "x"), url: "/x")
    try await stage.delivery.mark(claim, as: .success(answer), now: now, jitter: 0)
    #expect(try await stage.stage() == .ready)
    try await stage.deliver(at: 70)
    #expect(stage.sink.kept.map(\.notes) == ["more"])
}

@Test("Keys: 64 characters at most, small letters, different for ids that differ by case")
func keys() {
    let start = Stage.start
    let upper = CallLog.key(call: Call.ID(system: "p", value: "A"), startedAt: start, agent: "a")
    let lower = CallLog.key(call: Call.ID(system: "p", value: "a"), startedAt: start, agent: "a")
    #expect(upper != lower && upper.count <= 64)
    #expect(upper.allSatisfy { $0.isASCII && ($0.isLowercase || $0.isNumber || "_-".contains($0)) })
}

@Test("The schedule grows, keeps to what the CRM asked, and ends in a park")
func schedule() {
    let now = Stage.start
    let delays = (1...12).map {
        FilingSchedule.next(after: $0, asked: nil, now: now, jitter: 0).timeIntervalSince(now)
    }
    #expect(delays == delays.sorted() && delays[0] == 1 && delays[11] == 1800)
    let asked = FilingSchedule.next(after: 1, asked: 3600, now: now, jitter: 0)
    #expect(asked.timeIntervalSince(now) == 3600)
}
