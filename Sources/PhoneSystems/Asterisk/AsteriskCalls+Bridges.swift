import Calls
import PhoneNumbers

/// Who talks with whom: two channels talk when a bridge, or a chain of bridges and `Local` pairs, joins them.
extension AsteriskCalls {
    mutating func entered(_ id: String, bridge: String?, at time: Int) {
        guard let channel = channels[id], let bridge, channel.goneAt == nil,
            time >= channel.bridgedAt ?? 0
        else { return }
        leave(id)
        channels[id]?.bridge = bridge
        channels[id]?.bridgedAt = time
        channels[id]?.leftBridgeAt = nil
        bridges[bridge, default: []].insert(id)
        for near in reach(from: id).keys.sorted() { connect(near) }
    }

    mutating func left(_ id: String, bridge: String?, at time: Int) {
        guard let channel = channels[id], let bridge, channel.bridge == bridge else { return }
        leave(id)
        channels[id]?.bridgedAt = time
        channels[id]?.leftBridgeAt = time
        guard let leg = legs[id], leg.stage == .answered else { return }
        switch commands[id]?.kind {
        case .hold:
            commands[id] = nil
            legs[id]?.isHeldByUs = true
            tell(.held, leg: id, at: time)
        case .transfer(let target):
            commands[id] = nil
            transfer(id, to: target, at: time)
        case .decline, .sendToVoicemail, .hangUp, .answer, .consult, .dial, nil: break
        }
    }

    /// Takes a channel out of its bridge.
    mutating func leave(_ id: String) {
        guard let bridge = channels[id]?.bridge else { return }
        channels[id]?.bridge = nil
        bridges[bridge]?.remove(id)
        if bridges[bridge]?.isEmpty == true { bridges[bridge] = nil }
    }

    /// Every channel that hears this one, itself included, with the time since when.
    private func reach(from id: String) -> [String: Int] {
        var since = [id: channels[id]?.bridgedAt ?? 0]
        var open = [id]
        while let next = open.popLast() {
            guard let channel = channels[next] else { continue }
            var near = channel.bridge.flatMap { bridges[$0] } ?? []
            if let half = channel.otherHalfName.flatMap({ halves[$0] }) { near.insert(half) }
            for other in near where since[other] == nil {
                since[other] = max(since[next] ?? 0, channels[other]?.bridgedAt ?? 0)
                open.append(other)
            }
        }
        return since
    }

    /// Looks who is on the other side of a leg now, and tells what is new about that.
    mutating func connect(_ id: String) {
        guard let leg = legs[id], let channel = channels[id], leg.stage != .over,
            channel.bridge != nil, let other = otherSide(of: id)
        else { return }
        let far = other.channel
        defer { legs[id]?.far = far.id }
        if leg.direction == .internal && far.isOutside {
            goOn(id, with: far, at: other.since)
        } else if leg.stage == .offered {
            answer(id, at: other.since)
        } else if leg.isHeldByUs {
            legs[id]?.isHeldByUs = false
            tell(.retrieved, leg: id, at: other.since)
        } else if leg.far != far.id {
            tellChange(leg, channel, far, at: other.since)
        }
    }

    /// The outside before a colleague, who may just be leaving; then who has been there longest.
    private func otherSide(of id: String) -> (channel: Channel, since: Int)? {
        reach(from: id).compactMap { near in
            channels[near.key].flatMap { channel -> (channel: Channel, since: Int)? in
                guard near.key != id, !channel.isLocal, channel.goneAt == nil else { return nil }
                return (channel, near.value)
            }
        }
        .min {
            ($0.channel.isOutside ? 0 : 1, $0.since, $0.channel.id)
                < ($1.channel.isOutside ? 0 : 1, $1.since, $1.channel.id)
        }
    }

    mutating func answer(_ id: String, at time: Int) {
        guard let leg = legs[id] else { return }
        legs[id]?.stage = .answered
        legs[id]?.answeredAt = time
        calls[leg.call.value]?.wasAnswered = true
        tell(.answered, leg: id, at: time)
    }

    /// The same conversation with somebody else, after a transfer. The fold keeps the first answer and the first
    /// party; the event is there for the record.
    private mutating func tellChange(
        _ leg: TrackedLeg, _ channel: Channel, _ far: Channel, at time: Int
    ) {
        let party = party(far, on: channel)
        if leg.direction == .outbound {
            tell(.answered, leg: leg.id, at: time, to: party.number)
        } else {
            tell(.answered, leg: leg.id, at: time, from: party)
        }
    }

