# One image for web, worker and beat. Pins and hashes come from requirements/app.txt.
FROM python:3.13-slim-bookworm

ENV PYTHONUNBUFFERED=1 COLLECTED_STATIC=on STATIC_ROOT=/srv/static MEDIA_ROOT=/srv/media
WORKDIR /srv/app
# For papers as PDF: as wide as Times New Roman, which is not free.
RUN apt-get update && apt-get install -y --no-install-recommends fonts-croscore && rm -rf /var/lib/apt/lists/*
COPY requirements/app.txt requirements/app.txt
RUN pip install --no-cache-dir --require-hashes -r requirements/app.txt
COPY manage.py ./
COPY tracker tracker
COPY agreements agreements
COPY partners partners
COPY seeds seeds
# Settings refuse to start without these; collecting files touches none of them.
RUN SECRET_KEY=only-to-collect-the-static-files-at-build-time DATABASE_URL=postgres://x:x@x/x \
    CELERY_BROKER_URL=redis://x BASE_URL=https://build.invalid ALLOWED_HOSTS=build.invalid \
    EMAIL_URL=smtp://build.invalid MAIL_FROM=build@build.invalid \
    python manage.py collectstatic --noinput \
 && useradd --system --uid 10001 tracker && mkdir -p /srv/media /srv/anchor \
 && chown tracker /srv/media /srv/anchor
USER tracker
EXPOSE 8000
CMD ["gunicorn", "tracker.wsgi", "--bind", "0.0.0.0:8000", "--workers", "3", "--threads", "4", "--timeout", "60", "--graceful-timeout", "30", "--no-control-socket"]
