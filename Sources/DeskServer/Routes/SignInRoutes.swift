import AgentDesk
import CallHandling
import Credentials
import Foundation
import HTTPTypes
import Hummingbird
import PhoneNumbers

/// Sign-in with a password or a single-use link, and sign-out.
struct SignInRoutes {
    let sessions: Sessions
    let organisation: Organisation
    let passwords: PasswordVerifier
    let feed: DeskFeed
    let threads: ThreadReserve
    let attempts = SignInGuard()
    let now: @Sendable () -> Date

    func add(to router: Router<DeskContext>) {
        router.get("sign-in/link/:token", use: followLink)
        router.head("sign-in/link/:token") { _, _ in Response(status: .ok) }
        router.post("api/v1/session", use: signIn)
        router.get("api/v1/session", use: show)
        router.delete("api/v1/session", use: signOut)
        router.post("api/v1/session/password", use: setPassword)
    }

    /// A link is used up by this; a page that only looks (HEAD) uses nothing up.
    @Sendable func followLink(_ request: Request, context: DeskContext) async throws -> Response {
        let token = try context.parameter("token")
        if threads.problem != nil {
            var page = Pages.text(
                status: .serviceUnavailable, title: ThreadReserve.refusal,
                body: "Your link stays good. Open it again in a minute.", next: nil)
            page.headers[.retryAfter] = "\(ThreadReserve.retryAfter)"
            return page
        }
        guard let token = Token(token), let agent = try await sessions.redeem(token) else {
            return Pages.text(
                status: .gone, title: "This sign-in link is used up or too old",
                body: "A link works once, within 10 minutes. Ask your administrator for a new one.")
        }
        let session = try await sessions.begin(agent: agent)
        return Response(
            status: .seeOther,
            headers: [.location: "/", .setCookie: SessionCookie.set(session)])
    }

    /// A name with its password, or a single-use link that was copied instead of being opened.
    private struct Credentials: Decodable {
        enum Proof {
            case password(name: String, String)
            case link(String)
        }

        let proof: Proof
        let token: Bool?

        enum CodingKeys: CodingKey { case name, password, link, token }

        init(from decoder: any Decoder) throws {
            let fields = try decoder.container(keyedBy: CodingKeys.self)
            token = try fields.decodeIfPresent(Bool.self, forKey: .token)
            proof =
                if fields.contains(.link) {
                    .link(try fields.decode(String.self, forKey: .link))
                } else {
                    .password(
                        name: try fields.decode(String.self, forKey: .name),
                        try fields.decode(String.self, forKey: .password))
                }
        }
    }

    @Sendable func signIn(_ request: Request, context: DeskContext) async throws -> Reply {
        try threads.admit()
        let input = try await request.json(Credentials.self)
        switch input.proof {
        case .link(let link): return try await signIn(link: link, withToken: input.token == true)
        case .password(let name, let password):
            let agent = try await agent(name: name, password: password, peer: context.peer)
            let token = try await sessions.begin(agent: agent.id)
            if input.token == true { return try .json(["token": token.revealed()]) }
            var reply = Reply.nothing
            reply.headers[.setCookie] = SessionCookie.set(token)
            return reply
        }
    }

    /// A link is good once, so who does not know whether the browser keeps the cookie gets the token as well.
    private func signIn(link: String, withToken: Bool) async throws -> Reply {
        guard let link = Token(link), let agent = try await sessions.redeem(link) else {
            throw Problem(
                status: .unauthorized, title: "This sign-in link is used up or too old",
                detail:
                    "A link works once, within 10 minutes. Ask your administrator for a new one.")
        }
        let token = try await sessions.begin(agent: agent)
        var reply = withToken ? try Reply.json(["token": token.revealed()]) : .nothing
        reply.headers[.setCookie] = SessionCookie.set(token)
        return reply
    }

    private func agent(name: String, password: String, peer: String) async throws -> Agent {
        let name = String(name.prefix(64))
        if let seconds = await attempts.wait(name: name, peer: peer, now: now()) {
            throw Problem(
                status: .tooManyRequests, title: "Too many failed sign-ins",
                detail: "Wait \(seconds) seconds, or use a sign-in link.", retryAfter: seconds)
        }
        let hash = try await sessions.passwordHash(of: name)
        let isRight: Bool
        do {
            isRight = try await passwords.verify(password, against: hash)
        } catch {
            throw Problem(
                status: .tooManyRequests, title: "Too many sign-ins at once",
                detail: "Try again in a moment.", retryAfter: error.retryAfter)
        }
        guard isRight, let agent = organisation.agent(name), !agent.isDisabled else {
            await attempts.failed(name: name, peer: peer, now: now())
            throw Problem(
                status: .unauthorized, title: "Name or password is wrong",
                detail: "Check both, or ask your administrator for a sign-in link.")
        }
        await attempts.succeeded(name: name)
        return agent
    }

    private struct SessionView: Encodable {
        struct Organisation: Encodable {
            let name: String
            let country: String
            let sample: Bool
        }

        let agent: AgentView
        let organisation: Organisation
    }

    @Sendable func show(_ request: Request, context: DeskContext) async throws -> Reply {
        let session = try context.signedIn()
        let settings = organisation.settings
        return try .json(
            SessionView(
                agent: AgentView(session.agent),
                organisation: .init(
                    name: settings.name, country: settings.plan.country,
                    sample: settings.isSample)))
    }

    @Sendable func signOut(_ request: Request, context: DeskContext) async throws -> Reply {
        let session = try context.signedIn()
        try await sessions.end(session)
        feed.closeAll(agent: session.agent.id)
        var reply = Reply.nothing
        reply.headers[.setCookie] = SessionCookie.cleared
        reply.headers[.clearSiteData] = "\"cache\", \"cookies\", \"storage\""
        return reply
    }

    private struct PasswordChange: Decodable {
        let current: String?
        let new: String
    }

    /// A first password needs none before it: the agent came with a link.
    @Sendable func setPassword(_ request: Request, context: DeskContext) async throws -> Reply {
        let session = try context.signedIn()
        let input = try await request.json(PasswordChange.self)
        let password: Password
        do {
            password = try Password(input.new)
        } catch {
            throw Problem.invalid("new", "A password has 8 to 256 characters.")
        }
        do {
            if let known = try await sessions.passwordHash(of: session.agent.id),
                try await !passwords.verify(input.current ?? "", against: known)
            {
                throw Problem.invalid("current", "This is not your current password.")
            }
            let hash = try await passwords.hash(password)
            try await sessions.setPassword(hash, of: session.agent.id, keeping: session.id)
        } catch let busy as NoRoomToHash {
            throw Problem(
                status: .tooManyRequests, title: "Busy", detail: "Try again in a moment.",
                retryAfter: busy.retryAfter)
        }
        return .nothing
    }
}
