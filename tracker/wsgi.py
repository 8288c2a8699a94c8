"""The web processes' entry point."""

import gc
import os

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("PROCESS", "web")  # with limits of time in the database; see the settings
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tracker.settings")
application = get_wsgi_application()
# What the application is made of lives as long as the process: looking through it for garbage only holds pages up.
gc.collect()
gc.freeze()
