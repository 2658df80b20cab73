package import Credentials

/// How one Asterisk is reached, and what its dialplan and phones can do.
package struct AsteriskSettings: Sendable {
    /// How the panel's *Answer* reaches a phone.
    package enum Answering: Hashable, Sendable {
        /// The phone is answered by hand: the button is not shown.
        case byHand
        /// `NOTIFY` with `Event: talk`, for phones that know it; needs the write class `system`.
        case notify
        /// The caller is sent to an extension of this context that rings the phone with an auto-answer header.
        case redial(context: String)
    }

    /// How the panel's *Hold* reaches a phone.
    package enum Holding: Hashable, Sendable {
        case byHand
        /// `NOTIFY` with `Event: hold`, and `talk` to take it back; needs the write class `system`.
        case notify
        /// Both sides are sent to wait in this context, at its extensions `caller` and `agent`, and are joined
        /// again: for any phone.
        case redirect(context: String)
    }

    /// What differs for the phones of one extension.
    package struct Line: Sendable {
        package var answering: Answering?
        package var holding: Holding?
    }

    /// The phone system's name: the first half of every call id from it.
    package let name: String
    package let host: String
    package var port = 5038
    /// `nil` where the connection is not encrypted.
    package var trust: TLSTrust?
    package let user: String
    package let secret: Secret
    /// The endpoints of an extension whose phones are not named like it.
    package var endpoints: [String: [String]] = [:]
    /// The context of the dialplan that knows what agents may dial.
    package var dialContext = "internal"
    /// What *Decline* tells the dialplan; 17 (busy) is a phone's own 486.
    package var declineCause = 17
    package var answering = Answering.byHand
    package var holding = Holding.byHand
    /// By extension.
    package var lines: [String: Line] = [:]
    /// An attended transfer from the panel: the dialplan lets agents transfer (`t` or `T` in its `Dial`), and has
    /// the feature and the prompts.
    package var canConsult = false
    /// Click-to-dial; needs the write class `originate`.
    package var canDial = false

    package init(name: String, host: String, user: String, secret: Secret) {
        self.name = name
        self.host = host
        self.user = user
        self.secret = secret
    }

    /// The phones of an extension.
    func endpoints(of line: String) -> [String] { endpoints[line] ?? [line] }

    func answering(of line: String) -> Answering { lines[line]?.answering ?? answering }

    func holding(of line: String) -> Holding { lines[line]?.holding ?? holding }

    /// Whether a phone is told something by `NOTIFY`.
    var usesNotify: Bool {
        let answers = [answering] + lines.values.compactMap(\.answering)
        let holds = [holding] + lines.values.compactMap(\.holding)
        return answers.contains(.notify) || holds.contains(.notify)
    }

    /// Which phones belong to these extensions.
    func lines(of extensions: Set<String>) -> AsteriskLines {
        var lines: [String: String] = [:]
        for line in extensions.sorted() {
            for endpoint in endpoints(of: line) { lines[endpoint] = line }
        }
        return AsteriskLines(lines)
    }
}
