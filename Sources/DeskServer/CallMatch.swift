import AgentDesk
package import BuiltInCRM
package import CRM
package import CallHandling
import CallLogging
import CallerLookup
import Calls
import Credentials
package import Foundation
package import Logging
package import PhoneNumbers
package import PhoneSystem
import Records
import ScriptedCalls
package import Storage

/// What a server is started with.
package struct ServerOptions: Sendable {
    /// What stands in a store that is new.
    package enum FirstOrganisation: Sendable { case sample, empty }

    package var dataFolder: String
    /// The address of a PostgreSQL database; with `nil` the store is in the folder.
    package var database: String?
    /// The store is in neither, and is gone with the process.
    package var isInMemory = false
    package var host = "127.0.0.1"
    package var port = 8080
    /// The port of the administration listener, which answers this machine only; none with `nil`.
    package var adminPort: Int?
    /// Seconds between "told to stop" and the end: `/ready` says no meanwhile, and a load balancer sends nobody new.
    package var drain = 0
    package static let longestDrain = 600
    /// The address under which people open the panel, when it is not `http://host:port`.
    package var publicAddress: String?
    /// Exact origins that may frame the panel.
    package var frameAncestors: [String] = []
    package var first = FirstOrganisation.sample
    package var country = "DE"
    package var organisationName: String?
    /// Makes the phone systems that we connect to.
    package var phoneSystems: [PhoneSystemMaker] = []
    /// Makes the CRM that we connect to; with `nil` the built-in one is all there is.
    package var crm: CRMMaker?

    package typealias CRMMaker = @Sendable (CRMSurroundings) -> any ConnectedCRM

    package typealias PhoneSystemMaker =
        @Sendable (
            _ plan: NumberingPlan, _ now: @escaping @Sendable () -> Date
        ) -> any ConnectedPhoneSystem

    package init(dataFolder: String) {
        self.dataFolder = dataFolder
    }

    /// The address under which people open the panel.
    package var address: String { publicAddress ?? localAddress }

    /// The address under which this machine's commands find the server.
    var localAddress: String {
        let name = host == "0.0.0.0" || host == "::" ? "127.0.0.1" : host
        return "http://\(name.contains(":") ? "[\(name)]" : name):\(port)"
    }
}

/// Why a server cannot begin, in words for the administrator.
package protocol StartFault: Error, CustomStringConvertible {}

