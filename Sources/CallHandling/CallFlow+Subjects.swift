import CallLogging
import CallerLookup
import Calls
import PhoneNumbers
import Records
import Storage

extension CallFlow {
    /// What a call is named after, in a subject.
    private enum Unnamed {
        static let withheld = "a withheld number"
        static let unknown = "an unknown number"
    }

    /// How a proposed subject begins, before the name.
    private enum Opening {
        static let to = "Call to "
        static let with = "Internal call with "
        static let from = "Call from "
        static let missed = "Missed call from "
        static let all = [to, with, from, missed]

        static func of(_ call: Call) -> String {
            switch call.direction {
            case .outbound: to
            case .internal: with
            case .inbound: call.wasAnswered ? from : missed
            }
        }
    }

    /// The proposed subject: "Call from Ada Lovelace".
    func subject(of call: Call, person: RecordID?, in store: ReadTransaction) throws -> String {
        Opening.of(call) + (try name(of: person, in: store) ?? Self.name(of: call))
    }

    /// The subject of a log under this person: a new proposal where the old one was ours, else what somebody wrote.
    func proposedSubject(
        for log: CallLog, of call: Call, person: RecordID?, in store: ReadTransaction
    ) throws -> String {
        try isProposed(log, in: store) ? subject(of: call, person: person, in: store) : log.subject
    }

    /// Whether nobody has written anything in a log.
    func isBlank(_ log: CallLog, in store: ReadTransaction) throws -> Bool {
        guard log.notes.isEmpty, log.disposition == nil, log.followUp == nil, log.related == nil
        else { return false }
        return try isProposed(log, in: store)
    }

    private func isProposed(_ log: CallLog, in store: ReadTransaction) throws -> Bool {
        let names = [
            try name(of: log.person, in: store), log.number, Unnamed.withheld, Unnamed.unknown,
        ]
        return Opening.all.contains { opening in
            log.subject.hasPrefix(opening)
                && names.contains(String(log.subject.dropFirst(opening.count)))
        }
    }

    private func name(of person: RecordID?, in store: ReadTransaction) throws -> String? {
        try person.flatMap { try organisation.directory.person($0, in: store)?.name }
    }

    private static func name(of call: Call) -> String {
        guard let number = call.customer?.number else { return Unnamed.unknown }
        return number.kind == .withheld ? Unnamed.withheld : number.formatted
    }
}
