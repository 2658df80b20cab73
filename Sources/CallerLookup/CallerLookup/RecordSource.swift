package import Foundation
package import Records

/// Where people and their records come from: a CRM, seen by the lookup.
///
/// People come in ahead of any call and are kept in the `Directory`, so that a ring is answered from our
/// own index and never waits for a CRM. What belongs to one person (opportunities, cases, activity) is
/// asked for when it is shown.
package protocol RecordSource: Sendable {
    /// The CRM's name in the settings: the first part of every record id from it.
    var crm: String { get }

    /// The next people that changed, oldest change first. A first load is "everything since nothing".
    ///
    /// - Parameter cursor: what the last call returned; `nil` for a first load.
    func changes(since cursor: String?) async throws -> RecordChanges

    /// What belongs to a person, as this agent may see it.
    ///
    /// - Parameter person: as the directory knows it.
    func related(to person: Person, scope: RelatedScope, agent: String, now: Date) async throws
        -> RelatedRecords
}

/// One page of changes. `cursor` is given back to get the next; `isComplete` says that nothing follows now.
package struct RecordChanges: Sendable {
    package let changed: [Person]
    package let removed: [RecordID]
    package let cursor: String?
    package let isComplete: Bool
    /// How many records the first load has in all, where that is known; `nil` after it.
    package let expected: Int?
    /// Seconds to wait before the next page is asked for: a job of the CRM is not ready yet.
    package let wait: Double

    package init(
        changed: [Person], removed: [RecordID], cursor: String?, isComplete: Bool,
        expected: Int? = nil, wait: Double = 0
    ) {
        self.changed = changed
        self.removed = removed
        self.cursor = cursor
        self.isComplete = isComplete
        self.expected = expected
        self.wait = wait
    }
}

/// Whose records are listed: everything of the person's account, or only what names the person.
package enum RelatedScope: String, Codable, Sendable, CaseIterable { case account, contact }

/// What the caller-information drop-down shows.
///
/// Open ones come first (opportunities by close date, cases by last change, newest first), then those
/// closed in the last 12 months. Lists are cut at `most`.
package struct RelatedRecords: Sendable, Equatable {
    package static let most = 50

    package var activity: [Activity]
    package var openOpportunities: [Opportunity]
    package var closedOpportunities: [Opportunity]
    package var openCases: [Case]
    package var closedCases: [Case]
    /// When the CRM said so, where that is not now: it does not answer, and this is what it said last.
    package var asOf: Date?

    package init(
        activity: [Activity] = [], openOpportunities: [Opportunity] = [],
        closedOpportunities: [Opportunity] = [], openCases: [Case] = [], closedCases: [Case] = []
    ) {
        self.activity = activity
        self.openOpportunities = openOpportunities
        self.closedOpportunities = closedOpportunities
        self.openCases = openCases
        self.closedCases = closedCases
    }
}
