extension SQLValue {
    /// As `json`, or null where there is nothing: read it back with `optionalJSON`.
    package static func jsonOrNull<Value: Encodable>(_ value: Value?) throws -> SQLValue {
        guard let value else { return .null }
        return try .json(value)
    }
}
