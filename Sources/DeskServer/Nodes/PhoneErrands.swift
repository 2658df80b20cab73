import Foundation
import PhoneSystem
import ScriptedCalls
import Storage

/// What is asked of the server that has a phone system, by one that has not.
enum PhoneErrand: Codable, Sendable {
    case command(CallCommand)
    // Of the demo phone only.
    case ring(number: String, name: String?, extensions: [String], queue: String?)
    case play(script: String, speed: Double)
    case rules
    case setRules(DemoExchange.Rules)
}

/// Errands as rows of the store: each is carried out at most once, and answered.
struct PhoneErrands: Sendable {
    static let migrations: [Migration] = [
        Migration(
            id: "0072-phone-errands",
            sql: [
                """
                create table phone_errand (
                    id text not null primary key,
                    system text not null,
                    json text not null,
                    asked_at integer not null,
                    begun_at integer,
                    answer text
                )
                """,
                "create index phone_errand_by_time on phone_errand (asked_at)",
            ])
    ]

    /// Seconds that an agent waits for the other server.
    static let patience: TimeInterval = 8
    /// Topics: one names the phone system, the other the errand.
    private static let asked = "phone-errand"
    private static let answered = "phone-answer"
    /// Seconds for which answers, and the numbers in them, are kept.
    private static let memory: TimeInterval = 60
    /// Between two looks where no notice came.
    private static let look: Duration = .seconds(1)

    private struct Answer: Codable {
        var text: String?
        var refusal: ControlRefusal?
    }

    let database: Database

    // MARK: - The server that asks

    /// Has it done by the server that has the phone system.
    ///
    /// - Throws: what that server said, or that none has answered: then it is said whether anything may have been done.
    func ask(_ errand: PhoneErrand, of system: String) async throws(ControlRefusal) -> String? {
        let answer: Answer
        do {
            answer = try await self.answer(to: errand, of: system)
        } catch let refusal as ControlRefusal {
            throw refusal
        } catch {
            throw .unreachable("This cannot be handed on to the phone system now. Try again.")
        }
        if let refusal = answer.refusal { throw refusal }
        return answer.text
    }

    private func answer(to errand: PhoneErrand, of system: String) async throws -> Answer {
        let id = UUID().uuidString
        let answers = database.changes(topic: Self.answered)
        try await database.write { store in
            try store.execute(
                """
                insert into phone_errand (id, system, json, asked_at)
                values (\(id), \(system), \(try .json(errand)), \(store.clock()))
                """)
            store.notify(ChangeNotice(topic: Self.asked, subject: system))
        }
        await withTaskGroup(of: Void.self) { group in
            group.addTask {
                for await notice in answers where notice.subject == id { return }
            }
            group.addTask { try? await ContinuousClock().sleep(for: .seconds(Self.patience)) }
            await group.next()
            group.cancelAll()
        }
        if let answer = try await take(id) { return answer }
        throw ControlRefusal.unreachable(
            "It is not known whether the phone system did it. Look at the phone.")
    }

    /// The answer; what nobody has begun is withdrawn.
    private func take(_ id: String) async throws -> Answer? {
        try await database.write { store in
            let row = try store.row("select begun_at, answer from phone_errand where id = \(id)")
            let answer = try row?.optionalJSON("answer", as: Answer.self)
            let isBegun = try row?.optionalDate("begun_at") != nil
            if answer == nil && isBegun { return nil }
            try store.execute("delete from phone_errand where id = \(id)")
            return answer
                ?? Answer(
                    refusal: .unreachable("No server is connected to the phone system. Try again."))
        }
    }

    // MARK: - The server that has the phone system

    /// Carries out what others ask until the task is cancelled.
    ///
    /// - Parameter isReady: whether the phone system can be told now; what is asked waits until it can.
    func serve(
        _ system: String, under fence: Fence?, isReady: @escaping @Sendable () async -> Bool,
        _ carryOut: @escaping @Sendable (PhoneErrand) async throws(ControlRefusal) -> String?
    ) async {
        let notices = database.changes(topic: Self.asked)
        let (looks, waker) = AsyncStream.makeStream(
            of: Void.self, bufferingPolicy: .bufferingNewest(1))
        await withDiscardingTaskGroup { group in
            group.addTask { for await _ in notices { waker.yield() } }
            // What was asked while nobody had the phone system, and what a lost notice told of.
            group.addTask {
                while !Task.isCancelled {
                    waker.yield()
                    try? await ContinuousClock().sleep(for: Self.look)
                }
            }
            for await _ in looks {
                guard await isReady() else { continue }
                for (id, errand) in (try? await taken(system, under: fence)) ?? [] {
                    group.addTask { await finish(id, Self.outcome(of: errand, carryOut)) }
                }
            }
            group.cancelAll()
        }
    }

    /// Takes what is to be done. Nobody else can take it any more.
    private func taken(
        _ system: String, under fence: Fence?
    ) async throws -> [(String, PhoneErrand?)] {
        let isAny = try await database.read { try !open(system, in: $0).isEmpty }
        guard isAny else { return [] }
        return try await database.write { store in
            try fence?.check(in: store)
            let now = try store.clock()
            return try open(system, in: store).map { row in
                let id = try row.text("id")
                try store.execute("update phone_errand set begun_at = \(now) where id = \(id)")
                // A newer server may ask what this one does not know.
                return (id, try? row.json("json", as: PhoneErrand.self))
            }
        }
    }

    private func open(_ system: String, in store: ReadTransaction) throws -> [Row] {
        let since = try store.clock().addingTimeInterval(-Self.patience)
        return try store.rows(
            """
            select id, json from phone_errand
            where system = \(system) and begun_at is null and asked_at > \(since)
            order by asked_at, id
            """)
    }

    /// Forgets what nobody waits for any more.
    static func forget(in store: WriteTransaction, now: Date) throws {
        try store.execute(
            "delete from phone_errand where asked_at < \(now.addingTimeInterval(-memory))")
    }

    private static func outcome(
        of errand: PhoneErrand?,
        _ carryOut: @Sendable (PhoneErrand) async throws(ControlRefusal) -> String?
    ) async -> Answer {
        guard let errand else {
            return Answer(
                refusal: .notSupported("The server with the phone system is of another version."))
        }
        do {
            return Answer(text: try await carryOut(errand))
        } catch {
            return Answer(refusal: error)
        }
    }

    private func finish(_ id: String, _ answer: Answer) async {
        try? await database.write { store in
            try store.execute(
                "update phone_errand set answer = \(try .json(answer)) where id = \(id)")
            store.notify(ChangeNotice(topic: Self.answered, subject: id))
        }
    }
}
