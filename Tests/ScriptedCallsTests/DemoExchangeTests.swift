import Calls
import Foundation
import PhoneNumbers
import PhoneSystem
import ScriptedCalls
import Testing

private let start = Date(timeIntervalSince1970: 1_790_000_000)

/// The exchange, with the calls that come of its events.
private struct Office {
    var exchange = DemoExchange(plan: NumberingPlan(country: "DE"), ownNumber: "+493023125000")
    private(set) var calls: [Call.ID: Call] = [:]

    mutating func take(_ events: [CallEvent]) {
        for event in events {
            if calls[event.call] == nil {
                calls[event.call] = Call(event)
            } else {
                _ = calls[event.call]?.apply(event)
            }
        }
    }

    mutating func ring(_ id: String, _ extensions: String...) -> Call.ID {
        take(
            exchange.ring(
                id: id, from: "+493023125001", name: nil, extensions: extensions, queue: nil,
                now: start))
        return Call.ID(system: DemoExchange.system, value: id)
    }

    mutating func perform(_ command: CallCommand, after seconds: Double) throws {
        take(
            try exchange.perform(
                command, newID: "new", now: start.addingTimeInterval(seconds)))
    }

    mutating func wait(until seconds: Double) {
        take(exchange.passTime(now: start.addingTimeInterval(seconds)))
    }

    func outcome(_ call: Call.ID, _ own: String) -> Leg.Outcome? {
        calls[call]?.part(of: [own])?.outcome
    }
}

@Test("S5: nobody answers, and the company's rule sends the caller to voicemail")
func noAnswerGoesToVoicemail() throws {
    var office = Office()
    let call = office.ring("a", "1001")
    office.wait(until: 19.9)
    #expect(office.calls[call]?.state == .ringing)
    office.wait(until: 20)
    #expect(office.calls[call]?.cause?.kind == .voicemail)
    #expect(office.outcome(call, "1001") == .notAnswered)
}

@Test("S6: a declined call follows the same rule at once")
func declineFollowsTheRule() throws {
    var office = Office()
    office.exchange.rules.colleague = "1002"
    let call = office.ring("a", "1001")
    try office.perform(.decline(call, extension: "1001"), after: 2)
    #expect(office.outcome(call, "1001") == .declined)
    #expect(office.calls[call]?.part(of: ["1002"])?.state == .ringing)
    office.wait(until: 22)
    #expect(office.calls[call]?.cause?.kind == .voicemail)
}

@Test("The first phone that answers has the call, the others stop ringing")
func ringGroup() throws {
    var office = Office()
    let call = office.ring("a", "1001", "1002")
    try office.perform(.answer(call, extension: "1002"), after: 3)
    #expect(office.outcome(call, "1001") == .answeredElsewhere)
    try office.perform(.hangUp(call, extension: "1002"), after: 33)
    #expect(office.calls[call]?.part(of: ["1002"])?.talkSeconds(until: start) == 30)
}

@Test("Hold, retrieve and transfer to a colleague")
func holdAndTransfer() throws {
    var office = Office()
    let call = office.ring("a", "1001")
    try office.perform(.answer(call, extension: "1001"), after: 1)
    try office.perform(.hold(call, extension: "1001"), after: 5)
    #expect(office.exchange.abilities(for: "1001", in: call) == [.hangUp, .retrieve, .transfer])
    try office.perform(.retrieve(call, extension: "1001"), after: 8)
    let target = try #require(DialString("1002"))
    try office.perform(.transfer(call, extension: "1001", to: target), after: 11)
    try office.perform(.answer(call, extension: "1002"), after: 13)
    #expect(office.outcome(call, "1001") == .transferred)
    #expect(office.calls[call]?.state == .talking)
}

@Test("A customer who is called answers by himself")
func dialling() throws {
    var office = Office()
    let target = try #require(DialString("+49 30 23125001"))
    try office.perform(.dial(from: "1001", to: target), after: 0)
    let call = Call.ID(system: DemoExchange.system, value: "new")
    #expect(office.calls[call]?.state == .dialling)
    office.wait(until: 3)
    #expect(office.calls[call]?.state == .talking)
}

@Test("A command that is too late is refused and changes nothing")
func tooLate() throws {
    var office = Office()
    let call = office.ring("a", "1001")
    try office.perform(.answer(call, extension: "1001"), after: 1)
    let before = office.calls
    #expect(throws: ControlRefusal.self) {
        try office.perform(.decline(call, extension: "1001"), after: 2)
    }
    #expect(office.calls == before)
}

@Test("An exchange that was restarted goes on with the calls that were live")
func restart() throws {
    var office = Office()
    let call = office.ring("a", "1001")
    try office.perform(.answer(call, extension: "1001"), after: 1)
    var second = Office()
    second.exchange.restore(Array(office.calls.values))
    #expect(second.exchange.abilities(for: "1001", in: call) == [.hangUp, .hold, .transfer])
}

@Test(
    "Only digits reach a phone system",
    arguments: [
        ("+49 30 23125001", "+493023125001"), ("1002", "1002"), ("(030) 231-25001", "03023125001"),
    ])
func dialStrings(_ text: String, _ digits: String) {
    #expect(DialString(text)?.description == digits)
}

@Test(
    "Everything else is refused",
    arguments: [
        "", "1", "300&Zap/g1/1", "1002\r\nAction: Originate", "${EXTEN}", "1,2",
        "12345678901234567",
        "++49301", "٠٢٠٧", "abc",
    ])
func noDialString(_ text: String) {
    #expect(DialString(text) == nil)
}
