package import Calls
package import Foundation
package import PhoneNumbers
package import PhoneSystem

/// A small telephone exchange with rules of its own, as a value: what it is told and what time it is go
/// in, events come out. It has no clock.
///
/// Its company rules are those of a sample organisation: who does not answer in time, declines or is busy
/// with two calls is followed by a colleague or by voicemail (S5, S6).
package struct DemoExchange: Sendable {
    /// The company's call-handling rules.
    package struct Rules: Hashable, Codable, Sendable {
        package var noAnswerSeconds: Double = 20
        /// The extension that follows, or `nil` for voicemail.
        package var colleague: String?
        /// Calls at which a phone counts as busy.
        package var busyAt = 2
        /// How long a called customer lets it ring.
        package var farAnswerSeconds: Double = 3

        package init() {}
    }

    private struct Phone: Sendable {
        var state: Leg.State
        var since: Date
    }

    private struct LiveCall: Sendable {
        let id: Call.ID
        let direction: CallDirection
        let from: Party
        let to: PhoneNumber
        let queue: String?
        var phones: [String: Phone] = [:]
        /// Whether the rules have already sent it on.
        var wasRedirected = false
        var sequence = 0
    }

    package static let system = "demo"
    /// Live calls at most: more are refused.
    package static let mostCalls = 200

    package var rules = Rules()
    private var calls: [Call.ID: LiveCall] = [:]
    private var planned: [CallEvent] = []
    private let plan: NumberingPlan
    /// The organisation's main number.
    private let ownNumber: String

    package init(plan: NumberingPlan, ownNumber: String) {
        self.plan = plan
        self.ownNumber = ownNumber
    }

    /// Goes on with calls that were live when the process stopped.
    package mutating func restore(_ stored: [Call]) {
        for call in stored where call.id.system == Self.system && call.endedAt == nil {
            guard let from = call.from else { continue }
            var live = LiveCall(
                id: call.id, direction: call.direction, from: from,
                to: call.to ?? PhoneNumber(ownNumber, plan: plan), queue: call.queue)
            for leg in call.legs where leg.isLive {
                guard let own = leg.extension else { continue }
                live.phones[own] = Phone(
                    state: leg.state, since: leg.lastOfferedAt ?? call.startedAt)
            }
            live.sequence = call.facts.compactMap(\.sequence).max().map { $0 + 1 } ?? 0
            if !live.phones.isEmpty { calls[call.id] = live }
        }
    }

    /// A customer calls.
    package mutating func ring(
        id: String, from number: String, name: String?, extensions: [String], queue: String?,
        now: Date
    ) -> [CallEvent] {
        let call = Call.ID(system: Self.system, value: id)
        guard calls.count < Self.mostCalls, !extensions.isEmpty else { return [] }
        calls[call] = LiveCall(
            id: call, direction: .inbound,
            from: Party(number: PhoneNumber(number, plan: plan), name: name),
            to: PhoneNumber(ownNumber, plan: plan), queue: queue)
        let free = extensions.filter { !isBusy($0) }
        if free.isEmpty { return redirect(call, from: extensions[0], cause: .busy, now: now) }
        return free.flatMap { offer(call, to: $0, now: now) }
    }

    /// Plays a script: its events come out when they are due.
    package mutating func play(_ script: CallScript, id: String, speed: Double, now: Date) {
        let call = Call.ID(system: Self.system, value: id)
        planned += script.events(call: call, start: now, plan: plan, speed: speed)
        planned.sort { $0.at < $1.at }
    }

    /// What an agent's phone is told.
    package mutating func perform(_ command: CallCommand, newID: String, now: Date)
        throws(ControlRefusal) -> [CallEvent]
    {
        switch command {
        case .answer(let call, let own):
            try require(call, own, [.ringing], "The call does not ring here any more.")
            return answer(call, own, now: now)
        case .decline(let call, let own):
            try require(call, own, [.ringing], "The call does not ring here any more.")
            return decline(call, own, now: now)
        case .hangUp(let call, let own):
            try require(call, own, [.talking, .held, .dialling], "There is nothing to hang up.")
            return hangUp(call, now: now)
        case .hold(let call, let own):
            try require(call, own, [.talking], "Only a call that is talked on can be held.")
            return change(call, own, to: .held, by: .held, now: now)
        case .retrieve(let call, let own):
            try require(call, own, [.held], "This call is not on hold.")
            return change(call, own, to: .talking, by: .retrieved, now: now)
        case .transfer(let call, let own, let target):
            try require(call, own, [.talking, .held], "Only an answered call can be transferred.")
            return transfer(call, own, to: target, now: now)
        case .consult, .completeTransfer, .cancelTransfer:
            throw .notSupported("The demo phone transfers at once.")
        case .dial(let own, let target):
            return dial(id: newID, from: own, to: target, now: now)
        }
    }

    package func abilities(for own: String, in call: Call.ID) -> Set<CallAbility> {
        switch calls[call]?.phones[own]?.state {
        case .ringing: [.answer, .decline]
        case .dialling: [.hangUp]
        case .talking: [.hangUp, .hold, .transfer]
        case .held: [.hangUp, .retrieve, .transfer]
        case .ended, nil: []
        }
    }

    /// When something happens by itself; `nil` when nothing waits.
    package var nextDue: Date? {
        let ringing = calls.values.flatMap { call in
            call.phones.values.compactMap { phone -> Date? in
                switch phone.state {
                case .ringing: phone.since.addingTimeInterval(rules.noAnswerSeconds)
                case .dialling: phone.since.addingTimeInterval(rules.farAnswerSeconds)
                case .talking, .held, .ended: nil
                }
            }
        }
        return (ringing + [planned.first?.at].compactMap { $0 }).min()
    }

    /// What has happened by itself until now.
    package mutating func passTime(now: Date) -> [CallEvent] {
        var events: [CallEvent] = []
        while let next = planned.first, next.at <= now { events.append(planned.removeFirst()) }
        for call in calls.values.sorted(by: { $0.id.value < $1.id.value }) {
            let dialled = call.phones.filter {
                $0.value.state == .dialling
                    && $0.value.since.addingTimeInterval(rules.farAnswerSeconds) <= now
            }
            for own in dialled.keys.sorted() { events += answer(call.id, own, now: now) }
            let late = call.phones.filter {
                $0.value.state == .ringing
                    && $0.value.since.addingTimeInterval(rules.noAnswerSeconds) <= now
            }
            for own in late.keys.sorted() { events += giveUp(call.id, own, now: now) }
        }
        return events
    }
}

