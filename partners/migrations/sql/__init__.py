"""What the migrations of this app ask of PostgreSQL in its own words. Changed by a new migration, never here."""
