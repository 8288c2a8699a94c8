"""Text as it is searched and sorted. Generated columns use these functions, so they stand before all tables."""

# unaccent() is only STABLE, as its rules could be edited; with the dictionary named it may stand in indexes.
FOLD = """
CREATE FUNCTION fold(value text) RETURNS text LANGUAGE sql IMMUTABLE PARALLEL SAFE STRICT
RETURN lower(public.unaccent('public.unaccent'::regdictionary, normalize(value, NFC)));
"""

WORDS = r"""
CREATE FUNCTION words(value text) RETURNS text[] LANGUAGE sql IMMUTABLE PARALLEL SAFE STRICT
RETURN string_to_array(btrim(regexp_replace(value, '\W+', ' ', 'g')), ' ');
"""

# '{' and '|' follow 'z': ă sorts after every word in a and before b. Tones decide only between equals, in the order of
# Vietnamese dictionaries: level, falling (1), asking (2), tumbling (3), rising (4), heavy (5). The first 200 letters do.
VIETNAMESE_ORDER = r"""
CREATE FUNCTION vietnamese_order(value text) RETURNS text LANGUAGE sql IMMUTABLE PARALLEL SAFE STRICT
RETURN replace(replace(replace(replace(replace(replace(replace(
    normalize(translate(normalize(left(lower(value), 200), NFD), E'\u0300\u0301\u0303\u0309\u0323', ''), NFC),
    'ă', 'a{'), 'â', 'a|'), 'đ', 'd{'), 'ê', 'e{'), 'ô', 'o{'), 'ơ', 'o|'), 'ư', 'u{')
    || ' ' || translate(
        regexp_replace(normalize(left(value, 200), NFD), E'[^\\s\u0300\u0309\u0303\u0301\u0323]', '', 'g'),
        E'\u0300\u0309\u0303\u0301\u0323', '12345'
    );
"""
