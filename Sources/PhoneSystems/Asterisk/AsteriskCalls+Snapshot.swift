package import Calls
package import Foundation
import PhoneNumbers

/// Calls in progress: what is learnt after every connect, as nothing is replayed.
extension AsteriskCalls {
    /// In seconds: longer than any event takes to arrive.
    private static let mostDelay = 2

    /// The variable of `Status` that tells when a channel was answered, in any time zone. Needs `cdr.conf`.
    package static let answerTime = "CDR(answer,u)"

    /// Takes the channels that exist now.
    ///
    /// Calls that are new to us get the phone system's own times. Known calls that are missing end with the cause
    /// "end not seen". Everything told here is marked as reconstructed. Hold cannot be seen in a snapshot:
    /// what was held stays held. Apply the events that arrived in the meantime afterwards.
    ///
    /// - Parameters:
    ///   - statuses: the `Status` events; other messages are ignored.
    ///   - time: now, by the phone system's clock.
    ///   - lostAt: when the last connection was lost; `nil` when there was none.
    package mutating func snapshot(
        _ statuses: [AMIMessage], at time: Date, lostAt: Date? = nil
    ) -> [CallEvent] {
        let now = AMITime.microseconds(of: time)
        let seen = statuses.compactMap { message -> Status? in
            guard message.event == "Status", let channel = AMIChannel(message) else { return nil }
            return Status(channel: channel, message: message, at: now)
        }
        isRebuilding = true
        defer { isRebuilding = false }
        closeUnseen(
            Set(seen.map(\.channel.id)), at: lostAt.map(AMITime.microseconds(of:)) ?? now)
        for status in seen { place(status, at: now) }
        // Who called comes before who was called: a colleague's call is known by its caller.
        for status in seen where status.isCaller { takeIn(status, among: seen) }
        for status in seen where !status.isCaller { takeIn(status, among: seen) }
        for status in seen { connect(status.channel.id) }
        for status in seen { takeInHold(status, among: seen, at: now) }
        clock = max(clock, now)
        defer { news = [] }
        return news
    }

    /// The agents' phones that take part in a call now.
    var liveLegs: [Call.ID: Set<Leg.ID>] {
        legs.values.filter { $0.stage != .over }.reduce(into: [:]) { all, leg in
            all[leg.call, default: []].insert(Leg.ID(leg.id))
        }
    }

    /// Whether there are channels of which no event told, though they have existed for a while.
    func hasUnheard(_ statuses: [AMIMessage]) -> Bool {
        statuses.contains { message in
            guard message.event == "Status", let seen = AMIChannel(message) else { return false }
            let age = message["Seconds"].flatMap(Int.init) ?? 0
            return age >= Self.mostDelay && channels[seen.id] == nil
        }
    }

    private struct Status {
        let channel: AMIChannel
        let application: String?
        let context: String?
        let bridge: String?
        let dialled: String?
        let displayName: String?
        let bornAt: Int
        /// In microseconds; `nil` when it is not answered, or nobody knows.
        let answeredAt: Int?

        init(channel: AMIChannel, message: AMIMessage, at now: Int) {
            self.channel = channel
            application = message["Application"]
            context = message["Context"]
            bridge = message["BridgeID"]
            dialled = message["DNID"]
            displayName = message["ConnectedLineName"]?.cutForShow
            let told = message.variable(AsteriskCalls.answerTime, in: "Variable")
            let answer = told.flatMap(AMITime.microseconds) ?? 0
            answeredAt = answer > 0 ? min(answer, now) : nil
            let age = message["Seconds"].flatMap(Int.init) ?? 0
            let born = now - min(max(0, age), 86_400 * 7) * 1_000_000
            bornAt = min(born, answeredAt ?? born)
        }

        /// The channel called somebody, rather than being called.
        var isCaller: Bool {
            let isFirst = channel.id == channel.linkedID && dialled != nil
            return application == "Dial" || channel.state == .ring || (isFirst && isKeptWaiting)
        }

        /// The agent's side of our hold by redirect.
        var isKeptWaiting: Bool {
            application == "Wait" && bridge == nil && channel.exten == "agent"
        }

        var origin: TrackedLeg.Origin {
            if application == "AppDial2" { return .clickToDial }
            return isCaller ? .dialled : .rung
        }
    }

