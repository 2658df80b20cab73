"""Sixty texts as somebody might send them who means harm, or merely lives elsewhere.

What would run sets `window.ran`; what would load asks `hostile.example`.
"""

MARKUP = [
    "<script>window.ran = 1</script>",
    '<img src=x onerror="window.ran = 2">',
    "<svg onload=window.ran=3>",
    "<svg><script>window.ran=4</script></svg>",
    "<svg><animate onbegin=window.ran=5 attributeName=x dur=1s>",
    "<math><mtext></mtext><style><img src=x onerror=window.ran=6></style></math>",
    '<iframe src="javascript:parent.ran=7"></iframe>',
    '<iframe srcdoc="<script>parent.ran=8</script>"></iframe>',
    "<body onload=window.ran=9>",
    "<details open ontoggle=window.ran=10>",
    "<input autofocus onfocus=window.ran=11>",
    "<video><source onerror=window.ran=12></video>",
    '<a href="javascript:window.ran=13">press me</a>',
    '<base href="https://hostile.example/">',
    '<meta http-equiv=refresh content="0;url=https://hostile.example/">',
    "<link rel=stylesheet href=https://hostile.example/a.css>",
    "<style>* { display: none }</style>",
    "<form action=https://hostile.example><button>Answer</button></form>",
    "</textarea><script>window.ran=14</script>",
    "</title><script>window.ran=15</script>",
    "--><script>window.ran=16</script>",
    "]]><script>window.ran=17</script>",
    "<template><img src=x onerror=window.ran=18></template>",
    '<noscript><p title="</noscript><img src=x onerror=window.ran=19>">',
    "<IMG SRC=&#x6A&#x61&#x76&#x61&#x73&#x63&#x72&#x69&#x70&#x74&#x3A;ran=20>",
    '" onmouseover="window.ran=21" x="',
    "' onfocus='window.ran=22' autofocus='",
    "` onclick=window.ran=23 `",
]

ADDRESSES = [
    "javascript:window.ran=24",
    "JaVaScRiPt://%0awindow.ran=25",
    "data:text/html,<script>parent.ran=26</script>",
    "vbscript:msgbox(1)",
    "//hostile.example/a.png",
    "/api/v1/session?x=<script>window.ran=27</script>",
    "../../../../etc/passwd",
    "tel:+4930;phone-context=<script>",
]

TEMPLATES = [
    "{{constructor.constructor('window.ran=28')()}}",
    "${window.ran=29}",
    "#{7*7}<%= 7*7 %>{7*7}",
    "%s%n%x%p",
    "__proto__",
    "'; drop table call; --",
    '=HYPERLINK("https://hostile.example","Invoice")',
    '{"json":[null,"\\u0000"]}',
]

LETTERS = [
    "\u202eUser txt.exe",
    "\u2066\u2067\u2068mixed\u2069 \u200f\u061c order",
    "\u05d0\u05d1\u05d2 \u05d3\u05d4\u05d5 030 23125042",
    "\u0645\u0631\u062d\u0628\u0627 \u0628\u0627\u0644\u0639\u0627\u0644\u0645 (100)",
    "\U0001f469\u200d\U0001f469\u200d\U0001f467\u200d\U0001f466\U0001f3f4\U000e0067\U000e0062",
    "Z\u0351\u036b\u0343\u036a\u0302\u036b\u033d\u034f\u0334\u0319\u0324" * 20,
    "\ufdfd\ufdfd\ufdfd\ufdfd",
    "\u3164\u115f\u2800\u200b\ufeff",
    "\u0130stanbul \u00df \ufb03 \u01c6",
    "nul\x00in the middle",
    "bell\x07 escape\x1b[31m red \x9b31m",
    "first line\r\nSet-Cookie: hostile=1\r\n\r\nsecond",
    "line\u2028separator\u2029paragraph\x0b\x0c\x85",
]

LONG = [
    "W" * 20_000,
    "Donaudampfschifffahrtselektrizit\u00e4tenhauptbetriebswerkbauunterbeamtengesellschaft" * 3,
    "a b " * 5_000,
]

STRINGS = [*MARKUP, *ADDRESSES, *TEMPLATES, *LETTERS, *LONG]
assert len(STRINGS) == 60

MEGABYTE = "<b>M\u00e9ga</b> " * 80_000
