import AgentDesk
import BuiltInCRM
import CRM
import CallHandling
import CallLogging
import CallerLookup
import Calls
import Foundation
import Hummingbird
import PhoneNumbers
import PhoneSystem
import Records
import Storage

/// What an agent says about a call, and to the phone.
struct CallRoutes {
    let flow: CallFlow
    let painter: DeskPainter
    let crm: BuiltInCRM
    let link: CRMLink?
    let controls: CallControls
    let now: @Sendable () -> Date

    func add(to router: Router<DeskContext>) {
        let calls = router.group("api/v1/calls/:id")
        calls.get(use: show)
        for (path, command) in PhoneCommand.paths {
            calls.post(RouterPath(path)) { request, context in
                try await perform(command, request, context)
            }
        }
        calls.post("person", use: choose)
        calls.delete("person", use: unchoose)
        calls.post("related", use: relate)
        calls.delete("related", use: unrelate)
        calls.patch("log", use: edit)
        calls.post("done", use: done)
        calls.post("retry", use: retry)
        calls.post("number", use: addNumber)
        router.get("api/v1/recent", use: recent)
        router.post("api/v1/dial", use: dial)
    }

    private struct CallDetails: Encodable {
        let call: CallView
        let timeline: [TimelineEntry]
    }

    @Sendable func show(_ request: Request, context: DeskContext) async throws -> Reply {
        let (agent, id) = try subject(context)
        guard let view = try await painter.call(id, of: agent, now: now()) else {
            throw Problem.notFound
        }
        return try .json(CallDetails(call: view, timeline: painter.timeline(of: view.call)))
    }

    private struct TransferInput: Decodable { let to: String }

    private func perform(
        _ command: PhoneCommand, _ request: Request, _ context: DeskContext
    ) async throws -> Reply {
        let (agent, id) = try subject(context)
        var target: DialString?
        if command.needsTarget {
            let input = try await request.json(TransferInput.self)
            guard let digits = DialString(input.to) else { throw Problem.notDialable("to") }
            target = digits
        }
        guard let call = try await painter.call(id, of: agent, now: now())?.call else {
            throw Problem.notFound
        }
        guard let control = controls[call.id.system] else {
            throw ControlRefusal.notSupported("This phone system cannot be controlled from here.")
        }
        for own in agent.extensions {
            let abilities = await control.abilities(for: own, in: call)
            guard abilities.contains(command.ability) else { continue }
            try await control.perform(command.with(call.id, own, target))
            return .nothing
        }
        throw ControlRefusal.notNow("This is not possible with the call any more.")
    }

    private struct RefInput: Decodable {
        let kind: RecordID.Kind
        let id: String
        let crm: String?

        /// - Parameter home: the CRM that is meant where none is named.
        func recordID(home: String) -> RecordID {
            RecordID(crm: crm ?? home, kind: kind, value: id)
        }
    }

    private struct PersonInput: Decodable { let person: RefInput }

    @Sendable func choose(_ request: Request, context: DeskContext) async throws -> Reply {
        let (agent, id) = try subject(context)
        let person = try await person(in: request)
        let directory = flow.organisation.directory
        let known = try await flow.database.read { try directory.person(person, in: $0) }
        if let link, let known, try await !link.lets(agent.id, see: known) {
            throw Problem.invalid(
                "person", "This person is not in the CRM any more. Search again.")
        }
        try await flow.choose(person, for: id, by: agent)
        return .nothing
    }

    private var home: String { link?.crm.crm ?? BuiltInCRM.name }

    private func person(in request: Request) async throws -> RecordID {
        let person = try await request.json(PersonInput.self).person.recordID(home: home)
        guard RecordID.Kind.people.contains(person.kind) else {
            throw Problem.invalid("person", "A person is a contact, a lead or an account.")
        }
        return person
    }

    @Sendable func unchoose(_ request: Request, context: DeskContext) async throws -> Reply {
        let (agent, id) = try subject(context)
        try await flow.unchoose(id, by: agent)
        return .nothing
    }

    private struct RelatedInput: Decodable { let record: RefInput }

    @Sendable func relate(_ request: Request, context: DeskContext) async throws -> Reply {
        let (agent, id) = try subject(context)
        let record = try await request.json(RelatedInput.self).record.recordID(home: home)
        guard try await painter.call(id, of: agent, now: now()) != nil else {
            throw Problem.notFound
        }
        guard [.opportunity, .case, .account].contains(record.kind),
            let known = try await matter(record, agent: agent)
        else { throw Problem.invalid("record", "This record is not in the CRM any more.") }
        try await flow.relate(known, to: id, by: agent)
        return .nothing
    }

    /// What a call is to be filed under; `nil` where it is not there, or not for this agent.
    private func matter(_ record: RecordID, agent: Agent) async throws -> RelatedRecord? {
        if let link, record.crm == link.crm.crm {
            do {
                return try await link.crm.matter(record, agent: agent.id, now: now())
            } catch {
                throw Problem(
                    status: .badGateway, title: "\(link.crm.product) did not answer",
                    detail: "\(error)")
            }
        }
        let stored = try await flow.database.read { try crm.record(record, in: $0) }
        return stored.map {
            RelatedRecord(id: record, name: $0.name, url: BuiltInCRM.url(of: record))
        }
    }

