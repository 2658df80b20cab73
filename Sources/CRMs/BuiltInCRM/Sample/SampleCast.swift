/// The people of the sample organisation who have a part in the demo, and the calls that show what a match
/// can be. Their numbers are theirs alone: the others get none of them.
enum SampleCast {
    struct Member: Sendable {
        let first: String
        let last: String
        let company: String?
        let title: String?
        let numbers: [FieldName: String]

        init(
            _ first: String, _ last: String, _ company: String?, _ title: String? = nil,
            _ numbers: [FieldName: String]
        ) {
            self.first = first
            self.last = last
            self.company = company
            self.title = title
            self.numbers = numbers
        }
    }

    static let demoCallers = [
        SampleOrganisation.DemoCaller(
            label: "Ada Lovelace (one match)", number: "03023125042", name: nil),
        SampleOrganisation.DemoCaller(
            label: "Kontor Nord (a switchboard: multiple matches)", number: "04066969100",
            name: "KONTOR NORD"),
        SampleOrganisation.DemoCaller(
            label: "Nobody we know (no match)", number: "02214710999", name: "WIRELESS CALLER"),
        SampleOrganisation.DemoCaller(label: "Withheld number", number: "anonymous", name: nil),
        SampleOrganisation.DemoCaller(
            label: "Tariq Khan (a lead)", number: "+447700900123", name: nil),
        SampleOrganisation.DemoCaller(
            label: "Elif Yıldız (a converted lead)", number: "02214710555", name: nil),
        SampleOrganisation.DemoCaller(
            label: "Maria Huber (a person account)", number: "08999998123", name: "M HUBER"),
        SampleOrganisation.DemoCaller(
            label: "Eleanor Ashworth (stored with an extension)", number: "+442079460018", name: nil
        ),
        SampleOrganisation.DemoCaller(
            label: "Hector Castillo (from abroad)", number: "0014155550132", name: "SAN FRANCISCO"),
        SampleOrganisation.DemoCaller(
            label: "Céline Dubois (there twice)", number: "+33639981234", name: nil),
        SampleOrganisation.DemoCaller(
            label: "Jeroen van Dijk (contact and lead)", number: "0031200000142", name: nil),
        SampleOrganisation.DemoCaller(
            label: "Charles Babbage (two numbers in one field)", number: "015228817386", name: nil),
        SampleOrganisation.DemoCaller(
            label: "A direct dial of Rhein-Main Logistik (switchboard -0)", number: "06990009231",
            name: nil),
        SampleOrganisation.DemoCaller(
            label: "Café Landhaus (only the account has the number)", number: "0043316000199",
            name: nil),
    ]

    /// The companies' own numbers, as their accounts have them.
    static let accountNumbers = [
        "Analytical Engines GmbH": "030 23125001",
        "Kontor Nord KG": "+49 40 66969100",
        "Rhein-Main Logistik AG": "+49 69 90009-0",
        personAccount: "089 / 99998123",
        "Thames Valley Optics Ltd": "+44 20 7946 0017",
        accountAlone: "+43 316 000199",
    ]

    static let personAccount = "Maria Huber"
    /// Nobody there has its number.
    static let accountAlone = "Café Landhaus"
    static let main = "Ada Lovelace"

    static let contacts = [
        Member(
            "Ada", "Lovelace", "Analytical Engines GmbH", "Head of Computation",
            [.phone: "030/23125042", .mobilePhone: "0171 3920042"]),
        Member(
            "Charles", "Babbage", "Analytical Engines GmbH", "Managing Director",
            [.phone: "030 23125043 / 0152 28817386"]),
        Member(
            "Wiebke", "Petersen", "Kontor Nord KG", "Office Manager", [.phone: "040 66969100"]),
        Member(
            "Lars", "Clausen", "Kontor Nord KG", "Buyer",
            [.phone: "040/66969-100", .mobilePhone: "0171 39200 11"]),
        Member("Heike", "Möller", "Kontor Nord KG", "Accountant", [.phone: "+49 (0)40 66969100"]),
        Member(
            "Nils", "Jäger", "Kontor Nord KG", "Warehouse Manager", [.otherPhone: "04066969100"]),
        Member(
            "Sönke", "Voß", "Kontor Nord KG", "Managing Director",
            [.phone: "0049 40 66969 100", .mobilePhone: "+49 171 39200 12"]),
        Member(
            "Thorsten", "Großmann", "Rhein-Main Logistik AG", "Head of Purchasing",
            [.phone: "069 90009-417"]),
        Member(
            "Elif", "Yıldız", "Domblick Hotels GmbH", "Head of Purchasing",
            [.mobilePhone: "0171/39200 77"]),
        Member(
            "Eleanor", "Ashworth", "Thames Valley Optics Ltd", "Quality Manager",
            [.phone: "+44 20 7946 0018 ext. 42"]),
        Member(
            "Hector", "Castillo", "Bayside Robotics Inc.", "Head of IT",
            [.phone: "+1 (415) 555-0132"]),
        Member(
            "Céline", "Dubois", "Atelier Beaumarchais", "Managing Director",
            [.mobilePhone: "+33 6 39 98 12 34"]),
        Member("Celine", "Dubois", "Atelier Beaumarchais", nil, [.phone: "0033 639981234"]),
        Member(
            "Jeroen", "van Dijk", "Grachten Fietsen B.V.", "Buyer", [.phone: "+31 20 0000142"]),
        Member(
            "Olga", "Kowalski", "Fahrradladen Speiche", "Service Engineer",
            [.phone: "call me", .mobilePhone: "0176 040690-21"]),
    ]

    static let leads = [
        Member(
            "Tariq", "Khan", "Camden Coworking", "Office Manager", [.mobilePhone: "+44 7700 900123"]
        ),
        converted,
        Member("Jeroen", "van Dijk", "Grachten Fietsen", nil, [.phone: "0031-20-0000142"]),
    ]

    static let converted = Member(
        "Elif", "Yıldız", "Domblick Hotels GmbH", "Head of Purchasing", [.phone: "0221 / 4710555"])

    /// Numbers that the generator must not give away.
    static let reserved: Set<String> = [
        "+493023125001", "+493023125042", "+493023125043", "+494066969100", "+492214710999",
        "+492214710555", "+498999998123", "+442079460017", "+442079460018", "+14155550132",
        "+33639981234", "+31200000142", "+43316000199", "+447700900123", "+491713920042",
        "+491713920011", "+491713920012", "+491713920077", "+4917604069021",
    ]
}
