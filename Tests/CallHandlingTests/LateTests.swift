import CallHandling
import CallLogging
import CallerLookup
import Calls
import Foundation
import PhoneNumbers
import Records
import Storage
import Testing

/// What a phone system tells in another order than it happened: the logs end as if it had been told in time.
struct LateTests {
    private static let ada = Stage.contact("1", "Ada Lovelace", "030 23125001")
    private static let eve = Stage.contact("2", "Eve Moreau", "+33142685300")

    private static let lenient: LogPolicy = {
        var policy = LogPolicy()
        policy.requiresMatch = false
        return policy
    }()

    /// An answer that says neither who calls nor in which direction.
    private static func bareAnswer(_ stage: Stage) -> CallEvent {
        stage.event(.answered, 5, "1001", from: nil, direction: nil)
    }

    private static func stage() async throws -> Stage {
        let stage = try await Stage(policy: lenient)
        try await stage.know(ada)
        return stage
    }

    @Test func whoCallsIsToldAfterTheAnswer() async throws {
        let stage = try await Self.stage()
        try await stage.happen(Self.bareAnswer(stage))
        let opened = try #require(try await stage.log("ada"))
        #expect(opened.person == nil && opened.number.isEmpty)
        #expect(opened.subject == "Call from an unknown number")
        try await stage.happen(stage.event(.offered, 0, "1001"))
        let log = try #require(try await stage.log("ada"))
        #expect(log.person == Self.ada.id && log.number == "030 23125001")
        #expect(log.subject == "Call from Ada Lovelace" && log.key == opened.key)
    }

    @Test func whoCallsIsToldAfterTheLogIsFiled() async throws {
        let stage = try await Self.stage()
        try await stage.happen(Self.bareAnswer(stage), stage.event(.ended, 65, from: nil))
        try await stage.flow.done(stage.callID(), by: stage.agent("ada"))
        try await stage.deliver(at: 66)
        #expect(stage.sink.kept.map(\.person) == [nil])
        try await stage.happen(stage.event(.offered, 0, "1001"))
        try await stage.deliver(at: 67)
        #expect(stage.sink.kept.map(\.person) == [Self.ada.id])
        #expect(stage.sink.kept.map(\.subject) == ["Call from Ada Lovelace"])
        #expect(try await stage.audit().unexplained == 0)
    }

    /// What the agent said stays: nobody, somebody else, or a subject of the agent's own.
    @Test(arguments: ["back", "chosen", "subject"])
    func whatAnAgentSaidStays(_ what: String) async throws {
        let stage = try await Self.stage()
        try await stage.know(Self.eve)
        try await stage.happen(Self.bareAnswer(stage))
        let (call, agent) = (stage.callID(), try stage.agent("ada"))
        switch what {
        case "back": try await stage.flow.unchoose(call, by: agent)
        case "chosen": try await stage.flow.choose(Self.eve.id, for: call, by: agent)
        default:
            _ = try await stage.flow.edit(LogEdit(subject: "Keys"), version: 1, of: call, by: agent)
        }
        try await stage.happen(stage.event(.offered, 0, "1001"))
        let log = try #require(try await stage.log("ada"))
        #expect(log.number == "030 23125001")
        switch what {
        case "back": #expect(log.person == nil && log.subject == "Call from 030 23125001")
        case "chosen": #expect(log.person == Self.eve.id && log.subject == "Call from Eve Moreau")
        default: #expect(log.person == Self.ada.id && log.subject == "Keys")
        }
    }

    @Test func theCallerOfAMissedCallIsToldAfterIt() async throws {
        let stage = try await Self.stage()
        try await stage.happen(
            stage.event(.offered, 0, "1001", from: nil), stage.event(.ended, 20, from: nil))
        try await stage.deliver(at: 21)
        #expect(stage.sink.kept.map(\.subject) == ["Missed call from an unknown number"])
        try await stage.happen(stage.event(.offered, 1, "1002"))
        try await stage.deliver(at: 22)
        #expect(stage.sink.kept.map(\.subject) == ["Missed call from Ada Lovelace"])
        #expect(stage.sink.kept.map(\.number) == ["030 23125001"])
    }

