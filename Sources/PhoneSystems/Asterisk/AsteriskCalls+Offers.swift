import Calls
import PhoneNumbers

/// How phones come to take part: they are rung, they dial, or the panel dials for them.
extension AsteriskCalls {
    /// An agent dialled on a phone.
    mutating func dialled(on id: String, at time: Int) {
        guard let channel = channels[id], let line = channel.line, legs[id] == nil else { return }
        let to = channel.exten.flatMap(number(dialled:))
        let direction: CallDirection = isInside(to, channel.exten) ? .internal : .outbound
        let value =
            calls[channel.conversation] == nil
            ? channel.conversation : "\(channel.conversation)/\(id)"
        open(value, direction, conversation: channel.conversation)
        enlist(id, line: line, origin: .dialled, call: value, direction)
        // The fold shows `from` as the other side of an internal call: here the colleague who is called.
        let colleague = direction == .internal ? to.map { Party(number: $0) } : nil
        tell(.offered, leg: id, at: time, from: colleague, to: to)
        catchUp(id)
    }

    /// A phone is rung: by a caller, or, without a source, because the panel asked for it.
    mutating func dialBegan(_ message: AMIMessage, at time: Int) {
        guard let id = message["DestUniqueid"], channels[id] != nil else { return }
        let source = message["Uniqueid"]
        channels[id]?.isDialled = true
        learnCaller(message)
        if let source, message["ChannelStateDesc"] == "Ring" { dialled(on: source, at: time) }
        if let source { completeRequest(source, number: message["Exten"], at: time) }
        guard legs[id] == nil, channels[id]?.line != nil else { return }
        if let source {
            offer(id, from: source, dialled: message["Exten"], at: time)
        } else {
            offerRequest(id, at: time)
        }
        catchUp(id)
    }

    /// The caller's own channel appeared after the phones that it rang.
    mutating func tellDialledNumber(_ id: String, at time: Int) {
        guard let call = calls[id], call.direction == .inbound, let channel = channels[id],
            channel.isOutside, let to = channel.exten.flatMap(number(dialled:))
        else { return }
        tellWhole(.offered, of: call, at: time, to: to)
    }

    /// Who dials whom. After a snapshot this is all that tells.
    mutating func learnCaller(_ message: AMIMessage) {
        guard let id = message["DestUniqueid"], let source = message["Uniqueid"] else { return }
        channels[id]?.dialledBy = source
    }

    /// The queue's name comes just before its `DialBegin`.
    mutating func queueCalled(_ message: AMIMessage, at time: Int) {
        guard let id = message["DestUniqueid"], let queue = message["Queue"]?.cutForShow else {
            return
        }
        let isLate = legs[id] != nil && channels[id]?.queue == nil
        channels[id]?.queue = queue
        if isLate { tell(.offered, leg: id, at: time, queue: queue) }
    }

    private mutating func offer(
        _ id: String, from source: String, dialled exten: String?, at time: Int
    ) {
        guard let channel = channels[id], let line = channel.line else { return }
        let caller = caller(of: id)
        let home = home(of: channel, calledBy: caller)
        open(home.call, home.direction, conversation: channel.conversation)
        enlist(id, line: line, origin: .rung, call: home.call, home.direction)
        let from = (caller ?? channels[source]).map { party($0, on: channel) }
        let first = channels[channel.conversation]?.exten.flatMap(number(dialled:))
        tell(
            .offered, leg: id, at: time, from: from,
            to: first ?? exten.flatMap(number(dialled:)), queue: channel.queue)
    }

    /// The phone of an agent who clicked on a number.
    private mutating func offerRequest(_ id: String, at time: Int) {
        guard let channel = channels[id], let line = channel.line else { return }
        let asked = commands[id]?.requestedNumber ?? channel.connectedNumber
        let to = asked.flatMap(number(dialled:))
        let direction: CallDirection = isInside(to, asked) ? .internal : .outbound
        open(channel.conversation, direction, conversation: channel.conversation)
        enlist(id, line: line, origin: .clickToDial, call: channel.conversation, direction)
        let colleague = direction == .internal ? to.map { Party(number: $0) } : nil
        tell(.offered, leg: id, at: time, from: colleague, to: to)
        requests.removeAll { $0 == id }
    }

