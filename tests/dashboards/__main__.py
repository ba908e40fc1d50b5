"""`python -m tests.dashboards`: pictures of the dashboards, of a site under a little load."""

import sys
import tempfile
import time
from contextlib import closing
from pathlib import Path

from deploy.grafana.build import DASHBOARDS
from tests.dashboards.drawing import draw_dashboard
from tests.dashboards.prometheus import NoPrometheus
from tests.dashboards.site import Site, run_site
from tests.parts import topics
from tests.parts.child import ROOT
from tests.parts.kafka import KafkaNode
from tests.parts.pipeline import name_servers
from tests.parts.redis_server import RedisNode

PICTURES = ROOT / "docs" / "pictures"
PREFIX = "pictures."
ROUNDS, REPORTS, PAUSE = 12, 40, 3.0


def main() -> int:
    """Write a PNG for each dashboard; 1 where Prometheus is missing."""
    try:
        with closing(KafkaNode.create()) as kafka, closing(RedisNode.create()) as redis:
            kafka.start()
            redis.start()
            topics.create(kafka.bootstrap, PREFIX)
            with tempfile.TemporaryDirectory() as folder:
                _draw_all(kafka.bootstrap, redis.url(), Path(folder))
    except NoPrometheus as missing:
        sys.stderr.write(f"{missing}\n")
        return 1
    return 0


def _draw_all(bootstrap: str, redis_url: str, folder: Path) -> None:
    PICTURES.mkdir(parents=True, exist_ok=True)
    with run_site(name_servers(bootstrap, PREFIX, redis_url), folder) as site:
        began = time.time()
        _load(site)
        span = (began, time.time())
        for spec in DASHBOARDS:
            draw_dashboard(PICTURES / f"{spec.uid}.png", spec, site.prometheus, span)


def _load(site: Site) -> None:
    """Load that swells and ebbs; what fires is judged half way."""
    for number in range(ROUNDS):
        site.load(REPORTS if number % 4 else REPORTS * 3)
        if number == ROUNDS // 2:
            site.judge_alerts()
        time.sleep(PAUSE)


if __name__ == "__main__":
    sys.exit(main())
