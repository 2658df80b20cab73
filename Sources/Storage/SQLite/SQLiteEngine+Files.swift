import Foundation
import GRDB
import Glibc

// Files that nobody has open: backups.
extension SQLiteEngine {
    /// Gives a complete copy its name: as one file without a log, sealed and synced.
    static func publish(_ draft: String, as path: String) throws(StorageFailure) {
        do {
            let copy = try DatabaseQueue(path: draft)
            _ = try copy.writeWithoutTransaction { database in
                try String.fetchOne(database, sql: "pragma journal_mode = delete")
            }
            try copy.close()
            try BackupFile.seal(draft)
            guard rename(draft, path) == 0 else {
                throw StorageFailure.backupFailed(path, reason: lastSystemError())
            }
            try sync(folder: URL(filePath: path).deletingLastPathComponent().path)
        } catch {
            throw error as? StorageFailure ?? .backupFailed(path, reason: "\(error)")
        }
    }

    /// What SQLite itself finds wrong with a file; `nil` for nothing.
    static func damage(in file: String) -> String? {
        var configuration = Configuration()
        configuration.readonly = true
        do {
            let store = try DatabaseQueue(path: file, configuration: configuration)
            let found = try store.read { database in
                try String.fetchOne(database, sql: "pragma integrity_check(1)")
            }
            try store.close()
            return found == "ok" ? nil : found ?? "it could not be checked"
        } catch {
            return "\(error)"
        }
    }
}
