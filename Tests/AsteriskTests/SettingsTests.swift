import Credentials
import Testing
import WrittenSettings

@testable import Asterisk

/// What an administrator writes about an Asterisk, and what is refused.
struct SettingsTests {
    private func settings(
        _ more: [String: SettingFields.Value] = [:]
    ) throws -> AsteriskSettings {
        let least: [String: SettingFields.Value] = [
            "kind": .text("asterisk"), "host": .text("192.0.2.1"), "user": .text("callmatch"),
            "secret": .text("s"),
        ]
        let fields = SettingFields(
            section: "phone-systems",
            name: "office", values: least.merging(more) { _, more in more })
        return try AsteriskSettings(fields, secret: Secret("s"))
    }

    @Test func theLeastThatIsNeeded() throws {
        let least = try settings()
        #expect((least.name, least.host, least.port) == ("office", "192.0.2.1", 5038))
        #expect(least.declineCause == 17)
        #expect(least.answering == .byHand && least.holding == .byHand && !least.canDial)
        #expect(least.lines(of: ["1001"]).extension(ofChannel: "PJSIP/1001-0000000a") == "1001")
    }

    @Test func phonesWithNamesOfTheirOwn() throws {
        let own = try settings([
            "endpoints": .table(["1001": .list([.text("desk-7"), .text("soft-7")])])
        ])
        let lines = own.lines(of: ["1001", "1002"])
        #expect(lines.extension(ofChannel: "PJSIP/desk-7-0000000a") == "1001")
        #expect(lines.extension(ofChannel: "PJSIP/soft-7-0000000b") == "1001")
        #expect(lines.extension(ofChannel: "PJSIP/1001-0000000c") == nil)
        #expect(lines.extension(ofChannel: "PJSIP/1002-0000000d") == "1002")
    }

    @Test func everythingElse() throws {
        let all = try settings([
            "port": .text("15038"), "dial-context": .text("from-internal"),
            "decline-cause": .text("21"), "answer": .text("redial"),
            "answer-context": .text("panel-answer"), "hold": .text("notify"),
            "click-to-dial": .text("true"),
        ])
        #expect((all.port, all.dialContext, all.declineCause) == (15038, "from-internal", 21))
        #expect(all.answering == .redial(context: "panel-answer"))
        #expect(all.holding == .notify && all.canDial)
    }

    @Test func aLineHasSettingsOfItsOwn() throws {
        let all = try settings([
            "answer": .text("notify"), "hold": .text("redirect"), "hold-context": .text("wait"),
            "lines": .table(["1002": .table(["answer": .text("by-hand")])]),
        ])
        #expect(all.answering(of: "1001") == .notify && all.answering(of: "1002") == .byHand)
        #expect(all.holding(of: "1001") == .redirect(context: "wait"))
        #expect(all.holding(of: "1002") == .redirect(context: "wait"))
        #expect(all.usesNotify)
        let one = try settings([
            "lines": .table(["1002": .table(["hold": .text("notify")])])
        ])
        #expect(one.usesNotify && one.holding(of: "1001") == .byHand)
        #expect(try !settings().usesNotify)
    }

    @Test(arguments: [
        ("answer", "loudly"), ("answer", "redial"), ("hold", "redirect"), ("host", "192.0.2.1"),
    ])
    func aFaultOfALineSaysWhichLine(key: String, value: String) throws {
        let fault = #expect(throws: SettingFault.self) {
            try settings(["lines": .table(["1002": .table([key: .text(value)])])])
        }
        let text = "\(fault.map { "\($0)" } ?? "")"
        #expect(text.hasPrefix("phone-systems: office: lines: 1002: "), "\(text)")
    }

    @Test func encryptionIsForTheHostUnlessAnotherNameIsSet() throws {
        #expect(try settings().trust == nil)
        let usual = try settings(["tls": .text("true")])
        #expect((usual.trust?.name, usual.port) == ("192.0.2.1", 5039))
        let named = try settings([
            "tls": .text("true"), "tls-name": .text("pbx.example"), "port": .text("15039"),
        ])
        #expect((named.trust?.name, named.port) == ("pbx.example", 15039))
    }

    /// Whoever names an authority wants encryption: a slip must not send the password in the clear.
    @Test(arguments: [
        ["tls-ca": "/etc/ssl/certs"], ["tls-name": "pbx.example"],
        ["tls": "true", "tls-ca": "/nowhere.pem"], ["tls": "true", "tls-ca": "/dev/null"],
    ])
    func halfASettingOfEncryptionIsRefused(values: [String: String]) {
        #expect(throws: SettingFault.self) {
            try settings(values.mapValues { .text($0) })
        }
    }

    /// A name that goes into the dialplan must not be more than a name.
    @Test(arguments: [
        ("port", "0"), ("port", "x"), ("decline-cause", "128"), ("answer", "loudly"),
        ("answer", "redial"), ("hold", "tight"), ("click-to-dial", "perhaps"),
        ("dial-context", "internal,1,1"), ("dial-context", "a\r\nAction: Logoff"),
        ("dial-context", "${SHELL(id)}"), ("dial-context", ""), ("hots", "192.0.2.1"),
        ("endpoints", "desk-7"), ("attended-transfer", "perhaps"), ("lines", "1001"),
        ("tls", "perhaps"), ("hold", "redirect"),
    ])
    func whatIsRefusedIsNamed(key: String, value: String) throws {
        let fault = #expect(throws: SettingFault.self) { try settings([key: .text(value)]) }
        let text = "\(fault.map { "\($0)" } ?? "")"
        #expect(text.hasPrefix("phone-systems: office: "))
        #expect(text.contains(key) || key == "answer" || key == "hold", "\(text)")
    }

    @Test(arguments: ["desk 7", "desk/7", "desk-7&PJSIP/1002", "", "a\nb"])
    func anEndpointIsAName(name: String) {
        #expect(throws: SettingFault.self) {
            try settings(["endpoints": .table(["1001": .text(name)])])
        }
    }
}
