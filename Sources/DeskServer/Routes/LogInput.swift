import CallLogging
import Records

/// An edit of a call log as the panel sends it: absent fields stay, `null` clears.
struct LogInput: Decodable {
    let version: Int
    private let notes: String?
    private let subject: String?
    private let disposition: String??
    private let followUp: FollowUp??

    private enum CodingKeys: String, CodingKey {
        case version, notes, subject, disposition, followUp
    }

    init(from decoder: any Decoder) throws {
        let values = try decoder.container(keyedBy: CodingKeys.self)
        version = try values.decode(Int.self, forKey: .version)
        notes = try values.decodeIfPresent(String.self, forKey: .notes)
        subject = try values.decodeIfPresent(String.self, forKey: .subject)
        disposition =
            values.contains(.disposition)
            ? .some(try values.decodeIfPresent(String.self, forKey: .disposition)) : .none
        followUp =
            values.contains(.followUp)
            ? .some(try values.decodeIfPresent(FollowUp.self, forKey: .followUp)) : .none
    }

    /// The edit, checked: each field that is too long or unknown is named.
    func edit(dispositions: [String]) throws -> LogEdit {
        if let notes, notes.count > CallLog.longestNotes {
            throw Problem.invalid("notes", "Notes have at most 32,000 characters.")
        }
        if let subject {
            guard (1...CallLog.longestSubject).contains(subject.count) else {
                throw Problem.invalid("subject", "A subject has 1 to 255 characters.")
            }
        }
        if case .some(.some(let chosen)) = disposition, !dispositions.contains(chosen) {
            throw Problem.invalid("disposition", "This disposition is not in the list any more.")
        }
        if case .some(.some(let promise)) = followUp {
            guard CalendarDay(exactly: promise.on) != nil else {
                throw Problem.invalid("followUp", "A follow-up has a day, such as 2026-12-01.")
            }
            guard promise.text.count <= 500 else {
                throw Problem.invalid("followUp", "A follow-up has at most 500 characters.")
            }
        }
        return LogEdit(
            notes: notes, subject: subject, disposition: disposition, followUp: followUp)
    }
}
