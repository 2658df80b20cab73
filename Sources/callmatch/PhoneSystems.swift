import Asterisk
import Credentials
import DeskServer
import Foundation
import PhoneSystem

/// The phone systems of the settings file. This is the one place that names the products that we connect to.
struct PhoneSystems {
    private let fields: [SettingFields]

    init() { fields = [] }

    /// Reads what stands under `phone-systems`.
    init(_ written: Any, file: String) throws {
        guard let table = written as? [String: Any] else {
            throw CommandFailure.wrongUse(
                "\(file): phone-systems: write a name for each, with its settings below it.")
        }
        fields = try table.keys.sorted().map { name in
            guard SettingFields.isValidName(name), let values = table[name] as? [AnyHashable: Any]
            else {
                throw CommandFailure.wrongUse(
                    """
                    \(file): phone-systems: “\(name.prefix(40))”: a name has small letters, digits, - and _, \
                    and settings such as “kind: asterisk” below it.
                    """)
            }
            return SettingFields(name: name, values: Self.values(values))
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

    /// What makes them, each checked.
    func makers() throws -> [ServerOptions.PhoneSystemMaker] {
        try fields.map { fields in
            do {
                switch try fields.requiredText("kind") {
                case "asterisk":
                    let settings = try AsteriskSettings(fields, secret: Self.secret(of: fields))
                    return { plan, now in AsteriskPhone(settings, plan: plan, now: now) }
                default: throw fields.fault("kind", "is none of asterisk.")
                }
            } catch let fault as SettingFault {
                throw CommandFailure.wrongUse(fault.description)
            }
        }
    }

    private static func secret(of fields: SettingFields) throws -> Secret {
        if let text = try fields.text("secret") { return Secret(text) }
        guard let path = try fields.text("secret-file") else {
            throw fields.fault("secret", "is missing. Write it, or secret-file with a path.")
        }
        guard let data = FileManager.default.contents(atPath: path) else {
            throw fields.fault("secret-file", "names a file that cannot be read.")
        }
        let text = String(decoding: data, as: UTF8.self)
        return Secret(text.trimmingCharacters(in: .whitespacesAndNewlines))
    }

    /// For `callmatch settings`: names and kinds, never a secret.
    var lines: [String] {
        fields.map { fields in
            let kind = (try? fields.text("kind")) ?? nil
            let host = (try? fields.text("host")) ?? nil
            return
                "phone-systems.\(fields.name): \(kind ?? "?") at \(host ?? "?"), secret ••• (file)"
        }
    }
}
