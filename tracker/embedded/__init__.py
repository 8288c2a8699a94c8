"""The servers and processes behind `dev.py`: embedded PostgreSQL and Valkey, and the supervisor.

Nothing here is imported by the application, and production never runs it.
"""
