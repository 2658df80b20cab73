import CPostgreSQL

extension StorageFailure {
    /// The one place where an error of PostgreSQL becomes ours.
    ///
    /// What it says under "detail" holds values, and is left out; so is what it says of a value that it could not read.
    ///
    /// - Parameter result: with an error.
    init(postgreSQL result: OpaquePointer, place: String, sql: String) {
        let state = Self.field("C", of: result) ?? "?????"
        let said = Self.field("M", of: result) ?? "no reason given"
        let reason = "\(said) (PostgreSQL \(state))"
        switch (state.prefix(2), state) {
        case (_, "53100"): self = .diskFull(place)
        case ("XX", "XX001"), ("XX", "XX002"): self = .failed(place, reason: reason)
        case ("23", _): self = .constraint(Constraint(postgreSQL: state), detail: said)
        case ("22", _):
            self = .statement(sql, reason: "a value does not fit (PostgreSQL \(state))")
        case ("08", _), ("40", _), ("53", _), ("55", _), ("57", _), ("58", _),
            // Stood still in a transaction; a plan from before another process changed the schema; a server that only reads.
            (_, "25P03"), (_, "25P04"), (_, "0A000"):
            self = .unavailable(place, reason: reason)
        default: self = .statement(sql, reason: reason)
        }
    }

    private static func field(_ code: Unicode.Scalar, of result: OpaquePointer) -> String? {
        PQresultErrorField(result, Int32(code.value)).map { String(cString: $0) }
    }
}

extension StorageFailure.Constraint {
    fileprivate init(postgreSQL state: String) {
        switch state {
        case "23505": self = .unique
        case "23502": self = .notNull
        case "23503": self = .foreignKey
        case "23514": self = .check
        default: self = .other
        }
    }
}
