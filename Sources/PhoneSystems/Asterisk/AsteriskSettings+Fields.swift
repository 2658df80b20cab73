package import Credentials
package import WrittenSettings

extension AsteriskSettings {
    private static let keys = [
        "kind", "host", "port", "tls", "tls-ca", "tls-name", "user", "secret", "secret-file",
        "endpoints", "dial-context", "decline-cause", "answer", "answer-context", "hold",
        "hold-context", "attended-transfer", "click-to-dial", "lines",
    ]
    private static let keysOfLine = ["answer", "answer-context", "hold", "hold-context"]

    /// The port of the manager interface with TLS (`tlsbindaddr`), unless another is set.
    private static let encryptedPort = 5039

    /// Causes that a phone could have given itself (Q.850): what is sent is what the dialplan acts on.
    private static let causes = 1...127

    /// - Parameter secret: what `secret` or the file of `secret-file` holds.
    package init(_ fields: SettingFields, secret: Secret) throws(SettingFault) {
        try fields.require(known: Self.keys)
        self.init(
            name: fields.name, host: try fields.requiredText("host"),
            user: try fields.requiredText("user"), secret: secret)
        trust = try Self.trust(fields, host: host)
        port = try fields.number(
            "port", in: 1...65535, or: trust == nil ? port : Self.encryptedPort)
        endpoints = try fields.lists("endpoints")
        for (line, names) in endpoints {
            for name in [line] + names where !name.isDialplanName {
                throw fields.fault(
                    "endpoints", "holds a name with other than letters, digits, - _ .")
            }
        }
        dialContext = try Self.dialplanName("dial-context", in: fields) ?? dialContext
        declineCause = try fields.number("decline-cause", in: Self.causes, or: declineCause)
        answering = try Self.answering(fields) ?? .byHand
        holding = try Self.holding(fields) ?? .byHand
        for line in try fields.tables("lines") {
            try line.require(known: Self.keysOfLine)
            lines[line.key] = Line(
                answering: try Self.answering(line), holding: try Self.holding(line))
        }
        canConsult = try fields.flag("attended-transfer", or: false)
        canDial = try fields.flag("click-to-dial", or: false)
    }

    /// - Returns: `nil` where nothing is said.
    private static func answering(_ fields: SettingFields) throws(SettingFault) -> Answering? {
        guard try fields.text("answer") != nil else { return nil }
        let context = try dialplanName("answer-context", in: fields)
        let answering = try fields.choice(
            "answer",
            ["by-hand": .byHand, "notify": .notify, "redial": .redial(context: context ?? "")],
            or: Answering.byHand)
        if case .redial("") = answering {
            throw fields.fault("answer-context", "is missing: redial needs a context.")
        }
        return answering
    }

    /// - Returns: `nil` where nothing is said.
    private static func holding(_ fields: SettingFields) throws(SettingFault) -> Holding? {
        guard try fields.text("hold") != nil else { return nil }
        let context = try dialplanName("hold-context", in: fields)
        let holding = try fields.choice(
            "hold",
            ["by-hand": .byHand, "notify": .notify, "redirect": .redirect(context: context ?? "")],
            or: Holding.byHand)
        if case .redirect("") = holding {
            throw fields.fault("hold-context", "is missing: redirect needs a context.")
        }
        return holding
    }

    private static func trust(
        _ fields: SettingFields, host: String
    ) throws(SettingFault) -> TLSTrust? {
        let authorities = try fields.text("tls-ca")
        let name = try fields.text("tls-name")
        guard try fields.flag("tls", or: false) else {
            guard authorities == nil, name == nil else {
                throw fields.fault("tls", "is off, and tls-ca or tls-name is set: write tls: true.")
            }
            return nil
        }
        do throws(TLSFault) {
            return try TLSTrust(name: name ?? host, authorities: authorities)
        } catch {
            throw fields.fault("tls-ca", "cannot be used: \(error).")
        }
    }

    /// What goes to the dialplan as a name must not be more than a name.
    private static func dialplanName(
        _ key: String, in fields: SettingFields
    ) throws(SettingFault) -> String? {
        guard let text = try fields.text(key) else { return nil }
        guard text.isDialplanName else {
            throw fields.fault(key, "must be a name of letters, digits, - _ .")
        }
        return text
    }
}

extension String {
    fileprivate var isDialplanName: Bool {
        (1...80).contains(utf8.count)
            && utf8.allSatisfy {
                (0x30...0x39).contains($0) || (0x41...0x5A).contains($0)
                    || (0x61...0x7A).contains($0) || [0x2D, 0x2E, 0x5F].contains($0)
            }
    }
}
