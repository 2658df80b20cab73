package import CallHandling
import CallLogging
import CallerLookup
import Calls
package import Foundation
import PhoneNumbers
package import PhoneSystem
import Records
package import Storage

/// Makes the picture of an agent's desk from the store: one read, nothing kept.
package struct DeskPainter: Sendable {
    let database: Database
    let organisation: Organisation
    let controls: CallControls
    let crm: CRMDesk
    /// What agents may see of a CRM's people; `nil` where everybody may see everybody.
    package var sights: SightKeeper? { crm.sights }
    /// Tells whether the clock was set in the middle of a call; `nil` where time is set by hand.
    let clockJumps: ClockJumps?
    let now: @Sendable () -> Date

    let book = CallBook()
    let logs = LogBook()

    package init(
        database: Database, organisation: Organisation, controls: CallControls,
        crm: CRMDesk, clockJumps: ClockJumps? = nil, now: @escaping @Sendable () -> Date
    ) {
        self.database = database
        self.organisation = organisation
        self.controls = controls
        self.crm = crm
        self.clockJumps = clockJumps
        self.now = now
    }

    /// The picture as of now.
    ///
    /// - Parameter signedInAt: calls that were answered before are marked as joined in progress.
    /// - Returns: `nil` when there is no such agent, or the agent is disabled.
    package func desk(of agentID: String, signedInAt: Date, now: Date) async throws -> Desk? {
        guard let agent = organisation.agent(agentID), !agent.isDisabled else { return nil }
        let drawn = try await database.read { store in
            let parts = try book.partsOnDesk(agent: agentID, in: store)
            let calls = try book.calls(parts.map(\.callID), in: store)
            let views = try parts.compactMap { part in
                try calls[part.callID].map {
                    var view = try view(of: $0, part: part, agent: agent, now: now, in: store)
                    view.joinedInProgress = part.answeredAt.map { $0 < signedInAt } ?? false
                    return view
                }
            }
            let recent = try recentCalls(
                of: agent, RecentQuery(limit: Desk.recentCount, leavesOutDesk: true), in: store)
            return (views, recent.calls.map(\.view))
        }
        var calls: [CallView] = []
        for var view in drawn.0 {
            view.can = await abilities(of: view, agent: agent)
            calls.append(view)
        }
        let settings = organisation.settings
        let crm = await crm.view(of: agentID)
        return Desk(
            version: 0, now: now,
            organisation: OrganisationView(
                name: settings.name, country: settings.plan.country, sample: settings.isSample,
                requireMatch: settings.policy.requiresMatch,
                wrapUpSeconds: settings.policy.wrapUpSeconds,
                dispositions: settings.policy.dispositions, crm: crm),
            agent: AgentView(agent), line: await line(calls: calls, agent: agent),
            calls: Self.ordered(calls), recent: drawn.1)
    }

    /// One call as its agent sees it, also when it is long over.
    ///
    /// - Returns: `nil` when the agent has no part in it.
    package func call(_ id: String, of agent: Agent, now: Date) async throws -> CallView? {
        let view: CallView? = try await database.read { store in
            guard let stored = try book.call(id, in: store),
                let part = try book.part(callID: id, agent: agent.id, in: store)
            else { return nil }
            return try self.view(of: stored, part: part, agent: agent, now: now, in: store)
        }
        guard var view else { return nil }
        view.can = await abilities(of: view, agent: agent)
        return view
    }

    /// What rings comes first, then what is talked about, then what is to be finished; the latest first.
    private static func ordered(_ calls: [CallView]) -> [CallView] {
        func place(_ view: CallView) -> Int {
            switch view.state {
            case .ringing: 0
            case .talking, .dialling: 1
            case .held: 2
            case .wrapUp, .ended: 3
            }
        }
        return calls.enumerated()
            .sorted { (place($0.element), $0.offset) < (place($1.element), $1.offset) }
            .map(\.element)
    }

    private func abilities(of view: CallView, agent: Agent) async -> [CallAbility] {
        guard view.state != .wrapUp, view.state != .ended, let control = controls[view.system]
        else { return [] }
        var all: Set<CallAbility> = []
        for own in agent.extensions {
            all.formUnion(await control.abilities(for: own, in: view.call))
        }
        return CallAbility.allCases.filter(all.contains)
    }

    private func line(calls: [CallView], agent: Agent) async -> LineView {
        let outage = await controls.outage()
        let states = Set(calls.map(\.state))
        let state: LineView.State =
            if states.contains(.ringing) { .ringing } else if states.contains(.talking) {
                .talking
            } else if states.contains(.held) { .held } else if states.contains(.dialling) {
                .dialling
            } else { outage == nil ? .ready : .lost }
        return LineView(
            state: state, canDial: await controls.dialler(of: agent.extensions) != nil, text: outage
        )
    }
}
