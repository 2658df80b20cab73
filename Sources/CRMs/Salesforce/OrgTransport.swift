package import Foundation
import FoundationNetworking
import Synchronization

/// One request to the org, and what came back, as bytes.
package struct OrgRequest: Sendable {
    package var method = "GET"
    package let url: URL
    package var headers: [String: String] = [:]
    package var body: Data?
    /// Whether it may be sent twice. The library sends a request again by itself when a connection that was used
    /// before turns out to be closed; a new connection is never tried twice.
    package var isRepeatable = true
    /// In bytes: a longer answer is cut off, and is no answer.
    package var mostBytes = OrgTransport.usualAnswer

    package init(_ url: URL) { self.url = url }
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
    /// A page of 2,000 records with long names is below 4 MiB.
    static let usualAnswer = 16 << 20
    private static let connectionsAtOnce = 8

    private let configuration: URLSessionConfiguration
    private let session: OrgSession

    /// - Parameter seconds: how long an answer may take.
    init(seconds: Double) {
        configuration = URLSessionConfiguration.ephemeral
        configuration.timeoutIntervalForRequest = seconds
        configuration.httpMaximumConnectionsPerHost = Self.connectionsAtOnce
        configuration.httpShouldSetCookies = false
        configuration.httpCookieAcceptPolicy = .never
        configuration.urlCache = nil
        session = OrgSession(configuration)
    }

    func send(_ request: OrgRequest) async throws(OrgFault) -> OrgReply {
        var outgoing = URLRequest(url: request.url)
        outgoing.httpMethod = request.method
        outgoing.httpBody = request.body
        for (name, value) in request.headers { outgoing.setValue(value, forHTTPHeaderField: name) }
        let session = request.isRepeatable ? session : OrgSession(configuration)
        do {
            return try await session.send(outgoing, mostBytes: request.mostBytes)
        } catch let fault as OrgFault {
            throw fault
        } catch {
            throw .unanswered(error.localizedDescription)
        }
    }
}

/// A session of the library, which ends with this value.
private final class OrgSession: Sendable {
    private let answers = OrgAnswers()
    private let session: URLSession

    init(_ configuration: URLSessionConfiguration) {
        session = URLSession(
            configuration: configuration, delegate: OrgListener(answers), delegateQueue: nil)
    }

    /// It keeps its delegate until it is told to end.
    deinit { session.invalidateAndCancel() }

    func send(_ request: URLRequest, mostBytes: Int) async throws -> OrgReply {
        let task = session.dataTask(with: request)
        return try await withTaskCancellationHandler {
            try await withCheckedThrowingContinuation { continuation in
                answers.expect(task.taskIdentifier, mostBytes, continuation)
                // The library says nothing of what was cancelled before it began: nobody may wait for that.
                if Task.isCancelled {
                    answers.ended(task.taskIdentifier, nil, CancellationError())
                } else {
                    task.resume()
                }
            }
        } onCancel: {
            task.cancel()
            answers.ended(task.taskIdentifier, nil, CancellationError())
        }
    }
}

/// The answers that are on their way.
private final class OrgAnswers: Sendable {
    private struct Pending {
        let continuation: CheckedContinuation<OrgReply, any Error>
        let mostBytes: Int
        var body = Data()
        var fault: OrgFault?

        /// Bytes that came and that may come; `nil` for what is over.
        var room: (size: Int, most: Int)? { fault == nil ? (body.count, mostBytes) : nil }
    }

    private let pending = Mutex<[Int: Pending]>([:])

    func expect(
        _ id: Int, _ mostBytes: Int, _ continuation: CheckedContinuation<OrgReply, any Error>
    ) {
        pending.withLock {
            $0[id] = Pending(continuation: continuation, mostBytes: mostBytes)
        }
    }

    /// - Returns: whether that is more than was asked for.
    func arrived(_ id: Int, _ data: Data) -> Bool {
        pending.withLock { pending in
            guard let (size, most) = pending[id].flatMap({ $0.room }) else { return false }
            guard size + data.count <= most else {
                pending[id]?.fault = .garbled("it is longer than \(most >> 20) MiB")
                pending[id]?.body = Data()
                return true
            }
            // In place: to copy what came so far for each piece would take a minute for a long answer.
            pending[id]?.body.append(data)
            return false
        }
    }

    func ended(_ id: Int, _ response: HTTPURLResponse?, _ error: (any Error)?) {
        guard let own = pending.withLock({ $0.removeValue(forKey: id) }) else { return }
        if let fault = own.fault {
            own.continuation.resume(throwing: fault)
        } else if let response, error == nil {
            let headers = response.allHeaderFields.map { ("\($0.key)".lowercased(), "\($0.value)") }
            own.continuation.resume(
                returning: OrgReply(
                    status: response.statusCode,
                    headers: Dictionary(headers, uniquingKeysWith: { first, _ in first }),
                    body: own.body))
        } else {
            let why = error?.localizedDescription ?? "no answer came"
            own.continuation.resume(throwing: OrgFault.unanswered(why))
        }
    }
}

/// What the library calls.
///
/// `@unchecked`, because `NSObject` is not known to be safe: nothing here changes.
private final class OrgListener: NSObject, URLSessionDataDelegate, @unchecked Sendable {
    private let answers: OrgAnswers

    init(_ answers: OrgAnswers) {
        self.answers = answers
    }

    /// A token must not follow to where somebody points.
    func urlSession(
        _ session: URLSession, task: URLSessionTask,
        willPerformHTTPRedirection response: HTTPURLResponse, newRequest request: URLRequest,
        completionHandler: @escaping (URLRequest?) -> Void
    ) {
        completionHandler(nil)
    }

    func urlSession(_ session: URLSession, dataTask: URLSessionDataTask, didReceive data: Data) {
        if answers.arrived(dataTask.taskIdentifier, data) { dataTask.cancel() }
    }

    func urlSession(
        _ session: URLSession, task: URLSessionTask, didCompleteWithError error: (any Error)?
    ) {
        answers.ended(task.taskIdentifier, task.response as? HTTPURLResponse, error)
    }
}
