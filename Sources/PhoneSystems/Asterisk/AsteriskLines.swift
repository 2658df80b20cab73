/// Which endpoints are phones of agents, and whose extension they ring for. Every other endpoint is a trunk or a
/// stranger: the outside.
package struct AsteriskLines: Hashable, Sendable {
    private let extensions: [String: String]
    private let known: Set<String>

    /// - Parameter extensions: the extension of each endpoint; several endpoints may share one.
    package init(_ extensions: [String: String]) {
        self.extensions = extensions
        known = Set(extensions.values)
    }

    /// The usual case: the endpoint is named like the extension.
    package init(named extensions: some Sequence<String>) {
        self.init(Dictionary(extensions.map { ($0, $0) }, uniquingKeysWith: { first, _ in first }))
    }

    /// The extension of the phone behind a channel's name; `nil` for trunks and `Local/…` channels.
    package func `extension`(ofChannel name: String) -> String? {
        AMIChannel.endpoint(ofName: name).flatMap { extensions[$0] }
    }

    package func contains(extension number: String) -> Bool { known.contains(number) }
}
