"""The page in a real browser: what it shows, what it answers, and that it asks nobody."""

from __future__ import annotations

import re
from itertools import combinations

import pytest

from rbac_sync.views.reports.graph import changing_edges
from rbac_sync.views.reports.graph import mermaid as mermaid_of
from tests.build import bind, plan, service_account, state, user, workspace
from tests.views.runs import busy, judged

from .accounts import HOSTILE, hostile, large, refused, small, unchanged

PHONE = {"width": 390, "height": 844}
VIEWPORTS = (PHONE, {"width": 860, "height": 1000}, {"width": 1280, "height": 800})
HIDDEN = HOSTILE.replace("\u202e", "\\u202e")


def rows(page):
    """Return the names of the principals that are shown."""
    return page.locator("tr[data-row] th bdi").all_inner_texts()


def columns(page):
    return page.locator("thead th bdi").all_inner_texts()


def cell(page, who, scope):
    row = page.locator("tr[data-row]", has=page.locator("th", has_text=who))
    return row.locator("td").nth(columns(page).index(scope))


def panel(page):
    return page.locator("#panel").inner_text()


def test_twenty_thousand_cells_are_shown(visit, heard):
    page = visit(large())
    page.uncheck("#changes")
    assert len(rows(page)) == 501
    assert page.locator("tr[data-row] td").count() == 501 * 41
    assert page.locator("#count").inner_text().startswith("501 principals, 41 scopes, ")
    assert heard == []


def test_a_cell_shows_its_role_and_what_the_plan_does_to_it(visit):
    page = visit(small())
    raised = cell(page, "cy@", "prod")
    assert raised.inner_text() == "De"
    assert raised.get_attribute("aria-label") == "De, Developer, gains permissions"
    lowered = cell(page, "max@", "test").get_attribute("aria-label")
    assert lowered == "De, was Developer, no access, loses permissions"
    assert cell(page, "ana@", "account").get_attribute("aria-label") == "Ow, Owner"


def test_what_is_raised_and_lowered_is_marked_without_colour_too(visit):
    page = visit(small())
    mark = "cell => getComputedStyle(cell, '::after').content"
    assert cell(page, "cy@", "prod").evaluate(mark) == '"▲"'
    assert cell(page, "max@", "test").evaluate(mark) == '"▼"'


def test_a_click_shows_the_path_that_explains_a_cell(visit):
    page = visit(small())
    cell(page, "cy@", "prod").click()
    shown = panel(page)
    assert shown.startswith("cy@acme.example in workspace prod\n")
    gained, _, after = shown.partition("After the plan")
    after, _, before = after.partition("Before the plan")
    assert "gains 3 permissions" in gained
    assert "workspaces/prod.toml:2" in gained
    assert "through team:data, which holds developer" in after
    assert "through team:data, which holds runner" in before


def test_an_explanation_opens_without_a_mouse(visit):
    page = visit(small())
    page.locator("td[tabindex='0']").focus()
    for key in ("ArrowDown", "ArrowRight", "ArrowDown", "ArrowLeft", "Enter"):
        page.keyboard.press(key)
    assert panel(page).startswith("bo@acme.example in the account\n")
    page.keyboard.press("ArrowRight")
    page.keyboard.press(" ")
    assert "as account admin, who owns every workspace" in panel(page)
    focused = page.evaluate("document.activeElement.getAttribute('aria-selected')")
    assert focused == "true"


@pytest.mark.parametrize(
    ("field", "options", "people", "scopes"),
    [
        ("principal", "BO@ acme", ["bo@acme.example"], ["account", "prod", "test"]),
        ("principal", "gone", ["max@acme.example"], ["account", "prod", "test"]),
        ("scope", "te", None, ["test"]),
        ("principal", "nobody", [], ["account", "prod", "test"]),
    ],
)
def test_the_filter_leaves_what_matches(visit, field, options, people, scopes):
    page = visit(small())
    page.uncheck("#changes")
    everybody = rows(page)
    page.fill(f"#{field}", options)
    assert rows(page) == (everybody if people is None else people)
    assert columns(page) == scopes
    page.get_by_role("button", name="Reset").click()
    assert page.is_checked("#changes")
    page.uncheck("#changes")
    assert rows(page) == everybody


def test_only_what_changes_is_shown_until_somebody_asks_for_all(visit):
    page = visit(large())
    assert page.is_checked("#changes")
    assert len(rows(page)) == 24
    assert page.locator("td.faded").count() > 0
    changed = "td.gain, td.loss, td.both, td.other"
    said = page.locator("#count").inner_text()
    assert f", {page.locator(changed).count()} cells changing" in said
    page.uncheck("#changes")
    assert len(rows(page)) == 501


