package import CRM
package import CallLogging
package import CallerLookup
package import Foundation
package import PhoneNumbers
package import Records

/// A Salesforce org that we are connected to: what each part of it is asked is told by the parts.
package final class SalesforceCRM: ConnectedCRM {
    package let crm: String
    package let product = "Salesforce"
    package let frameOrigins: [String]
    package let frameVersion: Int?
    package let showsEverybody: Bool
    package let freshness: Double

    /// Seconds without a byte of an answer after which the org counts as away.
    private static let longestWait: Double = 25

    private let settings: SalesforceSettings
    private let surroundings: CRMSurroundings
    private let meter = OrgMeter()
    private let connection: OrgConnection
    private let host: String
    private let users: OrgUsers
    private let source: SalesforceSource
    private let records: OrgRecords
    private let sink: SalesforceSink
    private let examiner: OrgChecks

    package init(_ setUp: SalesforceSetUp, _ surroundings: CRMSurroundings) {
        var own = setUp.settings
        own.plan = surroundings.plan()
        settings = own
        self.surroundings = surroundings
        crm = own.name
        host = setUp.signIn.login.host() ?? ""
        freshness = setUp.every
        showsEverybody = setUp.showsEverybody
        frameVersion = setUp.frameVersion
        frameOrigins =
            setUp.frameVersion == nil ? [] : Self.origins(setUp.settings.pages, setUp.signIn.login)
        connection = OrgConnection(
            setUp.signIn, version: setUp.version, seconds: Self.longestWait, reach: own.reach,
            meter: meter, now: surroundings.now)
        users = OrgUsers(
            connection, settings: own, app: setUp.app, vault: surroundings.vault,
            agents: { surroundings.agents() }, now: surroundings.now)
        source = SalesforceSource(connection, settings: own)
        records = OrgRecords(connection, agents: users, settings: own)
        sink = SalesforceSink(connection, users: users, settings: own)
        examiner = OrgChecks(
            connection, signIn: setUp.signIn, users: users, sink: sink, settings: own,
            agents: { surroundings.agents() }, now: surroundings.now)
    }

    /// The org's pages that may frame the panel: where records are shown, and the org itself.
    private static func origins(_ urls: URL...) -> [String] {
        let origins = urls.compactMap { url -> String? in
            guard let scheme = url.scheme, let host = url.host() else { return nil }
            return "\(scheme)://\(host)" + (url.port.map { ":\($0)" } ?? "")
        }
        return Set(origins).sorted()
    }

    // MARK: - In

    package func changes(since cursor: String?) async throws -> RecordChanges {
        do throws(OrgFault) {
            return try await source.changes(since: cursor)
        } catch {
            throw await trouble(error, source.doing)
        }
    }

    package func pause() async -> Double {
        OrgBudget(dailyShare: settings.dailyShare, usual: freshness)
            .pause(usage: await connection.usage)
    }

    package func people(with number: PhoneNumber) async throws -> [Person] {
        try await named("people with a number", for: .lookUp) { now throws(OrgFault) in
            try await records.people(with: number, now: now)
        }
    }

    // MARK: - At the ring

    package func sight(
        of people: [RecordID], by agent: String, now: Date
    ) async throws -> [RecordID: Sight] {
        try await named("whom an agent may see", for: .people) { _ throws(OrgFault) in
            try await records.sight(of: people, by: agent, now: now)
        }
    }

    package func related(
        to person: Person, scope: RelatedScope, agent: String, now: Date
    ) async throws -> RelatedRecords {
        try await named("what belongs to a person", for: .people) { _ throws(OrgFault) in
            try await records.related(to: person, scope: scope, agent: agent, now: now)
        }
    }

    package func matter(_ id: RecordID, agent: String, now: Date) async throws -> RelatedRecord? {
        try await named("a record to file under", for: .people) { _ throws(OrgFault) in
            try await records.matter(id, agent: agent, now: now)
        }
    }

    private func named<Value: Sendable>(
        _ call: String, for purpose: CRMPurpose, _ work: (Date) async throws(OrgFault) -> Value
    ) async throws -> Value {
        do throws(OrgFault) {
            return try await OrgMeter.counting(for: purpose) { () throws(OrgFault) in
                try await work(surroundings.now())
            }
        } catch {
            throw await trouble(error, call)
        }
    }

    private func trouble(_ fault: OrgFault, _ call: String) async -> OrgTrouble {
        let isSignIn = await connection.signInFault == fault
        return OrgTrouble(host: host, call: isSignIn ? "a token (sign-in)" : call, fault: fault)
    }

    // MARK: - Out

    package func file(_ log: FiledLog) async throws(FilingFailure) -> FiledRecord {
        try await OrgMeter.counting(for: .log) { () throws(FilingFailure) in
            try await sink.file(log)
        }
    }

    package func missing(_ filed: [String: String]) async throws -> Set<String> {
        try await sink.missing(filed)
    }

    // MARK: - Pages and how it stands

    package func newRecordPage(_ kind: RecordID.Kind, phone: String?, name: String?) -> String {
        let object: OrgName = kind == .lead ? .lead : .contact
        var values: [(OrgName, String)] = []
        if let phone, !phone.isEmpty { values.append((OrgName(known: "Phone"), phone)) }
        if let name, !name.isEmpty { values.append((OrgName(known: "LastName"), name)) }
        return SalesforcePages.new(object, at: settings.pages, values: values)
    }

    package var requests: CRMRequests { meter.requests }

    package func condition() async -> CRMCondition {
        let usage = await connection.usage
        let fault = await connection.isOver
        let dropped = await sink.droppedFields()
        let without = await users.withoutUser(among: surroundings.agents())
        let text: String
        if let fault {
            text = "\(host) does not let us in: \(fault)"
        } else if dropped.isEmpty {
            text = "Connected to \(host)."
        } else {
            text = """
                Connected to \(host). These fields of the Task cannot be written there and are left out: \
                \(dropped.joined(separator: ", ")).
                """
        }
        return CRMCondition(
            isGood: fault == nil, text: text, usedToday: usage?.used, allowedToday: usage?.most,
            withoutUser: without)
    }

    package func checks() async -> [CRMCheck] { await examiner.checks() }

    // MARK: - Consent

    package func consent(of agent: String) async -> AgentConsent {
        await users.consent(of: agent)
    }

    package func consentPage(for agent: String, redirect: URL, now: Date) async throws -> URL {
        try await users.consentPage(for: agent, redirect: redirect, now: now)
    }

    package func takeConsent(
        _ query: [String: String], of agent: String, now: Date
    ) async throws {
        try await users.takeConsent(query, of: agent, now: now)
        await records.forget(agent)
    }

    package func withdrawConsent(of agent: String) async throws {
        await records.forget(agent)
        try await users.withdrawConsent(of: agent)
    }
}
