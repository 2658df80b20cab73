import Calls
import Foundation
import PhoneNumbers
import Storage
import Testing

@testable import CallHandling

/// A call's JSON that is put together from its events' is the one that its encoder would write.
struct CallTextTests {
    private static let plan = NumberingPlan(country: "DE")

    private static func event(_ kind: CallEvent.Kind, _ name: String, at: Double) -> CallEvent {
        CallEvent(
            call: Call.ID(system: "test", value: "texts"), leg: Leg.ID("1001"), kind: kind,
            at: Date(timeIntervalSince1970: 1_790_000_000 + at), direction: .inbound,
            from: Party(number: PhoneNumber("+49 30 23125001", plan: plan), name: name),
            extension: "1001")
    }

    @Test(arguments: ["Ada", #""facts":[]"#, #"\"facts":[],"x":["#, "a\\", "\u{202E}שלום 🎧"])
    func itIsTheEncodersOwn(_ name: String) throws {
        let texts = CallTexts()
        var call = Call(Self.event(.offered, name, at: 0))
        for (at, kind) in [CallEvent.Kind.answered, .held, .ended].enumerated() {
            #expect(try texts.json(of: call) == SQLValue.json(call))
            _ = call.apply(Self.event(kind, name, at: Double(at + 1)))
        }
        #expect(try texts.json(of: call) == SQLValue.json(call))
        #expect(try texts.json(of: call) == SQLValue.json(call), "from memory")
    }
}
