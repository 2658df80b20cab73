package import CallerLookup
package import Foundation
package import Records
import Storage

extension BuiltInCRM: RecordSource {
    package var crm: String { BuiltInCRM.name }

    /// People and removed records of one page of changes.
    static let changesPage = 500

    package func changes(since cursor: String?) async throws -> RecordChanges {
        try await database.read { store in try changes(since: cursor, in: store) }
    }

    package func related(
        to person: Person, scope: RelatedScope, agent: String, now: Date
    ) async throws -> RelatedRecords {
        try await related(to: person.id, scope: scope, agent: agent, now: now)
    }

    package func related(
        to person: RecordID, scope: RelatedScope, agent: String, now: Date
    ) async throws -> RelatedRecords {
        try await database.read { store in
            try related(to: person, scope: scope, now: now, in: store)
        }
    }

    /// In the order of their change; records of one change in the order of their ids.
    func changes(since cursor: String?, in store: ReadTransaction) throws -> RecordChanges {
        let after = ChangePlace(cursor)
        let most = Self.changesPage
        let sources: [SQL] =
            RecordID.Kind.people.map { kind in
                """
                select * from (
                    select \(kind) as kind, id, changed_at, 0 as gone from \(kind.table)
                    where (changed_at, id) > (\(after.at), \(after.id))
                    order by changed_at, id limit \(most + 1)) as \(kind.table)
                """
            } + [
                """
                select * from (
                    select kind, id, changed_at, 1 as gone from crm_removed
                    where (changed_at, id) > (\(after.at), \(after.id))
                    order by changed_at, id limit \(most + 1)) as crm_removed
                """
            ]
        let rows = try store.rows(
            """
            select kind, id, changed_at, gone from (\(SQL.joined(sources, by: " union all ")))
            as change order by changed_at, id limit \(most + 1)
            """)
        var removed: [RecordID] = []
        var living: [RecordID.Kind: [String]] = [:]
        for row in rows.prefix(most) {
            let kind = try row.raw("kind", as: RecordID.Kind.self)
            let id = try row.text("id")
            if try row.bool("gone") {
                removed.append(Self.id(kind, id))
            } else {
                living[kind, default: []].append(id)
            }
        }
        let changed = try living.flatMap { kind, ids in
            try records(kind, where: "r.id in \(list: ids)", in: store).compactMap(Person.init)
        }.sorted { ($0.changedAt, $0.id.value) < ($1.changedAt, $1.id.value) }
        let last = try rows.prefix(most).last.map { row in
            ChangePlace(at: try row.date("changed_at"), id: try row.text("id")).description
        }
        return RecordChanges(
            changed: changed, removed: removed, cursor: last ?? cursor,
            isComplete: rows.count <= most)
    }
}

/// Where a reader of changes stands: after this record of this change.
struct ChangePlace: Hashable, CustomStringConvertible {
    let at: Date
    let id: String

    init(at: Date, id: String) {
        self.at = at
        self.id = id
    }

    /// The beginning, for no cursor and for one that is not ours.
    init(_ cursor: String?) {
        let parts = (cursor ?? "").split(separator: "/", maxSplits: 1)
        let milliseconds = parts.count == 2 ? Int64(parts[0]) : nil
        at = Date(timeIntervalSince1970: Double(milliseconds ?? -1) / 1000)
        id = milliseconds == nil ? "" : String(parts[1])
    }

    var description: String {
        "\(Int64((at.timeIntervalSince1970 * 1000).rounded()))/\(id)"
    }
}
