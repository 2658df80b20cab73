package import Calls
package import Foundation
package import PhoneNumbers

/// The generic CTI dialect of Zammad: `newCall`, `answer`, `hangup`, and a token in the address.
///
/// Two pure steps, with the server's look into its store between them:
///
///     let message = try ZammadCTI.Message(body, contentType: type)
///     let events = cti.events(of: message, previous: newestCall(of: message.id), now: now)
///
/// The dialect sends no times, so every event is one of the moment of receipt and is marked so. An answer or
/// a hangup of a call that we never heard of opens that call.
package struct ZammadCTI: Sendable {
    /// The source's name in the settings: the first half of every call id from it.
    package let system: String
    package let plan: NumberingPlan
    private let extensionForUser: @Sendable (String) -> String?

    /// - Parameters:
    ///   - plan: the organisation's.
    ///   - isInternational: numbers come as `4930123456` for +49 30 123456, as the dialect's manual says. False
    ///     for a phone system that sends national numbers without a leading 0.
    ///   - extensionForUser: the extension of a person whom the phone system calls by real name, login, id
    ///     or phone; `nil` when nobody is known by that word. Then the word itself counts as the extension,
    ///     so that it is found among the unknown ones.
    package init(
        system: String, plan: NumberingPlan, isInternational: Bool = true,
        extensionForUser: @escaping @Sendable (String) -> String?
    ) {
        var plan = plan
        plan.internationalWithoutPlus = isInternational
        self.system = system
        self.plan = plan
        self.extensionForUser = extensionForUser
    }

    /// What the message says happened, in the order of a call's life; none for an unknown kind.
    ///
    /// - Parameters:
    ///   - previous: the newest call of this source whose key is the message's id or begins with
    ///     `laterCallPrefix(of:)` of it; `nil` when there is none.
    ///   - now: the time of receipt.
    package func events(of message: Message, previous: Call?, now: Date) -> [CallEvent] {
        let call = callID(of: message, previous: previous, now: now)
        let facts = Circumstances(message, call: call, plan: plan)
        switch message.event {
        case .newCall:
            let extensions = extensionsRung(message)
            guard !extensions.isEmpty else { return [facts.event(.offered, at: now)] }
            return extensions.map { facts.event(.offered, at: now, extension: $0) }
        case .answer:
            let known = previous?.id == call ? previous : nil
            return [facts.event(.answered, at: now, extension: agent(message, in: known))]
        case .hangup:
            let cause = message.cause.map(HangupCause.init(zammad:))
            return reportedAnswer(message, facts, now) + [
                facts.event(.ended, at: now, cause: cause)
            ]
        case .unknown: return []
        }
    }

    /// Each phone that rings or dials, once. When there is none, the call is the queue's or the trunk's.
    private func extensionsRung(_ message: Message) -> [String] {
        let named =
            message.users.isEmpty ? [message.answeringNumber].compactMap(\.self) : message.users
        return named.reduce(into: []) { list, user in
            let own = extensionForUser(user) ?? user
            if !list.contains(own) { list.append(own) }
        }
    }

    /// The answer that only the 3CX template's report tells of, reckoned back from the end.
    private func reportedAnswer(_ message: Message, _ facts: Circumstances, _ now: Date)
        -> [CallEvent]
    {
        guard let report = message.report, report.wasAnswered else { return [] }
        let agent = report.agent.map { extensionForUser($0) ?? $0 }
        let at = now.addingTimeInterval(-Double(report.duration))
        return [facts.event(.answered, at: at, extension: agent, isReconstructed: true)]
    }

    /// Whose phone talks now; `nil` when nobody can say, for of several nobody is taken for the one.
    ///
    /// Inbound, the answering number is the agent's. Outbound it is often the customer's, so there it is the
    /// person who calls, or the one phone that we know to be dialling.
    private func agent(_ message: Message, in call: Call?) -> String? {
        let only = message.users.count == 1 ? message.users.first : nil
        let live = call?.legs.filter(\.isLive).compactMap(\.extension) ?? []
        let ringing = live.count == 1 ? live.first : nil
        switch message.direction ?? call?.direction {
        case .outbound:
            let words = [only, message.userID, message.answeringNumber].compactMap(\.self)
            return words.lazy.compactMap(extensionForUser).first ?? only ?? ringing
        case .inbound, .internal, nil:
            let words = [message.answeringNumber, message.userID, only].compactMap(\.self)
            return words.lazy.compactMap(extensionForUser).first ?? words.first ?? ringing
        }
    }
}

/// What all events of one message have in common.
private struct Circumstances {
    let call: Call.ID
    let direction: CallDirection?
    let from: Party?
    let to: PhoneNumber?
    let queue: String?

    init(_ message: ZammadCTI.Message, call: Call.ID, plan: NumberingPlan) {
        self.call = call
        direction = message.direction
        from = message.from.map { Party(number: PhoneNumber($0.withoutNUL, plan: plan)) }
        to = message.to.map { PhoneNumber($0.withoutNUL, plan: plan) }
        queue = message.queue ?? Self.ownNumber(message)?.cutForName
    }

    /// The dialect's rule: a call without a queue belongs to the company's own number.
    private static func ownNumber(_ message: ZammadCTI.Message) -> String? {
        switch message.direction {
        case .inbound: message.to
        case .outbound: message.from
        case .internal, nil: nil
        }
    }

    func event(
        _ kind: CallEvent.Kind, at time: Date, extension: String? = nil, cause: HangupCause? = nil,
        isReconstructed: Bool = false
    ) -> CallEvent {
        CallEvent(
            call: call, leg: `extension`.map(Leg.ID.init), kind: kind, at: time, isTimed: false,
            direction: direction, from: from, to: to, extension: `extension`,
            queue: kind == .offered ? queue : nil, cause: cause, isReconstructed: isReconstructed)
    }
}

extension HangupCause {
    /// The dialect's word for a cause. Its `noAnswer` is documented as "rejected", while phone systems also
    /// send it for a call that nobody took.
    init(zammad word: String) {
        let kind: Kind =
            switch word {
            case "normalClearing": .completed
            case "cancel": .callerCancelled
            case "noAnswer": .notAnswered
            case "busy": .busy
            case "congestion", "notFound": .unreachable
            case "forwarded": .forwarded
            default: .unknown
            }
        self.init(kind, raw: word)
    }
}
