import AgentDesk
import CRM
import CallLogging
import CallerLookup
import Foundation
import PhoneNumbers
import Records
import Synchronization
import Testing

/// A CRM that says whom an agent may see, and counts how often it was asked.
private final class Oracle: ConnectedCRM {
    struct Away: Error, CustomStringConvertible { let description = "acme does not answer" }

    let crm = "test"
    let product = "Test"
    let frameOrigins: [String] = []
    let frameVersion: Int? = nil
    let showsEverybody = false
    let freshness: Double = 60

    let hidden = Mutex<Set<RecordID>>([])
    /// Of whom nothing is said.
    let unsaid = Mutex<Set<RecordID>>([])
    let isAway = Mutex(false)
    /// By question: the agent, and of how many.
    let asked = Mutex<[(agent: String, count: Int)]>([])
    /// Is waited for in every question, where it is there.
    private let gate: AsyncStream<Void>?
    private let question: AsyncStream<Void>.Continuation?

    init(gate: AsyncStream<Void>? = nil, question: AsyncStream<Void>.Continuation? = nil) {
        self.gate = gate
        self.question = question
    }

    func sight(
        of people: [RecordID], by agent: String, now: Date
    ) async throws -> [RecordID: Sight] {
        asked.withLock { $0.append((agent, people.count)) }
        question?.yield()
        if let gate { for await _ in gate { break } }
        if isAway.withLock({ $0 }) { throw Away() }
        let hidden = hidden.withLock { $0 }
        let unsaid = unsaid.withLock { $0 }
        return people.filter { !unsaid.contains($0) }.reduce(into: [:]) {
            $0[$1] = hidden.contains($1) ? .hidden : .visible(without: [])
        }
    }

    let requests = CRMRequests()
    func pause() async -> Double { freshness }
    func changes(since cursor: String?) async throws -> RecordChanges {
        RecordChanges(changed: [], removed: [], cursor: cursor, isComplete: true)
    }
    func related(
        to person: Person, scope: RelatedScope, agent: String, now: Date
    ) async throws -> RelatedRecords { RelatedRecords() }
    func matter(_ id: RecordID, agent: String, now: Date) async throws -> RelatedRecord? { nil }
    func people(with number: PhoneNumber) async throws -> [Person] { [] }
    func newRecordPage(_ kind: RecordID.Kind, phone: String?, name: String?) -> String { "" }
    func condition() async -> CRMCondition {
        CRMCondition(
            isGood: true, text: "", usedToday: nil, allowedToday: nil, withoutUser: [])
    }
    func checks() async -> [CRMCheck] { [] }
    func missing(_ filed: [String: String]) async throws -> Set<String> { [] }
    func file(_ log: FiledLog) async throws(FilingFailure) -> FiledRecord {
        throw .park(reason: "Nothing is filed here.")
    }
    func consent(of agent: String) async -> AgentConsent { .notNeeded }
    func consentPage(for agent: String, redirect: URL, now: Date) async throws -> URL { redirect }
    func takeConsent(_ query: [String: String], of agent: String, now: Date) async throws {}
    func withdrawConsent(of agent: String) async throws {}
}

/// What an agent may see is asked of the CRM, believed for five minutes, and kept to the agent.
struct SightKeeperTests {
    private let clock = Stage.Clock()
    private let ada = Stage.contact("1", "Ada Lovelace", "030 23125001")

    private func keeper(_ oracle: Oracle) -> SightKeeper {
        let clock = clock
        return SightKeeper(oracle) { clock.now }
    }

    @Test func anAnswerIsGoodForFiveMinutes() async {
        let oracle = Oracle()
        let keeper = keeper(oracle)
        #expect(await keeper.visible([ada], by: "ada") == [ada.id: []])
        oracle.hidden.withLock { $0 = [ada.id] }
        clock.set(299)
        #expect(await keeper.visible([ada], by: "ada") == [ada.id: []])
        #expect(oracle.asked.withLock { $0.count } == 1)
        clock.set(301)
        #expect(keeper.glance(ada, by: "ada", since: clock.now) == .unknown)
        #expect(await keeper.visible([ada], by: "ada") == [:])
        #expect(oracle.asked.withLock { $0.count } == 2)
    }

