import Dispatch
import Foundation
import Glibc
import NIOCore

/// Threads. The system gives a process, a user or a container only so many. With too few of them the Swift runtime waits for
/// ever or ends the process, in either case without a word: so it is looked at first.
///
/// One that is refused later, while the server works, is waited for by libdispatch, and until there is one the server may stand
/// still. Nothing is acknowledged meanwhile.
package enum ThreadLimit {
    /// For the event loops, which go by the cores that a container may use, for the runtime's pool, which goes by those that
    /// there are, for passwords, and for the store, the CRM's connections and look-ups of names.
    package static let needed = System.coreCount + cores + max(1, cores / 2) + 8

    private static let cores = ProcessInfo.processInfo.activeProcessorCount

    /// What is wrong, and what would help; `nil` where there are enough. To be asked before anything else is begun.
    package static func problem() -> String? {
        let given = available(of: needed)
        guard given < needed else { return nil }
        return """
            The system gives this process \(given) more threads, and CallMatch needs \(needed). Raise the limit: \
            “ulimit -u”, “TasksMax” of a systemd service, or “--pids-limit” of a container.
            """
    }

    /// So many threads are begun at once, as far as it goes, and end again.
    private static func available(of wanted: Int) -> Int {
        let release = DispatchSemaphore(value: 0)
        var begun: [pthread_t] = []
        for _ in 0..<wanted {
            var thread = pthread_t()
            let context = Unmanaged.passRetained(release)
            let result = pthread_create(
                &thread, nil,
                { context in
                    guard let context else { return nil }
                    Unmanaged<DispatchSemaphore>.fromOpaque(context).takeRetainedValue().wait()
                    return nil
                }, context.toOpaque())
            guard result == 0 else {
                context.release()
                break
            }
            begun.append(thread)
        }
        for _ in begun { release.signal() }
        for thread in begun { pthread_join(thread, nil) }
        return begun.count
    }
}
