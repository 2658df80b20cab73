import AgentDesk
package import BuiltInCRM
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
package import ScriptedCalls
package import Storage

/// What a server is started with.
package struct ServerOptions: Sendable {
    /// What stands in a store that is new.
    package enum FirstOrganisation: Sendable { case sample, empty }

    package var dataFolder: String
    package var host = "127.0.0.1"
    package var port = 8080
    /// The port of the administration listener, which answers this machine only; none with `nil`.
    package var adminPort: Int?
    /// The address under which people open the panel, when it is not `http://host:port`.
    package var publicAddress: String?
    /// Exact origins that may frame the panel.
    package var frameAncestors: [String] = []
    package var first = FirstOrganisation.sample
    package var country = "DE"
    package var organisationName: String?
    /// Makes the phone systems that we connect to.
    package var phoneSystems: [PhoneSystemMaker] = []

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
    package let demoPhone: DemoPhone?
    let phoneSystems: [any ConnectedPhoneSystem]
    let sources: EventSources
    let sessions: Sessions
    let delivery: Delivery
    let logger: Logger
    let now: @Sendable () -> Date

    static let migrations: [Migration] =
        Organisation.migrations + CallBook.migrations + CallFlow.messageMigrations
        + Sessions.migrations + EventSources.migrations + Directory.migrations
        + LogBook.migrations + BuiltInCRM.migrations

    /// Opens the store and puts everything together. A store that is new gets its first organisation.
    ///
    /// - Parameter onFatal: called when the store can never be written again: the process must end.
    package static func open(
        _ options: ServerOptions, logger: Logger,
        now: @escaping @Sendable () -> Date = { Date() },
        onFatal: @escaping @Sendable (StorageFailure) -> Void = { _ in }
    ) async throws -> CallMatch {
        NumberMetadata.warmUp()
        let database = try await Database.open(
            .folder(options.dataFolder), migrations: migrations,
            options: .init(logger: logger, onFatal: onFatal))
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
            database: database, organisation: organisation, now: now, newID: newID)
        let crm = BuiltInCRM(database: database, directory: organisation.directory, now: now)
        if organisation.settings.isSample {
            try await FirstSteps(organisation: organisation, crm: crm, now: now).fillSample()
        }
        let delivery = Delivery(database: database, sinks: [crm], home: BuiltInCRM.name) {
            callID, store in try flow.restage(callID: callID, in: store)
        }
        let app = CallMatch(
            options: options, database: database, organisation: organisation, flow: flow,
            crm: crm, imports: Imports(crm: crm),
            demoPhone: try await demoPhone(organisation, database, now: now),
            phoneSystems: options.phoneSystems.map { $0(organisation.settings.plan, now) },
            sources: EventSources(database: database),
            sessions: Sessions(database: database, organisation: organisation, now: now),
            delivery: delivery, logger: logger, now: now)
        try await app.refreshIndexIfNeeded()
        return app
    }

    /// The sample organisation's phone, which goes on with the calls that were live.
    private static func demoPhone(
        _ organisation: Organisation, _ database: Database, now: @escaping @Sendable () -> Date
    ) async throws -> DemoPhone? {
        let settings = organisation.settings
        guard settings.isSample else { return nil }
        let live = try await database.read { store in
            try store.rows(
                """
                select json from call where system = \(DemoExchange.system) and state <> 'ended'
                order by started_at, id limit \(DemoExchange.mostCalls)
                """
            ).map { try $0.json("json", as: Call.self) }
        }
        return DemoPhone(
            plan: settings.plan, ownNumber: "+493023125000", resuming: live, now: now,
            newID: { Token.random().revealed() })
    }

    /// Counts all calls by where they stand, and compares filed logs with what the CRM has.
    func audit(since: Date) async throws -> Audit {
        try await flow.audit(since: since) { keys, store in
            try crm.missingCallLogs(keys, in: store)
        }
    }

    var controls: CallControls {
        CallControls(phoneSystems.map { $0 } + (demoPhone.map { [$0] } ?? []))
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
