import AgentDesk
import CallHandling
import CallLogging
import CallerLookup
import Foundation
import Hummingbird
import PhoneSystem
import Records
import Storage

/// *Health*, *Deliveries* and *Connections*, and what a load balancer asks.
struct HealthRoutes {
    let database: Database
    let flow: CallFlow
    let feed: DeskFeed
    let timing: RingTiming
    let sources: EventSources
    let phoneSystems: [any PhoneSystemReport]
    let roster: NodeRoster
    let link: CRMLink?
    let threads: ThreadReserve
    let queues: QueueFigures
    let audit: @Sendable (_ since: Date, _ missing: Set<String>) async throws -> Audit
    let address: String
    let startedAt: Date
    let now: @Sendable () -> Date

    func add(to router: Router<DeskContext>) {
        router.get("ready", use: ready)
        router.get("health", use: alive)
        router.get("metrics", use: metrics)
        router.get("api/v1/admin/health", use: health)
        router.get("api/v1/admin/deliveries", use: deliveries)
        router.post("api/v1/admin/deliveries/retry", use: retryAll)
        router.post("api/v1/admin/deliveries/:id/retry", use: retry)
        router.get("api/v1/admin/sources", use: listSources)
        router.post("api/v1/admin/sources", use: addSource)
    }

    /// 200 when calls can be taken; 503 when the store cannot be written, there are no more threads, or this server is told to
    /// stop.
    @Sendable func ready(_ request: Request, context: DeskContext) async throws -> Reply {
        let isWritable = database.health.isWritable
        let isShort = threads.problem != nil
        let isReady = isWritable && !isShort && !roster.isStopping
        let status =
            isReady
            ? "ready" : !isWritable ? "not ready" : isShort ? "out of threads" : "stopping"
        return try .json(["status": status], status: isReady ? .ok : .serviceUnavailable)
    }

    @Sendable func alive(_ request: Request, context: DeskContext) async throws -> Reply {
        try .json(["status": "alive"])
    }

    /// What the administration listener serves: whoever reaches it needs no session.
    func addOpen(to router: Router<DeskContext>) {
        router.get("metrics") { _, _ in await figures() }
        router.get("ready", use: ready)
        router.get("health", use: alive)
    }

    /// Figures for an administrator's session.
    @Sendable func metrics(_ request: Request, context: DeskContext) async throws -> Reply {
        _ = try context.administrator()
        return await figures()
    }

    /// In Prometheus text.
    private func figures() async -> Reply {
        var text = ""
        for metric in database.metrics {
            text += "# HELP \(metric.name) \(metric.help)\n# TYPE \(metric.name) \(metric.kind)\n"
            text += "\(metric.name) \(metric.value)\n"
        }
        text += await queues.text()
        text += "callmatch_streams_open \(feed.count)\n"
        text += "# HELP callmatch_threads_short 1 while the system gives no more threads.\n"
        text += "# TYPE callmatch_threads_short gauge\n"
        text += "callmatch_threads_short \(threads.problem == nil ? 0 : 1)\n"
        for (quantile, value) in [("0.5", timing.summary.p50), ("0.99", timing.summary.p99)] {
            if let value {
                text += "callmatch_ring_to_panel_milliseconds{quantile=\"\(quantile)\"} \(value)\n"
            }
        }
        return Reply(
            status: .ok, headers: [.contentType: "text/plain; version=0.0.4; charset=utf-8"],
            data: Data(text.utf8))
    }

    private struct HealthView: Encodable {
        struct Store: Encodable {
            let engine: String
            let writable: Bool
            let text: String
        }

        struct FiledLogs: Encodable {
            let comparedAt: Date?
            let problem: String?
        }

        let ringToPanel: RingTiming.Summary
        let today: Audit
        let filedLogs: FiledLogs?
        let store: Store
        let sources: [SourceView]
        let crms: [CRMConnectionView]
        let streams: Int
        let uptimeSeconds: Int
        let version: String
    }

    @Sendable func health(_ request: Request, context: DeskContext) async throws -> Reply {
        _ = try context.administrator()
        let health = database.health
        let midnight = Calendar(identifier: .gregorian).startOfDay(for: now())
        let filed = link?.filed.look(since: midnight, now: now())
        let view = HealthView(
            ringToPanel: timing.summary, today: try await audit(midnight, filed?.missing ?? []),
            filedLogs: filed.map { .init(comparedAt: $0.comparedAt, problem: $0.problem) },
            store: .init(
                engine: database.kind.title, writable: health.isWritable,
                text: health.reason ?? "Writes are durable."),
            sources: try await sourceViews(), crms: try await crmViews(), streams: feed.count,
            uptimeSeconds: Int(now().timeIntervalSince(startedAt)), version: CallMatchVersion.text)
        return try .json(view)
    }

    @Sendable func deliveries(_ request: Request, context: DeskContext) async throws -> Reply {
        let agent = try context.administrator().agent
        let stage: CallLog.Stage
        switch request.query("state") ?? "waiting" {
        case "waiting": stage = .ready
        case "parked": stage = .parked
        default: throw Problem.badRequest("A state is waiting or parked.", field: "state")
        }
        let rows = try await database.read { store in
            try store.rows(
                """
                select id, call_id, subject, stage, attempts, reason, due_at, agent_name, person
                from call_log where stage = \(stage) order by due_at, id limit 200
                """)
        }
        let hidden = try await hidden(from: agent, among: try rows.map(Self.person))
        let views = try rows.map { row in
            let isHidden = try Self.person(row).map(hidden.contains) ?? false
            return try DeliveryView(row, isHidden: isHidden)
        }
        return try .json(["deliveries": views])
    }

