import Foundation
import Testing

@testable import Storage

@Suite struct DataFolderTests {
    @Test func aSecondProcessIsRefusedAtOnceWithTheNumberOfTheFirst() async throws {
        let folder = try TemporaryFolder()
        let path = folder.data
        let database = try await Database.open(
            .folder(path), migrations: noteSchema, options: .quiet)
        let owner = getpid()
        await #expect(processExitsWith: .exitCode(3)) {
            [path = path as String, owner = owner as Int32] in
            do {
                _ = try await Database.open(
                    .folder(path), migrations: noteSchema, options: .quiet)
            } catch {
                let expected =
                    "The data folder \(path) is in use by process \(owner). "
                    + "Stop that process or choose another folder with --data."
                exit("\(error)" == expected && owner != getpid() ? 3 : 4)
            }
        }
        // The first goes on undisturbed.
        try await database.write { try $0.add(1) }
        await database.close()
        let next = try await Database.open(
            .folder(path), migrations: noteSchema, options: .quiet)
        #expect(try await next.ids() == [1])
        await next.close()
    }

    @Test func theSameProcessIsRefusedTooAndNothingElseIsTouched() async throws {
        let folder = try TemporaryFolder()
        let held = try DataFolder.claim(folder.data)
        await #expect(
            throws: StorageFailure.folderInUse(folder: folder.data, process: getpid())
        ) {
            try await Database.open(.folder(folder.data), migrations: noteSchema, options: .quiet)
        }
        #expect(!FileManager.default.fileExists(atPath: held.databaseFile))
        held.release()
    }

    @Test func onlyTheOwnerCanReadTheFiles() async throws {
        let folder = try TemporaryFolder()
        let database = try await Database.open(
            .folder(folder.data + "/deeper"), migrations: noteSchema, options: .quiet)
        try await database.write { try $0.add(1) }
        #expect(try rights(folder.data + "/deeper") == 0o700)
        let files = try FileManager.default.contentsOfDirectory(atPath: folder.data + "/deeper")
        #expect(
            files.sorted() == [
                "callmatch.lock", "callmatch.sqlite", "callmatch.sqlite-shm",
                "callmatch.sqlite-wal",
            ])
        for file in files { #expect(try rights(folder.data + "/deeper/" + file) == 0o600) }
        await database.close()
    }

    @Test func aFolderThatCannotBeUsedSaysWhy() async throws {
        let folder = try TemporaryFolder()
        let file = folder.path + "/file"
        try Data().write(to: URL(fileURLWithPath: file))
        await #expect(throws: StorageFailure.cannotOpen(file, reason: "it is not a folder")) {
            try await Database.open(.folder(file), migrations: noteSchema, options: .quiet)
        }
        let other = folder.path + "/other"
        let claimed = try DataFolder.claim(other)
        try Data("This is a letter, not a database.".utf8).write(
            to: URL(fileURLWithPath: claimed.databaseFile))
        claimed.release()
        let error = await #expect(throws: StorageFailure.self) {
            try await Database.open(.folder(other), migrations: noteSchema, options: .quiet)
        }
        #expect(error?.description.contains("not a database") == true)
    }

    private func rights(_ path: String) throws -> Int {
        let attributes = try FileManager.default.attributesOfItem(atPath: path)
        return (attributes[.posixPermissions] as? NSNumber)?.intValue ?? -1
    }
}
