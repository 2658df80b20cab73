import Foundation

extension OrgRecords {
    /// One composite request, in which the descriptions that are too old come along.
    ///
    /// What is asked for is built from the descriptions that we have: the user's own however old, or the integration
    /// user's as a first guess. Where the new descriptions would have asked for something else, it is asked for once
    /// more: what the user may not know must not have been part of the question.
    ///
    /// - Parameter build: the request, from the objects that the user has.
    /// - Returns: the parts, and the objects as they are now.
    func ask(
        _ connection: OrgConnection, _ eyes: Eyes, _ objects: [OrgName], now: Date,
        _ build: ([OrgName: OrgDescribe]) -> OrgComposite
    ) async throws(OrgFault) -> (OrgParts, [OrgName: OrgDescribe]) {
        let limit = eyes == .robot ? Self.robotSeconds : Self.rightsSeconds
        try await learn(objects, now: now)
        let old = objects.filter {
            described.entry(Described(eyes: eyes, object: $0), now: now, within: limit) == nil
        }
        let guess = build(known(objects, to: eyes, now: now))
        var whole = guess
        for object in old { whole.add(describe: object) }
        let parts = try await connection.ask(whole)
        take(old, from: parts, eyes, now: now)
        let seen = known(objects, to: eyes, now: now)
        let better = build(seen)
        if better.asksOtherwise(than: guess) { return (try await connection.ask(better), seen) }
        if parts.lacksField && old.isEmpty {
            // The rights changed since they were described: the next question finds out.
            described.forget { $0.eyes == eyes && objects.contains($0.object) }
        }
        return (parts, seen)
    }

    /// What the integration user has of these, asked for once in a process where that is not known: it is the guess for
    /// everybody, and says which fields the directory has.
    func learn(_ objects: [OrgName], now: Date) async throws(OrgFault) {
        let unknown = objects.filter {
            described.entry(Described(eyes: .robot, object: $0), now: now) == nil
        }
        guard !unknown.isEmpty else { return }
        let people: [OrgName] = [.contact, .lead, .account]
        let all = Set(unknown + people + RelatedQueries.objects).sorted()
        let parts = try await robot.ask(
            all.reduce(into: OrgComposite()) { $0.add(describe: $1) })
        take(all, from: parts, .robot, now: now)
    }

    /// The objects that this user has; where that is not known, those of the integration user.
    private func known(
        _ objects: [OrgName], to eyes: Eyes, now: Date
    ) -> [OrgName: OrgDescribe] {
        objects.reduce(into: [:]) { known, object in
            let own = described.value(Described(eyes: eyes, object: object), now: now)
            let robots = described.value(Described(eyes: .robot, object: object), now: now)
            if let described = own ?? robots { known[object] = described }
        }
    }

    /// A description that is refused or cannot be read is of an object that this user does not have.
    private func take(_ objects: [OrgName], from parts: OrgParts, _ eyes: Eyes, now: Date) {
        for object in objects {
            var describe: OrgDescribe?
            if case .answered(let body) = parts[OrgComposite.describe(object).name] {
                describe = try? OrgDescribe(body, of: object)
            }
            described.keep(describe, for: Described(eyes: eyes, object: object), now: now)
        }
    }
}

// MARK: - Who may read a record

extension OrgRecords {
    private static let accessAtOnce = 200

    /// Those of these records that a user may read: what the org does not say so of, the user may not.
    ///
    /// Source: Salesforce, Object Reference, `UserRecordAccess`: one user, and at most 200 records a query. It knows
    /// nothing of fields, and leaves out restriction rules.
    func readable(
        _ ids: [OrgID], by user: OrgID, now: Date
    ) async throws(OrgFault) -> Set<OrgID> {
        let unknown = Set(ids).filter {
            access.entry(Access(user: user, record: $0), now: now) == nil
        }
        let sorted = unknown.sorted { $0.description < $1.description }
        let step = Self.accessAtOnce * OrgComposite.mostQueries
        for start in stride(from: 0, to: sorted.count, by: step) {
            let some = Array(sorted[start..<min(start + step, sorted.count)])
            let composite = Self.access(to: some, of: user)
            let parts = try await robot.ask(composite)
            try take(some, from: parts, composite, user, now: now)
        }
        return Set(
            ids.filter { access.value(Access(user: user, record: $0), now: now) == true })
    }

    static func access(to ids: [OrgID], of user: OrgID) -> OrgComposite {
        stride(from: 0, to: ids.count, by: accessAtOnce).reduce(into: OrgComposite()) {
            let some = ids[$1..<min($1 + accessAtOnce, ids.count)].map(\.description)
            $0.add(
                "access\($1)",
                query: """
                    SELECT RecordId, HasReadAccess FROM UserRecordAccess \
                    WHERE UserId = \(user.description) AND RecordId IN \(list: some)
                    """)
        }
    }

    /// - Throws: where a part failed: not to know is not to be allowed, and not to be refused for five minutes either.
    func take(
        _ ids: [OrgID], from parts: OrgParts, _ composite: OrgComposite, _ user: OrgID, now: Date
    ) throws(OrgFault) {
        var allowed: Set<OrgID> = []
        for part in composite.parts where part.name.hasPrefix("access") {
            switch parts[part.name] {
            case .answered(let body) where body["records"] != nil:
                for row in body["records"]?.array ?? [] where row["HasReadAccess"]?.flag == true {
                    if let id = row["RecordId"]?.text.flatMap(OrgID.init) { allowed.insert(id) }
                }
            case .refused(let refusal): throw .refused(refusal)
            case .answered, nil: throw .garbled("who may read a record is missing in it")
            }
        }
        for id in ids {
            access.keep(allowed.contains(id), for: Access(user: user, record: id), now: now)
        }
    }
}
