import PhoneSystem

/// Hold, and transfers of both kinds.
extension AsteriskPhone {
    /// How long the phone system may take from the order to the first ring of a consultation: it plays a prompt
    /// first.
    private static let consultationSeconds = 4

    func hold(_ leg: TrackedLeg) async throws(ControlRefusal) {
        switch settings.holding(of: leg.line) {
        case .byHand: throw .notSupported("Press hold on the phone.")
        case .notify: try await notify("hold", leg)
        case .redirect(let context):
            guard let far = leg.far else { throw Self.isOver }
            try await send(
                "Redirect",
                [
                    .init("Channel", far), .init("Context", context), .init("Exten", "caller"),
                    .init("Priority", "1"), .init("ExtraChannel", leg.id),
                    .init("ExtraContext", context), .init("ExtraExten", "agent"),
                    .init("ExtraPriority", "1"),
                ], remembering: (.hold, leg.id))
        }
    }

    func retrieve(_ leg: TrackedLeg) async throws(ControlRefusal) {
        if leg.isHeldByUs, let far = leg.far {
            try await send(
                "Bridge",
                [.init("Channel1", leg.id), .init("Channel2", far), .init("Tone", "no")])
        } else if settings.holding(of: leg.line) == .notify {
            try await notify("talk", leg)
        } else {
            throw .notSupported("Press hold on the phone itself to take the call back.")
        }
    }

    func transfer(_ leg: TrackedLeg, to target: DialString) async throws(ControlRefusal) {
        try await requireKnown(target)
        try await send("BlindTransfer", destination(target, of: leg))
    }

    /// The other side waits, and the agent's phone rings the target.
    ///
    /// Asterisk answers "queued" whatever comes of it: where the dialplan does not let agents transfer, or a prompt
    /// is missing, nothing happens and nothing is said.
    func consult(_ leg: TrackedLeg, with target: DialString) async throws(ControlRefusal) {
        try await requireKnown(target)
        try await send("Atxfer", destination(target, of: leg), remembering: (.consult, leg.id))
        let isBegun = try? await hears(within: Self.consultationSeconds) {
            $0.legs[leg.id].map { $0.isConsulting || $0.stage == .over } ?? true
        }
        guard isBegun == true else {
            throw .notNow(
                """
                The phone system did not begin the transfer. Its dialplan must allow it: “tT” in Dial, \
                “atxfer” in features.conf, and the prompts.
                """)
        }
    }

    /// The agent leaves, and the two others are joined. That is what it means to hang up now.
    func complete(_ leg: TrackedLeg) async throws(ControlRefusal) {
        guard leg.isConsulting else { throw Self.isOver }
        try await hangUp([leg], as: .hangUp, cause: 16)
    }

    func cancel(_ leg: TrackedLeg) async throws(ControlRefusal) {
        guard leg.isConsulting else { throw Self.isOver }
        try await send("CancelAtxfer", [.init("Channel", leg.id)])
    }

    private func destination(_ target: DialString, of leg: TrackedLeg) -> [AMIMessage.Field] {
        [
            .init("Channel", leg.id), .init("Context", settings.dialContext),
            .init("Exten", target.description),
        ]
    }

    /// Hangs up who waits for somebody that has left. What comes of it arrives as events.
    func releaseStranded() {
        guard let connection else { return }
        while let channel = calls.stranded.popLast() {
            guard
                let action = try? AMIAction(
                    "Hangup", id: nextAction(),
                    [.init("Channel", channel), .init("Cause", "16")])
            else { continue }
            connection.send(action)
        }
    }
}
