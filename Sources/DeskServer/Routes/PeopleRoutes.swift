import AgentDesk
import BuiltInCRM
import CRM
import CallHandling
import CallLogging
import CallerLookup
import Foundation
import Hummingbird
import Records
import Storage

/// People found by what an agent types, and what belongs to a person.
struct PeopleRoutes {
    let database: Database
    let organisation: Organisation
    let crm: BuiltInCRM
    let link: CRMLink?
    let now: @Sendable () -> Date

    /// People that are found at most, and those that are looked through where an agent may not see all of them.
    private static let most = 20
    private static let mostLooked = 100

    func add(to router: Router<DeskContext>) {
        router.get("api/v1/people", use: search)
        router.get("api/v1/people/:kind/:id/related", use: related)
    }

    private struct Found: Encodable {
        let people: [PersonView]
        let truncated: Bool
    }

    @Sendable func search(_ request: Request, context: DeskContext) async throws -> Reply {
        let agent = try context.signedIn().agent
        let typed = request.query("search") ?? ""
        let directory = organisation.directory
        let limit = link == nil ? Self.most : Self.mostLooked
        let (people, isTruncated) = try await database.read { store in
            try directory.search(typed, limit: limit, in: store)
        }
        let visible = await link?.sights.visible(people, by: agent.id)
        let seen =
            visible.map { visible in
                people.compactMap { Self.found($0, by: typed, in: directory, visible[$0.id]) }
            } ?? people
        return try .json(
            Found(
                people: seen.prefix(Self.most).map(PersonView.init),
                truncated: seen.count > Self.most || (isTruncated && seen.count == people.count)))
    }

    /// A person as the agent may see them; `nil` where what was typed is found in hidden fields alone.
    private static func found(
        _ person: Person, by typed: String, in directory: Directory, _ hidden: HiddenFields?
    ) -> Person? {
        guard let hidden else { return nil }
        let shown = person.without(hidden)
        let isWhole = hidden.isDisjoint(with: [.company, .numbers])
        return isWhole || directory.finds(shown, by: typed) ? shown : nil
    }

    @Sendable func related(_ request: Request, context: DeskContext) async throws -> Reply {
        let session = try context.signedIn()
        guard let kind = RecordID.Kind(rawValue: try context.parameter("kind")),
            RecordID.Kind.people.contains(kind)
        else { throw Problem.notFound }
        let name = request.query("crm") ?? link?.crm.crm ?? BuiltInCRM.name
        let id = RecordID(crm: name, kind: kind, value: try context.parameter("id"))
        guard let source = source(of: id) else { throw Problem.notFound }
        let (known, own) = try await database.read { store in
            (try organisation.directory.person(id, in: store), try crm.scopes(of: id, in: store))
        }
        guard let known, try await link?.lets(session.agent.id, see: known) ?? true else {
            throw Problem.notFound
        }
        let available = id.crm == BuiltInCRM.name ? own : RelatedScope.available(for: known)
        let asked = try scope(request.query("scope"), of: session)
        let scope = available.contains(asked) ? asked : .contact
        do {
            let records = try await source.related(
                to: known, scope: scope, agent: session.agent.id, now: now())
            return try .json(RelatedRecordsView(records, scope: scope, available: available))
        } catch let storage as StorageFailure {
            throw storage
        } catch  where id.crm != BuiltInCRM.name {
            throw Problem(
                status: .badGateway, title: "\(link?.crm.product ?? "The CRM") did not answer",
                detail: "\(error)")
        }
    }

    private func source(of id: RecordID) -> (any RecordSource)? {
        if id.crm == BuiltInCRM.name { return crm }
        return id.crm == link?.crm.crm ? link?.crm : nil
    }

    private func scope(_ asked: String?, of session: Session) throws -> RelatedScope {
        guard let asked else { return session.agent.preferences.filter }
        guard let scope = RelatedScope(rawValue: asked) else {
            throw Problem.badRequest("A scope is account or contact.", field: "scope")
        }
        return scope
    }
}

extension RelatedScope {
    /// Whose records can be listed for a person of a CRM that we connect to.
    static func available(for person: Person) -> [RelatedScope] {
        person.id.kind == .contact && person.account != nil ? [.account, .contact] : [.contact]
    }
}

extension CRMLink {
    /// Whether an agent may see a person; of another CRM, or none of ours, everybody may.
    ///
    /// - Throws: `Problem`, where the CRM cannot say.
    func lets(_ agent: String, see person: Person) async throws -> Bool {
        guard person.id.crm == crm.crm else { return true }
        guard await sights.visible([person], by: agent).isEmpty else { return true }
        if let fault = sights.fault(of: agent) {
            throw Problem(
                status: .badGateway, title: "\(crm.product) cannot say whom you may see",
                detail: fault)
        }
        return false
    }
}
