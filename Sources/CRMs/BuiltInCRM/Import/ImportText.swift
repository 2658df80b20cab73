import Foundation

/// The text of a file, whatever encoding a spreadsheet or address book wrote it in.
///
/// UTF-8 with or without a mark and UTF-16 with a mark are certain. What is neither is read as
/// Windows-1252, the encoding of Outlook's and Excel's older exports, and says so: the preview shows
/// whether the letters are right.
package struct ImportText: Sendable {
    package static let longest = 32 << 20

    /// UTF-8 without a byte order mark and without NUL.
    package let bytes: [UInt8]
    /// What the person should look at in the preview.
    package let warning: String?

    /// - Parameter isCard: vCards are unfolded first: a line may be cut inside a letter.
    package init(_ file: [UInt8], isCard: Bool = false) throws(ImportFailure) {
        guard file.count <= ImportText.longest else { throw .tooLarge(bytes: file.count) }
        var text = file
        var warning: String?
        if file.starts(with: [0xFF, 0xFE]) || file.starts(with: [0xFE, 0xFF]) {
            text = try ImportText.fromUTF16(file)
        } else if file.starts(with: [0xEF, 0xBB, 0xBF]) {
            text.removeFirst(3)
        }
        if isCard { text = ImportText.unfolded(text) }
        if let position = text.firstIndex(of: 0) {
            throw .notText("byte \(position + 1) is NUL")
        }
        if String(validating: text, as: UTF8.self) == nil {
            text = try ImportText.fromWindows1252(text)
            warning =
                "The file is not in UTF-8 and was read as Windows-1252 (Western European). Look at "
                + "the letters in the preview; if they are wrong, save the file as CSV in UTF-8."
        }
        bytes = text
        self.warning = warning
    }

    private static func fromUTF16(_ file: [UInt8]) throws(ImportFailure) -> [UInt8] {
        guard file.count.isMultiple(of: 2) else { throw .notText("UTF-16 with half a letter") }
        let isLittle = file[0] == 0xFF
        let units = stride(from: 2, to: file.count, by: 2).map { index in
            let (one, two) = (UInt16(file[index]), UInt16(file[index + 1]))
            return isLittle ? two << 8 | one : one << 8 | two
        }
        guard let text = String(validating: units, as: UTF16.self) else {
            throw .notText("it says UTF-16 and is not")
        }
        return Array(text.utf8)
    }

    /// Takes out line ends that a space or tab follows, with that space or tab (RFC 6350, 3.2).
    private static func unfolded(_ bytes: [UInt8]) -> [UInt8] {
        var text: [UInt8] = []
        text.reserveCapacity(bytes.count)
        for byte in bytes {
            if byte == 32 || byte == 9, text.last == 10 || text.last == 13 {
                text.removeLast()
                if text.last == 13 { text.removeLast() }
            } else {
                text.append(byte)
            }
        }
        return text
    }

    static func fromWindows1252(_ bytes: [UInt8]) throws(ImportFailure) -> [UInt8] {
        var text: [UInt8] = []
        text.reserveCapacity(bytes.count + bytes.count / 8)
        for (position, byte) in bytes.enumerated() {
            if byte < 0x80 {
                text.append(byte)
                continue
            }
            let scalar = byte < 0xA0 ? windows1252[Int(byte) - 0x80] : Unicode.Scalar(byte)
            guard let scalar else {
                throw .notText("byte \(position + 1) is neither UTF-8 nor Windows-1252")
            }
            text.append(contentsOf: String(scalar).utf8)
        }
        return text
    }

    /// 0x80 to 0x9F; five of them mean nothing.
    private static let windows1252: [Unicode.Scalar?] = [
        "\u{20AC}", nil, "\u{201A}", "\u{192}", "\u{201E}", "\u{2026}", "\u{2020}", "\u{2021}",
        "\u{2C6}", "\u{2030}", "\u{160}", "\u{2039}", "\u{152}", nil, "\u{17D}", nil,
        nil, "\u{2018}", "\u{2019}", "\u{201C}", "\u{201D}", "\u{2022}", "\u{2013}", "\u{2014}",
        "\u{2DC}", "\u{2122}", "\u{161}", "\u{203A}", "\u{153}", nil, "\u{17E}", "\u{178}",
    ]
}
