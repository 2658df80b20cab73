import CallHandling
import CallLogging
import CallerLookup
import Calls
import Foundation
import PhoneNumbers
import Storage
import Testing

/// The journal of events: what was said, in the order of receipt.
struct JournalTests {
    private func kept(_ database: Database) async throws -> [String] {
        try await database.read { store in
            try store.rows("select call_id from call_event order by received_at, id")
                .map { try $0.text("call_id") }
        }
    }

    @Test func theSameEventIsKeptOnce() async throws {
        let stage = try await Stage()
        let ring = stage.event(.offered, 0, "1001")
        try await stage.happen(ring, stage.event(.answered, 2, "1001"), ring)
        stage.at(60)
        try await stage.flow.receive([ring])
        #expect(try await kept(stage.database).count == 2)
    }

    /// Also one that came while the clock was an hour behind.
    @Test func everyEventOfAnErasedCallGoesAndNoOther() async throws {
        let stage = try await Stage()
        try await stage.happen(
            stage.event(.offered, 0, "1001"),
            stage.event(.offered, 1, "1002", call: "other", from: "+493023125002"))
        stage.at(-3600)
        try await stage.flow.receive([stage.event(.answered, 2, "1001")])
        let erasure = try await stage.flow.erase(
            PhoneNumber("+493023125001", plan: NumberingPlan(country: "DE")))
        #expect(erasure.events == 2)
        let other = Call.ID(system: "test", value: "other").publicID
        #expect(try await kept(stage.database) == [other])
    }

    /// A store of before has events by id, and calls that do not know when they were received.
    @Test func eventsOfAnOlderStoreAreTakenOver() async throws {
        let folder = FileManager.default.temporaryDirectory
            .appendingPathComponent("callmatch-\(UUID().uuidString)").path
        defer { try? FileManager.default.removeItem(atPath: folder) }
        let others =
            Organisation.migrations + CallFlow.messageMigrations + Directory.migrations
            + LogBook.migrations
        let old = try await Database.open(
            .folder(folder), migrations: others + CallBook.migrations.prefix(1))
        let ring = Call(
            CallEvent(
                call: Call.ID(system: "test", value: "c"), kind: .offered, at: Stage.start,
                from: Party(
                    number: PhoneNumber("+493023125001", plan: NumberingPlan(country: "DE")))))
        let id = ring.id.publicID
        try await old.write { store in
            try store.execute(
                """
                insert into call (id, system, value, state, stage, direction, number_key,
                    started_at, received_at, search, json)
                values (\(id), 'test', 'c', 'ringing', 'live', 'inbound',
                    \(ring.customer?.number.key), \(Stage.start), \(Stage.start), '', \(.json(ring)))
                """)
            try store.execute(
                """
                insert into call_event (id, call_id, received_at, json)
                values (\(String(repeating: "a", count: 64)), \(id), \(Stage.start), '{}')
                """)
        }
        await old.close()

        let new = try await Database.open(
            .folder(folder), migrations: others + CallBook.migrations)
        #expect(try await kept(new) == [id])
        let organisation = try await Organisation.load(
            from: new,
            fallback: OrganisationSettings(name: "Test", plan: NumberingPlan(country: "DE")))
        let flow = CallFlow(
            database: new, organisation: organisation, now: { Stage.start }, newID: { "id" })
        let erasure = try await flow.erase(
            PhoneNumber("+493023125001", plan: NumberingPlan(country: "DE")))
        #expect(erasure.events == 1)
        #expect(try await kept(new).isEmpty)
        await new.close()
    }
}
