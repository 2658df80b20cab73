import Calls
import PhoneNumbers

/// How legs, calls and conversations end, and why.
extension AsteriskCalls {
    mutating func dialEnded(_ message: AMIMessage, at time: Int) {
        learnCaller(message)
        guard let status = message["DialStatus"], status != "ANSWER" else { return }
        if let source = message["Uniqueid"] {
            channels[source]?.ownDialStatus = status
            correctEnd(source, at: time)
        }
        guard let id = message["DestUniqueid"] else { return }
        let forward = message["Forward"] ?? channels[id]?.dialEnd?.forward
        channels[id]?.dialEnd = .init(status: status, forward: forward)
        correctEnd(id, at: time)
    }

    /// The first request counts; what follows on the same channel is its consequence.
    mutating func requested(
        _ request: WritableKeyPath<Channel, Channel.Request?>, _ id: String, _ message: AMIMessage,
        at time: Int
    ) {
        guard let channel = channels[id] else { return }
        if let known = channel[keyPath: request], known.at <= time { return }
        channels[id]?[keyPath: request] = .init(at: time, cause: message["Cause"])
        // It may be the caller of legs whose end came some milliseconds too early.
        for departure in departed.reversed().prefix(while: { $0.at > clock - 1_000_000 }) {
            if let leg = departure.channel { correctEnd(leg, at: time) }
        }
    }

    mutating func hungUp(_ id: String, cause: String?, at time: Int) {
        guard let channel = channels[id], channel.goneAt == nil else { return }
        leave(id)
        channels[id]?.goneAt = time
        channels[id]?.hangupCause = cause
        departed.append(Departure(at: clock, channel: id))
        if channel.isLocal { halves[channel.name] = nil }
        endLeg(id)
        strand(after: id)
        conversations[channel.conversation]?.liveChannels -= 1
        if conversations[channel.conversation]?.liveChannels == 0 {
            tellUnansweredConversation(channel.conversation, at: time)
            departed.append(Departure(at: clock, conversation: channel.conversation))
        }
        for call in conversations[channel.conversation]?.calls ?? [] { endCall(call, at: time) }
        if let call = legs[id]?.call.value { endCall(call, at: time) }
    }

    /// A leg whose channel is gone.
    mutating func endLeg(_ id: String) {
        guard let leg = legs[id], let channel = channels[id], leg.stage != .over,
            let gone = channel.goneAt
        else { return }
        if case .transfer(let target) = commands[id]?.kind, leg.stage == .answered {
            return transfer(id, to: target, at: channel.leftBridgeAt ?? gone)
        }
        let cause: HangupCause
        let end: Int
        if leg.stage == .answered {
            cause = answeredEnd(leg, channel)
            end = leg.isHeldByUs ? gone : channel.leftBridgeAt ?? gone
        } else {
            cause = unansweredEnd(leg, channel)
            end = gone
        }
        legs[id]?.endedAt = end
        tellEnd(id, cause, at: end)
        finish(id)
    }

    private mutating func tellEnd(_ id: String, _ cause: HangupCause, at time: Int) {
        let wasAnswered = legs[id]?.answeredAt != nil
        if !wasAnswered, cause.kind == .declined || cause.kind == .voicemail {
            tell(.declined, leg: id, at: time)
        }
        tell(.ended, leg: id, at: time, cause: cause)
        legs[id]?.toldCause = cause
        if let call = legs[id]?.call.value { calls[call]?.lastCause = cause }
    }

    mutating func finish(_ id: String) {
        guard let leg = legs[id], leg.stage != .over else { return }
        legs[id]?.stage = .over
        calls[leg.call.value]?.liveLegs -= 1
    }

    /// Evidence that arrived after the end was told. What is told now is a moment older, so the fold takes it
    /// first.
    mutating func correctEnd(_ id: String, at time: Int) {
        guard let leg = legs[id], let channel = channels[id], leg.stage == .over,
            !leg.isTransferred, let end = leg.endedAt, let told = leg.toldCause
        else { return }
        let isAnswered = leg.answeredAt != nil
        let cause = isAnswered ? answeredEnd(leg, channel) : unansweredEnd(leg, channel)
        guard cause != told else { return }
        let corrected = min(time, end - 1)
        legs[id]?.endedAt = corrected
        tellEnd(id, cause, at: corrected)
    }
}

