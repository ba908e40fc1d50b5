"""What the tests of ACLED are made of."""

import json

ROW = {
    "event_id_cnty": "IRQ12345",
    "event_date": "2026-11-20",
    "time_precision": "1",
    "disorder_type": "Political violence",
    "event_type": "Battles",
    "sub_event_type": "Armed clash",
    "actor1": "Islamic State",
    "assoc_actor_1": "",
    "actor2": "Military Forces of Iraq",
    "assoc_actor_2": "Tribal Militia; Police",
    "country": "Iraq",
    "admin1": "Diyala",
    "location": "Muqdadiyah",
    "latitude": "33.9786",
    "longitude": "44.9369",
    "source": "Iraqi News Agency",
    "notes": "On 20 November 2026, gunmen clashed with soldiers.",
    "fatalities": "3",
    "tags": "",
    "timestamp": "1795564800",
}


def page(*rows: dict[str, str]) -> bytes:
    """A page of the API with these rows."""
    return json.dumps({"success": True, "count": len(rows), "data": rows}).encode()
