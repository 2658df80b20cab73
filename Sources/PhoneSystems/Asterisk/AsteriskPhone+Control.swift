package import Calls
package import PhoneSystem

/// What the panel's buttons mean for Asterisk. Channels are named by their `Uniqueid`; what leaves no event of
/// its own is remembered before it is sent.
extension AsteriskPhone {
    package func abilities(for line: String, in call: Call) -> Set<CallAbility> {
        guard connection != nil else { return [] }
        let mine = liveLegs(of: call.id, line: line)
        if mine.contains(where: \.isRinging) {
            return settings.answering(of: line) == .byHand ? [.decline] : [.decline, .answer]
        }
        if let talking = mine.first(where: { $0.stage == .answered }) {
            return abilities(of: talking)
        }
        return mine.isEmpty ? [] : [.hangUp]
    }

    private func abilities(of leg: TrackedLeg) -> Set<CallAbility> {
        // To hang up would complete the transfer.
        if leg.isConsulting { return [.completeTransfer, .cancelTransfer] }
        if leg.isHeldByUs { return [.hangUp, .retrieve] }
        var can: Set<CallAbility> = [.hangUp, .transfer]
        if settings.canConsult { can.insert(.consult) }
        switch settings.holding(of: leg.line) {
        case .byHand: break
        case .notify: can.insert(leg.isHeld ? .retrieve : .hold)
        case .redirect: if !leg.isHeld && leg.far != nil { can.insert(.hold) }
        }
        return can
    }

    package func canDial(from line: String) -> Bool {
        guard settings.canDial, connection != nil, state.may("Originate"),
            let endpoint = settings.endpoints(of: line).first
        else { return false }
        return !state.missing.contains { $0.name == endpoint }
    }

    package func outage() -> String? {
        connection == nil ? "Calls on the phone go on; the buttons come back by themselves." : nil
    }

    package func perform(_ command: CallCommand) async throws(ControlRefusal) {
        guard connection != nil else { throw Self.isLost }
        switch command {
        case .decline(let call, extension: let line):
            try await hangUp(
                liveLegs(of: call, line: line).filter(\.isRinging), as: .decline,
                cause: settings.declineCause)
        case .hangUp(let call, extension: let line):
            try await hangUp(liveLegs(of: call, line: line), as: .hangUp, cause: 16)
        case .answer(let call, extension: let line): try await answer(call, line)
        case .hold(let call, extension: let line):
            try await hold(try talkingLeg(of: call, line: line))
        case .retrieve(let call, extension: let line):
            try await retrieve(try talkingLeg(of: call, line: line))
        case .transfer(let call, extension: let line, to: let target):
            try await transfer(try talkingLeg(of: call, line: line), to: target)
        case .consult(let call, extension: let line, to: let target):
            try await consult(try talkingLeg(of: call, line: line), with: target)
        case .completeTransfer(let call, extension: let line):
            try await complete(try talkingLeg(of: call, line: line))
        case .cancelTransfer(let call, extension: let line):
            try await cancel(try talkingLeg(of: call, line: line))
        case .dial(from: let line, to: let number): try await dial(from: line, to: number)
        }
    }

    func hangUp(
        _ legs: [TrackedLeg], as kind: OwnCommand.Kind, cause: Int
    ) async throws(ControlRefusal) {
        guard !legs.isEmpty else { throw Self.isOver }
        for leg in legs {
            try await send(
                "Hangup", [.init("Channel", leg.id), .init("Cause", "\(cause)")],
                remembering: (kind, leg.id))
        }
    }

    private func answer(_ call: Call.ID, _ line: String) async throws(ControlRefusal) {
        guard let leg = liveLegs(of: call, line: line).first(where: \.isRinging) else {
            throw Self.isOver
        }
        switch settings.answering(of: line) {
        case .byHand: throw .notSupported("Answer this call on the phone.")
        case .notify: try await notify("talk", leg)
        case .redial(let context):
            guard let caller = calls.caller(of: leg.id)?.id else { throw Self.isOver }
            try await send(
                "Redirect",
                [
                    .init("Channel", caller), .init("Context", context), .init("Exten", line),
                    .init("Priority", "1"),
                ], remembering: (.answer, leg.id))
        }
    }

