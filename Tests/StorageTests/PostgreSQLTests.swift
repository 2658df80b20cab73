import Foundation
import Logging
import Synchronization
import TestStores
import Testing

@testable import Storage

/// What only PostgreSQL has: several processes on one store, and a server that can be away. Run by
/// `script/test postgresql`, together with the tests that both engines share.
@Suite(.timeLimit(.minutes(5))) struct PostgreSQLTests {
    static func open(
        _ address: String, _ options: Database.Options = .quiet
    ) async throws -> Database {
        try await Database.open(.postgresql(address), migrations: noteSchema, options: options)
    }

    static func newStore() throws -> String { try PostgreSQLCluster.shared.get().newStore() }

    // MARK: - Several processes

    @Test func writersOfTwoProcessesTakeTurns() async throws {
        let address = try Self.newStore()
        let nodes = [try await Self.open(address), try await Self.open(address)]
        try await nodes[0].write { try $0.add(1, "0") }
        // Read, add one, write: what is lost where two do it at once.
        try await withThrowingTaskGroup(of: Void.self) { tasks in
            for turn in 0..<200 {
                tasks.addTask {
                    try await nodes[turn % 2].write { store in
                        let text = try store.rows("select text from note where id = 1")[0].text(
                            "text")
                        try store.execute(
                            "update note set text = \("\((Int(text) ?? 0) + 1)") where id = 1")
                    }
                }
            }
            try await tasks.waitForAll()
        }
        let text = try await nodes[1].read { try $0.row("select text from note")?.text("text") }
        #expect(text == "200")
        for node in nodes { await node.close() }
    }

    @Test func whatOneProcessWritesTheOthersAreToldAfterTheCommit() async throws {
        let address = try Self.newStore()
        let (one, two) = (try await Self.open(address), try await Self.open(address))
        var heard = two.changes(topic: "agent").makeAsyncIterator()
        var own = one.changes().makeAsyncIterator()
        await #expect(throws: Refused()) {
            try await one.write { store in
                store.notify(ChangeNotice(topic: "agent", subject: "nobody"))
                throw Refused()
            }
        }
        try await one.write { store in
            store.notify(ChangeNotice(topic: "agent", subject: "ada"))
            try store.add(1)
        }
        #expect(await heard.next() == ChangeNotice(topic: "agent", subject: "ada"))
        #expect(try await two.ids() == [1])
        // Its own it hears once: from itself.
        #expect(await own.next() == ChangeNotice(topic: "agent", subject: "ada"))
        try await two.write { $0.notify(ChangeNotice(topic: "agent", subject: "ben")) }
        #expect(await own.next() == ChangeNotice(topic: "agent", subject: "ben"))
        await one.close()
        await two.close()
    }

    @Test func aStoreIsNotHeardInAnother() async throws {
        let (one, two) = (
            try await Self.open(Self.newStore()), try await Self.open(Self.newStore())
        )
        let heard = two.changes()
        try await one.write { $0.notify(ChangeNotice(topic: "agent", subject: "ada")) }
        try await two.write { $0.notify(ChangeNotice(topic: "agent", subject: "ben")) }
        await one.close()
        await two.close()
        #expect(await heard.reduce(into: []) { $0.append($1.subject) } == ["ben"])
    }

    @Test func noticesThatAreTooManyBecomeEverything() throws {
        let many = (0..<2_000).map { ChangeNotice(topic: "agent", subject: "number \($0)") }
        let payload = Announcement(sender: "one", notices: many).payload
        #expect(payload.utf8.count < 8_000)
        #expect(Announcement(payload: payload)?.changes == [.everything])
        let few = Announcement(sender: "one", notices: Array(many.prefix(3))).payload
        #expect(Announcement(payload: few)?.changes == Array(many.prefix(3)))
    }

    @Test(arguments: ["", "{", "[]", #"{"sender":"a","notices":[["x"]]}"#, "null"])
    func whatIsNoAnnouncementIsNotOne(_ payload: String) {
        #expect(Announcement(payload: payload) == nil)
    }

    /// Two processes bring an empty store up to date at once: each step is applied once.
    @Test func processesThatStartTogetherMigrateOnce() async throws {
        let address = try Self.newStore()
        let nodes = try await withThrowingTaskGroup(of: Database.self) { tasks in
            for _ in 0..<4 {
                tasks.addTask {
                    try await Database.open(
                        .postgresql(address), migrations: noteSchema + [MigrationTests.second],
                        options: .quiet)
                }
            }
            return try await tasks.reduce(into: []) { $0.append($1) }
        }
        #expect(try await nodes[0].ids() == [-1])
        for node in nodes { await node.close() }
    }

    // MARK: - A server that is away

    /// A body that stands still in its transaction, as a frozen process would, loses it to the server, and with it the
    /// turn; what it wrote is not there, and it is told so.
    @Test func whoStandsStillLosesTheTurn() async throws {
        let address = try Self.newStore()
        var patient = Database.Options.quiet
        patient.answerLimit = .seconds(60)
        // It is looked at before it comes back.
        patient.spaceCheck = .seconds(60)
        let (frozen, other) = (
            try await Self.open(address, patient), try await Self.open(address, patient)
        )
        let gate = DispatchSemaphore(value: 0)
        let (begun, signal) = AsyncStream.makeStream(of: Void.self)
        let stopped = Task {
            try await frozen.write { store in
                try store.add(1)
                signal.finish()
                gate.wait()
                try store.add(2)
            }
        }
        for await _ in begun {}
        try await other.write { try $0.add(3) }
        gate.signal()
        await #expect(throws: StorageFailure.self) { try await stopped.value }
        #expect(try await other.ids() == [3])
        #expect(!frozen.health.isWritable)
        await frozen.close()
        await other.close()
    }

    /// A server that starts anew ends every connection, with some last words.
    @Test func whoUsedNoConnectionNoticesNothingOfItsEnd() async throws {
        let address = try Self.newStore() + "&application_name=idle"
        let database = try await Self.open(address)
        try await database.write { try $0.add(1) }
        #expect(try await database.ids() == [1])
        let killer = try PostgreSQLLink(PostgreSQLAddress(address))
        let ended = try killer.run(
            """
            select pg_terminate_backend(pid, 10000) as ended from pg_stat_activity
            where application_name = 'idle' and pid <> pg_backend_pid()
            """)
        #expect(ended.rows.count >= 3)
        #expect(try await database.ids() == [1])
        try await database.write { try $0.add(2) }
        #expect(database.health.isWritable)
        #expect(database.health.commits == 2)
        await database.close()
    }

    @Test func aConnectionThatIsCutFailsItsCommitAndTheStoreComesBack() async throws {
        let address = try Self.newStore()
        var options = Database.Options.quiet
        options.spaceCheck = .milliseconds(20)
        let database = try await Self.open(address, options)
        try await database.write { try $0.add(1) }
        let killer = try PostgreSQLLink(PostgreSQLAddress(address))
        await #expect(throws: StorageFailure.self) {
            try await database.write { store in
                try store.add(2)
                let own = try store.rows("select pg_backend_pid() as pid")[0].int("pid")
                _ = try killer.run("select pg_terminate_backend(cast(\(own) as integer))")
                try store.add(3)
            }
        }
        // Idle connections that were cut are noticed before they are used.
        try await Self.eventually { database.health.isWritable }
        #expect(try await database.ids() == [1])
        try await database.write { try $0.add(4) }
        #expect(try await database.ids() == [1, 4])
        await database.close()
    }

    /// Asks again until it is so; the time limit of the suite ends what never is.
    static func eventually(_ isSo: () async throws -> Bool) async throws {
        while !(try await isSo()) { await Task.yield() }
    }

    @Test func aListenerThatWasCutOffSaysThatEverythingMayHaveChanged() async throws {
        let address = try Self.newStore()
        let (one, two) = (try await Self.open(address), try await Self.open(address))
        var heard = two.changes(topic: "agent").makeAsyncIterator()
        let killer = try PostgreSQLLink(PostgreSQLAddress(address))
        let channel = try killer.run(
            "select 'callmatch_' || substr(md5(current_schema()), 1, 16) as name"
        ).rows[0].text("name")
        let query = "listen \(channel)"
        let killed = try killer.run(
            """
            select pg_terminate_backend(pid) as ended from pg_stat_activity where query = \(query)
            """)
        #expect(try killed.rows.map { try $0.bool("ended") } == [true, true])
        #expect(await heard.next() == .everything)
        try await one.write { $0.notify(ChangeNotice(topic: "agent", subject: "ada")) }
        #expect(await heard.next()?.topic != nil)
        await one.close()
        await two.close()
    }

    @Test func aServerThatIsNotThereIsSaidAtOnce() async throws {
        let error = await #expect(throws: StorageFailure.self) {
            try await Self.open("postgresql://callmatch:secret@127.0.0.1:1/calls")
        }
        #expect(error?.description.contains("127.0.0.1:1/calls") == true)
        #expect(error?.description.contains("secret") == false)
    }

    // MARK: - Addresses and settings

    static let weak = ["disable", "allow", "prefer", "require"]

    @Test(arguments: weak)
    func aServerElsewhereIsCheckedByItsCertificate(_ mode: String) throws {
        let error = #expect(throws: StorageFailure.self) {
            try PostgreSQLAddress("postgresql://a:secret@db.example.com/calls?sslmode=\(mode)")
        }
        #expect(error?.description.contains("sslmode=\(mode)") == true)
        #expect(error?.description.contains("secret") == false)
        _ = try PostgreSQLAddress("postgresql://a@localhost/calls?sslmode=\(mode)")
    }

    @Test func withoutAWordTheCertificateIsChecked() throws {
        let address = try PostgreSQLAddress("postgresql://a:secret@db.example.com:6432/calls")
        #expect(address.additions.contains { $0 == ("sslmode", "verify-full") })
        #expect(address.place == "db.example.com:6432/calls")
        let local = try PostgreSQLAddress("postgresql:///calls?host=/run/postgresql")
        #expect(local.additions.isEmpty)
    }

    @Test(arguments: [
        "", "mysql://a/b", "host=a password=secret", "postgresql://a:se%ZZcret@b/c",
        "postgresql://a:secret@b/c?nonsense=1",
    ])
    func whatIsNoAddressIsSaidWithoutItsPassword(_ text: String) {
        let error = #expect(throws: StorageFailure.self) { try PostgreSQLAddress(text) }
        #expect(error?.description.contains("secret") == false)
        #expect(error?.description.contains("postgresql://user@host:5432/database") == true)
    }

    @Test(arguments: ["fsync", "full_page_writes", "synchronous_commit"])
    func aServerThatWouldLoseCommitsIsRefused(_ setting: String) async throws {
        let cluster = try PostgreSQLCluster(settings: ["\(setting) = off"])
        let error = await #expect(throws: StorageFailure.self) {
            try await Self.open(cluster.newStore())
        }
        #expect(error?.description.contains("\(setting) = off") == true)
    }

    // MARK: - Statements

    static let types: [(SQL, String)] = [
        (
            "create table a (id integer not null primary key, text text not null, amount real)",
            #"create table a (id bigint not null primary key, text text collate "C" not null, amount double precision)"#
        ),
        (
            "create table b (kind text not null default 'text integer', body blob)",
            #"create table b (kind text collate "C" not null default 'text integer', body bytea)"#
        ),
        (
            "alter table a add column real text",
            #"alter table a add column real text collate "C""#
        ),
        ("create index a_text on a (text, id)", "create index a_text on a (text, id)"),
        ("select text from a where real = 1", "select text from a where real = 1"),
    ]

    @Test(arguments: types)
    func typesHavePostgreSQLsNames(_ sql: SQL, _ text: String) {
        #expect(PostgreSQLDialect.text(of: sql) == text)
    }

    @Test func everyKindOfValueComesBackAsItWas() async throws {
        let database = try await Self.open(Self.newStore())
        let blob = (0...255).map { UInt8($0) }
        let texts = ["", "a'b\"c\\d", "π😀\u{202E}", String(repeating: "x", count: 1 << 20)]
        try await database.write { store in
            try store.execute(
                "create table thing (id integer primary key, t text, n integer, r real, b blob)")
            for (index, text) in texts.enumerated() {
                try store.execute(
                    """
                    insert into thing (id, t, n, r, b)
                    values (\(index), \(text), \(Int.min + index), \(0.1 + Double(index)), \(blob))
                    """)
            }
            try store.execute(
                """
                insert into thing (id, t, n, r, b)
                values (99, \(String?.none), \(Int?.none), \(Double?.none), \([UInt8]?.none))
                """)
        }
        let rows = try await database.read { try $0.rows("select * from thing order by id") }
        for (index, text) in texts.enumerated() {
            #expect(try rows[index].text("t") == text)
            #expect(try rows[index].int("n") == Int.min + index)
            #expect(try rows[index].value("r") == .real(0.1 + Double(index)))
            #expect(try rows[index].value("b") == .blob(blob))
        }
        for column in ["t", "n", "r", "b"] { #expect(try rows[4].value(column) == .null) }
        let sums = try await database.read {
            try $0.row("select sum(id) as total, count(*) as many, avg(id) as middle from thing")
        }
        #expect(try sums?.int("total") == 105)
        #expect(try sums?.int("many") == 5)
        #expect(try sums?.value("middle") == .real(21))
        await database.close()
    }

    /// The same text with a null and with a value, and with a value of another kind.
    @Test func aStatementIsPreparedOnceForNullsAndValues() async throws {
        let database = try await Self.open(Self.newStore())
        try await database.write { store in
            for value in [SQLValue.null, .text("a"), .null, .text("b")] {
                let known = try store.count(
                    "select count(*) from note where text = coalesce(\(value), 'a')")
                #expect(known == 0)
            }
            for value in [SQLValue.integer(7), .text("7"), .null, .integer(7)] {
                let seen = try store.rows("select cast(\(value) as text) as seen")[0]
                #expect(try seen.optionalText("seen") == (value == .null ? nil : "7"))
            }
        }
        await database.close()
    }

    /// A message of PostgreSQL may repeat the value that it could not take.
    @Test func whatIsSaidOfAStatementHoldsNoValue() async throws {
        let database = try await Self.open(Self.newStore())
        for statement in [
            "insert into note (id, text) values (1, 'a'), (1, 'a')",
            "insert into note (id, text) values (cast(\("Ada Lovelace") as integer), '')",
            "insert into remark (id, note) values (1, \(815_4711))",
        ] as [SQL] {
            let error = await #expect(throws: StorageFailure.self) {
                try await database.write { try $0.execute(statement) }
            }
            #expect(error?.description.contains("Ada") == false)
            #expect(error?.description.contains("8154711") == false)
        }
        await database.close()
    }
}
