import Foundation
import TestStores
import Testing

@testable import Storage

@Suite(.timeLimit(.minutes(15))) struct BackupTests {
    private static let notes = 300

    /// A backup of the engine under test.
    private func backup(in folder: TemporaryFolder) async throws -> String {
        let file = folder.path + "/copy.sqlite"
        let store = try await Database.open(
            folder.store(), migrations: noteSchema, options: .quiet)
        try await store.write { transaction in
            for id in 0..<Self.notes { try transaction.add(id, "note \(id)") }
        }
        if store.kind.isShared {
            try await copy.backup(of: store, to: file, options: .quiet)
        } else {
            try await store.backup(to: file)
        }
        await store.close()
        return file
    }

    private var copy: StoreCopy {
        StoreCopy(migrations: noteSchema, indexes: [], leftOut: [], finish: { _ in })
    }

    private func restore(_ file: String, into folder: String) async throws {
        try await StoreRestore(
            file: file, folder: folder, migrations: noteSchema, options: .quiet
        ).run()
    }

    private func names(in folder: String) throws -> [String] {
        try FileManager.default.contentsOfDirectory(atPath: folder).sorted()
    }

    @Test func whatWasKeptComesBack() async throws {
        let folder = try TemporaryFolder()
        let file = try await backup(in: folder)
        #expect(try names(in: folder.path).filter { $0.hasPrefix("copy") } == ["copy.sqlite"])
        let place = folder.path + "/restored"
        try await restore(file, into: place)
        #expect(try names(in: place) == ["callmatch.lock", "callmatch.sqlite"])
        let restored = try await Database.open(
            .folder(place), migrations: noteSchema, options: .quiet)
        #expect(try await restored.ids() == Array(0..<Self.notes))
        await restored.close()
    }

    /// Brought up to date on the way.
    @Test func aBackupOfAnOlderVersionComesBack() async throws {
        let folder = try TemporaryFolder()
        let file = try await backup(in: folder)
        let place = folder.path + "/restored"
        let newer = noteSchema + [MigrationTests.second]
        try await StoreRestore(file: file, folder: place, migrations: newer, options: .quiet)
            .run()
        let error = await #expect(throws: StorageFailure.self) {
            try await restore(try await backupOf(place, in: folder), into: folder.path + "/older")
        }
        guard case .newerStore(_, unknown: ["0002-author"])? = error else {
            Issue.record("\(String(describing: error))")
            return
        }
        #expect(!FileManager.default.fileExists(atPath: folder.path + "/older"))
    }

    private func backupOf(_ place: String, in folder: TemporaryFolder) async throws -> String {
        let file = folder.path + "/newer.sqlite"
        let store = try await Database.open(
            .folder(place), migrations: noteSchema + [MigrationTests.second], options: .quiet)
        try await store.backup(to: file)
        await store.close()
        return file
    }

    /// Wherever a byte is changed, and wherever the file is cut off.
    @Test func aDamagedBackupIsRefused() async throws {
        let folder = try TemporaryFolder()
        let file = try await backup(in: folder)
        let whole = try Data(contentsOf: URL(filePath: file))
        let damaged = folder.path + "/damaged.sqlite"
        let place = folder.path + "/restored"
        var damages = stride(from: 0, to: whole.count, by: 331).map { at in
            var bytes = whole
            bytes[at] ^= 1
            return bytes
        }
        damages += stride(from: 0, to: whole.count, by: 997).map { whole.prefix($0) }
        damages += [whole + [0], Data("a text\n".utf8)]
        for bytes in damages {
            try bytes.write(to: URL(filePath: damaged))
            let error = await #expect(throws: StorageFailure.self) {
                try await restore(damaged, into: place)
            }
            guard case .notRestored(damaged, _)? = error else {
                Issue.record("\(String(describing: error))")
                return
            }
            #expect(!FileManager.default.fileExists(atPath: place))
        }
        try await restore(file, into: place)
    }

    @Test func aStoreIsNeverReplaced() async throws {
        let folder = try TemporaryFolder()
        let file = try await backup(in: folder)
        let place = folder.path + "/restored"
        try FileManager.default.createDirectory(
            atPath: place, withIntermediateDirectories: false)
        for name in ["callmatch.sqlite", "callmatch.sqlite-wal"] {
            let there = URL(filePath: "\(place)/\(name)")
            try Data("precious".utf8).write(to: there)
            await #expect(throws: StorageFailure.self) { try await restore(file, into: place) }
            #expect(try Data(contentsOf: there) == Data("precious".utf8))
            #expect(try names(in: place) == ["callmatch.lock", name])
            try FileManager.default.removeItem(at: there)
        }
    }

    @Test func aFileThatIsNotSealedIsRefused() async throws {
        let folder = try TemporaryFolder()
        let store = try await Database.open(
            .folder(folder.data), migrations: noteSchema, options: .quiet)
        await store.close()
        let error = await #expect(throws: StorageFailure.self) {
            try await restore(folder.data + "/callmatch.sqlite", into: folder.path + "/restored")
        }
        #expect(error?.description.contains("did not write it") == true)
    }

    /// The check value that everybody gives for this polynomial.
    @Test func theChecksumIsTheUsualOne() {
        var sum = CRC32()
        sum.add(Data("1234".utf8))
        sum.add(Data("56789".utf8))
        #expect(sum.value == 0xCBF4_3926)
        #expect(CRC32().value == 0)
    }
}
