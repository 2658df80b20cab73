package import CallLogging
package import CallerLookup
package import Foundation
package import PhoneNumbers
package import Records

/// A CRM that we connect to: people come in ahead of any call, call logs go out, and what an agent may see of it is
/// asked of it.
///
/// It keeps no state that must outlive the process: the cursor of its changes and agents' tokens are in our store.
package protocol ConnectedCRM: RecordSource, ActivitySink {
    /// The vendor's name for it, as people know it.
    var product: String { get }
    /// Exact origins whose pages may frame the panel.
    var frameOrigins: [String] { get }
    /// Which version of its messages a page that frames the panel speaks; `nil` where it speaks none.
    var frameVersion: Int? { get }
    /// Every agent may see every person: nothing is asked before a name is shown.
    var showsEverybody: Bool { get }
    /// Seconds between two looks at what changed: the bound that *Connections* states.
    var freshness: Double { get }

    /// Seconds until the next look at what changed: `freshness`, and more when the day's requests run low.
    func pause() async -> Double

    /// What an agent may see of these people now. Who is not in the answer is hidden.
    ///
    /// - Parameter people: at most `Sight.mostAtOnce`.
    /// - Throws: where the CRM cannot be asked; the error's description is for people.
    func sight(of people: [RecordID], by agent: String, now: Date) async throws -> [RecordID: Sight]

    /// An opportunity, case or account that an agent wants a call filed under; `nil` where the agent may not see it.
    func matter(_ id: RecordID, agent: String, now: Date) async throws -> RelatedRecord?

    /// People with this very number, asked of the CRM now, each checked against our own reading of numbers. Empty where
    /// the administrator does not allow it.
    func people(with number: PhoneNumber) async throws -> [Person]

    /// The CRM's own page for a new contact or lead, with what is known of the caller filled in.
    func newRecordPage(_ kind: RecordID.Kind, phone: String?, name: String?) -> String

    /// Requests that were sent since the start, over every connection.
    var requests: CRMRequests { get }

    /// How the connection stands now.
    func condition() async -> CRMCondition

    /// Each step of the set-up, in its order: what `callmatch doctor` and *Connections* show.
    func checks() async -> [CRMCheck]

    /// Which of these logs the CRM does not have as the record that they were filed as. For the audit.
    ///
    /// - Parameter filed: the record's id, by the log's key.
    func missing(_ filed: [String: String]) async throws -> Set<String>

    // MARK: - An agent's own consent

    func consent(of agent: String) async -> AgentConsent

    /// Where the agent's browser goes to let us act for the agent; `redirect` is our own address, to which it comes
    /// back with `state` and a code.
    ///
    /// - Throws: where the connection has no consent of its own (an integration user alone).
    func consentPage(for agent: String, redirect: URL, now: Date) async throws -> URL

    /// What the browser came back with.
    ///
    /// - Throws: in words for the agent: refused, too old, of another agent, of a user that is another agent's.
    func takeConsent(_ query: [String: String], of agent: String, now: Date) async throws

    /// Takes the consent back, here and in the CRM.
    func withdrawConsent(of agent: String) async throws
}

/// What an agent may see of a person.
package enum Sight: Hashable, Sendable {
    case hidden
    case visible(without: HiddenFields)

    /// People that are asked about at once.
    package static let mostAtOnce = 200
}

/// Fields of a person that an agent may not read, though the person may be known.
package struct HiddenFields: OptionSet, Hashable, Sendable {
    package let rawValue: Int

    package init(rawValue: Int) { self.rawValue = rawValue }

    package static let title = HiddenFields(rawValue: 1)
    package static let email = HiddenFields(rawValue: 2)
    package static let owner = HiddenFields(rawValue: 4)
    package static let company = HiddenFields(rawValue: 8)
    /// The stored text of numbers, and the names of their fields.
    package static let numbers = HiddenFields(rawValue: 16)
}

/// How a connection to a CRM stands, in words for the administrator. No secrets.
package struct CRMCondition: Hashable, Sendable {
    package let isGood: Bool
    /// What is wrong and what would help; where nothing is wrong, what it is connected to.
    package let text: String
    /// Of the day's allocation, by everybody, as the CRM said last; `nil` before its first answer.
    package let usedToday: Int?
    package let allowedToday: Int?
    /// Agents who have no user there, by sign-in name: their logs are owned by the connection's own user.
    package let withoutUser: [String]

    package init(
        isGood: Bool, text: String, usedToday: Int?, allowedToday: Int?, withoutUser: [String]
    ) {
        self.isGood = isGood
        self.text = text
        self.usedToday = usedToday
        self.allowedToday = allowedToday
        self.withoutUser = withoutUser
    }
}

/// One step of the set-up, and whether it is done.
package struct CRMCheck: Hashable, Codable, Sendable {
    /// "Key field".
    package let name: String
    package let isGood: Bool
    /// What was found; where it is not good, what would help.
    package let text: String

    package init(name: String, isGood: Bool, text: String) {
        self.name = name
        self.isGood = isGood
        self.text = text
    }
}

/// Whether an agent lets us act for the agent in the CRM.
package enum AgentConsent: Hashable, Sendable {
    /// The connection's own user asks on behalf of all agents.
    case notNeeded
    /// Given, as this user.
    case given(user: String)
    /// Not yet given; with words of what is not shown without it.
    case missing(String)
    /// Given once and no longer taken; with the CRM's words.
    case expired(String)
}

/// Where agents' tokens are kept, encrypted.
package protocol AgentVault: Sendable {
    func secret(of agent: String, crm: String) async throws -> Data?

    /// - Parameter secret: `nil` forgets it.
    func keep(_ secret: Data?, of agent: String, crm: String) async throws
}
