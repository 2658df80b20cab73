import Foundation
import Glibc
import Synchronization

/// The data folder, taken for this process by a lock that the system drops when the process ends,
/// however it ends.
final class DataFolder: Sendable {
    private let path: String
    private let lock: Mutex<Int32?>

    var databaseFile: String { "\(path)/callmatch.sqlite" }

    /// Makes the folder if it is not there, and takes the lock before any other file is touched.
    static func claim(_ path: String) throws(StorageFailure) -> DataFolder {
        try makeFolder(path)
        return DataFolder(path: path, lock: try takeLock("\(path)/callmatch.lock", of: path))
    }

    private init(path: String, lock: Int32) {
        self.path = path
        self.lock = Mutex(lock)
    }

    deinit { release() }

    /// Gives the folder back. The lock file stays: removing it would race with the next process.
    func release() {
        lock.withLock { descriptor in
            guard let held = descriptor else { return }
            // Closing alone is not enough while a child process that was just started still has a
            // copy of the descriptor.
            flock(held, LOCK_UN)
            Glibc.close(held)
            descriptor = nil
        }
    }

    private static func makeFolder(_ path: String) throws(StorageFailure) {
        var isFolder: ObjCBool = false
        if FileManager.default.fileExists(atPath: path, isDirectory: &isFolder) {
            guard isFolder.boolValue else { throw .cannotOpen(path, reason: "it is not a folder") }
            return
        }
        do {
            try FileManager.default.createDirectory(
                atPath: path, withIntermediateDirectories: true,
                attributes: [.posixPermissions: 0o700])
        } catch {
            throw .cannotOpen(path, reason: error.localizedDescription)
        }
        try sync(folder: URL(fileURLWithPath: path).deletingLastPathComponent().path)
    }

    private static func takeLock(_ file: String, of folder: String) throws(StorageFailure) -> Int32
    {
        let descriptor = Glibc.open(file, O_RDWR | O_CREAT | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else { throw .cannotOpen(folder, reason: lastSystemError()) }
        guard flock(descriptor, LOCK_EX | LOCK_NB) == 0 else {
            let code = errno
            let owner = process(in: descriptor)
            Glibc.close(descriptor)
            throw code == EWOULDBLOCK
                ? .folderInUse(folder: folder, process: owner)
                : .cannotOpen(folder, reason: String(cString: strerror(code)))
        }
        let number = Array("\(getpid())\n".utf8)
        guard ftruncate(descriptor, 0) == 0, pwrite(descriptor, number, number.count, 0) > 0 else {
            let reason = lastSystemError()
            Glibc.close(descriptor)
            throw .cannotOpen(folder, reason: reason)
        }
        return descriptor
    }

    /// The process number that the owner of the lock wrote.
    private static func process(in descriptor: Int32) -> Int32? {
        var bytes = [UInt8](repeating: 0, count: 16)
        let count = pread(descriptor, &bytes, bytes.count, 0)
        guard count > 0 else { return nil }
        return Int32(String(decoding: bytes.prefix(count), as: UTF8.self).prefix { $0.isNumber })
    }

    /// Makes SQLite's file, readable by its owner only; SQLite gives its log files the same rights.
    func prepareDatabaseFile() throws(StorageFailure) {
        let descriptor = Glibc.open(databaseFile, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0o600)
        guard descriptor >= 0 else { throw .cannotOpen(path, reason: lastSystemError()) }
        let isPrivate = fchmod(descriptor, 0o600) == 0
        Glibc.close(descriptor)
        guard isPrivate else { throw .cannotOpen(path, reason: lastSystemError()) }
        try sync(folder: path)
    }
}

/// Makes the names in a folder survive a power cut; a new file's own sync does not.
func sync(folder path: String) throws(StorageFailure) {
    let descriptor = Glibc.open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
    guard descriptor >= 0 else { throw .cannotOpen(path, reason: lastSystemError()) }
    defer { Glibc.close(descriptor) }
    guard fsync(descriptor) == 0 else { throw .failed(path, reason: lastSystemError()) }
}

func lastSystemError() -> String {
    String(cString: strerror(errno))
}
