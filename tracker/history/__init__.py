"""Who changed which value when, as PostgreSQL's triggers wrote it down. It observes; nothing imports it."""
