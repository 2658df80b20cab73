package import CallerLookup
import Foundation
import Records

/// The org's people as they change: a first load is "everything since nothing".
///
/// Each object is followed by its own stamp and, as bulk writes share one, by id. A round begins some time before
/// the last one ended, because a commit may show later than its stamp says. So a person can be told twice, and is
/// never left out. What is large comes in by a job of the org at first: see `BulkLoad`.
package actor SalesforceSource {
    package nonisolated let crm: String
    let connection: OrgConnection
    let settings: SalesforceSettings
    private var people: [OrgName: OrgPeople] = [:]
    /// What the org is asked for now, for people.
    private(set) var doing = "what changed"

    /// Rows of one page: what the org gives at most.
    package static let pageSize = 2000
    /// Pages that the org may cut one of ours into; it does that when fields are long.
    private static let mostParts = 100

    package init(_ connection: OrgConnection, settings: SalesforceSettings) {
        self.connection = connection
        self.settings = settings
        crm = settings.name
    }

    /// The next changes, oldest first.
    ///
    /// - Throws: `OrgFault`; nothing of the page is lost, as the cursor has not moved.
    package func changes(since cursor: String?) async throws(OrgFault) -> RecordChanges {
        var state = SyncCursor(cursor)
        if state.isNew { state.counts = try await counts() }
        guard let object = state.object else {
            return RecordChanges(changed: [], removed: [], cursor: cursor, isComplete: true)
        }
        let people = try await people(of: object)
        if state.isBulk(from: settings.bulkFrom) {
            doing = "all of \(object) (bulk query)"
            return try await bulk(object, people, state)
        }
        let rows = try await page(of: object, people, after: state.position)
        var changed: [Person] = []
        var removed: [RecordID] = []
        for row in rows {
            switch people.row(row) {
            case .person(let person, let at):
                changed.append(person)
                state.saw(person.id.value, at: at)
            case .gone(let id, let at):
                removed.append(id)
                state.saw(id.value, at: at)
            // Without an id or a stamp it would be left out, and nobody would know.
            case nil: throw .garbled("a row in a page of \(object) has no id or no stamp")
            }
        }
        let isLast = rows.count < Self.pageSize
        let expected = state.expected
        let isComplete = isLast && state.finishObject(overlap: settings.overlapSeconds)
        return RecordChanges(
            changed: changed, removed: removed, cursor: state.text, isComplete: isComplete,
            expected: expected)
    }

    /// How many records there are, by the org's estimate; empty where the org does not tell.
    private func counts() async throws(OrgFault) -> [String: Int] {
        let names = SyncCursor.objects.map(\.description)
        do throws(OrgFault) {
            doing = "how many records there are"
            let (_, body) = try await connection.ask(
                "GET", "limits/recordCount",
                query: ["sObjects": names.joined(separator: ",")])
            return (body?["sObjects"]?.array ?? []).reduce(into: [:]) { counts, item in
                guard let name = item["name"]?.text, names.contains(name),
                    let count = item["count"]?.number.flatMap({ Int(exactly: $0) }), count >= 0
                else { return }
                counts[name] = count
            }
        } catch {
            guard case .refused = error, !error.isAway else { throw error }
            return [:]
        }
    }

    /// What is known of an object is asked once: a field that is new in the org is seen after a restart.
    private func people(of object: OrgName) async throws(OrgFault) -> OrgPeople {
        if let known = people[object] { return known }
        doing = "the description (describe) of \(object)"
        let new = OrgPeople(try await connection.describe(object), settings: settings)
        people[object] = new
        return new
    }

    private func page(
        of object: OrgName, _ people: OrgPeople, after position: SyncCursor.Position?
    ) async throws(OrgFault) -> [JSONValue] {
        let query: SOQL = """
            SELECT \(names: people.columns) FROM \(name: object) \
            WHERE \(Self.since(position)) \
            ORDER BY SystemModstamp, Id LIMIT \(Self.pageSize)
            """
        doing = "a page of \(object) (query)"
        var (_, body) = try await connection.ask(
            "GET", "queryAll", query: ["q": query.description], upTo: OrgRequest.longAnswer)
        var rows: [JSONValue] = []
        for _ in 0..<Self.mostParts {
            guard let records = body?["records"]?.array, let isDone = body?["done"]?.flag else {
                throw .garbled("a page of \(object) has no records")
            }
            rows += records
            if isDone { return rows }
            guard let next = body?["nextRecordsUrl"]?.text, next.hasPrefix("/services/data/") else {
                throw .garbled("a page of \(object) does not say where it goes on")
            }
            (_, body) = try await connection.ask("GET", next, upTo: OrgRequest.longAnswer)
        }
        throw .garbled("a page of \(object) does not end")
    }
}

