/// Reads a written number as a subscriber's: our country rules around the library.
struct SubscriberReader {
    let plan: NumberingPlan

    /// The first valid spelling, else the one whose length comes closest to a number's. Nil when
    /// none can be read.
    func read(_ written: WrittenNumber) -> NumberReading? {
        var best: (reading: NumberReading, reach: NumberLibrary.Reach)?
        for spelling in spellings(of: written) {
            guard let parsed = parse(spelling) else { continue }
            let isValid = validity(of: parsed)
            if spelling.countsOnlyIfValid, !isValid { continue }
            guard isValid || best.map({ parsed.reach < $0.reach }) ?? true else { continue }
            best = (reading(of: parsed, isValid: isValid, spelling, written), parsed.reach)
            if isValid || (spelling.sufficesIfPossible && parsed.reach == .possible) { break }
        }
        return best?.reading
    }

    /// One way to take what is written.
    private struct Spelling {
        let dialled: String
        var `extension`: String?
        var countsOnlyIfValid = false
        var sufficesIfPossible = false
        /// More digits than this, spelt in letters, were cut: the whole of them.
        var uncut: String?
        /// The same without a zero in parentheses, and the digits before that zero.
        var withoutZero: (dialled: String, before: String)?
    }

    private func spellings(of written: WrittenNumber) -> [Spelling] {
        let plus = written.hasPlus ? "+" : ""
        var spellings: [Spelling] = []
        // "+1 (645) 123 1234-910#": the last digits are an extension.
        if written.endsInHash, let last = written.groups.last, written.groups.count > 1,
            last.digits.utf8.count <= 6, last.separator == "-" || last.separator == " "
        {
            let number = written.groups.dropLast().map(\.digits).joined()
            spellings.append(
                Spelling(dialled: plus + number, extension: last.digits, sufficesIfPossible: true))
        }
        spellings.append(
            Spelling(
                dialled: plus + written.digits, extension: written.extension,
                withoutZero: zeroInParentheses(written)))
        // Letters after a service code, cut where the number would be too long: 1-800-MICROSOFT.
        if let vanity = written.vanityDigits {
            let fewest = max(vanity.utf8.count - 6, 7)
            for length in stride(from: vanity.utf8.count, through: fewest, by: -1) {
                let uncut = length < vanity.utf8.count ? vanity : nil
                spellings.append(
                    Spelling(
                        dialled: String(vanity.prefix(length)), countsOnlyIfValid: true,
                        uncut: uncut))
            }
        }
        return spellings
    }

    private func zeroInParentheses(
        _ written: WrittenNumber
    ) -> (dialled: String, before: String)? {
        guard
            let index = written.groups.firstIndex(where: { $0.isInParentheses && $0.digits == "0" })
        else { return nil }
        let before = written.groups[..<index].map(\.digits).joined()
        let after = written.groups[(index + 1)...].map(\.digits).joined()
        return ((written.hasPlus ? "+" : "") + before + after, before)
    }
}

// MARK: - The library, and what we know better

extension SubscriberReader {
    private func parse(_ spelling: Spelling) -> NumberLibrary.Parsed? {
        if let marked = markedInternational(spelling) { return marked }
        let national = library(spelling.dialled)
        if let declared = declaredInternational(spelling.dialled, national) { return declared }
        guard let national, !national.isValid, let other = spelling.withoutZero,
            other.before.hasSuffix(String(national.callingCode)),
            other.before.utf8.count <= 6,
            let without = library(other.dialled), without.isValid
        else { return national }
        return without  // "+1 (0)415…", "+39 (0) 347…": countries without a trunk zero
    }

    /// `49 (0) 30 123456`: only behind a calling code does anybody put a zero in parentheses.
    private func markedInternational(_ spelling: Spelling) -> NumberLibrary.Parsed? {
        guard let other = spelling.withoutZero, (1...3).contains(other.before.utf8.count),
            !spelling.dialled.hasPrefix("+"), !spelling.dialled.hasPrefix("0"),
            let international = library("+" + spelling.dialled), international.isValid
        else { return nil }
        return international
    }

    /// The library's answer with Mexico's forms made one.
    private func library(_ dialled: String) -> NumberLibrary.Parsed? {
        guard let parsed = NumberLibrary.parse(dialled, region: plan.country) else { return nil }
        guard let canonical = CountryRules.canonical(parsed.digits),
            let changed = NumberLibrary.parse("+" + canonical, region: plan.country)
        else { return parsed }
        return NumberLibrary.Parsed(
            digits: changed.digits, callingCode: changed.callingCode, source: parsed.source,
            reach: changed.reach, isValid: changed.isValid)
    }

