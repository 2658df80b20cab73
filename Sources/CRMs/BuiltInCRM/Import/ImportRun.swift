import CallerLookup
import Foundation
import PhoneNumbers
import Records
import Storage

extension BuiltInCRM {
    /// Rows of one write: few enough that a call's write, which waits behind it, does not wait long.
    static let importChunk = 200

    /// Writes the rows that are left, and tells after each chunk how far it is.
    ///
    /// When the task is cancelled or the store fails, the import comes back as `failed` with the rows that
    /// are written counted; running it again goes on from there.
    ///
    /// - Parameter isDryRun: decides about every row and writes nothing.
    /// - Throws: `ImportFailure.notNow` for an import that has finished.
    package func run(
        _ start: Import, isDryRun: Bool = false,
        progress: @Sendable (Import) async -> Void = { _ in }
    ) async throws(ImportFailure) -> Import {
        guard start.state != .finished else { throw .notNow("This import has finished.") }
        var job = start
        job.state = .running
        job.failure = nil
        var rehearsal = ImportRehearsal()
        while job.done < job.count {
            let positions = job.done..<min(job.done + Self.importChunk, job.count)
            let chunk = ImportChunk(job, positions, plan: directory.plan)
            do {
                try Task.checkCancellation()
                if isDryRun {
                    let before = rehearsal
                    rehearsal = try await database.read { store in
                        var next = before
                        try rehearse(chunk, &next, in: store)
                        return next
                    }
                    chunk.settle(rehearsal.takeOutcomes(), in: &job)
                } else {
                    let time = now()
                    let outcomes = try await database.write { store in
                        try write(chunk, now: time, in: store)
                    }
                    chunk.settle(outcomes, in: &job)
                }
            } catch {
                job.state = .failed
                job.failure =
                    error is CancellationError
                    ? "Stopped after \(job.done) of \(job.count) rows. Start it again to go on."
                    : "\(error)"
                return job
            }
            await progress(job)
        }
        job.state = .finished
        return job
    }

    private func write(
        _ chunk: ImportChunk, now: Date, in store: WriteTransaction
    ) throws -> [RowOutcome] {
        let stamp = try stamp(now, in: store)
        try store.execute(
            """
            insert into crm_import (id, name, kind, started_at)
            values (\(chunk.importID), \(chunk.fileName), \(chunk.kind), \(now))
            on conflict (id) do nothing
            """)
        return try chunk.rows.map { row in
            try write(row, importID: chunk.importID, stamp: stamp, in: store)
        }
    }

    private func write(
        _ row: ImportRow, importID: String, stamp: Date, in store: WriteTransaction
    ) throws -> RowOutcome {
        var links = try links(of: row, in: store)
        var outcome = RowOutcome(warnings: links.warnings)
        if case .new = links.account, let name = row.accountName {
            let made = try create(
                .account, values: [.name: name], externalID: row.accountExternalID,
                importID: importID, stamp: stamp, in: store)
            links.account = .known(made.value)
            outcome.accountsCreated = 1
        }
        do {
            outcome.result = try write(
                row, face: face(of: row, links), importID: importID, stamp: stamp, in: store)
        } catch let refusal as RecordRefusal {
            outcome.result = .refused("\(refusal)")
        }
        return outcome
    }

    private func write(
        _ row: ImportRow, face: RecordFace, importID: String, stamp: Date,
        in store: WriteTransaction
    ) throws -> RowOutcome.Result {
        switch try decide(face, in: store) {
        case .create:
            _ = try create(
                row.kind, values: withFirstStage(face), externalID: row.externalID,
                importID: importID, stamp: stamp, in: store)
            return .created
        case .update(let record, let changes, let externalID):
            _ = try edit(
                record, to: changes.mapValues { $0 }, externalID: externalID, stamp: stamp,
                in: store)
            return .updated
        case .unchanged: return .unchanged
        case .refuse(let reason): return .refused(reason)
        }
    }

    private func withFirstStage(_ face: RecordFace) -> [FieldName: String] {
        var values = face.values
        let step: FieldName? =
            switch face.kind {
            case .lead, .case: .status
            case .opportunity: .stage
            case .contact, .account, .activity: nil
            }
        if let step { values[step] = values[step] ?? Stages.first(of: face.kind) }
        return values
    }
}

/// What became of one row.
struct RowOutcome: Sendable {
    enum Result: Sendable {
        case created
        case updated
        case unchanged
        case refused(String)
    }

    var result = Result.unchanged
    var warnings: [String]
    var accountsCreated = 0
}

/// The rows of one write, read before the write begins: reading numbers takes time that calls need.
struct ImportChunk: Sendable {
    let importID: String
    let fileName: String
    let kind: RecordID.Kind
    let positions: Range<Int>
    /// Rows that can be records.
    private(set) var rows: [ImportRow] = []
    private var sources: [CSVTable.Row] = []
    private var refusals: [(row: CSVTable.Row, reason: String)] = []

    init(_ job: Import, _ positions: Range<Int>, plan: NumberingPlan) {
        importID = job.id
        fileName = job.name
        kind = job.kind
        self.positions = positions
        for position in positions {
            let source = job.row(position)
            do throws(RowRefusal) {
                var row = try ImportRow(source, map: job.map)
                row.readNumbers(plan: plan)
                rows.append(row)
                sources.append(source)
            } catch {
                refusals.append((source, error.reason))
            }
        }
    }

    func settle(_ outcomes: [RowOutcome], in job: inout Import) {
        var refused = refusals
        for (index, outcome) in outcomes.enumerated() {
            switch outcome.result {
            case .created: job.created += 1
            case .updated: job.updated += 1
            case .unchanged: job.unchanged += 1
            case .refused(let reason): refused.append((sources[index], reason))
            }
            job.accountsCreated += outcome.accountsCreated
            for text in rows[index].warnings + outcome.warnings {
                job.warn(row: rows[index].number, text)
            }
        }
        for (row, reason) in refused.sorted(by: { $0.row.number < $1.row.number }) {
            job.refuse(row, reason)
        }
        job.done = positions.upperBound
    }
}

extension ImportRow {
    /// A number that nobody can read is kept as typed, but no call will ever find it.
    mutating func readNumbers(plan: NumberingPlan) {
        for field in FieldDefinition.all(of: kind) where field.type == .phone {
            guard let text = values[field.name] else { continue }
            let read = PhoneField(text, plan: plan)
            keys.formUnion(read.keys)
            if read.isReadable { continue }
            warnings.append(
                "\(field.label) is kept as typed, but no caller can be found by it: “\(text)”")
        }
    }
}
