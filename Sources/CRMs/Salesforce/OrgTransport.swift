package import Foundation
import Synchronization

/// One request to the org, and what came back, as bytes.
package struct OrgRequest: Sendable {
    /// In bytes: what a record that was written or looked for, a token or a refusal is answered with.
    package static let usualAnswer = 1 << 20
    /// For what is longer by its nature. A page of 2,000 people with long names is below 4 MiB; a description lists every field of
    /// an object; what is read for a call comes in one answer of up to 25 parts, notes and all.
    package static let longAnswer = 16 << 20

    package var method = "GET"
    package let url: URL
    package var headers: [String: String] = [:]
    package var body: Data?
    /// Whether it may be sent twice. libcurl sends a request again by itself when a connection that was used before
    /// turns out to be closed; on a new connection nothing is ever sent twice.
    package var isRepeatable = true
    /// In bytes: a longer answer is cut off, and is no answer.
    package var mostBytes = OrgRequest.usualAnswer

    package init(_ url: URL) { self.url = url }

    var isEncrypted: Bool { url.scheme?.lowercased() == "https" }
}

package struct OrgReply: Sendable {
    package let status: Int
    /// By lower-case name.
    package let headers: [String: String]
    package let body: Data

    package init(status: Int, headers: [String: String], body: Data) {
        self.status = status
        self.headers = headers
        self.body = body
    }
}

/// HTTP to one org: no redirects, no cookies, no cache, and no more of an answer than was asked for.
final class OrgTransport: Sendable {
    /// More requests than these wait for one that ends.
    static let requestsAtOnce = 8

    private let seconds: Double
    private let reach: OrgReach

    /// - Parameters:
    ///   - seconds: how long an answer may take, from the time at which the request has its turn.
    ///   - reach: where connections may lead.
    init(seconds: Double, reach: OrgReach = .checked) {
        self.seconds = seconds
        self.reach = reach
        // Begun with the first one, which is when the server starts and there are threads.
        _ = OrgWire.shared
    }

    func send(_ request: OrgRequest) async throws(OrgFault) -> OrgReply {
        let ticket = OrgTicket()
        let lane = ObjectIdentifier(self)
        let answer = await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                OrgWire.shared.begin(
                    OrgErrand(
                        request: request, seconds: seconds, reach: reach, lane: lane,
                        ticket: ticket, continuation: continuation))
            }
        } onCancel: {
            ticket.callOff()
            OrgWire.shared.wake()
        }
        return try answer.get()
    }
}

/// One request on its way to the wire.
struct OrgErrand: Sendable {
    let request: OrgRequest
    let seconds: Double
    let reach: OrgReach
    /// Whose requests are counted together.
    let lane: ObjectIdentifier
    let ticket: OrgTicket
    let continuation: CheckedContinuation<Result<OrgReply, OrgFault>, Never>
}

/// Whether an answer is still waited for.
final class OrgTicket: Sendable {
    private let isOff = Atomic(false)

    var isCalledOff: Bool { isOff.load(ordering: .acquiring) }
    func callOff() { isOff.store(true, ordering: .releasing) }
}
