package import PhoneNumbers
package import Records

/// People and their numbers, as last told by the CRM: the index that answers a ring.
///
/// It is a set of rows in the store, so every transaction that handles a call can ask it without waiting
/// for anything. Changes take part in the caller's transaction: a contact that is created during a call is
/// matched by the very commit that creates it.
package struct Directory: Sendable {
    /// How numbers of records without a country of their own are read.
    package var plan: NumberingPlan

    /// Which kinds of record a caller can be.
    package var kinds: [RecordID.Kind]

    package init(plan: NumberingPlan, kinds: [RecordID.Kind] = RecordID.Kind.people) {
        self.plan = plan
        self.kinds = kinds
    }
}