    /// A colleague's call that goes on with the outside, after a transfer: from here on the agent takes part in
    /// the customer's call, which is the one that is logged.
    private mutating func goOn(_ id: String, with far: Channel, at time: Int) {
        guard let leg = legs[id], let channel = channels[id] else { return }
        let shared = calls[far.conversation]
        let isCustomers = shared.map { $0.direction != .internal } ?? true
        let value = isCustomers ? far.conversation : "\(far.conversation)/\(far.id)"
        let direction = calls[value]?.direction ?? (far.isDialled ? .outbound : .inbound)
        let party = party(far, on: channel)

        tell(.ended, leg: id, at: time, cause: HangupCause(.completed, raw: "joined by transfer"))
        calls[leg.call.value]?.liveLegs -= 1
        open(value, direction, conversation: far.conversation)
        calls[value]?.liveLegs += 1
        let joined = callID(value)
        legs[id]?.call = joined
        legs[id]?.direction = direction
        if direction == .outbound {
            tell(.offered, leg: id, at: time, to: party.number)
        } else {
            tell(.offered, leg: id, at: time, from: party)
        }
        answer(id, at: time)
    }
}

/// Hold.
extension AsteriskCalls {
    /// The phone put the other side on hold, or an attended transfer from the panel did.
    mutating func held(_ id: String, at time: Int) {
        if case .consult = commands[id]?.kind {
            commands[id] = nil
            legs[id]?.isConsulting = true
        } else {
            legs[id]?.isHeld = true
        }
        tell(.held, leg: id, at: time)
    }

    /// The agent is back with the other side, by hand or because the target was let go.
    mutating func retrieved(_ id: String, at time: Int) {
        legs[id]?.isConsulting = false
        legs[id]?.isHeld = false
        tell(.retrieved, leg: id, at: time)
    }

    /// Two sides that our hold keeps apart are in no bridge: the phone system does not end one when the other
    /// leaves.
    mutating func strand(after id: String) {
        for leg in legs.values where leg.isHeldByUs {
            guard let far = leg.far, id == leg.id || id == far else { continue }
            legs[leg.id]?.isHeldByUs = false
            let left = id == far ? leg.id : far
            if let channel = channels[left], channel.goneAt == nil { stranded.append(left) }
        }
    }
}

/// Transfers.
extension AsteriskCalls {
    mutating func blindlyTransferred(_ message: AMIMessage, at time: Int) {
        guard message["Result"] == "Success", let id = message["TransfererUniqueid"] else { return }
        transfer(id, to: message["Extension"], at: time)
    }

    /// Two legs of one agent are joined, or one that was in both bridges: told once, of the first call.
    mutating func transferredAfterTalk(_ message: AMIMessage, at time: Int) {
        guard message["Result"] == "Success", let id = message["OrigTransfererUniqueid"] else {
            return
        }
        let second = message["SecondTransfererUniqueid"] ?? id
        if second != id {
            channels[second]?.wasJoined = true
            correctEnd(second, at: time)
        }
        transfer(id, to: target(message, second: second), at: time)
    }

    /// Who was spoken to before the transfer. 16.28 leaves the target out where it is a `Local` pair; then it is
    /// who the second leg talked with.
    private func target(_ message: AMIMessage, second: String) -> String? {
        let told = AMIChannel(message, prefix: "TransferTarget")
        guard let known = (told?.id ?? legs[second]?.far).flatMap({ channels[$0] }) else {
            return nil
        }
        if let line = known.line { return line }
        let isWithheld = (known.presentation ?? told?.presentation)?.isWithheld ?? !known.isDialled
        return isWithheld && !known.isLocal ? nil : known.number
    }

    mutating func transfer(_ id: String, to target: String?, at time: Int) {
        guard let leg = legs[id], !leg.isTransferred, leg.answeredAt != nil else { return }
        // An end that was told too early is corrected by an event before it.
        tell(.transferred, leg: id, at: min(time, leg.endedAt ?? time), target: target?.cutForShow)
        legs[id]?.isTransferred = true
        finish(id)
    }
}
