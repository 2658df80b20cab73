import Testing

@testable import Storage

@Suite(.timeLimit(.minutes(2))) struct ChangeNoticeTests {
    static let ada = ChangeNotice(topic: "agent", subject: "ada")
    static let ben = ChangeNotice(topic: "agent", subject: "ben")
    static let log = ChangeNotice(topic: "log", subject: "7")

    @Test func aNoticeComesAfterTheCommitOfItsBody() async throws {
        let folder = try TemporaryFolder()
        let database = try await Database.open(
            folder.store(), migrations: noteSchema, options: .fullGroups(of: 2))
        try await database.write { try $0.add(0) }
        var changes = database.changes().makeAsyncIterator()
        try await withThrowingTaskGroup(of: Void.self) { tasks in
            tasks.addTask {
                try await database.write { transaction in
                    transaction.notify(Self.ada)
                    transaction.notify(Self.ada)
                    try transaction.add(1)
                }
            }
            tasks.addTask {
                await #expect(throws: Refused()) {
                    try await database.write { transaction in
                        transaction.notify(Self.ben)
                        throw Refused()
                    }
                }
            }
            #expect(await changes.next() == Self.ada)
            #expect(try await database.ids() == [0, 1])
            try await tasks.waitForAll()
        }
        // Nothing of the failed body, and the equal notice only once.
        await database.close()
        #expect(await changes.next() == nil)
    }

    @Test func nobodyIsToldOfACommitThatFailed() async throws {
        let folder = try TemporaryFolder()
        let claimed = try DataFolder.claim(folder.data)
        let countdown = Countdown(3)  // the schema's two commits, then ours
        let engine = FaultyEngine(
            try SQLiteEngine.open(file: claimed.databaseFile, options: .quiet)
        ) { step throws(StorageFailure) in
            if step == .control(.commit), countdown.isOver() { throw .diskFull("here") }
        }
        // The store's own look whether there is room again would be told of as "everything".
        var options = Database.Options.quiet
        options.spaceCheck = .seconds(3600)
        let database = try Database(
            engine: engine, folder: claimed, migrations: noteSchema, options: options)
        var changes = database.changes().makeAsyncIterator()
        await #expect(throws: StorageFailure.diskFull("here")) {
            try await database.write { transaction in
                transaction.notify(Self.ada)
                try transaction.add(1)
            }
        }
        #expect(try await database.ids() == [])
        try await database.write { $0.notify(Self.ben) }
        #expect(await changes.next() == Self.ben)
        await database.close()
    }

    @Test func aSubscriberGetsItsTopicFromTheMomentItAsked() async throws {
        let database = try await Database.notes()
        try await database.write { $0.notify(Self.ada) }
        let agents = database.changes(topic: "agent")
        let all = database.changes()
        try await database.write { transaction in
            transaction.notify(Self.log)
            transaction.notify(Self.ben)
        }
        await database.close()
        #expect(await agents.reduce(into: []) { $0.append($1) } == [Self.ben])
        #expect(await all.reduce(into: []) { $0.append($1) } == [Self.log, Self.ben])
        #expect(await database.changes().reduce(0) { count, _ in count + 1 } == 0)
    }

    @Test(arguments: [1, 4, 7])
    func aSlowSubscriberIsToldToReadEverything(limit: Int) async throws {
        let feed = ChangeFeed(limit: limit)
        let quick = feed.subscribe(topic: "agent")
        let slow = feed.subscribe(topic: nil)
        for number in 0..<100 {
            feed.publish([ChangeNotice(topic: "log", subject: "\(number)")])
        }
        feed.finish()
        let got = await slow.reduce(into: []) { $0.append($1) }
        #expect(got.count <= limit)
        // After the last "everything" nothing is missing.
        let rest = got.reversed().prefix { $0 != .everything }.reversed().map(\.subject)
        #expect(got.contains(.everything))
        #expect(rest == (0..<100).suffix(rest.count).map(String.init))
        #expect(await quick.reduce(0) { count, _ in count + 1 } == 0)
        #expect(feed.metrics.value("notices_dropped_total") ?? 0 > 0)
    }

    @Test func aSubscriberThatLeavesIsForgotten() async throws {
        let feed = ChangeFeed(limit: 4)
        do {
            var changes = feed.subscribe(topic: nil).makeAsyncIterator()
            feed.publish([Self.ada])
            #expect(await changes.next() == Self.ada)
        }
        #expect(feed.metrics.value("subscribers") == 0)
    }
}
