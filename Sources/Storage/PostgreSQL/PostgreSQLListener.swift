import Foundation
import Glibc
import Logging
import Synchronization

/// Hears what other processes have changed, on a connection and a thread of its own.
///
/// While the connection is lost, changes are missed. So each new one, but the first, begins with "everything has changed".
final class PostgreSQLListener: Sendable {
    private let open: @Sendable () throws(StorageFailure) -> PostgreSQLLink
    private let sender: String
    private let heard: @Sendable ([ChangeNotice]) -> Void
    private let logger: Logger
    private let isStopped = Atomic(false)
    private let count = Atomic(0)
    /// Written to when the thread must end.
    private let stopper: (read: Int32, write: Int32)
    private let ended = DispatchSemaphore(value: 0)

    /// Seconds between two tries to connect.
    private static let pause: Int32 = 1_000

    /// Listens when it returns.
    ///
    /// - Parameter open: opens a connection that listens.
    /// - Parameter sender: this process, whose own changes are not heard.
    init(
        sender: String, logger: Logger,
        open: @escaping @Sendable () throws(StorageFailure) -> PostgreSQLLink,
        heard: @escaping @Sendable ([ChangeNotice]) -> Void
    ) throws(StorageFailure) {
        self.sender = sender
        self.logger = logger
        self.open = open
        self.heard = heard
        let first = try open()
        var ends: [Int32] = [0, 0]
        guard pipe(&ends) == 0, fcntl(ends[0], F_SETFD, FD_CLOEXEC) == 0,
            fcntl(ends[1], F_SETFD, FD_CLOEXEC) == 0
        else {
            throw .unavailable(first.place, reason: lastSystemError())
        }
        stopper = (ends[0], ends[1])
        Thread.detachNewThread { [self] in
            follow(first)
            ended.signal()
        }
    }

    deinit {
        Glibc.close(stopper.read)
        Glibc.close(stopper.write)
    }

    /// Returns when nothing more is heard.
    func stop() {
        guard !isStopped.exchange(true, ordering: .acquiringAndReleasing) else { return }
        var byte: UInt8 = 0
        _ = Glibc.write(stopper.write, &byte, 1)
        ended.wait()
    }

    /// Announcements of others that were heard.
    var heardCount: Int { count.load(ordering: .relaxed) }

    private func follow(_ first: PostgreSQLLink) {
        var link: PostgreSQLLink? = first
        while !isStopped.load(ordering: .acquiring) {
            do throws(StorageFailure) {
                if let link {
                    try listen(on: link)
                } else {
                    link = try open()
                    heard([.everything])
                }
            } catch {
                logger.warning("Other processes are not heard.", metadata: ["reason": "\(error)"])
                link = nil
                wait(for: nil, milliseconds: Self.pause)
            }
        }
    }

    private func listen(on link: PostgreSQLLink) throws(StorageFailure) {
        wait(for: link.socket, milliseconds: -1)
        for payload in try link.announcements() {
            guard let announcement = Announcement(payload: payload) else { continue }
            if announcement.sender == sender { continue }
            count.add(1, ordering: .relaxed)
            heard(announcement.changes)
        }
    }

    private func wait(for socket: Int32?, milliseconds: Int32) {
        var files = [pollfd(fd: stopper.read, events: Int16(POLLIN), revents: 0)]
        if let socket { files.append(pollfd(fd: socket, events: Int16(POLLIN), revents: 0)) }
        _ = poll(&files, nfds_t(files.count), milliseconds)
    }
}
