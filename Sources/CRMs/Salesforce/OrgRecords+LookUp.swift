package import Foundation
package import PhoneNumbers
package import Records

extension OrgRecords {
    /// Rows of one object that are read.
    private static let mostFound = 50

    /// People with this very number, asked of the org now: one request, by the integration user.
    ///
    /// The org compares texts, so it is asked for the spellings that people use; each hit is read by our own rules, and
    /// dropped where its fields hold no such number. That nobody is found proves nothing: another spelling is not found.
    ///
    /// - Returns: nobody where `SalesforceSettings.looksUpLive` is off, and for what is no complete number; then the org
    ///   is not asked. Extensions do not count. Of a person account the contact.
    /// - Throws: where the org did not answer within `SalesforceSettings.patience`, or a part of its answer failed.
    package func people(
        with number: PhoneNumber, now: Date
    ) async throws(OrgFault) -> [Person] {
        let spellings = NumberSpellings(number, country: settings.plan.country)
        guard settings.looksUpLive, !spellings.exact.isEmpty else { return [] }
        let hits = try await patiently { records throws(OrgFault) in
            try await records.hits(spellings, now: now)
        }
        let own = hits.filter { person in
            person.numbers.contains { stored in
                PhoneNumber.split(stored.text, plan: settings.plan).contains {
                    $0.key != nil && $0.key == number.key
                }
            }
        }
        let known = Set(own.map(\.id))
        return own.filter { person in person.successor.map { !known.contains($0) } ?? true }
    }

    private func hits(
        _ spellings: NumberSpellings, now: Date
    ) async throws(OrgFault) -> [Person] {
        let objects: [OrgName] = [.contact, .lead, .account]
        let (parts, seen) = try await ask(robot, .robot, objects, now: now) { seen in
            objects.reduce(into: OrgComposite()) { composite, object in
                guard let describe = seen[object],
                    let query = self.query(describe, spellings)
                else { return }
                composite.add("\(object)", query: query)
            }
        }
        var people: [Person] = []
        for object in objects {
            guard let describe = seen[object] else { continue }
            switch parts["\(object)"] {
            case .refused(let refusal)
            where !refusal.isNotThere && Remedy(refusal) != .unknownField:
                // Not to know is not the same as nobody.
                throw .refused(refusal)
            case .refused, .answered, nil: break
            }
            let reader = OrgPeople(describe, settings: settings)
            for row in parts.rows("\(object)").prefix(Self.mostFound) {
                if case .person(let person, _)? = reader.row(row) { people.append(person) }
            }
        }
        return people
    }

    private func query(_ describe: OrgDescribe, _ spellings: NumberSpellings) -> SOQL? {
        let phones = describe.phones(and: settings.morePhones[describe.object] ?? [])
            .filter(\.isFilterable)
        guard !phones.isEmpty else { return nil }
        let conditions: [SOQL] = phones.flatMap { phone -> [SOQL] in
            let exact: SOQL = "\(name: phone.name) IN \(list: spellings.exact)"
            let begins: [SOQL] = spellings.beginnings.map {
                "\(name: phone.name) LIKE \($0 + "%")"
            }
            return [exact] + begins
        }
        let living: SOQL = describe.has("IsConverted") ? " AND IsConverted = false" : ""
        let columns = OrgPeople(describe, settings: settings).columns
        return """
            SELECT \(names: columns) FROM \(name: describe.object) \
            WHERE \(SOQL.any(conditions))\(living) LIMIT \(Self.mostFound)
            """
    }
}
