import CallLogging
import Foundation
import Records

/// A call log as the fields of a Task: pure.
///
/// Source: Salesforce, Object Reference, Task.
struct TaskFields {
    private static let longestSubject = 255
    private static let longestNotes = 32_000

    let fields: [String: JSONValue]
    /// Fields with something in them that this org does not have, or does not let us write.
    let dropped: Set<String>
    private let describe: OrgDescribe

    /// - Parameter describe: fields that this user cannot write are left out.
    init(_ draft: TaskDraft, settings: SalesforceSettings, describe: OrgDescribe) {
        let log = draft.log
        var fields: [String: JSONValue] = [
            "Subject": .text(String(log.subject.prefix(Self.longestSubject))),
            "Status": .text(Self.closed(describe, settings)),
            "Priority": .text(Self.choice("Normal", of: "Priority", describe) ?? "Normal"),
            "TaskSubtype": .text("Call"), "CallType": .text(Self.callType(log.direction)),
            "CallDurationInSeconds": .number(Double(log.seconds)),
            "CallObject": .text(log.key),
            "ActivityDate": .text(Self.day(log.startedAt, in: settings.timeZone)),
            "Description": .text(Self.notes(draft)),
            "CallDisposition": log.disposition.map { .text(String($0.prefix(255))) } ?? .null,
            "WhoId": draft.who.map { .text($0.description) } ?? .null,
            "WhatId": draft.what.map { .text($0.description) } ?? .null,
        ]
        if let owner = draft.owner { fields["OwnerId"] = .text(owner.description) }
        if let type = Self.choice("Call", of: "Type", describe) { fields["Type"] = .text(type) }
        if let field = settings.versionField {
            fields[field.description] = .number(Double(log.version))
        }
        let kept = fields.filter { name, _ in
            guard !draft.without.contains(name) else { return false }
            return OrgName(name).flatMap { describe.fields[$0] }
                .map { $0.isCreateable || $0.isUpdateable } ?? false
        }
        self.fields = kept
        self.describe = describe
        dropped = Set(fields.filter { kept[$0.key] == nil && $0.value != .null }.keys)
    }

    /// For a record that is there: what is set once only is left out.
    var forUpdate: JSONValue { .object(fields.filter { may($0.key, \.isUpdateable) }) }
    /// For a new one.
    var forCreation: JSONValue {
        .object(fields.filter { $0.value != .null && may($0.key, \.isCreateable) })
    }
    /// For a record that may be there.
    var forUpsert: JSONValue { .object(fields) }

    /// Fields that a new record can have and that a record that is there refuses.
    var setOnce: Set<String> { Set(fields.keys.filter { !may($0, \.isUpdateable) }) }

    private func may(_ name: String, _ right: KeyPath<OrgDescribe.Field, Bool>) -> Bool {
        OrgName(name).flatMap { describe.fields[$0] }?[keyPath: right] ?? false
    }

    /// Whether a record has what people wrote, as far as this one would write it.
    func isSaid(by row: JSONValue) -> Bool {
        Self.written.allSatisfy { name in
            guard let own = fields[name] else { return true }
            return Self.plain(row[name]?.text) == Self.plain(own.text)
        }
    }

    /// What people write.
    static let written = ["Subject", "Description", "CallDisposition"]

    private static func plain(_ text: String?) -> String {
        (text ?? "").replacing("\r\n", with: "\n").trimmingCharacters(in: .whitespacesAndNewlines)
    }

    private static func callType(_ direction: String) -> String {
        switch direction {
        case "outbound": "Outbound"
        case "internal": "Internal"
        default: "Inbound"
        }
    }

    /// The status that means closed; an org can name it otherwise.
    static func closed(_ describe: OrgDescribe, _ settings: SalesforceSettings) -> String {
        settings.closedStatus ?? choice("Completed", of: "Status", describe)
            ?? OrgName("Status").flatMap { describe.fields[$0]?.choices.last } ?? "Completed"
    }

    /// A value that may be chosen in this org.
    private static func choice(
        _ value: String, of field: String, _ describe: OrgDescribe
    ) -> String? {
        guard let field = OrgName(field).flatMap({ describe.fields[$0] }) else { return nil }
        return field.choices.contains(value) ? value : nil
    }

    private static func day(_ date: Date, in zone: TimeZone) -> String {
        var calendar = Calendar(identifier: .gregorian)
        calendar.timeZone = zone
        let parts = calendar.dateComponents([.year, .month, .day], from: date)
        return CalendarDay(
            year: parts.year ?? 1970, month: parts.month ?? 1, day: parts.day ?? 1
        )?.description ?? "1970-01-01"
    }

    /// What the agent wrote; what has no field of its own stands below it.
    private static func notes(_ draft: TaskDraft) -> String {
        let log = draft.log
        var lines = log.notes.isEmpty ? [] : [log.notes, ""]
        lines.append("\(log.outcome), \(log.number)")
        if draft.owner == nil, let name = log.agentName { lines.append("Agent: \(name)") }
        if let followUp = log.followUp {
            lines.append("Follow-up \(followUp.on): \(followUp.text)")
        }
        lines += draft.remarks
        return String(lines.joined(separator: "\n").prefix(longestNotes))
    }
}
