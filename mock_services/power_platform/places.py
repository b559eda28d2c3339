"""Where the Power Platform's regions lie, in the words of its APIs."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Place:
    """Where a Dataverse region lies, in the admin API's and in discovery's words."""

    location: str
    azure_region: str
    geo: str
    discovery_region: str
    flow: str


# Locations as the admin API spells them (Terraform provider fixtures; Power Platform "regions overview"), discovery
# regions as in MicrosoftDocs/powerapps-docs discovery pages; Azure regions are one of each location's pair.
PLACES: dict[str, Place] = {
    "crm": Place("unitedstates", "westus", "US", "NA", "unitedstates"),
    "crm2": Place("southamerica", "brazilsouth", "SA", "SAM", "southamerica"),
    "crm3": Place("canada", "canadacentral", "CA", "CAN", "canada"),
    "crm4": Place("europe", "northeurope", "EU", "EMEA", "emea"),
    "crm5": Place("asia", "southeastasia", "AS", "APAC", "asia"),
    "crm6": Place("australia", "australiaeast", "AU", "OCE", "australia"),
    "crm7": Place("japan", "japaneast", "JP", "JPN", "japan"),
    "crm8": Place("india", "centralindia", "IN", "IND", "india"),
    "crm11": Place("unitedkingdom", "uksouth", "UK", "GBR", "unitedkingdom"),
    "crm12": Place("france", "francecentral", "FR", "FRA", "france"),
    "crm14": Place("southafrica", "southafricanorth", "ZA", "ZAF", "southafrica"),
    "crm15": Place("unitedarabemirates", "uaenorth", "AE", "UAE", "unitedarabemirates"),
    "crm16": Place("germany", "germanywestcentral", "DE", "GER", "germany"),
    "crm17": Place("switzerland", "switzerlandnorth", "CH", "CHE", "switzerland"),
    "crm19": Place("norway", "norwayeast", "NO", "NOR", "norway"),
    "crm20": Place("singapore", "southeastasia", "SG", "SGP", "singapore"),
    "crm21": Place("korea", "koreacentral", "KR", "KOR", "korea"),
}

ANYWHERE = PLACES["crm"]


def place_of(region: str | None) -> Place:
    """The place of a region's part of a Dataverse host (`crm4`); the United States for one that is not known."""
    return PLACES.get(region or "crm", ANYWHERE)
