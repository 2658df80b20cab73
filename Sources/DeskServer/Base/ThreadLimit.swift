import Dispatch
import Foundation
import Glibc
import NIOCore

/// Threads. The system gives a process, a user or a container only so many. With too few of them the Swift runtime waits for
/// ever or ends the process, in either case without a word: so it is looked at first. What happens when one is refused later is
/// the matter of `ThreadReserve`.
package enum ThreadLimit {
    /// What begins, ends when it is at rest, and begins again while the server works: the runtime's pool, which goes by the cores
    /// that there are, passwords, the store, the CRM's connections and look-ups of names.
    static let elastic = cores + max(1, cores / 2) + 8

    /// All that may live at once: those, the event loops, which go by the cores that a container may use, the reserve, and the
    /// one that watches it with the one that it begins to see whether it can.
    package static let needed = System.coreCount + elastic + ThreadReserve.size + 2

    private static let cores = ProcessInfo.processInfo.activeProcessorCount

    /// What is wrong, and what would help; `nil` where there are enough. To be asked before anything else is begun.
    package static func problem() -> String? {
        let found = WaitingThreads(needed)
        found.end()
        guard found.count < needed else { return nil }
        return """
            The system gives this process \(found.count) more threads, and CallMatch needs \(needed). \(help)
            """
    }

    static let help = """
        Raise the limit: “ulimit -u”, “TasksMax” of a systemd service, or “--pids-limit” of a container.
        """
}

/// Threads that do nothing but wait until they are told to end. Whoever begins them ends them.
struct WaitingThreads {
    private let release = DispatchSemaphore(value: 0)
    private var begun: [pthread_t] = []

    /// How many there are: as many as were wanted, as far as it goes.
    var count: Int { begun.count }

    init(_ wanted: Int) {
        let release = release
        for _ in 0..<wanted {
            guard let thread = OwnThread.begin({ release.wait() }) else { break }
            begun.append(thread)
        }
    }

    /// Comes back when they are gone.
    func end() {
        for _ in begun { release.signal() }
        for thread in begun { pthread_join(thread, nil) }
    }
}

/// A thread that is neither libdispatch's nor the runtime's, so that it can be had or not, and somebody is told.
enum OwnThread {
    /// It runs `body`, handles no signals, and is to be joined; `nil` where the system gives no more.
    static func begin(_ body: @escaping @Sendable () -> Void) -> pthread_t? {
        var thread = pthread_t()
        let work = Unmanaged.passRetained(Work(body))
        var all = sigset_t()
        var before = sigset_t()
        sigfillset(&all)
        pthread_sigmask(SIG_SETMASK, &all, &before)
        defer { pthread_sigmask(SIG_SETMASK, &before, nil) }
        let result = pthread_create(
            &thread, nil,
            { given in
                if let given { Unmanaged<Work>.fromOpaque(given).takeRetainedValue().body() }
                return nil
            }, work.toOpaque())
        guard result == 0 else {
            work.release()
            return nil
        }
        return thread
    }

    private final class Work: Sendable {
        let body: @Sendable () -> Void

        init(_ body: @escaping @Sendable () -> Void) { self.body = body }
    }
}
