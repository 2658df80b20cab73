import Dispatch
import Logging
import Synchronization

/// The one writer: gathers waiting bodies into groups and commits each group with one sync.
///
/// Everything that touches the writing connection runs on one serial queue; callers only take the
/// lock, append and wait for their answer. `CommitSchedule` decides when, `GroupCommit` does it.
final class WriteQueue: Sendable {
    fileprivate struct State {
        var schedule: CommitSchedule
        var waiting: [PendingWrite] = []
        /// No more writes are taken; those that wait are still committed.
        var isClosing = false
        /// The next look for space, or for the database, is planned: there is never more than one.
        var isCheckingSpace = false
        var health = StorageHealth()
        var failedWrites = 0
        var refusedWrites = 0
        var largestGroup = 0
        var slowestCommitSeconds = 0.0
        var commitSeconds = 0.0
    }

    private let engine: any StorageEngine
    private let feed: ChangeFeed
    private let options: Database.Options
    private let groupLimit: Int
    private let queue = DispatchQueue(label: "callmatch.storage.writer")
    private let state: Mutex<State>

    init(engine: any StorageEngine, feed: ChangeFeed, options: Database.Options) {
        self.engine = engine
        self.feed = feed
        self.options = options
        groupLimit = options.groupCommit ? options.groupLimit : 1
        state = Mutex(
            State(
                schedule: CommitSchedule(
                    window: options.groupCommit ? options.window : .zero, groupLimit: groupLimit)))
    }

    func write<T: Sendable>(
        _ body: @escaping @Sendable (WriteTransaction) throws -> T
    ) async throws -> T {
        try await withCheckedThrowingContinuation { continuation in
            let write = PendingWrite(
                run: { transaction in
                    let value = try body(transaction)
                    return { continuation.resume(returning: value) }
                },
                fail: { continuation.resume(throwing: $0) })
            if let refusal = accept(write) { write.fail(refusal) }
        }
    }

    func note(_ body: @escaping @Sendable (WriteTransaction) throws -> Void) {
        let write = PendingWrite(
            run: { transaction in
                try body(transaction)
                return {}
            }, fail: { _ in })
        _ = accept(write)
    }

    /// Queues a write, or says why not.
    private func accept(_ write: PendingWrite) -> StorageFailure? {
        let (step, refusal): (CommitSchedule.Step, StorageFailure?) = state.withLock { state in
            if let failure = state.standingRefusal { return (.wait, failure) }
            if state.isClosing { return (.wait, .closed) }
            if state.waiting.count >= options.queueLimit {
                state.refusedWrites += 1
                return (.wait, .overloaded(limit: options.queueLimit))
            }
            state.waiting.append(write)
            return (state.schedule.arrived(waiting: state.waiting.count, now: .now), nil)
        }
        plan(step)
        return refusal
    }

    private func plan(_ step: CommitSchedule.Step) {
        guard case .begin(let turn, let delay) = step else { return }
        if delay == .zero {
            queue.async { self.takeTurn(turn) }
        } else {
            queue.asyncAfter(deadline: .now() + delay.dispatchInterval) { self.takeTurn(turn) }
        }
    }

    /// Runs on the queue: one group, its housekeeping, and the plan for the next.
    private func takeTurn(_ turn: Int) {
        let group = state.withLock { state in
            state.schedule.begins(turn: turn, now: .now) ? state.takeGroup(groupLimit) : nil
        }
        guard let group else { return }
        commit(group)
        let step = state.withLock { state in
            state.schedule.ended(waiting: state.waiting.count, now: .now)
        }
        plan(step)
    }

    private func commit(_ group: [PendingWrite]) {
        guard !group.isEmpty else { return }
        let began = ContinuousClock.now
        do {
            let outcome = try GroupCommit.run(group, on: engine)
            succeeded(outcome, seconds: (ContinuousClock.now - began).seconds)
            // Nobody has to wait for the housekeeping.
            if options.answersBeforeTidying { tell(outcome) }
            tidy()
            if !options.answersBeforeTidying { tell(outcome) }
        } catch {
            state.withLock { $0.failedWrites += group.count }
            failed(error, refusing: group)
        }
    }

