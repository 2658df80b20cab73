package import Records

/// Why a record was not written, in words for the person who typed it. Nothing was changed.
package enum RecordRefusal: Error, Hashable, Sendable, CustomStringConvertible {
    /// One field is to blame.
    case invalid(FieldName, reason: String)
    /// The kind has no such field.
    case unknownField(String, kind: RecordID.Kind)
    case notThere(RecordID)
    /// Somebody else wrote it in the meantime; `version` is the one that stands now.
    case changed(version: Int)
    /// The record cannot be written like this, whatever its fields say.
    case notEditable(String)

    /// The field to show the message at.
    package var field: String? {
        switch self {
        case .invalid(let field, _): field.rawValue
        case .unknownField(let name, _): name
        case .notThere, .changed, .notEditable: nil
        }
    }

    package var description: String {
        switch self {
        case .invalid(_, let reason), .notEditable(let reason): reason
        case .unknownField(let name, let kind):
            "There is no field “\(name)” in \(kind.withArticle)."
        case .notThere(let id): "This \(id.kind.rawValue) is not there any more."
        case .changed: "Somebody else has changed this record in the meantime. Reload it."
        }
    }
}
