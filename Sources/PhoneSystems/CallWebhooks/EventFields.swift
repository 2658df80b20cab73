import Foundation

/// The known fields of one JSON object, read strictly. `null` is the same as absent.
struct EventFields {
    private let object: JSONObject
    /// What stands before a field's name in an error: `[3].from.`.
    private let path: String

    init(_ object: JSONObject, path: String) {
        self.object = object
        self.path = path
    }

    /// - Parameter value: what the field holds, as one of the functions below read it.
    func required<Value>(_ name: String, _ value: Value?) throws(EventFault) -> Value {
        guard let value else { throw .missing(field: path + name, hint: hint(for: name)) }
        return value
    }

    /// Any text, also an empty one.
    func text(_ name: String) throws(EventFault) -> String? {
        switch try single(name) {
        case nil, .null: return nil
        case .text(let text): return text
        case .number: throw .wrong(field: path + name, expected: "text: put it in quotes")
        case .boolean, .array, .object: throw .wrong(field: path + name, expected: "text")
        }
    }

    /// Opaque text of at most 256 bytes, kept as it is; an empty one is the same as absent.
    func identifier(_ name: String) throws(EventFault) -> String? {
        guard let text = try text(name), !text.isEmpty else { return nil }
        guard text.isIdentifier else {
            throw .wrong(
                field: path + name,
                expected: "at most \(TextLimit.identifier) bytes, and without NUL")
        }
        return text
    }

    func time(_ name: String) throws(EventFault) -> Date? {
        switch try single(name) {
        case nil, .null: return nil
        case .text(let text):
            guard let date = EventTime.date(text) else { fallthrough }
            return date
        case .number, .boolean, .array, .object:
            throw .wrong(field: path + name, expected: EventTime.wanted)
        }
    }

    func integer(_ name: String) throws(EventFault) -> Int? {
        switch try single(name) {
        case nil, .null: return nil
        case .number(let digits):
            guard let value = Int(digits) else { fallthrough }
            return value
        case .text, .boolean, .array, .object:
            throw .wrong(field: path + name, expected: "a whole number of at most 18 digits")
        }
    }

    /// One word of a closed list.
    func choice<Choice: RawRepresentable<String> & CaseIterable>(
        _ name: String
    ) throws(EventFault) -> Choice? {
        guard let text = try text(name) else { return nil }
        guard let choice = Choice(rawValue: text) else {
            let words = Choice.allCases.map(\.rawValue).joined(separator: ", ")
            throw .wrong(field: path + name, expected: "one of \(words)")
        }
        return choice
    }

    func object(_ name: String) throws(EventFault) -> EventFields? {
        switch try single(name) {
        case nil, .null: return nil
        case .object(let inner): return EventFields(inner, path: "\(path)\(name).")
        case .text, .number, .boolean, .array:
            throw .wrong(
                field: path + name, expected: "an object such as {\"number\":\"+4930123456\"}")
        }
    }

    /// Of two, another reader of the same body may have taken the other one.
    private func single(_ name: String) throws(EventFault) -> JSONValue? {
        let values = object.values(name)
        guard values.count < 2 else { throw .repeated(field: path + name) }
        return values.first
    }

    private func hint(for name: String) -> String? {
        object.members.first { $0.name.lowercased() == name && $0.name != name }.map {
            "there is \"\($0.name.cutForShow)\", but names are written in lower case"
        }
    }
}
