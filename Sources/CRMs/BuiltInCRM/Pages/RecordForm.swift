package import Foundation
package import Records
package import Storage

/// One field of a form or page, as the interface carries it.
package struct FormField: Codable, Hashable, Sendable {
    package let name: String
    package let label: String
    package var value: String
    package let type: FieldType
    package let choices: [String]
    package let required: Bool
    /// What a reference is called; its value is an id.
    package var shows: String?
    /// The kind of record that a reference names.
    package let references: String?

    init(_ definition: FieldDefinition, value: String?, shows: String? = nil) {
        name = definition.name.rawValue
        label = definition.label
        self.value = value ?? ""
        type = definition.type
        let isOther = value.map { !definition.choices.contains($0) } ?? false
        choices = definition.choices + (isOther && type == .choice ? [value ?? ""] : [])
        required = definition.isRequired
        self.shows = shows
        references = definition.references?.rawValue
    }
}

extension BuiltInCRM {
    /// The empty form of a new record, filled with what is known.
    ///
    /// - Parameters:
    ///   - phone: the caller's number, as presented.
    ///   - presentedName: the name that came with the call: a claim, to be read before it is saved.
    ///   - owner: the agent who asks.
    package func newForm(
        _ kind: RecordID.Kind, phone: String? = nil, presentedName: String? = nil,
        owner: String? = nil
    ) -> [FormField] {
        let name = presentedName.flatMap { PersonName(presented: $0) }
        let first = Stages.first(of: kind)
        let known: [FieldName: String?] = [
            .phone: phone, .owner: owner, .firstName: name?.first, .lastName: name?.last,
            .status: first, .stage: first, .isPersonAccount: "No",
        ]
        return FieldDefinition.all(of: kind).map { field in
            FormField(field, value: known[field.name] ?? nil)
        }
    }

    package func form(of record: StoredRecord) -> [FormField] {
        FieldDefinition.all(of: record.id.kind).map { field in
            let shows: String? =
                switch field.references {
                case .account: record.accountName
                case .contact: record.contactName
                case .lead, .opportunity, .case, .activity, nil: nil
                }
            return FormField(field, value: record.values[field.name], shows: shows)
        }
    }

    /// Writes a new record; the directory knows it with the same commit.
    ///
    /// - Parameter fields: by name; what is not named is empty.
    /// - Throws: `RecordRefusal`; nothing of the transaction is kept then.
    package func create(
        _ kind: RecordID.Kind, fields: [String: String], now: Date, in store: WriteTransaction
    ) throws -> RecordID {
        guard kind != .activity else {
            throw RecordRefusal.notEditable("Activities are written by calls.")
        }
        var values = try changes(fields, of: kind, old: nil).compactMapValues { $0 }
        for field in FieldDefinition.all(of: kind)
        where field.isRequired && values[field.name] == nil {
            let first = field.type == .choice ? Stages.first(of: kind) : nil
            values[field.name] = try field.checked(first ?? "")
        }
        return try create(kind, values: values, stamp: stamp(now, in: store), in: store)
    }

    /// Writes an edit: only the fields that are named change, and an empty text empties its field.
    ///
    /// - Parameter version: of the record that the person saw.
    /// - Returns: the version that stands now; the same where nothing changed.
    /// - Throws: `RecordRefusal`; nothing of the transaction is kept then.
    package func edit(
        _ id: RecordID, version: Int, fields: [String: String], now: Date,
        in store: WriteTransaction
    ) throws -> Int {
        guard let old = try record(id, in: store) else { throw RecordRefusal.notThere(id) }
        guard old.version == version else { throw RecordRefusal.changed(version: old.version) }
        let changes = try changes(fields, of: id.kind, old: old)
        return try edit(old, to: changes, stamp: stamp(now, in: store), in: store)
    }

    /// Adds a number to a person in the first phone field that is free, unless it stands there already.
    package func addNumber(
        _ text: String, to person: RecordID, now: Date, in store: WriteTransaction
    ) throws {
        guard let old = try record(person, in: store), RecordID.Kind.people.contains(person.kind)
        else { throw RecordRefusal.notThere(person) }
        let phones = FieldDefinition.all(of: person.kind).filter { $0.type == .phone }
        guard let last = phones.last, !phones.contains(where: { old.values[$0.name] == text })
        else { return }
        let free = phones.first { old.values[$0.name] == nil }
        let value = [free == nil ? old.values[last.name] : nil, text].compactMap { $0 }
        let field = free ?? last
        let checked = try field.checked(value.joined(separator: "; "))
        _ = try edit(old, to: [field.name: checked], stamp: stamp(now, in: store), in: store)
    }

    /// What was typed, checked field by field.
    private func changes(
        _ fields: [String: String], of kind: RecordID.Kind, old: StoredRecord?
    ) throws(RecordRefusal) -> [FieldName: String?] {
        var changes: [FieldName: String?] = [:]
        for (name, typed) in fields.sorted(by: { $0.key < $1.key }) {
            guard let field = FieldName(rawValue: name),
                let definition = FieldDefinition.named(field, of: kind)
            else { throw .unknownField(name, kind: kind) }
            let stored = old?.values[field]
            let value = try definition.checked(typed, stored: stored)
            if value != stored || old == nil { changes[field] = .some(value) }
        }
        return changes
    }
}
