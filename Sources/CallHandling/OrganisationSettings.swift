package import CallLogging
package import PhoneNumbers
package import Records

/// What an administrator decides for the whole organisation.
package struct OrganisationSettings: Hashable, Codable, Sendable {
    package var name: String
    package var isSample: Bool
    /// How numbers are read where a phone system has no plan of its own.
    package var plan: NumberingPlan
    /// Which kinds of record a caller can be.
    package var kinds: [RecordID.Kind]
    package var policy: LogPolicy
    /// Grows with every change: an edit that names an older one is a conflict.
    package var version: Int

    package init(
        name: String, isSample: Bool = false, plan: NumberingPlan,
        kinds: [RecordID.Kind] = RecordID.Kind.people, policy: LogPolicy = LogPolicy(),
        version: Int = 1
    ) {
        self.name = name
        self.isSample = isSample
        self.plan = plan
        self.kinds = kinds
        self.policy = policy
        self.version = version
    }
}
