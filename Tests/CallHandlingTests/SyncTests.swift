import CallHandling
import CallLogging
import CallerLookup
import Calls
import Foundation
import Logging
import PhoneNumbers
import Records
import Storage
import Synchronization
import TestStores
import Testing

/// People that are told in pages; the cursor is the number of the next one.
private final class Pages: RecordSource {
    let crm = "test"
    let pages: [RecordChanges]
    let asked = Mutex<[String?]>([])

    init(_ pages: [[Person]], removed: [Int: [RecordID]] = [:]) {
        self.pages = pages.enumerated().map { index, people in
            RecordChanges(
                changed: people, removed: removed[index] ?? [], cursor: "\(index + 1)",
                isComplete: index == pages.count - 1, expected: 1000)
        }
    }

    func changes(since cursor: String?) async throws -> RecordChanges {
        asked.withLock { $0.append(cursor) }
        let next = cursor.flatMap(Int.init) ?? 0
        guard next < pages.count else {
            return RecordChanges(changed: [], removed: [], cursor: cursor, isComplete: true)
        }
        return pages[next]
    }

    func related(
        to person: Person, scope: RelatedScope, agent: String, now: Date
    ) async throws -> RelatedRecords { RelatedRecords() }
}

private struct Broken: Error, CustomStringConvertible { let description = "acme does not answer" }

/// A CRM that is away.
private struct Away: RecordSource {
    let crm = "test"

    func changes(since cursor: String?) async throws -> RecordChanges { throw Broken() }
    func related(
        to person: Person, scope: RelatedScope, agent: String, now: Date
    ) async throws -> RelatedRecords { throw Broken() }
}

private func sync(_ source: any RecordSource, _ stage: Stage) -> DirectorySync {
    DirectorySync(source: source, flow: stage.flow, logger: Logger(label: "test")) { 60 }
}

private func people(_ range: Range<Int>) -> [Person] {
    range.map { Stage.contact("\($0)", "Person \($0)", "+49 30 2312\(5000 + $0)") }
}

private func count(_ stage: Stage) async throws -> Int {
    try await stage.database.read { try stage.organisation.directory.peopleCount(in: $0) }
}

struct SyncTests {
    @Test func pagesComeInUntilThereIsNoMore() async throws {
        let stage = try await Stage()
        let sync = sync(Pages([people(0..<250), people(250..<260)]), stage)
        #expect(try await sync.step() == 0)
        #expect(try await count(stage) == 250)
        var state = await sync.state
        #expect(state.isLoading && state.taken == 250 && state.expected == 1000)
        #expect(state.completeAt == nil)
        #expect(try await sync.step() == 60)
        state = await sync.state
        #expect(!state.isLoading && state.completeAt == Stage.start)
        #expect(try await count(stage) == 260)
    }

    @Test func afterACrashItGoesOnWhereTheLastWholePageEnded() async throws {
        let stage = try await Stage()
        let source = Pages([people(0..<150), people(150..<300)])
        _ = try await sync(source, stage).step()
        // Another process: what the first one knew is in the store alone.
        let second = sync(source, stage)
        _ = try await second.step()
        #expect(source.asked.withLock { $0 } == [nil, "1"])
        #expect(await second.state.taken == 300)
        #expect(try await count(stage) == 300)
        let third = sync(source, stage)
        _ = try await third.step()
        #expect(await !third.state.isLoading)
    }

    @Test func afterARestartItIsKnownThatEverybodyHadComeIn() async throws {
        let stage = try await Stage()
        _ = try await sync(Pages([people(0..<3)]), stage).step()
        stage.at(100)
        let second = sync(Away(), stage)
        await #expect(throws: Broken.self) { try await second.step() }
        let state = await second.state
        #expect(!state.isLoading && state.completeAt == Stage.start)
    }

    /// What cannot be written while a rule of the store stands against it.
    enum Hindrance: CaseIterable {
        case person, cursor

        var rule: SQL {
            switch (self, TestStore.isPostgreSQL) {
            case (.person, false):
                """
                create trigger broken before insert on person when new.ref = 'test/contact/149'
                begin select raise(abort, 'broken'); end
                """
            case (.cursor, false):
                """
                create trigger broken before insert on directory_state when new.name = 'cursor:test'
                begin select raise(abort, 'broken'); end
                """
            case (.person, true):
                "alter table person add constraint broken check (ref <> 'test/contact/149')"
            case (.cursor, true):
                "alter table directory_state add constraint broken check (name <> 'cursor:test')"
            }
        }

        var end: SQL {
            switch (self, TestStore.isPostgreSQL) {
            case (_, false): "drop trigger broken"
            case (.person, true): "alter table person drop constraint broken"
            case (.cursor, true): "alter table directory_state drop constraint broken"
            }
        }
    }

