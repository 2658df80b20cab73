import Foundation
import Records

/// The org's own pages. Salesforce says that their form can change, so they are made and never read.
enum SalesforcePages {
    /// A page for a new record, with values filled in.
    ///
    /// Each value is percent-encoded, pairs are joined by commas, and the whole is percent-encoded once more. Source:
    /// Salesforce, Lightning Web Components Developer Guide, "Launch a Record with Default Field Values"; the encoding
    /// of the address itself is not documented.
    static func new(_ object: OrgName, at pages: URL, values: [(OrgName, String)]) -> String {
        let page = pages.appending(path: "lightning/o/\(object)/new").absoluteString
        guard !values.isEmpty else { return page }
        let joined = values.map { "\($0.0)=\(encoded($0.1))" }.joined(separator: ",")
        return "\(page)?defaultFieldValues=\(encoded(joined))"
    }

    /// What `encodeURIComponent` leaves: letters, digits and `-_.!~*'()`.
    private static let kept = CharacterSet(
        charactersIn: "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_.!~*'()")

    private static func encoded(_ text: String) -> String {
        text.addingPercentEncoding(withAllowedCharacters: kept) ?? ""
    }
}