    @Test func whatWasSeenInACallStaysForTheCall() async {
        let oracle = Oracle()
        let keeper = keeper(oracle)
        let began = clock.now
        _ = await keeper.visible([ada], by: "ada")
        clock.set(3600)
        #expect(keeper.glance(ada, by: "ada", since: began) == .visible(without: []))
        #expect(keeper.glance(ada, by: "ada", since: began.addingTimeInterval(1)) == .unknown)
    }

    @Test func whatOneAgentMaySeeIsNothingToAnother() async {
        let oracle = Oracle()
        let keeper = keeper(oracle)
        _ = await keeper.visible([ada], by: "ada")
        #expect(keeper.glance(ada, by: "ben", since: clock.now) == .unknown)
        oracle.hidden.withLock { $0 = [ada.id] }
        #expect(await keeper.visible([ada], by: "ben") == [:])
        #expect(await keeper.visible([ada], by: "ada") == [ada.id: []])
    }

    @Test func whoIsNotInTheAnswerIsHidden() async {
        let oracle = Oracle()
        let keeper = keeper(oracle)
        oracle.unsaid.withLock { $0 = [ada.id] }
        #expect(await keeper.visible([ada], by: "ada") == [:])
        #expect(keeper.glance(ada, by: "ada", since: clock.now) == .hidden)
    }

    @Test func anAccountThatIsHiddenIsNotNamed() async {
        let oracle = Oracle()
        var person = ada
        person.account = RecordID(crm: "test", kind: .account, value: "7")
        oracle.hidden.withLock { $0 = [RecordID(crm: "test", kind: .account, value: "7")] }
        #expect(await keeper(oracle).visible([person], by: "ada") == [person.id: .company])
    }

    @Test func noMoreAreAskedForAtOnceThanTheCRMAnswers() async {
        let oracle = Oracle()
        let people = (0..<450).map {
            Stage.contact("\($0)", "Person \($0)", "030 2312\(5000 + $0)")
        }
        #expect(await keeper(oracle).visible(people, by: "ada").count == 450)
        #expect(oracle.asked.withLock { $0.map(\.count) } == [200, 200, 50])
    }

    /// Who comes while a question is under way finds its answer.
    @Test func oneQuestionIsAskedForAllWhoWait() async {
        let (questions, question) = AsyncStream.makeStream(of: Void.self)
        let (gate, open) = AsyncStream.makeStream(of: Void.self)
        let oracle = Oracle(gate: gate, question: question)
        let keeper = keeper(oracle)
        let people = [ada]
        async let first = keeper.visible(people, by: "ada")
        for await _ in questions { break }
        async let second = keeper.visible(people, by: "ada")
        async let third = keeper.visible(people, by: "ada")
        for _ in 0..<1000 { await Task.yield() }
        open.finish()
        let answers = await [first, second, third]
        #expect(answers == [[ada.id: []], [ada.id: []], [ada.id: []]])
        #expect(oracle.asked.withLock { $0.count } == 1)
    }

    @Test func notToKnowIsToShowNobody() async {
        let oracle = Oracle()
        let keeper = keeper(oracle)
        let ben = Stage.contact("2", "Ben", "030 23125002")
        _ = await keeper.visible([ada], by: "ada")
        oracle.isAway.withLock { $0 = true }
        #expect(await keeper.visible([ada, ben], by: "ada") == [ada.id: []], "as it was told last")
        #expect(keeper.fault(of: "ada") == "acme does not answer")
        clock.set(301)
        #expect(await keeper.visible([ada, ben], by: "ada") == [:])
        oracle.isAway.withLock { $0 = false }
        #expect(await keeper.visible([ada, ben], by: "ada") == [ada.id: [], ben.id: []])
        #expect(keeper.fault(of: "ada") == nil)
    }

    /// Another user stands behind the agent now.
    @Test func whatIsForgottenIsAskedForAgain() async {
        let oracle = Oracle()
        let keeper = keeper(oracle)
        _ = await keeper.visible([ada], by: "ada")
        oracle.hidden.withLock { $0 = [ada.id] }
        keeper.forget("ada")
        #expect(keeper.glance(ada, by: "ada", since: .distantPast) == .unknown)
        #expect(await keeper.visible([ada], by: "ada") == [:])
    }
}
