/// Numbers of services and emergencies: they reach no subscriber and are never one.
enum ShortNumbers {
    enum Kind { case short, emergency }

    /// Longest short number known (Japan, Korea), in digits.
    static let longest = 8

    /// Whether the digits, dialled in `region`, are a known short number. Asked before the number is
    /// read as a subscriber's: metadata of 2022 calls NO 04000 and PY 200000 valid subscribers.
    static func kind(of digits: String, callingCode: Int, region: String) -> Kind? {
        guard digits.utf8.count <= longest else { return nil }
        switch NumberLibrary.shortKind(of: digits, region: region) {
        case .emergency: return .emergency
        case .short: return .short
        case nil: return newer.contains(String(callingCode) + digits) ? .short : nil
        }
    }

    /// A number that no subscriber of the country can have, and so short that only a service can.
    static func isShortBeyondDoubt(_ parsed: NumberLibrary.Parsed) -> Bool {
        parsed.reach == .impossible && parsed.nationalNumber.utf8.count <= 6
    }

    /// Short numbers of ShortNumberMetadata.xml (libphonenumber of 2026-07) that metadata 8.12.57
    /// does not know and takes for numbers of possible length; calling code in front.
    private static let newer: Set<String> = [
        "43120", "4320600", "493310", "493330", "4486400", "4704000", "35812000", "37440400",
        "508118000", "595200000", "8100020000", "8215500000", "85218200", "8612110", "981500",
        "98990000",
    ]
}
