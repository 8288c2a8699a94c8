"""The two roles in PostgreSQL: the owner makes the tables, the application may do with each only what it needs."""
