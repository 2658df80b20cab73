package import Credentials
package import PhoneSystem

extension AsteriskSettings {
    private static let keys = [
        "kind", "host", "port", "user", "secret", "secret-file", "endpoints", "dial-context",
        "decline-cause", "answer", "answer-context", "hold", "click-to-dial",
    ]

    /// Causes that a phone could have given itself (Q.850): what is sent is what the dialplan acts on.
    private static let causes = 1...127

    /// - Parameter secret: what `secret` or the file of `secret-file` holds.
    package init(_ fields: SettingFields, secret: Secret) throws(SettingFault) {
        try fields.require(known: Self.keys)
        self.init(
            name: fields.name, host: try fields.requiredText("host"),
            user: try fields.requiredText("user"), secret: secret)
        port = try fields.number("port", in: 1...65535, or: port)
        endpoints = try fields.lists("endpoints")
        for (line, names) in endpoints {
            for name in [line] + names where !name.isDialplanName {
                throw fields.fault(
                    "endpoints", "holds a name with other than letters, digits, - _ .")
            }
        }
        dialContext = try Self.dialplanName("dial-context", in: fields) ?? dialContext
        declineCause = try fields.number("decline-cause", in: Self.causes, or: declineCause)
        let context = try Self.dialplanName("answer-context", in: fields)
        answering = try fields.choice(
            "answer",
            ["by-hand": .byHand, "notify": .notify, "redial": .redial(context: context ?? "")],
            or: .byHand)
        if case .redial("") = answering {
            throw fields.fault("answer-context", "is missing: redial needs a context.")
        }
        holding = try fields.choice("hold", ["by-hand": .byHand, "notify": .notify], or: .byHand)
        canDial = try fields.flag("click-to-dial", or: false)
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
