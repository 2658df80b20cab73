/// A value that never shows itself: printed, interpolated, dumped or looked at in a debugger it is `•••`.
///
/// It guards against the secret in a log line or a crash report, not against code that asks for it.
package protocol Concealed: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable
{}

extension Concealed {
    package var description: String { "•••" }
    package var debugDescription: String { "•••" }
    /// Without children, so that `dump` and string descriptions of a type around it show nothing either.
    package var customMirror: Mirror { Mirror(self, children: EmptyCollection<Mirror.Child>()) }
}

/// A text that must not be seen: a webhook secret, an access token, a password from the settings.
///
/// Encoding writes the text itself: a coder is for the store and for nothing that a person reads.
package struct Secret: Concealed, Codable, Sendable {
    private let text: String

    package init(_ text: String) {
        self.text = text
    }

    package init(from decoder: any Decoder) throws {
        text = try decoder.singleValueContainer().decode(String.self)
    }

    package func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(text)
    }

    /// The text itself. The name is long so that every place that uses it is found by a search.
    package func revealed() -> String { text }
}

extension Secret: Equatable {
    /// Takes the same time wherever the two differ; their lengths do show.
    package static func == (one: Secret, other: Secret) -> Bool {
        constantTimeEqual(Array(one.text.utf8), Array(other.text.utf8))
    }
}