def test_where_nothing_changes_all_is_shown(visit):
    page = visit(unchanged())
    assert not page.is_checked("#changes")
    assert len(rows(page)) > 0


def test_the_address_keeps_what_is_shown(visit):
    page = visit(small())
    page.uncheck("#changes")
    page.uncheck("[value=Teams]")
    page.fill("#scope", "prod")
    page.select_option("#role", label="Developer (workspace)")
    cell(page, "cy@", "prod").click()
    kept, shown = page.url.partition("#")[2], rows(page)
    page.goto("about:blank")
    again = visit(small(), at=kept)
    assert rows(again) == shown
    assert columns(again) == ["prod"]
    assert panel(again).startswith("cy@acme.example in workspace prod\n")
    assert again.url.partition("#")[2] == kept


def test_an_address_opens_a_cell_that_the_filter_would_hide(visit):
    page = visit(large(), at="who=person003@acme.example&in=workspace-01")
    assert panel(page).startswith("person003@acme.example in workspace workspace-01\n")
    assert not page.is_checked("#changes")


def test_an_address_that_names_nobody_shows_the_page(visit, heard):
    page = visit(small(), at="who=nobody&in=nowhere&role=99&changes=%F0")
    assert "Click a cell" in panel(page)
    assert heard == []


def test_a_closed_panel_leaves_the_address(visit):
    page = visit(small(), at="who=cy@acme.example&in=prod", viewport=PHONE)
    page.get_by_role("button", name="Close").click()
    assert not page.locator("#panel").is_visible()
    assert "who=" not in page.url


def test_roles_and_groups_can_be_picked(visit):
    page = visit(small())
    page.select_option("#role", label="oncall (workspace)")
    assert rows(page) == ["cy@acme.example", "dan@acme.example", "team:data"]
    page.uncheck("[value=Users]")
    assert rows(page) == ["team:data"]
    assert columns(page) == ["test"]


def test_more_than_can_be_shown_at_once_is_shown_when_asked_for(visit):
    page = visit(small())
    page.uncheck("#changes")
    page.evaluate("() => { render(wish(), 9); }")
    assert len(rows(page)) == 3
    page.get_by_role("button", name="Show 7 more principals").click()
    assert len(rows(page)) == 10


def test_a_role_of_the_drawing_shows_its_permissions(visit):
    page = visit(small())
    page.locator("g.node", has_text="oncall").click()
    shown = panel(page)
    assert "custom workspace role" in shown
    assert "builds on Ru Runner" in shown
    assert "gains 2 permissions" in shown
    assert "loses 1 permission" in shown
    page.locator("g.node", has_text="Admin").focus()
    page.keyboard.press("Enter")
    assert "is Ow Owner in every workspace" in panel(page)


def test_light_and_dark_follow_the_system_until_somebody_chooses(visit):
    ground = "getComputedStyle(document.body).backgroundColor"
    light, dark = (visit(small(), color_scheme=scheme) for scheme in ("light", "dark"))
    white, black = light.evaluate(ground), dark.evaluate(ground)
    assert white != black
    light.select_option("#theme", "dark")
    dark.select_option("#theme", "light")
    assert (light.evaluate(ground), dark.evaluate(ground)) == (black, white)


def test_the_header_says_how_long_ago_the_plan_was_made(visit):
    page = visit(small())
    assert "ago)" in page.locator(".facts").inner_text()


def test_hostile_names_are_text(visit, heard):
    page = visit(hostile())
    assert f"{HIDDEN}@x.example" in rows(page)
    cell(page, f"{HIDDEN}@x.example", HIDDEN).click()
    page.locator("g.node", has_text="</script>").click()
    assert HIDDEN in panel(page)
    assert page.locator("img").count() == 0
    assert "\u202e" not in page.content()
    assert heard == []


def test_long_names_do_not_widen_the_page(visit):
    page = visit(hostile())
    page.uncheck("#changes")
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    assert page.locator("th", has_text="p" * 250).bounding_box()["width"] < 400


