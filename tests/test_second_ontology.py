"""A tiny ontology of another body part, importing core alone, runs through everything with no change of code."""

from __future__ import annotations

import json
import math
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from flask.testing import FlaskClient

from lumbarkg import vocabulary as v
from lumbarkg.assessment import Engine, assess, load_engine, read_case
from lumbarkg.identifiers import Iri
from lumbarkg.ontology.build.merge import merge
from lumbarkg.ontology.build.release import Build, build, check_with_hermit, write
from lumbarkg.rdf.syntax import parse
from lumbarkg.rdf.terms import Graph, Literal
from lumbarkg.render.json import render_assessment
from lumbarkg.render.rdf import render_turtle
from lumbarkg.render.text import render_text
from lumbarkg.resources import shapes_dir
from lumbarkg.web.app import Config, create_app

KNEE = Path(__file__).parent / "knee"
ONTOLOGY = Path(__file__).parents[1] / "ontology"
NAMESPACE = "https://example.org/knee/"
SORE_KNEE = json.loads((KNEE / "examples" / "sore-knee-after-stairs.json").read_text("utf-8"))

Answer = dict[str, Any]


@pytest.fixture(scope="module")
def knee() -> Build:
    return build(KNEE / "knee.ttl")


@pytest.fixture(scope="module")
def release(knee: Build, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("knee-release")
    write(knee, folder, KNEE)
    return folder


@pytest.fixture(scope="module")
def engine(release: Path) -> Engine:
    return load_engine(release, shapes_dir())


@pytest.fixture(scope="module")
def client(release: Path) -> Iterator[FlaskClient]:
    app = create_app(Config(release=release, shapes=shapes_dir()))
    yield app.test_client()
    app.extensions["store"].close()


@pytest.fixture(scope="module")
def ask(engine: Engine):
    """Case JSON → answer JSON."""

    def answer(**case: Any) -> Answer:
        return render_assessment(assess(read_case(case, engine), engine), engine.sources)

    return answer


def knee_iri(name: str) -> Iri:
    return Iri(NAMESPACE + name)


def present(*names: str) -> list[dict[str, Any]]:
    return [{"finding": name} for name in names]


def absent(*names: str) -> list[dict[str, Any]]:
    return [{"finding": name, "status": "absent"} for name in names]


def hypothesis(answer: Answer, condition: str) -> Answer:
    (found,) = (h for h in answer["differential"] if h["condition"] == condition)
    return found


# ---------------------------------------------------------------- build


def test_it_imports_core_and_nothing_else(knee: Build) -> None:
    source = Graph(parse((KNEE / "knee.ttl").read_bytes()))
    assert [t.object for t in source.with_predicate(v.OWL_IMPORTS)] == ["https://w3id.org/lumbarkg/ontology/core"]
    core = Graph(parse((ONTOLOGY / "core.ttl").read_bytes()))
    ours = {c for c in knee.ontology.classes if c.startswith(NAMESPACE)}
    assert knee.ontology.classes == ours | set(core.instances(v.OWL_CLASS))
    assert len(ours) > 30
    assert len(merge(KNEE / "knee.ttl", KNEE / "catalog-v001.xml")) > len(core)


def test_hermit_agrees_on_its_hierarchy(knee: Build) -> None:
    check_with_hermit(knee)
    above = knee.knowledge.superclasses
    assert v.FINDING in above(knee_iri("BilateralKneePain"))
    assert {c.local_name for c in knee.knowledge.denials.values()} == {
        "DeniedJointInfectionRedFlag",
        "DeniedKneeLocking",
        "DeniedKneePain",
    }
    assert v.PATIENT_CASE in above(knee_iri("MeniscusPattern"))


def test_its_release_is_reproducible(release: Path, tmp_path: Path) -> None:
    write(build(KNEE / "knee.ttl"), tmp_path, KNEE)
    files = sorted(str(f.relative_to(tmp_path)) for f in tmp_path.rglob("*") if f.is_file())
    assert files == sorted(str(f.relative_to(release)) for f in release.rglob("*") if f.is_file())
    assert [f for f in files if (tmp_path / f).read_bytes() != (release / f).read_bytes()] == []


# ---------------------------------------------------------------- triage


def test_the_gate_reaches_self_care_when_all_is_asked_and_denied(ask) -> None:
    triage = ask(**SORE_KNEE)["triage"]
    assert (triage["level"], triage["complete"]) == ("SelfCare", True)
    assert triage["redFlagsNotAsked"] == triage["reasons"] == triage["notExcluded"] == []
    assert triage["selfCare"]["rule"] == "K3"
    assert triage["selfCare"]["text"] == "Leave out deep knee bends for two weeks."


@pytest.mark.parametrize("left_out", ["age", "denied group", "severity"])
def test_the_gate_stays_shut_while_anything_is_not_asked(ask, left_out: str) -> None:
    case = json.loads(json.dumps(SORE_KNEE))
    if left_out == "age":
        del case["age"]
    elif left_out == "severity":
        del case["findings"][0]["severity"]
    else:
        case["findings"] = [f for f in case["findings"] if f["finding"] != "JointInfectionRedFlag"]
    answer = ask(**case)
    assert (answer["triage"]["level"], answer["triage"]["complete"]) == ("NotEnoughAsked", False)
    asked = {(q["term"], q.get("property")) for q in answer["nextQuestions"]}
    needed = {
        "age": ("PatientCase", "ageYears"),
        "severity": ("JointPain", "severityScore"),
        "denied group": ("JointInfectionRedFlag", None),
    }
    assert needed[left_out] in asked


def test_an_empty_history_asks_for_the_red_flags_first(ask) -> None:
    answer = ask(findings=[])
    assert answer["triage"]["level"] == "NotEnoughAsked"
    (flag,) = answer["triage"]["redFlagsNotAsked"]
    assert flag["group"] == "JointInfectionRedFlag"
    assert {m["finding"] for m in flag["members"]} == {"HotSwollenKnee", "ShakingChills"}
    first = answer["nextQuestions"][0]
    assert (first["kind"], first["term"]) == ("redFlagGroup", "JointInfectionRedFlag")
    assert first["question"] == "Is the knee hot and swollen, or do you shake with chills?"


@pytest.mark.parametrize(
    "finding", ["HotSwollenKnee", "shaking chills", "knee:GermsInJointFluid", "JointInfectionRedFlag"]
)
def test_a_red_flag_is_seen_the_same_day_with_what_to_exclude(ask, finding: str) -> None:
    triage = ask(findings=present(finding))["triage"]
    assert (triage["level"], triage["complete"]) == ("SameDay", True)
    (reason,) = triage["reasons"]
    assert (reason["rule"], reason["pattern"]) == ("K1", "JointInfectionTrigger")
    assert [c["condition"] for c in triage["toExclude"]] == ["SepticArthritis"]


@pytest.mark.parametrize(("severity", "level"), [(7.9, "NotEnoughAsked"), (8, "Urgent"), (9.5, "Urgent")])
def test_a_threshold_decides_the_level(ask, severity: float, level: str) -> None:
    assert ask(findings=[{"finding": "KneePain", "severity": severity}])["triage"]["level"] == level


def test_a_level_is_a_floor_until_what_is_above_is_excluded(ask) -> None:
    severe = {"finding": "sore knee", "severity": 9}
    open_, closed = ask(findings=[severe])["triage"], ask(findings=[severe, *absent("JointInfectionRedFlag")])["triage"]
    assert (open_["level"], open_["complete"]) == ("Urgent", False)
    assert open_["statement"].startswith("At least Urgent")
    assert (closed["level"], closed["complete"]) == ("Urgent", True)
    both = ask(findings=[severe, *present("HotSwollenKnee")])["triage"]
    assert both["level"] == "SameDay"
    assert [r["rule"] for r in both["reasons"]] == ["K1", "K2"]


# ---------------------------------------------------------------- reasoning and ranking


def test_a_finding_follows_from_where_it_is_felt(ask) -> None:
    """Joint pain in the kneecap is knee pain: located in a part is located in the whole."""
    answer = ask(**SORE_KNEE)
    top = answer["differential"][0]
    assert top["condition"] == "KneecapPain"
    assert [p["pattern"] for p in top["patterns"]] == ["KneecapPattern"]
    (justification,) = top["justification"]
    assert "joint pain: located in kneecap" in justification["assertions"]
    assert "exposure: of exercise stair sprint" in justification["assertions"]
    axioms = [a["axiom"] for a in justification["axioms"]]
    assert any(a.startswith("'located in' o 'part of' SubPropertyOf") for a in axioms)
    assert any(a.startswith("involves o aggravates SubPropertyOf") for a in axioms)


@pytest.mark.parametrize("extra", [[], ["PainOnStairs"], ["KneeGrinding"], ["PainOnStairs", "KneeGrinding"]])
def test_a_union_needs_one_of_its_cases(ask, extra: list[str]) -> None:
    answer = ask(exposures=[{"exercise": "StairSprint"}], findings=present("KneePain", *extra))
    patterns = {p["pattern"] for p in hypothesis(answer, "KneecapPain")["patterns"]}
    assert patterns == ({"KneecapPattern"} if extra else set())


@pytest.mark.parametrize(
    ("tests", "recognised"),
    [
        (["PositiveTwistTest"], False),
        (["PositiveTwistTest", "JointLineTenderness"], True),
        (["JointLineTenderness", "PositiveDuckWalkTest"], True),
        (["PositiveTwistTest", "JointLineTenderness", "PositiveDuckWalkTest"], True),
    ],
)
def test_two_of_three_tests_are_recognised_and_count_once(ask, tests: list[str], recognised: bool) -> None:
    tear = hypothesis(ask(setting="clinic", findings=present(*tests)), "MeniscusTear")
    assert [p["pattern"] for p in tear["patterns"]] == (["MeniscusPattern"] if recognised else [])
    counted = [e["row"] for e in tear["evidence"] if e["counted"]]
    expected = ["K003"] if recognised else [r for r in ("K004",) if "JointLineTenderness" in tests]
    assert counted == expected


def test_denial_is_needed_for_a_pattern_that_denies(ask) -> None:
    asked = ask(findings=[*present("KneePain"), *absent("KneeLocking")])
    unknown = ask(findings=present("KneePain"))
    assert [p["pattern"] for p in hypothesis(asked, "NonSpecificKneePain")["patterns"]] == ["PlainKneePattern"]
    assert hypothesis(unknown, "NonSpecificKneePain")["patterns"] == []
    (against,) = hypothesis(asked, "MeniscusTear")["patterns"]
    assert (against["pattern"], against["relation"]) == ("PlainKneePattern", "arguesAgainst")


def test_left_and_right_are_both(ask) -> None:
    sides = [{"finding": "KneePain", "laterality": side} for side in ("Left", "Right")]
    found = hypothesis(ask(findings=sides), "KneecapPain")
    assert [(e["row"], e["likelihoodRatio"]) for e in found["evidence"] if e["counted"]] == [("K007", pytest.approx(2))]
    one = hypothesis(ask(findings=sides[:1]), "KneecapPain")
    assert [e["row"] for e in one["evidence"] if e["counted"]] == []


@pytest.mark.parametrize(("girth", "counted"), [(41.9, []), (42, ["K008"]), (50, ["K008"])])
def test_a_measured_value_makes_a_defined_finding(ask, girth: float, counted: list[str]) -> None:
    found = hypothesis(ask(findings=[{"finding": "KneeGirth", "value": girth}]), "SepticArthritis")
    assert [e["row"] for e in found["evidence"] if e["counted"]] == counted
    assert all(math.isclose(e["likelihoodRatio"], 5) for e in found["evidence"] if e["counted"])


@pytest.mark.parametrize("setting", [None, "gym", "clinic"])
def test_the_differential_is_the_arithmetic_that_it_shows(ask, setting: str | None) -> None:
    answer = ask(**SORE_KNEE, **({"setting": setting} if setting else {}))
    assert answer["setting"] == (setting or "gym")
    hypotheses = answer["differential"]
    assert {h["condition"] for h in hypotheses} == {
        "KneecapPain",
        "MeniscusTear",
        "SepticArthritis",
        "NonSpecificKneePain",
    }
    assert [h["rank"] for h in hypotheses] == [1, 2, 3, 4]
    assert math.isclose(sum(h["posttestProbability"] for h in hypotheses), 1, abs_tol=1e-12)
    reference = hypothesis(answer, "NonSpecificKneePain")

    def weight(h: Answer) -> float:
        return h["pretestProbability"] * math.prod(e["likelihoodRatio"] for e in h["evidence"] if e["counted"])

    for h in hypotheses:
        assert 0 <= h["interval"][0] <= h["posttestProbability"] <= h["interval"][1] <= 1
        odds = h["posttestProbability"] / reference["posttestProbability"]
        assert math.isclose(odds, weight(h) / weight(reference), rel_tol=1e-9)
    rows = {e["row"]: e["likelihoodRatio"] for e in hypothesis(answer, "KneecapPain")["evidence"] if e["counted"]}
    assert rows == {"K001": 5.0, "K002": 2.0}


def test_the_answer_names_its_release(ask, engine: Engine) -> None:
    reasoning = ask(findings=[])["reasoning"]
    assert reasoning["ontologyVersion"] == "9.8.7"
    assert reasoning["ontologyDigest"] == engine.digest
    assert reasoning["complete"] is True


# ---------------------------------------------------------------- the web


def test_the_server_gives_the_same_answer(client: FlaskClient, ask) -> None:
    response = client.post("/api/v1/assessments", json=SORE_KNEE)
    assert response.status_code == 200
    assert response.json == json.loads(json.dumps(ask(**SORE_KNEE)))


def test_the_form_offers_the_terms_of_this_ontology(client: FlaskClient, knee: Build) -> None:
    form = client.get("/api/v1/form").json
    assert form["settings"] == ["gym", "clinic"]
    assert [g["group"] for g in form["redFlagGroups"]] == ["JointInfectionRedFlag"]
    offered = {f["finding"] for f in form["findings"]}
    assert {"KneePain", "BilateralKneePain", "PositiveTwistTest"} <= offered
    assert {knee_iri(name) for name in offered} <= knee.ontology.classes
    assert [e["term"] for e in form["exercises"]] == ["StairSprint", "WaterRunning"]
    assert [f["term"] for f in form["faults"]] == ["InwardCollapse"]
    assert {"Limb", "KneeJoint", "Kneecap", "Meniscus"} == {a["term"] for a in form["locations"]}
    assert SORE_KNEE in [example["case"] for example in form["examples"]]


def test_the_page_and_sparql_work(client: FlaskClient) -> None:
    assert client.get("/").status_code == 200
    query = f"SELECT ?c WHERE {{ ?c <{v.RDFS}subClassOf> <{v.CONDITION}> FILTER(STRSTARTS(STR(?c), '{NAMESPACE}')) }}"
    response = client.get(
        "/sparql", query_string={"query": query}, headers={"Accept": "application/sparql-results+json"}
    )
    names = {row["c"]["value"].removeprefix(NAMESPACE) for row in json.loads(response.data)["results"]["bindings"]}
    assert names == {"KneecapPain", "MeniscusTear", "SepticArthritis", "NonSpecificKneePain"}


def test_a_term_of_the_other_body_part_is_unknown(client: FlaskClient) -> None:
    response = client.post("/api/v1/assessments", json={"findings": [{"finding": "LowBackPain"}]})
    assert response.status_code == 422
    (issue,) = response.json["issues"]
    assert (issue["code"], issue["path"]) == ("unknown-term", "/findings/0/finding")
    assert "low back" not in issue["remedy"].casefold()


# ---------------------------------------------------------------- nothing of the other body part


def split(text: str) -> list[str]:
    """The words of a text in lower case, names in camel case taken apart."""
    return re.findall(r"[a-z0-9]+", re.sub(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])", " ", text).casefold())


def vocabulary(graph: Graph) -> set[tuple[str, ...]]:
    """Local names, labels and synonyms of the classes of a graph, as word sequences."""
    found: set[tuple[str, ...]] = set()
    for cls in graph.instances(v.OWL_CLASS):
        if isinstance(cls, Iri):
            found.add(tuple(split(cls.local_name)))
            for prop in (v.RDFS_LABEL, v.EXACT_SYNONYM, v.RELATED_SYNONYM):
                found |= {tuple(split(o.value)) for o in graph.objects(cls, prop) if isinstance(o, Literal)}
    return found


ALSO_LUMBAR = {("back",), ("lumbar",), ("spine",), ("spinal",), ("sciatica",), ("disc",), ("herniation",), ("cauda",)}


@pytest.fixture(scope="module")
def lumbar_words() -> set[tuple[str, ...]]:
    """What names a term of the lumbar modules and stands in no file of the knee nor in core."""
    lumbar = [parse(f.read_bytes(), source=f.name) for f in sorted((ONTOLOGY / "lumbar").glob("*.ttl"))]
    words = set().union(*(vocabulary(Graph(triples)) for triples in lumbar)) | ALSO_LUMBAR
    files = (ONTOLOGY / "core.ttl", *(f for f in KNEE.rglob("*") if f.is_file()))
    own = {tuple(found.split()) for f in files for found in said_of(f.read_text("utf-8"), words)}
    assert not own & ALSO_LUMBAR
    assert len(words - own) > 1000
    return words - own


def said_of(text: str, words: set[tuple[str, ...]]) -> list[str]:
    said = split(text)
    longest = max(len(w) for w in words)
    runs = {tuple(said[i : i + n]) for n in range(1, longest + 1) for i in range(len(said) - n + 1)}
    return sorted(" ".join(w) for w in runs & words)


def test_the_search_finds_a_lumbar_word(lumbar_words: set[tuple[str, ...]]) -> None:
    assert said_of("possible DiscHerniation, felt in the low back", lumbar_words) == [
        "back",
        "disc",
        "disc herniation",
        "herniation",
        "low back",
    ]


CASES: dict[str, Answer] = {
    "sore knee": SORE_KNEE,
    "empty": {"findings": []},
    "red flag": {"findings": present("HotSwollenKnee", "KneePain")},
    "severe": {"age": 61, "sex": "male", "findings": [{"finding": "KneePain", "severity": 9, "course": "Worsening"}]},
    "tests": {"setting": "clinic", "findings": present("PositiveTwistTest", "JointLineTenderness", "KneeLocking")},
}


@pytest.mark.parametrize("case", CASES.values(), ids=CASES.keys())
def test_no_lumbar_word_is_in_any_form_of_the_answer(ask, case: Answer, lumbar_words: set[tuple[str, ...]]) -> None:
    answer = ask(**case)
    turtle = render_turtle(answer)
    graph = Graph(parse(turtle))
    assert len(graph.instances(Iri(v.LKG + "Hypothesis"))) == 4
    for text in (json.dumps(answer, ensure_ascii=False), render_text(answer), turtle.decode()):
        assert said_of(text, lumbar_words) == []


def test_no_lumbar_word_is_in_the_form(client: FlaskClient, lumbar_words: set[tuple[str, ...]]) -> None:
    assert said_of(client.get("/api/v1/form").get_data(as_text=True), lumbar_words) == []


def test_the_text_report_shows_triage_causes_and_reasons(ask) -> None:
    report = render_text(ask(**SORE_KNEE))
    assert "TRIAGE  SelfCare" in report
    assert " 1. kneecap pain syndrome" in report
    assert "row K001" in report
    assert "speaks for: kneecap pattern" in report
