"""What the tests of GDELT are made of."""

import io
import zipfile

from services.ingest.domain.gdelt.columns import COLUMNS

ROW = {
    "GLOBALEVENTID": "1275",
    "SQLDATE": "20261126",
    "Actor1Code": "IRQREB",
    "Actor1Name": "MILITIA",
    "Actor2Code": "USA",
    "Actor2Name": "UNITED STATES",
    "EventCode": "190",
    "EventRootCode": "19",
    "QuadClass": "4",
    "GoldsteinScale": "-10.0",
    "NumMentions": "4",
    "NumSources": "1",
    "NumArticles": "4",
    "AvgTone": "-5.25",
    "ActionGeo_FullName": "Baghdad, Baghdad, Iraq",
    "ActionGeo_CountryCode": "IZ",
    "ActionGeo_ADM1Code": "IZ07",
    "ActionGeo_Lat": "33.3386",
    "ActionGeo_Long": "44.3939",
    "DATEADDED": "20261126120000",
    "SOURCEURL": "https://news.example/1",
}


def row(**changes: str) -> bytes:
    """One row of a file."""
    values = ROW | changes
    return "\t".join(values.get(name, "") for name in COLUMNS).encode() + b"\n"


def packed(content: bytes, method: int = zipfile.ZIP_DEFLATED) -> bytes:
    """A ZIP archive with one file."""
    raw = io.BytesIO()
    with zipfile.ZipFile(raw, "w", method) as archive:
        archive.writestr("20261126120000.export.CSV", content)
    return raw.getvalue()
