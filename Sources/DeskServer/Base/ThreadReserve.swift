import Dispatch
import Glibc
import HTTPTypes
package import Logging
import Synchronization

/// Threads that are kept for the time when the system gives no more.
///
/// libdispatch ends a thread that had nothing to do for five seconds and begins one when there is work again. Where it is refused
/// one it tries again every second, on the thread that brought the work, and does nothing else: with an event loop among those
/// the server would stand still. So as many threads as can be wanted again (`ThreadLimit.elastic`) are begun at the start and wait.
/// A further thread tries twice a second whether there is another one. When there is none, the reserve ends, and libdispatch finds
/// its threads at its next try: what was begun goes on, calls and agents at work. What would begin anew is refused (`admit`),
/// and `/ready` says no, until all of them, and the reserve, can be had again.
///
/// It cannot help where others take the threads that it gives back, as processes of the same user may: then the server stands
/// still until there is one, and acknowledges nothing meanwhile.
package final class ThreadReserve: Sendable {
    static let size = ThreadLimit.elastic

    /// Between two looks, while all is well and while it is not: a look takes threads for a moment.
    private static let pause = DispatchTimeInterval.milliseconds(500)
    private static let pauseWhenShort = DispatchTimeInterval.seconds(2)

    private let shortage = Atomic(false)
    private let logger: Logger

    /// Begins the reserve; it lives as long as the process.
    package init(logger: Logger) throws(ThreadShortage) {
        self.logger = logger
        let reserve = WaitingThreads(Self.size)
        guard reserve.count == Self.size,
            let watcher = OwnThread.begin({ [self] in watch(reserve) })
        else {
            reserve.end()
            throw ThreadShortage()
        }
        pthread_detach(watcher)
    }

    /// Why the server is not well; `nil` while there are threads.
    var problem: String? {
        guard shortage.load(ordering: .relaxed) else { return nil }
        return """
            The system gives no more threads. Calls and those who are signed in go on; sign-ins and imports are \
            refused. \(ThreadLimit.help)
            """
    }

    static let refusal = "This server can take nobody new at the moment"
    /// In seconds.
    static let retryAfter = 5

    /// Refuses what begins anew while threads are short.
    func admit() throws {
        guard !shortage.load(ordering: .relaxed) else {
            throw Problem(
                status: .serviceUnavailable, title: Self.refusal,
                detail: """
                    \(Self.refusal). Nothing was changed: try again in a minute, and tell your \
                    administrator if it stays so.
                    """,
                retryAfter: Self.retryAfter)
        }
    }

    private func watch(_ begun: WaitingThreads) {
        var reserve = begun
        let never = DispatchSemaphore(value: 0)
        while true {
            let isShort = shortage.load(ordering: .relaxed)
            _ = never.wait(timeout: .now() + (isShort ? Self.pauseWhenShort : Self.pause))
            if isShort {
                guard let found = recovered() else { continue }
                reserve = found
                shortage.store(false, ordering: .relaxed)
                logger.notice("There are threads again: sign-ins and imports are taken.")
            } else if !canBegin(1) {
                reserve.end()
                shortage.store(true, ordering: .relaxed)
                logger.error("\(problem ?? "")")
            }
        }
    }

    /// A new reserve, where everything else that may be wanted can be had besides.
    private func recovered() -> WaitingThreads? {
        let reserve = WaitingThreads(Self.size)
        if reserve.count == Self.size && canBegin(ThreadLimit.elastic) { return reserve }
        reserve.end()
        return nil
    }

    private func canBegin(_ wanted: Int) -> Bool {
        let found = WaitingThreads(wanted)
        found.end()
        return found.count == wanted
    }
}

/// The threads that were there a moment ago are gone.
package struct ThreadShortage: StartFault {
    package var description: String {
        "The system does not give this process the threads that it needs. \(ThreadLimit.help)"
    }
}
