"""What is known of partners beside their names: people, relations, figures, assessments. To be read by programs."""

from __future__ import annotations

from typing import ClassVar

from partners.models import (
    Absence,
    Assessment,
    Country,
    Figure,
    FocalPoint,
    Organisation,
    Person,
    Relation,
    Sector,
    User,
)
from partners.serializing import CodeField, KeyField, RecordSerializer
from partners.viewsets import READ_BY_STAFF, NumberedViewSet


class PersonSerializer(RecordSerializer):
    organisation = CodeField(allow_null=True)

    class Meta:
        model = Person
        fields = (
            "id", "name", "organisation", "title_vi", "title_en", "email", "phone", "aliases", "updated_at", "version",
        )  # fmt: skip


class FocalPointSerializer(RecordSerializer):
    person = KeyField(lambda: Person, "person")
    organisation = CodeField()
    sector = CodeField(allow_null=True)

    class Meta:
        model = FocalPoint
        fields = ("id", "person", "organisation", "sector", "from_on", "to_on", "updated_at", "version")


class AssessmentSerializer(RecordSerializer):
    organisation = CodeField()

    class Meta:
        model = Assessment
        fields = (
            "id", "organisation", "risk", "text_vi", "text_en", "assessed_on", "valid_until_on", "updated_at",
            "version",
        )  # fmt: skip


class OneRelationSerializer(RecordSerializer):
    country = CodeField()

    class Meta:
        model = Relation
        fields = (
            "id", "country", "level", "field_vi", "field_en", "since_on", "since_precision", "updated_at", "version",
        )  # fmt: skip


class OneFigureSerializer(RecordSerializer):
    country = CodeField()

    class Meta:
        model = Figure
        fields = (
            "id", "country", "key", "name_vi", "name_en", "value", "unit", "qualifier", "as_of", "precision",
            "updated_at", "version",
        )  # fmt: skip


class AbsenceSerializer(RecordSerializer):
    user = KeyField(lambda: User, "user", help_text="number of who is away")
    deputy = KeyField(lambda: User, "deputy", help_text="number of who stands in")

    class Meta:
        model = Absence
        fields = ("id", "user", "deputy", "from_on", "to_on", "updated_at", "version")


class KnownViewSet(NumberedViewSet):
    """Rows that are kept in the administration, or on a page."""

    declared = READ_BY_STAFF


class PersonViewSet(KnownViewSet):
    """People at organisations. Two that are one are merged on a page."""

    records = Person
    serializer_class = PersonSerializer
    by_record: ClassVar = {"organisation": (Organisation, "code", "organisation")}
    searches = True


class FocalPointViewSet(KnownViewSet):
    """Who answers for an organisation in a matter, from a day to a day."""

    records = FocalPoint
    serializer_class = FocalPointSerializer
    by_record: ClassVar = {
        "organisation": (Organisation, "code", "organisation"), "sector": (Sector, "code", "sector"),
        "person": (Person, "pk", "person"),
    }  # fmt: skip


class AssessmentViewSet(KnownViewSet):
    """How the risk of working with an organisation was judged."""

    records = Assessment
    serializer_class = AssessmentSerializer
    by_record: ClassVar = {"organisation": (Organisation, "code", "organisation")}


class RelationViewSet(KnownViewSet):
    """Levels of relations with countries, each from a day on."""

    records = Relation
    serializer_class = OneRelationSerializer
    by_record: ClassVar = {"country": (Country, "code", "country")}
    by_choice = ("level",)


class FigureViewSet(KnownViewSet):
    """Sourced numbers about countries."""

    records = Figure
    serializer_class = OneFigureSerializer
    by_record: ClassVar = {"country": (Country, "code", "country")}


class AbsenceViewSet(KnownViewSet):
    """Who is away from a day to a day, and who stands in. It is said on one's profile page."""

    records = Absence
    serializer_class = AbsenceSerializer
