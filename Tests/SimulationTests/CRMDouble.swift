import CallLogging
import Foundation
import Records
import Synchronization

/// A CRM that keeps one record for each key and never an older version over a newer one, and says of it what it was told
/// to say. It outlives our processes.
final class CRMDouble: ActivitySink {
    struct Kept: Sendable {
        var log: FiledLog
        /// Every version that it was given, in order.
        var versions: [Int]
    }

    private struct State {
        var kept: [String: Kept] = [:]
        var troubles: [Trouble] = []
        var asked = 0
        var isAway = false
    }

    let crm = "crm"
    private let state = Mutex(State())

    var kept: [String: Kept] { state.withLock { $0.kept } }
    var asked: Int { state.withLock { $0.asked } }

    /// What goes wrong with the next logs; after them nothing does.
    func plan(_ troubles: [Trouble]) { state.withLock { $0.troubles = troubles } }

    /// It answers nothing.
    func isAway(_ isAway: Bool) { state.withLock { $0.isAway = isAway } }

    func file(_ log: FiledLog) async throws(FilingFailure) -> FiledRecord {
        let trouble: Trouble? = state.withLock { state in
            state.asked += 1
            if state.isAway { return .busy }
            let trouble = state.troubles.isEmpty ? nil : state.troubles.removeFirst()
            guard trouble == nil || trouble == .unanswered else { return trouble }
            var kept = state.kept[log.key] ?? Kept(log: log, versions: [])
            if kept.log.version <= log.version { kept.log = log }
            kept.versions.append(log.version)
            state.kept[log.key] = kept
            return trouble
        }
        switch trouble {
        case nil: break
        case .unanswered: throw .retry(reason: "no answer", after: nil)
        case .busy: throw .retry(reason: "503", after: nil)
        case .tooMany: throw .retry(reason: "429", after: 60)
        case .refused: throw .park(reason: "A rule of the CRM says no.")
        }
        return FiledRecord(
            id: RecordID(crm: crm, kind: .activity, value: log.key), url: "/\(log.key)")
    }
}
