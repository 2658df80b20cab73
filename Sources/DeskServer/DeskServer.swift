import AgentDesk
import BuiltInCRM
import CRM
import CallHandling
import CallLogging
import Calls
import Credentials
import Foundation
import Hummingbird
import HummingbirdCore
import Logging
import NIOCore
import NIOPosix
import PhoneSystem
import ScriptedCalls
import ServiceLifecycle
import Storage
import UnixSignals

/// The HTTP server: the way from a browser or a phone system to the rooms behind it.
package struct DeskServer: Sendable {
    private let app: CallMatch
    private let threads: ThreadReserve
    private let feed: DeskFeed
    private let timing = RingTiming()
    private let refusals = RefusalTally()
    private let operatorToken = Token.random()

    package init(_ app: CallMatch, threads: ThreadReserve) {
        self.app = app
        self.threads = threads
        feed = DeskFeed(database: app.database, organisation: app.organisation)
    }

    /// Serves until it is told to stop.
    ///
    /// - Parameter onReady: called when requests are accepted.
    package func run(onReady: @escaping @Sendable () -> Void) async throws {
        let presence = Presence(folder: app.options.dataFolder)
        let duties = Duties(app: app, feed: feed)
        let http = listener(
            router(), host: app.options.host, port: app.options.port,
            connections: Descriptors.connections(atMost: Limits.connections)
        ) {
            presence.announce(address: app.options.localAddress, token: operatorToken)
            onReady()
        }
        var services: [any Service] = [http]
        if let port = app.options.adminPort {
            services.append(
                listener(
                    administrationRouter(), host: "127.0.0.1", port: port,
                    connections: Limits.administrationConnections
                ) {})
        }
        services.append(DeliveryService(delivery: app.delivery, logger: app.logger))
        services.append(Clockwork(flow: app.flow, logger: app.logger))
        services.append(Loop { await feed.run() })
        services.append(Loop { await beat() })
        services.append(Loop { await app.imports.run() })
        if !Duties.names(of: app).isEmpty {
            services.append(Loop { await duties.run() })
        }
        if app.database.kind.isShared {
            services.append(Loop { await app.roster.run() })
            services.append(Loop { await duties.followBoards() })
        }
        if let link = app.link {
            services.append(Loop { await link.costs.run(app.database) })
            services.append(Loop { await link.sights.run { agent in feed.draw(agent) } })
            services.append(
                Loop {
                    await link.filed.run(now: app.now, logger: app.logger) { since in
                        try await app.missingElsewhere(since: since)
                    }
                })
        }
        var configuration = ServiceGroupConfiguration(services: services, logger: app.logger)
        configuration.maximumGracefulShutdownDuration = .seconds(8)
        defer { presence.withdraw() }
        try await runUntilTold(ServiceGroup(configuration: configuration))
        await app.database.close()
    }

    /// Runs the services until a signal tells the process to stop, and for as long as `drain` says after that. A second
    /// signal ends the waiting.
    private func runUntilTold(_ group: ServiceGroup) async throws {
        let signals = await UnixSignalsSequence(trapping: .sigterm, .sigint)
        try await withThrowingTaskGroup(of: Void.self) { tasks in
            tasks.addTask { try await group.run() }
            tasks.addTask {
                await withTaskGroup(of: Void.self) { waits in
                    for await _ in signals {
                        if app.roster.isStopping { waits.cancelAll() }
                        app.roster.stop()
                        waits.addTask {
                            try? await ContinuousClock().sleep(for: .seconds(app.options.drain))
                            await group.triggerGracefulShutdown()
                        }
                    }
                }
            }
            try await tasks.next()
            tasks.cancelAll()
        }
    }

    private func listener(
        _ router: Router<DeskContext>, host: String, port: Int, connections: Int,
        onRunning: @escaping @Sendable () -> Void
    ) -> some Service {
        Application(
            router: router,
            server: .http1(
                configuration: .init(
                    additionalChannelHandlers: [RefusalHeaders(), HeadDeadline()],
                    idleTimeout: .seconds(Limits.idleSeconds),
                    httpDecoderConfiguration: .init(
                        maxHeaderFieldSize: Limits.headerField,
                        maxHeaderListSize: Limits.headerList,
                        maxHeaderFieldCount: Limits.headerCount))),
            configuration: .init(
                address: .hostname(host, port: port), serverName: nil, backlog: Limits.backlog,
                availableConnectionsDelegate: MaximumAvailableConnections(connections)),
            onServerRunning: { _ in onRunning() }, logger: app.logger)
    }

    /// For programs that watch this one, on this machine only: no sessions, nothing personal, no writes.
    private func administrationRouter() -> Router<DeskContext> {
        let table = RouteTable()
        let router = Router(context: DeskContext.self, options: [.autoGenerateHeadEndpoints])
        router.add(middleware: SecurityHeaders(frameAncestors: []))
        router.add(middleware: MethodCheck(table: table))
        healthRoutes().addOpen(to: router)
        DescriptionRoutes().add(to: router)
        table.fill(from: router)
        return router
    }

    /// Sends every window a picture now and then: connections stay open, and what was missed heals.
    private func beat() async {
        while !Task.isCancelled {
            try? await ContinuousClock().sleep(for: .seconds(Limits.pingSeconds))
            feed.beat()
        }
    }

    private func router() -> Router<DeskContext> {
        let table = RouteTable()
        let router = Router(context: DeskContext.self, options: [.autoGenerateHeadEndpoints])
        let ancestors = app.options.frameAncestors + (app.link?.crm.frameOrigins ?? [])
        router.add(middleware: SecurityHeaders(frameAncestors: ancestors))
        router.add(middleware: MethodCheck(table: table))
        router.add(middleware: ChangeGate(most: Limits.changesAtOnce))
        router.add(middleware: AntiForgery())
        router.add(middleware: SessionMiddleware(sessions: app.sessions))
        router.add(middleware: RefusalLog(tally: refusals, now: app.now))
        let painter = DeskPainter(
            database: app.database, organisation: app.organisation, controls: app.controls,
            crm: app.link?.desk
                ?? CRMDesk(
                    name: "CallMatch CRM", newContact: "/crm/contacts/new",
                    newLead: "/crm/leads/new"), clockJumps: app.flow.clockJumps, now: app.now)
        addAgentRoutes(to: router, painter: painter)
        addAdministratorRoutes(to: router, painter: painter)
        IntakeRoutes(flow: app.flow, sources: app.sources, now: app.now).add(to: router)
        OperatorRoutes(operator: Operator(app, threads: threads), token: operatorToken)
            .add(to: router)
        DescriptionRoutes().add(to: router)
        PageRoutes().add(to: router)
        table.fill(from: router)
        return router
    }

    private func addAgentRoutes(to router: Router<DeskContext>, painter: DeskPainter) {
        SignInRoutes(
            sessions: app.sessions, organisation: app.organisation,
            passwords: PasswordVerifier(), feed: feed, threads: threads, now: app.now
        ).add(to: router)
        DeskRoutes(
            painter: painter, feed: feed, timing: timing, organisation: app.organisation,
            now: app.now
        ).add(to: router)
        CallRoutes(
            flow: app.flow, painter: painter, crm: app.crm, link: app.link,
            controls: app.controls,
            now: app.now
        ).add(to: router)
        PeopleRoutes(
            database: app.database, organisation: app.organisation, crm: app.crm, link: app.link,
            now: app.now
        ).add(to: router)
        CRMRoutes(
            link: app.link, flow: app.flow, painter: painter,
            tokens: ConsentTokens(database: app.database, now: app.now),
            address: app.options.address, now: app.now
        ).add(to: router)
        RecordRoutes(crm: app.crm, flow: app.flow, painter: painter, now: app.now).add(to: router)
        DemoRoutes(phone: app.demoPhone, organisation: app.organisation).add(to: router)
    }

    private func addAdministratorRoutes(to router: Router<DeskContext>, painter: DeskPainter) {
        ImportRoutes(imports: app.imports, crm: app.crm, threads: threads).add(to: router)
        SettingsRoutes(
            organisation: app.organisation, painter: painter, database: app.database,
            sights: app.link?.sights, reindex: { try await app.refreshIndexIfNeeded() }
        ).add(to: router)
        StaffRoutes(
            organisation: app.organisation, sessions: app.sessions, feed: feed,
            database: app.database, address: app.options.address,
            phoneSystems: app.phoneSystems.map(\.shared)
        ).add(to: router)
        healthRoutes().add(to: router)
        NodeRoutes(app: app).add(to: router)
    }

    private func healthRoutes() -> HealthRoutes {
        HealthRoutes(
            database: app.database, flow: app.flow, feed: feed, timing: timing,
            sources: app.sources, phoneSystems: app.phoneSystems.map(\.shared),
            roster: app.roster, link: app.link, threads: threads,
            queues: QueueFigures(
                database: app.database, delivery: app.delivery,
                phoneSystems: app.phoneSystems.map(\.shared), refusals: refusals, now: app.now),
            audit: { try await app.audit(since: $0, missing: $1) },
            address: app.options.address, startedAt: app.now(), now: app.now)
    }
}

/// A task that lives as long as the server and ends with it.
private struct Loop: Service {
    let body: @Sendable () async throws -> Void

    func run() async throws {
        try await cancelWhenGracefulShutdown { try await body() }
    }
}
