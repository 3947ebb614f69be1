"""What the reconciliation service says of itself, in version 0.2 and in the draft of 1.0."""

from typing import Any

from govplan.config import VERSION, Settings
from govplan.namespaces import NS
from govplan.reconciliation.documents import Document, types_document
from govplan.reconciliation.entities import Catalogue
from govplan.reconciliation.extension import settings as column_settings

SUGGESTED = ("entity", "type", "property")
_PREVIEW = {"width": 420, "height": 260}


def manifest(catalogue: Catalogue, settings: Settings, root: str, language: str) -> Document:
    """Return the manifest of version 0.2; `root` is the address of the site, with its slash."""
    service = f"{root}reconcile"
    suggest = {
        kind: {
            "service_url": service,
            "service_path": f"/suggest/{kind}",
            "flyout_service_url": service,
            "flyout_service_path": f"/flyout/{kind}?id=${{id}}",
        }
        for kind in SUGGESTED
    }
    return {
        "versions": ["0.2"],
        **_common(catalogue, settings, root, language),
        "identifierSpace": settings.base,
        "schemaSpace": NS,
        "view": {"url": f"{service}/view?id={{{{id}}}}"},
        "preview": {"url": f"{service}/preview?id={{{{id}}}}", **_PREVIEW},
        "suggest": suggest,
        "extend": {
            "propose_properties": {"service_url": service, "service_path": "/extend/propose"},
            "property_settings": _settings(settings, {"id": "name", "name": "label", "help": "help_text"}),
        },
    }


def draft_manifest(catalogue: Catalogue, settings: Settings, root: str, language: str) -> Document:
    """Return the manifest of the draft; its other addresses follow from its own."""
    return {
        "versions": ["1.0-draft"],
        **_common(catalogue, settings, root, language),
        "lang": language,
        "standardizedScore": True,
        "view": {"url": f"{root}reconcile/view{{?id}}"},
        "preview": dict(_PREVIEW),
        "suggest": dict.fromkeys(SUGGESTED, True),
        "extend": {"proposeProperties": True, "propertySettings": _settings(settings, {"help": "helpText"})},
    }


def _common(catalogue: Catalogue, settings: Settings, root: str, language: str) -> Document:
    # Code lists are kinds too, but too many to choose from; they are suggested when typed.
    concept = settings.prefixes["skos"] + "Concept"
    usual = [kind for kind in catalogue.types.values() if kind.broader != concept]
    return {
        "name": f"govplan: {catalogue.label(settings.dataset_iri, language)[0]}",
        "documentation": root,
        "serviceVersion": VERSION,
        "batchSize": settings.batch_queries,
        "defaultTypes": types_document(catalogue, usual, language),
    }


def _settings(settings: Settings, names: dict[str, str]) -> list[dict[str, Any]]:
    """Return the settings of a column with their fields renamed as a version has them."""
    return [
        {names.get(name, name): value for name, value in each.items()} for each in column_settings(settings.languages)
    ]
