import BuiltInCRM
import CRM
import DeskServer
import Foundation
import Salesforce
import WrittenSettings

/// The CRM of the settings file. This is the one place that names the products that we connect to.
struct CRMs {
    private let fields: SettingFields?

    init() { fields = nil }

    /// Reads what stands under `crm`.
    init(_ written: Any, file: String) throws {
        let all = try WrittenConnections.read(
            written, section: "crm", file: file, taken: [BuiltInCRM.name],
            example: "kind: salesforce")
        guard all.count <= 1 else {
            throw CommandFailure.wrongUse("\(file): crm: one CRM at most can be connected.")
        }
        fields = all.first
    }

    /// What makes it, checked.
    func maker() throws -> ServerOptions.CRMMaker? {
        guard let fields else { return nil }
        do {
            switch try fields.requiredText("kind") {
            case "salesforce":
                let setUp = try SalesforceSetUp(fields, reading: Self.file)
                return { surroundings in SalesforceCRM(setUp, surroundings) }
            default: throw fields.fault("kind", "is none of salesforce.")
            }
        } catch let fault as SettingFault {
            throw CommandFailure.wrongUse(fault.description)
        }
    }

    private static func file(_ path: String) -> Data? {
        FileManager.default.contents(atPath: path)
    }

    /// For `callmatch settings`: the name and kind, never a secret.
    var lines: [String] {
        guard let fields else { return [] }
        let kind = (try? fields.text("kind")) ?? nil
        let host = (try? fields.text("host")) ?? nil
        return ["crm.\(fields.name): \(kind ?? "?") at \(host ?? "?"), keys ••• (file)"]
    }
}
