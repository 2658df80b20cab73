import Calls
import Foundation
import PhoneNumbers
import Testing

private let plan = NumberingPlan(country: "DE")
private let id = Call.ID(system: "test", value: "fields")
private let start = Date(timeIntervalSince1970: 1_790_000_000)

private func event(
    _ kind: CallEvent.Kind, _ seconds: Double, _ own: String? = nil, name: String? = nil,
    number: String? = nil, to: String? = nil
) -> CallEvent {
    CallEvent(
        call: id, leg: own.map { Leg.ID($0) }, kind: kind, at: start.addingTimeInterval(seconds),
        from: number.map { Party(number: PhoneNumber($0, plan: plan), name: name) },
        to: to.map { PhoneNumber($0, plan: plan) }, extension: own)
}

@Test("A missing field never erases a known one")
func missingFieldsEraseNothing() {
    var call = Call(
        event(.offered, 0, "1001", name: "Ada", number: "+493023125001", to: "+493023125000"))
    _ = call.apply(event(.answered, 5, "1001"))
    _ = call.apply(event(.ended, 9))
    #expect(call.from?.name == "Ada")
    #expect(call.from?.number.e164 == "+493023125001")
    #expect(call.to?.e164 == "+493023125000")
}

@Test("A beginning that comes an hour after the end fills fields and changes no state")
func lateBeginning() throws {
    var call = Call(event(.ended, 60))
    let late = call.apply(event(.offered, 0, "1001", name: "Ada", number: "+493023125001"))
    let change = try #require(late)
    #expect(change.after == .ended)
    #expect(!change.ended, "it had ended before")
    #expect(call.from?.name == "Ada")
    #expect(call.startedAt == start)
}

@Test("Ids that differ only by case are two calls")
func caseMatters() {
    #expect(Call.ID(system: "pbx", value: "A1") != Call.ID(system: "pbx", value: "a1"))
}

@Test("A transition says who began to talk and who stopped ringing")
func transitions() throws {
    var call = Call(event(.offered, 0, "1001"))
    _ = call.apply(event(.offered, 0.5, "1002"))
    let answer = call.apply(event(.answered, 4, "1001"))
    let change = try #require(answer)
    #expect(change.answered.map(\.id.value) == ["1001"])
    #expect(change.closed.map(\.id.value) == ["1002"])
    #expect(change.before == .ringing && change.after == .talking)
}

@Test("A call whose phones have all stopped is silent since the last one")
func silence() {
    var call = Call(event(.offered, 0, "1001"))
    #expect(call.silentSince == nil)
    _ = call.apply(event(.ended, 7, "1001"))
    #expect(call.silentSince == start.addingTimeInterval(7))
    _ = call.apply(event(.ended, 8))
    #expect(call.silentSince == nil)
}
