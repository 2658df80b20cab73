import AgentDesk
import BuiltInCRM
import CallHandling
import CallerLookup
import Foundation
import Hummingbird
import Records
import Storage

/// People found by what an agent types, and what belongs to a person.
struct PeopleRoutes {
    let database: Database
    let organisation: Organisation
    let sources: [String: any RecordSource]
    let crm: BuiltInCRM
    let now: @Sendable () -> Date

    func add(to router: Router<DeskContext>) {
        router.get("api/v1/people", use: search)
        router.get("api/v1/people/:kind/:id/related", use: related)
    }

    private struct Found: Encodable {
        let people: [PersonView]
        let truncated: Bool
    }

    @Sendable func search(_ request: Request, context: DeskContext) async throws -> Reply {
        _ = try context.signedIn()
        let typed = request.query("search") ?? ""
        let directory = organisation.directory
        let found = try await database.read { store in
            let (people, isTruncated) = try directory.search(typed, in: store)
            return Found(people: people.map(PersonView.init), truncated: isTruncated)
        }
        return try .json(found)
    }

    @Sendable func related(_ request: Request, context: DeskContext) async throws -> Reply {
        let session = try context.signedIn()
        guard let kind = RecordID.Kind(rawValue: try context.parameter("kind")),
            RecordID.Kind.people.contains(kind)
        else { throw Problem.notFound }
        let id = RecordID(crm: BuiltInCRM.name, kind: kind, value: try context.parameter("id"))
        guard let source = sources[id.crm] else { throw Problem.notFound }
        let (known, available) = try await database.read { store in
            (try organisation.directory.person(id, in: store), try crm.scopes(of: id, in: store))
        }
        guard let known else { throw Problem.notFound }
        let asked = try scope(request.query("scope"), of: session)
        let scope = available.contains(asked) ? asked : .contact
        let records = try await source.related(
            to: known, scope: scope, agent: session.agent.id, now: now())
        return try .json(RelatedRecordsView(records, scope: scope, available: available))
    }

    private func scope(_ asked: String?, of session: Session) throws -> RelatedScope {
        guard let asked else { return session.agent.preferences.filter }
        guard let scope = RelatedScope(rawValue: asked) else {
            throw Problem.badRequest("A scope is account or contact.", field: "scope")
        }
        return scope
    }
}