    /// Whatever fails while a page is kept: the page comes again, and its last portion is not there without its cursor.
    @Test(arguments: Hindrance.allCases)
    func aPageAndItsCursorAreKeptTogether(_ hindrance: Hindrance) async throws {
        let stage = try await Stage()
        let source = Pages([people(0..<150), people(150..<160)])
        let sync = sync(source, stage)
        try await stage.database.write { try $0.execute(hindrance.rule) }
        await #expect(throws: (any Error).self) { try await sync.step() }
        #expect(try await count(stage) == DirectorySync.portion)
        try await stage.database.write { try $0.execute(hindrance.end) }
        _ = try await sync.step()
        #expect(source.asked.withLock { $0 } == [nil, nil])
        #expect(try await count(stage) == 150)
    }

    @Test func theRemovedAreForgotten() async throws {
        let stage = try await Stage()
        let gone = people(0..<1)[0].id
        let sync = sync(Pages([people(0..<3), []], removed: [1: [gone]]), stage)
        _ = try await sync.step()
        _ = try await sync.step()
        #expect(try await count(stage) == 2)
    }

    @Test func aCallOnTheDeskIsMatchedWhenThePersonComesIn() async throws {
        let stage = try await Stage()
        try await stage.happen(stage.event(.offered, 0, "1001"), stage.event(.answered, 5, "1001"))
        #expect(try await stage.log("ada") == nil)
        let sync = sync(Pages([[Stage.contact("7", "Ada Lovelace", "030 23125001")]]), stage)
        _ = try await sync.step()
        let log = try #require(try await stage.log("ada"))
        #expect(log.person == RecordID(crm: "test", kind: .contact, value: "7"))
        #expect(log.subject == "Call from Ada Lovelace")
    }

    @Test func whomAnAgentHasChosenStaysChosen() async throws {
        let stage = try await Stage()
        try await stage.know(Stage.contact("2", "Ben", "040 1234567"))
        try await stage.happen(stage.event(.offered, 0, "1001"), stage.event(.answered, 5, "1001"))
        let ben = RecordID(crm: "test", kind: .contact, value: "2")
        try await stage.flow.choose(ben, for: stage.callID(), by: stage.agent("ada"))
        let sync = sync(Pages([[Stage.contact("7", "Ada Lovelace", "030 23125001")]]), stage)
        _ = try await sync.step()
        #expect(try await stage.log("ada")?.person == ben)
    }

    @Test func aCallerWhomNobodyKnowsIsAskedForOnce() async throws {
        let stage = try await Stage()
        let asked = Mutex(0)
        let live = LiveLookup(flow: stage.flow, logger: Logger(label: "test")) { number in
            asked.withLock { $0 += 1 }
            #expect(number.e164 == "+493023125001")
            return [Stage.contact("9", "Grace Hopper", "+49 (30) 23125001")]
        }
        try await stage.happen(stage.event(.offered, 0, "1001"))
        try await live.look(for: stage.callID(), again: false)
        let match = try await stage.database.read { store in
            try CallBook().call(stage.callID(), in: store)?.match
        }
        #expect(match?.outcome == .single)
        try await live.look(for: stage.callID(), again: false)
        #expect(asked.withLock { $0 } == 1)
        stage.at(10)
        try await live.look(for: stage.callID(), again: true)
        #expect(asked.withLock { $0 } == 2)
    }

    /// Two calls of one number at once are one question, and so are two looks of an agent who comes back.
    @Test(arguments: [false, true])
    func whileANumberIsAskedForItIsNotAskedForAgain(again: Bool) async throws {
        let stage = try await Stage()
        let asked = Mutex(0)
        let (questions, question) = AsyncStream.makeStream(of: Void.self)
        let (answers, answer) = AsyncStream.makeStream(of: Void.self)
        let live = LiveLookup(flow: stage.flow, logger: Logger(label: "test")) { _ in
            let isFirst = asked.withLock {
                $0 += 1; return $0 == 1
            }
            question.yield()
            if isFirst { for await _ in answers { break } }
            return []
        }
        try await stage.happen(
            stage.event(.offered, 0, "1001"), stage.event(.offered, 1, "1002", call: "d"))
        async let first: Void = live.look(for: stage.callID(), again: again)
        for await _ in questions { break }
        try await live.look(for: stage.callID("d"), again: again)
        answer.yield()
        try await first
        #expect(asked.withLock { $0 } == 1)
        // It was asked for a second after the start.
        for (seconds, times) in again ? [(2.0, 1), (3, 2)] : [(600, 1), (601, 2)] {
            stage.at(seconds)
            try await live.look(for: stage.callID("d"), again: again)
            #expect(asked.withLock { $0 } == times, "\(seconds)")
        }
    }
}
