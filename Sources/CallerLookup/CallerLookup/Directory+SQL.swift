import Foundation
package import PhoneNumbers
package import Records
package import Storage

extension Directory {
    package static let migrations: [Migration] = [
        Migration(
            id: "0100-directory",
            sql: [
                """
                create table person (
                    ref text not null primary key,
                    kind text not null,
                    changed_at integer not null,
                    successor text,
                    is_live integer not null,
                    json text not null
                )
                """,
                """
                create table person_number (
                    number_key integer not null,
                    equality text not null,
                    extension text,
                    ref text not null references person(ref) on delete cascade,
                    field text not null,
                    stored text not null
                )
                """,
                "create index person_number_by_key on person_number (number_key)",
                "create index person_number_by_ref on person_number (ref)",
                """
                create table spoken (
                    number_key integer not null,
                    person text not null,
                    agent text not null,
                    at integer not null,
                    primary key (number_key, person, agent)
                )
                """,
                "create table directory_state (name text primary key, value text not null)",
            ]),
        searchMigration,
    ]

    /// Writes people as the CRM tells them now; numbers that a record no longer has are forgotten.
    package func put(_ people: [Person], in store: WriteTransaction) throws {
        for person in people {
            try put(person, in: store)
        }
    }

    package func remove(_ ids: [RecordID], in store: WriteTransaction) throws {
        for id in ids {
            let ref = id.description
            try removeFromSearch(ref: ref, in: store)
            try store.execute("delete from person where ref = \(ref)")
        }
    }

    private func put(_ person: Person, in store: WriteTransaction) throws {
        let ref = person.id.description
        try removeFromSearch(ref: ref, in: store)
        try store.execute(
            """
            insert into person (ref, kind, changed_at, successor, is_live, json)
            values (\(ref), \(person.id.kind.rawValue), \(person.changedAt),
                \(person.successor?.description), \(person.isLive), \(try .json(person)))
            on conflict (ref) do update set kind = excluded.kind,
                changed_at = excluded.changed_at, successor = excluded.successor,
                is_live = excluded.is_live, json = excluded.json
            """)
        try store.execute("delete from person_number where ref = \(ref)")
        var digits: [String] = []
        for stored in person.numbers {
            for number in PhoneNumber.split(stored.text, plan: plan) where number.isLookedUp {
                digits.append(contentsOf: searchDigits(of: number))
                for entry in number.indexEntries(plan: plan) {
                    try store.execute(
                        """
                        insert into person_number
                            (number_key, equality, extension, ref, field, stored)
                        values (\(entry.key), \(entry.equality), \(entry.extension), \(ref),
                            \(stored.field), \(stored.text))
                        """)
                }
            }
        }
        if person.isLive && person.successor == nil {
            try addToSearch(person, digits: digits, in: store)
        }
    }

    /// The digits that a person might type to find a number: with the calling code and as dialled at home.
    func searchDigits(of number: PhoneNumber) -> [String] {
        let national = number.formatted(country: number.region ?? plan.country).filter(\.isNumber)
        return [number.e164?.filter(\.isNumber), national].compactMap { $0 }
    }

    package func person(_ id: RecordID, in store: ReadTransaction) throws -> Person? {
        try store.row("select json from person where ref = \(id.description)")?
            .json("json", as: Person.self)
    }

    package func people(_ ids: [RecordID], in store: ReadTransaction) throws -> [RecordID: Person] {
        guard !ids.isEmpty else { return [:] }
        let refs = ids.map(\.description)
        let rows = try store.rows("select json from person where ref in \(list: refs)")
        return try rows.reduce(into: [:]) { found, row in
            let person = try row.json("json", as: Person.self)
            found[person.id] = person
        }
    }

    /// Who of the team spoke with whom on this number, the latest for each agent and person.
    package func spoken(on number: PhoneNumber, in store: ReadTransaction) throws -> [LastSpoken] {
        guard let key = number.key else { return [] }
        return try store.rows(
            """
            select person, agent, at from spoken where number_key = \(key)
            order by at desc limit 100
            """
        ).compactMap { row in
            guard let person = RecordID(try row.text("person")) else { return nil }
            return LastSpoken(person: person, agent: try row.text("agent"), at: try row.date("at"))
        }
    }

    /// Remembers a conversation for the order of later matches. An older one never replaces a newer.
    package func note(_ spoken: LastSpoken, on number: PhoneNumber, in store: WriteTransaction)
        throws
    {
        guard let key = number.key else { return }
        try store.execute(
            """
            insert into spoken (number_key, person, agent, at)
            values (\(key), \(spoken.person.description), \(spoken.agent), \(spoken.at))
            on conflict (number_key, person, agent) do update set at = excluded.at
            where excluded.at > spoken.at
            """)
    }

    package func peopleCount(in store: ReadTransaction) throws -> Int {
        try store.count("select count(*) from person")
    }
}

extension Directory {
    /// People of one write while the index is made anew.
    private static let reindexChunk = 500

    /// By which rules the numbers in the index were read.
    package static func stamp(in store: ReadTransaction) throws -> String? {
        try note("stamp", in: store)
    }

    package static func setStamp(_ stamp: String, in store: WriteTransaction) throws {
        try setNote(stamp, "stamp", in: store)
    }

    /// What is remembered of the directory as a whole, such as how far a CRM's people have come in.
    package static func note(_ name: String, in store: ReadTransaction) throws -> String? {
        try store.row("select value from directory_state where name = \(name)")?.text("value")
    }

    package static func setNote(_ value: String, _ name: String, in store: WriteTransaction) throws
    {
        try store.execute(
            """
            insert into directory_state (name, value) values (\(name), \(value))
            on conflict (name) do update set value = excluded.value
            """)
    }

    /// Reads every stored number again. Calls go on meanwhile; until it is done, some numbers are still
    /// known as they were read before.
    package func reindex(in database: Database) async throws {
        var last = ""
        while true {
            let after = last
            let end: String? = try await database.write { store in
                let rows = try store.rows(
                    """
                    select json from person where ref > \(after) order by ref
                    limit \(Self.reindexChunk)
                    """)
                let people = try rows.map { try $0.json("json", as: Person.self) }
                try put(people, in: store)
                return people.last?.id.description
            }
            guard let end else { return }
            last = end
        }
    }
}
