import AgentDesk
import CRM
import CallHandling
import CallerLookup
import Credentials
import Foundation
import Logging
import PhoneNumbers
import Records
import Storage

/// A CRM that we connect to, and what stands around it: how its people come in, who is asked for live, what agents may
/// see, and whether it still has what was filed.
struct CRMLink: Sendable {
    let crm: any ConnectedCRM
    let sync: DirectorySync
    let live: LiveLookup
    let sights: SightKeeper
    let costs: CRMCallCosts
    let filed = FiledLogCheck()

    /// Our own address that leads to the CRM's page for a new record.
    static let newRecordPath = "/connect/new"
    /// Where an agent's browser goes to let us act for the agent, and where it comes back to.
    static let consentPath = "/connect/crm"
    static let consentReturnPath = "/connect/crm/callback"

    init(
        _ crm: any ConnectedCRM, flow: CallFlow, logger: Logger,
        now: @escaping @Sendable () -> Date
    ) {
        self.crm = crm
        sync = DirectorySync(source: crm, flow: flow, logger: logger) { await crm.pause() }
        live = LiveLookup(flow: flow, logger: logger) { try await crm.people(with: $0) }
        sights = SightKeeper(crm, now: now)
        costs = CRMCallCosts { crm.requests }
    }

    var desk: CRMDesk {
        CRMDesk(crm, sync: sync, sights: sights, newRecord: Self.newRecordPath)
    }
}

/// Agents' tokens in the store, each sealed for its agent and CRM. The key stands beside the store, in a file that only its
/// owner may read: a copy of the database alone opens none.
struct AgentSecrets: AgentVault {
    let database: Database
    let key: SealingKey

    static let keyFile = "secrets.key"

    static let migrations: [Migration] = [
        Migration(
            id: "0060-agent-secret",
            sql: [
                """
                create table agent_secret (
                    agent text not null references agent(id) on delete cascade,
                    crm text not null,
                    sealed text not null,
                    primary key (agent, crm)
                )
                """
            ]),
        Migration(
            id: "0061-sealing-key",
            sql: ["create table sealing_key (name text not null primary key)"]),
    ]

    /// Servers that share a store must seal with the same key: whoever has another one can open no agent's token, and
    /// would write tokens that the others cannot open.
    ///
    /// The store of one process takes a new key: its agents connect anew.
    ///
    /// - Throws: `OtherKey`.
    static func agree(on key: SealingKey, in database: Database, file: URL) async throws {
        let name = key.shownName
        try await database.write { store in
            let known = try store.row("select name from sealing_key")?.text("name")
            if known == name { return }
            let hasSecrets = try store.count("select count(*) from agent_secret") > 0
            let isUsed = try hasSecrets || NodeRoster.isAnyUp(in: store)
            guard known == nil || !isUsed || !store.engine.isShared else {
                throw OtherKey(file: file.path(percentEncoded: false))
            }
            try store.execute("delete from sealing_key")
            try store.execute("insert into sealing_key (name) values (\(name))")
        }
    }

    /// Another server has sealed with another key.
    struct OtherKey: StartFault {
        let file: String

        var description: String {
            """
            \(file) is not the key that the agents' tokens in this database are sealed with. Copy this file from \
            the data folder of a server that uses the database already, readable by its owner only, and start again.
            """
        }
    }

    func secret(of agent: String, crm: String) async throws -> Data? {
        let sealed = try await database.read { store in
            try store.row(
                "select sealed from agent_secret where agent = \(agent) and crm = \(crm)"
            )?.text("sealed")
        }
        // What another key sealed is nothing that can be used: the agent connects anew.
        guard let bytes = sealed.flatMap({ Data(base64Encoded: $0) }) else { return nil }
        return try? Data(key.open(Array(bytes), for: Self.purpose(agent, crm)))
    }

    func keep(_ secret: Data?, of agent: String, crm: String) async throws {
        let sealed = secret.map {
            Data(key.seal(Array($0), for: Self.purpose(agent, crm))).base64EncodedString()
        }
        let name = key.shownName
        try await database.write { store in
            // Two servers may have begun at the same moment.
            guard try store.row("select name from sealing_key")?.text("name") == name else {
                throw OtherKey(file: Self.keyFile)
            }
            guard let sealed else {
                try store.execute(
                    "delete from agent_secret where agent = \(agent) and crm = \(crm)")
                return
            }
            try store.execute(
                """
                insert into agent_secret (agent, crm, sealed) values (\(agent), \(crm), \(sealed))
                on conflict (agent, crm) do update set sealed = excluded.sealed
                """)
        }
    }

    private static func purpose(_ agent: String, _ crm: String) -> String { "\(crm)/\(agent)" }
}