    private static func person(_ row: Row) throws -> RecordID? {
        try row.optionalText("person").flatMap(RecordID.init(_:))
    }

    /// People of a CRM whom this administrator may not see there.
    private func hidden(from agent: Agent, among people: [RecordID?]) async throws -> Set<RecordID>
    {
        guard let link else { return [] }
        let all = Set(people.compactMap(\.self))
        let directory = flow.organisation.directory
        let known = try await database.read { try directory.people(Array(all), in: $0) }
        let visible = await link.sights.visible(Array(known.values), by: agent.id)
        return all.filter { $0.crm == link.crm.crm }.subtracting(visible.keys)
    }

    private func crmViews() async throws -> [CRMConnectionView] {
        guard let link else { return [] }
        let directory = flow.organisation.directory
        let known = try await database.read { try directory.peopleCount(in: $0) }
        return [await CRMConnectionView(link, known: known, now: now())]
    }

    @Sendable func retry(_ request: Request, context: DeskContext) async throws -> Reply {
        _ = try context.administrator()
        let id = try context.parameter("id")
        guard try await flow.retryDeliveries(id: id) > 0 else { throw Problem.notFound }
        return .nothing
    }

    @Sendable func retryAll(_ request: Request, context: DeskContext) async throws -> Reply {
        _ = try context.administrator()
        return try .json(["retried": try await flow.retryDeliveries(id: nil)])
    }

    private struct ConnectionsView: Encodable {
        let sources: [SourceView]
        let crms: [CRMConnectionView]
    }

    private struct SourceView: Encodable {
        let name: String
        /// How it tells of calls: the dialect of a source, or the product that we connect to.
        let dialect: String
        let events: Int
        let unknown: Int
        let refused: Int
        let lastEventAt: Date?
        let state: String
        let text: String
    }

    private func sourceViews() async throws -> [SourceView] {
        var views: [SourceView] = []
        for (system, condition) in await PhoneSystemCondition.all(of: phoneSystems) {
            views.append(
                SourceView(
                    name: system, dialect: condition.product, events: condition.events,
                    unknown: condition.unknown ?? 0, refused: 0, lastEventAt: condition.lastEventAt,
                    state: condition.isGood ? "green" : "red", text: condition.text))
        }
        return try await views + eventSourceViews()
    }

    private func eventSourceViews() async throws -> [SourceView] {
        try await sources.all().map { source in
            let tally = sources.tally(of: source.name)
            let (state, text): (String, String) =
                if tally.refused > 0 && tally.events == 0 {
                    ("red", tally.lastRefusal ?? "Every request was refused.")
                } else if tally.events == 0 {
                    ("quiet", "No event since the start of this server.")
                } else {
                    ("green", tally.lastRefusal.map { "Last refusal: \($0)" } ?? "Events arrive.")
                }
            return SourceView(
                name: source.name, dialect: source.dialect.rawValue, events: tally.events,
                unknown: tally.unknown, refused: tally.refused, lastEventAt: tally.lastEventAt,
                state: state, text: text)
        }
    }

    @Sendable func listSources(_ request: Request, context: DeskContext) async throws -> Reply {
        _ = try context.administrator()
        return try .json(
            ConnectionsView(sources: try await sourceViews(), crms: try await crmViews()))
    }

    private struct SourceInput: Decodable {
        let name: String
        let dialect: EventSource.Dialect
    }

    @Sendable func addSource(_ request: Request, context: DeskContext) async throws -> Reply {
        _ = try context.administrator()
        let input = try await request.json(SourceInput.self)
        let added = try await NewSource(
            name: input.name, dialect: input.dialect, in: sources, address: address, now: now())
        return try .json(added, status: .created)
    }
}

/// A source that was just added: what the phone system is told, once.
struct NewSource: Codable, Sendable {
    let name: String
    let address: String
    let secret: String

    init(
        name: String, dialect: EventSource.Dialect, in sources: EventSources, address: String,
        now: Date
    ) async throws {
        let secret = try await sources.add(name: name, dialect: dialect, now: now)
        self.name = name
        self.secret = secret
        self.address =
            switch dialect {
            case .callmatch: "\(address)/api/v1/events/\(name)"
            case .zammad: "\(address)/api/v1/cti/\(secret)"
            }
    }
}

/// A call log on its way to the CRM.
struct DeliveryView: Encodable {
    let id: String
    let call: String
    let title: String
    let state: String
    let attempts: Int
    let reason: String?
    let nextAttemptAt: Date
    let agent: String?

    /// - Parameter isHidden: the log is about somebody whom the reader may not see.
    init(_ row: Row, isHidden: Bool) throws {
        id = try row.text("id")
        call = try row.text("call_id")
        title = isHidden ? "A call with somebody whom you may not see" : try row.text("subject")
        state = try row.text("stage") == "parked" ? "parked" : "waiting"
        attempts = try row.int("attempts")
        reason = try row.optionalText("reason")
        nextAttemptAt = try row.date("due_at")
        agent = try row.optionalText("agent_name")
    }
}
