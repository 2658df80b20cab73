import CallerLookup
import Calls
import Foundation
package import Logging
package import PhoneNumbers
package import Records
import ServiceLifecycle
import Storage

/// Asks a CRM for a caller that our own index does not know: once for a number in some minutes, while it rings.
///
/// The ring waits for none of this. Whom the CRM names is put into the directory, and the call is matched anew there.
package actor LiveLookup {
    /// Seconds for which the same number is not asked for again.
    private static let memory: TimeInterval = 600
    /// Seconds for which an agent who has just created the record does not ask again.
    private static let pause: TimeInterval = 2
    private static let mostRemembered = 10_000
    /// Numbers that are asked for at the same time.
    private static let mostAtOnce = 4

    private let flow: CallFlow
    private let logger: Logger
    private let find: @Sendable (PhoneNumber) async throws -> [Person]
    private var asked: [NumberKey: Date] = [:]
    /// When an agent had it asked for last.
    private var askedAgain: [NumberKey: Date] = [:]

    package init(
        flow: CallFlow, logger: Logger,
        find: @escaping @Sendable (PhoneNumber) async throws -> [Person]
    ) {
        self.flow = flow
        self.logger = logger
        self.find = find
    }

    /// Follows the calls of which nobody is known.
    package func run() async {
        await withTaskGroup(of: Void.self) { group in
            var running = 0
            for await notice in flow.database.changes(topic: CallFlow.unknownCaller) {
                if Task.isCancelled { break }
                if running >= Self.mostAtOnce {
                    await group.next()
                    running -= 1
                }
                running += 1
                group.addTask { await self.look(notice.subject) }
            }
            group.cancelAll()
        }
    }

    private func look(_ callID: String) async {
        do {
            try await look(for: callID, again: false)
        } catch {
            logger.info("A caller could not be asked for.", metadata: ["error": "\(error)"])
        }
    }

    /// Asks for the caller of one call.
    ///
    /// - Parameter again: also where the number was asked for a moment ago: an agent has just created the record.
    package func look(for callID: String, again: Bool) async throws {
        let flow = flow
        guard
            let number = try await flow.database.read({ store in
                try flow.book.call(callID, in: store)?.call.customer?.number
            }), let key = number.key, number.isLookedUp
        else { return }
        let now = flow.now()
        let last = again ? askedAgain[key] : asked[key]
        let rest = again ? Self.pause : Self.memory
        if let last, now.timeIntervalSince(last) < rest { return }
        if asked.count >= Self.mostRemembered { asked.removeAll() }
        if askedAgain.count >= Self.mostRemembered { askedAgain.removeAll() }
        asked[key] = now
        if again { askedAgain[key] = now }
        let people = try await find(number)
        guard !people.isEmpty else { return }
        try await flow.database.write { store in
            try flow.organisation.directory.put(people, in: store)
            try flow.matchAnew(callID, now: now, in: store)
        }
    }
}

extension CallFlow {
    /// The topic of notices that name a call of which nobody is known.
    static let unknownCaller = "unknown-caller"
}
