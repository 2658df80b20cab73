/// One block of the Asterisk Manager Interface: `Key: value` lines in the order in which they came.
///
/// Keys repeat (`ChanVariable`, `Variable`), and their spelling is uneven (`BridgeID`, `BridgeId`), so it is a
/// list that is looked up without regard to case, never a dictionary.
package struct AMIMessage: Hashable, Sendable {
    /// One line. The value is as received; it may be empty or `<unknown>`.
    package struct Field: Hashable, Sendable {
        package let key: String
        package let value: String

        package init(_ key: String, _ value: String) {
            self.key = key
            self.value = value
        }
    }

    package let fields: [Field]

    package init(_ fields: [Field]) {
        self.fields = fields
    }

    /// The first value of this key; `nil` when it is absent, empty or `<unknown>`, which all mean "none".
    package subscript(_ key: String) -> String? {
        guard let field = fields.first(where: { $0.key.isSameKey(as: key) }) else { return nil }
        return field.value.isEmpty || field.value == "<unknown>" ? nil : field.value
    }

    /// Every value of this key, empty ones included.
    package func all(_ key: String) -> [String] {
        fields.filter { $0.key.isSameKey(as: key) }.map(\.value)
    }

    /// What happened. Look here before `response`: `OriginateResponse` is an event with a `Response` key.
    package var event: String? { self["Event"] }

    /// The answer to one of our actions; `nil` for events.
    package var response: String? { event == nil ? self["Response"] : nil }

    package var actionID: String? { self["ActionID"] }

    /// An answer that refuses: the command had no effect.
    package var isError: Bool { response?.isSameKey(as: "Error") ?? false }

    /// When it happened, in microseconds since 1970. `nil` without `timestampevents=yes` and in answers.
    package var microseconds: Int? { self["Timestamp"].flatMap(AMITime.microseconds) }

    /// The value of a channel or other variable in lines such as `ChanVariable: CALLERID(num-pres)=allowed`.
    package func variable(_ name: String, in key: String) -> String? {
        for line in all(key) {
            guard let mark = line.firstIndex(of: "="), line[..<mark] == name else { continue }
            let value = line[line.index(after: mark)...]
            return value.isEmpty ? nil : String(value)
        }
        return nil
    }
}

extension String {
    /// Equal but for the case of ASCII letters.
    func isSameKey(as other: String) -> Bool {
        guard utf8.count == other.utf8.count else { return false }
        return zip(utf8, other.utf8).allSatisfy { $0 == $1 || $0.lowercased == $1.lowercased }
    }
}

extension UInt8 {
    fileprivate var lowercased: UInt8 { (0x41...0x5A).contains(self) ? self + 0x20 : self }
}
