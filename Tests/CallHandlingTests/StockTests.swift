import CallHandling
import Calls
import Foundation
import PhoneSystem
import Storage
import TestStores
import Testing

/// What a phone system does not know any more is over, and only that.
@Suite struct StockTests {
    private func stock(_ legs: [String: Set<String>], at seconds: Double) -> CallStock {
        CallStock(
            system: "test",
            legs: Dictionary(
                uniqueKeysWithValues: legs.map { call, legs in
                    (Call.ID(system: "test", value: call), Set(legs.map { Leg.ID($0) }))
                }), at: Stage.start.addingTimeInterval(seconds))
    }

    private func call(_ value: String, in stage: Stage) async throws -> Call {
        let id = stage.callID(value)
        return try #require(
            try await stage.database.read { try CallBook().call(id, in: $0)?.call })
    }

    @Test func aCallThatEndedUnseenIsClosedAndFiledOnce() async throws {
        let stage = try await Stage()
        try await stage.happen(
            stage.event(.offered, 0, "1001"), stage.event(.answered, 2, "1001"))
        stage.at(60)
        #expect(try await stage.flow.takeStock(stock([:], at: 60)) == 1)
        let leg = try #require(try await call("c", in: stage).legs.first)
        #expect(leg.state == .ended)
        #expect(leg.endedAt == Stage.start.addingTimeInterval(60))
        // The last phone has stopped: the call is closed like any other.
        stage.at(60 + Clockwork.silence + 1)
        try await stage.flow.passTime()
        let over = try await call("c", in: stage)
        #expect(over.state == .ended)
        #expect(over.facts.filter { $0.kind == .ended && $0.isReconstructed }.count == 1)
        #expect(try await stage.flow.takeStock(stock([:], at: 120)) == 0)
    }

    @Test func whatGoesOnGoesOn() async throws {
        let stage = try await Stage()
        try await stage.happen(
            stage.event(.offered, 0, "1001"), stage.event(.answered, 2, "1001"),
            stage.event(.offered, 3, "1002"),
            stage.event(.offered, 3, "1002", call: "other"))
        let before = try await call("other", in: stage)
        #expect(
            try await stage.flow.takeStock(stock(["c": ["1001"], "other": ["1002"]], at: 9)) == 1)
        let legs = try await call("c", in: stage).legs
        #expect(legs.filter(\.isLive).map(\.id) == [Leg.ID("1001")])
        #expect(try await call("other", in: stage) == before)
    }

    @Test func anotherPhoneSystemsCallsAreNotTouched() async throws {
        let stage = try await Stage()
        try await stage.happen(stage.event(.offered, 0, "1001"))
        let empty = CallStock(system: "elsewhere", legs: [:], at: Stage.start)
        #expect(try await stage.flow.takeStock(empty) == 0)
        #expect(try await call("c", in: stage).state == .ringing)
    }

    @Test func nothingIsKeptOfATermThatIsOver() async throws {
        let stage = try await Stage()
        let leases = Leases(database: stage.database, holder: "one")
        let old = try #require(try await leases.acquire("phone:test"))
        try await stage.flow.receive([stage.event(.offered, 0, "1001")], under: old)
        try await leases.release(old)
        await #expect(throws: LeaseLost.self) {
            try await stage.flow.receive([stage.event(.answered, 1, "1001")], under: old)
        }
        await #expect(throws: LeaseLost.self) {
            try await stage.flow.takeStock(stock([:], at: 5), under: old)
        }
        #expect(try await call("c", in: stage).state == .ringing)
        let new = try #require(try await leases.acquire("phone:test"))
        try await stage.flow.receive([stage.event(.answered, 1, "1001")], under: new)
        #expect(try await call("c", in: stage).state == .talking)
    }
}
