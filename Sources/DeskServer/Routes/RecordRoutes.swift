import AgentDesk
import BuiltInCRM
import CallHandling
import Calls
import Foundation
import Hummingbird
import PhoneNumbers
import Records
import Storage

/// The pages of the built-in CRM: lists, records, forms.
struct RecordRoutes {
    let crm: BuiltInCRM
    let flow: CallFlow
    let painter: DeskPainter
    let now: @Sendable () -> Date

    func add(to router: Router<DeskContext>) {
        router.get("api/v1/records/:kind", use: list)
        router.post("api/v1/records/:kind", use: create)
        router.get("api/v1/records/:kind/new", use: newForm)
        router.get("api/v1/records/:kind/:id", use: show)
        router.patch("api/v1/records/:kind/:id", use: edit)
    }

    @Sendable func list(_ request: Request, context: DeskContext) async throws -> Reply {
        _ = try context.signedIn()
        let kind = try kind(context)
        guard kind != .activity else { throw Problem.notFound }
        let search = request.query("search") ?? ""
        let before = request.query("before")
        let limit = try request.limit(atMost: RecordList.longestLimit) ?? RecordList.usualLimit
        let page = try await crm.database.read { store in
            try crm.list(kind, search: search, before: before, limit: limit, in: store)
        }
        return try .json(RecordListView(page))
    }

    @Sendable func show(_ request: Request, context: DeskContext) async throws -> Reply {
        _ = try context.signedIn()
        let id = try recordID(context)
        if id.kind == .activity {
            let page = try await crm.database.read { try crm.activityPage(of: id, in: $0) }
            guard let page else { throw Problem.notFound }
            return try .json(ActivityPageView(page))
        }
        let page = try await crm.database.read { try crm.page(of: id, in: $0) }
        guard let page else { throw Problem.notFound }
        return try .json(RecordPageView(page))
    }

    private struct FormView: Encodable { let fields: [FormField] }

    /// An empty form, filled with what a call tells: its number and the name that came with it.
    @Sendable func newForm(_ request: Request, context: DeskContext) async throws -> Reply {
        let agent = try context.signedIn().agent
        let kind = try kind(context)
        guard kind != .activity else { throw Problem.notFound }
        var phone = request.query("phone")
        var name: String?
        if let id = request.query("call"),
            let call = try await painter.call(id, of: agent, now: now())?.call
        {
            phone = phone ?? call.customer.flatMap { $0.number.e164 ?? nil }
            name = call.customer?.name
        }
        let fields = crm.newForm(
            kind, phone: phone, presentedName: name, owner: agent.displayName)
        return try .json(FormView(fields: fields))
    }

    private struct NewRecord: Decodable {
        let fields: [String: String]
        let call: String?
    }

    private struct Created: Encodable {
        let ref: RefView
        let url: String
    }

    /// With a call, the call shows the new person in the same commit.
    @Sendable func create(_ request: Request, context: DeskContext) async throws -> Reply {
        let agent = try context.signedIn().agent
        let kind = try kind(context)
        let input = try await request.json(NewRecord.self)
        let now = now()
        let id = try await refusing {
            try await crm.database.write { store in
                let id = try crm.create(kind, fields: input.fields, now: now, in: store)
                if let call = input.call, RecordID.Kind.people.contains(kind) {
                    try flow.rematch(call, created: id, by: agent, now: now, in: store)
                }
                return id
            }
        }
        return try .json(
            Created(ref: RefView(id), url: BuiltInCRM.url(of: id)), status: .created)
    }

    private struct RecordEdit: Decodable {
        let version: Int
        let fields: [String: String]
    }

    @Sendable func edit(_ request: Request, context: DeskContext) async throws -> Reply {
        _ = try context.signedIn()
        let id = try recordID(context)
        guard id.kind != .activity else { throw Problem.notFound }
        let input = try await request.json(RecordEdit.self)
        let now = now()
        let version = try await refusing {
            try await crm.database.write { store in
                try crm.edit(
                    id, version: input.version, fields: input.fields, now: now, in: store)
            }
        }
        return try .json(["version": version])
    }

    private func kind(_ context: DeskContext) throws -> RecordID.Kind {
        guard let kind = RecordID.Kind(plural: try context.parameter("kind")) else {
            throw Problem.notFound
        }
        return kind
    }

    private func recordID(_ context: DeskContext) throws -> RecordID {
        RecordID(
            crm: BuiltInCRM.name, kind: try kind(context), value: try context.parameter("id"))
    }

    private func refusing<Value>(_ body: () async throws -> Value) async throws -> Value {
        do {
            return try await body()
        } catch let refusal as RecordRefusal {
            throw Problem(refusal)
        }
    }
}

extension Problem {
    init(_ refusal: RecordRefusal) {
        switch refusal {
        case .invalid, .unknownField:
            self = .invalid(refusal.field ?? "", refusal.description)
        case .notThere: self = .notFound
        case .changed, .notEditable:
            self.init(
                status: .conflict, title: "Not saved", detail: refusal.description)
        }
    }
}
