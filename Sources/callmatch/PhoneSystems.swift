import Asterisk
import Credentials
import DeskServer
import Foundation
import PhoneSystem
import WrittenSettings

/// The phone systems of the settings file. This is the one place that names the products that we connect to.
struct PhoneSystems {
    private let fields: [SettingFields]

    init() { fields = [] }

    /// Reads what stands under `phone-systems`.
    init(_ written: Any, file: String) throws {
        fields = try WrittenConnections.read(
            written, section: "phone-systems", file: file, taken: ["demo"],
            example: "kind: asterisk")
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
