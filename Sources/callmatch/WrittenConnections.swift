import WrittenSettings

/// What stands under `phone-systems` or `crm` in a settings file: a name for each connection, with its settings below.
enum WrittenConnections {
    /// Reads a section.
    ///
    /// - Parameters:
    ///   - written: what YAML gave.
    ///   - taken: names that mean something already.
    ///   - example: a setting that one of them has.
    static func read(
        _ written: Any, section: String, file: String, taken: Set<String>, example: String
    ) throws -> [SettingFields] {
        guard let table = written as? [String: Any] else {
            throw CommandFailure.wrongUse(
                "\(file): \(section): write a name for each, with its settings below it.")
        }
        return try table.keys.sorted().map { name in
            guard SettingFields.isValidName(name), !taken.contains(name),
                let values = table[name] as? [AnyHashable: Any]
            else {
                throw CommandFailure.wrongUse(
                    """
                    \(file): \(section): “\(name.prefix(40))”: a name has small letters, digits, - and _, \
                    and settings such as “\(example)” below it.
                    """)
            }
            return SettingFields(section: section, name: name, values: self.values(values))
        }
    }

    private static func values(_ table: [AnyHashable: Any]) -> [String: SettingFields.Value] {
        Dictionary(
            table.map { ("\($0.key)", value($0.value)) }, uniquingKeysWith: { first, _ in first })
    }

    private static func value(_ any: Any) -> SettingFields.Value {
        switch any {
        case let table as [AnyHashable: Any]: .table(values(table))
        case let list as [Any]: .list(list.map(value))
        default: .text("\(any)")
        }
    }
}
