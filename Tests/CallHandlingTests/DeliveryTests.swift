import CallHandling
import CallLogging
import Calls
import Foundation
import Records
import TestStores
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

@Test("A worker that lost its lease cannot park what another one is just filing")
func fencedParking() async throws {
    let stage = try await endedCall()
    let now = Stage.start.addingTimeInterval(66)
    let first = try #require(try await stage.delivery.claim(now: now).first)
    let later = now.addingTimeInterval(FilingSchedule.leaseSeconds + 1)
    let second = try #require(try await stage.delivery.claim(now: later).first)
    try await stage.delivery.mark(first, as: .failure(.park(reason: "late")), now: later, jitter: 0)
    #expect(try await stage.stage() == .ready)
    #expect(try await stage.log("ada")?.reason == nil)
    try await stage.delivery.mark(second, as: .failure(.park(reason: "now")), now: later, jitter: 0)
    #expect(try await stage.stage() == .parked)
    #expect(try await stage.log("ada")?.reason == "now")
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

@Test("A CRM that is away for eight hours is asked twice a minute, and then everything arrives")
func longOutage() async throws {
    let stage = try await Stage(policy: everyCall)
    let calls = (0..<40).map { "c\($0)" }
    for call in calls {
        try await stage.happen(
            stage.event(.offered, 0, "1001", call: call), stage.event(.ended, 5, call: call))
    }
    stage.sink.isAway = true
    let hours = 8.0 * 3600
    for second in stride(from: 10, to: hours, by: 15) { try await stage.deliver(at: second) }
    #expect(stage.sink.asked <= 6 + Int(hours / 30))
    #expect(stage.sink.asked >= Int(hours / 31))
    let logs = try await stage.audit()
    #expect((logs.ready, logs.parked) == (calls.count, 0))
    stage.sink.isAway = false
    for second in stride(from: hours, to: hours + 120, by: 15) {
        try await stage.deliver(at: second)
    }
    #expect(stage.sink.kept.count == calls.count)
    #expect(try await stage.audit().delivered == calls.count)
}

@Test("A CRM that names a time is left alone until then, whatever comes meanwhile")
func namedTime() async throws {
    let stage = try await Stage(policy: everyCall)
    try await stage.happen(
        stage.event(.offered, 0, "1001"), stage.event(.ended, 5),
        stage.event(.offered, 6, "1001", call: "d"), stage.event(.ended, 9, call: "d"))
    stage.sink.refuse(.retry(reason: "429", after: 3600))
    for second in stride(from: 10.0, to: 3600, by: 30) { try await stage.deliver(at: second) }
    #expect(stage.sink.asked == 1)
    for second in stride(from: 3600.0, to: 3720, by: 10) { try await stage.deliver(at: second) }
    #expect(stage.sink.kept.count == 2)
}

@Test("One log that is never taken is parked in the end, and delays no other one")
func oneThatIsNeverTaken() async throws {
    let stage = try await Stage(policy: everyCall)
    try await stage.happen(stage.event(.offered, 0, "1001"), stage.event(.ended, 5))
    stage.sink.locked = [CallLog.key(call: stage.call(), startedAt: Stage.start, agent: nil)]
    var (second, others) = (10.0, 0)
    while try await stage.stage() == .ready, second < 4 * 24 * 3600 {
        let call = "d\(others)"
        try await stage.happen(
            stage.event(.offered, second, "1001", call: call),
            stage.event(.ended, second + 2, call: call))
        others += 1
        try await stage.deliver(at: second + 3)
        #expect(stage.sink.kept.count == others)
        second += 600
    }
    #expect(try await stage.stage() == .parked)
}

@Test("What was written while an older version was being refused goes on its way")
func editWhileRefused() async throws {
    let stage = try await endedCall()
    let now = Stage.start.addingTimeInterval(66)
    let claim = try #require(try await stage.delivery.claim(now: now).first)
    _ = try await stage.flow.edit(
        LogEdit(subject: "shorter"), version: 1, of: stage.callID(), by: stage.agent("ada"))
    try await stage.delivery.mark(
        claim, as: .failure(.park(reason: "too long")), now: now, jitter: 0)
    #expect(try await stage.stage() == .ready)
    try await stage.deliver(at: 70)
    #expect(stage.sink.kept.map(\.subject) == ["shorter"])
}

@Test("A log that lost its person while it was on its way stays a draft")
func draftOnTheWay() async throws {
    let stage = try await endedCall()
    let now = Stage.start.addingTimeInterval(66)
    let claim = try #require(try await stage.delivery.claim(now: now).first)
    try await stage.flow.unchoose(stage.callID(), by: stage.agent("ada"))
    try await stage.delivery.mark(
        claim, as: .failure(.retry(reason: "503", after: nil)), now: now, jitter: 0)
    #expect(try await stage.log("ada")?.stage == .draft)
    try await stage.deliver(at: 200)
    #expect(stage.sink.kept.isEmpty)
}

private let everyCall: LogPolicy = {
    var policy = LogPolicy()
    policy.requiresMatch = false
    return policy
}()

/// Where others share the store, it is filed a minute later.
@Test("What a process that has ended had claimed is filed at once by the next one")
func claimsOfTheDead() async throws {
    let stage = try await endedCall()
    stage.at(66)
    _ = try #require(
        try await stage.delivery.claim(now: Stage.start.addingTimeInterval(66)).first)
    try await stage.delivery.recover()
    try await stage.deliver(at: 67)
    #expect(try await stage.stage() == (TestStore.isPostgreSQL ? .ready : .delivered))
    try await stage.deliver(at: 66 + FilingSchedule.leaseSeconds + 1)
    #expect(try await stage.stage() == .delivered)
}
