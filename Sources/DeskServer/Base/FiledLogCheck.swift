import CallHandling
import Foundation
import Logging
import Storage
import Synchronization

/// Whether the CRM that we connect to still has the logs that were filed in it, for who looks at *Health*.
///
/// A comparison takes a request of the CRM for each hundred logs, and as long as the CRM takes. So nobody waits for it: what the
/// last one found is told at once, with when that was, and a look that comes ten minutes after it asks for another one.
final class FiledLogCheck: Sendable {
    /// What the last comparison found.
    struct Word: Sendable {
        /// `nil` before the first that came to an end.
        var comparedAt: Date?
        /// Why the last one did not; `nil` where it did.
        var problem: String?
        /// Keys of logs that the CRM does not have.
        var missing: Set<String> = []
    }

    private struct State {
        var word = Word()
        var askedAt: Date?
    }

    /// In seconds. An open page asks every ten, and the CRM lets in so many requests a day.
    private static let lasts: TimeInterval = 600
    private static let lastsAfterFailure: TimeInterval = 60

    private let state = Mutex(State())
    private let wishes: AsyncStream<Date>
    private let wish: AsyncStream<Date>.Continuation

    init() {
        (wishes, wish) = AsyncStream.makeStream(bufferingPolicy: .bufferingNewest(1))
    }

    /// What is known now.
    ///
    /// - Parameter since: from when logs are compared if it is time to.
    func look(since: Date, now: Date) -> Word {
        let (word, isDue) = state.withLock { state in
            let lasts = state.word.problem == nil ? Self.lasts : Self.lastsAfterFailure
            let isDue = state.askedAt.map { abs(now.timeIntervalSince($0)) >= lasts } ?? true
            if isDue { state.askedAt = now }
            return (state.word, isDue)
        }
        if isDue { wish.yield(since) }
        return word
    }

    /// Compares whenever somebody has looked and it is time to, for as long as the server lives.
    ///
    /// - Parameter missing: the keys of logs that the CRM does not have.
    func run(
        now: @escaping @Sendable () -> Date, logger: Logger,
        missing: (_ since: Date) async throws -> Set<String>
    ) async {
        for await since in wishes {
            do {
                let found = try await missing(since)
                let word = Word(comparedAt: now(), problem: nil, missing: found)
                state.withLock { $0.word = word }
            } catch {
                logger.warning("What was filed was not compared with the CRM: \(error)")
                let problem = "\(error)"
                state.withLock { $0.word.problem = problem }
            }
        }
    }
}
