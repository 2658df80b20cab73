import Foundation
import Glibc

/// Gives back the store of a backup, in a place where there is none.
///
/// The backup is unpacked into a folder of its own inside the data folder, checked, and brought up to date there. Only then
/// does it become the store, so that one which was interrupted has done nothing.
package struct StoreRestore: Sendable {
    private let file: String
    private let folder: String
    private let migrations: [Migration]
    private let options: Database.Options

    /// - Parameter file: what `callmatch backup` wrote.
    /// - Parameter folder: the data folder, which no server uses.
    package init(
        file: String, folder: String, migrations: [Migration], options: Database.Options
    ) {
        self.file = file
        self.folder = folder
        self.migrations = migrations
        self.options = options
    }

    private var draft: String { "\(folder)/restore" }
    private var unpacked: String { "\(draft)/callmatch.sqlite" }

    /// Makes it the store of the folder.
    ///
    /// - Throws: `notRestored`, and what `Database.open` does.
    package func run() async throws {
        try await claiming { folder in
            let left = ["", "-wal", "-shm"].map { folder.databaseFile + $0 }
            guard !left.contains(where: FileManager.default.fileExists) else {
                throw StorageFailure.notRestored(
                    file,
                    reason: "there is a store in \(self.folder), and none is ever replaced; "
                        + "name another folder with --data")
            }
            let store = try await open()
            await store.close()
            guard rename(unpacked, folder.databaseFile) == 0 else {
                throw StorageFailure.notRestored(file, reason: lastSystemError())
            }
            try sync(folder: self.folder)
        }
    }

    /// Lends the store of the backup, for a copy into another engine.
    ///
    /// - Throws: what `run` does, and what the body throws.
    package func withStore<T: Sendable>(
        _ body: (Database) async throws -> T
    ) async throws -> T {
        try await claiming { _ in
            let store = try await open()
            let outcome: Result<T, any Error>
            do {
                outcome = .success(try await body(store))
            } catch {
                outcome = .failure(error)
            }
            await store.close()
            return try outcome.get()
        }
    }

    /// Whatever comes of it, nothing is left but the store.
    private func claiming<T>(_ body: (DataFolder) async throws -> T) async throws -> T {
        guard FileManager.default.isReadableFile(atPath: file) else {
            throw StorageFailure.notRestored(
                file, reason: "there is no such file, or it cannot be read")
        }
        let isNew = !FileManager.default.fileExists(atPath: folder)
        let claimed = try DataFolder.claim(folder)
        defer { claimed.release() }
        do {
            let value = try await body(claimed)
            try FileManager.default.removeItem(atPath: draft)
            return value
        } catch {
            try? FileManager.default.removeItem(atPath: isNew ? folder : draft)
            throw error
        }
    }

    private func open() async throws -> Database {
        let unpacking: Result<Void, StorageFailure> = await onThread {
            () throws(StorageFailure) in
            try unpack()
        }
        try unpacking.get()
        return try await Database.open(.folder(draft), migrations: migrations, options: options)
    }

    private func unpack() throws(StorageFailure) {
        do {
            if FileManager.default.fileExists(atPath: draft) {
                try FileManager.default.removeItem(atPath: draft)
            }
            try FileManager.default.createDirectory(
                atPath: draft, withIntermediateDirectories: false,
                attributes: [.posixPermissions: 0o700])
        } catch {
            throw .notRestored(file, reason: error.localizedDescription)
        }
        try BackupFile.unpack(file, to: unpacked)
        if let damage = SQLiteEngine.damage(in: unpacked) {
            throw .notRestored(file, reason: "it is damaged: \(damage)")
        }
    }
}
