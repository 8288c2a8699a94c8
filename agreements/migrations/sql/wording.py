"""The digest of a promise, as a column of its commitment."""

# What a partner confirms: a change of any of these gives another digest, and the confirmation lapses.
WORDING_HASH = """
CREATE FUNCTION wording_hash(
    title_vi text, title_en text, text_vi text, text_en text, direction text, due date, due_precision text
) RETURNS text LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN encode(sha256(convert_to(
    title_vi || chr(31) || title_en || chr(31) || text_vi || chr(31) || text_en || chr(31) || direction || chr(31)
        || COALESCE((due - date '2000-01-01')::text || due_precision, ''),
    'UTF8'
)), 'hex');
"""
