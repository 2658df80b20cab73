/// What stands under the name of a phone system or CRM in the settings file, before an adapter reads it.
package struct SettingFields: Sendable {
    /// A value as a settings file can write it.
    package indirect enum Value: Sendable {
        case text(String)
        case list([Value])
        case table([String: Value])
    }

    /// The first part of every id that comes from it.
    package let name: String
    /// What this part of them stands under, below the name; empty for the whole.
    package let key: String
    private let path: String
    private let values: [String: Value]

    /// - Parameter section: what they stand under: `phone-systems`, `crm`.
    package init(section: String, name: String, values: [String: Value]) {
        self.init(name: name, key: "", path: "\(section): \(name)", values: values)
    }

    private init(name: String, key: String, path: String, values: [String: Value]) {
        self.name = name
        self.key = key
        self.path = path
        self.values = values
    }

    /// Whether a text can be a name: small letters, digits, `-` and `_`, at most 40.
    package static func isValidName(_ text: String) -> Bool {
        (1...40).contains(text.utf8.count)
            && text.utf8.allSatisfy {
                (0x30...0x39).contains($0) || (0x61...0x7A).contains($0) || $0 == 0x2D || $0 == 0x5F
            }
    }

    /// - Throws: when a key is there that nobody reads: it may be a slip of the pen.
    package func require(known keys: [String]) throws(SettingFault) {
        for key in values.keys.sorted() where !keys.contains(key) {
            throw fault(key, "is no setting here. Known: \(keys.joined(separator: ", ")).")
        }
    }

    package func text(_ key: String) throws(SettingFault) -> String? {
        switch values[key] {
        case nil: return nil
        case .text(let text): return text
        case .list, .table: throw fault(key, "must be one value.")
        }
    }

    package func requiredText(_ key: String) throws(SettingFault) -> String {
        guard let text = try text(key), !text.isEmpty else { throw fault(key, "is missing.") }
        return text
    }

    package func number(
        _ key: String, in range: ClosedRange<Int>, or standard: Int
    ) throws(SettingFault) -> Int {
        guard let text = try text(key) else { return standard }
        guard let number = Int(text), range.contains(number) else {
            throw fault(
                key, "must be a number from \(range.lowerBound) to \(range.upperBound).")
        }
        return number
    }

    package func flag(_ key: String, or standard: Bool) throws(SettingFault) -> Bool {
        guard let text = try text(key) else { return standard }
        switch text.lowercased() {
        case "true", "yes", "on": return true
        case "false", "no", "off": return false
        default: throw fault(key, "must be true or false.")
        }
    }

    /// One of some words.
    package func choice<Choice>(
        _ key: String, _ choices: KeyValuePairs<String, Choice>, or standard: Choice
    ) throws(SettingFault) -> Choice {
        guard let text = try text(key) else { return standard }
        guard let found = choices.first(where: { $0.key == text }) else {
            let words = choices.map(\.key).joined(separator: ", ")
            throw fault(key, "is none of \(words).")
        }
        return found.value
    }

    /// Lists by a key of their own; a single value is a list of one.
    package func lists(_ key: String) throws(SettingFault) -> [String: [String]] {
        guard let value = values[key] else { return [:] }
        guard case .table(let table) = value else {
            throw fault(key, "must be a table, one line for each name.")
        }
        var lists: [String: [String]] = [:]
        for (name, value) in table {
            switch value {
            case .text(let text): lists[name] = [text]
            case .list(let items):
                lists[name] = try items.map { item throws(SettingFault) in
                    guard case .text(let text) = item else {
                        throw fault(key, "must hold names only.")
                    }
                    return text
                }
            case .table: throw fault(key, "must hold names only.")
            }
        }
        return lists
    }

    /// One value for each key of their own.
    package func pairs(_ key: String) throws(SettingFault) -> [String: String] {
        var pairs: [String: String] = [:]
        for (name, values) in try lists(key) {
            guard let value = values.first, values.count == 1 else {
                throw fault(key, "must have one value for “\(name.prefix(40))”.")
            }
            pairs[name] = value
        }
        return pairs
    }

    /// Some words, in their order; a single one is a list of one.
    package func list(_ key: String) throws(SettingFault) -> [String] {
        switch values[key] {
        case nil: return []
        case .text(let text): return [text]
        case .list(let items):
            return try items.map { item throws(SettingFault) in
                guard case .text(let text) = item else { throw fault(key, "must hold words only.") }
                return text
            }
        case .table: throw fault(key, "must be a list.")
        }
    }

    /// Settings by a key of their own, in the order of these keys.
    package func tables(_ key: String) throws(SettingFault) -> [SettingFields] {
        guard let value = values[key] else { return [] }
        guard case .table(let table) = value else {
            throw fault(key, "must be a table, with settings below each name.")
        }
        var all: [SettingFields] = []
        for (own, value) in table.sorted(by: { $0.key < $1.key }) {
            guard case .table(let values) = value else {
                throw fault(key, "must have settings below “\(own.prefix(40))”.")
            }
            all.append(
                SettingFields(
                    name: name, key: own, path: "\(path): \(key): \(own.prefix(40))",
                    values: values))
        }
        return all
    }

    package func fault(_ key: String, _ what: String) -> SettingFault {
        SettingFault(description: "\(path): \(key) \(what)")
    }
}

/// What is wrong with a setting, where, and what would help. Holds no values: one may be a secret.
package struct SettingFault: Error, Hashable, Sendable, CustomStringConvertible {
    package let description: String
}