    static let unseen = HangupCause(.unknown, raw: "end not seen")

    private mutating func closeUnseen(_ seen: Set<String>, at time: Int) {
        let lost = channels.values.filter { $0.goneAt == nil && !seen.contains($0.id) }
        for channel in lost.sorted(by: { $0.id < $1.id }) {
            let end = max(time, legs[channel.id]?.answeredAt ?? channel.bornAt)
            if let leg = legs[channel.id], leg.stage != .over {
                tell(.ended, leg: channel.id, at: end, cause: Self.unseen)
                calls[leg.call.value]?.lastCause = Self.unseen
                finish(channel.id)
            }
            hungUp(channel.id, cause: nil, at: end)
        }
    }

    /// The channel, and the bridge it is in.
    private mutating func place(_ status: Status, at now: Int) {
        let id = status.channel.id
        learn(status.channel, isNew: false, at: status.bornAt)
        guard let channel = channels[id], channel.goneAt == nil, channel.bridge != status.bridge
        else { return }
        leave(id)
        guard let bridge = status.bridge else {
            channels[id]?.leftBridgeAt = now
            return
        }
        channels[id]?.bridge = bridge
        channels[id]?.leftBridgeAt = nil
        // Only the leg's own time counts: the caller's is when an announcement or a queue answered.
        let answered = legs[id]?.stage == .answered ? now : status.answeredAt ?? now
        channels[id]?.bridgedAt = channel.line == nil ? 0 : answered
        bridges[bridge, default: []].insert(id)
    }

    /// A leg that is new to us.
    private mutating func takeIn(_ status: Status, among all: [Status]) {
        let id = status.channel.id
        guard let channel = channels[id], channel.goneAt == nil, legs[id] == nil,
            let line = channel.line
        else { return }
        let root = channels[channel.conversation]
        let rootStatus = all.first { $0.channel.id == channel.conversation }
        let origin = status.origin
        let text: String? =
            switch origin {
            case .rung: rootStatus?.dialled ?? root?.exten
            case .dialled: status.dialled ?? channel.exten ?? channel.connectedNumber
            case .clickToDial: channel.connectedNumber ?? status.dialled
            }
        let to = text.flatMap(number(dialled:))
        let isColleague = origin == .rung && root.map { legs[$0.id] != nil } == true
        let isInside = origin != .rung && isInside(to, text)
        let direction: CallDirection =
            isColleague || isInside ? .internal : origin == .rung ? .inbound : .outbound
        let value = isColleague ? "\(channel.conversation)/internal" : channel.conversation
        open(value, direction, conversation: channel.conversation)
        let taken = calls[value]?.direction ?? direction
        enlist(id, line: line, origin: origin, call: value, taken)
        let other =
            origin == .rung ? rungBy(root, status, channel) : to.map { Party(number: $0) }
        tell(
            .offered, leg: id, at: status.bornAt, from: taken == .outbound ? nil : other, to: to,
            queue: channel.queue)
    }

    /// Our hold by redirect, found again: both sides wait at the two extensions of one context. When it began is
    /// not told.
    private mutating func takeInHold(_ status: Status, among all: [Status], at now: Int) {
        let id = status.channel.id
        guard status.isKeptWaiting, let leg = legs[id], leg.stage != .over, !leg.isHeldByUs,
            let far = all.first(where: {
                $0.channel.exten == "caller" && $0.context == status.context
                    && channels[$0.channel.id]?.conversation == channels[id]?.conversation
            })
        else { return }
        if leg.stage == .offered { answer(id, at: status.answeredAt ?? now) }
        legs[id]?.far = far.channel.id
        legs[id]?.isHeldByUs = true
        tell(.held, leg: id, at: now)
    }

    /// The other side as the leg's own phone shows it.
    private mutating func rungBy(_ root: Channel?, _ status: Status, _ channel: Channel) -> Party {
        if let root, root.line != nil { return party(root, on: channel) }
        let told = [root?.presentation, channel.connectedPresentation].compactMap(\.self)
        if told.isEmpty { unknownPresentations += 1 }
        guard let number = status.channel.connectedNumber, !told.isEmpty,
            !told.contains(where: \.isWithheld)
        else { return Party(number: .withheld) }
        return Party(number: PhoneNumber(number, plan: plan), name: status.displayName)
    }
}
