import Synchronization

/// Counts the reads that are under way: it bounds them, and lets the store close after the last.
final class ReadGate: Sendable {
    private struct State {
        var underWay = 0
        var total = 0
        var refused = 0
        var isClosed = false
        var closing: [CheckedContinuation<Void, Never>] = []
    }

    private let limit: Int
    private let state = Mutex(State())

    init(limit: Int) {
        self.limit = limit
    }

    func enter() throws(StorageFailure) {
        let refusal: StorageFailure? = state.withLock { state in
            if state.isClosed { return .closed }
            if state.underWay >= limit {
                state.refused += 1
                return .overloaded(limit: limit)
            }
            state.underWay += 1
            state.total += 1
            return nil
        }
        if let refusal { throw refusal }
    }

    func leave() {
        let closing = state.withLock { state in
            state.underWay -= 1
            guard state.isClosed, state.underWay == 0 else {
                return [CheckedContinuation<Void, Never>]()
            }
            defer { state.closing = [] }
            return state.closing
        }
        for continuation in closing { continuation.resume() }
    }

    /// Refuses new reads and returns when those under way have ended.
    func close() async {
        await withCheckedContinuation { continuation in
            let isEmpty = state.withLock { state in
                state.isClosed = true
                if state.underWay > 0 { state.closing.append(continuation) }
                return state.underWay == 0
            }
            if isEmpty { continuation.resume() }
        }
    }

    var metrics: [StorageMetric] {
        let (underWay, total, refused) = state.withLock { ($0.underWay, $0.total, $0.refused) }
        return [
            StorageMetric(
                name: "callmatch_storage_reads_total", kind: .counter,
                help: "Reads begun.", value: Double(total)),
            StorageMetric(
                name: "callmatch_storage_reads_refused_total", kind: .counter,
                help: "Reads refused because too many were under way.", value: Double(refused)),
            StorageMetric(
                name: "callmatch_storage_reads_running", kind: .gauge,
                help: "Reads under way or waiting for a connection.", value: Double(underWay)),
        ]
    }
}