    private func tell(_ outcome: GroupCommit.Outcome) {
        feed.publish(outcome.notices)
        for answer in outcome.answers { answer() }
    }

    private func tidy() {
        do {
            try engine.tidy()
        } catch {
            failed(error, refusing: [])
        }
    }

    private func succeeded(_ outcome: GroupCommit.Outcome, seconds: Double) {
        let hasRecovered = state.withLock { state in
            state.failedWrites += outcome.failed
            guard outcome.kept > 0 else { return false }
            state.health.commits += 1
            state.health.groupedWrites += outcome.kept
            state.health.lastCommitSeconds = seconds
            state.commitSeconds += seconds
            state.slowestCommitSeconds = max(state.slowestCommitSeconds, seconds)
            state.largestGroup = max(state.largestGroup, outcome.kept)
            return state.recover()
        }
        if hasRecovered { options.logger.notice("The store can be written again.") }
    }
}

// MARK: - When something fails

extension WriteQueue {
    /// Notes what a failure means for later writes, and answers the bodies it took with it.
    private func failed(_ failure: StorageFailure, refusing group: [PendingWrite]) {
        switch failure.reach {
        case .store:
            stop(failure, refusing: group)
            return
        case .outage:
            suspend(failure)
        case .commit, .body:
            options.logger.error("A commit failed.", metadata: ["reason": "\(failure)"])
        }
        for write in group { write.fail(failure) }
    }

    /// After the first I/O error nothing is written any more, and nothing is tried again.
    private func stop(_ failure: StorageFailure, refusing group: [PendingWrite]) {
        let waiting = state.withLock { state in
            state.health.state = .failed(failure)
            defer { state.waiting = [] }
            return state.waiting
        }
        options.logger.critical("The store stops.", metadata: ["reason": "\(failure)"])
        for write in group + waiting { write.fail(failure) }
        options.onFatal(failure)
    }

    /// Nothing can be written until a look finds that it can; a read may be the first to notice.
    func suspend(_ failure: StorageFailure) {
        let (isNews, mustCheck, waiting) = state.withLock { state in
            guard state.health.isWritable else { return (false, false, [PendingWrite]()) }
            state.health.state = .suspended(failure)
            defer {
                state.isCheckingSpace = true
                // Whoever waits would wait for a database that does not answer.
                if state.standingRefusal != nil { state.waiting = [] }
            }
            let refused = state.standingRefusal == nil ? [] : state.waiting
            return (true, !state.isCheckingSpace, refused)
        }
        if isNews {
            options.logger.error(
                "Nothing can be written for now.", metadata: ["reason": "\(failure)"])
        }
        for write in waiting { write.fail(failure) }
        if mustCheck { checkSpaceLater() }
    }

    /// While nothing can be written the callers are told to stay away, so the store itself finds out when that is over.
    private func checkSpaceLater() {
        queue.asyncAfter(deadline: .now() + options.spaceCheck.dispatchInterval) {
            self.checkSpace()
        }
    }

    private func checkSpace() {
        let isNeeded = state.withLock { state in
            if case .suspended = state.health.state, !state.isClosing { return true }
            state.isCheckingSpace = false
            return false
        }
        guard isNeeded else { return }
        do {
            try GroupCommit.trySpace(on: engine)
            let hasRecovered = state.withLock { state in
                state.isCheckingSpace = false
                return state.recover()
            }
            if hasRecovered {
                options.logger.notice("The store can be written again.")
                // Whoever could not read when a notice came reads now.
                feed.publish([.everything])
            }
        } catch {
            failed(error, refusing: [])
            if error.reach != .store { checkSpaceLater() }
        }
    }
}

// MARK: - Closing, and figures

extension WriteQueue {
    /// Runs between two commits.
    func checkpoint() async throws(StorageFailure) {
        let done: Result<Void, StorageFailure> = await withCheckedContinuation { continuation in
            queue.async {
                continuation.resume(
                    returning: Result { () throws(StorageFailure) in try self.checkpointNow() })
            }
        }
        try done.get()
    }

