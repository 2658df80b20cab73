import Dispatch
import Foundation
import Synchronization

/// Hashes and checks passwords, away from the event loops and only a few at a time.
///
/// A flood of sign-ins is a flood of work: each takes about half a second. So there are a few lanes, each
/// works off one password after the other, and what does not find a place in the waiting list is refused at
/// once. What was let in is finished even when nobody waits for it any more: the limit covers that as well.
package final class PasswordVerifier: Sendable {
    /// A place in the list is half a second of waiting for one lane: longer, and people press the button again.
    package static let waitingLimit = 16

    /// Serial queues: what is in one is done in order, one at a time.
    private let lanes: [DispatchQueue]
    /// How many are in each lane, the one that is being worked on included.
    private let loads: Mutex<[Int]>
    private let mostAdmitted: Int

    /// - Parameters:
    ///   - atOnce: how many are worked on at the same time: by default half of the processors, so that calls
    ///     go on during a flood.
    ///   - waiting: how many more are let in.
    package init(
        atOnce: Int = max(1, ProcessInfo.processInfo.activeProcessorCount / 2),
        waiting: Int = waitingLimit
    ) {
        precondition(atOnce > 0 && waiting >= 0)
        lanes = (0..<atOnce).map { DispatchQueue(label: "callmatch.passwords.\($0)") }
        loads = Mutex(Array(repeating: 0, count: atOnce))
        mostAdmitted = atOnce + waiting
    }

    /// The hash of a new password, with today's cost and a new salt.
    package func hash(_ password: Password) async throws(NoRoomToHash) -> PasswordHash {
        try await run { () throws(NoRoomToHash) in try PasswordHash(password) }
    }

    /// Whether the text is the password of this hash.
    ///
    /// - Parameter hash: `nil` for a person who does not exist or has no password: that takes as long as a
    ///   wrong password, so that names cannot be found out by the clock.
    package func verify(
        _ text: String, against hash: PasswordHash?
    ) async throws(NoRoomToHash) -> Bool {
        guard let password = try? Password(text) else { return false }
        let proof = hash ?? .nobody
        let isRight = try await run { () throws(NoRoomToHash) in try proof.matches(password) }
        return isRight && hash != nil
    }

    /// How many are being worked on or wait.
    var admitted: Int { loads.withLock { $0.reduce(0, +) } }

    /// Does the work in the lane with the least before it.
    func run<Value: Sendable>(
        _ work: @escaping @Sendable () throws(NoRoomToHash) -> Value
    ) async throws(NoRoomToHash) -> Value {
        let lane = try takePlace()
        let result: Result<Value, NoRoomToHash> = await withCheckedContinuation { continuation in
            lanes[lane].async {
                let result = Result(catching: work)
                self.loads.withLock { $0[lane] -= 1 }
                continuation.resume(returning: result)
            }
        }
        return try result.get()
    }

    private func takePlace() throws(NoRoomToHash) -> Int {
        let place = loads.withLock { loads -> Int? in
            guard loads.reduce(0, +) < mostAdmitted,
                let lane = loads.indices.min(by: { loads[$0] < loads[$1] })
            else { return nil }
            loads[lane] += 1
            return lane
        }
        guard let place else { throw NoRoomToHash(retryAfter: 5) }
        return place
    }
}

extension PasswordHash {
    /// A hash that no password is known for, with today's cost.
    fileprivate static let nobody = PasswordHash(
        cost: .current, salt: randomBytes(saltLength), digest: Digest(of: randomBytes(32)))
}
