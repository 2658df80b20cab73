import CallerLookup
import Foundation
import PhoneNumbers
import Records
import Storage
import TestStores

/// A directory in memory with the people of one test.
struct TestDirectory {
    let database: Database
    var directory: Directory

    init(_ people: [Person], country: String = "DE", areaCode: String? = nil) async throws {
        var plan = NumberingPlan(country: country)
        plan.areaCode = areaCode
        let directory = Directory(plan: plan)
        self.directory = directory
        database = try await Database.open(TestStore.location(), migrations: Directory.migrations)
        try await database.write { store in try directory.put(people, in: store) }
    }

    func match(_ number: String) async throws -> Match {
        let directory = directory
        return try await database.read { store in
            try directory.match(PhoneNumber(number, plan: directory.plan), in: store)
        }
    }

    func names(_ typed: String) async throws -> [String] {
        let directory = directory
        return try await database.read { store in
            try directory.search(typed, in: store).people.map(\.name).sorted()
        }
    }
}

let someDay = Date(timeIntervalSince1970: 1_790_000_000)

func id(_ kind: RecordID.Kind, _ value: String) -> RecordID {
    RecordID(crm: "test", kind: kind, value: value)
}

func contact(
    _ value: String, _ name: String, _ numbers: String..., company: String? = nil,
    changed: Double = 0, live: Bool = true, successor: RecordID? = nil
) -> Person {
    Person(
        id: id(.contact, value), name: name, company: company,
        numbers: numbers.map { StoredNumber(field: "Phone", text: $0) },
        changedAt: someDay.addingTimeInterval(changed), successor: successor, isLive: live)
}

func lead(_ value: String, _ name: String, _ numbers: String..., successor: RecordID? = nil)
    -> Person
{
    Person(
        id: id(.lead, value), name: name,
        numbers: numbers.map { StoredNumber(field: "Phone", text: $0) }, changedAt: someDay,
        successor: successor)
}

func account(_ value: String, _ name: String, _ numbers: String..., successor: RecordID? = nil)
    -> Person
{
    Person(
        id: id(.account, value), name: name, company: name,
        numbers: numbers.map { StoredNumber(field: "Phone", text: $0) }, changedAt: someDay,
        successor: successor)
}
