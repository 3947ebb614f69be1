"""Things with their properties: in which order a page shows them, and by which number."""

from govplan.namespaces import NS
from govplan.readmodel.things import Said, Sheet


def _thing(**values: str) -> dict[str, list[Said]]:
    terms = {"rdf:type": f"{NS}Action", **values}
    return {name: [Said({"type": "literal", "value": value}, "urn:graph")] for name, value in terms.items()}


def test_order_of_the_source() -> None:
    """Things come as the source arranges them, whatever its numbers look like; without a place they come last."""
    things = {
        "urn:a": _thing(),
        "urn:b": _thing(order="10", sourceNumber="2.10"),
        "urn:c": _thing(order="9", sourceNumber="II, b)"),
        "urn:d": _thing(order="beyond"),
        "urn:e": _thing(order="1"),
    }
    sheet = Sheet(things)

    assert ["urn:e", "urn:c", "urn:b", "urn:a", "urn:d"] == sheet.of_kind("Action")
    assert ["", "2.10", "II, b)"] == [sheet.number(thing) for thing in ("urn:a", "urn:b", "urn:c")]