    /// For a trunk that reports international numbers without a plus. National numbers with their
    /// trunk zero come over the same trunk, and a national number may stand without it.
    private func declaredInternational(
        _ dialled: String, _ national: NumberLibrary.Parsed?
    ) -> NumberLibrary.Parsed? {
        guard plan.internationalWithoutPlus, !dialled.hasPrefix("+"), !dialled.hasPrefix("0"),
            let international = library("+" + dialled)
        else { return nil }
        if international.isValid { return international }
        let isNational = national?.isValid ?? false
        return international.reach == .possible && !isNational ? international : nil
    }

    private func validity(of parsed: NumberLibrary.Parsed) -> Bool {
        parsed.isValid || CountryRules.isValid(parsed.digits, validates: isValid)
    }

    private func isValid(_ digits: String) -> Bool {
        NumberLibrary.parse("+" + digits, region: plan.country)?.isValid ?? false
    }
}

// MARK: - From the parsed number to keys

extension SubscriberReader {
    private func reading(
        of parsed: NumberLibrary.Parsed, isValid: Bool, _ spelling: Spelling,
        _ written: WrittenNumber
    ) -> NumberReading {
        if var short = short(parsed) {
            short.extension = spelling.extension
            return short
        }
        var reading = NumberReading(kind: .subscriber, key: NumberKey(subscriber: parsed.digits))
        reading.extension = spelling.extension
        reading.isValid = isValid
        reading.isComplete = isValid || parsed.source != .region || parsed.reach == .possible
        reading.otherKeys = otherKeys(of: parsed, isValid: isValid, spelling, written)
        reading.localDigits = localDigits(of: parsed, isValid: isValid, spelling)
        return reading
    }

    /// `+1911`, `+49112`: a short number with a calling code in front is still no subscriber.
    private func short(_ parsed: NumberLibrary.Parsed) -> NumberReading? {
        let digits = parsed.nationalNumber
        guard digits.utf8.count <= ShortNumbers.longest else { return nil }
        let isOwn = NumberLibrary.callingCode(ofRegion: plan.country) == parsed.callingCode
        let main = NumberLibrary.mainRegion(ofCallingCode: parsed.callingCode)
        if let region = isOwn ? plan.country : main,
            let kind = ShortNumbers.kind(
                of: digits, callingCode: parsed.callingCode, region: region)
        {
            return NumberReading(kind, digits: digits, callingCode: parsed.callingCode)
        }
        guard ShortNumbers.isShortBeyondDoubt(parsed), alias(of: parsed, isValid: false) == nil
        else { return nil }
        var reading = NumberReading(.short, digits: digits, callingCode: parsed.callingCode)
        reading.isValid = false
        return reading
    }

    private func alias(of parsed: NumberLibrary.Parsed, isValid: Bool) -> String? {
        CountryRules.alias(of: parsed.digits, isValid: isValid, validates: self.isValid)
    }

    private func otherKeys(
        of parsed: NumberLibrary.Parsed, isValid: Bool, _ spelling: Spelling,
        _ written: WrittenNumber
    ) -> [NumberIndexEntry] {
        var others: [NumberIndexEntry] = []
        func add(_ digits: String, _ equality: NumberEquality, extension: String?) {
            if let key = NumberKey(subscriber: digits) {
                others.append(
                    NumberIndexEntry(key: key, equality: equality, extension: `extension`))
            }
        }
        // Somebody may have stored every key of the word, which the network ignores.
        if let uncut = spelling.uncut.flatMap(library) {
            add(uncut.digits, .exact, extension: spelling.extension)
        }
        if let alias = alias(of: parsed, isValid: isValid) {
            add(alias, .alias, extension: spelling.extension)
        }
        if CountryRules.hasOpenNumbers(callingCode: parsed.callingCode) {
            if written.isDirectDial, let direct = spelling.extension {
                add(parsed.digits + direct, .alias, extension: nil)
            }
            if written.endsInDashZero, parsed.digits.hasSuffix("0") {
                add(String(parsed.digits.dropLast()), .switchboard, extension: nil)
            }
        }
        // Impossible as a national number: it may be an international one without its plus.
        if parsed.source == .region, parsed.reach == .impossible, !isValid,
            let international = library("+" + spelling.dialled), international.isValid
        {
            add(international.digits, .reading, extension: spelling.extension)
        }
        return others
    }

    /// Longest number without an area code, in digits: Argentina's `15 1234 5678`; one that is also
    /// a valid national number, as in Germany, has eight at most.
    private static let longestLocal = (invalid: 10, valid: 8)

    private func localDigits(
        of parsed: NumberLibrary.Parsed, isValid: Bool, _ spelling: Spelling
    ) -> String? {
        guard parsed.source == .region, parsed.nationalNumber == spelling.dialled,
            spelling.dialled.utf8.count
                <= (isValid ? Self.longestLocal.valid : Self.longestLocal.invalid),
            !isValid || CountryRules.hasOpenNumbers(callingCode: parsed.callingCode)
        else { return nil }
        return spelling.dialled
    }
}
