import CPhoneNumber

/// The linked libphonenumber, and the only place that calls it.
///
/// It is handed nothing but ``Dialable``s: short ASCII texts. It has no limit of its own, takes
/// quadratic time, and joins words to numbers.
enum NumberLibrary {
    /// What the library made of a text.
    struct Parsed {
        /// Calling code and national number.
        let digits: String
        let callingCode: Int
        let source: Source
        let reach: Reach
        let isValid: Bool

        /// With the leading zeros that belong to it (Italy).
        var nationalNumber: String { String(digits.dropFirst(String(callingCode).utf8.count)) }
    }

    enum Source { case plus, internationalPrefix, withoutPlus, region }

    /// What the length alone says, best first.
    enum Reach: Int, Comparable {
        case possible, localOnly, impossible

        static func < (a: Reach, b: Reach) -> Bool { a.rawValue < b.rawValue }
    }

    enum ShortKind { case short, emergency }

    enum Form { case international, national }

    static func warmUp() {
        cphone_warm_up()
    }

    /// Nil when it is no number in this region, or has more than the 15 digits of E.164.
    static func parse(_ text: String, region: String) -> Parsed? {
        var number = cphone_number()
        var copy = text
        let isNumber = copy.withUTF8 { bytes in
            bytes.withMemoryRebound(to: CChar.self) { characters in
                cphone_parse(characters.baseAddress, characters.count, region, &number)
            }
        }
        guard isNumber, number.digits > 0 else { return nil }
        return Parsed(
            digits: String(number.digits), callingCode: Int(number.calling_code),
            source: Source(number.source), reach: Reach(number.reach), isValid: number.valid)
    }

    static func shortKind(of digits: String, region: String) -> ShortKind? {
        var copy = digits
        let kind = copy.withUTF8 { bytes in
            bytes.withMemoryRebound(to: CChar.self) { characters in
                cphone_short_number(characters.baseAddress, characters.count, region)
            }
        }
        if kind == CPHONE_EMERGENCY { return .emergency }
        return kind == CPHONE_SHORT ? .short : nil
    }

    /// `e164` begins with a plus. Nil when the library cannot read it.
    static func format(_ e164: String, as form: Form) -> String? {
        var copy = e164
        let shape = form == .national ? CPHONE_NATIONAL : CPHONE_INTERNATIONAL
        let text = String(unsafeUninitializedCapacity: Int(CPHONE_LONGEST_FORMATTED)) {
            room in
            copy.withUTF8 { bytes in
                bytes.withMemoryRebound(to: CChar.self) { characters in
                    room.withMemoryRebound(to: CChar.self) { output in
                        cphone_format(
                            characters.baseAddress, characters.count, shape, output.baseAddress)
                    }
                }
            }
        }
        return text.isEmpty ? nil : text
    }

    static func callingCode(ofRegion region: String) -> Int? {
        let code = Int(cphone_calling_code(region))
        return code == 0 ? nil : code
    }

    /// "US" for 1, "001" for a code of no country.
    static func mainRegion(ofCallingCode code: Int) -> String? {
        withUnsafeTemporaryAllocation(of: CChar.self, capacity: 4) { room in
            guard let start = room.baseAddress, cphone_main_region(Int32(code), start) else {
                return nil
            }
            return String(cString: start)
        }
    }

    /// All regions, in alphabetical order.
    static func regions() -> [String] {
        let capacity = 2 * 26 * 26  // two letters each
        let text = String(unsafeUninitializedCapacity: capacity) { room in
            room.withMemoryRebound(to: CChar.self) { cphone_regions($0.baseAddress, capacity) }
        }
        return stride(from: 0, to: text.utf8.count, by: 2).map {
            String(text.dropFirst($0).prefix(2))
        }
    }
}

extension NumberLibrary.Source {
    fileprivate init(_ source: cphone_source) {
        switch source {
        case CPHONE_FROM_PLUS: self = .plus
        case CPHONE_FROM_IDD: self = .internationalPrefix
        case CPHONE_FROM_WITHOUT_PLUS: self = .withoutPlus
        default: self = .region
        }
    }
}

extension NumberLibrary.Reach {
    fileprivate init(_ reach: cphone_reach) {
        switch reach {
        case CPHONE_POSSIBLE: self = .possible
        case CPHONE_LOCAL_ONLY: self = .localOnly
        default: self = .impossible
        }
    }
}
