package import CRM
import CallLogging
package import Foundation
package import Records
import Synchronization

/// What agents may see of a CRM's people, as the CRM said it at most five minutes ago.
///
/// A picture of the desk asks without waiting (`glance`): what is not known is asked for behind it, and the desk is drawn
/// again. Routes wait for the answer (`visible`). People of the built-in CRM are everybody's.
package final class SightKeeper: Sendable {
    /// What can be said at once.
    package enum Glance: Hashable, Sendable {
        case visible(without: HiddenFields)
        case hidden
        /// Being asked for.
        case unknown
    }

    /// Seconds for which an answer is good.
    package static let memory: TimeInterval = 300
    /// Seconds for which a list of past calls shows what it showed before.
    package static let listMemory: TimeInterval = 8 * 3600
    /// Seconds after a question that failed until the next one.
    private static let pause: TimeInterval = 5
    private static let mostKnown = 20_000
    /// Seconds between two looks at those whose answer has grown old.
    private static let renewal: TimeInterval = 900
    private static let mostRenewed = 100

    private struct Known {
        let sight: Sight
        let at: Date
    }

    private struct Of {
        var known: [RecordID: Known] = [:]
        var wanted: Set<RecordID> = []
        /// One question at a time: who comes meanwhile waits, and may find the answer there.
        var isAsking = false
        var waiting: [CheckedContinuation<Void, Never>] = []
        var fault: String?
        var faultAt = Date.distantPast
        /// When those whose answer had grown old were asked for last.
        var renewedAt = Date.distantPast
    }

    private let crm: any ConnectedCRM
    private let now: @Sendable () -> Date
    private let agents = Mutex<[String: Of]>([:])
    private let wakes: AsyncStream<String>
    private let wake: AsyncStream<String>.Continuation

    package init(_ crm: any ConnectedCRM, now: @escaping @Sendable () -> Date) {
        self.crm = crm
        self.now = now
        (wakes, wake) = AsyncStream.makeStream(
            of: String.self, bufferingPolicy: .bufferingNewest(4096))
    }

    /// Asks for what pictures wanted, for as long as the process lives.
    ///
    /// - Parameter onChange: an agent's desk should be drawn again.
    package func run(onChange: @escaping @Sendable (_ agent: String) -> Void) async {
        await withTaskGroup(of: Void.self) { group in
            for await agent in wakes {
                if Task.isCancelled { break }
                group.addTask {
                    if await self.askWanted(by: agent) { onChange(agent) }
                }
            }
            group.cancelAll()
        }
    }

    /// What is known without asking. What is not is asked for.
    ///
    /// - Parameter since: an answer that came after this moment is good whatever its age: what an agent has seen in a
    ///   call stays for that call.
    package func glance(_ person: Person, by agent: String, since: Date) -> Glance {
        let ids = [person.id] + [person.account].compactMap { $0 == person.id ? nil : $0 }
        let glances = glances(ids, by: agent, since: since, isWanted: true)
        // The name of an account is the account's: who may not see the one does not see the other.
        guard case .visible(let hidden)? = glances.first, glances.count > 1 else {
            return glances[0]
        }
        if case .visible = glances[1] { return glances[0] }
        return .visible(without: hidden.union(.company))
    }

    /// Of all of them at once, so that those who belong together are asked for together.
    private func glances(
        _ ids: [RecordID], by agent: String, since: Date, isWanted: Bool
    ) -> [Glance] {
        let now = now()
        let good = min(now.addingTimeInterval(-Self.memory), since)
        let (glances, isNew): ([Glance], Bool) = agents.withLock { agents in
            var own = agents[agent] ?? Of()
            defer { agents[agent] = own }
            var isNew = false
            let glances = ids.map { id -> Glance in
                guard id.crm == crm.crm, !crm.showsEverybody else { return .visible(without: []) }
                if let known = own.known[id], known.at >= good { return Self.glance(known.sight) }
                if isWanted && own.wanted.insert(id).inserted { isNew = true }
                return .unknown
            }
            let mayAsk = now.timeIntervalSince(own.faultAt) >= Self.pause
            let isLeft = isWanted && own.fault != nil && glances.contains(.unknown)
            return (glances, (isNew || isLeft) && mayAsk)
        }
        if isNew { wake.yield(agent) }
        return glances
    }

    private static func glance(_ sight: Sight) -> Glance {
        switch sight {
        case .hidden: .hidden
        case .visible(let hidden): .visible(without: hidden)
        }
    }

    /// What this agent may see of these people, asked for where it is not known.
    ///
    /// - Returns: those who may be seen, with the fields that may not. Where the CRM does not answer, nobody of whom it
    ///   has not said so in the last minutes.
    package func visible(_ people: [Person], by agent: String) async -> [RecordID: HiddenFields] {
        let ids = Set(people.map(\.id) + people.compactMap(\.account)).sorted()
        if !unknown(ids, to: agent).isEmpty {
            await turn(of: agent)
            await ask(unknown(ids, to: agent), by: agent)
            endTurn(of: agent)
        }
        return people.reduce(into: [:]) { visible, person in
            if case .visible(let hidden) = glance(person, by: agent, since: now()) {
                visible[person.id] = hidden
            }
        }
    }

    /// Why this agent's people could not be asked for, in the CRM's words; `nil` where they could.
    package func fault(of agent: String) -> String? {
        agents.withLock { $0[agent]?.fault }
    }

    /// Forgets what is known for an agent: another user stands behind the agent now.
    package func forget(_ agent: String) {
        agents.withLock { agents in
            agents[agent]?.known = [:]
            agents[agent]?.fault = nil
            agents[agent]?.faultAt = .distantPast
        }
        wake.yield(agent)
    }

    private func unknown(_ ids: [RecordID], to agent: String) -> [RecordID] {
        let glances = glances(ids, by: agent, since: now(), isWanted: false)
        return zip(ids, glances).filter { $0.1 == .unknown }.map(\.0)
    }

    /// - Returns: whether the agent's desk should be drawn again.
    private func askWanted(by agent: String) async -> Bool {
        await turn(of: agent)
        defer { endTurn(of: agent) }
        let wanted = agents.withLock { $0[agent]?.wanted.sorted() ?? [] }
        await ask(wanted, by: agent)
        await ask(old(of: agent), by: agent)
        return true
    }

    /// Those whose answer has grown old, now and then: with every call would be a request more for each.
    private func old(of agent: String) -> [RecordID] {
        let now = now()
        return agents.withLock { agents in
            guard let own = agents[agent], own.fault == nil,
                now.timeIntervalSince(own.renewedAt) >= Self.renewal
            else { return [] }
            agents[agent]?.renewedAt = now
            return own.known.filter { now.timeIntervalSince($0.value.at) >= Self.memory }
                .sorted { $0.value.at > $1.value.at }.prefix(Self.mostRenewed).map(\.key)
        }
    }

    /// Waits until nobody else asks for this agent.
    private func turn(of agent: String) async {
        await withCheckedContinuation { continuation in
            let isFree = agents.withLock { agents in
                var own = agents[agent] ?? Of()
                defer { agents[agent] = own }
                if own.isAsking {
                    own.waiting.append(continuation)
                    return false
                }
                own.isAsking = true
                return true
            }
            if isFree { continuation.resume() }
        }
    }

    private func endTurn(of agent: String) {
        let next: CheckedContinuation<Void, Never>? = agents.withLock { agents in
            guard var own = agents[agent] else { return nil }
            defer { agents[agent] = own }
            guard !own.waiting.isEmpty else {
                own.isAsking = false
                return nil
            }
            return own.waiting.removeFirst()
        }
        next?.resume()
    }

    private func ask(_ ids: [RecordID], by agent: String) async {
        var rest = ids[...]
        while !rest.isEmpty {
            let some = Array(rest.prefix(Sight.mostAtOnce))
            rest = rest.dropFirst(Sight.mostAtOnce)
            let asked = now()
            do {
                let sights = try await crm.sight(of: some, by: agent, now: asked)
                keep(some, sights, of: agent, at: asked)
            } catch {
                agents.withLock { agents in
                    agents[agent, default: Of()].fault = "\(error)"
                    agents[agent, default: Of()].faultAt = asked
                }
                return
            }
        }
    }

    private func keep(
        _ ids: [RecordID], _ sights: [RecordID: Sight], of agent: String, at asked: Date
    ) {
        agents.withLock { agents in
            var own = agents[agent] ?? Of()
            if own.known.count > Self.mostKnown { own.known.removeAll() }
            for id in ids {
                own.known[id] = Known(sight: sights[id] ?? .hidden, at: asked)
                own.wanted.remove(id)
            }
            own.fault = nil
            own.faultAt = .distantPast
            agents[agent] = own
        }
    }
}

extension Person {
    /// The person without the fields that an agent may not read.
    package func without(_ hidden: HiddenFields) -> Person {
        guard !hidden.isEmpty else { return self }
        var person = self
        if hidden.contains(.title) { person.title = nil }
        if hidden.contains(.email) { person.email = nil }
        if hidden.contains(.owner) { person.owner = nil }
        if hidden.contains(.company) {
            person.company = nil
            person.account = nil
        }
        if hidden.contains(.numbers) { person.numbers = [] }
        return person
    }
}