/// The product, put together: the store, the built-in CRM, the story, and what stands around them. The
/// server and the commands use the same.
package struct CallMatch: Sendable {
    package let options: ServerOptions
    package let database: Database
    package let organisation: Organisation
    package let flow: CallFlow
    package let crm: BuiltInCRM
    package let imports: Imports
    /// Only in the sample organisation.
    let demoPhone: SharedDemo?
    let phoneSystems: [HeldPhone]
    let roster: NodeRoster
    /// The CRM that we connect to.
    let link: CRMLink?
    let sources: EventSources
    let sessions: Sessions
    let delivery: Delivery
    let logger: Logger
    let now: @Sendable () -> Date

    static let migrations: [Migration] =
        Organisation.migrations + CallBook.migrations + CallFlow.messageMigrations
        + Sessions.migrations + EventSources.migrations + Directory.migrations
        + LogBook.migrations + BuiltInCRM.migrations + AgentSecrets.migrations
        + ConsentTokens.migrations + Leases.migrations + NodeRoster.migrations
        + PhoneErrands.migrations + PhoneBoard.migrations

    /// Opens the store and puts everything together. A store that is new gets its first organisation.
    ///
    /// - Parameter time: where it is set by hand; `nil` for the machine's clock, whose jumps are noticed.
    /// - Parameter onFatal: called when the store can never be written again: the process must end.
    package static func open(
        _ options: ServerOptions, logger: Logger,
        time: (@Sendable () -> Date)? = nil,
        onFatal: @escaping @Sendable (StorageFailure) -> Void = { _ in }
    ) async throws -> CallMatch {
        let now = time ?? { Date() }
        NumberMetadata.warmUp()
        let database = try await store(options, logger: logger, onFatal: onFatal)
        let isSample = options.first == .sample
        var plan = NumberingPlan(country: isSample ? SampleOrganisation.country : options.country)
        if isSample { plan.areaCode = SampleOrganisation.areaCode }
        let organisation = try await Organisation.load(
            from: database,
            fallback: OrganisationSettings(
                name: options.organisationName
                    ?? (isSample ? SampleOrganisation.name : "My company"),
                isSample: isSample, plan: plan))
        let newID: @Sendable () -> String = { Token.random().revealed() }
        let flow = CallFlow(
            database: database, organisation: organisation, now: now, newID: newID,
            clockJumps: time == nil ? ClockJumps(wall: now) : nil)
        let crm = BuiltInCRM(database: database, directory: organisation.directory, now: now)
        if organisation.settings.isSample {
            try await FirstSteps(organisation: organisation, crm: crm, now: now)
                .fillSample(withPeople: options.crm == nil)
        }
        let link = try await link(options, flow: flow, logger: logger)
        let sinks: [any ActivitySink] = [crm] + (link.map { [$0.crm] } ?? [])
        let delivery = Delivery(
            database: database, sinks: sinks, home: link?.crm.crm ?? BuiltInCRM.name
        ) { callID, store in try flow.restage(callID: callID, in: store) }
        try await delivery.recover()
        let phoneSystems = options.phoneSystems.map {
            HeldPhone($0(organisation.settings.plan, now), database: database)
        }
        let sources = EventSources(
            database: database, taken: Set(phoneSystems.map(\.shared.system)))
        try await sources.checkNames()
        let app = CallMatch(
            options: options, database: database, organisation: organisation, flow: flow,
            crm: crm, imports: Imports(crm: crm),
            demoPhone: try await demoPhone(organisation, database, now: now),
            phoneSystems: phoneSystems,
            roster: NodeRoster(
                database: database, address: options.address, startedAt: now()),
            link: link, sources: sources,
            sessions: Sessions(database: database, organisation: organisation, now: now),
            delivery: delivery, logger: logger, now: now)
        try await app.refreshIndexIfNeeded()
        return app
    }

    private static func store(
        _ options: ServerOptions, logger: Logger,
        onFatal: @escaping @Sendable (StorageFailure) -> Void
    ) async throws -> Database {
        var about = Database.Options(logger: logger, onFatal: onFatal)
        let location: Database.Location
        if options.isInMemory {
            location = .memory
            // Nobody writes beside one who waits for each commit.
            about.window = .zero
        } else {
            location =
                options.database.map { .postgresql($0, folder: options.dataFolder) }
                ?? .folder(options.dataFolder)
        }
        return try await Database.open(location, migrations: migrations, options: about)
    }

    /// The CRM that we connect to, and what stands around it.
    private static func link(
        _ options: ServerOptions, flow: CallFlow, logger: Logger
    ) async throws -> CRMLink? {
        guard let make = options.crm else { return nil }
        let organisation = flow.organisation
        let file = URL(filePath: options.dataFolder).appending(path: AgentSecrets.keyFile)
        let key = try SealingKeyFile.key(at: file)
        try await AgentSecrets.agree(on: key, in: flow.database, file: file)
        let crm = make(
            CRMSurroundings(
                vault: AgentSecrets(database: flow.database, key: key),
                plan: { organisation.settings.plan },
                agents: { organisation.agents.filter { !$0.isDisabled }.map(\.id) },
                now: flow.now))
        return CRMLink(crm, flow: flow, logger: logger, now: flow.now)
    }

    /// The sample organisation's phone, which goes on with the calls that were live.
    private static func demoPhone(
        _ organisation: Organisation, _ database: Database, now: @escaping @Sendable () -> Date
    ) async throws -> SharedDemo? {
        let settings = organisation.settings
        guard settings.isSample else { return nil }
        let phone = DemoPhone(
            plan: settings.plan, ownNumber: "+493023125000",
            resuming: try await SharedDemo.liveCalls(in: database), now: now,
            newID: { Token.random().revealed() })
        return SharedDemo(phone, database: database)
    }

    /// Counts all calls by where they stand, and compares filed logs with what the CRM has.
    func audit(since: Date) async throws -> Audit {
        try await audit(since: since, missing: missingElsewhere(since: since))
    }

    /// - Parameter elsewhere: the keys of filed logs that the CRM that we connect to does not have.
    func audit(since: Date, missing elsewhere: Set<String>) async throws -> Audit {
        try await flow.audit(since: since) { logs, store in
            let own = logs.filter { $0.record?.id.crm == BuiltInCRM.name }
                .map { ($0.key, $0.record?.id.value ?? "") }
            return try crm.missingCallLogs(
                Dictionary(own, uniquingKeysWith: { first, _ in first }), in: store)
                + logs.map(\.key).filter(elsewhere.contains)
        }
    }

    /// Logs that were filed in the CRM that we connect to, and are not there.
    func missingElsewhere(since: Date) async throws -> Set<String> {
        guard let link else { return [] }
        let name = link.crm.crm
        let filed: [String: String] = try await database.read { store in
            try store.rows(
                """
                select log_key, record from call_log
                where stage = 'delivered' and started_at >= \(since)
                """
            ).reduce(into: [:]) { filed, row in
                let record = try? row.optionalJSON("record", as: FiledRecord.self)
                guard let id = record?.id, id.crm == name else { return }
                filed[try row.text("log_key")] = id.value
            }
        }
        return try await link.crm.missing(filed)
    }

    /// Where the store and the phone systems that this server is connected to differ. What was on its way is asked for once
    /// more; one that does not answer is left out, which `doctor` says.
    func phoneDifferences() async -> [StockDifference] {
        var found: [StockDifference] = []
        for phone in phoneSystems {
            guard var difference = try? await difference(from: phone.local) else { continue }
            for _ in 0..<3 where !difference.isEmpty {
                guard let again = try? await self.difference(from: phone.local) else { break }
                difference = difference.confirmed(by: again)
            }
            found.append(difference)
        }
        return found
    }

    private func difference(
        from phone: any ConnectedPhoneSystem
    ) async throws -> StockDifference? {
        guard let stock = try await phone.stock() else { return nil }
        // Whatever it told before that has been stored by now.
        try await database.write { _ in }
        return try await flow.differences(from: stock)
    }

    var controls: CallControls {
        CallControls(phoneSystems.map(\.shared) + (demoPhone.map { [$0.shared] } ?? []))
    }

    /// Reads all stored numbers again when the rules by which they were read have changed.
    func refreshIndexIfNeeded() async throws {
        let stamp = "\(NumberMetadata.stamp)|\(organisation.settings.plan)"
        let hash = Digest(of: Array(stamp.utf8)).hex
        if try await database.read({ try Directory.stamp(in: $0) }) == hash { return }
        try await organisation.directory.reindex(in: database)
        try await database.write { store in try Directory.setStamp(hash, in: store) }
    }
}
