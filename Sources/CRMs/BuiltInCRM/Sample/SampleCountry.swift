/// The eight countries of the sample organisation's customers.
enum SampleCountry: String, CaseIterable, Sendable {
    case germany = "Germany"
    case unitedStates = "United States"
    case unitedKingdom = "United Kingdom"
    case france = "France"
    case austria = "Austria"
    case switzerland = "Switzerland"
    case italy = "Italy"
    case netherlands = "Netherlands"

    var callingCode: String {
        switch self {
        case .germany: "49"
        case .unitedStates: "1"
        case .unitedKingdom: "44"
        case .france: "33"
        case .austria: "43"
        case .switzerland: "41"
        case .italy: "39"
        case .netherlands: "31"
        }
    }

    var currency: String {
        switch self {
        case .unitedStates: "USD"
        case .unitedKingdom: "GBP"
        case .switzerland: "CHF"
        case .germany, .france, .austria, .italy, .netherlands: "EUR"
        }
    }

    /// Lines that ring at no real person.
    ///
    /// Germany (Bundesnetzagentur, notice 148/2021), the United Kingdom (Ofcom), France (ARCEP) and the
    /// United States (555-0100 to 555-0199) keep ranges for fiction. The others have none: there it is a
    /// line that begins with a zero, which no exchange gives out.
    var landlines: [SampleRange] {
        switch self {
        case .germany:
            [
                SampleRange("30", "23125", digits: 3), SampleRange("40", "66969", digits: 3),
                SampleRange("221", "4710", digits: 3), SampleRange("89", "99998", digits: 3),
            ]
        case .unitedStates:
            ["415", "212", "312", "617", "206"].map { SampleRange($0, "55501", digits: 2) }
        case .unitedKingdom:
            [
                SampleRange("20", "79460", digits: 3), SampleRange("161", "4960", digits: 3),
                SampleRange("131", "4960", digits: 3),
            ]
        case .france: [SampleRange("1", "9900", digits: 4), SampleRange("4", "6571", digits: 4)]
        case .austria:
            [SampleRange("316", "0001", digits: 2), SampleRange("732", "0001", digits: 2)]
        case .switzerland: [SampleRange("44", "00001", digits: 2)]
        case .italy: [SampleRange("02", "00001", digits: 3)]
        case .netherlands: [SampleRange("20", "00001", digits: 2)]
        }
    }

    /// Empty where no mobile numbers are kept for fiction.
    var mobiles: [SampleRange] {
        switch self {
        case .germany:
            [SampleRange("171", "39200", digits: 2), SampleRange("176", "040690", digits: 2)]
        case .unitedKingdom: [SampleRange("7700", "900", digits: 3)]
        case .france: [SampleRange("6", "3998", digits: 4)]
        case .unitedStates, .austria, .switzerland, .italy, .netherlands: []
        }
    }
}

/// Numbers that share their beginning.
struct SampleRange: Hashable, Sendable {
    /// As dialled from abroad: with Italy's zero, without the others'.
    let area: String
    let start: String
    let digits: Int

    init(_ area: String, _ start: String, digits: Int) {
        self.area = area
        self.start = start
        self.digits = digits
    }

    var count: Int { (0..<digits).reduce(1) { product, _ in product * 10 } }

    func line(_ index: Int) -> String {
        let end = String(index)
        return start + String(repeating: "0", count: max(0, digits - end.count)) + end
    }
}

/// A line, and the many ways in which people write it.
struct SampleNumber: Hashable, Sendable {
    let country: SampleCountry
    let area: String
    let line: String

    var e164: String { "+\(country.callingCode)\(area)\(line)" }

    /// As typed by a colleague in Germany: numbers of the country in the national form too, numbers from
    /// abroad always in a form that says where.
    func written(_ style: Int) -> String {
        let code = country.callingCode
        let half = line.index(line.startIndex, offsetBy: (line.count + 1) / 2)
        let (one, two) = (line[..<half], line[half...])
        switch country {
        case .germany:
            let forms = [
                "0\(area) \(line)", "0\(area)/\(line)", "(0\(area)) \(one) \(two)",
                "+49 \(area) \(line)", "+49 (0)\(area) \(line)", "0049 \(area) \(one) \(two)",
                "+49\(area)\(line)", "0\(area)-\(one)-\(two)", "Tel.: 0\(area) \(line)",
                "0\(area) / \(one) \(two)", "+49 (\(area)) \(line)", "0\(area)\(line)",
            ]
            return forms[style % forms.count]
        case .unitedStates:
            let (exchange, last) = (line.prefix(3), line.dropFirst(3))
            let forms = [
                "+1 (\(area)) \(exchange)-\(last)", "+1 \(area) \(exchange) \(last)",
                "001 \(area) \(line)", "+1.\(area).\(exchange).\(last)", "+1\(area)\(line)",
                "+1-\(area)-\(exchange)-\(last)",
            ]
            return forms[style % forms.count]
        case .italy:
            let forms = [
                "+39 \(area) \(line)", "0039 \(area) \(one) \(two)", "+39\(area)\(line)",
                "+39 \(area)-\(line)",
            ]
            return forms[style % forms.count]
        case .unitedKingdom, .france, .austria, .switzerland, .netherlands:
            let forms = [
                "+\(code) \(area) \(line)", "+\(code) (0)\(area) \(one) \(two)",
                "00\(code) \(area) \(line)", "+\(code)\(area)\(line)",
                "+\(code)-\(area)-\(one)-\(two)", "+\(code) \(area) \(one)\u{A0}\(two)",
            ]
            return forms[style % forms.count]
        }
    }
}
