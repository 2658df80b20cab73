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
    /// Records of one question where those whose answer grows old are asked for with it: what a CRM answers in one request.
    private static let mostWithOld = 20

    private struct Known {
        let sight: Sight
        let at: Date
    }

    private struct Of {
        var known: [RecordID: Known] = [:]
        var wanted: Set<RecordID> = []
        var isAsking = false
        var fault: String?
        var faultAt = Date.distantPast
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
        let own = glance(person.id, by: agent, since: since)
        guard let account = person.account, account != person.id else { return own }
        // The name of an account is the account's: who may not see the one does not see the other.
        let company = glance(account, by: agent, since: since)
        guard case .visible(let hidden) = own else { return own }
        if case .visible = company { return own }
        return .visible(without: hidden.union(.company))
    }

    private func glance(
        _ id: RecordID, by agent: String, since: Date, isWanted: Bool = true
    ) -> Glance {
        guard id.crm == crm.crm, !crm.showsEverybody else { return .visible(without: []) }
        let now = now()
        let good = min(now.addingTimeInterval(-Self.memory), since)
        let (answer, isNew): (Glance, Bool) = agents.withLock { agents in
            var own = agents[agent] ?? Of()
            defer { agents[agent] = own }
            if let known = own.known[id], known.at >= good {
                return (Self.glance(known.sight), false)
            }
            let isNew = isWanted && own.wanted.insert(id).inserted
            let mayAsk = now.timeIntervalSince(own.faultAt) >= Self.pause
            return (.unknown, isWanted && (isNew || own.fault != nil) && mayAsk)
        }
        if isNew { wake.yield(agent) }
        return answer
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
        let ids = people.map(\.id) + people.compactMap(\.account)
        await ask(
            Set(ids).filter { glance($0, by: agent, since: now(), isWanted: false) == .unknown }
                .sorted(), by: agent)
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
        agents.withLock { $0[agent] = nil }
        wake.yield(agent)
    }

    /// - Returns: whether the agent's desk should be drawn again.
    private func askWanted(by agent: String) async -> Bool {
        let now = now()
        let wanted: [RecordID]? = agents.withLock { agents in
            guard var own = agents[agent], !own.isAsking else { return nil }
            // Those whose answer grows old are asked for in the same request.
            let old = own.known.filter { now.timeIntervalSince($0.value.at) >= Self.memory }
                .sorted { $0.value.at > $1.value.at }.map(\.key)
            let room = max(0, Self.mostWithOld - own.wanted.count)
            let all = own.wanted.sorted() + old.filter { !own.wanted.contains($0) }.prefix(room)
            own.isAsking = !own.wanted.isEmpty
            agents[agent] = own
            return own.isAsking ? Array(all.prefix(Sight.mostAtOnce)) : nil
        }
        guard let wanted else { return true }
        await ask(wanted, by: agent)
        let isMore = agents.withLock { agents in
            agents[agent]?.isAsking = false
            return agents[agent].map { !$0.wanted.isEmpty && $0.fault == nil } ?? false
        }
        if isMore { wake.yield(agent) }
        return true
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
        return person
    }
}
