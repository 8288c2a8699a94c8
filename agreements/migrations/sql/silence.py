"""Days of periods, and since when nothing was heard of a commitment: one definition, for lists and for tallies."""

from __future__ import annotations

from django.conf import settings

PERIOD_END = """
CREATE FUNCTION period_end(day date, precision_of_it varchar) RETURNS date LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN CASE precision_of_it
    WHEN 'year' THEN make_date(extract(year FROM day)::integer, 12, 31)
    WHEN 'quarter' THEN (date_trunc('quarter', day::timestamp) + interval '3 months' - interval '1 day')::date
    WHEN 'month' THEN (date_trunc('month', day::timestamp) + interval '1 month' - interval '1 day')::date
    ELSE day
END;
"""
# Of an event of which a period is known: its end, or its beginning while the period runs; nothing where it is to come.
HAPPENED_ON = """
CREATE FUNCTION happened_on(day date, precision_of_it varchar, until date) RETURNS date
LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN CASE
    WHEN period_end(day, precision_of_it) <= until THEN period_end(day, precision_of_it)
    WHEN date_trunc(precision_of_it, day::timestamp)::date <= until
        THEN date_trunc(precision_of_it, day::timestamp)::date
END;
"""
# The day of entry is the capital's.
SILENT_SINCE = f"""
CREATE FUNCTION silent_since(heard date, concluded date, precision_of_it varchar, entered timestamptz) RETURNS date
LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN coalesce(
    heard, period_end(concluded, precision_of_it), (entered AT TIME ZONE '{settings.TIME_ZONE}')::date
);
"""
SILENCE = PERIOD_END + HAPPENED_ON + SILENT_SINCE
