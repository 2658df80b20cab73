import CallerLookup
package import Foundation
package import Records
package import Storage

/// A record in a list.
package struct RecordSummary: Hashable, Sendable {
    package let ref: RecordID
    package let name: String
    /// What tells it from others of the same name: title and account, stage and amount, number and status.
    package let subtitle: String
    package let phone: String?
    package let changedAt: Date
    package let url: String
}

/// One page of a list.
package struct RecordList: Hashable, Sendable {
    package let records: [RecordSummary]
    /// Given back as `before` for the next page; `nil` on the last.
    package let next: String?
    /// How many there are in all; of a search at most `mostCounted`.
    package let total: Int

    package static let usualLimit = 50
    package static let longestLimit = 200
    /// Counting the hits of two letters in a large store would take longer than finding them.
    package static let mostCounted = 1000
    /// Letters or digits that a search needs.
    package static let shortestSearch = 2
    package static let longestSearch = 80
}

extension BuiltInCRM {
    /// Records of a kind: by name, cases with the highest number first; found ones with the newest first.
    ///
    /// - Parameters:
    ///   - search: beginnings of words of the name, account, email or city, or of a number; nothing is
    ///     found for fewer than two letters.
    ///   - cursor: `next` of the page before; one that is not ours begins anew.
    package func list(
        _ kind: RecordID.Kind, search: String = "", before cursor: String? = nil,
        limit: Int = RecordList.usualLimit, in store: ReadTransaction
    ) throws -> RecordList {
        let limit = min(max(limit, 1), RecordList.longestLimit)
        let typed = search.trimmingCharacters(in: .whitespacesAndNewlines)
        if typed.isEmpty {
            return try browse(kind, after: ListPlace(cursor), limit: limit, in: store)
        }
        return try found(kind, typed, before: cursor, limit: limit, in: store)
    }

    private func found(
        _ kind: RecordID.Kind, _ typed: String, before cursor: String?, limit: Int,
        in store: ReadTransaction
    ) throws -> RecordList {
        let text = String(typed.prefix(RecordList.longestSearch))
        let isNumber = text.allSatisfy { $0.isASCII && $0.isNumber || "+-/(). ".contains($0) }
        if isNumber, RecordID.Kind.people.contains(kind) {
            return try callers(kind, text, limit: limit, in: store)
        }
        let words = FoldedText(text).words
        guard words.contains(where: { $0.count >= RecordList.shortestSearch }) else {
            return RecordList(records: [], next: nil, total: 0)
        }
        let hits = try self.search(
            kind, words: words, before: cursor.flatMap(Int.init), limit: limit + 1, in: store)
        let page = hits.prefix(limit)
        let total = try searchCount(
            kind, words: words, upTo: RecordList.mostCounted, in: store)
        return RecordList(
            records: try summaries(kind, page.map(\.id), in: store),
            next: hits.count > limit ? page.last.map { String($0.place) } : nil, total: total)
    }

    /// People whose number begins with these digits, however it is written: the directory knows. One page:
    /// who has typed so little that more fit goes on typing.
    private func callers(
        _ kind: RecordID.Kind, _ digits: String, limit: Int, in store: ReadTransaction
    ) throws -> RecordList {
        let found = try directory.search(digits, limit: RecordList.mostCounted, in: store)
        let ids = found.people.map(\.id).filter { $0.kind == kind && $0.crm == Self.name }
        return RecordList(
            records: try summaries(kind, ids.prefix(limit).map(\.value), in: store), next: nil,
            total: ids.count)
    }

    /// In the order of the ids.
    private func summaries(
        _ kind: RecordID.Kind, _ ids: [String], in store: ReadTransaction
    ) throws -> [RecordSummary] {
        let records = try records(kind, where: "r.id in \(list: ids)", in: store)
        let byID = Dictionary(uniqueKeysWithValues: records.map { ($0.id.value, $0) })
        return ids.compactMap { byID[$0].map { RecordSummary($0) } }
    }

    private func browse(
        _ kind: RecordID.Kind, after place: ListPlace?, limit: Int, in store: ReadTransaction
    ) throws -> RecordList {
        let isDescending = kind == .case
        let condition: SQL =
            switch (place, isDescending) {
            case (let place?, false): "(r.sort_key, r.id) > (\(place.key), \(place.id))"
            case (let place?, true): "(r.sort_key, r.id) < (\(place.key), \(place.id))"
            case (nil, _): "1 = 1"
            }
        let order: SQL =
            isDescending ? "order by r.sort_key desc, r.id desc" : "order by r.sort_key, r.id"
        let records = try records(
            kind, where: condition, rest: "\(order) limit \(limit + 1)", in: store)
        let page = records.prefix(limit)
        let next = page.last.map { last in
            ListPlace(key: Self.sortKey(of: kind, last.values), id: last.id.value).description
        }
        return RecordList(
            records: page.map { RecordSummary($0) }, next: records.count > limit ? next : nil,
            total: try store.count("select count(*) from \(kind.table)"))
    }
}

extension RecordSummary {
    init(_ record: StoredRecord) {
        ref = record.id
        name = record.name
        subtitle = Self.subtitle(of: record)
        phone =
            [.phone, .mobilePhone, .homePhone, .otherPhone].lazy
            .compactMap { record.values[$0] }.first
        changedAt = record.changedAt
        url = BuiltInCRM.url(of: record.id)
    }

    private static func subtitle(of record: StoredRecord) -> String {
        let values = record.values
        let parts: [String?] =
            switch record.id.kind {
            case .contact: [values[.title], record.accountName]
            case .lead: [values[.title], values[.company], values[.status]]
            case .account: [values[.industry], values[.city]]
            case .opportunity: [record.accountName, values[.stage]]
            case .case: [values[.number], values[.status], record.accountName]
            case .activity: []
            }
        return parts.compactMap { $0 }.joined(separator: " · ")
    }
}

/// Where a reader of a list stands: after this record. Opaque and safe in addresses.
private struct ListPlace: CustomStringConvertible {
    let key: String
    let id: String

    init(key: String, id: String) {
        self.key = key
        self.id = id
    }

    init?(_ cursor: String?) {
        let plain = (cursor ?? "").replacing("-", with: "+").replacing("_", with: "/")
        let padding = String(repeating: "=", count: (4 - plain.count % 4) % 4)
        guard let data = Data(base64Encoded: plain + padding) else { return nil }
        let parts = String(decoding: data, as: UTF8.self).split(
            separator: "\n", omittingEmptySubsequences: false)
        guard parts.count == 2 else { return nil }
        self.init(key: String(parts[0]), id: String(parts[1]))
    }

    var description: String {
        Data("\(key)\n\(id)".utf8).base64EncodedString()
            .replacing("+", with: "-").replacing("/", with: "_").replacing("=", with: "")
    }
}
