package import CallerLookup

/// A person who signs in: an agent with phones, or an administrator.
package struct Agent: Hashable, Codable, Sendable, Identifiable {
    package enum Role: String, Codable, Sendable, CaseIterable { case agent, administrator }

    /// What an agent chose for the panel; kept on the server, so it is the same in every browser.
    package struct Preferences: Hashable, Codable, Sendable {
        /// Whose opportunities, cases and activity are listed (S10, S12).
        package var filter: RelatedScope = .account
        package var sound = true
        package var notifications = false

        package init() {}
    }

    /// The sign-in name: small letters, digits, `.`, `_` and `-`.
    package let id: String
    package var displayName: String
    package var role: Role
    package var extensions: [String]
    package var isDisabled: Bool
    package var preferences: Preferences

    package init(
        id: String, displayName: String, role: Role = .agent, extensions: [String] = [],
        isDisabled: Bool = false, preferences: Preferences = Preferences()
    ) {
        self.id = id
        self.displayName = displayName
        self.role = role
        self.extensions = extensions
        self.isDisabled = isDisabled
        self.preferences = preferences
    }

    /// Whether a text can be an agent's id.
    package static func isValidID(_ text: String) -> Bool {
        (1...40).contains(text.count)
            && text.allSatisfy {
                $0.isASCII && ($0.isLowercase || $0.isNumber || "._-".contains($0))
            }
    }

    /// Whether a text can be an extension.
    package static func isValidExtension(_ text: String) -> Bool {
        (1...15).contains(text.count) && text.allSatisfy { $0.isASCII && $0.isNumber }
    }
}
