import Foundation
import Logging
import SimulatedDisk

@testable import Storage

/// The simulated disk under a real SQLite engine: it outlives the processes that use it.
final class Disk: @unchecked Sendable {
    // Every function of it may be called from any thread.
    private let disk: OpaquePointer
    private let folder: String

    struct NoRoom: Error {}

    init() throws {
        folder = NSTemporaryDirectory() + "callmatch-disk-\(UUID().uuidString)"
        try FileManager.default.createDirectory(
            atPath: folder, withIntermediateDirectories: false)
        guard let disk = simulated_disk_insert(folder) else { throw NoRoom() }
        self.disk = disk
    }

    deinit {
        simulated_disk_remove(disk)
        try? FileManager.default.removeItem(atPath: folder)
    }

    /// Opens the store that is on it, as a process does when it starts.
    func open(
        _ migrations: [Migration], synchronous: SynchronousLevel = .full
    ) throws(StorageFailure) -> Database {
        var options = Database.Options(
            logger: Logger(label: "disk", factory: { _ in SwiftLogNoOpLogHandler() }))
        // What happens by real time would come at another moment in each run.
        options.groupCommit = false
        options.answersBeforeTidying = false
        options.spaceCheck = .seconds(1_000_000)
        options.readers = 1
        options.synchronous = synchronous
        let engine = try SQLiteEngine.open(
            file: folder + "/callmatch.sqlite", options: options)
        return try Database(
            engine: engine, folder: nil, migrations: migrations, options: options)
    }

    /// Whether the process that used it has ended.
    var hasEnded: Bool { simulated_disk_has_ended(disk) != 0 }
    /// Writes and syncs so far.
    var operations: Int { Int(simulated_disk_operations(disk)) }

    /// The process ends at the n-th operation from now, which does not happen any more.
    func end(at operation: Int) { simulated_disk_plan(disk, SIMULATED_END, UInt64(operation)) }
    /// The first sync from the n-th operation on fails.
    func failSync(from operation: Int) {
        simulated_disk_plan(disk, SIMULATED_SYNC_ERROR, UInt64(operation))
    }
    func end() { simulated_disk_end(disk) }

    /// No file grows any more.
    func fill() { simulated_disk_limit(disk, max(1, simulated_disk_size(disk))) }
    func empty() { simulated_disk_limit(disk, 0) }
    /// Syncs keep nothing from now on.
    func lie() { simulated_disk_lies(disk, 1) }

    /// The next process may begin, when the last one has closed its files.
    ///
    /// - Parameter power: the power was cut as well, with this seed for what is lost; `nil` when only the process ended.
    func restart(power: UInt64?) {
        if let power { simulated_disk_cut_power(disk, power) }
        simulated_disk_restart(disk)
    }
}
