/// Common names of each country; no name here means a real person.
struct SampleNames: Sendable {
    let first: [String]
    let last: [String]

    init(first: String, last: String) {
        self.first = first.split(separator: " ").map(String.init)
        self.last = last.split(separator: ",").map { $0.trimmingPrefix(" ") }.map(String.init)
    }

    static func of(_ country: SampleCountry) -> SampleNames {
        switch country {
        case .germany: germany
        case .unitedStates: unitedStates
        case .unitedKingdom: unitedKingdom
        case .france: france
        case .austria: austria
        case .switzerland: switzerland
        case .italy: italy
        case .netherlands: netherlands
        }
    }

    private static let germany = SampleNames(
        first: """
            Anna Bernd Carla Dirk Elif Frank Gesa Hannes Ines Jörg Katja Lars Mareike Nils Olga Peter \
            Ronja Sönke Tanja Uwe Vera Wiebke Yusuf Zoë Agnieszka Thorsten Sibel Matthias Heike Jürgen
            """,
        last: """
            Ahrens, Böttcher, Clausen, Dittmann, Ehlers, Fröhlich, Großmann, Harms, Ihde, Jäger, Kowalski, \
            Lüders, Möller, Nowak, Oßwald, Petersen, Quast, Rößler, Schäfer, Thießen, Uhlig, Voß, \
            Weidemann, Yıldız, Zander, Bergmann, Çelik, Dörfler, von der Heide, Łuczak, Schönfeld, Kühn
            """)

    private static let unitedStates = SampleNames(
        first: """
            Aaron Brianna Carlos Denise Ethan Fiona Grace Hector Imani Jordan Kayla Luis Monica Noah \
            Olivia Priya Quentin Rachel Samuel Teresa Victor Wendy Xavier Yolanda
            """,
        last: """
            Anderson, Brooks, Castillo, Delgado, Edwards, Foster, Garcia, Hughes, Ingram, Jackson, Kim, \
            Lopez, Mitchell, Nguyen, O'Brien, Patel, Reyes, Sullivan, Torres, Vasquez, Washington, Young
            """)

    private static let unitedKingdom = SampleNames(
        first: """
            Alistair Bethan Callum Deborah Eleanor Fraser Gemma Harriet Imogen Jack Kirsty Liam Megan \
            Nigel Oluwaseun Poppy Rhys Siobhán Tariq Zara
            """,
        last: """
            Ashworth, Barker, Campbell, Davies, Evans, Fletcher, Greenwood, Hughes, Jenkins, Khan, Llewellyn, \
            MacDonald, O’Neill, Osborne, Pritchard, Robertson, Shaw, Thompson, Walker, Wright
            """)

    private static let france = SampleNames(
        first: """
            Amélie Baptiste Céline Damien Élodie Fabien Gaëlle Hugo Inès Julien Karim Léa Maëlys Nathan \
            Océane Pierre Romane Sébastien Théo Zoé
            """,
        last: """
            Aubert, Bélanger, Chevalier, Dubois, Élie, Fournier, Garnier, Hébert, Jacquet, Laurent, Lefèvre, \
            Mercier, Noël, Œuvrard, Perrin, Roussel, Sauvage, Thévenot, Vasseur, de La Tour
            """)

    private static let austria = SampleNames(
        first:
            "Alois Birgit Christoph Doris Elfriede Florian Gerlinde Helmut Johanna Klara Lukas Magdalena",
        last: """
            Auer, Brandstätter, Egger, Fuchsberger, Gruber, Haslinger, Hölzl, Leitner, Mayrhofer, \
            Pichler, Steininger, Wögerbauer
            """)

    private static let switzerland = SampleNames(
        first: "Aline Beat Chiara Dominik Flurina Gian Hanspeter Jasmin Loris Reto Seraina Urs",
        last: """
            Aebischer, Bänziger, Caduff, Düggelin, Gerber, Hürlimann, Käppeli, Lüthi, Meier, Rüegg, \
            Studer, Zürcher
            """)

    private static let italy = SampleNames(
        first:
            "Alessandra Bruno Chiara Davide Elena Fabio Giulia Lorenzo Martina Niccolò Paola Stefano",
        last: """
            Amato, Bellini, Conti, D'Angelo, De Luca, Ferrari, Galli, Lombardi, Moretti, Ricci, Santoro, \
            Vitale
            """)

    private static let netherlands = SampleNames(
        first: "Anouk Bram Daan Eline Femke Gijs Hanneke Jeroen Lotte Maarten Noortje Sjoerd",
        last: """
            Bakker, de Boer, Dekker, van Dijk, Hendriks, Jansen, Kuipers, van den Berg, Mulder, Smit, \
            Visser, de Wit
            """)
}
