package import Calls
package import Foundation
package import PhoneNumbers
package import PhoneSystem

/// The telephone of the sample organisation: the exchange, given a clock and a way out for its events.
package actor DemoPhone: CallFeed, CallControl {
    package nonisolated let system = DemoExchange.system

    private let ownNumber: String
    private var exchange: DemoExchange
    private let now: @Sendable () -> Date
    private let newID: @Sendable () -> String
    /// Wakes `run`, while it runs.
    private var waker: AsyncStream<Void>.Continuation?
    /// Events that are not stored yet, in order.
    private var outbox: [CallEvent] = []

    /// How often the store is asked again when it did not take events, in milliseconds.
    private static let retryMilliseconds = 500

    package init(
        plan: NumberingPlan, ownNumber: String, rules: DemoExchange.Rules = .init(),
        resuming calls: [Call] = [], now: @escaping @Sendable () -> Date,
        newID: @escaping @Sendable () -> String
    ) {
        var exchange = DemoExchange(plan: plan, ownNumber: ownNumber)
        exchange.rules = rules
        exchange.restore(calls)
        self.ownNumber = ownNumber
        self.exchange = exchange
        self.now = now
        self.newID = newID
    }

    /// Begins anew with the calls that go on: another process has led them until now.
    package func resume(_ calls: [Call], plan: NumberingPlan) {
        let rules = exchange.rules
        exchange = DemoExchange(plan: plan, ownNumber: ownNumber)
        exchange.rules = rules
        exchange.restore(calls)
        outbox = []
        waker?.yield()
    }

    package var rules: DemoExchange.Rules {
        get { exchange.rules }
        set {
            exchange.rules = newValue
            waker?.yield()
        }
    }

    package func set(_ rules: DemoExchange.Rules) { self.rules = rules }

    /// A customer calls these phones.
    package func ring(from number: String, name: String?, extensions: [String], queue: String?)
        throws(ControlRefusal) -> Call.ID
    {
        let id = newID()
        let events = exchange.ring(
            id: id, from: number, name: name, extensions: extensions, queue: queue, now: now())
        guard !events.isEmpty else {
            throw ControlRefusal.notNow("The demo phone has no free line. Hang up a call first.")
        }
        send(events)
        return Call.ID(system: system, value: id)
    }

    package func play(_ script: CallScript, speed: Double) -> Call.ID {
        let id = newID()
        exchange.play(script, id: id, speed: speed, now: now())
        waker?.yield()
        return Call.ID(system: system, value: id)
    }

    package func abilities(for extension: String, in call: Call) -> Set<CallAbility> {
        exchange.abilities(for: `extension`, in: call.id)
    }

    package func canDial(from extension: String) -> Bool { true }

    package func outage() -> String? { nil }

    package func perform(_ command: CallCommand) throws(ControlRefusal) {
        send(try exchange.perform(command, newID: newID(), now: now()))
    }

    package func run(_ receive: @escaping @Sendable ([CallEvent]) async throws -> Void) async throws
    {
        // A new one each time: a stream whose reader was cancelled is over for good.
        let (wakes, waker) = AsyncStream.makeStream(
            of: Void.self, bufferingPolicy: .bufferingNewest(1))
        self.waker = waker
        await withTaskGroup(of: Void.self) { group in
            group.addTask {
                while !Task.isCancelled {
                    let wait = await self.untilNextDue()
                    try? await ContinuousClock().sleep(for: wait)
                    waker.yield()
                }
            }
            waker.yield()
            for await _ in wakes {
                if Task.isCancelled { break }
                await deliver(receive)
            }
            group.cancelAll()
        }
    }

    private func send(_ events: [CallEvent]) {
        outbox += events
        waker?.yield()
    }

    private func deliver(_ receive: @Sendable ([CallEvent]) async throws -> Void) async {
        outbox += exchange.passTime(now: now())
        while !outbox.isEmpty {
            let batch = outbox
            do {
                try await receive(batch)
            } catch {
                return
            }
            outbox.removeFirst(batch.count)
        }
    }

    /// Short enough that a call which begins meanwhile is not answered late.
    private func untilNextDue() -> Duration {
        let wait = exchange.nextDue.map { $0.timeIntervalSince(now()) * 1000 } ?? 250
        return .milliseconds(min(250, max(10, Int(wait))))
    }
}
