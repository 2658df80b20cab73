import AgentDesk
import CallHandling
import CallLogging
import CallerLookup
import Foundation
import Hummingbird
import PhoneNumbers
import Records
import Storage

/// The administrator's settings: *Matching* and *Call log*.
struct SettingsRoutes {
    let organisation: Organisation
    let painter: DeskPainter
    let database: Database
    /// What an administrator may see of a CRM's people is what the CRM says, as for everybody.
    let sights: SightKeeper?
    /// Reads every stored number again after the numbering plan changed.
    let reindex: @Sendable () async throws -> Void

    func add(to router: Router<DeskContext>) {
        router.get("api/v1/admin/matching", use: matching)
        router.put("api/v1/admin/matching", use: setMatching)
        router.post("api/v1/admin/matching/try", use: tryNumber)
        router.get("api/v1/admin/call-log", use: callLog)
        router.put("api/v1/admin/call-log", use: setCallLog)
    }

    private struct Lengths: Codable {
        let from: Int
        let to: Int
    }

    private struct MatchingView: Codable {
        var country: String
        var areaCode: String?
        var outsideLinePrefixes: [String]
        var internationalWithoutPlus: Bool
        var extensionLengths: Lengths?
        var requireMatch: Bool
        var kinds: [RecordID.Kind]
        var sharedNumber: String?
        var version: Int

        init(_ settings: OrganisationSettings) {
            country = settings.plan.country
            areaCode = settings.plan.areaCode
            outsideLinePrefixes = settings.plan.outsideLinePrefixes
            internationalWithoutPlus = settings.plan.internationalWithoutPlus
            extensionLengths = settings.plan.extensionLengths.map {
                Lengths(from: $0.lowerBound, to: $0.upperBound)
            }
            requireMatch = settings.policy.requiresMatch
            kinds = settings.kinds
            sharedNumber = "choice"
            version = settings.version
        }
    }

    @Sendable func matching(_ request: Request, context: DeskContext) async throws -> Reply {
        _ = try context.administrator()
        return try .json(MatchingView(organisation.settings))
    }

    @Sendable func setMatching(_ request: Request, context: DeskContext) async throws -> Reply {
        _ = try context.administrator()
        let input = try await request.json(MatchingView.self)
        try check(input)
        let before = organisation.settings.plan
        let lengths = input.extensionLengths.map { $0.from...$0.to }
        let changed = try await organisation.change(from: input.version) { settings in
            settings.plan.country = input.country
            settings.plan.areaCode = input.areaCode.flatMap { $0.isEmpty ? nil : $0 }
            settings.plan.outsideLinePrefixes = input.outsideLinePrefixes
            settings.plan.internationalWithoutPlus = input.internationalWithoutPlus
            settings.plan.extensionLengths = lengths
            settings.policy.requiresMatch = input.requireMatch
            settings.kinds = input.kinds
        }
        if changed.plan != before { try await reindex() }
        return try .json(MatchingView(changed))
    }

    private func check(_ input: MatchingView) throws {
        guard NumberingPlan.isKnown(country: input.country) else {
            throw Problem.invalid("country", "Give a country's two letters, such as DE or US.")
        }
        if let area = input.areaCode, area.count > 8 || !area.allSatisfy(\.isASCIIDigit) {
            throw Problem.invalid("areaCode", "An area code has at most 8 digits.")
        }
        let prefixes = input.outsideLinePrefixes
        guard prefixes.count <= 5,
            prefixes.allSatisfy({ (1...4).contains($0.count) && $0.allSatisfy(\.isASCIIDigit) })
        else {
            throw Problem.invalid(
                "outsideLinePrefixes", "At most 5 prefixes of 1 to 4 digits, such as 0 or 9.")
        }
        if let lengths = input.extensionLengths {
            guard (1...10).contains(lengths.from), (lengths.from...10).contains(lengths.to) else {
                throw Problem.invalid(
                    "extensionLengths", "From 1 to 10 digits, the first not above the second.")
            }
        }
        guard !input.kinds.isEmpty, Set(input.kinds).count == input.kinds.count,
            input.kinds.allSatisfy(RecordID.Kind.people.contains)
        else {
            throw Problem.invalid("kinds", "Choose at least one of contact, lead and account.")
        }
    }

