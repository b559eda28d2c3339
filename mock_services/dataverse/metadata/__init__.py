"""What an organisation says of its own tables: `EntityDefinitions` and their kin, `$metadata`, and their changes."""

from mock_services.dataverse.metadata.routes import ROOTS, answer

__all__ = ["ROOTS", "answer"]
