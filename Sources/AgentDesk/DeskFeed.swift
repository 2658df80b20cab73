package import CallHandling
package import Foundation
package import Storage
import Synchronization

/// Hands each agent's windows the next picture whenever something of that agent changed.
///
/// One reader follows the store's change notices for all windows. A window that is slow gets the latest
/// picture only: there is nothing to lose, as each picture is whole.
package final class DeskFeed: Sendable {
    /// Windows of one agent at most: more are refused, so that a page that loops cannot starve others.
    package static let mostWindows = 8

    private struct Windows {
        var next = 0
        var open: [Int: (agent: String, wake: AsyncStream<Void>.Continuation)] = [:]
    }

    private let database: Database
    private let organisation: Organisation
    private let windows = Mutex(Windows())
    private let lastVersion = Mutex(0)

    package init(database: Database, organisation: Organisation) {
        self.database = database
        self.organisation = organisation
    }

    /// Has every window drawn again: it keeps connections open, and heals what went wrong on the way.
    package func beat() { wake { _ in true } }

    /// Has one agent's windows drawn again.
    package func draw(_ agent: String) { wake { $0 == agent } }

    /// Follows the store until it is closed or the task is cancelled.
    package func run() async {
        for await notice in database.changes() {
            switch notice.topic {
            case "agent": wake { $0 == notice.subject }
            case "preferences":
                await refresh()
                wake { $0 == notice.subject }
            case "organisation", "*":
                await refresh()
                wake { _ in true }
            default: continue
            }
        }
        windows.withLock { windows in
            for window in windows.open.values { window.wake.finish() }
        }
    }

    /// The pictures show settings and people from the organisation's copy, so it comes first. Where it
    /// cannot be read now, the next beat shows it.
    private func refresh() async { try? await organisation.reload() }

    /// Opens a window: the stream yields whenever the agent's desk should be drawn again, the first time at
    /// once. `nil` when the agent has too many open.
    package func open(agent: String) -> (id: Int, wakes: AsyncStream<Void>)? {
        let (wakes, wake) = AsyncStream.makeStream(
            of: Void.self, bufferingPolicy: .bufferingNewest(1))
        let id: Int? = windows.withLock { windows in
            let mine = windows.open.values.count { $0.agent == agent }
            guard mine < Self.mostWindows else { return nil }
            windows.next += 1
            windows.open[windows.next] = (agent, wake)
            return windows.next
        }
        guard let id else { return nil }
        wake.yield()
        return (id, wakes)
    }

    package func close(_ id: Int) {
        let window = windows.withLock { $0.open.removeValue(forKey: id) }
        window?.wake.finish()
    }

    /// Ends every window of an agent whose session is over.
    package func closeAll(agent: String) {
        let mine = windows.withLock { windows in
            windows.open.filter { $0.value.agent == agent }.map(\.key)
        }
        for id in mine { close(id) }
    }

    package var count: Int { windows.withLock(\.open.count) }

    /// A version for the next picture: later pictures have higher ones, also after a restart.
    package func nextVersion(now: Date) -> Int {
        lastVersion.withLock { last in
            last = max(last + 1, Int(now.timeIntervalSince1970 * 1000))
            return last
        }
    }

    private func wake(where isConcerned: (String) -> Bool) {
        let concerned = windows.withLock { windows in
            windows.open.values.filter { isConcerned($0.agent) }.map(\.wake)
        }
        for wake in concerned { wake.yield() }
    }
}
