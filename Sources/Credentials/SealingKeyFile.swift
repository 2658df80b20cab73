package import Foundation
import Glibc

/// The file with the key for kept secrets: 32 bytes, for nobody but us.
package enum SealingKeyFile {
    /// Reads the key, and makes the file with a new one where there is none.
    ///
    /// Two processes that begin at once get the same key. A file that others may read is refused and not mended: who
    /// could read it may have done so.
    ///
    /// - Throws: `SealingKeyFileFault`.
    package static func key(at file: URL) throws(SealingKeyFileFault) -> SealingKey {
        let path = file.path(percentEncoded: false)
        if let key = try read(path) { return key }
        try make(path, in: file.deletingLastPathComponent().path(percentEncoded: false))
        guard let key = try read(path) else { throw .unreadable(path, "it is not there") }
        return key
    }

    /// `nil` where there is no file.
    private static func read(_ path: String) throws(SealingKeyFileFault) -> SealingKey? {
        let file = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK)
        guard file >= 0 else {
            if errno == ENOENT { return nil }
            throw .unreadable(path, words(errno))
        }
        defer { close(file) }
        var about = stat()
        guard fstat(file, &about) == 0 else { throw .unreadable(path, words(errno)) }
        guard about.st_mode & S_IFMT == S_IFREG else { throw .unreadable(path, "it is no file") }
        guard about.st_mode & 0o077 == 0 else { throw .open(path) }
        guard about.st_size == off_t(SealingKey.length) else {
            throw .wrongSize(path, Int(about.st_size))
        }
        var bytes = [UInt8](repeating: 0, count: SealingKey.length)
        let count = Glibc.read(file, &bytes, bytes.count)
        guard count == bytes.count, let key = SealingKey(bytes) else {
            throw .unreadable(path, count < 0 ? words(errno) : "it is cut")
        }
        return key
    }

    /// Under another name first, so that nobody ever sees half of it; where there is one meanwhile, that one stays.
    private static func make(_ path: String, in folder: String) throws(SealingKeyFileFault) {
        let other = "\(path).\(randomBytes(8).hex)"
        let file = open(other, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0o600)
        guard file >= 0 else { throw .unwritable(path, words(errno)) }
        defer { unlink(other) }
        let bytes = randomBytes(SealingKey.length)
        // Whatever the mask of the process takes away or a folder's rule adds.
        let isWritten =
            fchmod(file, 0o600) == 0 && write(file, bytes, bytes.count) == bytes.count
            && fsync(file) == 0
        let why = errno
        close(file)
        guard isWritten else { throw .unwritable(path, words(why)) }
        guard link(other, path) == 0 || errno == EEXIST else {
            throw .unwritable(path, words(errno))
        }
        // What is sealed must not outlive its key.
        let place = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        guard place >= 0, fsync(place) == 0 else { throw .unwritable(path, words(errno)) }
        close(place)
    }

    private static func words(_ code: Int32) -> String { String(cString: strerror(code)) }
}

/// What is wrong with the file, and what would help.
package enum SealingKeyFileFault: Error, Hashable, Sendable, CustomStringConvertible {
    case unreadable(String, String)
    case unwritable(String, String)
    /// Others may read it.
    case open(String)
    case wrongSize(String, Int)

    package var description: String {
        switch self {
        case .unreadable(let path, let why):
            "The key for kept secrets cannot be read from \(path): \(why)."
        case .unwritable(let path, let why):
            "A key for kept secrets cannot be written to \(path): \(why)."
        case .open(let path):
            "The key for kept secrets in \(path) can be read by others. Make it readable for this user alone (chmod 600); if others may have read it, delete it and let agents connect again."
        case .wrongSize(let path, let size):
            "The key for kept secrets in \(path) has \(size) bytes and not \(SealingKey.length). Put the right file back, or delete it and let agents connect again."
        }
    }
}
