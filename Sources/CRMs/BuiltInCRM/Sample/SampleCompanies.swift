/// A customer of the sample organisation.
struct SampleCompany: Sendable {
    let name: String
    let country: SampleCountry
    let city: String
    let industry: String
    let type: String

    init(
        _ name: String, _ country: SampleCountry, _ city: String, _ industry: String,
        _ type: String = "Customer"
    ) {
        self.name = name
        self.country = country
        self.city = city
        self.industry = industry
        self.type = type
    }

    /// "kontor-nord.example"
    var website: String {
        let words = FoldedText(name).words.filter { !Self.legalForms.contains(String($0)) }
        return words.joined(separator: "-") + ".example"
    }

    private static let legalForms: Set<String> = [
        "gmbh", "ag", "kg", "co", "inc", "llc", "ltd", "plc", "sarl", "sas", "srl", "bv", "ohg",
        "e", "k",
    ]

    /// The first three have parts in the demo, see `SampleCast`.
    static let all: [SampleCompany] = [
        SampleCompany("Analytical Engines GmbH", .germany, "Berlin", "Engineering"),
        SampleCompany("Kontor Nord KG", .germany, "Hamburg", "Trade"),
        SampleCompany("Rhein-Main Logistik AG", .germany, "Frankfurt am Main", "Logistics"),
        SampleCompany("Maria Huber", .germany, "München", "Private customer"),
        SampleCompany("Spreewerk Maschinenbau GmbH", .germany, "Berlin", "Engineering"),
        SampleCompany("Hansen & Söhne Schiffsausrüster", .germany, "Hamburg", "Trade"),
        SampleCompany("Domblick Hotels GmbH", .germany, "Köln", "Hospitality"),
        SampleCompany("Isarquell Brauerei GmbH & Co. KG", .germany, "München", "Food", "Prospect"),
        SampleCompany("Grünspan Gartenbau", .germany, "Köln", "Agriculture"),
        SampleCompany("Łuczak Elektrotechnik", .germany, "Berlin", "Construction"),
        SampleCompany("Praxis Dr. Schönfeld", .germany, "Hamburg", "Health"),
        SampleCompany("Kita Kunterbunt e. V.", .germany, "Köln", "Education"),
        SampleCompany("Alster Verlag GmbH", .germany, "Hamburg", "Media", "Partner"),
        SampleCompany("Solarhof Süd GmbH", .germany, "München", "Energy", "Prospect"),
        SampleCompany("Fahrradladen Speiche", .germany, "Berlin", "Retail"),
        SampleCompany("Nordlicht Versicherungsmakler", .germany, "Hamburg", "Insurance"),
        SampleCompany("Bayside Robotics Inc.", .unitedStates, "San Francisco", "Engineering"),
        SampleCompany("Hudson Print Works LLC", .unitedStates, "New York", "Media"),
        SampleCompany("Lakeshore Medical Supply", .unitedStates, "Chicago", "Health", "Prospect"),
        SampleCompany("Back Bay Books", .unitedStates, "Boston", "Retail"),
        SampleCompany("Cascade Coffee Roasters", .unitedStates, "Seattle", "Food"),
        SampleCompany("Golden Gate Couriers", .unitedStates, "San Francisco", "Logistics"),
        SampleCompany("Thames Valley Optics Ltd", .unitedKingdom, "London", "Engineering"),
        SampleCompany("Mersey Tiles Ltd", .unitedKingdom, "Manchester", "Construction"),
        SampleCompany("Auld Reekie Distillers", .unitedKingdom, "Edinburgh", "Food"),
        SampleCompany("Bloomsbury Language School", .unitedKingdom, "London", "Education"),
        SampleCompany("Pennine Outdoor plc", .unitedKingdom, "Manchester", "Retail", "Prospect"),
        SampleCompany("Atelier Beaumarchais", .france, "Paris", "Retail"),
        SampleCompany("Pâtisserie Œillet SARL", .france, "Paris", "Food"),
        SampleCompany("Vignobles du Ventoux", .france, "Avignon", "Agriculture"),
        SampleCompany("Lumière & Fils SAS", .france, "Lyon", "Energy", "Partner"),
        SampleCompany("Murtal Holzbau GmbH", .austria, "Graz", "Construction"),
        SampleCompany("Donau Pumpen AG", .austria, "Linz", "Engineering"),
        SampleCompany("Café Landhaus", .austria, "Graz", "Hospitality"),
        SampleCompany("Limmat Präzision AG", .switzerland, "Zürich", "Engineering"),
        SampleCompany("Uetliberg Treuhand", .switzerland, "Zürich", "Finance", "Partner"),
        SampleCompany("Naviglio Design Srl", .italy, "Milano", "Media"),
        SampleCompany("Officine Lombarde", .italy, "Milano", "Engineering", "Prospect"),
        SampleCompany("Grachten Fietsen B.V.", .netherlands, "Amsterdam", "Retail"),
        SampleCompany("Polder Agro B.V.", .netherlands, "Amsterdam", "Agriculture"),
    ]

    static let titles = [
        "Managing Director", "Head of Sales", "Buyer", "Office Manager", "Accountant",
        "Service Engineer",
        "Head of IT", "Project Manager", "Assistant", "Marketing Manager", "Warehouse Manager",
        "Quality Manager", "Secretary", "Head of Purchasing", "Technician", "Controller",
    ]

    static let departments = [
        "Sales", "Purchasing", "Finance", "Service", "IT", "Operations", "Marketing", "Management",
    ]
}
