package import Calls

/// What a phone system can be told to do. One that can only report has none, and the panel then hides the
/// buttons.
package protocol CallControl: Sendable {
    var system: String { get }

    /// What can be done now with the phones of this extension in this call.
    func abilities(for extension: String, in call: Call) async -> Set<CallAbility>

    /// Whether the phone of this extension can be told to dial.
    func canDial(from extension: String) async -> Bool

    /// What keeps the phone system from taking commands now, in words for the agent; `nil` when nothing does.
    func outage() async -> String?

    /// Tells the phone system. What comes of it arrives as events: success here means only that the phone
    /// system accepted the request.
    func perform(_ command: CallCommand) async throws(ControlRefusal)
}

/// The phone systems that take commands, in the order in which a phone to dial from is looked for.
package struct CallControls: Sendable {
    private let all: [any CallControl]

    package init(_ all: [any CallControl]) {
        self.all = all
    }

    package subscript(system: String) -> (any CallControl)? { all.first { $0.system == system } }

    /// The first of these extensions from which something can be dialled, and its phone system.
    package func dialler(
        of extensions: [String]
    ) async -> (control: any CallControl, extension: String)? {
        for control in all {
            for own in extensions where await control.canDial(from: own) { return (control, own) }
        }
        return nil
    }

    /// Why a phone system cannot be used now; `nil` when all can.
    package func outage() async -> String? {
        for control in all {
            if let text = await control.outage() { return text }
        }
        return nil
    }
}

/// A button of a live call.
package enum CallAbility: String, Codable, Sendable, CaseIterable {
    case answer, decline, hangUp, hold, retrieve, transfer
    /// An attended transfer: the agent speaks with the target first, while the other side waits.
    case consult
    /// The other side is joined with the target, and the agent leaves.
    case completeTransfer
    /// The target is let go, and the agent speaks with the other side again.
    case cancelTransfer
}

package enum CallCommand: Hashable, Codable, Sendable {
    case answer(Call.ID, extension: String)
    /// Redirects at once by the company's own rules.
    case decline(Call.ID, extension: String)
    case hangUp(Call.ID, extension: String)
    case hold(Call.ID, extension: String)
    case retrieve(Call.ID, extension: String)
    /// At once, without a word to the target (blind).
    case transfer(Call.ID, extension: String, to: DialString)
    case consult(Call.ID, extension: String, to: DialString)
    case completeTransfer(Call.ID, extension: String)
    case cancelTransfer(Call.ID, extension: String)
    case dial(from: String, to: DialString)
}

/// Digits that may be given to a phone system: an optional plus and 2 to 15 digits, nothing else, so that
/// nothing a person typed can be read as a command or a second destination.
package struct DialString: Hashable, Codable, Sendable, CustomStringConvertible {
    package let description: String

    package init(from decoder: any Decoder) throws {
        let container = try decoder.singleValueContainer()
        guard let own = Self(try container.decode(String.self)) else {
            throw DecodingError.dataCorruptedError(
                in: container, debugDescription: "This cannot be dialled.")
        }
        self = own
    }

    package func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(description)
    }

    /// Spaces and the usual punctuation are dropped; anything else gives `nil`.
    package init?(_ text: String) {
        let digits = String(text.filter { !" -./()\u{00A0}".contains($0) })
        let body = digits.hasPrefix("+") ? digits.dropFirst() : Substring(digits)
        guard (2...15).contains(body.count), body.allSatisfy({ ("0"..."9").contains($0) }) else {
            return nil
        }
        description = digits
    }
}

/// Why a phone system did not do it, in words for the agent.
package enum ControlRefusal: Error, Hashable, Codable, Sendable, CustomStringConvertible {
    /// The call is not in a state for it any more.
    case notNow(String)
    case notSupported(String)
    case unreachable(String)

    package var description: String {
        switch self {
        case .notNow(let why), .notSupported(let why), .unreachable(let why): why
        }
    }
}
