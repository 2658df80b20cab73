"""Comments, strings and functions as the rules see them."""

import pytest
from source_text import blanked, functions

BLANKED = {
    "swift": [
        ('let a = "try! // b" // try!', 'let a = ""'),
        ('"\\(f("x")) y"', '"\\(f(""))"'),
        ('#"a\\(b) "c" \\#(d)"#', '#"\\#(d)"#'),
        ('"""\n a "b" {\n """ {', '"""\n\n """ {'),
        ("/* a /* b */ c */ d", "d"),
        ('let a = /"\\/[/]/ // x', "let a = //"),
        ("let a = b / c / d", "let a = b / c / d"),
        ('let a = #/"/# + b', "let a = #//# + b"),
        ('"\\\\" + a', '"" + a'),
    ],
    "js": [
        ("const a = `b ${c({ d: 'e' })} f`; // g", "const a = `${c({ d: '' })}`;"),
        ("a.replace(/[/'\"]/g, '') / 2", "a.replace(//g, '') / 2"),
        ("return /'/.test(a)", "return //.test(a)"),
        ('"a\\"b" + c', '"" + c'),
    ],
    "css": [("a { /* } */ content: '}' }", "a { content: '' }")],
    "python": [("a = 'sleep(1)'  # sleep(2)\nb", "a =\nb")],
}


@pytest.mark.parametrize(
    "language, text, expected",
    [(language, *case) for language, cases in BLANKED.items() for case in cases],
)
def test_blanked(language, text, expected):
    code = blanked(text, language, ("comment", "string"))
    assert len(code) == len(text)
    assert code.count("\n") == text.count("\n")
    assert "".join(code.split()) == "".join(expected.split())


FUNCTIONS = {
    "swift": [
        ("func a() {\n}", [("a", 2)]),
        ("protocol P {\n    func a() async throws\n    init(b: Int)\n}\nvar c: Int {\n  1\n}", []),
        ("func a(\n    b: () -> Void = { }\n) async\n    -> [Int]\n{\n}", [("a", 6)]),
        (
            "func a<T>(_ t: T)\n    where T: P\n{\n}\ninit?() { self.init(b: 1) }",
            [("a", 4), ("init", 1)],
        ),
        ("static func == (a: A, b: A) -> Bool {\n}", [("==", 2)]),
        ("func a() throws(Failure) -> (Int) -> Void { }", [("a", 1)]),
        ("let a = A.init(b: 1)\nlet c = A.init\nif d {\n}", []),
    ],
    "js": [
        ("function a() {\n}\nif (b) {\n}\nfor await (const c of d) {\n}", [("a", 2)]),
        ("class A {\n  #b(c = (d)) {\n  }\n}\nconst e = (f) => {\n};", [("#b", 2), ("=>", 2)]),
    ],
    "python": [
        (
            "def a():\n    pass\n\n\nclass B:\n    async def c(self):\n        pass",
            [("a", 2), ("c", 2)],
        )
    ],
    "shell": [("a() {\n    b\n}\nc() { d; }", [("a", 3)])],
}


@pytest.mark.parametrize(
    "language, text, expected",
    [(language, *case) for language, cases in FUNCTIONS.items() for case in cases],
)
def test_functions(language, text, expected):
    code = blanked(text, language, ("comment", "string"))
    assert [(found.name, found.lines) for found in functions(text, code, language)] == expected
