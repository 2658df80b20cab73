import CRM
import Credentials
package import Foundation
package import WrittenSettings

/// What an administrator writes about an org: who we are there, and how we deal with it.
package struct SalesforceSetUp: Sendable {
    package var settings: SalesforceSettings
    /// How the integration user signs in.
    package let signIn: OrgSignIn
    /// By which agents consent; `nil` where the connection's own user asks for all of them.
    package let app: OrgApp?
    package let version: String
    /// Seconds between two looks at what changed.
    package let every: Double
    /// Every agent may see every person.
    package let showsEverybody: Bool
    /// Which version of its messages the org's page speaks when it frames the panel; `nil` where it does not frame it.
    package let frameVersion: Int?

    private static let keys = [
        "kind", "host", "pages", "client-id", "user", "key-file", "audience", "client-secret-file",
        "agents", "users", "names", "shown-fields", "key-field", "version-field", "closed-status",
        "api-version", "every", "share", "live", "patience", "bulk-from", "phone-fields",
        "open-cti-version", "time-zone", "overlap", "currency", "private-network",
    ]

    /// - Parameter reading: the bytes of a file, `nil` where it cannot be read.
    /// - Throws: `SettingFault`: what is wrong, where, and what would help.
    package init(
        _ fields: SettingFields, reading: (_ path: String) -> Data?
    ) throws(SettingFault) {
        try fields.require(known: Self.keys)
        let host = try Self.host("host", fields)
        guard let host else {
            throw fields.fault("host", "is missing: https://acme.my.salesforce.com")
        }
        let clientID = try fields.requiredText("client-id")
        signIn = OrgSignIn(
            login: host, audience: try fields.text("audience") ?? "https://login.salesforce.com",
            clientID: clientID, user: try fields.requiredText("user"),
            key: try Self.key(fields, reading))
        let consents = try fields.choice("agents", ["own": true, "users": false], or: false)
        app =
            consents
            ? OrgApp(login: host, clientID: clientID, secret: try Self.secret(fields, reading))
            : nil
        version = try Self.version(fields)
        every = Double(try fields.number("every", in: 1...3600, or: 60))
        showsEverybody = try fields.choice(
            "names", ["checked": false, "everybody": true], or: false)
        let frame = try fields.number("open-cti-version", in: 0...999, or: 43)
        frameVersion = frame == 0 ? nil : frame
        settings = SalesforceSettings(
            name: fields.name, pages: try Self.host("pages", fields) ?? Self.pages(of: host))
        settings.agentTokens = consents
        try read(fields)
    }

    /// What is left: how we deal with the org.
    private mutating func read(_ fields: SettingFields) throws(SettingFault) {
        settings.usernames = try fields.pairs("users")
        settings.keyField = try Self.name("key-field", fields)
        settings.versionField = try Self.name("version-field", fields)
        settings.closedStatus = try fields.text("closed-status")
        settings.currency = try Self.currency(fields)
        settings.overlapSeconds = try fields.number("overlap", in: 0...86_400, or: 300)
        settings.shownFields = try Self.shown(fields)
        settings.looksUpLive = try fields.flag("live", or: true)
        settings.patience = Double(try fields.number("patience", in: 1...60, or: 3))
        settings.bulkFrom = try fields.number("bulk-from", in: 1...100_000_000, or: 10_000)
        settings.reach = OrgReach(isPrivate: try fields.flag("private-network", or: false))
        settings.dailyShare = Double(try fields.number("share", in: 1...100, or: 80)) / 100
        for (object, names) in try fields.lists("phone-fields") {
            guard let object = OrgName(object) else {
                throw fields.fault("phone-fields", "must have objects such as Contact.")
            }
            settings.morePhones[object] = try names.map { text throws(SettingFault) in
                guard let name = OrgName(text) else {
                    throw fields.fault("phone-fields", "must name fields such as Mobile_2__c.")
                }
                return name
            }
        }
        if let zone = try fields.text("time-zone") {
            guard let known = TimeZone(identifier: zone) else {
                throw fields.fault("time-zone", "must be a name such as Europe/Berlin.")
            }
            settings.timeZone = known
        }
    }

    /// An address without a path. Plain HTTP is for this machine only; everywhere else a certificate proves the name.
    private static func host(
        _ key: String, _ fields: SettingFields
    ) throws(SettingFault) -> URL? {
        guard let text = try fields.text(key) else { return nil }
        guard let url = URL(string: text), let host = url.host(), url.user() == nil,
            (url.scheme == "https" && isName(host))
                || (url.scheme == "http" && ["127.0.0.1", "localhost"].contains(host)),
            url.path(percentEncoded: false).isEmpty || url.path() == "/", url.query() == nil
        else {
            throw fields.fault(key, "must be an address such as https://acme.my.salesforce.com")
        }
        return url
    }

    /// A name of the internet, and no machine's number in any of its spellings: `10.0.0.1`, `127.1`, `0x7f.1`, `[::1]`.
    private static func isName(_ host: String) -> Bool {
        let labels = host.split(separator: ".", omittingEmptySubsequences: false)
        guard labels.count > 1, let last = labels.last, last.first?.isLetter == true else {
            return false
        }
        return host.utf8.allSatisfy {
            (0x30...0x39).contains($0) || (0x41...0x5A).contains($0) || (0x61...0x7A).contains($0)
                || [0x2D, 0x2E].contains($0)
        }
    }

    /// Source: Salesforce, "My Domain URL formats": the pages have a host of their own.
    static func pages(of host: URL) -> URL {
        let text = host.absoluteString
        return URL(string: text.replacing(".my.salesforce.com", with: ".lightning.force.com"))
            ?? host
    }

    private static func key(
        _ fields: SettingFields, _ reading: (String) -> Data?
    ) throws(SettingFault) -> SigningKey {
        let pem = try file("key-file", fields, reading)
        guard let pem else { throw fields.fault("key-file", "is missing.") }
        do throws(SigningKeyFault) {
            return try SigningKey(pem: pem)
        } catch {
            throw fields.fault("key-file", "names a file that is no key: \(error)")
        }
    }

    private static func secret(
        _ fields: SettingFields, _ reading: (String) -> Data?
    ) throws(SettingFault) -> Secret? {
        try file("client-secret-file", fields, reading)
    }

    private static func file(
        _ key: String, _ fields: SettingFields, _ reading: (String) -> Data?
    ) throws(SettingFault) -> Secret? {
        guard let path = try fields.text(key) else { return nil }
        guard let data = reading(path) else {
            throw fields.fault(key, "names a file that cannot be read.")
        }
        let text = String(decoding: data, as: UTF8.self)
        return Secret(text.trimmingCharacters(in: .whitespacesAndNewlines))
    }

    private static func version(_ fields: SettingFields) throws(SettingFault) -> String {
        let text = try fields.text("api-version") ?? "67.0"
        let parts = text.split(separator: ".", omittingEmptySubsequences: false)
        guard parts.count == 2, parts.allSatisfy({ Int($0) != nil }) else {
            throw fields.fault("api-version", "must be written like \"67.0\".")
        }
        return text
    }

    private static func name(
        _ key: String, _ fields: SettingFields
    ) throws(SettingFault) -> OrgName? {
        guard let text = try fields.text(key) else { return nil }
        guard let name = OrgName(text) else {
            throw fields.fault(key, "must be a field's API name, such as CallMatchKey__c.")
        }
        return name
    }

    private static func currency(_ fields: SettingFields) throws(SettingFault) -> String? {
        guard let text = try fields.text("currency") else { return nil }
        guard text.utf8.count == 3, text.utf8.allSatisfy({ (0x41...0x5A).contains($0) }) else {
            throw fields.fault("currency", "must be three capital letters, such as EUR.")
        }
        return text
    }

    private static func shown(_ fields: SettingFields) throws(SettingFault) -> HiddenFields {
        var shown: HiddenFields = []
        for word in try fields.list("shown-fields") {
            switch word {
            case "title": shown.insert(.title)
            case "email": shown.insert(.email)
            case "owner": shown.insert(.owner)
            default: throw fields.fault("shown-fields", "must hold some of title, email, owner.")
            }
        }
        return shown
    }
}
