import BuiltInCRM
import CallLogging
import CallerLookup
import Foundation
import Records
import Storage
import Testing

@Suite struct FilingTests {
    private func log(
        _ key: String = "k1", version: Int = 1, notes: String = "", person: RecordID? = nil,
        related: RecordID? = nil
    ) -> FiledLog {
        FiledLog(
            key: key, version: version, subject: "Call", person: person, related: related,
            notes: notes, disposition: "Resolved",
            followUp: FollowUp(on: "2026-12-01", text: "Call"),
            direction: "inbound", outcome: "answered", startedAt: TestCRM.start, seconds: 61,
            agent: "ada", agentName: "Ada Okafor", number: "030 23125042")
    }

    @Test func oneKeyIsOneRecordAndTheNewestVersionStands() async throws {
        let test = try await TestCRM()
        let contact = try await test.create(.contact, ["lastName": "Lovelace"])
        let first = try await test.crm.file(log(notes: "one", person: contact))
        #expect(first.url == "/crm/activities/\(first.id.value)")
        // The answer was lost, and the delivery repeats.
        #expect(try await test.crm.file(log(notes: "other", person: contact)) == first)
        #expect(try await test.crm.file(log(version: 3, notes: "three", person: contact)) == first)
        #expect(try await test.crm.file(log(version: 2, notes: "two", person: contact)) == first)
        let page = try #require(try await test.read { try $0.activityPage(of: first.id, in: $1) })
        #expect(page.activity.notes == "three")
        #expect(page.activity.agent == "Ada Okafor")
        #expect(page.person?.ref == contact)
        #expect(page.followUpOn == "2026-12-01")
        #expect(try await test.read { try $1.count("select count(*) from crm_activity") } == 1)
    }

    @Test func aNewerVersionMayNameAnotherPersonAndRecord() async throws {
        let test = try await TestCRM()
        let account = try await test.create(.account, ["name": "Kontor Nord"])
        let contact = try await test.create(.contact, ["lastName": "Voß"])
        let lead = try await test.create(.lead, ["lastName": "Khan"])
        let aCase = try await test.create(.case, ["subject": "Leaks"])
        let filed = try await test.crm.file(log(person: contact, related: aCase))
        _ = try await test.crm.file(log(version: 2, person: lead, related: account))
        let page = try #require(try await test.read { try $0.activityPage(of: filed.id, in: $1) })
        #expect(page.activity.person == lead)
        #expect(page.activity.related == account)
        _ = try await test.crm.file(log(version: 3))
        let last = try #require(try await test.read { try $0.activityPage(of: filed.id, in: $1) })
        #expect(last.activity.person == nil)
        #expect(last.activity.related == nil)
    }

    @Test func aConvertedLeadsLogGoesToItsContact() async throws {
        let test = try await TestCRM()
        let lead = try await test.create(.lead, ["lastName": "Khan"])
        let now = test.now
        let contact = try await test.write { try $0.convert(lead, now: now, in: $1).contact }
        let filed = try await test.crm.file(log(person: lead))
        let page = try #require(try await test.read { try $0.activityPage(of: filed.id, in: $1) })
        #expect(page.activity.person == contact)
    }

    @Test func whatIsNotThereParksWithWords() async throws {
        let test = try await TestCRM()
        let gone = RecordID(crm: "callmatch", kind: .contact, value: "c-none")
        let foreign = RecordID(crm: "salesforce", kind: .contact, value: "003")
        let sale = RecordID(crm: "callmatch", kind: .opportunity, value: "o-none")
        let cases: [(FiledLog, String)] = [
            (log(person: gone), "is not in the CRM any more"),
            (log(person: foreign), "belongs to another CRM (salesforce)"),
            (log(related: sale), "The opportunity that this call is about is not in the CRM"),
            (log(person: sale), "cannot be logged under an opportunity"),
        ]
        for (log, words) in cases {
            let failure = await #expect(throws: FilingFailure.self) {
                try await test.crm.file(log)
            }
            guard case .park(let reason) = failure else {
                Issue.record("not parked")
                continue
            }
            #expect(reason.contains(words))
        }
        #expect(try await test.read { try $1.count("select count(*) from crm_activity") } == 0)
    }

    @Test func aStoreThatStopsIsTriedAgain() async throws {
        let test = try await TestCRM()
        await test.crm.database.close()
        let failure = await #expect(throws: FilingFailure.self) { try await test.crm.file(log()) }
        guard case .retry = failure else {
            Issue.record("\(String(describing: failure))")
            return
        }
    }
}
