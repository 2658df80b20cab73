package import CRM
import CallerLookup
package import Foundation
package import Records

/// What an agent may see of the org, asked of the org when it is shown.
///
/// With the agent's own token the org itself decides. Where the integration user asks for an agent, what the agent may
/// not read is left out by `UserRecordAccess`. An agent without a user sees nothing, and costs no request.
///
/// What a call costs: `sight` of one person with an own token is one request, in which the related records come along,
/// so that `related` right after it costs none. Descriptions of objects are asked for in the same request when those we
/// have are older than five minutes. The first call after a start costs one more, the integration user's descriptions;
/// so does a first guess at an agent's fields that was wrong. For the integration user `related` is two requests: the
/// records, and who may read them.
///
/// Nothing here outlives the process. All times are the caller's.
package actor OrgRecords {
    /// Whose eyes something is seen with.
    enum Eyes: Hashable {
        case robot
        case agent(String)
    }

    /// By which way an agent's questions go.
    enum Way {
        case own(OrgConnection)
        case through(user: OrgID)
        case none
    }

    struct Question: Hashable {
        let agent: String
        /// The user that the integration user asks for; `nil` for the agent's own token.
        let user: OrgID?
        let person: RecordID
        let scope: RelatedScope
    }

    struct Answer {
        let related: RelatedRecords
        /// It came along with the sight of the person, and nobody has asked for it yet.
        let isAhead: Bool
    }

    struct Described: Hashable {
        let eyes: Eyes
        let object: OrgName
    }

    struct Access: Hashable {
        let user: OrgID
        let record: OrgID
    }

    /// Rights and fields that were asked for are believed so long.
    static let rightsSeconds: Double = 300
    /// The integration user's own fields.
    static let robotSeconds: Double = 3600
    static let aheadSeconds: Double = 30
    static let staleSeconds: Double = 900

    let robot: OrgConnection
    let settings: SalesforceSettings
    private let agents: any OrgAgents
    /// `nil` in it: this user has no such object. Kept for long, as a guess; believed for five minutes.
    var described = Kept<Described, OrgDescribe?>(most: 5000, seconds: 86_400)
    var access = Kept<Access, Bool>(most: 20_000, seconds: rightsSeconds)
    var answers = Kept<Question, Answer>(most: 1000, seconds: staleSeconds)

    package init(
        _ robot: OrgConnection, agents: any OrgAgents, settings: SalesforceSettings
    ) {
        self.robot = robot
        self.agents = agents
        self.settings = settings
    }

    /// Forgets what was kept for an agent: the agent has another user now, or none.
    package func forget(_ agent: String) {
        answers.forget { $0.agent == agent }
        described.forget { $0.eyes == .agent(agent) }
    }

    func way(of agent: String) async -> Way {
        if let own = await agents.connection(of: agent) { return .own(own) }
        if let user = await agents.user(of: agent) { return .through(user: user) }
        return .none
    }
}

// MARK: - What an agent may see of people

extension OrgRecords {
    /// What an agent may see of these people now. Who is not in the answer is hidden.
    ///
    /// - Parameter people: at most `Sight.mostAtOnce`; those of another CRM and what is no id are hidden.
    /// - Throws: where the org did not say so within `SalesforceSettings.patience`.
    package func sight(
        of people: [RecordID], by agent: String, now: Date
    ) async throws(OrgFault) -> [RecordID: Sight] {
        let asked = people.prefix(Sight.mostAtOnce).filter {
            RecordID.Kind.people.contains($0.kind) && settings.id(of: $0) != nil
        }
        guard !asked.isEmpty else { return [:] }
        switch await way(of: agent) {
        case .none: return [:]
        case .through(let user):
            let ids = asked.compactMap(settings.id(of:))
            let readable = try await patiently { records throws(OrgFault) in
                try await records.readable(ids, by: user, now: now)
            }
            let hidden = HiddenFields([.title, .email, .owner]).subtracting(settings.shownFields)
            return asked.reduce(into: [:]) { sights, person in
                let isSeen = settings.id(of: person).map(readable.contains) ?? false
                sights[person] = isSeen ? .visible(without: hidden) : .hidden
            }
        case .own(let connection):
            return try await patiently { [asked] records throws(OrgFault) in
                if let (only, account) = Self.oneCaller(asked) {
                    return try await records.look(at: only, account, agent, connection, now: now)
                }
                return try await records.look(at: asked, agent, connection, now: now)
            }
        }
    }

    func patiently<Result: Sendable>(
        _ work: @escaping @Sendable (OrgRecords) async throws(OrgFault) -> Result
    ) async throws(OrgFault) -> Result {
        try await OrgPatience.within(settings.patience) { () throws(OrgFault) in
            try await work(self)
        }
    }

    /// The one person who is asked about, and the person's account where it is asked about, too.
    private static func oneCaller(_ asked: [RecordID]) -> (RecordID, account: RecordID?)? {
        guard let first = asked.first else { return nil }
        guard asked.count > 1 else { return (first, nil) }
        let people = asked.filter { $0.kind != .account }
        guard let only = people.first, asked.count == 2, people.count == 1 else { return nil }
        return (only, asked.first { $0.kind == .account })
    }

