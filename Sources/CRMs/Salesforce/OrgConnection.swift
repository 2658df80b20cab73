package import Credentials
package import Foundation

/// One user's way to the org: it signs in when it must, once for all who wait, and tells answers from refusals.
package actor OrgConnection {
    package nonisolated let version: String
    private var grant: OrgGrant
    private let keep: @Sendable (Secret) async throws -> Void
    private let transport: OrgTransport
    private let now: @Sendable () -> Date
    private var token: OrgToken?
    private var isSigningIn = false
    private var waiting: [CheckedContinuation<Result<OrgToken, OrgFault>, Never>] = []
    /// That we are not let in, and until when it is not asked again; `nil` is for good.
    private var shut: (fault: OrgFault, until: Date?)?
    /// Whose tokens they are, by the org's last word; `nil` before the first one.
    package private(set) var identity: OrgIdentity?
    /// Why the last sign-in failed; `nil` when it did not.
    package private(set) var signInFault: OrgFault?
    /// What the org said last of the day's requests.
    package private(set) var usage: OrgUsage?
    /// Counts what is sent.
    nonisolated let meter: OrgMeter

    /// Seconds for which a refused sign-in is not tried again, where an administrator can mend it in the org.
    private static let shutSeconds: Double = 60

    /// - Parameters:
    ///   - version: of the API, such as "67.0".
    ///   - seconds: how long an answer may take.
    ///   - reach: where the org's address may lead.
    package init(
        _ signIn: OrgSignIn, version: String, seconds: Double = 120, reach: OrgReach = .checked,
        meter: OrgMeter = OrgMeter(), now: @escaping @Sendable () -> Date = { Date() }
    ) {
        self.init(
            .claim(signIn), version: version, seconds: seconds, reach: reach, meter: meter,
            now: now, keep: { _ in })
    }

    /// - Parameters:
    ///   - token: one that is good now, as it comes with a new consent.
    ///   - keep: is given a refresh token that takes the place of the last one, before it is used. Where it throws, the
    ///     new one is used from memory and the request fails as if it had not been answered.
    package init(
        _ grant: OrgGrant, token: OrgToken? = nil, version: String, seconds: Double = 120,
        reach: OrgReach = .checked, meter: OrgMeter = OrgMeter(),
        now: @escaping @Sendable () -> Date = { Date() },
        keep: @escaping @Sendable (Secret) async throws -> Void
    ) {
        self.grant = grant
        self.token = token
        self.version = version
        self.meter = meter
        self.now = now
        self.keep = keep
        identity = token?.identity
        transport = OrgTransport(seconds: seconds, reach: reach)
    }

    /// Why the org does not let us in for good, in its own words; `nil` while it does, as far as we know.
    package var isOver: String? {
        if let shut, shut.until == nil, case .needsConsent(let why) = shut.fault {
            why
        } else {
            nil
        }
    }

    /// From now on nothing is asked over it, by whoever still has it.
    package func end(_ why: String) {
        token = nil
        shut = (.needsConsent(why), nil)
    }

    /// Whose tokens these are; signs in for it where that was not done. `nil` where the org does not say.
    package func knownIdentity() async throws(OrgFault) -> OrgIdentity? {
        if let identity { return identity }
        return try await current().identity
    }

    /// Asks for a path below `/services/data/vNN.N`, or for a whole path that the org gave.
    ///
    /// - Parameter mostBytes: how long the answer may be; a longer one is none.
    /// - Returns: the answer's status and its JSON, which is `nil` for an empty one.
    /// - Throws: `OrgFault`. A token that is no longer taken is renewed once.
    package func ask(
        _ method: String = "GET", _ path: String, query: [String: String] = [:],
        body: JSONValue? = nil, upTo mostBytes: Int = OrgRequest.usualAnswer
    ) async throws(OrgFault) -> (status: Int, body: JSONValue?) {
        try Self.read(
            try await answer(method, path, query: query, body: body) { $0.mostBytes = mostBytes })
    }

    /// What an object has in this org, for whose tokens these are.
    func describe(_ object: OrgName) async throws(OrgFault) -> OrgDescribe {
        let (_, body) = try await ask(
            "GET", "sobjects/\(object)/describe", upTo: OrgRequest.longAnswer)
        return try OrgDescribe(body, of: object)
    }

    /// The same as it came, for what is no JSON; never a refusal.
    ///
    /// - Parameter change: what is different about the request: that a POST only reads and may be sent twice, how long
    ///   its answer may be.
    package func answer(
        _ method: String = "GET", _ path: String, query: [String: String] = [:],
        body: JSONValue? = nil, _ change: @Sendable (inout OrgRequest) -> Void = { _ in }
    ) async throws(OrgFault) -> OrgReply {
        var isSecond = false
        while true {
            let token = try await current()
            let reply = try await send(method, path, query, body, with: token, change)
            do throws(OrgFault) {
                if !(200...299).contains(reply.status) { _ = try Self.read(reply) }
                return reply
            } catch .refused(let refusal) where Remedy(refusal) == .refresh {
                guard !isSecond else { throw .needsConsent("\(refusal)") }
                isSecond = true
                if self.token?.secret.revealed() == token.secret.revealed() { self.token = nil }
            }
        }
    }

    private func send(
        _ method: String, _ path: String, _ query: [String: String], _ body: JSONValue?,
        with token: OrgToken, _ change: (inout OrgRequest) -> Void
    ) async throws(OrgFault) -> OrgReply {
        let root = path.hasPrefix("/services/") ? path : "/services/data/v\(version)/\(path)"
        guard let url = Self.url(token.instance, root, query) else {
            throw .garbled("an address in it is none")
        }
        var request = OrgRequest(url)
        request.method = method
        // A second POST would be a second record; and that a change is sent once is worth one handshake.
        request.isRepeatable = body == nil && method != "POST"
        request.headers = [
            "Authorization": "Bearer \(token.secret.revealed())", "Accept": "application/json",
        ]
        if let body {
            request.headers["Content-Type"] = "application/json"
            request.body = body.bytes
        }
        change(&request)
        meter.count()
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
        case 400, 402...419:
            // A refusal that was cut on the way says nothing: whether to try again is not known from it.
            if !reply.body.isEmpty && body == nil { throw .garbled("a refusal in it is no JSON") }
            fallthrough
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
        var result = await newToken()
        isSigningIn = false
        // It was ended meanwhile.
        if let shut, shut.until == nil { result = .failure(shut.fault) }
        token = try? result.get()
        for each in waiting { each.resume(returning: result) }
        waiting = []
        return try result.get()
    }

    private func newToken() async -> Result<OrgToken, OrgFault> {
        if let shut {
            guard let until = shut.until, until <= now() else { return .failure(shut.fault) }
            self.shut = nil
        }
        do throws(OrgFault) {
            let reply = try await transport.send(grant.request(at: now()))
            let token = try await taken(reply)
            signInFault = nil
            return .success(token)
        } catch {
            signInFault = error
            return .failure(error)
        }
    }

    private func taken(_ reply: OrgReply) async throws(OrgFault) -> OrgToken {
        let token: OrgToken
        do throws(OrgFault) {
            token = try OrgToken(from: reply, login: grant.login)
        } catch {
            if case .needsConsent = error, shut == nil {
                shut = (error, refusedUntil(reply))
            }
            throw error
        }
        identity = token.identity ?? identity
        guard case .consent(var refresh) = grant, let new = token.refresh else { return token }
        refresh.token = new
        grant = .consent(refresh)
        do {
            try await keep(new)
        } catch {
            throw .unanswered("a new consent of it could not be kept (\(error))")
        }
        return token
    }

    /// A consent that is over comes back only as a new one. Everything else can be mended in the org.
    private func refusedUntil(_ reply: OrgReply) -> Date? {
        if case .consent = grant, OrgToken.isOver(reply) { return nil }
        return now().addingTimeInterval(Self.shutSeconds)
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
