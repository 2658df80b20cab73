package import Foundation

/// Any JSON, before anybody believes it.
package enum JSONValue: Hashable, Sendable {
    case null
    case flag(Bool)
    case number(Double)
    case text(String)
    case array([JSONValue])
    case object([String: JSONValue])
}

extension JSONValue {
    /// `nil` for what is no JSON. Foundation itself refuses to go deeper than 512 levels.
    ///
    /// Not by `Decodable`: to try one type after the other costs an error for each that does not fit, and an answer has
    /// thousands of fields.
    package init?(_ bytes: Data) {
        guard
            let value = try? JSONSerialization.jsonObject(
                with: bytes, options: [.fragmentsAllowed])
        else { return nil }
        self.init(any: value)
    }

    private init(any value: Any) {
        switch value {
        case let text as String: self = .text(text)
        case let fields as [String: Any]: self = .object(fields.mapValues(JSONValue.init(any:)))
        case let items as [Any]: self = .array(items.map(JSONValue.init(any:)))
        case let number as NSNumber:
            // A truth value is a number of one byte here, and no other number is.
            let isFlag = String(cString: number.objCType) == "c"
            self = isFlag ? .flag(number.boolValue) : .number(number.doubleValue)
        default: self = .null
        }
    }
}

extension JSONValue: Encodable {
    package func encode(to encoder: any Encoder) throws {
        var value = encoder.singleValueContainer()
        switch self {
        case .null: try value.encodeNil()
        case .flag(let flag): try value.encode(flag)
        case .number(let number):
            if let whole = Int(exactly: number) {
                try value.encode(whole)
            } else {
                try value.encode(number)
            }
        case .text(let text): try value.encode(text)
        case .array(let items): try value.encode(items)
        case .object(let fields): try value.encode(fields)
        }
    }

    /// With sorted keys, so that the same value is the same bytes.
    package var bytes: Data {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        return (try? encoder.encode(self)) ?? Data()
    }
}

extension JSONValue {
    /// The field of an object; `nil` for everything else, and for null.
    package subscript(_ key: String) -> JSONValue? {
        guard case .object(let fields) = self, let value = fields[key], value != .null else {
            return nil
        }
        return value
    }

    /// A field of a parent: `Account.Name`.
    package subscript(path path: String) -> JSONValue? {
        path.split(separator: ".").reduce(JSONValue?.some(self)) { $0?[String($1)] }
    }

    package var text: String? {
        if case .text(let text) = self { text } else { nil }
    }

    package var flag: Bool? {
        if case .flag(let flag) = self { flag } else { nil }
    }

    package var number: Double? {
        if case .number(let number) = self { number } else { nil }
    }

    package var array: [JSONValue] {
        if case .array(let items) = self { items } else { [] }
    }
}
