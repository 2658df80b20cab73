extension Database {
    /// What a store is opened for.
    package enum Purpose: Sendable {
        case use
        /// It must be there, whole, and of this version, and its schema stays as it is.
        case copyFrom
        /// It may be new, or hold the beginning of a copy.
        case copyInto

        /// Refuses a store that does not suit the purpose, before its schema is touched.
        ///
        /// - Throws: `unfinishedCopy`, `olderStore`, `newerStore`, `cannotOpen`.
        func check(
            _ connection: any StorageConnection, engine: any StorageEngine, migrations: [Migration]
        ) throws(StorageFailure) {
            let store = ReadTransaction(on: connection, engine: engine.kind)
            let isStore = try StoreCatalogue.isStore(store)
            switch self {
            case .use:
                if isStore { try requireWhole(store, engine) }
            case .copyFrom:
                guard isStore else {
                    throw .cannotOpen(engine.place, reason: "there is no store in it")
                }
                try requireWhole(store, engine)
                let applied = Set(try Migration.applied(on: connection))
                let missing = migrations.map(\.id).filter { !applied.contains($0) }
                guard missing.isEmpty else { throw .olderStore(engine.place, missing: missing) }
            case .copyInto: break
            }
        }

        /// A store of before there were copies has no table of them.
        private func requireWhole(
            _ store: ReadTransaction, _ engine: any StorageEngine
        ) throws(StorageFailure) {
            guard try StoreCatalogue.hasCopies(store) else { return }
            if try CopyProgress.isThere(in: store) { throw .unfinishedCopy(engine.place) }
        }
    }
}
