import CRM
import CallHandling
import Credentials
import Foundation
import HTTPTypes
import Hummingbird
import Logging

/// Consent from a panel inside a CRM's page: browsers keep the frame's session apart, so no tab has it.
///
/// The panel gets a ticket and opens a tab with it, in the part of an address that is sent to no server. The tab's page
/// names the agent for whom it asks, and only a click there uses the ticket up: a ticket that somebody else sent must not
/// connect this person's user of the CRM to that agent. From then on a cookie of the tab stands for the agent, for the way
/// back with the one `state` with which this browser was sent away.
extension CRMRoutes {
    /// The page that the tab opens.
    static let tabPath = "connect/crm/tab"

    func addTab(to router: Router<DeskContext>) {
        router.post("api/v1/crm/consent/tickets", use: giveTicket)
        router.post("api/v1/crm/consent/tickets/look", use: lookAtTicket)
        router.post("api/v1/crm/consent/tickets/use", use: useTicket)
        router.post("api/v1/crm/consent/tickets/refuse", use: refuseTicket)
    }

    private struct Ticket: Codable {
        let ticket: String
    }

    private struct TicketView: Encodable {
        /// The name of the agent for whom it is, as colleagues know it.
        let agent: String
        let crm: String
    }

    @Sendable func giveTicket(_ request: Request, context: DeskContext) async throws -> Reply {
        let agent = try context.signedIn().agent
        let link = try required()
        guard await link.crm.consent(of: agent.id) != .notNeeded else { throw Problem.notFound }
        let ticket = try await tokens.ticket(for: agent.id)
        context.logger.notice("A tab is opened for a consent.", metadata: ["agent": "\(agent.id)"])
        return try .json(Ticket(ticket: ticket.revealed()), status: .created)
    }

    @Sendable func lookAtTicket(_ request: Request, context: DeskContext) async throws -> Reply {
        let link = try required()
        let ticket = try await ticket(in: request)
        let agent = try await holder(try await tokens.agent(ofTicket: ticket), context)
        return try .json(TicketView(agent: agent.displayName, crm: link.crm.product))
    }

    private struct PageView: Encodable {
        let page: String
    }

    /// The agent says "that is me".
    @Sendable func useTicket(_ request: Request, context: DeskContext) async throws -> Reply {
        let link = try required()
        let ticket = try await ticket(in: request)
        _ = try await holder(try await tokens.agent(ofTicket: ticket), context)
        let agent = try await holder(try await tokens.redeem(ticket), context)
        let page = try await refusing {
            try await link.crm.consentPage(for: agent.id, redirect: redirect, now: now())
        }
        let query = URLComponents(url: page, resolvingAgainstBaseURL: false)?.queryItems
        guard let state = query?.first(where: { $0.name == "state" })?.value else {
            throw Problem.notFound
        }
        let token = try await tokens.flow(of: agent.id, state: state)
        var reply = try Reply.json(PageView(page: page.absoluteString))
        reply.headers[.setCookie] = FlowCookie.set(token)
        return reply
    }

    /// Somebody opened a tab that was opened for another.
    @Sendable func refuseTicket(_ request: Request, context: DeskContext) async throws -> Reply {
        _ = try required()
        if let agent = try await tokens.redeem(try await ticket(in: request)) {
            context.logger.warning(
                "A tab for a consent was opened by somebody else.", metadata: ["agent": "\(agent)"])
        }
        return .nothing
    }

    private func ticket(in request: Request) async throws -> Token {
        guard let ticket = Token(try await request.json(Ticket.self).ticket) else {
            throw Problem.tooLate
        }
        return ticket
    }

    /// The agent, who still is one; nobody else is signed in in this browser.
    private func holder(_ id: String?, _ context: DeskContext) async throws -> Agent {
        guard let id, let agent = flow.organisation.agent(id), !agent.isDisabled else {
            throw Problem.tooLate
        }
        if let other = context.session?.agent, other.id != agent.id {
            throw Problem(
                status: .conflict, title: "This was opened for somebody else",
                detail: """
                    This page is for \(agent.displayName), but \(other.displayName) is signed in to \
                    CallMatch in this browser. Nothing was connected; you can close this page.
                    """)
        }
        return agent
    }

    /// Whose consent the browser comes back with: who is signed in here, or who began it in this tab.
    func comesBack(_ request: Request, _ state: String?, _ context: DeskContext) async throws
        -> Agent?
    {
        if let agent = context.session?.agent { return agent }
        guard let token = FlowCookie.token(in: request), let state,
            let id = try await tokens.end(token, state: state),
            let agent = flow.organisation.agent(id), !agent.isDisabled
        else { return nil }
        return agent
    }
}

/// The cookie of a tab in which a consent is under way. It comes along when the CRM's page leads back to us.
enum FlowCookie {
    static let name = "__Host-c"

    static func token(in request: Request) -> Token? { request.cookie(name).flatMap { Token($0) } }

    static func set(_ token: Token) -> String {
        """
        \(name)=\(token.revealed()); Path=/; Max-Age=\(Int(Limits.consentFlowSeconds)); Secure; \
        HttpOnly; SameSite=Lax
        """
    }

    static let cleared = "\(name)=; Path=/; Max-Age=0; Secure; HttpOnly; SameSite=Lax"
}

extension Problem {
    fileprivate static let tooLate = Problem(
        status: .gone, title: "This page is used up or too old",
        detail: "It is good once, and for two minutes. Go back to the panel, and connect once more."
    )
}