    private struct TryInput: Decodable { let number: String }

    private struct TryResult: Encodable {
        let number: NumberView
        let outcome: MatchView.Outcome
        let candidates: [CandidateView]
    }

    @Sendable func tryNumber(_ request: Request, context: DeskContext) async throws -> Reply {
        let agent = try context.administrator().agent
        let input = try await request.json(TryInput.self)
        let number = PhoneNumber(input.number, plan: organisation.settings.plan)
        let directory = organisation.directory
        let (match, people) = try await database.read { store in
            let match = try directory.match(number, in: store)
            return (match, try directory.people(match.candidates.map(\.id), in: store))
        }
        let visible = await sights?.visible(Array(people.values), by: agent.id)
        let view = painter.matchView(
            match,
            seen: visible.map { SeenPeople(people, visible: $0) } ?? SeenPeople(all: people),
            order: CandidateOrder(agent: "", spoken: []))
        let result = TryResult(
            number: NumberView(number), outcome: view.outcome, candidates: view.candidates)
        return try .json(result)
    }

    private struct CallLogView: Codable {
        var dispositions: [String]
        var wrapUpSeconds: Int
        var logInbound: Bool
        var logOutbound: Bool
        var logInternal: Bool
        var logMissed: Bool
        var excludedNumbers: [String]
        var excludedQueues: [String]
        var version: Int

        init(_ settings: OrganisationSettings) {
            let policy = settings.policy
            dispositions = policy.dispositions
            wrapUpSeconds = policy.wrapUpSeconds
            logInbound = policy.logsInbound
            logOutbound = policy.logsOutbound
            logInternal = policy.logsInternal
            logMissed = policy.logsMissed
            excludedNumbers = policy.excludedNumbers
            excludedQueues = policy.excludedQueues
            version = settings.version
        }
    }

    @Sendable func callLog(_ request: Request, context: DeskContext) async throws -> Reply {
        _ = try context.administrator()
        return try .json(CallLogView(organisation.settings))
    }

    @Sendable func setCallLog(_ request: Request, context: DeskContext) async throws -> Reply {
        _ = try context.administrator()
        let input = try await request.json(CallLogView.self)
        guard input.dispositions.count <= LogPolicy.mostDispositions,
            Set(input.dispositions).count == input.dispositions.count,
            input.dispositions.allSatisfy({ (1...60).contains($0.count) })
        else {
            throw Problem.invalid(
                "dispositions", "At most 50 different dispositions of 1 to 60 characters.")
        }
        guard LogPolicy.wrapUpRange.contains(input.wrapUpSeconds) else {
            throw Problem.invalid("wrapUpSeconds", "Wrap-up time is 0 to 3600 seconds.")
        }
        let numbers = try input.excludedNumbers.map { text in
            guard let e164 = PhoneNumber(text, plan: organisation.settings.plan).e164 else {
                throw Problem.invalid("excludedNumbers", "“\(text.prefix(40))” is no phone number.")
            }
            return e164
        }
        let changed = try await organisation.change(from: input.version) { settings in
            settings.policy.dispositions = input.dispositions
            settings.policy.wrapUpSeconds = input.wrapUpSeconds
            settings.policy.logsInbound = input.logInbound
            settings.policy.logsOutbound = input.logOutbound
            settings.policy.logsInternal = input.logInternal
            settings.policy.logsMissed = input.logMissed
            settings.policy.excludedNumbers = numbers
            settings.policy.excludedQueues = input.excludedQueues
        }
        return try .json(CallLogView(changed))
    }
}

extension Character {
    var isASCIIDigit: Bool { isASCII && isNumber }
}
