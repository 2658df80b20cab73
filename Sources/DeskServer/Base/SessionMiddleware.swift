import Credentials
import Foundation
import HTTPTypes
import Hummingbird

/// Finds out who is signed in: from the panel's cookie, or for clients without cookies from
/// `Authorization: Bearer`.
struct SessionMiddleware: RouterMiddleware {
    typealias Context = DeskContext

    let sessions: Sessions

    func handle(
        _ request: Request, context: Context,
        next: (Request, Context) async throws -> Response
    ) async throws -> Response {
        var context = context
        if let token = Self.token(in: request) {
            context.session = try await sessions.session(token)
        }
        return try await next(request, context)
    }

    private static func token(in request: Request) -> Token? {
        if let header = request.headers[.authorization] {
            let parts = header.split(separator: " ", maxSplits: 1)
            guard parts.count == 2, parts[0].lowercased() == "bearer" else { return nil }
            return Token(parts[1])
        }
        return SessionCookie.token(in: request)
    }
}

/// The cookie of a session. It is partitioned, so that it also works inside a CRM's page, and is never sent
/// to another site's requests.
enum SessionCookie {
    static let name = "__Host-s"

    static func token(in request: Request) -> Token? { request.cookie(name).flatMap { Token($0) } }

    static func set(_ token: Token) -> String {
        """
        \(name)=\(token.revealed()); Path=/; Max-Age=\(Int(Limits.sessionSeconds)); Secure; \
        HttpOnly; SameSite=None; Partitioned
        """
    }

    static let cleared =
        "\(name)=; Path=/; Max-Age=0; Secure; HttpOnly; SameSite=None; Partitioned"
}

extension Request {
    /// What the browser keeps under a name for this server.
    func cookie(_ name: String) -> String? {
        for header in headers[values: .cookie] {
            for pair in header.split(separator: ";") {
                let parts = pair.split(separator: "=", maxSplits: 1)
                guard parts.count == 2,
                    parts[0].trimmingCharacters(in: .whitespaces) == name
                else { continue }
                return parts[1].trimmingCharacters(in: .whitespaces)
            }
        }
        return nil
    }
}

/// Counts failed sign-ins, so that guessing is slow: by name and by address.
actor SignInGuard {
    private var failures: [String: [Date]] = [:]

    /// Names that are remembered at most; the oldest make room.
    private static let mostNames = 10_000

    /// Seconds to wait before the next try; `nil` when it may go on.
    func wait(name: String, peer: String, now: Date) -> Int? {
        let byName = recent("name:\(name)", now: now)
        let byPeer = recent("peer:\(peer)", now: now)
        guard byName.count >= Limits.signInsOfName || byPeer.count >= Limits.signInsOfPeer else {
            return nil
        }
        let oldest = [byName.first, byPeer.first].compactMap { $0 }.min() ?? now
        return max(1, Int(Limits.signInWindow - now.timeIntervalSince(oldest)))
    }

    func failed(name: String, peer: String, now: Date) {
        if failures.count > Self.mostNames { failures.removeAll() }
        for key in ["name:\(name)", "peer:\(peer)"] {
            failures[key] = recent(key, now: now) + [now]
        }
    }

    func succeeded(name: String) {
        failures["name:\(name)"] = nil
    }

    private func recent(_ key: String, now: Date) -> [Date] {
        (failures[key] ?? []).filter { now.timeIntervalSince($0) < Limits.signInWindow }
    }
}