extension DemoExchange {
    private func isBusy(_ own: String) -> Bool {
        calls.values.count { $0.phones[own] != nil } >= rules.busyAt
    }

    private func require(
        _ call: Call.ID, _ own: String, _ states: Set<Leg.State>, _ words: String
    ) throws(ControlRefusal) {
        guard let state = calls[call]?.phones[own]?.state, states.contains(state) else {
            throw ControlRefusal.notNow(words)
        }
    }

    private mutating func offer(_ call: Call.ID, to own: String, now: Date) -> [CallEvent] {
        calls[call]?.phones[own] = Phone(state: .ringing, since: now)
        return event(call, .offered, own, now: now)
    }

    private mutating func answer(_ call: Call.ID, _ own: String, now: Date) -> [CallEvent] {
        var events = change(call, own, to: .talking, by: .answered, now: now)
        let others = calls[call]?.phones.filter { $0.value.state == .ringing }.keys.sorted() ?? []
        for other in others {
            calls[call]?.phones[other] = nil
            events += event(call, .ended, other, cause: .answeredElsewhere, now: now)
        }
        return events
    }

    private mutating func decline(_ call: Call.ID, _ own: String, now: Date) -> [CallEvent] {
        calls[call]?.phones[own] = nil
        let events = event(call, .declined, own, now: now)
        guard calls[call]?.phones.isEmpty == true else { return events }
        return events + redirect(call, from: own, cause: .declined, now: now)
    }

    private mutating func giveUp(_ call: Call.ID, _ own: String, now: Date) -> [CallEvent] {
        calls[call]?.phones[own] = nil
        let events = event(call, .ended, own, cause: .notAnswered, now: now)
        guard calls[call]?.phones.isEmpty == true else { return events }
        return events + redirect(call, from: own, cause: .notAnswered, now: now)
    }

    /// The company's rule for a call that nobody took: the colleague once, then voicemail.
    private mutating func redirect(
        _ call: Call.ID, from own: String, cause: HangupCause.Kind, now: Date
    ) -> [CallEvent] {
        if let colleague = rules.colleague, colleague != own, calls[call]?.wasRedirected == false,
            !isBusy(colleague)
        {
            calls[call]?.wasRedirected = true
            return offer(call, to: colleague, now: now)
        }
        return end(call, cause: .voicemail, raw: "\(cause.rawValue), then voicemail", now: now)
    }

    private mutating func hangUp(_ call: Call.ID, now: Date) -> [CallEvent] {
        let wasDialling = calls[call]?.phones.values.contains { $0.state == .dialling } ?? false
        return end(call, cause: wasDialling ? .callerCancelled : .completed, now: now)
    }

    private mutating func transfer(
        _ call: Call.ID, _ own: String, to target: DialString, now: Date
    ) -> [CallEvent] {
        calls[call]?.phones[own] = nil
        let events = event(call, .transferred, own, target: target.description, now: now)
        guard Set(2...5).contains(target.description.count) else {
            return events + end(call, cause: .forwarded, now: now)
        }
        return events + offer(call, to: target.description, now: now)
    }

    private mutating func dial(id: String, from own: String, to target: DialString, now: Date)
        -> [CallEvent]
    {
        let call = Call.ID(system: Self.system, value: id)
        calls[call] = LiveCall(
            id: call, direction: .outbound,
            from: Party(number: PhoneNumber(own, plan: plan)),
            to: PhoneNumber(target.description, plan: plan), queue: nil)
        calls[call]?.phones[own] = Phone(state: .dialling, since: now)
        return event(call, .offered, own, now: now)
    }

    private mutating func change(
        _ call: Call.ID, _ own: String, to state: Leg.State, by kind: CallEvent.Kind, now: Date
    ) -> [CallEvent] {
        calls[call]?.phones[own] = Phone(state: state, since: now)
        return event(call, kind, own, now: now)
    }

    private mutating func end(
        _ call: Call.ID, cause: HangupCause.Kind, raw: String? = nil, now: Date
    ) -> [CallEvent] {
        let events = event(call, .ended, nil, cause: cause, raw: raw, now: now)
        calls[call] = nil
        return events
    }

    private mutating func event(
        _ call: Call.ID, _ kind: CallEvent.Kind, _ own: String?, cause: HangupCause.Kind? = nil,
        raw: String? = nil, target: String? = nil, now: Date
    ) -> [CallEvent] {
        guard let live = calls[call] else { return [] }
        calls[call]?.sequence += 1
        return [
            CallEvent(
                call: call, leg: own.map { Leg.ID($0) }, kind: kind, at: now,
                sequence: live.sequence, direction: live.direction, from: live.from, to: live.to,
                extension: own, queue: live.queue, cause: cause.map { HangupCause($0, raw: raw) },
                target: target)
        ]
    }
}