    @Sendable func unrelate(_ request: Request, context: DeskContext) async throws -> Reply {
        let (agent, id) = try subject(context)
        try await flow.relate(nil, to: id, by: agent)
        return .nothing
    }

    @Sendable func edit(_ request: Request, context: DeskContext) async throws -> Reply {
        let (agent, id) = try subject(context)
        let input = try await request.json(LogInput.self)
        let edit = try input.edit(dispositions: flow.organisation.settings.policy.dispositions)
        do {
            let version = try await flow.edit(edit, version: input.version, of: id, by: agent)
            return try .json(["version": version])
        } catch let refusal as CommandRefusal {
            guard case .logConflict = refusal else { throw refusal }
            var problem = Problem(refusal)
            problem.current = try await painter.call(id, of: agent, now: now())?.log
                .map(JSON.encoder.encode)
            throw problem
        }
    }

    @Sendable func done(_ request: Request, context: DeskContext) async throws -> Reply {
        let (agent, id) = try subject(context)
        try await flow.done(id, by: agent)
        return .nothing
    }

    @Sendable func retry(_ request: Request, context: DeskContext) async throws -> Reply {
        let (agent, id) = try subject(context)
        try await flow.retry(id, by: agent)
        return .nothing
    }

    /// Adds the caller's number to a person that was found by name, and matches the call with it.
    @Sendable func addNumber(_ request: Request, context: DeskContext) async throws -> Reply {
        let (agent, id) = try subject(context)
        let person = try await person(in: request)
        guard let call = try await painter.call(id, of: agent, now: now())?.call else {
            throw Problem.notFound
        }
        guard let number = call.customer?.number, number.isLookedUp else {
            throw Problem.invalid("person", "This call has no number that can be kept.")
        }
        let now = now()
        try await flow.database.write { store in
            guard try crm.record(person, in: store) != nil else {
                throw Problem.invalid("person", "This person is not in the CRM any more.")
            }
            try crm.addNumber(
                number.e164 ?? number.presented, to: person, now: now, in: store)
            try flow.rematch(id, created: person, by: agent, now: now, in: store)
        }
        return .nothing
    }

    @Sendable func recent(_ request: Request, context: DeskContext) async throws -> Reply {
        let session = try context.signedIn()
        var query = RecentQuery(
            search: request.query("search") ?? "", before: request.query("before"))
        if let filter = request.query("filter") {
            guard let known = RecentQuery.Filter(rawValue: filter) else {
                throw Problem.badRequest("A filter is all, missed or not-logged.", field: "filter")
            }
            query.filter = known
        }
        query.limit = try request.limit(atMost: RecentQuery.most) ?? query.limit
        return try .json(try await painter.recent(of: session.agent.id, query))
    }

    private struct DialInput: Decodable { let number: String }

    @Sendable func dial(_ request: Request, context: DeskContext) async throws -> Reply {
        let agent = try context.signedIn().agent
        let input = try await request.json(DialInput.self)
        let number = PhoneNumber(input.number, plan: flow.organisation.settings.plan)
        guard let digits = DialString(number.e164 ?? input.number) else {
            throw Problem.notDialable("number")
        }
        guard let phone = await controls.dialler(of: agent.extensions) else {
            throw ControlRefusal.notSupported("You have no phone that can dial from here.")
        }
        try await phone.control.perform(.dial(from: phone.extension, to: digits))
        return Reply(status: .accepted)
    }

    private func subject(_ context: DeskContext) throws -> (Agent, String) {
        (try context.signedIn().agent, try context.parameter("id"))
    }
}

/// The buttons of a live call.
enum PhoneCommand: Sendable {
    case answer, decline, hangUp, hold, retrieve, transfer, consult, completeTransfer,
        cancelTransfer

    static let paths: [(String, PhoneCommand)] = [
        ("answer", .answer), ("decline", .decline), ("hang-up", .hangUp), ("hold", .hold),
        ("retrieve", .retrieve), ("transfer", .transfer), ("consult", .consult),
        ("complete-transfer", .completeTransfer), ("cancel-transfer", .cancelTransfer),
    ]

    var needsTarget: Bool { self == .transfer || self == .consult }

    var ability: CallAbility {
        switch self {
        case .answer: .answer
        case .decline: .decline
        case .hangUp: .hangUp
        case .hold: .hold
        case .retrieve: .retrieve
        case .transfer: .transfer
        case .consult: .consult
        case .completeTransfer: .completeTransfer
        case .cancelTransfer: .cancelTransfer
        }
    }

    func with(_ call: Call.ID, _ own: String, _ target: DialString?) throws -> CallCommand {
        switch self {
        case .answer: .answer(call, extension: own)
        case .decline: .decline(call, extension: own)
        case .hangUp: .hangUp(call, extension: own)
        case .hold: .hold(call, extension: own)
        case .retrieve: .retrieve(call, extension: own)
        case .transfer: .transfer(call, extension: own, to: try required(target))
        case .consult: .consult(call, extension: own, to: try required(target))
        case .completeTransfer: .completeTransfer(call, extension: own)
        case .cancelTransfer: .cancelTransfer(call, extension: own)
        }
    }
}

private func required(_ target: DialString?) throws -> DialString {
    guard let target else { throw Problem.notDialable("to") }
    return target
}

extension Problem {
    static func notDialable(_ field: String) -> Problem {
        .invalid(field, "This is no number that can be dialled. Use digits, with or without +.")
    }
}
