import Calls
import Foundation
import PhoneSystem
import Storage
import Synchronization

/// What the phones of a phone system can be told now, as the server that is connected to it writes it down for the others.
struct PhoneBoard: Hashable, Sendable {
    var condition: PhoneSystemCondition?
    var outage: String?
    /// Extensions whose phones can be told to dial.
    var dialable: Set<String> = []
    var calls: [Key: Set<CallAbility>] = [:]

    /// The phone of an extension in a call.
    struct Key: Hashable, Sendable {
        /// The call's name in the store.
        let call: String
        let `extension`: String
    }

    static let migrations: [Migration] = [
        Migration(
            id: "0073-phone-board",
            sql: [
                "create table phone_board (system text not null primary key, json text not null)",
                """
                create table phone_ability (
                    system text not null,
                    call_id text not null,
                    extension text not null,
                    abilities text not null,
                    primary key (system, call_id, extension)
                )
                """,
            ])
    ]

    /// The topic of notices that name a phone system whose board has changed.
    static let changed = "phone-board"

    /// What does not change with every call.
    private struct Head: Codable, Hashable {
        var condition: PhoneSystemCondition?
        var outage: String?
        var dialable: [String]
    }

    private var head: Head {
        Head(condition: condition, outage: outage, dialable: dialable.sorted())
    }

    /// Reads the board of a phone system; empty where nobody has written one.
    init(of system: String, in store: ReadTransaction) throws {
        let head = try store.row("select json from phone_board where system = \(system)")?
            .json("json", as: Head.self)
        condition = head?.condition
        outage = head?.outage
        dialable = Set(head?.dialable ?? [])
        let rows = try store.rows(
            "select call_id, extension, abilities from phone_ability where system = \(system)")
        for row in rows {
            let names = try row.text("abilities").split(separator: ",").map(String.init)
            let key = Key(call: try row.text("call_id"), extension: try row.text("extension"))
            calls[key] = Set(names.compactMap(CallAbility.init(rawValue:)))
        }
    }

    init() {}

    /// Writes what differs from the board that stands there.
    func save(of system: String, instead old: PhoneBoard, in store: WriteTransaction) throws {
        guard self != old else { return }
        if head != old.head {
            try store.execute(
                """
                insert into phone_board (system, json) values (\(system), \(try .json(head)))
                on conflict (system) do update set json = excluded.json
                """)
        }
        for key in Set(old.calls.keys).subtracting(calls.keys) {
            try store.execute(
                """
                delete from phone_ability where system = \(system) and call_id = \(key.call)
                    and extension = \(key.extension)
                """)
        }
        for (key, can) in calls where old.calls[key] != can {
            let names = can.map(\.rawValue).sorted().joined(separator: ",")
            try store.execute(
                """
                insert into phone_ability (system, call_id, extension, abilities)
                values (\(system), \(key.call), \(key.extension), \(names))
                on conflict (system, call_id, extension) do update
                    set abilities = excluded.abilities
                """)
        }
        store.notify(ChangeNotice(topic: Self.changed, subject: system))
    }

    /// The extensions of which something else is said than on another board; `nil` for all.
    func differs(from old: PhoneBoard) -> Set<String>? {
        if outage != old.outage || dialable != old.dialable { return nil }
        let keys = Set(calls.keys).union(old.calls.keys)
        return Set(keys.filter { calls[$0] != old.calls[$0] }.map(\.extension))
    }
}

/// Draws the board of a phone system for as long as this server has it, and writes it down while others are there to read
/// it.
struct PhoneBoardWriter: Sendable {
    let database: Database
    let phone: any CallControl
    let report: (any PhoneSystemReport)?
    let extensions: @Sendable () -> Set<String>
    let isRead: @Sendable () -> Bool
    /// Told of extensions whose buttons have changed; of `nil` for all.
    let drawAnew: @Sendable (Set<String>?) -> Void

    /// Seconds after which a board is written though only the counts of events have changed.
    private static let countsPause: Duration = .seconds(10)

    /// - Parameter wakes: something may have changed.
    func run(under fence: Fence?, wakes: AsyncStream<Void>) async {
        var (shown, written): (PhoneBoard?, PhoneBoard?)
        var writtenAt = ContinuousClock.now
        for await _ in wakes {
            guard !Task.isCancelled, let new = try? await drawn() else { continue }
            let changed = shown.flatMap { new.differs(from: $0) }
            if changed?.isEmpty != true { drawAnew(changed) }
            shown = new
            // Whoever comes reads what the next look writes.
            guard isRead() else {
                written = nil
                continue
            }
            let isDue = ContinuousClock.now - writtenAt > Self.countsPause
            if let written, !isDue, new.saysTheSame(as: written) { continue }
            guard (try? await write(new, under: fence)) != nil else { continue }
            written = new
            writtenAt = .now
        }
    }

    private func write(_ new: PhoneBoard, under fence: Fence?) async throws {
        let system = phone.system
        try await database.write { store in
            try fence?.check(in: store)
            let there = try PhoneBoard(of: system, in: store)
            try new.save(of: system, instead: there, in: store)
        }
    }

    private func drawn() async throws -> PhoneBoard {
        let system = phone.system
        let live = try await database.read { store in
            try store.rows(
                "select id, json from call where system = \(system) and state <> 'ended'"
            ).map { (try $0.text("id"), try $0.json("json", as: Call.self)) }
        }
        var board = PhoneBoard()
        board.condition = await report?.condition()
        board.outage = await phone.outage()
        for own in extensions() where await phone.canDial(from: own) { board.dialable.insert(own) }
        for (id, call) in live {
            for line in Set(call.legs.filter(\.isLive).compactMap(\.extension)) {
                board.calls[.init(call: id, extension: line)] =
                    await phone.abilities(for: line, in: call)
            }
        }
        return board
    }
}

extension PhoneBoard {
    /// But for the counts of events.
    fileprivate func saysTheSame(as other: PhoneBoard) -> Bool {
        differs(from: other)?.isEmpty == true
            && condition?.isGood == other.condition?.isGood
            && condition?.text == other.condition?.text
    }
}
