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
