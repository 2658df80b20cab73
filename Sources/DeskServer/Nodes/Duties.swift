import AgentDesk
import CallHandling
import CallLogging
import Foundation
import Logging
import PhoneSystem
import ScriptedCalls
import Storage

extension UnknownMessage {
    init(_ report: UnknownReport, of system: String) {
        self.init(
            source: system,
            reason: report.name.isEmpty ? "no event" : "unknown event \(report.name)",
            body: report.text)
    }
}

/// What only one server does at a time: each is done under a lease of its own.
struct Duties: Sendable {
    let app: CallMatch
    let feed: DeskFeed

    private static func phone(_ system: String) -> String { "phone:\(system)" }
    private static func crm(_ name: String) -> String { "crm:\(name)" }

    /// The names of the leases: the kind, a colon, and the name in the settings.
    static func names(of app: CallMatch) -> [String] {
        let systems = app.phoneSystems.map(\.shared) + (app.demoPhone.map { [$0.shared] } ?? [])
        return systems.map { phone($0.system) } + (app.link.map { [crm($0.crm.crm)] } ?? [])
    }

    /// Waits for each duty and does it, until the task is cancelled.
    func run() async {
        let keeper = LeaseKeeper(
            leases: Leases(database: app.database, holder: app.roster.id),
            mayBegin: { !app.roster.isStopping }, logger: app.logger)
        await withTaskGroup(of: Void.self) { group in
            for phones in app.phoneSystems {
                group.addTask {
                    await keeper.run(Self.phone(phones.shared.system)) { fence in
                        try await listen(to: phones, under: fence)
                    }
                }
            }
            if let demo = app.demoPhone {
                group.addTask {
                    await keeper.run(Self.phone(demo.shared.system)) { fence in
                        try await lead(demo, under: fence)
                    }
                }
            }
            if let link = app.link {
                group.addTask {
                    await keeper.run(Self.crm(link.crm.crm)) { fence in
                        await bringIn(link, under: fence)
                    }
                }
                if app.database.kind.isShared { group.addTask { await link.sync.watch() } }
            }
        }
    }

    /// Listens to a phone system, and tells it whose phones are whose.
    private func listen(to phones: HeldPhone, under fence: Fence?) async throws {
        let (local, shared, flow) = (phones.local, phones.shared, app.flow)
        try await shared.hold(
            under: fence, roster: app.roster, for: extensions, drawAnew: drawAnew
        ) {
            await assignLines(to: local)
            try await withThrowingTaskGroup(of: Void.self) { group in
                group.addTask {
                    for await notice in app.database.changes()
                    where ["organisation", "*"].contains(notice.topic) {
                        try? await app.organisation.reload()
                        await assignLines(to: local)
                    }
                }
                group.addTask {
                    try await local.run(
                        { events in
                            try await flow.receive(events, under: fence)
                            shared.heard()
                        },
                        unknown: { reports in
                            let messages = reports.map { UnknownMessage($0, of: local.system) }
                            try await flow.receive([], unknown: messages, under: fence)
                        }, stock: { stock in try await flow.takeStock(stock, under: fence) })
                }
                try await group.next()
                group.cancelAll()
            }
        }
    }

    /// Goes on with the calls of the demo phone.
    private func lead(_ demo: SharedDemo, under fence: Fence?) async throws {
        let (local, shared, flow) = (demo.local, demo.shared, app.flow)
        if fence != nil {
            await local.resume(
                try await SharedDemo.liveCalls(in: app.database),
                plan: app.organisation.settings.plan)
        }
        try await shared.hold(
            under: fence, roster: app.roster, for: extensions, drawAnew: drawAnew
        ) {
            try await local.run { events in
                try await flow.receive(events, under: fence)
                shared.heard()
            }
        }
    }

    /// Brings a CRM's people in, and asks it for callers whom nobody knows.
    private func bringIn(_ link: CRMLink, under fence: Fence?) async {
        await withTaskGroup(of: Void.self) { group in
            group.addTask { await link.sync.run(under: fence) }
            group.addTask { await link.live.run() }
            await group.next()
            group.cancelAll()
        }
    }

    private var extensions: @Sendable () -> Set<String> {
        let organisation = app.organisation
        return { Set(organisation.agents.filter { !$0.isDisabled }.flatMap(\.extensions)) }
    }

    /// Draws the desks of these extensions; of `nil`, all.
    @Sendable private func drawAnew(_ extensions: Set<String>?) {
        guard let extensions else { return feed.beat() }
        for agent in app.organisation.agents where !extensions.isDisjoint(with: agent.extensions) {
            feed.draw(agent.id)
        }
    }

    private func assignLines(to phones: any ConnectedPhoneSystem) async {
        await phones.serve(extensions: extensions(), plan: app.organisation.settings.plan)
    }

    /// Draws desks anew where another server says that their buttons have changed.
    func followBoards() async {
        let shared = app.phoneSystems.map(\.shared) + (app.demoPhone.map { [$0.shared] } ?? [])
        await withTaskGroup(of: Void.self) { group in
            // There may be no phone system.
            group.addTask { for await _ in app.database.changes(topic: PhoneBoard.changed) {} }
            for phones in shared {
                group.addTask {
                    await phones.follow(drawAnew)
                }
            }
        }
    }
}
