import AgentDesk
import CRM
import CallHandling
import CallerLookup
import Calls
import Foundation
import HTTPTypes
import Hummingbird
import PhoneNumbers
import Records
import Storage

/// An agent's own consent to a CRM, and the way to its pages.
struct CRMRoutes {
    let link: CRMLink?
    let flow: CallFlow
    let painter: DeskPainter
    let tokens: ConsentTokens
    /// The address under which people open the panel.
    let address: String
    let now: @Sendable () -> Date

    /// Of the address that a browser comes back with.
    private static let mostParameters = 20
    private static let longestParameter = 2000

    func add(to router: Router<DeskContext>) {
        router.get("connect/crm", use: begin)
        router.get("connect/crm/callback", use: comeBack)
        router.get("connect/new/:kind", use: newRecord)
        router.delete("api/v1/crm/consent", use: withdraw)
        router.post("api/v1/calls/:id/look-again", use: lookAgain)
        addTab(to: router)
    }

    var redirect: URL {
        get throws {
            guard let url = URL(string: address + CRMLink.consentReturnPath) else {
                throw Problem.notFound
            }
            return url
        }
    }

    func required() throws -> CRMLink {
        guard let link else { throw Problem.notFound }
        return link
    }

    /// Sends the agent's browser to the CRM.
    @Sendable func begin(_ request: Request, context: DeskContext) async throws -> Response {
        let agent = try context.signedIn().agent
        let link = try required()
        let page = try await refusing {
            try await link.crm.consentPage(for: agent.id, redirect: redirect, now: now())
        }
        return Response(status: .seeOther, headers: [.location: page.absoluteString])
    }

    /// The browser is back, with a code or a refusal.
    @Sendable func comeBack(_ request: Request, context: DeskContext) async throws -> Response {
        let link = try required()
        let name = link.crm.product
        let query = Dictionary(
            request.uri.queryParameters.prefix(Self.mostParameters).map {
                (String($0.key), String($0.value.prefix(Self.longestParameter)))
            },
            uniquingKeysWith: { first, _ in first })
        guard let agent = try await comesBack(request, query["state"], context) else {
            return Pages.text(
                status: .unauthorized, title: "\(name) is not connected",
                body: """
                    Your browser blocks cookies for this address, or you are not signed in. CallMatch needs \
                    a cookie to recognise you when the CRM sends you back. Go back to the panel, and \
                    connect \(name) once more.
                    """)
        }
        // A tab that was opened for the consent has no panel of its own to go back to.
        let next = context.session.map { _ in (path: "/", text: "Back to the panel") }
        var page: Response
        do {
            try await link.crm.takeConsent(query, of: agent.id, now: now())
            link.sights.forget(agent.id)
            page = Pages.text(
                status: .ok, title: "\(name) is connected",
                body: """
                    CallMatch now works in \(name) on behalf of \(agent.displayName). You can close this \
                    page: the panel knows it already.
                    """, next: next)
        } catch let storage as StorageFailure {
            throw storage
        } catch {
            page = Pages.text(
                status: .badRequest, title: "\(name) is not connected", body: "\(error)", next: next
            )
        }
        page.headers[.setCookie] = FlowCookie.cleared
        return page
    }

    @Sendable func withdraw(_ request: Request, context: DeskContext) async throws -> Reply {
        let agent = try context.signedIn().agent
        let link = try required()
        // Forgotten here whatever the CRM says.
        defer { link.sights.forget(agent.id) }
        try await refusing { try await link.crm.withdrawConsent(of: agent.id) }
        return .nothing
    }

    /// The CRM's page for a new contact or lead, with what a call tells of the caller.
    @Sendable func newRecord(_ request: Request, context: DeskContext) async throws -> Response {
        let agent = try context.signedIn().agent
        let link = try required()
        guard let kind = RecordID.Kind(rawValue: try context.parameter("kind")),
            [.contact, .lead].contains(kind)
        else { throw Problem.notFound }
        var phone = request.query("phone").flatMap { $0.isEmpty ? nil : $0 }
        var name: String?
        if let id = request.query("call"),
            let call = try await painter.call(id, of: agent, now: now())?.call
        {
            phone = phone ?? call.customer.flatMap { $0.number.e164 ?? nil }
            name = call.direction == .outbound ? nil : call.customer?.name
        }
        let page = link.crm.newRecordPage(kind, phone: phone, name: name)
        return Response(status: .seeOther, headers: [.location: page])
    }

    /// The agent comes back from the CRM's page: perhaps the caller is known there now.
    @Sendable func lookAgain(_ request: Request, context: DeskContext) async throws -> Reply {
        let agent = try context.signedIn().agent
        let id = try context.parameter("id")
        guard try await painter.call(id, of: agent, now: now()) != nil else {
            throw Problem.notFound
        }
        guard let link else { return .nothing }
        try await refusing { try await link.live.look(for: id, again: true) }
        return .nothing
    }

    /// What a CRM refuses is told in its own words.
    func refusing<Value>(_ body: () async throws -> Value) async throws -> Value {
        do {
            return try await body()
        } catch let problem as Problem {
            throw problem
        } catch let storage as StorageFailure {
            throw storage
        } catch {
            throw Problem(
                status: .badGateway, title: "\(link?.crm.product ?? "The CRM") did not do it",
                detail: "\(error)")
        }
    }
}
