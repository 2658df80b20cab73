import Calls
import Foundation
package import PhoneSystem
package import Storage

extension CallFlow {
    private static let unseen = HangupCause(.unknown, raw: "end not seen")

    /// Ends the part of every phone that a phone system does not know any more: its end was told while nobody listened.
    ///
    /// Given right after a connect, before anything that happens later is received. A call whose last phone ends so is
    /// closed like any other (`passTime`). When it ended is not known, so the end is marked as reconstructed.
    ///
    /// - Parameter fence: the term in which stock was taken; `LeaseLost` when it is over.
    /// - Returns: how many phones' parts were ended.
    @discardableResult
    package func takeStock(_ stock: CallStock, under fence: Fence? = nil) async throws -> Int {
        let now = now()
        return try await database.write { store in
            try fence?.check(in: store)
            let live = try store.rows(
                "select id from call where system = \(stock.system) and state <> 'ended' order by id"
            )
            let ends = try live.flatMap { row in
                try self.ends(in: book.call(row.text("id"), in: store)?.call, by: stock)
            }
            for end in ends { try handle(KeptEvent(end), now: now, in: store) }
            return ends.count
        }
    }

    /// Which phones take part in a call here and not at the phone system, and the other way round.
    ///
    /// Compared phone by phone and not call by call: where a phone was given another call, both may name it as they saw it.
    package func differences(from stock: CallStock) async throws -> StockDifference {
        let here = try await database.read { store in
            try store.rows(
                "select id from call where system = \(stock.system) and state <> 'ended' order by id"
            ).flatMap { row in
                try book.call(row.text("id"), in: store)?.call.legs.filter(\.isLive).map(\.id) ?? []
            }
        }
        let there = Set(stock.legs.values.joined())
        return StockDifference(
            system: stock.system, gone: Set(here).subtracting(there),
            missing: there.subtracting(here))
    }

    private func ends(in call: Call?, by stock: CallStock) throws -> [CallEvent] {
        guard let call else { return [] }
        return call.legs.filter { $0.isLive && !stock.has($0.id, of: call.id) }.map { leg in
            let last = call.facts.lazy.filter { $0.leg == leg.id }.map(\.at).max()
            return CallEvent(
                call: call.id, leg: leg.id, kind: .ended, at: max(stock.at, last ?? stock.at),
                isTimed: call.facts.allSatisfy(\.isTimed), extension: leg.extension,
                cause: Self.unseen, isReconstructed: true)
        }
    }
}

/// What a phone system and the store say differently of the phones that are in a call.
package struct StockDifference: Hashable, Codable, Sendable {
    package let system: String
    /// In a call here, and not there: an end that was not told, or not stored.
    package let gone: [String]
    /// In a call there, and not here: a ring that was not told, or not stored.
    package let missing: [String]

    init(system: String, gone: Set<Leg.ID>, missing: Set<Leg.ID>) {
        self.system = system
        self.gone = gone.map(\.value).sorted()
        self.missing = missing.map(\.value).sorted()
    }

    package var isEmpty: Bool { gone.isEmpty && missing.isEmpty }

    /// What both say: an event that was on its way when one of them was made is in one of them only.
    package func confirmed(by other: StockDifference) -> StockDifference {
        StockDifference(
            system: system,
            gone: Set(gone).intersection(other.gone).reduce(into: []) { $0.insert(Leg.ID($1)) },
            missing: Set(missing).intersection(other.missing).reduce(into: []) {
                $0.insert(Leg.ID($1))
            })
    }
}
