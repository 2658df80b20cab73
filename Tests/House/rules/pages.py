"""The pages: text from callers, CRMs and agents never becomes HTML, and nothing stands inline."""

import re

from rule import matches, rule

HTML_SINKS = re.compile(
    r"\b(?:innerHTML|insertAdjacentHTML|createContextualFragment|setHTMLUnsafe)\b|\.srcdoc\b"
    r"|\bouterHTML\s*\+?=(?!=)|\bdocument\.write|\beval\s*\(|\bnew\s+Function\s*\("
    r"|\bsetAttribute\(\s*['\"](?:on|style|srcdoc)|\bjavascript:"
)


@rule(
    "no script makes HTML or code from text",
    planted=[
        {"Sources/A/a.js": "element.innerHTML = name;"},
        {"Sources/A/a.js": "element['insertAdjacentHTML']('beforeend', name);"},
        {"Sources/A/a.js": "element.outerHTML = name;"},
        {"Sources/A/a.js": "document.write(name);"},
        {"Sources/A/a.js": "eval(name);"},
        {"Sources/A/a.js": "element.setAttribute('onclick', name);"},
        {"Sources/A/a.js": "frame.srcdoc = name;"},
        {"Sources/A/a.js": "const shown = `${(element.innerHTML = name)}`;"},
    ],
    fine={"Sources/A/a.js": "// never innerHTML\nelement.textContent = name;\nretrieval(name);"},
)
def html_from_text(repository):
    files = repository.written_in("js", under="Sources/")
    return matches(files, HTML_SINKS, text=lambda file: file.uncommented)


@rule(
    "no page holds script, style or handlers inline",
    planted=[
        {"Sources/A/a.html": "<script>go()</script>"},
        {"Sources/A/a.html": '<script type="module">go()</script>'},
        {"Sources/A/a.html": "<style>a { }</style>"},
        {"Sources/A/a.html": '<a onclick="go()">'},
        {"Sources/A/a.html": '<a style="color: red">'},
        {"Sources/A/a.html": '<a href="javascript:go()">'},
    ],
    fine={
        "Sources/A/a.html": '<script type="module" src="/panel/a.js"></script>\n'
        '<link rel="stylesheet" href="/panel/a.css"><p>On = off</p>'
    },
)
def inline_code(repository):
    inline = re.compile(
        r"<script(?![^>]*\ssrc=)[^>]*>|<style\b|<[a-z][^>]*\s(?:on[a-z]+|style)\s*=|javascript:",
        re.I,
    )
    return matches(repository.written_in("html", under="Sources/"), inline)


@rule(
    "pages load nothing from elsewhere",
    planted=[
        {"Sources/A/a.html": '<script src="https://cdn.example/a.js"></script>'},
        {"Sources/A/a.css": "@import url(https://fonts.example/a.css);"},
        {"Sources/A/a.js": "import a from 'https://cdn.example/a.js';"},
    ],
    fine={
        "Sources/A/a.html": '<a href="https://example.org">',
        "Sources/A/a.js": "import { h } from './dom.js';\nconst a = 'http://www.w3.org/2000/svg';",
    },
)
def foreign_resources(repository):
    foreign = re.compile(
        r"""\bsrc=["']?(?:https?:)?//|<link[^>]*href=["']?(?:https?:)?//"""
        r"""|(?:@import|url\()\s*(?:url\()?["']?(?:https?:)?//"""
        r"""|\b(?:from|import)\b\s*\(?\s*["']https?:"""
    )
    files = repository.written_in("js", "css", "html", under="Sources/")
    return matches(files, foreign, text=lambda file: file.uncommented)
