"""The tables of `tables.py`, as Django's models."""

from __future__ import annotations

from django.db import models


class Country(models.Model):
    code = models.TextField()
    name_vi = models.TextField()
    name_en = models.TextField()

    class Meta:
        app_label, managed, db_table = "peer", False, "country"

    def __str__(self) -> str:
        return self.name_en


class Organisation(models.Model):
    code = models.TextField()
    name_vi = models.TextField()
    name_en = models.TextField()
    country = models.ForeignKey(Country, models.PROTECT, null=True)

    class Meta:
        app_label, managed, db_table = "peer", False, "organisation"


class Agreement(models.Model):
    ref = models.CharField(max_length=40)
    title_vi = models.CharField(max_length=500)
    title_en = models.CharField(max_length=500)
    kind = models.CharField(max_length=30)
    stage = models.CharField(max_length=30)
    country = models.ForeignKey(Country, models.PROTECT, null=True)
    signed_on = models.DateField(null=True)
    expires_on = models.DateField(null=True)
    keeper = models.CharField(max_length=100, blank=True)
    summary = models.TextField(blank=True)

    class Meta:
        app_label, managed, db_table = "peer", False, "agreement"

    def __str__(self) -> str:
        return self.title_en


class Party(models.Model):
    agreement = models.ForeignKey(Agreement, models.CASCADE, related_name="participants")
    organisation = models.ForeignKey(Organisation, models.PROTECT)
    role = models.CharField(max_length=30)

    class Meta:
        app_label, managed, db_table = "peer", False, "party"


class Commitment(models.Model):
    agreement = models.ForeignKey(Agreement, models.CASCADE, related_name="commitments")
    ref = models.CharField(max_length=40)
    title_vi = models.CharField(max_length=500, blank=True)
    title_en = models.CharField(max_length=500, blank=True)
    delivery = models.CharField(max_length=30, default="planned")
    health = models.CharField(max_length=30, blank=True)
    due_on = models.DateField(null=True)
    keeper = models.CharField(max_length=100, blank=True)

    class Meta:
        app_label, managed, db_table = "peer", False, "commitment"
