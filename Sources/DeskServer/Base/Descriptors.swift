import Glibc
import NIOCore

/// File descriptors. The system gives a process only so many. With the last one gone the store cannot open a file, and
/// libdispatch of Swift 6.3.1 ends the process when it looks how busy its threads are (`/proc/…/stat`).
enum Descriptors {
    /// Kept free of clients: for the event loops, the store's files and connections, the CRM, phone systems and this
    /// machine's own listener.
    static let reserved = 64 + 4 * System.coreCount

    /// How many connections leave enough for everything else. Raises the limit of this process first, as far as it may.
    static func connections(atMost wanted: Int) -> Int {
        let resource = __rlimit_resource_t(RLIMIT_NOFILE.rawValue)
        var limit = rlimit()
        guard getrlimit(resource, &limit) == 0 else { return wanted }
        let needed = rlim_t(wanted + reserved)
        if limit.rlim_cur < needed {
            var raised = limit
            raised.rlim_cur = min(limit.rlim_max, needed)
            if setrlimit(resource, &raised) == 0 { limit = raised }
        }
        return max(1, Int(min(limit.rlim_cur, needed)) - reserved)
    }
}
