"""The end of a term, as a column of a query."""

# The twin of agreements.terms.Term.ends_on: terms are counted from the first end, so the 31st stays the 31st; with
# `times` there are so many renewals at most. The term is the first that ends in the day's month or after it, or the
# next one where that month's day is over. PL/pgSQL: asked of the end of another term, a function in SQL is either put
# in as often as it names its day, or prepared anew for each row. `term_turn` is the end of the term so many terms after
# the one that runs on a day, and null where there is none any more.
TERM_END = """
CREATE FUNCTION term_end(first date, months integer, times integer, on_day date) RETURNS date
LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE COST 10 AS $$
DECLARE
    gone integer; -- months of the calendar
    term integer;
    found date;
BEGIN
    IF first IS NULL OR months IS NULL OR months = 0 OR on_day <= first THEN
        RETURN first;
    END IF;
    gone := (extract(year FROM on_day) - extract(year FROM first)) * 12
        + extract(month FROM on_day) - extract(month FROM first);
    term := (gone + months - 1) / months;
    found := first + make_interval(months => months * term);
    IF found < on_day THEN
        found := first + make_interval(months => months * (term + 1));
    END IF;
    RETURN LEAST(found, first + make_interval(months => months * times), DATE '9000-12-31');
END;
$$;
CREATE FUNCTION term_turn(first date, months integer, times integer, on_day date, later integer) RETURNS date
LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE COST 10 AS $$
DECLARE
    gone integer;
    term integer := 0;
BEGIN
    IF first IS NULL OR months IS NULL OR months = 0 OR on_day IS NULL THEN
        RETURN NULL;
    END IF;
    IF on_day > first THEN
        gone := (extract(year FROM on_day) - extract(year FROM first)) * 12
            + extract(month FROM on_day) - extract(month FROM first);
        term := (gone + months - 1) / months;
        IF first + make_interval(months => months * term) < on_day THEN
            term := term + 1;
        END IF;
    END IF;
    IF term + later > times THEN
        RETURN NULL;
    END IF;
    RETURN LEAST(first + make_interval(months => months * (term + later)), DATE '9000-12-31');
END;
$$
"""
