import PhoneNumbers

/// What stands in a phone field, read by the directory's plan.
struct PhoneField {
    private let numbers: [PhoneNumber]

    init(_ text: String, plan: NumberingPlan) {
        numbers = PhoneNumber.split(text, plan: plan)
    }

    /// False when nobody who calls can ever be found by it.
    var isReadable: Bool { numbers.contains { $0.kind == .subscriber } }

    /// Two fields with a key in common hold one number.
    var keys: [NumberKey] { numbers.filter(\.isLookedUp).compactMap(\.key) }
}
