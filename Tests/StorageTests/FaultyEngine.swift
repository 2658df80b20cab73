import Synchronization

@testable import Storage

/// The real engine with a fault planned at one of its steps.
final class FaultyEngine: StorageEngine {
    enum Step: Equatable {
        case control(TransactionStep)
        case statement
        case tidy
    }

    private let engine: SQLiteEngine
    private let before: @Sendable (Step) throws(StorageFailure) -> Void

    /// - Parameter before: called before each step of the writing connection; what it throws is the
    ///   result of the step.
    init(
        _ engine: SQLiteEngine, before: @escaping @Sendable (Step) throws(StorageFailure) -> Void
    ) {
        self.engine = engine
        self.before = before
    }

    var kind: EngineKind { engine.kind }
    var place: String { engine.place }

    func read<T: Sendable>(
        _ body: @escaping @Sendable (any StorageConnection) throws -> T
    ) async throws -> T {
        try await engine.read(body)
    }

    func withWriter<T>(
        _ body: (any StorageConnection) throws(StorageFailure) -> T
    ) throws(StorageFailure) -> T {
        try engine.withWriter { connection throws(StorageFailure) in
            try body(FaultyConnection(connection: connection, before: before))
        }
    }

    func follow(_ heard: @escaping @Sendable ([ChangeNotice]) -> Void) throws(StorageFailure) {
        engine.follow(heard)
    }

    var metrics: [StorageMetric] { engine.metrics }

    func tidy() throws(StorageFailure) {
        try before(.tidy)
        try engine.tidy()
    }

    func checkpoint() throws(StorageFailure) { try engine.checkpoint() }
    func backup(to path: String) throws(StorageFailure) { try engine.backup(to: path) }
    func close() { engine.close() }
}

private struct FaultyConnection: StorageConnection {
    let connection: any StorageConnection
    let before: @Sendable (FaultyEngine.Step) throws(StorageFailure) -> Void

    func rows(_ sql: SQL) throws(StorageFailure) -> [Row] {
        try before(.statement)
        return try connection.rows(sql)
    }

    func execute(_ sql: SQL) throws(StorageFailure) -> Int {
        try before(.statement)
        return try connection.execute(sql)
    }

    func control(_ step: TransactionStep) throws(StorageFailure) {
        try before(.control(step))
        try connection.control(step)
    }

    func announce(_ notices: [ChangeNotice]) throws(StorageFailure) {
        try connection.announce(notices)
    }
}

/// Counts down to a fault, from any thread.
final class Countdown: Sendable {
    private let left: Mutex<Int>

    init(_ count: Int) { left = Mutex(count) }

    /// True once, at the last step.
    func isOver() -> Bool {
        left.withLock {
            $0 -= 1
            return $0 == 0
        }
    }
}
