package import Calls
import Foundation
import Storage

// Phone systems that are set up anew begin their ids anew.

extension CallFlow {
    /// What happens so long after the end of a call is told of another one, in seconds. Late and repeated events tell of a
    /// time before the end, or soon after it.
    private static let sameCallWithin: TimeInterval = 24 * 3600

    /// Which call an event is about: the one with its id or, where that is long over, another one that began since under
    /// the same id, and whose own id has the day as well.
    ///
    /// - Returns: the event as it is told of that call, and the call where it is known.
    func place(
        _ told: KeptEvent, in store: ReadTransaction
    ) throws -> (event: KeptEvent, known: StoredCall?) {
        let known = try book.call(told.callID, in: store)
        guard let old = known?.call, Self.isLongOver(old, at: told.event.at) else {
            return (told, known)
        }
        let prefix = old.id.value + "~"
        let newest = try newestCall(
            system: old.id.system, id: old.id.value, laterPrefix: prefix, in: store)
        let day = ISO8601DateFormatter.string(
            from: told.event.at, timeZone: .gmt, formatOptions: [.withYear, .withMonth, .withDay])
        var id = Call.ID(system: old.id.system, value: prefix + day)
        if let newest, !Self.isLongOver(newest, at: told.event.at) { id = newest.id }
        // So long an id keeps its one call.
        guard id.value.utf8.count <= Call.ID.longest else { return (told, known) }
        let event = try KeptEvent(told.event.told(of: id))
        return (event, try book.call(event.callID, in: store))
    }

    private static func isLongOver(_ call: Call, at time: Date) -> Bool {
        guard let endedAt = call.endedAt else { return false }
        return time.timeIntervalSince(endedAt) > sameCallWithin
    }

    /// The latest call of a phone system with this id, or with a later one of the same sender's id.
    package func newestCall(system: String, id: String, laterPrefix: String) async throws -> Call? {
        try await database.read { store in
            try newestCall(system: system, id: id, laterPrefix: laterPrefix, in: store)
        }
    }

    private func newestCall(
        system: String, id: String, laterPrefix: String, in store: ReadTransaction
    ) throws -> Call? {
        let above = laterPrefix + "\u{10FFFF}"
        return try store.row(
            """
            select json from call where system = \(system)
                and (value = \(id) or (value > \(laterPrefix) and value < \(above)))
            order by started_at desc, id limit 1
            """)?.json("json", as: Call.self)
    }
}
