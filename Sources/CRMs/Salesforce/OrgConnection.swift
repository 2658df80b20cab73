import Credentials
package import Foundation

/// One user's way to the org: it signs in when it must, once for all who wait, and tells answers from refusals.
package actor OrgConnection {
    package nonisolated let version: String
    private let signIn: OrgSignIn
    private let transport: OrgTransport
    private let now: @Sendable () -> Date
    private var token: OrgToken?
    private var isSigningIn = false
    private var waiting: [CheckedContinuation<Result<OrgToken, OrgFault>, Never>] = []
    /// What the org said last of the day's requests.
    package private(set) var usage: OrgUsage?
    /// Requests that were sent since the start.
    package private(set) var requests = 0

    /// - Parameters:
    ///   - version: of the API, such as "67.0".
    ///   - seconds: how long an answer may take.
    package init(
        _ signIn: OrgSignIn, version: String, seconds: Double = 120,
        now: @escaping @Sendable () -> Date = { Date() }
    ) {
        self.signIn = signIn
        self.version = version
        self.now = now
        transport = OrgTransport(seconds: seconds)
    }

    /// Asks for a path below `/services/data/vNN.N`, or for a whole path that the org gave.
    ///
    /// - Returns: the answer's status and its JSON, which is `nil` for an empty one.
    /// - Throws: `OrgFault`. A token that is no longer taken is renewed once.
    package func ask(
        _ method: String = "GET", _ path: String, query: [String: String] = [:],
        body: JSONValue? = nil
    ) async throws(OrgFault) -> (status: Int, body: JSONValue?) {
        var isSecond = false
        while true {
            let token = try await current()
            let reply = try await send(method, path, query, body, with: token)
            do throws(OrgFault) {
                return try Self.read(reply)
            } catch .refused(let refusal) where Remedy(refusal) == .refresh {
                guard !isSecond else { throw .needsConsent("\(refusal)") }
                isSecond = true
                if self.token?.secret.revealed() == token.secret.revealed() { self.token = nil }
            }
        }
    }

    private func send(
        _ method: String, _ path: String, _ query: [String: String], _ body: JSONValue?,
        with token: OrgToken
    ) async throws(OrgFault) -> OrgReply {
        let root = path.hasPrefix("/services/") ? path : "/services/data/v\(version)/\(path)"
        guard let url = Self.url(token.instance, root, query) else {
            throw .garbled("an address in it is none")
        }
        var request = OrgRequest(url)
        request.method = method
        // A second POST would be a second record.
        request.isRepeatable = method != "POST"
        request.headers = [
            "Authorization": "Bearer \(token.secret.revealed())", "Accept": "application/json",
        ]
        if let body {
            request.headers["Content-Type"] = "application/json"
            request.body = body.bytes
        }
        requests += 1
        let reply = try await transport.send(request)
        if let text = reply.headers["sforce-limit-info"], let told = OrgUsage(text) { usage = told }
        return reply
    }

    private static func url(_ host: URL, _ path: String, _ query: [String: String]) -> URL? {
        guard var parts = URLComponents(url: host, resolvingAgainstBaseURL: false) else {
            return nil
        }
        parts.percentEncodedPath = path
        if !query.isEmpty {
            parts.percentEncodedQuery = query.sorted { $0.key < $1.key }
                .map { "\($0.key)=\(encoded($0.value))" }.joined(separator: "&")
        }
        return parts.url
    }

    /// For one part of a path or a query: what is no letter, digit, `-`, `.`, `_` or `~` is encoded (RFC 3986, 2.3).
    static func encoded(_ text: String) -> String {
        text.addingPercentEncoding(
            withAllowedCharacters: CharacterSet(
                charactersIn: "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~"))
            ?? ""
    }

    private static func read(_ reply: OrgReply) throws(OrgFault) -> (Int, JSONValue?) {
        let body = reply.body.isEmpty ? nil : JSONValue(reply.body)
        switch reply.status {
        case 200...299:
            if !reply.body.isEmpty && body == nil { throw .garbled("it is no JSON") }
            return (reply.status, body)
        case 301...399:
            throw .garbled("it points elsewhere (\(reply.status))")
        default:
            throw .refused(
                OrgRefusal(
                    status: reply.status, body: body,
                    retryAfter: reply.headers["retry-after"].flatMap(Int.init)))
        }
    }

    /// The token that is good now. Whoever comes while one is asked for waits for the same.
    private func current() async throws(OrgFault) -> OrgToken {
        if let token { return token }
        if isSigningIn {
            return try await withCheckedContinuation { waiting.append($0) }.get()
        }
        isSigningIn = true
        let result = await newToken()
        isSigningIn = false
        token = try? result.get()
        for each in waiting { each.resume(returning: result) }
        waiting = []
        return try result.get()
    }

    private func newToken() async -> Result<OrgToken, OrgFault> {
        do throws(OrgFault) {
            let reply = try await transport.send(signIn.request(at: now()))
            return .success(try signIn.token(from: reply))
        } catch {
            return .failure(error)
        }
    }
}

/// How much of the day's allocation is used: `api-usage=18/5000`.
package struct OrgUsage: Hashable, Sendable {
    package let used: Int
    package let most: Int

    package init?(_ text: String) {
        for part in text.split(whereSeparator: { $0 == ";" || $0 == " " }) {
            guard part.hasPrefix("api-usage=") else { continue }
            let numbers = part.dropFirst("api-usage=".count).split(separator: "/")
            guard numbers.count == 2, let used = Int(numbers[0]),
                let most = Int(numbers[1].prefix { $0.isNumber }), used >= 0, most > 0
            else { return nil }
            self.used = used
            self.most = most
            return
        }
        return nil
    }
}
