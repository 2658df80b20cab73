import Foundation
import Hummingbird
import Storage

/// *Nodes*: the servers that share the store, and which of them does what.
struct NodeRoutes {
    let app: CallMatch

    func add(to router: Router<DeskContext>) {
        router.get("api/v1/admin/nodes", use: list)
    }

    private struct NodesView: Encodable {
        let engine: String
        /// Other servers can use the store.
        let isShared: Bool
        let nodes: [NodeView]
        /// What nobody does now.
        let vacant: [Duty]
    }

    private struct NodeView: Encodable {
        let name: String
        let address: String
        let version: String
        let startedAt: Date
        let silentSeconds: Int
        /// up, stopping, or silent.
        let state: String
        let isThis: Bool
        let duties: [Duty]
    }

    /// What only one server does at a time.
    private struct Duty: Encodable {
        /// phone: listens to a phone system. crm: brings a CRM's people in.
        let kind: String
        let name: String

        init?(_ lease: String) {
            let parts = lease.split(separator: ":", maxSplits: 1).map(String.init)
            guard parts.count == 2 else { return nil }
            (kind, name) = (parts[0], parts[1])
        }
    }

    @Sendable func list(_ request: Request, context: DeskContext) async throws -> Reply {
        _ = try context.administrator()
        let isShared = app.database.kind.isShared
        let names = Duties.names(of: app)
        let leases = try await Leases(database: app.database, holder: app.roster.id).all()
        let holders = leases.filter(\.isHeld).reduce(into: [String: String]()) {
            $0[$1.name] = $1.holder
        }
        let views = try await app.roster.all().map { node in
            NodeView(
                name: node.name, address: node.address, version: node.version,
                startedAt: node.startedAt, silentSeconds: Int(node.silence), state: node.state,
                isThis: node.id == app.roster.id,
                duties: names.filter {
                    isShared ? holders[$0] == node.id : node.id == app.roster.id
                }.compactMap(Duty.init))
        }
        return try .json(
            NodesView(
                engine: app.database.kind.title, isShared: isShared, nodes: views,
                vacant: isShared
                    ? names.filter { holders[$0] == nil }.compactMap(Duty.init) : []))
    }
}

extension NodeRoster.Node {
    fileprivate var state: String {
        if silence > NodeRoster.patience { return "silent" }
        return isStopping ? "stopping" : "up"
    }
}
