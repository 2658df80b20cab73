import Credentials
import Foundation

/// How the commands of this machine find a running server: a file in the data folder that only its owner
/// can read.
package struct Presence: Sendable {
    package struct Notice: Codable, Sendable {
        package let address: String
        /// Proves that a command comes from who may read the data folder.
        package let token: String
    }

    private let path: String

    package init(folder: String) {
        path = folder + "/server.json"
    }

    func announce(address: String, token: Token) {
        let notice = Notice(address: address, token: token.revealed())
        guard let data = try? JSONEncoder().encode(notice) else { return }
        _ = FileManager.default.createFile(
            atPath: path, contents: data, attributes: [.posixPermissions: 0o600])
    }

    func withdraw() { try? FileManager.default.removeItem(atPath: path) }

    /// What the running server said; `nil` when there is none.
    package func notice() -> Notice? {
        FileManager.default.contents(atPath: path).flatMap {
            try? JSONDecoder().decode(Notice.self, from: $0)
        }
    }
}
