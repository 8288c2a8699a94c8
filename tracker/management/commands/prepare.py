"""Bring the database to this version and load the reference lists, in one start of the interpreter."""

from __future__ import annotations

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.conf import settings
from django.contrib.auth.hashers import make_password
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError
from django.db import transaction
from django.utils import timezone

from agreements.acts import Act
from agreements.examples import generating
from agreements.exchange.files import rows_of
from agreements.exchange.loading import EXAMPLES, REFERENCE, load
from agreements.register.models import Agreement, Share
from agreements.register.rules import steps
from agreements.tasks import keep_commitments
from partners.models import Desk, Membership, Organisation, User
from tracker.database.weaknesses import refuse_weak_role
from tracker.tasks import learn_words

SEEDS = Path(settings.BASE_DIR) / "seeds"
DEMO_PASSWORD = "demo-2026"  # noqa: S105  (exists on a demonstration alone)


class Command(BaseCommand):
    help = (
        "Migrate as the owner, give the application its rights, and load the reference lists. "
        "--with-examples adds the agreements of published documents, --demo the sign-ins of a demonstration too."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--demo", action="store_true")
        parser.add_argument("--with-examples", action="store_true")
        parser.add_argument("--examples", type=int, default=0, metavar="N", help="make up so many agreements, once")
        parser.add_argument("--welcome", metavar="ADDRESS", help="only print the address and the demo sign-ins")

    def handle(self, *args: Any, **options: Any) -> None:
        if options["welcome"]:
            self._welcome(options["welcome"])
            return
        if not (settings.DATABASE_OWNER or settings.LOCAL):
            raise CommandError("DATABASE_OWNER_URL is not set: postgres://owner@host:5432/name, who makes the tables.")
        call_command("migrate", verbosity=0, interactive=False)
        refuse_weak_role()
        # A ministry's register begins empty: countries, sectors, procedures and rules, and not one fact.
        with_examples = options["with_examples"] or settings.DEMO
        outcome = load(SEEDS if with_examples else SEEDS / REFERENCE, on=timezone.localdate())
        keep_commitments()
        learn_words()
        self.stdout.write(
            f"{'bundled data' if with_examples else 'reference lists'}: {outcome.changes} records new or changed"
        )
        if options["demo"]:
            if not settings.DEMO:
                raise CommandError("Demo sign-ins have a known password: they need DEMO=on.")
            self._demo(rows_of(SEEDS / EXAMPLES / "demo.yaml"))
        if options["examples"] and not generating.exist():
            call_command("generate", agreements=options["examples"])

    @transaction.atomic
    def _demo(self, demo: dict[str, Any]) -> None:
        today = timezone.localdate()
        missing = [row for row in demo["users"] if not User.objects.filter(email=row["email"]).exists()]
        # Hashed once: that is slow by intention, and the password is the same.
        password = make_password(DEMO_PASSWORD) if missing else ""
        for row in missing:
            fields = {name: row[name] for name in ("name", "role", "language")}
            user = User.objects.create(email=row["email"], password=password, **fields)
            user.desks.set(Desk.objects.filter(code__in=row.get("desks", [])))
            for organisation in Organisation.objects.filter(code__in=row.get("organisations", [])):
                Membership.objects.create(user=user, organisation=organisation, from_on=today)
        for desk, email in demo["owners"].items():
            owner = User.objects.get(email=email)
            Agreement.objects.filter(desk__code=desk, owner=None).update(owner=owner)
        for row in demo["shares"]:
            agreement = Agreement.objects.get(ref=row["agreement"])
            organisation = Organisation.objects.get(code=row["organisation"])
            if not Share.objects.filter(agreement=agreement, organisation=organisation).exists():
                given = Share.objects.create(agreement=agreement, organisation=organisation)
                steps.write(Act.SHARE, agreement, None, on=today, about=given, reason=str(organisation))

    def _welcome(self, address: str) -> None:
        rows = rows_of(SEEDS / EXAMPLES / "demo.yaml")["users"] if settings.DEMO else []
        width = max((len(row["email"]) for row in rows), default=0)
        people = "\n".join(f"      {row['role']:<9} {row['email']:<{width}}" for row in rows)
        self.stdout.write(
            f"\n    {address}\n\n    Sign in with the password {DEMO_PASSWORD} as\n{people}\n\n"
            f"    Mails that would have left: {address}/mails/\n    Stop with Ctrl-C.\n"
        )
