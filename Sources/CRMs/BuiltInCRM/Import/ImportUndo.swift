import Foundation
package import Records
import Storage

/// What taking an import back did.
package struct ImportUndo: Hashable, Sendable {
    package struct Kept: Hashable, Sendable {
        package let ref: RecordID
        package let reason: String
    }

    package internal(set) var removed = 0
    package internal(set) var keptCount = 0
    /// The first of those that stay.
    package internal(set) var kept: [Kept] = []
}

extension BuiltInCRM {
    /// Takes away the records that an import created and that nobody has used since. One that was edited, or
    /// that a call, a sale or another record refers to, stays. What the import updated stays updated.
    ///
    /// - Returns: `nil` when there was no such import.
    package func undo(import id: String) async throws -> ImportUndo? {
        let isKnown = try await database.read { store in
            try store.count("select count(*) from crm_import where id = \(id)") == 1
        }
        guard isKnown else { return nil }
        var undo = ImportUndo()
        // Each kind before those that it refers to.
        for kind in [RecordID.Kind.case, .opportunity, .lead, .contact, .account] {
            var after = ""
            while true {
                let place = after
                let time = now()
                let page = try await database.write { store in
                    try undoPage(of: id, kind, after: place, now: time, in: store)
                }
                guard let last = page.last else { break }
                after = last.ref.value
                for (ref, reason) in page {
                    guard let reason else {
                        undo.removed += 1
                        continue
                    }
                    undo.keptCount += 1
                    if undo.kept.count < Import.mostShown {
                        undo.kept.append(ImportUndo.Kept(ref: ref, reason: reason))
                    }
                }
            }
        }
        let time = now()
        try await database.write { store in
            _ = try store.execute(
                "update crm_import set undone_at = \(time) where id = \(id)")
        }
        return undo
    }

    /// - Returns: each record of the page, with the reason for which it stays.
    private func undoPage(
        of importID: String, _ kind: RecordID.Kind, after id: String, now: Date,
        in store: WriteTransaction
    ) throws -> [(ref: RecordID, reason: String?)] {
        // The person of a person account goes, or stays, with its account.
        let alone: SQL = kind == .contact ? "r.person_account_id is null" : "1 = 1"
        let records = try records(
            kind, where: "r.import_id = \(importID) and r.id > \(id) and \(alone)",
            rest: "order by r.id limit \(Self.importChunk)", in: store)
        guard !records.isEmpty else { return [] }
        let stamp = try stamp(now, in: store)
        return try records.map { record in
            let person =
                kind == .account
                ? try record.successor.flatMap { try self.record($0, in: store) } : nil
            let halves = [person, record].compactMap { $0 }
            for half in halves {
                if let reason = try reasonToKeep(half, in: store) { return (record.id, reason) }
            }
            try remove(halves.map(\.id), stamp: stamp, in: store)
            return (record.id, nil)
        }
    }

    private func reasonToKeep(
        _ record: StoredRecord, in store: ReadTransaction
    ) throws -> String? {
        if record.version > 1 { return "It was edited since." }
        for use in Self.uses(of: record.id) {
            if try store.count("select count(*) from (\(use.rows) limit 1) as uses") > 0 {
                return "It has \(use.name)."
            }
        }
        return nil
    }

    /// Rows that refer to a record.
    private static func uses(of id: RecordID) -> [(name: String, rows: SQL)] {
        let value = id.value
        switch id.kind {
        case .contact:
            return [
                ("activities", "select id from crm_activity where contact_id = \(value)"),
                ("opportunities", "select id from crm_opportunity where contact_id = \(value)"),
                ("cases", "select id from crm_case where contact_id = \(value)"),
                ("a lead", "select id from crm_lead where converted_contact_id = \(value)"),
            ]
        case .lead:
            return [("activities", "select id from crm_activity where lead_id = \(value)")]
        case .account:
            return [
                (
                    "contacts",
                    """
                    select id from crm_contact
                    where account_id = \(value) and person_account_id is null
                    """
                ),
                ("opportunities", "select id from crm_opportunity where account_id = \(value)"),
                ("cases", "select id from crm_case where account_id = \(value)"),
                ("activities", "select id from crm_activity where account_id = \(value)"),
                ("activities", "select id from crm_activity where about_account_id = \(value)"),
            ]
        case .opportunity:
            return [
                ("activities", "select id from crm_activity where about_opportunity_id = \(value)")
            ]
        case .case:
            return [("activities", "select id from crm_activity where about_case_id = \(value)")]
        case .activity: return []
        }
    }
}