    /// One person, and what belongs to the person.
    ///
    /// - Parameter account: the person's, which is asked about in the same request.
    private func look(
        at person: RecordID, _ account: RecordID?, _ agent: String, _ connection: OrgConnection,
        now: Date
    ) async throws(OrgFault) -> [RecordID: Sight] {
        guard let id = settings.id(of: person) else { return [:] }
        let object = RecordKinds.object(of: person.kind)
        let objects = [object] + RelatedQueries.objects
        let (parts, seen) = try await ask(
            connection, .agent(agent), objects, now: now
        ) { seen in
            var composite = OrgComposite()
            composite.add("who", get: "sobjects/\(object)/\(id)")
            if let account = account.flatMap(self.settings.id(of:)) {
                composite.add("account", get: "sobjects/Account/\(account)")
            }
            composite.add(
                RelatedQueries(seen, of: Self.subject(ahead: person, id, seen), now: now).composite)
            return composite
        }
        var sights: [RecordID: Sight] = [person: .hidden]
        if let account {
            let isSeen = if case .answered? = parts["account"] { true } else { false }
            sights[account] = isSeen ? .visible(without: []) : .hidden
        }
        switch parts["who"] {
        case .refused(let refusal) where refusal.isNotThere: return sights
        case .refused(let refusal): throw .refused(refusal)
        case nil: throw .garbled("the record itself is missing in it")
        case .answered(let who):
            guard who["Id"]?.text.flatMap(OrgID.init) == id, let own = seen[object] else {
                return sights
            }
            let subject = Self.subject(ahead: person, id, seen)
            let needsAccount = subject == .account(RelatedQueries.accountOfWho, person: id)
            if !needsAccount || who["AccountId"]?.text.flatMap(OrgID.init) != nil {
                let rows = RelatedRows(settings: settings, contact: nil)
                answers.keep(
                    Answer(related: rows.records(parts), isAhead: true),
                    for: Question(agent: agent, user: nil, person: person, scope: .account),
                    now: now)
            }
            sights[person] = .visible(without: hidden(own, now: now))
            return sights
        }
    }

    /// Before the account is known, which is an earlier part's to say.
    private static func subject(
        ahead person: RecordID, _ id: OrgID, _ seen: [OrgName: OrgDescribe]
    ) -> RelatedQueries.Subject {
        switch person.kind {
        case .account: .account(id.description, person: nil)
        case .lead: .lead(id)
        case .contact, .opportunity, .case, .activity:
            seen[.contact]?.has(.accountID) == true
                ? .account(RelatedQueries.accountOfWho, person: id) : .contact(id)
        }
    }

    /// Several people: those that come back are seen.
    private func look(
        at people: [RecordID], _ agent: String, _ connection: OrgConnection, now: Date
    ) async throws(OrgFault) -> [RecordID: Sight] {
        let byObject = Dictionary(grouping: people) { RecordKinds.object(of: $0.kind) }
        let objects = byObject.keys.sorted()
        let (parts, seen) = try await ask(connection, .agent(agent), objects, now: now) { _ in
            objects.reduce(into: OrgComposite()) { composite, object in
                let ids = byObject[object]?.compactMap(self.settings.id(of:)) ?? []
                let texts = ids.map(\.description)
                composite.add(
                    "\(object)",
                    query: "SELECT Id FROM \(name: object) WHERE Id IN \(list: texts)")
            }
        }
        var sights: [RecordID: Sight] = [:]
        for object in objects {
            switch parts["\(object)"] {
            case .refused(let refusal) where !refusal.isNotThere: throw .refused(refusal)
            case nil: throw .garbled("the answer about \(object) is missing in it")
            case .refused, .answered: break
            }
            let ids = Set(parts.rows("\(object)").compactMap { $0["Id"]?.text.flatMap(OrgID.init) })
            let without = seen[object].map { hidden($0, now: now) }
            for person in byObject[object] ?? [] {
                let isSeen = settings.id(of: person).map(ids.contains) ?? false
                sights[person] =
                    isSeen ? without.map { .visible(without: $0) } ?? .hidden : .hidden
            }
        }
        return sights
    }

    /// Fields that the integration user brought into the directory, and the agent may not read.
    private func hidden(_ own: OrgDescribe, now: Date) -> HiddenFields {
        let key = Described(eyes: .robot, object: own.object)
        guard let known = described.value(key, now: now), let all = known else {
            return [.title, .email, .owner, .company, .numbers]
        }
        let lacks = { (name: OrgName) in all.has(name) && !own.has(name) }
        let fields: [(HiddenFields, [OrgName])] = [
            (.title, [.title]), (.email, [.email, .personEmail]), (.owner, [.owner]),
            (.company, [own.object == .account ? .name : .accountID, .company]),
            (.numbers, all.phones(and: settings.morePhones[own.object] ?? []).map(\.name)),
        ]
        return fields.reduce(into: []) { hidden, field in
            if field.1.contains(where: lacks) { hidden.insert(field.0) }
        }
    }
}

extension OrgName {
    static let title = OrgName(known: "Title")
    static let email = OrgName(known: "Email")
    static let personEmail = OrgName(known: "PersonEmail")
    static let owner = OrgName(known: "OwnerId")
    static let company = OrgName(known: "Company")
    static let name = OrgName(known: "Name")
}
