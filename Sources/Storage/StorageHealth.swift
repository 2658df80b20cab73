/// Whether the store can be written, and its last signs of life.
package struct StorageHealth: Equatable, Sendable {
    package enum State: Equatable, Sendable {
        case writable
        /// Nothing can be written now, for want of space or of the database; the store tries again by itself.
        case suspended(StorageFailure)
        /// Nothing will be written until the store is opened again.
        case failed(StorageFailure)
        case closed
    }

    package var state = State.writable

    /// Commits since the store was opened.
    package var commits = 0

    /// Bodies that those commits hold: divided by `commits`, the mean size of a group.
    package var groupedWrites = 0

    /// How long the last commit took, sync included; 0 before the first.
    package var lastCommitSeconds = 0.0

    /// Writes that wait for their commit now.
    package var waiting = 0

    package var isWritable: Bool { state == .writable }

    /// Why nothing can be written, in words for the administrator.
    package var reason: String? {
        switch state {
        case .writable: nil
        case .suspended(let failure), .failed(let failure): failure.description
        case .closed: StorageFailure.closed.description
        }
    }
}

/// One figure for a monitoring system.
package struct StorageMetric: Sendable {
    package enum Kind: Sendable {
        /// Only grows, until the process ends.
        case counter
        case gauge
    }

    /// In the form `callmatch_storage_commits_total`.
    package let name: String
    package let kind: Kind
    package let help: String
    package let value: Double
}
