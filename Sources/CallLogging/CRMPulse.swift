import Foundation
import Synchronization

/// Whether a CRM takes call logs, told from its last answers.
///
/// One that has failed several times in a row is left alone: one log after a few seconds, later every half minute, asks
/// whether it is back, and the first one that it takes sends the others on their way. Until then nothing counts against a log that cannot be filed.
struct CRMPulse: Sendable {
    /// Failures in a row after which a CRM is away.
    static let failuresUntilAway = 3
    /// The most seconds between two logs that ask whether it is back.
    static let longestPause: TimeInterval = 30

    private var pause: TimeInterval {
        let further = max(0, failures - Self.failuresUntilAway)
        return isAway ? min(Self.longestPause, 5 * Double(1 << min(further, 3))) : Self.longestPause
    }

    /// What may be asked of it now.
    enum Opening: Hashable, Sendable {
        /// Every log that is due.
        case wide
        /// Every log that is due, or else one that waits, to find out whether it is there.
        case ajar
        /// One log, whether it is due or not.
        case narrow
        case shut
    }

    /// It took or refused a log since it last failed.
    private(set) var isWell = false
    private var failures = 0
    private var askedAt: Date?
    /// The moment that the CRM named, and when it did.
    private var silence: (from: Date, until: Date)?

    var isAway: Bool { failures >= Self.failuresUntilAway }

    /// A clock that was set back since makes nothing wait.
    func opening(now: Date) -> Opening {
        if let silence, now >= silence.from, now < silence.until { return .shut }
        if isWell { return .wide }
        let hasPaused = askedAt.map { now < $0 || now >= $0.addingTimeInterval(pause) } ?? true
        if isAway { return hasPaused ? .narrow : .shut }
        return hasPaused ? .ajar : .wide
    }

    /// Notes an answer.
    ///
    /// - Parameter isThere: false for an answer that says "later", or for none.
    /// - Parameter asked: for how many seconds the CRM wants to be left alone, where it said so.
    /// - Returns: true when it is there now and nobody knew.
    mutating func heard(isThere: Bool, asked: Int?, now: Date) -> Bool {
        askedAt = now
        let isNews = isThere && !isWell
        isWell = isThere
        failures = isThere ? 0 : failures + 1
        silence = asked.map { (now, now.addingTimeInterval(Double($0))) }
        return isNews
    }
}

/// The pulse of each CRM, as this process knows it. Others find out for themselves, and so does the next process.
final class CRMPulses: Sendable {
    private let pulses = Mutex<[String: CRMPulse]>([:])

    func opening(of crm: String, now: Date) -> CRMPulse.Opening {
        pulses.withLock { $0[crm, default: CRMPulse()].opening(now: now) }
    }

    func isAway(_ crm: String) -> Bool { pulses.withLock { $0[crm]?.isAway ?? false } }

    /// - Returns: true when the CRM is there now and nobody knew.
    func heard(
        from crm: String, _ answer: Result<FiledRecord, FilingFailure>, now: Date
    ) -> Bool {
        var asked: Int?
        var isThere = true
        if case .failure(.retry(_, let after)) = answer { (isThere, asked) = (false, after) }
        return pulses.withLock {
            $0[crm, default: CRMPulse()].heard(isThere: isThere, asked: asked, now: now)
        }
    }

    /// What it said could not be written down: whatever follows from it will follow from the next answer.
    func forget(_ crm: String) { pulses.withLock { $0[crm] = nil } }

    func forget() { pulses.withLock { $0 = [:] } }
}
