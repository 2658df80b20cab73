import CallLogging
import Calls
package import Foundation
package import Logging
import ServiceLifecycle
import Storage

/// What happens by itself when time passes. Each step asks the store what is due, so that nothing depends
/// on a timer that a crash would lose.
package struct Clockwork: Service {
    /// How long all phones of a call may be silent before it counts as over.
    package static let silence: TimeInterval = 8
    /// No call lasts longer: its end was lost.
    package static let longestCall: TimeInterval = 6 * 3600
    /// Repeats of a message are told apart for so long: longer than any sender retries.
    package static let messageMemory: TimeInterval = 8 * 24 * 3600

    /// Seconds between two looks for messages that can be forgotten.
    private static let forgettingPause: TimeInterval = 3600

    private let flow: CallFlow
    private let logger: Logger

    package init(flow: CallFlow, logger: Logger) {
        self.flow = flow
        self.logger = logger
    }

    package func run() async throws {
        await cancelWhenGracefulShutdown {
            var nextForgetting = Date.distantPast
            while !Task.isCancelled {
                do {
                    try await flow.passTime()
                    let now = flow.now()
                    if now >= nextForgetting {
                        try await flow.forgetMessages()
                        nextForgetting = now.addingTimeInterval(Self.forgettingPause)
                    }
                } catch is CancellationError {
                    return
                } catch {
                    logger.error("A timed step failed.", metadata: ["error": "\(error)"])
                }
                try? await ContinuousClock().sleep(for: .milliseconds(500))
            }
        }
    }
}

extension CallFlow {
    /// Closes what is over and files what is finished.
    package func passTime() async throws {
        let now = now()
        // What the clock was set forward by, no call has lasted.
        let longest = Clockwork.longestCall + forward(within: Clockwork.longestCall)
        let wrapUp = Double(organisation.settings.policy.wrapUpSeconds)
        if try await database.read({ try book.isAhead(ofClock: now, wrapUp: wrapUp, in: $0) }) {
            try await database.write { try book.keepTime(now: now, wrapUp: wrapUp, in: $0) }
        }
        let due = try await database.read { store in
            (
                silent: try book.silentCalls(
                    since: now.addingTimeInterval(-Clockwork.silence), in: store),
                aged: try book.agedCalls(
                    before: now.addingTimeInterval(-longest), in: store),
                finished: try book.finishedWrapUps(now: now, in: store)
            )
        }
        guard !due.silent.isEmpty || !due.aged.isEmpty || !due.finished.isEmpty else { return }
        try await database.write { store in
            for id in due.silent { try close(id, now: now, in: store) }
            for id in due.aged { try close(id, now: now, in: store) }
            for part in due.finished { try finishWrapUp(part, now: now, in: store) }
        }
    }

    /// Seconds by which the clock was set forward within the last so many.
    func forward(within seconds: TimeInterval) -> TimeInterval {
        clockJumps?.forward(within: seconds) ?? 0
    }

    /// Ends a call whose end was not reported, at the moment its last phone stopped.
    private func close(_ id: String, now: Date, in store: WriteTransaction) throws {
        guard let call = try book.call(id, in: store)?.call, call.endedAt == nil else { return }
        let end = CallEvent(
            call: call.id, kind: .ended, at: call.silentSince ?? now,
            isTimed: call.facts.allSatisfy(\.isTimed),
            cause: HangupCause(
                call.wasAnswered ? .completed : .unknown, raw: "end not reported"),
            isReconstructed: call.silentSince == nil)
        try handle(KeptEvent(end), now: now, in: store)
    }

    /// Wrap-up is over: the log is complete, or stays a draft that recent calls show as not logged.
    private func finishWrapUp(_ due: CallPart, now: Date, in store: WriteTransaction) throws {
        guard let stored = try book.call(due.callID, in: store),
            var part = try book.part(callID: due.callID, agent: due.agent, in: store),
            let end = part.wrapUpUntil, end <= now, !part.isDone, !part.isLive
        else { return }
        if let log = try logs.log(callID: due.callID, agent: due.agent, in: store) {
            try complete(log, now: now, in: store)
        }
        part.isDone = true
        try book.save(part, sortAt: part.offeredAt ?? stored.call.startedAt, in: store)
        try settle(stored, agents: agents(of: stored.call), in: store)
    }
}
