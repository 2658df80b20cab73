/// What a message says about one channel. Most messages describe one; a prefix (`Dest`, `OrigTransferer`)
/// names the second.
package struct AMIChannel: Hashable, Sendable {
    /// Unique over restarts, opaque. Names are used again, so nothing is keyed by them.
    package let id: String
    /// The conversation it belongs to now.
    package let linkedID: String?
    package let name: String
    package let state: State?
    package let number: String?
    package let displayName: String?
    package let connectedNumber: String?
    /// The dialplan's extension: at first what was dialled.
    package let exten: String?
    /// Whether the channel's own number may be shown: `allowed_not_screened`, `prohib_not_screened`.
    package let presentation: String?
    /// The same of the number that the channel's own phone shows.
    package let connectedPresentation: String?

    package enum State: String, Sendable {
        case down = "Down"
        case ring = "Ring"
        case ringing = "Ringing"
        case up = "Up"
    }

    /// `nil` when the message does not describe a channel under this prefix.
    package init?(_ message: AMIMessage, prefix: String = "") {
        guard let id = message[prefix + "Uniqueid"], id.isOpaqueID,
            let name = message[prefix + "Channel"]
        else { return nil }
        let variables = prefix + "ChanVariable"
        self.id = id
        self.name = name
        linkedID = message[prefix + "Linkedid"].flatMap { $0.isOpaqueID ? $0 : nil }
        state = message[prefix + "ChannelStateDesc"].flatMap(State.init)
        number = message[prefix + "CallerIDNum"]
        displayName = message[prefix + "CallerIDName"]?.cutForShow
        connectedNumber = message[prefix + "ConnectedLineNum"]
        exten = message[prefix + "Exten"]
        presentation = message.variable("CALLERID(num-pres)", in: variables)
        connectedPresentation = message.variable("CONNECTEDLINE(num-pres)", in: variables)
    }

    /// The endpoint of a phone or trunk; `nil` for `Local/…`, which is a connection inside of the phone system.
    package static func endpoint(ofName name: String) -> String? {
        guard name.hasPrefix("PJSIP/"), let dash = name.lastIndex(of: "-") else { return nil }
        let counter = name[name.index(after: dash)...]
        guard counter.utf8.count >= 8,
            counter.utf8.allSatisfy({ (48...57).contains($0) || (97...102).contains($0) })
        else { return nil }
        let endpoint = name[..<dash].dropFirst("PJSIP/".count)
        return endpoint.isEmpty ? nil : String(endpoint)
    }
}

extension String {
    /// In Unicode characters: what is shown of a name at most.
    private static let longestShown = 128

    /// Ids are kept byte for byte, or not at all.
    var isOpaqueID: Bool { !isEmpty && utf8.count <= 256 }

    var cutForShow: String {
        guard utf8.count > Self.longestShown else { return self }
        var kept = UnicodeScalarView()
        kept.append(contentsOf: unicodeScalars.prefix(Self.longestShown))
        return String(kept)
    }
}