    /// Where nobody told which number was asked for, the dialplan's first step does.
    private mutating func completeRequest(_ id: String, number exten: String?, at time: Int) {
        guard let leg = legs[id], leg.origin == .clickToDial, leg.stage == .offered else { return }
        guard commands[id] == nil, channels[id]?.connectedNumber == nil else { return }
        tell(.offered, leg: id, at: time, to: exten.flatMap(number(dialled:)))
    }

    /// The call that a rung phone takes part in. A colleague's call is one of its own: the two ends of an
    /// internal call see different sides, and two phones that ring together cannot both answer one call.
    private func home(
        of channel: Channel, calledBy caller: Channel?
    ) -> (call: String, direction: CallDirection) {
        let value = channel.conversation
        let callersLeg = caller.flatMap { legs[$0.id] }
        if calls[value]?.direction == .internal || callersLeg.map({ $0.origin != .rung }) == true {
            return ("\(value)/internal", .internal)
        }
        return (value, calls[value]?.direction ?? .inbound)
    }

    mutating func enlist(
        _ id: String, line: String, origin: TrackedLeg.Origin, call: String,
        _ direction: CallDirection
    ) {
        legs[id] = TrackedLeg(
            id: id, line: line, origin: origin, call: callID(call), direction: direction)
        calls[call]?.liveLegs += 1
    }

    mutating func open(_ value: String, _ direction: CallDirection, conversation: String) {
        guard calls[value] == nil else { return }
        calls[value] = TrackedCall(
            id: callID(value), direction: direction, conversation: conversation)
        conversations[conversation, default: Conversation()].calls.append(value)
    }

    /// What arrived before the offer, by some milliseconds.
    private mutating func catchUp(_ id: String) {
        connect(id)
        if channels[id]?.goneAt != nil { endLeg(id) }
    }
}

/// Who is who.
extension AsteriskCalls {
    /// Who dialled a channel: back over `Local` pairs to the first channel that is none. In a transfer by feature
    /// code nobody dialled the pair, and its own half stands for the agent.
    func caller(of id: String) -> Channel? {
        var current = channels[id]
        var nearest: Channel?
        // No dialplan chains so many pairs; a loop ends here.
        for _ in 0..<16 {
            guard let next = current?.dialledBy.flatMap({ channels[$0] }) else { break }
            nearest = next
            guard let other = next.otherHalfName else { break }
            current = halves[other].flatMap { channels[$0] }
        }
        return nearest
    }

    /// A channel as the other side of a call. A withheld number becomes "withheld", and so does one of which
    /// nobody said whether it may be shown.
    ///
    /// - Parameter viewer: the leg that it is shown to: its connected line tells the presentation too.
    mutating func party(_ channel: Channel, on viewer: Channel) -> Party {
        if let line = channel.line {
            return Party(number: PhoneNumber(line, plan: plan), name: channel.displayName)
        }
        let told = [channel.presentation, viewer.connectedPresentation].compactMap(\.self)
        if told.isEmpty && !channel.isDialled {
            unknownPresentations += 1
            return Party(number: .withheld)
        }
        guard let number = channel.number, !told.contains(where: \.isWithheld) else {
            return Party(number: .withheld)
        }
        return Party(number: PhoneNumber(number, plan: plan), name: channel.displayName)
    }

    /// `nil` for the dialplan's own names, such as `s`.
    func number(dialled exten: String) -> PhoneNumber? {
        guard let first = exten.utf8.first, (48...57).contains(first) || "+*#".utf8.contains(first)
        else { return nil }
        return PhoneNumber(exten, plan: plan)
    }

    func isInside(_ number: PhoneNumber?, _ exten: String?) -> Bool {
        number?.kind == .internal || exten.map(lines.contains(extension:)) == true
    }
}