/// Causes.
extension AsteriskCalls {
    /// Why a leg that nobody answered ended: the first line that fits.
    private func unansweredEnd(_ leg: TrackedLeg, _ channel: Channel) -> HangupCause {
        let status = channel.dialEnd?.status
        let raw = [
            status, channel.hangupRequest?.cause.map { "HangupRequest \($0)" },
            channel.hangupCause.map { "Cause \($0)" },
        ].compactMap(\.self).joined(separator: ", ")
        if let target = channel.dialEnd?.forward {
            return HangupCause(.forwarded, raw: "to \(target.cutForShow)")
        }
        if leg.origin == .clickToDial && !channel.isUp {
            return HangupCause(.notAnswered, raw: "the agent did not pick up")
        }
        if leg.origin != .rung { return notConnected(channel) }
        if channel.hangupCause == "26" { return HangupCause(.answeredElsewhere, raw: raw) }
        let isGivenUp = status == "CANCEL" && hasCallerGivenUp(leg, by: channel.goneAt ?? clock)
        if !isGivenUp, let ours = commands[leg.id]?.kind.unansweredEnd { return ours }
        if channel.softHangupRequest != nil {
            return HangupCause(.declined, raw: "by another program")
        }
        if let request = channel.hangupRequest {
            let isDecline = request.cause == "17" || request.cause == "21"
            return HangupCause(isDecline ? .declined : .unreachable, raw: raw)
        }
        if isGivenUp { return HangupCause(.callerCancelled, raw: raw) }
        if status == "CANCEL" { return HangupCause(.unknown, raw: "taken away") }
        if status == "NOANSWER", ["0", "16", nil].contains(channel.hangupCause) {
            return HangupCause(.notAnswered, raw: raw)
        }
        return HangupCause(.unknown, raw: raw)
    }

    /// The agent dialled, and nobody talked.
    private func notConnected(_ channel: Channel) -> HangupCause {
        let kind: HangupCause.Kind =
            switch channel.ownDialStatus {
            case "BUSY": .busy
            case "NOANSWER": .notAnswered
            case "CANCEL": .callerCancelled
            case "CONGESTION", "CHANUNAVAIL": .unreachable
            default: channel.hangupRequest == nil ? .unknown : .callerCancelled
            }
        return HangupCause(kind, raw: channel.ownDialStatus ?? channel.hangupCause)
    }

    private func hasCallerGivenUp(_ leg: TrackedLeg, by time: Int) -> Bool {
        guard let request = caller(of: leg.id)?.hangupRequest else { return false }
        return request.at <= time
    }

    /// Who ended a conversation: our command, or whoever asked first.
    private func answeredEnd(_ leg: TrackedLeg, _ channel: Channel) -> HangupCause {
        let raw = (channel.hangupCause ?? "0") + " "
        switch commands[leg.id]?.kind {
        case .hangUp, .decline: return HangupCause(.completed, raw: raw + "by the panel")
        case .sendToVoicemail, .answer, .hold, .consult, .transfer, .dial, nil: break
        }
        if channel.wasJoined { return HangupCause(.completed, raw: raw + "by transfer") }
        let far = leg.far.flatMap { channels[$0] }
        let requests: [(at: Int, who: String)] = [
            channel.hangupRequest.map { ($0.at, "by the agent") },
            channel.softHangupRequest.map { ($0.at, "by another program") },
            far?.hangupRequest.map { ($0.at, "by the other side") },
        ].compactMap(\.self)
        let who = requests.min { $0.at < $1.at }?.who ?? "by the phone system"
        return HangupCause(.completed, raw: raw + who)
    }

    /// The end of a whole call: when its conversation and all its legs are gone.
    mutating func endCall(_ value: String, at time: Int) {
        guard let call = calls[value], call.endedAt == nil, call.liveLegs == 0,
            conversations[call.conversation]?.liveChannels ?? 0 == 0
        else { return }
        calls[value]?.endedAt = time
        departed.append(Departure(at: clock, conversation: call.conversation))
        // How a conversation ended that was over when we came back, nobody knows.
        let wasSeen = call.lastCause != Self.unseen
        let cause = call.wasAnswered && wasSeen ? HangupCause(.completed) : call.lastCause
        tellWhole(.ended, of: call, at: time, cause: cause)
    }

    /// A caller whom no phone was rung for: the phone is not registered, or the queue had nobody. Callers of
    /// an announcement dial other numbers and are nobody's missed call.
    private mutating func tellUnansweredConversation(_ id: String, at time: Int) {
        guard conversations[id]?.calls.isEmpty == true, let caller = channels[id],
            caller.isOutside, !caller.isDialled,
            caller.queue != nil || caller.exten.map(lines.contains(extension:)) == true
        else { return }
        open(id, .inbound, conversation: id)
        guard let call = calls[id] else { return }
        let didWait = caller.queue != nil && caller.hangupRequest != nil
        calls[id]?.lastCause = HangupCause(
            didWait ? .callerCancelled : .unreachable, raw: "no phone rang")
        tellWhole(
            .offered, of: call, at: caller.bornAt, from: party(caller, on: caller),
            to: caller.exten.flatMap(number(dialled:)), queue: caller.queue)
    }

    mutating func tellWhole(
        _ kind: CallEvent.Kind, of call: TrackedCall, at time: Int, from: Party? = nil,
        to: PhoneNumber? = nil, queue: String? = nil, cause: HangupCause? = nil
    ) {
        news.append(
            CallEvent(
                call: call.id, kind: kind, at: AMITime.date(time), sequence: time,
                direction: call.direction, from: from, to: to, queue: queue, cause: cause,
                isReconstructed: isRebuilding))
    }
}
