import Dispatch
import Synchronization

/// The reading connections: so many at most, opened when they are needed, each lent to one read at a time.
final class PostgreSQLPool: Sendable {
    private struct State {
        var idle: [PostgreSQLLink] = []
        /// Lent or idle.
        var count = 0
        var waiting: [Waiter] = []
        var nextWaiter = 0
        var isClosed = false
        var opened = 0
        var refused = 0
    }

    private struct Waiter {
        let number: Int
        let resume: @Sendable (Result<PostgreSQLLink?, StorageFailure>) -> Void
    }

    private let limit: Int
    private let patience: Duration
    private let open: @Sendable () throws(StorageFailure) -> PostgreSQLLink
    private let state = Mutex(State())
    private let queue = DispatchQueue(label: "callmatch.storage.reader", attributes: .concurrent)

    /// - Parameter limit: connections at most.
    /// - Parameter patience: how long a read waits for one.
    init(
        limit: Int, patience: Duration,
        open: @escaping @Sendable () throws(StorageFailure) -> PostgreSQLLink
    ) {
        self.limit = limit
        self.patience = patience
        self.open = open
    }

    /// Runs a body with a connection, on a thread of the pool.
    ///
    /// - Throws: what the body throws; `overloaded` when no connection is free within the time; `unavailable`.
    func lend<T: Sendable>(
        _ body: @escaping @Sendable (PostgreSQLLink) throws -> T
    ) async throws -> T {
        try await withCheckedThrowingContinuation { continuation in
            take { turn in
                self.queue.async {
                    continuation.resume(with: Result { try self.run(body, turn) })
                }
            }
        }
    }

    private func run<T>(
        _ body: (PostgreSQLLink) throws -> T, _ turn: Result<PostgreSQLLink?, StorageFailure>
    ) throws -> T {
        let idle = try turn.get()
        let link: PostgreSQLLink
        do throws(StorageFailure) {
            if let idle, idle.isAlive() {
                link = idle
            } else {
                link = try open()
                state.withLock { $0.opened += 1 }
            }
        } catch {
            giveBack(nil)
            throw error
        }
        defer { giveBack(link) }
        return try body(link)
    }

    /// Hands out an idle connection, or the leave to open one; or keeps waiting for either.
    private func take(
        _ resume: @escaping @Sendable (Result<PostgreSQLLink?, StorageFailure>) -> Void
    ) {
        let number: Int? = state.withLock { state in
            if state.isClosed || !state.idle.isEmpty || state.count < limit { return nil }
            state.nextWaiter += 1
            state.waiting.append(Waiter(number: state.nextWaiter, resume: resume))
            return state.nextWaiter
        }
        if let number {
            queue.asyncAfter(deadline: .now() + patience.dispatchInterval) { self.giveUp(number) }
            return
        }
        resume(
            state.withLock { state in
                if state.isClosed { return .failure(.closed) }
                if let link = state.idle.popLast() { return .success(link) }
                state.count += 1
                return .success(nil)
            })
    }

    private func giveUp(_ number: Int) {
        let waiter: Waiter? = state.withLock { state in
            guard let place = state.waiting.firstIndex(where: { $0.number == number }) else {
                return nil
            }
            state.refused += 1
            return state.waiting.remove(at: place)
        }
        waiter?.resume(.failure(.overloaded(limit: limit)))
    }

    /// - Parameter link: `nil` or broken for one that is gone.
    private func giveBack(_ link: PostgreSQLLink?) {
        let whole = link.flatMap { $0.isBroken ? nil : $0 }
        let waiter: Waiter? = state.withLock { state in
            if !state.waiting.isEmpty { return state.waiting.removeFirst() }
            if let whole, !state.isClosed {
                state.idle.append(whole)
            } else {
                state.count -= 1
            }
            return nil
        }
        waiter?.resume(.success(whole))
    }

    /// Closes what is idle now, and what is lent when it comes back.
    func close() {
        let waiting = state.withLock { state in
            state.isClosed = true
            state.count -= state.idle.count
            state.idle = []
            defer { state.waiting = [] }
            return state.waiting
        }
        for waiter in waiting { waiter.resume(.failure(.closed)) }
    }

    var metrics: [StorageMetric] {
        let (count, idle, waiting, opened, refused) = state.withLock {
            ($0.count, $0.idle.count, $0.waiting.count, $0.opened, $0.refused)
        }
        return [
            StorageMetric(
                name: "callmatch_storage_reader_connections", kind: .gauge,
                help: "Reading connections to the database.", value: Double(count)),
            StorageMetric(
                name: "callmatch_storage_reader_connections_idle", kind: .gauge,
                help: "Reading connections that nobody uses.", value: Double(idle)),
            StorageMetric(
                name: "callmatch_storage_reads_queued", kind: .gauge,
                help: "Reads that wait for a connection.", value: Double(waiting)),
            StorageMetric(
                name: "callmatch_storage_reader_connections_opened_total", kind: .counter,
                help: "Reading connections opened.", value: Double(opened)),
            StorageMetric(
                name: "callmatch_storage_reads_timed_out_total", kind: .counter,
                help: "Reads that got no connection in time.", value: Double(refused)),
        ]
    }
}
