import Calls
package import Foundation

extension ZammadCTI {
    /// A call that ended longer ago than this is another one, in seconds. Late and repeated messages come
    /// within hours; ids that come again after a phone system was set up anew come after days.
    package static let sameCallWithin: TimeInterval = 24 * 3600

    /// Which call a message is about.
    ///
    /// As a rule the sender's id names the call, and a `newCall` that comes again or after the hangup is a
    /// repeat. But the public 3CX template sends the caller's number as the id: then a `newCall` after a hangup
    /// is the same caller's next call, and gets a key of its own with the time at which it was first seen. Two
    /// calls from one number at the same time cannot be told apart with such a sender.
    func callID(of message: Message, previous: Call?, now: Date) -> Call.ID {
        guard let previous else { return Call.ID(system: system, value: message.id) }
        guard let endedAt = previous.endedAt else { return previous.id }
        if now.timeIntervalSince(endedAt) > Self.sameCallWithin {
            return next(message, now)
        }
        // Without an offer we saw the end of a call first, and this is its beginning.
        let hasBegun = previous.facts.contains { $0.kind == .offered }
        guard message.event == .newCall, message.isIDNumber, hasBegun else { return previous.id }
        return next(message, now)
    }

    /// What the keys of a sender's second and later calls with one id begin with.
    package static func laterCallPrefix(of id: String) -> String { id + "~" }

    /// An id so long that the time has no room beside it keeps its one key: no number is that long.
    private func next(_ message: Message, _ now: Date) -> Call.ID {
        let milliseconds = Int64((now.timeIntervalSince1970 * 1000).rounded())
        let value = Self.laterCallPrefix(of: message.id) + String(milliseconds)
        let fits = value.utf8.count <= Call.ID.longest
        return Call.ID(system: system, value: fits ? value : message.id)
    }
}

extension ZammadCTI.Message {
    /// True when the id is the number of one of the two sides, and so says nothing about the call.
    var isIDNumber: Bool {
        [from, to].contains { number in
            guard let number else { return false }
            return number == id || (Self.core(of: id).map { $0 == Self.core(of: number) } ?? false)
        }
    }

    /// Digits without `+`, zeros and punctuation in front, for texts that look like numbers.
    private static func core(of text: String) -> Substring? {
        guard text.allSatisfy({ $0.isASCII && ($0.isNumber || " +-./()".contains($0)) }) else {
            return nil
        }
        let digits = text.filter(\.isNumber).drop { $0 == "0" }
        return digits.count >= 3 ? Substring(digits) : nil
    }
}
