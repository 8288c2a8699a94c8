"""The words that titles and names are made of: by them a slip of the finger is told from a word nobody has used."""

from __future__ import annotations

from django.contrib.postgres.indexes import GinIndex
from django.db import models
from django.utils.translation import gettext_lazy as _


class Word(models.Model):
    """A folded word, and in how many titles and names it stands. It says of no record that it exists."""

    word = models.CharField(_("word"), max_length=60, primary_key=True)
    times = models.PositiveIntegerField(_("times"))

    class Meta:
        verbose_name = _("word")
        verbose_name_plural = _("words")
        indexes = (
            GinIndex(fields=["word"], opclasses=["gin_trgm_ops"], name="word_trigrams"),
            models.Index(fields=["word"], opclasses=["text_pattern_ops"], name="word_beginning"),
        )

    def __str__(self) -> str:
        return self.word