    @Test func thatItWentOutIsToldAfterTheAnswer() async throws {
        let stage = try await Self.stage()
        try await stage.happen(Self.bareAnswer(stage))
        try await stage.happen(stage.event(.offered, 0, "1001", direction: .outbound))
        let log = try #require(try await stage.log("ada"))
        #expect(log.direction == .outbound && log.subject.hasPrefix("Call to "))
    }

    @Test func thatItIsInternalIsToldAfterTheAnswer() async throws {
        let stage = try await Self.stage()
        try await stage.happen(Self.bareAnswer(stage))
        #expect(try await stage.log("ada") != nil)
        try await stage.happen(stage.event(.offered, 0, "1001", direction: .internal))
        #expect(try await stage.log("ada") == nil)
    }

    /// Two phones answer at once, and the earlier answer arrives when the log of the later one is in the CRM.
    @Test(arguments: [false, true])
    func anEarlierAnswerIsToldLate(isFiled: Bool) async throws {
        let stage = try await Self.stage()
        try await stage.happen(
            stage.event(.offered, 0, "1001"), stage.event(.offered, 0, "1002"),
            stage.event(.answered, 6, "1002"))
        if isFiled {
            try await stage.happen(stage.event(.ended, 65))
            try await stage.flow.done(stage.callID(), by: stage.agent("ben"))
            try await stage.deliver(at: 66)
            #expect(stage.sink.kept.map(\.agent) == ["ben"])
        }
        try await stage.happen(stage.event(.answered, 5, "1001"), stage.event(.ended, 65))
        #expect(try await stage.log("ben") == nil)
        #expect(try await stage.log("ada") != nil)
        try await stage.flow.done(stage.callID(), by: stage.agent("ada"))
        try await stage.deliver(at: 67)
        #expect(stage.sink.kept.map(\.agent) == ["ada"])
        #expect(stage.sink.kept.map(\.seconds) == [60])
    }

    /// What the agent wrote whose phone did not answer after all is not thrown away.
    @Test func whatWasWrittenByTheOtherStays() async throws {
        let stage = try await Self.stage()
        try await stage.happen(
            stage.event(.offered, 0, "1001"), stage.event(.offered, 0, "1002"),
            stage.event(.answered, 6, "1002"))
        _ = try await stage.flow.edit(
            LogEdit(notes: "wants a quote"), version: 1, of: stage.callID(),
            by: stage.agent("ben"))
        try await stage.happen(stage.event(.answered, 5, "1001"))
        #expect(try await stage.log("ben")?.notes == "wants a quote")
        #expect(try await stage.log("ada") != nil)
    }

    /// An older call that is filed later leaves the order of whom an agent spoke to last.
    @Test func anOlderTalkIsFiledLater() async throws {
        let stage = try await Self.stage()
        for (call, began) in [("new", 1_000.0), ("old", 0)] {
            try await stage.happen(
                stage.event(.offered, began, "1001", call: call),
                stage.event(.answered, began + 5, "1001", call: call))
        }
        let number = PhoneNumber("+493023125001", plan: NumberingPlan(country: "DE"))
        let spoken = try await stage.database.read { store in
            try stage.organisation.directory.spoken(on: number, in: store)
        }
        #expect(spoken.map(\.at) == [Stage.start.addingTimeInterval(1_005)])
    }

    /// Nobody reports the end: it was when the last phone stopped, and not the first.
    @Test func theLastPhoneToStopEndsTheCall() async throws {
        let stage = try await Self.stage()
        try await stage.happen(
            stage.event(.offered, 0, "1001"), stage.event(.answered, 5, "1001"),
            stage.event(.transferred, 25, "1001"), stage.event(.offered, 25, "1002"),
            stage.event(.answered, 28, "1002"), stage.event(.ended, 58, "1002"))
        stage.at(600)
        try await stage.flow.passTime()
        let id = stage.callID()
        let call = try await stage.database.read { store in try CallBook().call(id, in: store)?.call
        }
        #expect(call?.endedAt == Stage.start.addingTimeInterval(58))
    }
}
