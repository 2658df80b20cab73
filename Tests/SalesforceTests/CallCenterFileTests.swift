import Testing

@testable import Salesforce

/// The file that an org imports: its shape, and what it may hold.
struct CallCenterFileTests {
    private static let address = "https://calls.example.com"

    @Test func itemsAreCountedFromZeroInTheOrderOfTheGuide() throws {
        let file = try CallCenterFile(address: Self.address)
        #expect(
            file.xml == """
                <callCenter>
                  <section sortOrder="0" name="reqGeneralInfo" label="General Information">
                    <item sortOrder="0" name="reqInternalName" label="Internal Name">CallMatch</item>
                    <item sortOrder="1" name="reqDisplayName" label="Display Name">CallMatch</item>
                    <item sortOrder="2" name="reqAdapterUrl" label="Adapter URL">https://calls.example.com/</item>
                    <item sortOrder="3" name="reqUseApi" label="Use API">true</item>
                    <item sortOrder="4" name="reqSoftphoneHeight" label="Height">500</item>
                    <item sortOrder="5" name="reqSoftphoneWidth" label="Width">400</item>
                    <item sortOrder="6" name="reqSalesforceCompatibilityMode" label="Mode">Lightning</item>
                  </section>
                </callCenter>

                """)
    }

    @Test(arguments: [
        ("https://calls.example.com", "https://calls.example.com/"),
        ("https://calls.example.com/", "https://calls.example.com/"),
        ("HTTPS://calls.example.com:8443", "https://calls.example.com:8443/"),
        ("https://192.0.2.7", "https://192.0.2.7/"),
        ("https://xn--bro-hoa.example", "https://xn--bro-hoa.example/"),
    ])
    func thePanelIsAtTheTop(address: String, page: String) throws {
        #expect(try CallCenterFile(address: address).address == page)
    }

    @Test(arguments: [
        ("", CallCenterFault.noAddress("")),
        ("calls.example.com", .noAddress("calls.example.com")),
        ("https://", .noAddress("https://")),
        ("https://a b.example", .noAddress("https://a b.example")),
        ("https://a<b.example", .noAddress("https://a<b.example")),
        ("https://ada@calls.example.com", .noAddress("https://ada@calls.example.com")),
        ("https://calls.example.com:0", .noAddress("https://calls.example.com:0")),
        ("http://calls.example.com", .notEncrypted("http://calls.example.com")),
        ("ftp://calls.example.com", .notEncrypted("ftp://calls.example.com")),
        ("https://calls.example.com/panel", .hasPath("https://calls.example.com/panel")),
        ("https://calls.example.com/?a=b", .hasPath("https://calls.example.com/?a=b")),
        ("https://calls.example.com/#a", .hasPath("https://calls.example.com/#a")),
    ])
    func whatIsNoAddressOfThePanelIsRefused(address: String, fault: CallCenterFault) {
        #expect(throws: fault) { try CallCenterFile(address: address) }
    }

    @Test(arguments: ["a", "CallMatch2", String(repeating: "a", count: 40)])
    func aNameHasLettersAndDigits(name: String) throws {
        #expect(try CallCenterFile(internalName: name, address: Self.address).internalName == name)
    }

    @Test(arguments: [
        "", "2Calls", "Call Match", "Call_Match", "Call-Match", "Büro", "a<b", "a\n",
        String(repeating: "a", count: 41),
    ])
    func anotherNameIsRefused(name: String) {
        #expect(throws: CallCenterFault.internalName(name)) {
            try CallCenterFile(internalName: name, address: Self.address)
        }
    }

    @Test(arguments: [
        ("Calls & <Match> \"1\" 'a'", "Calls &amp; &lt;Match&gt; &quot;1&quot; &apos;a&apos;"),
        (" Büro ☎ ", "B&#252;ro &#9742;"), ("</item>", "&lt;/item&gt;"), ("😀", "&#128512;"),
    ])
    func whatPeopleReadIsEscaped(display: String, written: String) throws {
        let xml = try CallCenterFile(displayName: display, address: Self.address).xml
        #expect(xml.contains("label=\"Display Name\">\(written)</item>"))
        #expect(xml.utf8.allSatisfy { $0 < 0x80 })
    }

    @Test(arguments: ["", "  ", "a\nb", "a\u{0}b", "a\u{FFFE}", String(repeating: "ü", count: 501)])
    func anotherDisplayNameIsRefused(display: String) {
        #expect(throws: CallCenterFault.displayName) {
            try CallCenterFile(displayName: display, address: Self.address)
        }
    }

    @Test(arguments: [(240, 200), (500, 400), (2560, 1920)])
    func sizesAreThoseOfLightning(height: Int, width: Int) throws {
        let xml = try CallCenterFile(address: Self.address, height: height, width: width).xml
        #expect(xml.contains(">\(height)</item>") && xml.contains(">\(width)</item>"))
    }

    @Test(arguments: [
        (239, 400, CallCenterFault.height(239)), (2561, 400, .height(2561)), (-1, 400, .height(-1)),
        (500, 199, .width(199)), (500, 1921, .width(1921)),
    ])
    func otherSizesAreRefused(height: Int, width: Int, fault: CallCenterFault) {
        #expect(throws: fault) {
            try CallCenterFile(address: Self.address, height: height, width: width)
        }
    }

    /// One line each, for the terminal; it names the value, and is not as long as somebody makes it.
    @Test(arguments: [
        CallCenterFault.internalName(String(repeating: "x y", count: 999)), .displayName,
        .noAddress("calls"), .notEncrypted("http://calls"), .hasPath("https://calls/a"),
        .height(1), .width(1),
    ])
    func eachFaultIsAShortLine(fault: CallCenterFault) {
        let text = "\(fault)"
        #expect(!text.contains("\n") && text.count < 300 && text.hasSuffix("."))
    }
}
