import CPostgreSQL
import Foundation

/// Where a PostgreSQL database is, checked before anything is connected.
struct PostgreSQLAddress: Sendable {
    /// For libpq. It may hold a password and is never shown.
    let url: String

    /// `host:port/name`, for messages.
    let place: String

    /// What the connection says beyond the address.
    let additions: [(keyword: String, value: String)]

    private static let authorities = "/etc/ssl/certs/ca-certificates.crt"
    private static let form = "postgresql://user@host:5432/database"

    /// - Throws: `cannotOpen` for what is no address, and for one under which nobody would check whom we speak with.
    init(_ url: String) throws(StorageFailure) {
        let parts = try Self.parts(of: url)
        let hosts = (parts["host"] ?? parts["hostaddr"] ?? "").split(separator: ",").map(
            String.init)
        let host = hosts.first ?? "local"
        let port = parts["port"].map { ":\($0)" } ?? ""
        place = "\(host)\(port)/\(parts["dbname"] ?? parts["user"] ?? "")"
        self.url = url
        var additions: [(String, String)] = []
        if !hosts.allSatisfy(Self.isThisMachine) {
            switch parts["sslmode"] {
            case nil: additions.append(("sslmode", "verify-full"))
            case "verify-full", "verify-ca": break
            case let weak?:
                throw .cannotOpen(
                    place,
                    reason: "with sslmode=\(weak) nobody would check whom we speak with; "
                        + "leave it out, or say sslmode=verify-full with sslrootcert=FILE")
            }
            if parts["sslrootcert"] == nil,
                FileManager.default.fileExists(atPath: Self.authorities)
            {
                additions.append(("sslrootcert", Self.authorities))
            }
        }
        self.additions = additions
    }

    private static func parts(of url: String) throws(StorageFailure) -> [String: String] {
        guard url.hasPrefix("postgresql://") || url.hasPrefix("postgres://") else {
            throw .cannotOpen("the database", reason: "its address is not like \(form)")
        }
        // What libpq says about an address that it cannot read repeats it, with the password.
        guard let options = PQconninfoParse(url, nil) else {
            throw .cannotOpen(
                "the database",
                reason: "its address cannot be read; write it like \(form), "
                    + "and what is neither letter nor digit as %XX")
        }
        defer { PQconninfoFree(options) }
        var parts: [String: String] = [:]
        var option = options
        while let keyword = option.pointee.keyword {
            if let value = option.pointee.val {
                parts[String(cString: keyword)] = String(cString: value)
            }
            option += 1
        }
        return parts
    }

    private static func isThisMachine(_ host: String) -> Bool {
        host.hasPrefix("/") || host.hasPrefix("@") || host == "localhost" || host == "::1"
            || host.hasPrefix("127.")
    }
}
