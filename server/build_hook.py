"""What hatchling cannot say in pyproject.toml: `sources` moves folders only, so govplan.toml is moved here."""

from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface


class ProjectFile(BuildHookInterface[Any]):
    """Puts govplan.toml beside the other files of the built-in plan project."""

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """Move the file in a wheel; an editable install reads the repository and must not keep a copy."""
        if version != "editable":
            build_data["force_include"]["govplan.toml"] = "govplan/project/govplan.toml"
