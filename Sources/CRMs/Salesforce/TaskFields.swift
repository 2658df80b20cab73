import CallLogging
import Foundation
import Records

/// A call log as the fields of a Task: pure.
///
/// Source: Salesforce, Object Reference, Task; what a name (`WhoId`) and what a matter (`WhatId`) may be is tried by
/// others: a lead in WhoId allows no WhatId, and an account goes into WhatId.
struct TaskFields {
    private static let longestSubject = 255
    private static let longestNotes = 32_000

    let fields: [String: JSONValue]

    /// - Parameter describe: fields that this user cannot write are left out.
    init(_ log: FiledLog, settings: SalesforceSettings, describe: OrgDescribe) {
        let owner = log.agent.flatMap { settings.users[$0] }
        var fields: [String: JSONValue] = [
            "Subject": .text(String(log.subject.prefix(Self.longestSubject))),
            "Status": .text(Self.closed(describe)),
            "Priority": .text(Self.choice("Normal", of: "Priority", describe) ?? "Normal"),
            "TaskSubtype": .text("Call"), "CallType": .text(Self.callType(log.direction)),
            "CallDurationInSeconds": .number(Double(log.seconds)),
            "CallObject": .text(log.key),
            "ActivityDate": .text(Self.day(log.startedAt, in: settings.timeZone)),
            "Description": .text(Self.notes(log, isOwned: owner != nil)),
            "CallDisposition": log.disposition.map { .text(String($0.prefix(255))) } ?? .null,
            "WhoId": .null, "WhatId": .null,
        ]
        if let owner { fields["OwnerId"] = .text(owner.description) }
        if let type = Self.choice("Call", of: "Type", describe) { fields["Type"] = .text(type) }
        Self.relate(log, in: &fields)
        self.fields = fields.filter { name, _ in
            OrgName(name).flatMap { describe.fields[$0] }
                .map { $0.isCreateable || $0.isUpdateable } ?? false
        }
    }

    /// For a record that is there: what is set once only is left out.
    var forUpdate: JSONValue { .object(fields.filter { $0.key != "TaskSubtype" }) }
    var forCreation: JSONValue { .object(fields.filter { $0.value != .null }) }
    /// For a record that may be there.
    var forUpsert: JSONValue { .object(fields) }

    private static func relate(_ log: FiledLog, in fields: inout [String: JSONValue]) {
        switch log.person?.kind {
        case .contact, .lead: fields["WhoId"] = log.person.map { .text($0.value) } ?? .null
        case .account: fields["WhatId"] = log.person.map { .text($0.value) } ?? .null
        case .opportunity, .case, .activity, nil: break
        }
        guard log.person?.kind != .lead, let related = log.related else { return }
        switch related.kind {
        case .account, .opportunity, .case: fields["WhatId"] = .text(related.value)
        case .contact, .lead, .activity: break
        }
    }

    private static func callType(_ direction: String) -> String {
        switch direction {
        case "outbound": "Outbound"
        case "internal": "Internal"
        default: "Inbound"
        }
    }

    /// The status that means closed; an org can name it otherwise.
    private static func closed(_ describe: OrgDescribe) -> String {
        choice("Completed", of: "Status", describe)
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
    private static func notes(_ log: FiledLog, isOwned: Bool) -> String {
        var lines = log.notes.isEmpty ? [] : [log.notes, ""]
        lines.append("\(log.outcome), \(log.number)")
        if !isOwned, let name = log.agentName { lines.append("Agent: \(name)") }
        if let followUp = log.followUp {
            lines.append("Follow-up \(followUp.on): \(followUp.text)")
        }
        return String(lines.joined(separator: "\n").prefix(longestNotes))
    }
}
