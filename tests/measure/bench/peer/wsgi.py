"""gunicorn tests.measure.bench.peer.wsgi"""

from __future__ import annotations

import os

from django.core.wsgi import get_wsgi_application

os.environ["DJANGO_SETTINGS_MODULE"] = "tests.measure.bench.peer.settings"
application = get_wsgi_application()
