package import Logging

extension Database {
    /// Where a store lives.
    package enum Location: Sendable {
        /// SQLite in `callmatch.sqlite` in this folder. The folder is made, for its owner only, when
        /// it is not there; one process at a time may have it.
        case folder(String)

        /// PostgreSQL 14 or newer, by its address `postgresql://user@host:5432/database`. Any number of processes may use
        /// one. A password may stand in the address, in `PGPASSWORD` or in libpq's password file.
        ///
        /// - folder: this process's own, for what is not in the database; taken as above.
        case postgresql(String, folder: String? = nil)

        /// A private store in memory that is gone when it is closed: for tests.
        case memory
    }

    /// The limits of a store. Each has a default that suits a server with two cores.
    package struct Options: Sendable {
        /// Whether writes share commits. Off is for measuring: one synced commit for each write.
        package var groupCommit = true

        /// Whether a write is answered before the housekeeping after its commit. Off, nothing happens at once with
        /// anything else: a run under one seed is the same again.
        package var answersBeforeTidying = true

        /// Writes that come within this time of the start of the last commit share the next one.
        /// It is also what a write may wait, beyond the commit that is running.
        package var window: Duration = .milliseconds(5)

        /// The most bodies in one commit: it bounds what one failing commit takes with it.
        package var groupLimit = 64

        /// The most writes that wait. More are refused with `overloaded`, so that memory is bounded
        /// and the sender hears of it (503) while it can still try again.
        package var queueLimit = 10_000

        /// Reader connections: each is a thread and a page cache of about 2 MB.
        package var readers = 4

        /// The most reads under way or waiting for a connection; more are `overloaded`.
        package var readLimit = 10_000

        /// How long PostgreSQL may say nothing while it writes, and how long a read waits for a connection: then
        /// callers are refused.
        package var answerLimit: Duration = .seconds(2)

        /// How long PostgreSQL may say nothing while it reads, which may be much.
        package var readAnswerLimit: Duration = .seconds(5)

        /// The most notices that wait for one subscriber.
        package var subscriberLimit = 1_024

        /// The size in bytes to which the log file is cut when it starts anew.
        package var walLimit = 64 << 20

        /// How often a store that cannot be written tries whether it can again.
        package var spaceCheck: Duration = .seconds(1)

        /// What the store is opened for.
        package var purpose = Purpose.use

        package var logger: Logger

        /// Called once, on the store's own thread, after the first I/O error of a write, when every
        /// waiting write has been refused. The process should end with an exit code other than 0:
        /// what a failed sync left on the disk is only known after opening the store again.
        package var onFatal: @Sendable (StorageFailure) -> Void

        /// The durability that is asked of SQLite. Only the test of the start-up check lowers it.
        var synchronous = SynchronousLevel.full

        package init(
            logger: Logger = Logger(label: "callmatch.storage"),
            onFatal: @escaping @Sendable (StorageFailure) -> Void = { _ in }
        ) {
            self.logger = logger
            self.onFatal = onFatal
        }
    }
}

/// `PRAGMA synchronous`: from `full` on a commit survives a power cut.
enum SynchronousLevel: Int {
    case normal = 1
    case full = 2
}
