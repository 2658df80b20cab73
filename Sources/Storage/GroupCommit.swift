/// A body that waits for its commit, with the result type hidden in closures.
struct PendingWrite: Sendable {
    /// Runs the body. The closure it returns gives the caller the result, and is only called after
    /// the commit.
    let run: @Sendable (WriteTransaction) throws -> Answer

    /// Tells the caller that nothing was kept.
    let fail: @Sendable (any Error) -> Void

    typealias Answer = @Sendable () -> Void
}

/// One transaction for several bodies, each in a savepoint of its own.
enum GroupCommit {
    struct Outcome {
        /// For every body, in order: its result, or the error that rolled it back.
        var answers: [PendingWrite.Answer] = []
        /// Of the bodies that were kept, each once, in order.
        var notices: [ChangeNotice] = []
        var kept = 0
        var failed = 0
    }

    /// Returns after the synced commit.
    ///
    /// - Throws: when nothing was kept: no body has been answered yet, and all get this failure.
    static func run(
        _ group: [PendingWrite], on engine: any StorageEngine
    ) throws(StorageFailure) -> Outcome {
        try engine.withWriter { connection throws(StorageFailure) in
            try transaction(on: connection) { () throws(StorageFailure) in
                var outcome = Outcome()
                for write in group {
                    try run(write, on: connection, engine: engine.kind, into: &outcome)
                }
                if !outcome.notices.isEmpty { try connection.announce(outcome.notices) }
                return outcome
            } commitIf: {
                $0.kept > 0
            }
        }
    }

    private static func run(
        _ write: PendingWrite, on connection: any StorageConnection, engine: EngineKind,
        into outcome: inout Outcome
    ) throws(StorageFailure) {
        try connection.control(.savepoint)
        let transaction = WriteTransaction(on: connection, engine: engine)
        do {
            let answer = try write.run(transaction)
            if let failure = transaction.failure { throw failure }
            try connection.control(.releaseSavepoint)
            outcome.kept += 1
            outcome.answers.append(answer)
            for notice in transaction.notices where !outcome.notices.contains(notice) {
                outcome.notices.append(notice)
            }
        } catch {
            // The body may have caught or replaced the error that ended the whole transaction.
            if let failure = transaction.failure ?? error as? StorageFailure,
                failure.reach != .body
            {
                throw failure
            }
            try connection.control(.rollbackToSavepoint)
            try connection.control(.releaseSavepoint)
            outcome.failed += 1
            outcome.answers.append { write.fail(error) }
        }
    }

    /// Writes and removes 64 KB, to learn whether a disk that was full has room again.
    static func trySpace(on engine: any StorageEngine) throws(StorageFailure) {
        let filler = [UInt8](repeating: 0x20, count: 64 << 10)
        try engine.withWriter { connection throws(StorageFailure) in
            let fill: SQL = "insert into storage_space (id, filler) values (1, \(filler))"
            for statement in [fill, "delete from storage_space"] {
                try transaction(on: connection) { () throws(StorageFailure) in
                    _ = try connection.execute(statement)
                } commitIf: {
                    true
                }
            }
        }
    }

    private static func transaction<T>(
        on connection: any StorageConnection, _ body: () throws(StorageFailure) -> T,
        commitIf isWorth: (T) -> Bool
    ) throws(StorageFailure) -> T {
        try connection.control(.begin)
        do {
            let value = try body()
            try connection.control(isWorth(value) ? .commit : .rollback)
            return value
        } catch {
            // The first error is the one that tells; a rollback that fails too adds nothing.
            try? connection.control(.rollback)
            throw error
        }
    }
}
