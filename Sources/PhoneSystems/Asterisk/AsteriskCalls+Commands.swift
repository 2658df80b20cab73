import Calls

/// Our own commands: what leaves no event is remembered.
extension AsteriskCalls {
    /// Call it before the command is sent. One command for a leg is remembered: the latest.
    package mutating func remember(_ command: OwnCommand) {
        if case .dial = command.kind {
            requests.append(command.leg)
            if requests.count > Self.mostRequests { commands[requests.removeFirst()] = nil }
        } else if legs[command.leg].map({ $0.stage == .over }) ?? true {
            return
        }
        commands[command.leg] = command
    }

    /// An error means that the command had no effect.
    mutating func settleCommand(_ message: AMIMessage) {
        let isRefused = message.isError || message["Response"] == "Failure"
        guard isRefused, let id = message.actionID else { return }
        for (leg, command) in commands where command.actionID == id {
            commands[leg] = nil
            requests.removeAll { $0 == leg }
        }
    }
}

extension OwnCommand {
    var requestedNumber: String? {
        if case .dial(let number) = kind { return number }
        return nil
    }
}

extension OwnCommand.Kind {
    /// How a ringing leg ends by this command; `nil` when it does not.
    var unansweredEnd: HangupCause? {
        switch self {
        case .decline, .hangUp: HangupCause(.declined, raw: "in the panel")
        case .sendToVoicemail: HangupCause(.voicemail, raw: "in the panel")
        case .answer: HangupCause(.answeredElsewhere, raw: "rung again by the panel")
        case .transfer(let target): HangupCause(.forwarded, raw: "to \(target.cutForShow)")
        case .hold, .consult, .dial: nil
        }
    }
}
