/// How numbers are written where a call or a record comes from: a setting, for an organisation or
/// for one trunk.
///
/// The rules for trunks (rewrites, outside line, extensions, "international without plus") hold
/// for numbers that a phone system reports. Fields of a CRM are read without them; see
/// ``fields``.
public struct NumberingPlan: Hashable, Sendable {
    /// ISO 3166 code in upper case. An unknown or empty one means "no country": only numbers in
    /// international form can be read.
    public var country: String {
        didSet { country = country.uppercased() }
    }

    /// The site's own area code as people write it ("30", "030", "415"). With it a local number is
    /// also looked up as one of this area, marked ``NumberEquality/assumedArea``.
    public var areaCode: String?

    /// Digits that this phone system puts before outside numbers ("0", "9"). One is cut when what
    /// remains is a valid number; without a declaration nothing is ever cut.
    public var outsideLinePrefixes: [String]

    /// Rewrites before everything else; the first that fits is applied, once.
    public var trunkPrefixes: [TrunkRewrite]

    /// Bare digits of these lengths, from the phone system, are its own extensions, unless the
    /// country has an emergency or short number of the same digits. Nil: there are none.
    public var extensionLengths: ClosedRange<Int>?

    /// Extensions that exist although the country knows the same digits as an emergency or short
    /// number, such as 100 in India: they win.
    public var ownExtensions: [String]

    /// The trunk reports `4930123456` for +49 30 123456 (sipgate, Zammad, many SIP trunks). Nothing
    /// but this declaration makes such numbers right in DE, AT, IN, JP and IT.
    public var internationalWithoutPlus: Bool

    /// Digits that stand for a withheld number, such as a word typed on keys, sent as bare digits
    /// with or without a plus.
    public var pseudoNumbers: [String]

    public init(
        country: String,
        areaCode: String? = nil,
        outsideLinePrefixes: [String] = [],
        trunkPrefixes: [TrunkRewrite] = [],
        extensionLengths: ClosedRange<Int>? = NumberingPlan.usualExtensionLengths,
        ownExtensions: [String] = [],
        internationalWithoutPlus: Bool = false,
        pseudoNumbers: [String] = NumberingPlan.knownPseudoNumbers
    ) {
        self.country = country.uppercased()
        self.areaCode = areaCode
        self.outsideLinePrefixes = outsideLinePrefixes
        self.trunkPrefixes = trunkPrefixes
        self.extensionLengths = extensionLengths
        self.ownExtensions = ownExtensions
        self.internationalWithoutPlus = internationalWithoutPlus
        self.pseudoNumbers = pseudoNumbers
    }

    /// Whether the library knows this region. Upper case only: "DE", not "de" and not "UK".
    public static func isKnown(country: String) -> Bool {
        NumberLibrary.callingCode(ofRegion: country) != nil
    }

    /// Two to four digits: longer ones are local numbers in many countries.
    public static let usualExtensionLengths = 2...4

    /// RESTRICTED, ANONYMOUS, UNKNOWN, BLOCKED, UNAVAILABLE typed on keys, as voice providers
    /// report them, and two fillers seen in the United States.
    public static let knownPseudoNumbers = [
        "7378742833", "266696687", "8656696", "2562533", "86282452253", "0000000000", "1000000000",
    ]

    /// The same plan for fields of a CRM: people wrote them, no trunk did.
    public var fields: NumberingPlan {
        var plan = self
        plan.outsideLinePrefixes = []
        plan.trunkPrefixes = []
        plan.extensionLengths = nil
        plan.ownExtensions = []
        plan.internationalWithoutPlus = false
        return plan
    }
}

/// "Where a number begins with these digits, write those instead": `0011` becomes `+`.
public struct TrunkRewrite: Hashable, Codable, Sendable {
    /// Compared with the dialled characters; spaces and punctuation between them do not count.
    public var prefix: String
    public var replacement: String

    public init(prefix: String, replacement: String) {
        self.prefix = prefix
        self.replacement = replacement
    }
}

extension NumberingPlan: Codable {
    private enum CodingKeys: String, CodingKey {
        case country, areaCode, outsideLinePrefixes, trunkPrefixes, extensionLengths
        case ownExtensions, internationalWithoutPlus, pseudoNumbers
    }

    /// What is missing has its default, so a setting may name the country alone; `null` for
    /// `extensionLengths` means that there are no extensions.
    public init(from decoder: any Decoder) throws {
        let values = try decoder.container(keyedBy: CodingKeys.self)
        self.init(country: try values.decode(String.self, forKey: .country))
        areaCode = try values.decodeIfPresent(String.self, forKey: .areaCode)
        outsideLinePrefixes =
            try values.decodeIfPresent([String].self, forKey: .outsideLinePrefixes) ?? []
        trunkPrefixes =
            try values.decodeIfPresent([TrunkRewrite].self, forKey: .trunkPrefixes) ?? []
        if values.contains(.extensionLengths) {
            extensionLengths =
                try values.decodeIfPresent(ClosedRange<Int>.self, forKey: .extensionLengths)
        }
        ownExtensions = try values.decodeIfPresent([String].self, forKey: .ownExtensions) ?? []
        internationalWithoutPlus =
            try values.decodeIfPresent(Bool.self, forKey: .internationalWithoutPlus) ?? false
        pseudoNumbers =
            try values.decodeIfPresent([String].self, forKey: .pseudoNumbers) ?? pseudoNumbers
    }

    public func encode(to encoder: any Encoder) throws {
        var values = encoder.container(keyedBy: CodingKeys.self)
        try values.encode(country, forKey: .country)
        try values.encodeIfPresent(areaCode, forKey: .areaCode)
        try values.encode(outsideLinePrefixes, forKey: .outsideLinePrefixes)
        try values.encode(trunkPrefixes, forKey: .trunkPrefixes)
        try values.encode(extensionLengths, forKey: .extensionLengths)
        try values.encode(ownExtensions, forKey: .ownExtensions)
        try values.encode(internationalWithoutPlus, forKey: .internationalWithoutPlus)
        try values.encode(pseudoNumbers, forKey: .pseudoNumbers)
    }
}
