package import Foundation
package import PhoneNumbers

/// A phone system that we connect to, rather than being called by it: it tells of calls, takes commands, and says
/// how its connection stands.
package protocol ConnectedPhoneSystem: CallFeed, CallControl {
    /// Which extensions are agents' phones, and how numbers are read: told before `run`, and again whenever
    /// that changes.
    func serve(extensions: Set<String>, plan: NumberingPlan) async

    /// How the connection stands now.
    func condition() async -> PhoneSystemCondition
}

/// How a connection to a phone system stands, in words for the administrator.
package struct PhoneSystemCondition: Hashable, Sendable {
    /// The vendor's name for it, as people know it.
    package let product: String
    package let isGood: Bool
    /// What is wrong and what would help; where nothing is wrong, what it is connected to. No secrets.
    package let text: String
    /// When it last told something of a call, by our clock.
    package let lastEventAt: Date?
    /// Events of calls since the start.
    package let events: Int

    package init(product: String, isGood: Bool, text: String, lastEventAt: Date?, events: Int) {
        self.product = product
        self.isGood = isGood
        self.text = text
        self.lastEventAt = lastEventAt
        self.events = events
    }
}