    /// Success means that it was sent: what the phone makes of it arrives as events.
    func notify(_ event: String, _ leg: TrackedLeg) async throws(ControlRefusal) {
        try await send(
            "PJSIPNotify", [.init("Channel", leg.id), .init("Variable", "Event=\(event)")])
    }

    private func dial(from line: String, to number: DialString) async throws(ControlRefusal) {
        guard settings.canDial, let endpoint = settings.endpoints(of: line).first else {
            throw .notSupported("This phone cannot dial from the panel. Dial on the phone.")
        }
        try await requireKnown(number)
        let leg = "\(ownPrefix)-\(nextAction())"
        try await send(
            "Originate",
            [
                .init("Channel", "PJSIP/\(endpoint)"), .init("Context", settings.dialContext),
                .init("Exten", number.description), .init("Priority", "1"),
                .init("CallerID", number.description), .init("Timeout", "20000"),
                // Without it the connection waits for the phone.
                .init("Async", "true"), .init("ChannelId", leg),
            ], remembering: (.dial(number: number.description), leg))
    }

    /// A transfer to a number that the dialplan does not know is answered "succeeded", and the call is lost.
    /// Where the phone system cannot say (`func_dialplan` is not loaded), it is tried.
    func requireKnown(_ number: DialString) async throws(ControlRefusal) {
        guard let connection else { throw Self.isLost }
        let question = "DIALPLAN_EXISTS(\(settings.dialContext),\(number),1)"
        let answer: [AMIMessage]
        do {
            answer = try await connection.ask(
                try AMIAction("Getvar", id: nextAction(), [.init("Variable", question)]))
        } catch {
            throw Self.isSilent
        }
        if answer.first?["Value"] == "0" {
            throw .notNow("The phone system knows no number \(number). Check it, then try again.")
        }
    }

    func send(
        _ name: String, _ fields: [AMIMessage.Field],
        remembering own: (kind: OwnCommand.Kind, leg: String)? = nil
    ) async throws(ControlRefusal) {
        guard let connection else { throw Self.isLost }
        let id = nextAction()
        if let own { calls.remember(OwnCommand(own.kind, leg: own.leg, actionID: id)) }
        do {
            _ = try await ask(try AMIAction(name, id: id, fields), on: connection)
        } catch AMILoss.refused(_, let reason) {
            // The call ended meanwhile: what was wanted has happened.
            if name == "Hangup" && reason.lowercased().contains("no such channel") { return }
            throw .notNow("The phone system refused: \(reason).")
        } catch let fault as AMIActionFault {
            throw .notSupported("\(fault)")
        } catch {
            throw Self.isSilent
        }
    }

    private static let isLost = ControlRefusal.unreachable(
        "The phone system cannot be reached now. Use the phone.")
    private static let isSilent = ControlRefusal.unreachable(
        "The phone system did not answer. Look at the phone before trying again.")
    static let isOver = ControlRefusal.notNow("This call is over.")

    private func liveLegs(of call: Call.ID, line: String) -> [TrackedLeg] {
        calls.legs.values.filter { $0.call == call && $0.line == line && $0.stage != .over }
            .sorted { $0.id < $1.id }
    }

    private func talkingLeg(of call: Call.ID, line: String) throws(ControlRefusal) -> TrackedLeg {
        guard let leg = liveLegs(of: call, line: line).first(where: { $0.stage == .answered })
        else {
            throw Self.isOver
        }
        return leg
    }
}

extension TrackedLeg {
    fileprivate var isRinging: Bool { stage == .offered && origin == .rung }
}
