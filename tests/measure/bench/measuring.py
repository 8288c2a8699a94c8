"""Asks each side for each work, turn by turn, and says of each line whether it reaches what is aimed at."""

from __future__ import annotations

import itertools
import statistics
from collections.abc import Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from datetime import date
from typing import Any

from allauth.mfa.models import Authenticator
from django.db import connection
from django.test import Client

from partners.models import ApiToken, User
from tests.measure import files, registers
from tests.measure.bench.serving import Server
from tests.measure.bench.works import ADMIN, CHANGE_LIST, FIRST, WORKS, Values, Work, bodies

WARM = 6  # of each side before it counts: every worker has answered then, mostly
MOST_MB, MOST_GROWTH = 130, 1.1
ALL_AT_ONCE = 4
BACKEND = "allauth.account.auth_backends.AuthenticationBackend"
HEAD = ("| work | ours ms | p95 | limit ms | DRF ms | times | target | |", "|---|---|---|---|---|---|---|---|")


def verdict(*held: bool) -> str:
    return "PASS" if all(held) else "FAIL"


class Bench:
    """Who asks, and what was found so far."""

    def __init__(self, servers: Mapping[str, Server], admin: str, *, turns: int) -> None:
        self.servers, self.turns, self.values = servers, turns, Values.read()
        asks = User.objects.get(email=registers.MANAGER)
        Authenticator.objects.create(user=asks, type="totp", data={"secret": "x"})
        self.manager = User.objects.get(pk=asks.pk)  # with its credentials as they are now
        self.auditor = User.objects.get(email=registers.AUDITOR)
        client = Client()
        client.force_login(self.manager, backend=BACKEND)
        _token, key = ApiToken.issue(self.manager, name="measured", read_only=False, expires_on=date(2099, 1, 1))
        self.key = {"Authorization": f"Bearer {key}"}
        self.session = {"Cookie": f"sessionid={client.cookies['sessionid'].value}"}
        self.admin = {"Cookie": f"sessionid={admin}"}
        self.middle: dict[str, float] = {}
        self.new = itertools.count(1)
        connection.close()

    def works(self, only: str) -> Iterator[str]:
        yield from HEAD
        admin = self._alone(CHANGE_LIST)
        self.middle[ADMIN] = statistics.median(admin)
        yield f"| {ADMIN} | | | | {self.middle[ADMIN]:.1f} | | | |"
        for work in WORKS:
            if any(part in work.name for part in only.split(",")) or work is FIRST:
                yield self._line(work)

    def _alone(self, work: Work) -> list[float]:
        path = work.ours(self.values, 0)
        times = [self.servers["drf"].ask(path, headers=self.admin)[0] for _turn in range(WARM + self.turns)]
        return times[WARM:]

    def _line(self, work: Work) -> str:
        times = self._times(work)
        middle = {side: statistics.median(some) for side, some in times.items()}
        self.middle[work.name] = middle["ours"]
        high = statistics.quantiles(times["ours"], n=20)[-1]
        over = middle.get("limit", 0) if work.over == "limit" else self.middle[work.over]
        ratio = middle["ours"] / over
        beside = "" if work.over == "limit" else f" {work.over}"
        aims = [f"{work.most:g} x{beside}"] if work.most else []
        aims += [f"p95 {work.p95:g}"] if work.p95 else []
        held = verdict(work.most is None or ratio <= work.most, work.p95 is None or high <= work.p95)
        others = " | ".join(f"{middle[side]:.1f}" if side in middle else "" for side in ("limit", "drf"))
        return (
            f"| {work.name} | {middle['ours']:.1f} | {high:.0f} | {others} | {ratio:.2f} | {', '.join(aims)} | {held} |"
        )

    def _times(self, work: Work) -> dict[str, list[float]]:
        """Of each side that does it; in turns, so that what else the machine does meets all alike."""
        ways = {"ours": work.ours, "limit": work.limit, "drf": work.drf}
        times: dict[str, list[float]] = {side: [] for side, way in ways.items() if way}
        for turn in range(WARM + self.turns):
            for side, some in times.items():
                took = self._ask(side, work, ways[side], turn)
                if turn >= WARM:
                    some.append(took)
        return times

    def _ask(self, side: str, work: Work, way: Any, turn: int) -> float:
        headers = {} if side != "ours" else self.key if work.by_key else self.session
        path, body = way(self.values, turn), None
        if work.body:
            headers = headers | {"Content-Type": "application/json"}
            body = bodies(work.body(self.values, next(self.new)))[side]
        return self.servers[side].ask(path, headers=headers, body=body)[0]

    def files(self) -> Iterator[str]:
        """Lists as files, in this process: a worker writes the long ones."""
        for name, value, most in files.figures(self.auditor.viewer()):
            yield f"| {name} | | | | | {value:.2f} | {most:g} | {verdict(value <= most)} |"
        connection.close()

    def memory(self, requests: int) -> Iterator[str]:
        """Of a process of the web in the middle and at the end of many requests of every kind."""
        asked = itertools.cycle([work for work in WORKS if not work.body])
        server, found = self.servers["ours"], []
        for _half in range(2):
            works = list(itertools.islice(asked, requests // 2))
            with ThreadPoolExecutor(ALL_AT_ONCE) as pool:
                list(pool.map(lambda one: self._ask("ours", one[1], one[1].ours, one[0]), enumerate(works)))
            found.append(server.megabytes())
        half, end = found
        name = f"MB of a web process after {requests:,} requests ({half:.0f} after half)"
        held = verdict(end <= MOST_MB, end <= half * MOST_GROWTH)
        yield f"| {name} | | | | | {end:.0f} | {MOST_MB} | {held} |"
