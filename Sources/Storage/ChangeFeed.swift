import Synchronization

/// "Something about this subject has changed": the reason to read again, never the news itself.
package struct ChangeNotice: Hashable, Sendable {
    /// What kind of thing, for example `agent`.
    package let topic: String

    /// Which one, for example an agent's id.
    package let subject: String

    package init(topic: String, subject: String) {
        self.topic = topic
        self.subject = subject
    }

    /// "Notices were lost: read everything again." Given to a subscriber that was too slow.
    package static let everything = ChangeNotice(topic: "*", subject: "*")
}

/// Hands the notices of each commit to the subscribers, each of which has a bounded buffer.
final class ChangeFeed: Sendable {
    private struct Subscriber {
        let topic: String?
        let continuation: AsyncStream<ChangeNotice>.Continuation

        func wants(_ notice: ChangeNotice) -> Bool {
            topic == nil || topic == notice.topic || notice == .everything
        }
    }

    private struct State {
        var subscribers: [Int: Subscriber] = [:]
        var nextID = 0
        var isFinished = false
        var published = 0
        var overflows = 0
    }

    private let limit: Int
    private let state = Mutex(State())

    init(limit: Int) {
        self.limit = limit
    }

    func subscribe(topic: String?) -> AsyncStream<ChangeNotice> {
        let (stream, continuation) = AsyncStream.makeStream(
            of: ChangeNotice.self, bufferingPolicy: .bufferingNewest(limit))
        let id: Int? = state.withLock { state in
            guard !state.isFinished else { return nil }
            state.nextID += 1
            state.subscribers[state.nextID] = Subscriber(topic: topic, continuation: continuation)
            return state.nextID
        }
        guard let id else {
            continuation.finish()
            return stream
        }
        continuation.onTermination = { [weak self] _ in
            self?.state.withLock { _ = $0.subscribers.removeValue(forKey: id) }
        }
        return stream
    }

    /// Called by the writer, so that subscribers see its commits in their order, and with what other processes announce.
    func publish(_ notices: [ChangeNotice]) {
        guard !notices.isEmpty else { return }
        // Handed over outside the lock: a stream that ends takes the lock to sign off.
        let subscribers = state.withLock { state in
            state.published += notices.count
            return Array(state.subscribers.values)
        }
        var overflows = 0
        for subscriber in subscribers {
            for notice in notices where subscriber.wants(notice) {
                // What is dropped is older than the "everything" that now follows it. Should that
                // one be dropped later, the same happens again: the buffer always ends in the truth.
                if case .dropped = subscriber.continuation.yield(notice) {
                    subscriber.continuation.yield(.everything)
                    overflows += 1
                }
            }
        }
        if overflows > 0 { state.withLock { $0.overflows += overflows } }
    }

    func finish() {
        let subscribers = state.withLock { state in
            state.isFinished = true
            return Array(state.subscribers.values)
        }
        for subscriber in subscribers { subscriber.continuation.finish() }
    }

    var metrics: [StorageMetric] {
        let state = state.withLock { $0 }
        return [
            StorageMetric(
                name: "callmatch_storage_notices_total", kind: .counter,
                help: "Change notices published.", value: Double(state.published)),
            StorageMetric(
                name: "callmatch_storage_notices_dropped_total", kind: .counter,
                help: "Change notices that a slow subscriber lost.",
                value: Double(state.overflows)),
            StorageMetric(
                name: "callmatch_storage_subscribers", kind: .gauge,
                help: "Open streams of change notices.",
                value: Double(state.subscribers.count)),
        ]
    }
}
