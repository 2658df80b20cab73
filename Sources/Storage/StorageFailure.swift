/// Why the store could not do what it was asked.
///
/// `description` says what happened, where, and what would help, in words for the administrator. It
/// never holds bound values. What a room may want to tell apart has a case of its own.
package enum StorageFailure: Error, Hashable, Sendable {
    /// Another process has the data folder; `process` is its number when it could be read.
    case folderInUse(folder: String, process: Int32?)
    case cannotOpen(String, reason: String)
    /// The engine does not run with the settings under which a commit survives a power cut.
    case notDurable(String, found: String, help: String)
    /// The store has migrations that this version does not know.
    case newerStore(String, unknown: [String])
    /// The store lacks migrations, and must stay as it is.
    case olderStore(String, missing: [String])
    /// A copy into the store was begun and did not come to its end.
    case unfinishedCopy(String)
    case migrationFailed(id: String, reason: String)

    /// The queue is full; nothing was done. Answer 503 and let the sender try again.
    case overloaded(limit: Int)
    /// Nothing of this commit was kept. The store recovers by itself when there is room again.
    case diskFull(String)
    /// A write met an I/O error or a damaged file: nothing is written any more until the store is
    /// opened anew. Never tried again here, since a second sync can report success for what the
    /// system has already dropped.
    case failed(String, reason: String)
    case closed
    /// The database does not answer. Nothing of this commit was acknowledged: whether it was kept is only known where
    /// the answer to the commit itself was lost. The store recovers by itself when the database is there again.
    case unavailable(String, reason: String)
    /// Another program kept the file locked for longer than the busy time-out.
    case locked(String)

    /// The data break a rule of the schema.
    case constraint(Constraint, detail: String)
    /// A statement that the engine does not accept; the text has no values in it.
    case statement(String, reason: String)
    case column(String, problem: String)
    case backupFailed(String, reason: String)
    case notRestored(String, reason: String)

    package enum Constraint: Sendable {
        case unique, notNull, foreignKey, check, other
    }

    /// Whose fault it is, so that a caller knows whom to tell.
    package enum Fault: Sendable {
        /// The administrator can put it right.
        case administrator
        /// The disk, or too much work for this machine.
        case machine
        /// The code that called.
        case program
    }

    package var fault: Fault {
        switch self {
        case .folderInUse, .cannotOpen, .newerStore, .diskFull, .locked, .unavailable,
            .backupFailed, .notRestored, .olderStore, .unfinishedCopy:
            .administrator
        case .notDurable, .overloaded, .failed:
            .machine
        case .migrationFailed, .closed, .constraint, .statement, .column:
            .program
        }
    }

    /// How much is lost when a write meets it.
    enum Reach {
        /// The body that met it.
        case body
        /// The transaction, with every body in it.
        case commit
        /// The transaction, and those after it until there is room, or a database, again.
        case outage
        /// Every write from now on.
        case store
    }

    var reach: Reach {
        switch self {
        case .failed: .store
        case .diskFull, .unavailable: .outage
        case .locked: .commit
        case .folderInUse, .cannotOpen, .notDurable, .newerStore, .migrationFailed, .overloaded,
            .closed, .constraint, .statement, .column, .backupFailed, .notRestored, .olderStore,
            .unfinishedCopy:
            .body
        }
    }
}

extension StorageFailure: CustomStringConvertible {
    package var description: String {
        switch self {
        case .folderInUse(let folder, let process):
            let owner = process.map { "process \($0)" } ?? "another process"
            return "The data folder \(folder) is in use by \(owner). "
                + "Stop that process or choose another folder with --data."
        case .cannotOpen(let path, let reason):
            return "The store at \(path) cannot be opened: \(reason). "
                + "Check that the folder exists, belongs to this user and is not read-only."
        case .notDurable(let path, let found, let help):
            return "The store at \(path) would lose acknowledged calls in a power cut: "
                + "it runs with \(found). \(help)"
        case .newerStore(let path, let unknown):
            return "The store at \(path) was written by a newer version of this program (it has "
                + "\(unknown.joined(separator: ", "))). "
                + "Start that version, or restore a backup that this version made."
        case .olderStore(let path, let missing):
            return "The store at \(path) was written by an older version of this program (it lacks "
                + "\(missing.joined(separator: ", "))). "
                + "Start a server of this version on it once, then copy it."
        case .unfinishedCopy(let path):
            return "The store at \(path) holds the beginning of a copy or of a restore. "
                + "Give that command once more: until it has ended, the store is not whole."
        case .migrationFailed(let id, let reason):
            return
                "Migration \(id) failed and was undone; the store is as it was before: \(reason). "
                + "Go back to the version that ran before, and report this."
        case .overloaded(let limit):
            return "The store is overloaded: \(limit) requests are waiting. Try again in a second."
        case .diskFull(let path):
            return "The disk that holds \(path) is full; nothing was written. "
                + "Free some space: a server goes on by itself."
        case .failed(let path, let reason):
            return "The store at \(path) met an error of the disk and writes nothing any more: "
                + "\(reason). Check the disk, then start the program again."
        case .closed:
            return "The store is closed, because the program is stopping."
        case .unavailable(let place, let reason):
            return "The database \(place) cannot be used: \(reason). "
                + "Start it, or check its address and rights: a server goes on by itself."
        case .locked(let path):
            return "Another program keeps the store at \(path) locked. "
                + "Close it; copy the store with the backup command, never by opening it."
        case .constraint(let constraint, let detail):
            return "The data break a rule of the schema (\(constraint)): \(detail). "
                + "This is a fault of the program: report it."
        case .statement(let sql, let reason):
            return "A statement was refused: \(reason) (\(sql.prefix(200))). "
                + "This is a fault of the program: report it."
        case .column(let name, let problem):
            return "The column \(name) \(problem). This is a fault of the program: report it."
        case .backupFailed(let path, let reason):
            return "The backup to \(path) failed: \(reason). "
                + "Choose a new file name in a folder with enough space."
        case .notRestored(let path, let reason):
            return "Nothing was restored from \(path): \(reason)."
        }
    }
}