    private func checkpointNow() throws(StorageFailure) {
        switch health.state {
        case .failed(let failure): throw failure
        case .closed: throw .closed
        case .writable, .suspended: break
        }
        do {
            try engine.checkpoint()
        } catch {
            switch error.reach {
            case .outage, .store: failed(error, refusing: [])
            case .body, .commit: break
            }
            throw error
        }
    }

    /// Commits what is waiting, then closes the engine. A second call waits for the first.
    func close() async {
        let isFirst = state.withLock { state in
            defer { state.isClosing = true }
            return !state.isClosing
        }
        await withCheckedContinuation { continuation in
            queue.async {
                if isFirst { self.finish() }
                continuation.resume()
            }
        }
    }

    private func finish() {
        while true {
            let group = state.withLock { $0.takeGroup(groupLimit) }
            if group.isEmpty { break }
            commit(group)
        }
        if health.isWritable {
            // A log that could not be emptied is read when the store is opened again.
            try? engine.checkpoint()
        }
        engine.close()
        state.withLock { state in
            if case .failed = state.health.state { return }
            state.health.state = .closed
        }
    }

    /// Why nothing need be asked of the database at all.
    var standingRefusal: StorageFailure? {
        state.withLock { state in
            if case .suspended = state.health.state { return state.standingRefusal }
            return nil
        }
    }

    var health: StorageHealth {
        state.withLock { state in
            var health = state.health
            health.waiting = state.waiting.count
            return health
        }
    }

    var metrics: [StorageMetric] {
        let (health, failed, refused, largest, slowest, seconds) = state.withLock { state in
            (
                state.health, state.failedWrites, state.refusedWrites, state.largestGroup,
                state.slowestCommitSeconds, state.commitSeconds
            )
        }
        func counter(_ name: String, _ help: String, _ value: Double) -> StorageMetric {
            StorageMetric(
                name: "callmatch_storage_\(name)", kind: .counter, help: help, value: value)
        }
        func gauge(_ name: String, _ help: String, _ value: Double) -> StorageMetric {
            StorageMetric(name: "callmatch_storage_\(name)", kind: .gauge, help: help, value: value)
        }
        return [
            gauge("writable", "1 when the store can be written.", health.isWritable ? 1 : 0),
            gauge(
                "writes_waiting", "Writes that wait for their commit.", Double(self.health.waiting)),
            counter("commits_total", "Synced commits.", Double(health.commits)),
            counter("commit_seconds_total", "Time in commits, sync included.", seconds),
            counter("writes_total", "Writes committed.", Double(health.groupedWrites)),
            counter("writes_failed_total", "Writes rolled back.", Double(failed)),
            counter("writes_refused_total", "Writes refused by the full queue.", Double(refused)),
            gauge("largest_group", "The most writes in one commit so far.", Double(largest)),
            gauge("last_commit_seconds", "The last commit.", health.lastCommitSeconds),
            gauge("slowest_commit_seconds", "The slowest commit so far.", slowest),
        ]
    }
}

extension WriteQueue.State {
    fileprivate mutating func takeGroup(_ limit: Int) -> [PendingWrite] {
        let group = Array(waiting.prefix(limit))
        waiting.removeFirst(group.count)
        return group
    }

    /// Why a write need not be tried at all. A full disk is no reason: a small write may find room.
    fileprivate var standingRefusal: StorageFailure? {
        switch health.state {
        case .failed(let failure): failure
        case .suspended(.unavailable(let place, let reason)): .unavailable(place, reason: reason)
        case .suspended, .writable, .closed: nil
        }
    }

    /// True when nothing could be written until now.
    fileprivate mutating func recover() -> Bool {
        guard case .suspended = health.state else { return false }
        health.state = .writable
        return true
    }
}

extension Duration {
    fileprivate var seconds: Double { self / .seconds(1) }

    var dispatchInterval: DispatchTimeInterval {
        let (seconds, attoseconds) = components
        let (nanoseconds, overflow) = seconds.multipliedReportingOverflow(by: 1_000_000_000)
        return overflow ? .never : .nanoseconds(Int(nanoseconds + attoseconds / 1_000_000_000))
    }
}
