import Foundation

extension StoreCopy {
    /// Copies a store, which may be in use, into one sealed file, and compares both.
    ///
    /// The file appears under its name only when it is complete and synced, readable by its owner only. An existing file
    /// is never replaced.
    ///
    /// - Throws: `StorageFailure.backupFailed`.
    package func backup(
        of source: Database, to path: String, options: Database.Options
    ) async throws {
        let draft = path + ".partial"
        do {
            guard !FileManager.default.fileExists(atPath: path) else {
                throw StorageFailure.backupFailed(path, reason: "the file exists")
            }
            try FileManager.default.createDirectory(
                atPath: draft, withIntermediateDirectories: false,
                attributes: [.posixPermissions: 0o700])
            defer { try? FileManager.default.removeItem(atPath: draft) }
            try await copy(source, into: draft, options: options)
            let sealing: Result<Void, StorageFailure> = await onThread {
                () throws(StorageFailure) in
                try SQLiteEngine.publish("\(draft)/callmatch.sqlite", as: path)
            }
            try sealing.get()
        } catch let failure as StorageFailure {
            if case .backupFailed = failure { throw failure }
            throw StorageFailure.backupFailed(path, reason: "\(failure)")
        } catch let fault as Fault {
            throw StorageFailure.backupFailed(path, reason: "\(fault)")
        } catch {
            throw StorageFailure.backupFailed(path, reason: error.localizedDescription)
        }
    }

    private func copy(
        _ source: Database, into folder: String, options: Database.Options
    ) async throws {
        var options = options
        options.purpose = .copyInto
        let target = try await Database.open(
            .folder(folder), migrations: migrations, options: options)
        let outcome: Result<Outcome, any Error>
        do {
            outcome = .success(try await run(from: source, to: target))
        } catch {
            outcome = .failure(error)
        }
        await target.close()
        _ = try outcome.get()
    }
}