extension SalesforceSource {
    /// What has not been seen. A first load leaves out what is deleted; an id is not compared with nothing, which the
    /// org refuses.
    fileprivate static func since(_ position: SyncCursor.Position?) -> SOQL {
        guard let position else { return "IsDeleted = false" }
        if position.id.isEmpty { return "SystemModstamp >= \(position.stamp)" }
        return """
            (SystemModstamp > \(position.stamp) \
            OR (SystemModstamp = \(position.stamp) AND Id > \(position.id)))
            """
    }
}

/// How far the org's changes have been taken in, as a text for the store.
struct SyncCursor {
    struct Position: Codable {
        var stamp: OrgTime
        /// The last id with this stamp; empty at the beginning of a round.
        var id: String
    }

    private struct State: Codable {
        /// Which object is followed now.
        var current = 0
        var positions: [String: Position] = [:]
        /// The latest stamp of each object that was ever seen: where the next round begins from.
        var latest: [String: OrgTime] = [:]
        /// In a first load: how many records of each object there are.
        var counts: [String: Int]?
        /// The job by which the object that is followed now comes in.
        var load: BulkLoad?
    }

    /// Contacts come before what may point at them.
    static let objects: [OrgName] = [.contact, .lead, .account]

    private var state: State
    /// That of a first load, before anything was asked.
    let isNew: Bool

    /// What cannot be read is a first load.
    init(_ text: String?) {
        let data = Data((text ?? "").utf8)
        let known = try? JSONDecoder().decode(State.self, from: data)
        state = known ?? State()
        isNew = known == nil
    }

    var counts: [String: Int] {
        get { state.counts ?? [:] }
        set { state.counts = newValue }
    }

    var load: BulkLoad {
        get { state.load ?? BulkLoad() }
        set { state.load = newValue }
    }

    /// Records of a first load in all; `nil` after it, and where the org does not tell.
    var expected: Int? {
        guard let counts = state.counts, !counts.isEmpty else { return nil }
        return counts.values.reduce(0) { $0 &+ $1 }
    }

    /// Whether the object that is followed now comes in by a job.
    ///
    /// - Parameter least: records from which on it does.
    func isBulk(from least: Int) -> Bool {
        guard let object, position == nil, !load.isGivenUp else { return false }
        return (state.counts?[object.description] ?? 0) >= max(least, 1)
    }

    /// All of the object is there as it was then; what changed since comes in the next rounds.
    mutating func loaded(asOf stamp: OrgTime) {
        if let object { state.latest[object.description] = stamp }
    }

    var object: OrgName? {
        Self.objects.indices.contains(state.current) ? Self.objects[state.current] : nil
    }

    var position: Position? { object.flatMap { state.positions[$0.description] } }

    var text: String {
        let encoder = JSONEncoder()
        encoder.outputFormatting = .sortedKeys
        return (try? encoder.encode(state)).map { String(decoding: $0, as: UTF8.self) } ?? ""
    }

    mutating func saw(_ id: String, at stamp: OrgTime) {
        guard let object else { return }
        let name = object.description
        state.positions[name] = Position(stamp: stamp, id: id)
        state.latest[name] = max(state.latest[name] ?? stamp, stamp)
    }

    /// Goes on to the next object; after the last one a new round begins.
    ///
    /// - Returns: whether the round is over.
    mutating func finishObject(overlap: Int) -> Bool {
        if let name = object?.description, let latest = state.latest[name] {
            state.positions[name] = Position(
                stamp: latest.advanced(bySeconds: -overlap), id: "")
        }
        state.load = nil
        state.current += 1
        guard !Self.objects.indices.contains(state.current) else { return false }
        state.current = 0
        state.counts = nil
        return true
    }
}
