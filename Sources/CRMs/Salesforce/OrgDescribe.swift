/// What one object has, as this user sees it: nothing is asked for that is not here.
package struct OrgDescribe: Sendable {
    package struct Field: Hashable, Sendable {
        package let name: OrgName
        /// For people: "Business Phone".
        package let label: String
        package let type: String
        package let isFilterable: Bool
        package let isCreateable: Bool
        package let isUpdateable: Bool
        package let isExternalID: Bool
        package let isUnique: Bool
        /// In characters; `nil` for what has none.
        package let length: Int?
        /// The values that may be chosen now, in their order.
        package let choices: [String]
        /// The name under which the parent's fields are asked for: `Account` of `AccountId`.
        package let relationship: String?
    }

    package let object: OrgName
    /// Whether this user may make records of it, and change them. An org that does not say so is asked by trying.
    package let isCreateable: Bool
    package let isUpdateable: Bool
    package let fields: [OrgName: Field]

    private static let mostFields = 2000

    /// - Throws: `OrgFault.garbled` where it is no describe, or a field of it cannot be read: to leave out what we do not
    ///   understand would empty everybody of it.
    package init(_ body: JSONValue?, of object: OrgName) throws(OrgFault) {
        guard let items = body?["fields"]?.array, !items.isEmpty else {
            throw .garbled("the description of \(object) has no fields")
        }
        self.object = object
        isCreateable = body?["createable"]?.flag ?? true
        isUpdateable = body?["updateable"]?.flag ?? true
        var fields: [OrgName: Field] = [:]
        for item in items.prefix(Self.mostFields) {
            guard let text = item["name"]?.text, let name = OrgName(text),
                let type = item["type"]?.text, Self.isLength(item["length"])
            else { throw .garbled("a field in the description of \(object) cannot be read") }
            fields[name] = Field(
                name: name, label: String((item["label"]?.text ?? text).prefix(80)),
                type: type, isFilterable: item["filterable"]?.flag ?? false,
                isCreateable: item["createable"]?.flag ?? false,
                isUpdateable: item["updateable"]?.flag ?? false,
                isExternalID: item["externalId"]?.flag ?? false,
                isUnique: item["unique"]?.flag ?? false,
                length: item["length"]?.number.flatMap { Int(exactly: $0) },
                choices: item["picklistValues"]?.array.compactMap {
                    $0["active"]?.flag == true ? $0["value"]?.text : nil
                } ?? [], relationship: item["relationshipName"]?.text)
        }
        self.fields = fields
    }

    /// A whole number, or none.
    private static func isLength(_ value: JSONValue?) -> Bool {
        value.map { $0.number.flatMap { Int(exactly: $0) } != nil } ?? true
    }

    package func has(_ name: OrgName) -> Bool { fields[name] != nil }

    /// Fields of a telephone number that people keep, in the order of their names: no fax, nothing that is only
    /// a copy of another record's.
    ///
    /// - Parameter more: fields that the administrator names, of any type.
    package func phones(and more: [OrgName] = []) -> [Field] {
        let own = fields.values.filter {
            $0.type == "phone" && $0.isFilterable && ($0.isCreateable || $0.isUpdateable)
                && !$0.name.description.hasSuffix("Fax")
        }
        let named = more.compactMap { fields[$0] }
        return Set(own + named).sorted { $0.name < $1.name }
    }
}
