import CCurl
import Foundation
import Glibc
import Synchronization

/// The thread that carries every request: libcurl's loop over all that are on their way.
///
/// A thread of its own, because it waits in system calls; one for all orgs and agents, because a thread for each
/// request that hangs would use up those of everybody else.
///
/// `@unchecked`, because libcurl's handle is a C pointer: others than the thread only wake it, which libcurl allows.
final class OrgWire: @unchecked Sendable {
    /// Lives as long as the process, as its thread does.
    static let shared = OrgWire()
    /// Connections that are kept for the next request, of all orgs and agents together.
    private static let idleConnections = 128
    /// It is woken when there is something to do.
    private static let longestSleep: Int32 = 600_000

    private let multi: UnsafeMutableRawPointer?
    private let arrived = Mutex<[OrgErrand]>([])

    private init() {
        curl_global_init(Int(CURL_GLOBAL_ALL))
        multi = curl_multi_init()
        guard let multi else { return }
        _ = callmatch_curl_keep_connections(multi, Self.idleConnections)
        Thread.detachNewThread { [self] in run() }
    }

    func begin(_ errand: OrgErrand) {
        guard multi != nil else {
            errand.continuation.resume(returning: .failure(.unanswered("libcurl does not start")))
            return
        }
        arrived.withLock { $0.append(errand) }
        wake()
    }

    /// So that it sees what is new, and what is called off.
    func wake() {
        if let multi { _ = curl_multi_wakeup(multi) }
    }

    private func run() {
        guard let multi else { return }
        // Encrypted bytes that meet a closed socket would end the process.
        var signals = sigset_t()
        sigemptyset(&signals)
        sigaddset(&signals, SIGPIPE)
        pthread_sigmask(SIG_BLOCK, &signals, nil)
        var queue = OrgQueue(multi)
        while true {
            queue.add(arrived.withLock { errands in exchange(&errands, with: []) })
            queue.dropCalledOff()
            queue.startWaiting()
            var running: Int32 = 0
            _ = curl_multi_perform(multi, &running)
            // What ended makes room for what waits.
            if !queue.finishEnded() {
                _ = curl_multi_poll(multi, nil, 0, Self.longestSleep, nil)
            }
        }
    }
}

/// What is on its way and what waits for its turn. Only the wire's thread has it.
private struct OrgQueue {
    private let multi: UnsafeMutableRawPointer
    private var waiting: [OrgErrand] = []
    /// By libcurl's handle.
    private var running: [UnsafeMutableRawPointer: OrgTransfer] = [:]
    private var count: [ObjectIdentifier: Int] = [:]

    init(_ multi: UnsafeMutableRawPointer) { self.multi = multi }

    mutating func add(_ errands: [OrgErrand]) { waiting += errands }

    mutating func dropCalledOff() {
        let off = OrgFault.unanswered("it was called off")
        for errand in exchange(&waiting, with: []) {
            // Asked once: another answer a moment later would leave one neither waiting nor answered.
            if errand.ticket.isCalledOff {
                errand.continuation.resume(returning: .failure(off))
            } else {
                waiting.append(errand)
            }
        }
        for (easy, transfer) in running where transfer.errand.ticket.isCalledOff {
            end(easy, .failure(off))
        }
    }

    /// In the order in which they came, so many of each lane at once.
    mutating func startWaiting() {
        var later: [OrgErrand] = []
        for errand in exchange(&waiting, with: []) {
            guard count[errand.lane, default: 0] < OrgTransport.requestsAtOnce else {
                later.append(errand)
                continue
            }
            do throws(OrgFault) {
                let transfer = try OrgTransfer(errand)
                guard curl_multi_add_handle(multi, transfer.easy) == CURLM_OK else {
                    throw .unanswered("libcurl does not take it")
                }
                running[transfer.easy] = transfer
                count[errand.lane, default: 0] += 1
            } catch {
                errand.continuation.resume(returning: .failure(error))
            }
        }
        waiting = later
    }

    /// - Returns: whether any ended.
    mutating func finishEnded() -> Bool {
        var hasEnded = false
        var left: Int32 = 0
        while let message = curl_multi_info_read(multi, &left) {
            guard message.pointee.msg == CURLMSG_DONE, let easy = message.pointee.easy_handle,
                let transfer = running[easy]
            else { continue }
            // The message is gone with its handle.
            let code = message.pointee.data.result
            end(easy, transfer.answer(code))
            hasEnded = true
        }
        return hasEnded
    }

    /// The only place where what is on its way ends.
    private mutating func end(
        _ easy: UnsafeMutableRawPointer, _ answer: Result<OrgReply, OrgFault>
    ) {
        guard let transfer = running.removeValue(forKey: easy) else { return }
        _ = curl_multi_remove_handle(multi, easy)
        let lane = transfer.errand.lane
        let left = count[lane, default: 1] - 1
        count[lane] = left > 0 ? left : nil
        transfer.errand.continuation.resume(returning: answer)
    }
}
