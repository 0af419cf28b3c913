from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st
from markdown_it import MarkdownIt

from rbac_sync.views.escape import visible
from rbac_sync.views.reports.fence import code, fenced
from rbac_sync.views.terminal import Line

COMMONMARK = MarkdownIt("commonmark")
NASTY = st.text(st.one_of(st.sampled_from("`~ \n\\<>&@#![]()|*_"), st.characters()))


@given(NASTY.filter(str.strip))
def test_any_text_becomes_code_that_says_just_that(text):
    (_, inline, _) = COMMONMARK.parse(f"a {code(text)} b")
    before, found, after = inline.children
    assert (before.content, found.type, after.content) == ("a ", "code_inline", " b")
    assert found.content == visible(text).replace("|", "\\x7c")


@given(st.lists(NASTY, min_size=1))
def test_any_lines_become_a_block_of_code_that_says_just_them(texts):
    before, block, after, *rest = COMMONMARK.parse(f"# a\n\n{fenced(map(Line, texts))}\n\n# b")[2:6]
    assert before.type == "heading_close"
    assert (block.type, block.info) == ("fence", "text")
    assert block.content == "".join(f"{visible(text)}\n" for text in texts)
    assert after.type == "heading_open"
    assert rest
