import Foundation
import Records
package import Storage

extension BuiltInCRM {
    /// Writes the sample organisation into an empty CRM, in a few large writes.
    ///
    /// - Throws: `RecordRefusal.notEditable` when the CRM has records already.
    package func load(_ sample: SampleOrganisation) async throws {
        try await database.write { store in
            guard try isEmpty(in: store) else {
                throw RecordRefusal.notEditable(
                    "The CRM has records already. The sample organisation needs an empty one.")
            }
            for records in [sample.accounts, sample.contacts, sample.leads] {
                for record in records { try insert(record, in: store) }
            }
            // After the last, for an account's person and a lead's contact are read with it.
            for (kind, records) in [
                (RecordID.Kind.account, sample.accounts), (.contact, sample.contacts),
                (.lead, sample.leads),
            ] {
                try publish(kind, records.map(\.id.value), in: store)
            }
            try store.execute(
                """
                update crm_counter set value = \(sample.latestChange)
                where name = 'stamp' and value < \(sample.latestChange)
                """)
        }
        try await database.write { store in
            for (kind, records) in [
                (RecordID.Kind.opportunity, sample.opportunities), (.case, sample.cases),
            ] {
                for record in records { try insert(record, in: store) }
                try publish(kind, records.map(\.id.value), in: store)
            }
            try store.execute(
                "update crm_counter set value = value + \(sample.cases.count) where name = 'case'")
        }
        try await database.write { store in
            for activity in sample.activities { try insert(activity, in: store) }
        }
    }

    /// True when the CRM has no person yet.
    package func isEmpty(in store: ReadTransaction) throws -> Bool {
        try RecordID.Kind.people.allSatisfy { kind in
            try store.count("select count(*) from (select 1 from \(kind.table) limit 1) as r") == 0
        }
    }

    private func insert(_ activity: SampleActivity, in store: WriteTransaction) throws {
        func value(_ record: RecordID?, _ kind: RecordID.Kind) -> String? {
            record?.kind == kind ? record?.value : nil
        }
        let direction = activity.isInbound.map { $0 ? "inbound" : "outbound" }
        try store.execute(
            """
            insert into crm_activity (
                id, version, kind, subject, notes, at, agent, agent_name, contact_id, lead_id,
                about_opportunity_id, about_case_id, disposition, seconds, direction, outcome,
                number, created_at, changed_at)
            values (
                \(activity.id), 1, \(activity.kind), \(activity.subject), \(activity.notes),
                \(activity.at), \(activity.agent.id), \(activity.agent.displayName),
                \(value(activity.person, .contact)), \(value(activity.person, .lead)),
                \(value(activity.related, .opportunity)), \(value(activity.related, .case)),
                \(activity.disposition), \(activity.seconds), \(direction),
                \(direction == nil ? nil : "answered"), \(activity.number), \(activity.at),
                \(activity.at))
            """)
    }
}

extension SampleOrganisation {
    fileprivate var latestChange: Date {
        (accounts + contacts + leads).map(\.changedAt).max() ?? .distantPast
    }
}
