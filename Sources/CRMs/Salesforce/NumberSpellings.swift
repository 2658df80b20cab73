import PhoneNumbers

/// How people write a number: what a field of the org is compared with, when the number is asked of it. Pure.
///
/// The org's own page writes ten digits as `(415) 555-1212` and leaves alone what begins with a plus; everything else is
/// as it was typed. A spelling that is not here is not found by the org; one that means another number is dropped by
/// our own reading afterwards.
///
/// Source: Salesforce, "How phone numbers are formatted" (000385963).
struct NumberSpellings {
    /// A field holds exactly one of these.
    let exact: [String]
    /// A field begins with one of these: an extension or a remark follows.
    let beginnings: [String]

    private static let most = 60
    private static let mostBeginnings = 10
    /// Digits below which a beginning says too little.
    private static let fewestDigits = 7

    /// Empty for what is no complete number of a subscriber.
    ///
    /// - Parameter country: the org's own, in whose national form its people write. Numbers of other countries are
    ///   looked for in international form only: in national form they would be read as another number.
    init(_ number: PhoneNumber, country: String) {
        guard let e164 = number.e164, let plain = PhoneNumber(e164: e164) else {
            exact = []
            beginnings = []
            return
        }
        let digits = String(e164.dropFirst())
        let international = Self.groups(plain.formatted(country: ""))
        let national = plain.formatted(country: country)
        let isHome = !country.isEmpty && !national.hasPrefix("+")
        var all: [String] = [e164]
        if digits.hasPrefix("1") && digits.utf8.count == 11 {
            all += Self.northAmerican(digits, isHome: isHome)
        } else {
            if isHome { all += Self.national(Self.groups(national)) + [national] }
            all += Self.international(international, trunk: isHome ? national.first : nil)
        }
        all += [digits, "00\(digits)"]
        let unique = Self.unique(all)
        exact = Array(unique.prefix(Self.most))
        beginnings = Array(
            unique.filter { $0.count(where: \.isNumber) >= Self.fewestDigits }
                .prefix(Self.mostBeginnings))
    }

    /// The most usual ones first: they are the beginnings.
    private static func northAmerican(_ digits: String, isHome: Bool) -> [String] {
        let own = Array(digits.dropFirst())
        let area = String(own[0..<3])
        let exchange = String(own[3..<6])
        let line = String(own[6...])
        let local = ["\(exchange)-\(line)", "\(exchange).\(line)", "\(exchange) \(line)"]
        var national = ["(\(area)) \(local[0])"]
        national += ["-", ".", " "].map { "\(area)\($0)\(exchange)\($0)\(line)" }
        let bare = ["\(area)\(exchange)\(line)"]
        let abroad =
            ["+1 \(national[1])", "+1 \(national[0])", "+1 \(national[3])"]
            + ["+1-\(national[1])", "+1.\(national[2])", "+1 \(bare[0])", "+1\(national[0])"]
        let rare = [
            "(\(area))\(local[0])", "(\(area)) \(local[2])", "(\(area)) \(local[1])",
            "\(area)/\(local[0])", "\(area) \(local[0])",
        ]
        let long =
            ["1-\(national[1])", "1 \(national[0])", "1 \(national[1])", "1.\(national[2])"]
            + ["1 \(national[3])", "1\(national[0])", "1(\(area))\(local[0])"]
        return isHome ? national + bare + abroad + long + rare : abroad + long
    }

    private static func national(_ groups: [String]) -> [String] {
        guard let area = groups.first, groups.count > 1 else { return groups }
        let rest = groups.dropFirst()
        let joined = rest.joined()
        let spaced = rest.joined(separator: " ")
        // Some write the last part in two, as others do with numbers of seven digits.
        let (head, tail) = (joined.prefix(3), joined.dropFirst(3))
        let halves = joined.utf8.count < 6 ? [] : ["-", " "].map { "\(head)\($0)\(tail)" }
        let rare = halves.flatMap { ["(\(area)) \($0)", "\(area) \($0)", "\(area)/\($0)"] }
        return [
            "\(area) \(spaced)", "\(area) \(joined)", "\(area)/\(joined)", "\(area)-\(joined)",
            "\(area)\(joined)", "(\(area)) \(joined)", "(\(area)) \(spaced)", "\(area)/\(spaced)",
            "\(area) / \(joined)", "\(area) - \(joined)", "(\(area))\(joined)",
            "\(area) / \(spaced)", "\(area)-\(rest.joined(separator: "-"))",
            "\(area).\(rest.joined(separator: "."))",
        ] + rare
    }

    /// - Parameter trunk: the digit that stands before the area code at home, which people write in brackets.
    private static func international(_ groups: [String], trunk: Character?) -> [String] {
        guard groups.count > 2 else { return [groups.joined(separator: " ")] }
        let (code, area, rest) = (groups[0], groups[1], groups.dropFirst(2))
        let joined = rest.joined()
        let spaced = rest.joined(separator: " ")
        var all = [
            "+\(code) \(area) \(spaced)", "+\(code) \(area) \(joined)",
            "+\(code) \(area)\(joined)", "+\(code)\(area) \(joined)",
            "+\(code) (\(area)) \(joined)", "+\(code) (\(area)) \(spaced)",
            "+\(code)-\(area)-\(rest.joined(separator: "-"))", "+\(code) \(area)-\(joined)",
            "+\(code) \(area)/\(joined)", "+\(code) \(area) - \(joined)",
            "+\(code).\(area).\(rest.joined(separator: "."))", "00\(code) \(area) \(spaced)",
            "00\(code) \(area) \(joined)", "00\(code)-\(area)-\(rest.joined(separator: "-"))",
            "\(code) \(area) \(spaced)", "\(code) \(area) \(joined)",
        ]
        if let trunk, trunk == "0" {
            all += [
                "+\(code) (0)\(area) \(joined)", "+\(code) (0)\(area) \(spaced)",
                "+\(code) (0) \(area) \(joined)", "+\(code) (0) \(area) \(spaced)",
                "+\(code)(0)\(area)\(joined)", "+\(code)(0)\(area) \(joined)",
                "+\(code) (0)\(area)/\(joined)", "+\(code) (0)\(area)-\(joined)",
                "00\(code) (0)\(area) \(joined)",
            ]
        }
        return all
    }

    private static func groups(_ text: String) -> [String] {
        text.split { !$0.isNumber }.map(String.init)
    }

    private static func unique(_ all: [String]) -> [String] {
        var seen: Set<String> = []
        return all.filter { seen.insert($0).inserted }
    }
}
