"""A plan as one HTML page: the access of each principal, before and after the plan.

The page loads nothing: style, script and content are in it, and its content
security policy has the digests of style and script and forbids all else. The
script reads the content as JSON and writes it as text, never as markup.
"""

from __future__ import annotations

import json
from base64 import b64encode
from collections.abc import Mapping, Sequence
from dataclasses import replace
from functools import cache
from hashlib import sha256
from importlib.resources import files
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

from ...guard import CODES, GuardContext
from ...guard.effect import Effect, principals
from ...model import ACCOUNT, ANYWHERE, EVERYONE, label
from ...planning.planfile import SavedPlan
from .. import plan as plan_view
from ..effect_rows import EffectRow
from ..effective import cut
from ..escape import visible
from ..findings import MOST, by_cause
from ..run import Run
from ..words import counted, counted_principals, to_the_second
from .graph import HEIGHT, MOST_ROWS, WIDTH, changing_edges, drawing
from .markdown import DIGITS
from .markdown_rows import change_texts
from .matrix import Matrix

if TYPE_CHECKING:
    from jinja2 import Template

SCRIPTS = ("element", "panel", "grid", "roles", "page")
"""The parts of the script, each after those that it uses."""

MARKS = {"gains": "▲", "loses": "▼", "keeps": "•"}
"""The marks of the rows, as in the matrix."""

MARKUP = str.maketrans({c: f"\\u{ord(c):04x}" for c in "<>&\u2028\u2029"})
"""Characters that could end the block of JSON that contains them."""


def render_report(run: Run) -> str:
    """Return the page of a plan that the guard judged."""
    context, saved = run.context, run.saved
    assert context is not None, "a drift says nothing of who may do what"
    assert saved is not None, "what was judged names its target"
    style, script = _part("page.css"), "\n".join(_part(f"{name}.js") for name in SCRIPTS)
    findings = list(dict.fromkeys(run.findings))
    kept, more = cut([row for row in run.rows if not row.risk.grave])
    listed_rows = [*(row for row in run.rows if row.risk.grave), *kept]
    hidden = len(findings) - MOST
    bare = replace(run, findings=(), saved=None, known_effects=run.effects)
    return _template().render(
        policy=_policy(style, script),
        style=style,
        script=script,
        content=_embed(Matrix(context).to_json()),
        text=plan_view.render_plan(bare).split("\n"),
        account=saved.target.account,
        facts=_facts(context, saved, applied=run.made is not None),
        summary=_summary(context, run.effects, len(findings)),
        changes=list(map(_change, listed_rows)),
        unshown=len(more),
        box=(WIDTH, HEIGHT),
        picture=drawing(changing_edges(run.rows)),
        is_cut=len(run.rows) > MOST_ROWS,
        objection=run.objection,
        advice=run.problems[:MOST],
        unshown_advice=len(run.problems) - MOST,
        causes=[(CODES[group[0].rule], group) for group in by_cause(findings[:MOST])],
        more=counted(hidden, "more finding") if hidden > 0 else "",
    )


def _facts(context: GuardContext, saved: SavedPlan, *, applied: bool) -> list[tuple[str, str]]:
    """Return the facts about the whole page as pairs of label and value."""
    applier = "Applied by" if applied else "Planned as"
    people = [(applier, context.applier), ("On behalf of", context.author)]
    return [
        ("System", f"{saved.target.type}, {saved.target.url}"),
        ("World", saved.target.world),
        *((name, label(who)) for name, who in people if who),
        ("Planned", to_the_second(saved.created)),
        *([("Read", to_the_second(context.now))] if context.now != saved.created else []),
        ("Plan", saved.digest[:DIGITS]),
        *(("Not everything is seen", reason) for reason in context.horizon.reasons),
    ]


def _summary(context: GuardContext, effects: Sequence[Effect], findings: int) -> list[str]:
    gain = principals(effect for effect in effects if effect.gains)
    lose = principals(effect for effect in effects if effect.loses)
    losing = counted_principals(lose) if EVERYONE in lose else f"{len(lose):,}"
    gaining = counted_principals(gain).replace("everyone", "Everyone")
    affected = [f"{gaining} with gains, {losing} with losses."]
    refused = f"Refused by the guard: {counted(findings, 'finding')}."
    verdict = refused if findings else "The guard refuses nothing."
    return [plan_view.headline(context.plan), verdict, *(affected if gain or lose else [])]


def _change(row: EffectRow) -> Mapping[str, object]:
    """Return a row of the changes; its ``link`` is the address of its first cell in the matrix."""
    scope = row.effect.scopes[0]
    cell = {"who": visible(label(row.effect.principals[0]))}
    cell |= {"in": visible(scope.key)} if scope not in (ACCOUNT, ANYWHERE) else {}
    word = "gains" if row.gains else "keeps" if row.effect.kept else "loses"
    return {
        "mark": MARKS[word],
        "word": word,
        "risky": row.risk.grave,
        "who": row.who,
        "where": row.where,
        "what": change_texts(row),
        "names": list(row.all_names),
        "link": f"#{urlencode(cell)}",
    }


def _embed(content: object) -> str:
    """Return *content* as JSON; no name in it can end the block."""
    text = json.dumps(_make_visible(content), separators=(",", ":"), ensure_ascii=False)
    return text.translate(MARKUP)


def _make_visible(content: Any) -> Any:
    """Return *content* with escapes for the invisible characters in its texts."""
    match content:
        case str():
            return visible(content)
        case dict():
            return {key: _make_visible(value) for key, value in content.items()}
        case list() | tuple():
            return [_make_visible(value) for value in content]
    return content


def _policy(style: str, script: str) -> str:
    return (
        "default-src 'none'; base-uri 'none'; form-action 'none'; "
        f"style-src '{_digest(style)}'; script-src '{_digest(script)}'"
    )


def _digest(text: str) -> str:
    return f"sha256-{b64encode(sha256(text.encode()).digest()).decode()}"


@cache
def _part(name: str) -> str:
    return (files("rbac_sync.views.reports") / "page" / name).read_text(encoding="utf-8")


@cache
def _template() -> Template:
    """Return the page's template; values are escaped twice: invisible characters, then markup."""
    from jinja2 import Environment, StrictUndefined

    environment = Environment(
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
        finalize=lambda value: visible(value) if type(value) is str else value,
    )
    environment.filters["pieces"] = _pieces
    return environment.from_string(_part("page.html.j2"))


def _pieces(text: str) -> list[str]:
    """Return the parts of a message outside and inside backticks, in turn."""
    pieces = text.split("`")
    return pieces if len(pieces) % 2 else [text]
