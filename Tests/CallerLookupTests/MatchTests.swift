import CallerLookup
import Foundation
import PhoneNumbers
import Records
import Storage
import Testing

@Test("One contact has the number: single, and certain")
func single() async throws {
    let here = try await TestDirectory([
        contact("1", "Ada Lovelace", "030 / 231 25 001"), contact("2", "Ben", "030 23125002"),
    ])
    let match = try await here.match("+493023125001")
    #expect(match.outcome == .single)
    #expect(match.certain?.id == id(.contact, "1"))
    #expect(match.candidates.first?.evidence.first?.stored == "030 / 231 25 001")
    #expect(match.candidates.first?.evidence.first?.equality == .exact)
}

@Test("A shared number is a choice, and never the first of several")
func multiple() async throws {
    let here = try await TestDirectory([
        contact("1", "Ada", "030 23125001"), lead("2", "Ben", "+49 30 23125001"),
        account("3", "Engines", "030 23125001"),
    ])
    let match = try await here.match("03023125001")
    #expect(match.outcome == .multiple)
    #expect(match.candidates.map(\.id) == [id(.contact, "1"), id(.lead, "2")])
    #expect(match.certain == nil)
}

@Test("An account counts where no person has the number, and is never filed under unasked")
func accounts() async throws {
    let here = try await TestDirectory([account("3", "Engines", "030 23125001")])
    let match = try await here.match("+493023125001")
    #expect(match.outcome == .single)
    #expect(match.candidates.first?.id.kind == .account)
    #expect(match.certain == nil)
}

@Test("A converted lead and a person account are the one who lives on")
func oneHumanBeing() async throws {
    let here = try await TestDirectory([
        contact("1", "Elif", "030 23125001"),
        lead("2", "Elif", "030 23125001", successor: id(.contact, "1")),
        account("3", "Elif", "030 23125001", successor: id(.contact, "1")),
    ])
    let match = try await here.match("+493023125001")
    #expect(match.outcome == .single)
    #expect(match.candidates.map(\.id) == [id(.contact, "1")])
}

@Test("Records that are not live any more do not match; chains and circles of successors end")
func deadRecords() async throws {
    let here = try await TestDirectory([
        contact("1", "Gone", "030 23125001", live: false),
        contact("2", "A", "030 23125002", successor: id(.contact, "3")),
        contact("3", "B", successor: id(.contact, "2")),
    ])
    #expect(try await here.match("+493023125001").outcome == .none)
    #expect(try await here.match("+493023125002").outcome == .none)
}

@Test(
    "Withheld, internal and unusable callers are never looked up",
    arguments: [
        ("anonymous", Match.Outcome.withheld), ("", .withheld), ("1002", .internal),
        ("112", .internal), ("\u{7}%%%", .unusable),
    ])
func notLookedUp(_ presented: String, _ outcome: Match.Outcome) async throws {
    let here = try await TestDirectory([contact("1", "Trap", "anonymous", "1002", "112")])
    #expect(try await here.match(presented).outcome == outcome)
}

@Test("The last digits alone match nobody")
func noSuffixes() async throws {
    let here = try await TestDirectory([contact("1", "Ada", "+49 30 23125001")])
    #expect(try await here.match("+493123125001").outcome == .none)
    #expect(try await here.match("+4322125001").outcome == .none)
    #expect(try await here.match("23125001").outcome == .none)
}

@Test("With the site's area code a local number is a match that somebody must confirm")
func assumedArea() async throws {
    let here = try await TestDirectory([contact("1", "Ada", "+49 30 23125001")], areaCode: "30")
    let match = try await here.match("23125001")
    #expect(match.candidates.first?.evidence.first?.equality == .assumedArea)
    #expect(match.certain == nil)
}

@Test("5,000 people with one number: 20 are shown, and it says that there are more")
func manyPeople() async throws {
    let people = (0..<5000).map { contact("\($0)", "Person \($0)", "030 23125001") }
    let here = try await TestDirectory(people)
    let match = try await here.match("+493023125001")
    #expect(match.outcome == .multiple)
    #expect(match.candidates.count == Match.most)
    #expect(match.count > Match.most)
}

@Test("A number that a record no longer has is forgotten")
func changedNumbers() async throws {
    let here = try await TestDirectory([contact("1", "Ada", "030 23125001")])
    let directory = here.directory
    try await here.database.write { store in
        try directory.put([contact("1", "Ada", "030 23125009")], in: store)
    }
    #expect(try await here.match("+493023125001").outcome == .none)
    #expect(try await here.match("+493023125009").outcome == .single)
    try await here.database.write { store in
        try directory.remove([id(.contact, "1")], in: store)
    }
    #expect(try await here.match("+493023125009").outcome == .none)
}

@Test("The order of several: own conversation, the team's, contact before lead, latest change")
func orderOfCandidates() {
    let people = [
        lead("1", "Lead"), contact("2", "Old"), contact("3", "New", changed: 60),
        contact("4", "Team"), contact("5", "Own"),
    ]
    let order = CandidateOrder(
        agent: "ada",
        spoken: [
            LastSpoken(person: id(.contact, "5"), agent: "ada", at: someDay),
            LastSpoken(
                person: id(.contact, "4"), agent: "ben", at: someDay.addingTimeInterval(600)),
        ])
    #expect(order.sorted(people).map(\.id.value) == ["5", "4", "3", "2", "1"])
    #expect(order.lastSpoken(with: id(.contact, "4"))?.agent == "ben")
}

@Test(
    "Search as one types: words in any order, without marks, by company and by number",
    arguments: [
        ("love", ["Ada Lovelace"]), ("ada lov", ["Ada Lovelace"]),
        ("lovelace ada", ["Ada Lovelace"]),
        ("lukasz", ["Łukasz Żak"]), ("strasse", ["Eva Straße"]), ("engines", ["Ada Lovelace"]),
        ("030 2312", ["Ada Lovelace"]), ("+49 30 231", ["Ada Lovelace"]), ("a", []), ("\"*", []),
        ("ada') or 1=1", []), ("nobody", []),
    ])
func search(_ typed: String, _ names: [String]) async throws {
    let here = try await TestDirectory([
        contact("1", "Ada Lovelace", "030 23125001", company: "Analytical Engines"),
        contact("2", "Łukasz Żak", "+48 22 123 45 67"), contact("3", "Eva Straße"),
    ])
    #expect(try await here.names(typed) == names)
}
