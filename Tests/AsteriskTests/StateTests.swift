import Credentials
import Foundation
import PhoneSystem
import Testing

@testable import Asterisk

/// What an administrator is told of a connection: what is wrong, where, and what would help.
struct StateTests {
    /// A connection with which all is well; each test makes one thing wrong.
    private struct Connected {
        var banner = "Asterisk Call Manager/5.0.4"
        var rights: Set<String> = ["Hangup", "Originate", "PJSIPNotify"]
        var settings = AsteriskSettings(
            name: "office", host: "192.0.2.1", user: "callmatch", secret: Secret("s3cret"))
        var calls = AsteriskCalls.ofTheRecordings
        var strange = StrangeMessages()
        var change: (inout AsteriskState) -> Void = { _ in }

        var condition: PhoneSystemCondition {
            var state = AsteriskState()
            state.started()
            state.connected(banner, rights: rights)
            change(&state)
            return state.condition(of: settings, calls: calls, strange: strange, waiting: 3)
        }
    }

    @Test func allIsWell() {
        let condition = Connected().condition
        #expect(condition.isGood)
        #expect(condition.text == "Connected to 192.0.2.1:5038, Asterisk Call Manager/5.0.4.")
        #expect(condition.waiting == 3)
    }

    @Test func whatWasNeverStartedAndWhatIsOnItsWay() {
        var state = AsteriskState()
        let connected = Connected()
        let never = state.condition(
            of: connected.settings, calls: connected.calls, strange: connected.strange, waiting: 0)
        #expect(!never.isGood && never.text.contains("not running"))
        state.started()
        let soon = state.condition(
            of: connected.settings, calls: connected.calls, strange: connected.strange, waiting: 0)
        #expect(!soon.isGood && soon.text == "Connecting…")
    }

    private enum Wrong: CaseIterable {
        case version, hangUp, originate, notify, deaf, untimed, presentation, clock, password
    }

    private static func made(_ wrong: Wrong) -> (Connected, words: [String]) {
        var connected = Connected()
        switch wrong {
        case .version:
            connected.banner = "Asterisk Call Manager/2.10.6"
            return (connected, ["older than 16"])
        case .hangUp:
            connected.rights = []
            return (connected, ["may not end calls", "“write = call”"])
        case .originate:
            connected.rights = ["Hangup"]
            connected.settings.canDial = true
            return (connected, ["Click-to-dial", "“originate”"])
        case .notify:
            connected.rights = ["Hangup"]
            connected.settings.lines["1002"] = .init(answering: .notify)
            return (connected, ["“system”"])
        case .deaf:
            connected.change = { $0.isDeaf = true }
            return (connected, ["tells nothing", "“read = call,agent,user”"])
        case .untimed:
            connected.calls.untimedEvents = 1
            return (connected, ["have no time", "“timestampevents = yes”"])
        case .presentation:
            connected.calls.unknownPresentations = 1
            return (connected, ["withheld", "CALLERID(num-pres),CONNECTEDLINE(num-pres)"])
        case .clock:
            connected.change = { $0.clockDifference = -42.3 }
            return (connected, ["differs from ours by -42 s", "time server"])
        case .password:
            connected.change = { $0.lost(.wrongPassword, at: Date(timeIntervalSince1970: 0)) }
            return (connected, ["refused user name or secret", "manager.conf"])
        }
    }

    @Test(arguments: Wrong.allCases)
    private func whatIsWrongIsSaidWithWhatWouldHelp(wrong: Wrong) {
        let (connected, words) = Self.made(wrong)
        let condition = connected.condition
        #expect(!condition.isGood)
        for word in words { #expect(condition.text.contains(word), "\(condition.text)") }
        #expect(!condition.text.contains("s3cret"))
    }

    /// 22.10 calls itself 11, and 16.28 calls itself 5.
    @Test(arguments: [
        "Asterisk Call Manager/5.0.4", "Asterisk Call Manager/11.0.0", "Something else",
    ])
    func aVersionThatWorksIsNoFault(banner: String) {
        var connected = Connected()
        connected.banner = banner
        #expect(connected.condition.isGood)
    }

    @Test func aClockThatDiffersALittleIsNoFault() {
        var connected = Connected()
        connected.change = { $0.clockDifference = 2.9 }
        #expect(connected.condition.isGood)
    }

    /// An agent's phone may be at any of several phone systems.
    @Test func aPhoneIsMissingWhereNoneHasIt() {
        func lacking(_ extensions: [String]) -> PhoneSystemCondition {
            var connected = Connected()
            connected.change = {
                $0.missing = extensions.map { MissingPhone(extension: $0, name: "desk-\($0)") }
            }
            return connected.condition
        }
        #expect(PhoneSystemCondition.nowhere(among: []) == [])
        #expect(PhoneSystemCondition.nowhere(among: [lacking(["1001"])]) == ["1001"])
        let two = [lacking(["1001", "1003"]), lacking(["1002", "1003"])]
        #expect(PhoneSystemCondition.nowhere(among: two) == ["1003"])
    }
}
