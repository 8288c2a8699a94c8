"""The end of a term, as a column of a query."""

# The twin of agreements.terms.Term.ends_on: terms are counted from the first end, so the 31st stays the 31st; with
# `times` there are so many renewals at most.
TERM_END = """
CREATE FUNCTION term_end(first date, months integer, times integer, on_day date) RETURNS date
LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN CASE
    WHEN months IS NULL OR first IS NULL OR on_day <= first THEN first
    ELSE LEAST(
        (
            SELECT min((first + make_interval(months => months * number))::date)
            FROM generate_series(
                GREATEST((extract(year FROM age(on_day::timestamp, first::timestamp)) * 12
                    + extract(month FROM age(on_day::timestamp, first::timestamp)))::integer / months - 1, 0),
                (extract(year FROM age(on_day::timestamp, first::timestamp)) * 12
                    + extract(month FROM age(on_day::timestamp, first::timestamp)))::integer / months + 2
            ) AS number
            WHERE (first + make_interval(months => months * number))::date >= on_day
        ),
        (first + make_interval(months => months * times))::date,
        DATE '9000-12-31'
    )
END;
"""