def test_the_policy_stops_what_would_slip_in(visit):
    page = visit(small())
    stopped = page.evaluate(
        """() => new Promise((resolve) => {
          const found = [];
          document.addEventListener("securitypolicyviolation", (event) => {
            found.push(event.effectiveDirective);
            if (found.length === 3) resolve(found.sort());
          });
          const script = document.createElement("script");
          script.textContent = "document.title = 'owned'";
          const image = document.createElement("img");
          image.src = "http://127.0.0.1:9/";
          const bold = document.createElement("b");
          bold.setAttribute("style", "color: red");
          document.body.append(script, image, bold);
        })"""
    )
    assert stopped == ["img-src", "script-src-elem", "style-src-attr"]
    assert page.title() == "Access in acme"


@pytest.mark.parametrize("made", [small, refused, unchanged])
def test_axe_finds_nothing_in_any_mode(visit, axe, made):
    page = visit(made())
    page.evaluate(axe)
    page.evaluate("document.querySelectorAll('details').forEach((each) => { each.open = true; })")
    for viewport, scheme in ((PHONE, "light"), (VIEWPORTS[1], "dark"), (VIEWPORTS[2], "light")):
        page.set_viewport_size(viewport)
        page.emulate_media(color_scheme=scheme)
        assert violations(page) == [], (viewport, scheme)
    page.locator("tr[data-row] td").first.click()
    page.set_checked("#changes", not page.is_checked("#changes"))
    for viewport, scheme in ((PHONE, "dark"), (VIEWPORTS[2], "dark")):
        page.set_viewport_size(viewport)
        page.emulate_media(color_scheme=scheme)
        assert violations(page) == [], (viewport, scheme)


def violations(page):
    """Return what axe-core finds, with its experimental rules, each with the elements."""
    options = {
        "resultTypes": ["violations"],
        "rules": {"label-content-name-mismatch": {"enabled": True}},
    }
    found = page.evaluate("(options) => axe.run(document, options)", options)["violations"]
    return [(each["id"], [node["html"] for node in each["nodes"][:3]]) for each in found]


@pytest.mark.parametrize("viewport", VIEWPORTS, ids=lambda size: str(size["width"]))
@pytest.mark.parametrize("made", [small, refused, hostile])
def test_nothing_covers_anything_and_nothing_is_out_of_reach(visit, made, viewport):
    page = visit(made(), viewport=viewport)
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    parts = ["h1", ".theme", ".summary", "#filter", "#matrix", ".legend", "#roles", "#panel"]
    found = [page.locator(part).bounding_box() for part in parts]
    boxes = [box for box in found if box]
    assert not [pair for pair in combinations(boxes, 2) if overlap(*pair)]
    last = page.locator("tr[data-row] td").last
    last.scroll_into_view_if_needed()
    names = page.locator("tr[data-row] th").last.bounding_box()
    assert last.bounding_box()["x"] >= names["x"] + names["width"] - 1


def overlap(one, other):
    """Say whether two boxes cover each other by more than a line."""
    return all(
        min(one[side] + one[size], other[side] + other[size]) - max(one[side], other[side]) > 1
        for side, size in (("x", "width"), ("y", "height"))
    )


def test_a_row_of_what_changes_leads_to_its_cell(visit):
    page = visit(small())
    page.get_by_role("link", name="dan@acme.example").first.click()
    assert panel(page).startswith("dan@acme.example in workspace prod\n")
    assert "who=dan%40acme.example&in=prod" in page.url


def test_the_picture_of_a_comment_is_one_for_mermaid(visit, mermaid):
    page = visit(small(), bypass_csp=True)
    page.add_script_tag(content=mermaid)
    name = 'w"]-->x;\n%%{click}`<b>#quot;'
    live = state(user("ana", "owner"), service_account("ci"), workspace(name))
    given = state([*live.resources(), *live.bindings()], bind("sa:ci", name, "owner"))
    for run in (busy(), judged(plan(live, given))):
        picture = mermaid_of(changing_edges(run.rows))
        page.evaluate("mermaid.initialize({ securityLevel: 'strict' })")
        drawn = page.evaluate("async (text) => (await mermaid.render('p', text)).svg", picture)
        assert drawn.count('class="node ') == len(re.findall(r"(?m)^  n\d+\[", picture))
        assert "<a " not in drawn


def test_paper_shows_everything_but_what_answers(visit):
    page = visit(small())
    page.emulate_media(media="print")
    for gone in ("#filter", ".theme", "#panel"):
        assert not page.locator(gone).is_visible()
    assert page.locator("#matrix").evaluate("box => getComputedStyle(box).overflow") == "visible"
    page.evaluate("dispatchEvent(new Event('beforeprint'))")
    assert page.locator("details:not([open])").count() == 0
