package import Records

/// The imports of this process: at most a few at a time, one running.
///
/// They live in memory, for a file may hold 32 MiB. What an import has written does not: after a restart the
/// same file is imported again, and its rows are found unchanged.
package actor Imports {
    /// Kept at once; the oldest that is not running makes room.
    package static let most = 4

    private let crm: BuiltInCRM
    private var jobs: [Import] = []
    private let started: AsyncStream<String>
    private let starts: AsyncStream<String>.Continuation

    package init(crm: BuiltInCRM) {
        self.crm = crm
        (started, starts) = AsyncStream.makeStream(bufferingPolicy: .bufferingNewest(Self.most))
    }

    /// Reads a file and gives its preview. Nothing is written.
    package func add(
        name: String, kind: RecordID.Kind?, file: [UInt8]
    ) throws(ImportFailure) -> ImportReport {
        if jobs.count >= Self.most {
            guard let oldest = jobs.firstIndex(where: { $0.state != .running }) else {
                throw .notNow("\(Self.most) imports are running. Wait until one has finished.")
            }
            jobs.remove(at: oldest)
        }
        let job = try Import(
            id: crm.identifiers.next(letter: "i"), name: name, kind: kind, file: file)
        jobs.append(job)
        return job.report
    }

    package func report(_ id: String) -> ImportReport? { job(id)?.report }

    package func refusedCSV(_ id: String) -> String? { job(id)?.refusedCSV }

    /// Puts an import in the queue of `run`. One that failed goes on where it stopped.
    ///
    /// - Returns: `nil` when there is no such import.
    package func start(_ id: String) throws(ImportFailure) -> ImportReport? {
        guard let index = jobs.firstIndex(where: { $0.id == id }) else { return nil }
        switch jobs[index].state {
        case .finished: throw .notNow("This import has finished.")
        case .running: throw .notNow("This import is running.")
        case .preview, .failed: break
        }
        jobs[index].state = .running
        starts.yield(id)
        return jobs[index].report
    }

    /// Runs what is started, one after the other, until the task is cancelled.
    package func run() async {
        for await id in started {
            guard let job = job(id) else { continue }
            do {
                keep(try await crm.run(job) { [weak self] now in await self?.keep(now) })
            } catch {
                var failed = job
                failed.state = .failed
                failed.failure = "\(error)"
                keep(failed)
            }
        }
    }

    private func job(_ id: String) -> Import? { jobs.first { $0.id == id } }

    private func keep(_ job: Import) {
        guard let index = jobs.firstIndex(where: { $0.id == job.id }) else { return }
        jobs[index] = job
    }
}
