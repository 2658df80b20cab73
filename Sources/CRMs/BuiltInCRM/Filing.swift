package import CallLogging
package import Foundation
import Records
package import Storage

extension BuiltInCRM: ActivitySink {
    package func file(_ log: FiledLog) async throws(FilingFailure) -> FiledRecord {
        let time = now()
        do {
            return try await database.write { store in try file(log, now: time, in: store) }
        } catch let failure as FilingFailure {
            throw failure
        } catch let failure as StorageFailure {
            throw Self.isLasting(failure)
                ? .park(reason: "\(failure)") : .retry(reason: "\(failure)", after: nil)
        } catch {
            throw .retry(reason: "\(error)", after: nil)
        }
    }

    /// Files a log in the caller's transaction: with the state that says it was filed, in one commit.
    ///
    /// The key names the record: the same version again writes nothing, an older one is not written over
    /// a newer one, and each gives the same answer.
    ///
    /// - Throws: `FilingFailure.park` when the log names a record that is not there.
    package func file(_ log: FiledLog, now: Date, in store: WriteTransaction) throws -> FiledRecord
    {
        let known = try store.row(
            "select id, version from crm_activity where call_key = \(log.key)")
        if let known, try known.int("version") >= log.version {
            return filed(try known.text("id"))
        }
        let person = try log.person.map { try living($0, in: store) }
        let about = try log.related.map { try there($0, role: "is about", in: store) }
        let id = try known?.text("id") ?? identifiers.next(.activity)
        try write(log, as: id, person: person, about: about, now: now, in: store)
        return filed(id)
    }

    /// True for what would fail in the same way each time.
    private static func isLasting(_ failure: StorageFailure) -> Bool {
        switch failure {
        case .constraint, .statement, .column: true
        case .folderInUse, .cannotOpen, .notDurable, .newerStore, .migrationFailed, .overloaded,
            .diskFull, .unavailable, .failed, .closed, .locked, .backupFailed, .notRestored,
            .olderStore, .unfinishedCopy:
            false
        }
    }

    private func filed(_ id: String) -> FiledRecord {
        let record = Self.id(.activity, id)
        return FiledRecord(id: record, url: Self.url(of: record))
    }

    private func write(
        _ log: FiledLog, as id: String, person: RecordID?, about: RecordID?, now: Date,
        in store: WriteTransaction
    ) throws {
        func value(_ record: RecordID?, _ kind: RecordID.Kind) -> String? {
            record?.kind == kind ? record?.value : nil
        }
        try store.execute(
            """
            insert into crm_activity (
                id, version, kind, subject, notes, at, agent, agent_name, contact_id, lead_id,
                account_id, about_opportunity_id, about_case_id, about_account_id, disposition,
                seconds, direction, outcome, number, follow_up_on, follow_up_text, call_key,
                created_at, changed_at)
            values (
                \(id), \(log.version), \(Activity.Kind.call), \(log.subject),
                \(log.notes.isEmpty ? nil : log.notes), \(log.startedAt), \(log.agent),
                \(log.agentName), \(value(person, .contact)), \(value(person, .lead)),
                \(value(person, .account)), \(value(about, .opportunity)), \(value(about, .case)),
                \(value(about, .account)), \(log.disposition), \(log.seconds), \(log.direction),
                \(log.outcome), \(log.number), \(log.followUp?.on), \(log.followUp?.text),
                \(log.key), \(now), \(now))
            on conflict (call_key) do update set
                version = excluded.version, subject = excluded.subject, notes = excluded.notes,
                at = excluded.at, agent = excluded.agent, agent_name = excluded.agent_name,
                contact_id = excluded.contact_id, lead_id = excluded.lead_id,
                account_id = excluded.account_id,
                about_opportunity_id = excluded.about_opportunity_id,
                about_case_id = excluded.about_case_id,
                about_account_id = excluded.about_account_id,
                disposition = excluded.disposition, seconds = excluded.seconds,
                direction = excluded.direction, outcome = excluded.outcome,
                number = excluded.number, follow_up_on = excluded.follow_up_on,
                follow_up_text = excluded.follow_up_text, changed_at = excluded.changed_at
            where excluded.version > crm_activity.version
            """)
    }

    /// The person as of now: a converted lead's log goes to its contact.
    private func living(_ person: RecordID, in store: ReadTransaction) throws -> RecordID {
        guard RecordID.Kind.people.contains(person.kind) else {
            throw FilingFailure.park(
                reason: "A call cannot be logged under \(person.kind.withArticle). "
                    + "Choose a contact or lead.")
        }
        _ = try there(person, role: "is logged under", in: store)
        guard person.kind == .lead else { return person }
        let contact = try store.row(
            "select converted_contact_id from crm_lead where id = \(person.value)"
        )?.optionalText("converted_contact_id")
        return contact.map { Self.id(.contact, $0) } ?? person
    }

    private func there(
        _ id: RecordID, role: String, in store: ReadTransaction
    ) throws -> RecordID {
        let what = id.kind.rawValue
        guard id.crm == Self.name else {
            throw FilingFailure.park(
                reason: "The \(what) that this call \(role) belongs to another CRM (\(id.crm)). "
                    + "Choose a record of this one.")
        }
        let isFit =
            switch id.kind {
            case .contact, .lead, .account, .opportunity, .case: true
            case .activity: false
            }
        guard isFit,
            try store.count("select count(*) from \(id.kind.table) where id = \(id.value)") == 1
        else {
            throw FilingFailure.park(
                reason: "The \(what) that this call \(role) is not in the CRM any more.")
        }
        return id
    }
}

extension BuiltInCRM {
    /// Which of these call logs are gone: by key, the activity as which each was filed.
    package func missingCallLogs(
        _ filed: [String: String], in store: ReadTransaction
    ) throws -> [String] {
        try store.rows(
            "select call_key, id from crm_activity where call_key in \(list: Array(filed.keys))"
        ).reduce(into: filed) { missing, row in
            let key = try row.text("call_key")
            if try row.text("id") == filed[key] { missing[key] = nil }
        }.keys.sorted()
    }
}
