import Foundation
import Synchronization
import TestStores
import Testing

@testable import Storage

/// Leases, with a clock that is set by hand, on both engines.
@Suite(.timeLimit(.minutes(2))) struct LeaseTests {
    final class Clock: Sendable {
        private let seconds = Mutex(1_790_000_000.0)
        func pass(_ time: Double) { seconds.withLock { $0 += time } }
        var now: Date { Date(timeIntervalSince1970: seconds.withLock { $0 }) }
    }

    struct Pair {
        let clock = Clock()
        let database: Database
        let one: Leases
        let other: Leases

        init() async throws {
            database = try await Database.open(
                TestStore.location(), migrations: noteSchema + Leases.migrations, options: .quiet)
            let clock = clock
            one = Leases(database: database, holder: "one") { _ in clock.now }
            other = Leases(database: database, holder: "other") { _ in clock.now }
        }

        /// Writes under a fence, as every holder does.
        func add(_ id: Int, under fence: Fence) async throws {
            try await database.write { store in
                try fence.check(in: store)
                try store.add(id)
            }
        }
    }

    @Test func oneHasItUntilItIsSilentForTooLong() async throws {
        let pair = try await Pair()
        let first = try #require(try await pair.one.acquire("phone"))
        #expect(try await pair.other.acquire("phone") == nil)
        // Another lease is another matter.
        #expect(try await pair.other.acquire("crm") != nil)
        pair.clock.pass(Leases.length - 1)
        #expect(try await pair.one.renew(first))
        pair.clock.pass(Leases.length - 1)
        #expect(try await pair.other.acquire("phone") == nil)
        pair.clock.pass(1)
        let second = try #require(try await pair.other.acquire("phone"))
        #expect(second.number > first.number)
        let standing = Leases.Standing(name: "phone", holder: "other", isHeld: true)
        #expect(try await pair.one.all().contains(standing))
    }

    @Test func whoLostItWritesNothing() async throws {
        let pair = try await Pair()
        let first = try #require(try await pair.one.acquire("phone"))
        try await pair.add(1, under: first)
        pair.clock.pass(Leases.length)
        // Nobody has taken it: nothing has been missed.
        try await pair.add(2, under: first)
        let second = try #require(try await pair.other.acquire("phone"))
        await #expect(throws: LeaseLost(lease: "phone")) { try await pair.add(3, under: first) }
        #expect(try await !pair.one.renew(first))
        try await pair.add(4, under: second)
        #expect(try await pair.database.ids() == [1, 2, 4])
    }

    @Test func whatIsGivenBackIsFreeAtOnceAndItsFenceIsOver() async throws {
        let pair = try await Pair()
        let first = try #require(try await pair.one.acquire("phone"))
        try await pair.one.release(first)
        await #expect(throws: LeaseLost(lease: "phone")) { try await pair.add(1, under: first) }
        let second = try #require(try await pair.other.acquire("phone"))
        // A late farewell takes nothing from the next holder.
        try await pair.one.release(first)
        try await pair.add(2, under: second)
        #expect(try await pair.one.acquire("phone") == nil)
    }

    @Test func ofManyWhoWantItOneGetsIt() async throws {
        let pair = try await Pair()
        let fences = try await withThrowingTaskGroup(of: Fence?.self) { group in
            for number in 0..<20 {
                let leases = Leases(database: pair.database, holder: "\(number)") {
                    [clock = pair.clock] _ in
                    clock.now
                }
                group.addTask { try await leases.acquire("phone") }
            }
            return try await group.reduce(into: []) { all, fence in all += fence.map { [$0] } ?? []
            }
        }
        #expect(fences.count == 1)
    }

    @Test func theStoresClockIsTheTime() async throws {
        let pair = try await Pair()
        let before = Date()
        let told = try await pair.database.read { try $0.clock() }
        // The same machine; a store elsewhere may differ.
        #expect(abs(told.timeIntervalSince(before)) < 60)
        let later = try await pair.database.read { try $0.clock() }
        #expect(later >= told)
    }
}
