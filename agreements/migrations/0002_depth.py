import agreements.dates
import django.contrib.postgres.fields
import django.contrib.postgres.indexes
import django.core.validators
import django.db.models.deletion
import django.db.models.functions.text
import partners.folding
import pgtrigger.compiler
import pgtrigger.migrations
from django.conf import settings
from django.db import migrations, models
from partners.migrating import Together

# The twin of agreements.terms.Term.ends_on: terms are counted from the first end, so the 31st stays the 31st.
TERM_END = """
CREATE FUNCTION term_end(first date, months integer, on_day date) RETURNS date LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN CASE
    WHEN months IS NULL OR first IS NULL OR on_day <= first THEN first
    ELSE (
        SELECT min((first + make_interval(months => months * number))::date)
        FROM generate_series(
            GREATEST((extract(year FROM age(on_day::timestamp, first::timestamp)) * 12
                + extract(month FROM age(on_day::timestamp, first::timestamp)))::integer / months - 1, 0),
            (extract(year FROM age(on_day::timestamp, first::timestamp)) * 12
                + extract(month FROM age(on_day::timestamp, first::timestamp)))::integer / months + 2
        ) AS number
        WHERE (first + make_interval(months => months * number))::date >= on_day
    )
END;
"""


WORDS = r"""
CREATE FUNCTION words(value text) RETURNS text[] LANGUAGE sql IMMUTABLE PARALLEL SAFE STRICT
RETURN string_to_array(btrim(regexp_replace(value, '\W+', ' ', 'g')), ' ');
"""


class Migration(migrations.Migration):

    dependencies = [
        ('agreements', '0001_initial'),
        ('partners', '0002_depth'),
        ('pghistory', '0007_auto_20250421_0444'),
    ]

    operations = [
        migrations.RunSQL(TERM_END, "DROP FUNCTION term_end(date, integer, date)"),
        migrations.RunSQL(WORDS, "DROP FUNCTION words(text)"),
        Together([
            migrations.CreateModel(
                name='Amendment',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('created_at', models.DateTimeField(auto_now_add=True, verbose_name='created')),
                    ('updated_at', models.DateTimeField(auto_now=True, verbose_name='last change')),
                    ('version', models.PositiveIntegerField(default=1, editable=False, verbose_name='version')),
                    ('archived_at', models.DateTimeField(blank=True, editable=False, null=True, verbose_name='archived')),
                    ('archived_because', models.CharField(blank=True, max_length=300, verbose_name='archived because')),
                    ('number', models.PositiveSmallIntegerField(editable=False, verbose_name='number')),
                    ('kind', models.CharField(choices=[('amendment', 'Amendment'), ('extension', 'Extension'), ('renewal', 'Renewal')], default='amendment', max_length=10, verbose_name='kind')),
                    ('text_vi', models.TextField(blank=True, verbose_name='what changes, in Vietnamese')),
                    ('text_en', models.TextField(blank=True, verbose_name='what changes, in English')),
                    ('effective_on', models.DateField(blank=True, null=True, verbose_name='in effect from')),
                    ('effective_precision', models.CharField(choices=[('day', 'day'), ('month', 'month'), ('quarter', 'quarter'), ('year', 'year')], default=agreements.dates.Precision['DAY'], editable=False, max_length=7)),
                    ('changes', models.JSONField(blank=True, default=dict, editable=False, verbose_name='changes')),
                    ('stage', models.CharField(choices=[('draft', 'Draft'), ('in_review', 'In review'), ('approved', 'Approved, waits for its day'), ('applied', 'Applied'), ('withdrawn', 'Withdrawn')], default='draft', editable=False, max_length=10, verbose_name='stage')),
                    ('decided_at', models.DateTimeField(blank=True, editable=False, null=True)),
                    ('applied_at', models.DateTimeField(blank=True, editable=False, null=True)),
                    ('comment', models.TextField(blank=True, editable=False, verbose_name='comment')),
                ],
                options={
                    'verbose_name': 'amendment',
                    'verbose_name_plural': 'amendments',
                    'ordering': ('agreement', 'number'),
                },
            ),
            migrations.CreateModel(
                name='AmendmentEvent',
                fields=[
                    ('pgh_id', models.AutoField(primary_key=True, serialize=False)),
                    ('pgh_created_at', models.DateTimeField(auto_now_add=True)),
                    ('pgh_label', models.TextField(help_text='The event label.')),
                    ('id', models.BigIntegerField()),
                    ('created_at', models.DateTimeField(auto_now_add=True, verbose_name='created')),
                    ('updated_at', models.DateTimeField(auto_now=True, verbose_name='last change')),
                    ('version', models.PositiveIntegerField(default=1, editable=False, verbose_name='version')),
                    ('archived_at', models.DateTimeField(blank=True, editable=False, null=True, verbose_name='archived')),
                    ('archived_because', models.CharField(blank=True, max_length=300, verbose_name='archived because')),
                    ('number', models.PositiveSmallIntegerField(editable=False, verbose_name='number')),
                    ('kind', models.CharField(choices=[('amendment', 'Amendment'), ('extension', 'Extension'), ('renewal', 'Renewal')], default='amendment', max_length=10, verbose_name='kind')),
                    ('text_vi', models.TextField(blank=True, verbose_name='what changes, in Vietnamese')),
                    ('text_en', models.TextField(blank=True, verbose_name='what changes, in English')),
                    ('effective_on', models.DateField(blank=True, null=True, verbose_name='in effect from')),
                    ('effective_precision', models.CharField(choices=[('day', 'day'), ('month', 'month'), ('quarter', 'quarter'), ('year', 'year')], default=agreements.dates.Precision['DAY'], editable=False, max_length=7)),
                    ('changes', models.JSONField(blank=True, default=dict, editable=False, verbose_name='changes')),
                    ('stage', models.CharField(choices=[('draft', 'Draft'), ('in_review', 'In review'), ('approved', 'Approved, waits for its day'), ('applied', 'Applied'), ('withdrawn', 'Withdrawn')], default='draft', editable=False, max_length=10, verbose_name='stage')),
                    ('decided_at', models.DateTimeField(blank=True, editable=False, null=True)),
                    ('applied_at', models.DateTimeField(blank=True, editable=False, null=True)),
                    ('comment', models.TextField(blank=True, editable=False, verbose_name='comment')),
                ],
                options={
                    'abstract': False,
                },
            ),
            migrations.CreateModel(
                name='CalendarDay',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('created_at', models.DateTimeField(auto_now_add=True, verbose_name='created')),
                    ('updated_at', models.DateTimeField(auto_now=True, verbose_name='last change')),
                    ('version', models.PositiveIntegerField(default=1, editable=False, verbose_name='version')),
                    ('archived_at', models.DateTimeField(blank=True, editable=False, null=True, verbose_name='archived')),
                    ('archived_because', models.CharField(blank=True, max_length=300, verbose_name='archived because')),
                    ('on', models.DateField(unique=True, verbose_name='day')),
                    ('is_working', models.BooleanField(default=False, verbose_name='working day')),
                    ('name_vi', models.CharField(blank=True, max_length=120, verbose_name='name in Vietnamese')),
                    ('name_en', models.CharField(blank=True, max_length=120, verbose_name='name in English')),
                ],
                options={
                    'verbose_name': 'day of the calendar',
                    'verbose_name_plural': 'days of the calendar',
                    'ordering': ('on',),
                },
            ),
            migrations.CreateModel(
                name='CalendarDayEvent',
                fields=[
                    ('pgh_id', models.AutoField(primary_key=True, serialize=False)),
                    ('pgh_created_at', models.DateTimeField(auto_now_add=True)),
                    ('pgh_label', models.TextField(help_text='The event label.')),
                    ('id', models.BigIntegerField()),
                    ('created_at', models.DateTimeField(auto_now_add=True, verbose_name='created')),
                    ('updated_at', models.DateTimeField(auto_now=True, verbose_name='last change')),
                    ('version', models.PositiveIntegerField(default=1, editable=False, verbose_name='version')),
                    ('archived_at', models.DateTimeField(blank=True, editable=False, null=True, verbose_name='archived')),
                    ('archived_because', models.CharField(blank=True, max_length=300, verbose_name='archived because')),
                    ('on', models.DateField(verbose_name='day')),
                    ('is_working', models.BooleanField(default=False, verbose_name='working day')),
                    ('name_vi', models.CharField(blank=True, max_length=120, verbose_name='name in Vietnamese')),
                    ('name_en', models.CharField(blank=True, max_length=120, verbose_name='name in English')),
                ],
                options={
                    'abstract': False,
                },
            ),
            migrations.CreateModel(
                name='Comment',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('created_at', models.DateTimeField(auto_now_add=True, verbose_name='created')),
                    ('updated_at', models.DateTimeField(auto_now=True, verbose_name='last change')),
                    ('version', models.PositiveIntegerField(default=1, editable=False, verbose_name='version')),
                    ('archived_at', models.DateTimeField(blank=True, editable=False, null=True, verbose_name='archived')),
                    ('archived_because', models.CharField(blank=True, max_length=300, verbose_name='archived because')),
                    ('text', models.TextField(max_length=4000, verbose_name='comment')),
                    ('resolved_at', models.DateTimeField(blank=True, editable=False, null=True, verbose_name='resolved')),
                ],
                options={
                    'verbose_name': 'comment',
                    'verbose_name_plural': 'comments',
                    'ordering': ('created_at', 'pk'),
                },
            ),
            migrations.CreateModel(
                name='CommentEvent',
                fields=[
                    ('pgh_id', models.AutoField(primary_key=True, serialize=False)),
                    ('pgh_created_at', models.DateTimeField(auto_now_add=True)),
                    ('pgh_label', models.TextField(help_text='The event label.')),
                    ('id', models.BigIntegerField()),
                    ('created_at', models.DateTimeField(auto_now_add=True, verbose_name='created')),
                    ('updated_at', models.DateTimeField(auto_now=True, verbose_name='last change')),
                    ('version', models.PositiveIntegerField(default=1, editable=False, verbose_name='version')),
                    ('archived_at', models.DateTimeField(blank=True, editable=False, null=True, verbose_name='archived')),
                    ('archived_because', models.CharField(blank=True, max_length=300, verbose_name='archived because')),
                    ('text', models.TextField(max_length=4000, verbose_name='comment')),
                    ('resolved_at', models.DateTimeField(blank=True, editable=False, null=True, verbose_name='resolved')),
                ],
                options={
                    'abstract': False,
                },
            ),
            migrations.CreateModel(
                name='Opening',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('on', models.DateField(verbose_name='on')),
                    ('first_at', models.DateTimeField(verbose_name='first')),
                    ('last_at', models.DateTimeField(verbose_name='last')),
                    ('times', models.PositiveIntegerField(default=1, verbose_name='times')),
                ],
                options={
                    'verbose_name': 'opening',
                    'verbose_name_plural': 'openings',
                    'ordering': ('-last_at', '-pk'),
                },
            ),
            migrations.CreateModel(
                name='Pause',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('created_at', models.DateTimeField(auto_now_add=True, verbose_name='created')),
                    ('updated_at', models.DateTimeField(auto_now=True, verbose_name='last change')),
                    ('version', models.PositiveIntegerField(default=1, editable=False, verbose_name='version')),
                    ('archived_at', models.DateTimeField(blank=True, editable=False, null=True, verbose_name='archived')),
                    ('archived_because', models.CharField(blank=True, max_length=300, verbose_name='archived because')),
                    ('from_on', models.DateField(verbose_name='returned')),
                    ('to_on', models.DateField(blank=True, null=True, verbose_name='back')),
                    ('reason', models.CharField(max_length=300, verbose_name='reason')),
                ],
                options={
                    'verbose_name': 'return of a dossier',
                    'verbose_name_plural': 'returns of dossiers',
                    'ordering': ('step', 'from_on', 'pk'),
                },
            ),
            migrations.CreateModel(
                name='PauseEvent',
                fields=[
                    ('pgh_id', models.AutoField(primary_key=True, serialize=False)),
                    ('pgh_created_at', models.DateTimeField(auto_now_add=True)),
                    ('pgh_label', models.TextField(help_text='The event label.')),
                    ('id', models.BigIntegerField()),
                    ('created_at', models.DateTimeField(auto_now_add=True, verbose_name='created')),
                    ('updated_at', models.DateTimeField(auto_now=True, verbose_name='last change')),
                    ('version', models.PositiveIntegerField(default=1, editable=False, verbose_name='version')),
                    ('archived_at', models.DateTimeField(blank=True, editable=False, null=True, verbose_name='archived')),
                    ('archived_because', models.CharField(blank=True, max_length=300, verbose_name='archived because')),
                    ('from_on', models.DateField(verbose_name='returned')),
                    ('to_on', models.DateField(blank=True, null=True, verbose_name='back')),
                    ('reason', models.CharField(max_length=300, verbose_name='reason')),
                ],
                options={
                    'abstract': False,
                },
            ),
            migrations.CreateModel(
                name='Procedure',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('created_at', models.DateTimeField(auto_now_add=True, verbose_name='created')),
                    ('updated_at', models.DateTimeField(auto_now=True, verbose_name='last change')),
                    ('version', models.PositiveIntegerField(default=1, editable=False, verbose_name='version')),
                    ('archived_at', models.DateTimeField(blank=True, editable=False, null=True, verbose_name='archived')),
                    ('archived_because', models.CharField(blank=True, max_length=300, verbose_name='archived because')),
                    ('code', models.SlugField(max_length=60, unique=True, verbose_name='code')),
                    ('legal_regime', models.CharField(choices=[('treaty', 'Treaty'), ('international_agreement', 'International agreement'), ('political', 'Political statement'), ('other', 'Contract or other')], max_length=24, verbose_name='legal regime')),
                    ('purpose', models.CharField(choices=[('conclude', 'Conclude'), ('amend', 'Amend, extend or renew'), ('end', 'End, withdraw or suspend')], default='conclude', max_length=8, verbose_name='purpose')),
                    ('variant', models.CharField(choices=[('full', 'Full procedure'), ('reduced', 'Reduced procedure')], default='full', max_length=7, verbose_name='variant')),
                    ('name_vi', models.CharField(max_length=250, verbose_name='name in Vietnamese')),
                    ('name_en', models.CharField(max_length=250, verbose_name='name in English')),
                    ('basis', models.CharField(blank=True, max_length=200, verbose_name='legal basis')),
                    ('valid_from', models.DateField(blank=True, null=True, verbose_name='valid from')),
                    ('valid_to', models.DateField(blank=True, null=True, verbose_name='valid to')),
                    ('needs_reason', models.BooleanField(default=False, verbose_name='needs a reason')),
                ],
                options={
                    'verbose_name': 'procedure',
                    'verbose_name_plural': 'procedures',
                    'ordering': ('legal_regime', 'pk'),
                },
            ),
            migrations.CreateModel(
                name='ProcedureEvent',
                fields=[
                    ('pgh_id', models.AutoField(primary_key=True, serialize=False)),
                    ('pgh_created_at', models.DateTimeField(auto_now_add=True)),
                    ('pgh_label', models.TextField(help_text='The event label.')),
                    ('id', models.BigIntegerField()),
                    ('created_at', models.DateTimeField(auto_now_add=True, verbose_name='created')),
                    ('updated_at', models.DateTimeField(auto_now=True, verbose_name='last change')),
                    ('version', models.PositiveIntegerField(default=1, editable=False, verbose_name='version')),
                    ('archived_at', models.DateTimeField(blank=True, editable=False, null=True, verbose_name='archived')),
                    ('archived_because', models.CharField(blank=True, max_length=300, verbose_name='archived because')),
                    ('code', models.SlugField(db_index=False, max_length=60, verbose_name='code')),
                    ('legal_regime', models.CharField(choices=[('treaty', 'Treaty'), ('international_agreement', 'International agreement'), ('political', 'Political statement'), ('other', 'Contract or other')], max_length=24, verbose_name='legal regime')),
                    ('purpose', models.CharField(choices=[('conclude', 'Conclude'), ('amend', 'Amend, extend or renew'), ('end', 'End, withdraw or suspend')], default='conclude', max_length=8, verbose_name='purpose')),
                    ('variant', models.CharField(choices=[('full', 'Full procedure'), ('reduced', 'Reduced procedure')], default='full', max_length=7, verbose_name='variant')),
                    ('name_vi', models.CharField(max_length=250, verbose_name='name in Vietnamese')),
                    ('name_en', models.CharField(max_length=250, verbose_name='name in English')),
                    ('basis', models.CharField(blank=True, max_length=200, verbose_name='legal basis')),
                    ('valid_from', models.DateField(blank=True, null=True, verbose_name='valid from')),
                    ('valid_to', models.DateField(blank=True, null=True, verbose_name='valid to')),
                    ('needs_reason', models.BooleanField(default=False, verbose_name='needs a reason')),
                ],
                options={
                    'abstract': False,
                },
            ),
            migrations.CreateModel(
                name='ProcedureStep',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('created_at', models.DateTimeField(auto_now_add=True, verbose_name='created')),
                    ('updated_at', models.DateTimeField(auto_now=True, verbose_name='last change')),
                    ('version', models.PositiveIntegerField(default=1, editable=False, verbose_name='version')),
                    ('archived_at', models.DateTimeField(blank=True, editable=False, null=True, verbose_name='archived')),
                    ('archived_because', models.CharField(blank=True, max_length=300, verbose_name='archived because')),
                    ('position', models.PositiveSmallIntegerField(verbose_name='position')),
                    ('code', models.SlugField(max_length=40, verbose_name='code')),
                    ('name_vi', models.CharField(max_length=250, verbose_name='name in Vietnamese')),
                    ('name_en', models.CharField(max_length=250, verbose_name='name in English')),
                    ('body_vi', models.CharField(blank=True, max_length=250, verbose_name='who, in Vietnamese')),
                    ('body_en', models.CharField(blank=True, max_length=250, verbose_name='who, in English')),
                    ('papers_vi', models.CharField(blank=True, max_length=500, verbose_name='papers, in Vietnamese')),
                    ('papers_en', models.CharField(blank=True, max_length=500, verbose_name='papers, in English')),
                    ('basis', models.CharField(blank=True, max_length=200, verbose_name='legal basis')),
                    ('clock', models.PositiveSmallIntegerField(blank=True, null=True, verbose_name='clock')),
                    ('unit', models.CharField(choices=[('days', 'days'), ('working_days', 'working days')], default='days', max_length=12, verbose_name='unit')),
                    ('clock_start', models.CharField(blank=True, choices=[('', 'no clock'), ('dossier', 'complete dossier received'), ('signing', 'signing'), ('effect', 'entry into effect'), ('ending', 'ending takes effect')], max_length=8, verbose_name='runs from')),
                    ('due_before', models.CharField(blank=True, choices=[('', 'at any time'), ('clear', 'before clearance'), ('sign', 'before signing')], max_length=8, verbose_name='must be done')),
                    ('needs_paper', models.BooleanField(default=False, verbose_name='needs a number or a paper')),
                    ('is_optional', models.BooleanField(default=False, verbose_name='only where it applies')),
                    ('is_verified', models.BooleanField(default=False, verbose_name='read in the statute')),
                ],
                options={
                    'verbose_name': 'step of a procedure',
                    'verbose_name_plural': 'steps of procedures',
                    'ordering': ('procedure', 'position', 'pk'),
                },
            ),
            migrations.CreateModel(
                name='ProcedureStepEvent',
                fields=[
                    ('pgh_id', models.AutoField(primary_key=True, serialize=False)),
                    ('pgh_created_at', models.DateTimeField(auto_now_add=True)),
                    ('pgh_label', models.TextField(help_text='The event label.')),
                    ('id', models.BigIntegerField()),
                    ('created_at', models.DateTimeField(auto_now_add=True, verbose_name='created')),
                    ('updated_at', models.DateTimeField(auto_now=True, verbose_name='last change')),
                    ('version', models.PositiveIntegerField(default=1, editable=False, verbose_name='version')),
                    ('archived_at', models.DateTimeField(blank=True, editable=False, null=True, verbose_name='archived')),
                    ('archived_because', models.CharField(blank=True, max_length=300, verbose_name='archived because')),
                    ('position', models.PositiveSmallIntegerField(verbose_name='position')),
                    ('code', models.SlugField(db_index=False, max_length=40, verbose_name='code')),
                    ('name_vi', models.CharField(max_length=250, verbose_name='name in Vietnamese')),
                    ('name_en', models.CharField(max_length=250, verbose_name='name in English')),
                    ('body_vi', models.CharField(blank=True, max_length=250, verbose_name='who, in Vietnamese')),
                    ('body_en', models.CharField(blank=True, max_length=250, verbose_name='who, in English')),
                    ('papers_vi', models.CharField(blank=True, max_length=500, verbose_name='papers, in Vietnamese')),
                    ('papers_en', models.CharField(blank=True, max_length=500, verbose_name='papers, in English')),
                    ('basis', models.CharField(blank=True, max_length=200, verbose_name='legal basis')),
                    ('clock', models.PositiveSmallIntegerField(blank=True, null=True, verbose_name='clock')),
                    ('unit', models.CharField(choices=[('days', 'days'), ('working_days', 'working days')], default='days', max_length=12, verbose_name='unit')),
                    ('clock_start', models.CharField(blank=True, choices=[('', 'no clock'), ('dossier', 'complete dossier received'), ('signing', 'signing'), ('effect', 'entry into effect'), ('ending', 'ending takes effect')], max_length=8, verbose_name='runs from')),
                    ('due_before', models.CharField(blank=True, choices=[('', 'at any time'), ('clear', 'before clearance'), ('sign', 'before signing')], max_length=8, verbose_name='must be done')),
                    ('needs_paper', models.BooleanField(default=False, verbose_name='needs a number or a paper')),
                    ('is_optional', models.BooleanField(default=False, verbose_name='only where it applies')),
                    ('is_verified', models.BooleanField(default=False, verbose_name='read in the statute')),
                ],
                options={
                    'abstract': False,
                },
            ),
            migrations.CreateModel(
                name='Proceeding',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('created_at', models.DateTimeField(auto_now_add=True, verbose_name='created')),
                    ('updated_at', models.DateTimeField(auto_now=True, verbose_name='last change')),
                    ('version', models.PositiveIntegerField(default=1, editable=False, verbose_name='version')),
                    ('archived_at', models.DateTimeField(blank=True, editable=False, null=True, verbose_name='archived')),
                    ('archived_because', models.CharField(blank=True, max_length=300, verbose_name='archived because')),
                    ('reason', models.TextField(blank=True, verbose_name='why this procedure')),
                    ('opened_on', models.DateField(editable=False, verbose_name='opened')),
                    ('closed_on', models.DateField(blank=True, editable=False, null=True, verbose_name='closed')),
                ],
                options={
                    'verbose_name': 'proceeding',
                    'verbose_name_plural': 'proceedings',
                    'ordering': ('-opened_on', '-pk'),
                },
            ),
            migrations.CreateModel(
                name='ProceedingEvent',
                fields=[
                    ('pgh_id', models.AutoField(primary_key=True, serialize=False)),
                    ('pgh_created_at', models.DateTimeField(auto_now_add=True)),
                    ('pgh_label', models.TextField(help_text='The event label.')),
                    ('id', models.BigIntegerField()),
                    ('created_at', models.DateTimeField(auto_now_add=True, verbose_name='created')),
                    ('updated_at', models.DateTimeField(auto_now=True, verbose_name='last change')),
                    ('version', models.PositiveIntegerField(default=1, editable=False, verbose_name='version')),
                    ('archived_at', models.DateTimeField(blank=True, editable=False, null=True, verbose_name='archived')),
                    ('archived_because', models.CharField(blank=True, max_length=300, verbose_name='archived because')),
                    ('reason', models.TextField(blank=True, verbose_name='why this procedure')),
                    ('opened_on', models.DateField(editable=False, verbose_name='opened')),
                    ('closed_on', models.DateField(blank=True, editable=False, null=True, verbose_name='closed')),
                ],
                options={
                    'abstract': False,
                },
            ),
            migrations.CreateModel(
                name='ProceedingStep',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('created_at', models.DateTimeField(auto_now_add=True, verbose_name='created')),
                    ('updated_at', models.DateTimeField(auto_now=True, verbose_name='last change')),
                    ('version', models.PositiveIntegerField(default=1, editable=False, verbose_name='version')),
                    ('archived_at', models.DateTimeField(blank=True, editable=False, null=True, verbose_name='archived')),
                    ('archived_because', models.CharField(blank=True, max_length=300, verbose_name='archived because')),
                    ('started_on', models.DateField(blank=True, null=True, verbose_name='complete dossier received')),
                    ('done_on', models.DateField(blank=True, null=True, verbose_name='done')),
                    ('number', models.CharField(blank=True, max_length=80, verbose_name='number of the paper')),
                    ('dated_on', models.DateField(blank=True, null=True, verbose_name='dated')),
                    ('remark', models.TextField(blank=True, verbose_name='remark')),
                    ('skipped_because', models.CharField(blank=True, max_length=300, verbose_name='does not apply because')),
                ],
                options={
                    'verbose_name': 'step of a proceeding',
                    'verbose_name_plural': 'steps of proceedings',
                    'ordering': ('proceeding', 'step__position', 'pk'),
                },
            ),
            migrations.CreateModel(
                name='ProceedingStepEvent',
                fields=[
                    ('pgh_id', models.AutoField(primary_key=True, serialize=False)),
                    ('pgh_created_at', models.DateTimeField(auto_now_add=True)),
                    ('pgh_label', models.TextField(help_text='The event label.')),
                    ('id', models.BigIntegerField()),
                    ('created_at', models.DateTimeField(auto_now_add=True, verbose_name='created')),
                    ('updated_at', models.DateTimeField(auto_now=True, verbose_name='last change')),
                    ('version', models.PositiveIntegerField(default=1, editable=False, verbose_name='version')),
                    ('archived_at', models.DateTimeField(blank=True, editable=False, null=True, verbose_name='archived')),
                    ('archived_because', models.CharField(blank=True, max_length=300, verbose_name='archived because')),
                    ('started_on', models.DateField(blank=True, null=True, verbose_name='complete dossier received')),
                    ('done_on', models.DateField(blank=True, null=True, verbose_name='done')),
                    ('number', models.CharField(blank=True, max_length=80, verbose_name='number of the paper')),
                    ('dated_on', models.DateField(blank=True, null=True, verbose_name='dated')),
                    ('remark', models.TextField(blank=True, verbose_name='remark')),
                    ('skipped_because', models.CharField(blank=True, max_length=300, verbose_name='does not apply because')),
                ],
                options={
                    'abstract': False,
                },
            ),
            migrations.CreateModel(
                name='SignatoryLevel',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('created_at', models.DateTimeField(auto_now_add=True, verbose_name='created')),
                    ('updated_at', models.DateTimeField(auto_now=True, verbose_name='last change')),
                    ('version', models.PositiveIntegerField(default=1, editable=False, verbose_name='version')),
                    ('archived_at', models.DateTimeField(blank=True, editable=False, null=True, verbose_name='archived')),
                    ('archived_because', models.CharField(blank=True, max_length=300, verbose_name='archived because')),
                    ('code', models.SlugField(max_length=40, unique=True, verbose_name='code')),
                    ('name_vi', models.CharField(max_length=200, verbose_name='name in Vietnamese')),
                    ('name_en', models.CharField(max_length=200, verbose_name='name in English')),
                    ('valid_from', models.DateField(blank=True, null=True, verbose_name='valid from')),
                    ('valid_to', models.DateField(blank=True, null=True, verbose_name='valid to')),
                ],
                options={
                    'verbose_name': 'signatory level',
                    'verbose_name_plural': 'signatory levels',
                    'ordering': ('pk',),
                },
            ),
            migrations.CreateModel(
                name='SignatoryLevelEvent',
                fields=[
                    ('pgh_id', models.AutoField(primary_key=True, serialize=False)),
                    ('pgh_created_at', models.DateTimeField(auto_now_add=True)),
                    ('pgh_label', models.TextField(help_text='The event label.')),
                    ('id', models.BigIntegerField()),
                    ('created_at', models.DateTimeField(auto_now_add=True, verbose_name='created')),
                    ('updated_at', models.DateTimeField(auto_now=True, verbose_name='last change')),
                    ('version', models.PositiveIntegerField(default=1, editable=False, verbose_name='version')),
                    ('archived_at', models.DateTimeField(blank=True, editable=False, null=True, verbose_name='archived')),
                    ('archived_because', models.CharField(blank=True, max_length=300, verbose_name='archived because')),
                    ('code', models.SlugField(db_index=False, max_length=40, verbose_name='code')),
                    ('name_vi', models.CharField(max_length=200, verbose_name='name in Vietnamese')),
                    ('name_en', models.CharField(max_length=200, verbose_name='name in English')),
                    ('valid_from', models.DateField(blank=True, null=True, verbose_name='valid from')),
                    ('valid_to', models.DateField(blank=True, null=True, verbose_name='valid to')),
                ],
                options={
                    'abstract': False,
                },
            ),
            pgtrigger.migrations.RemoveTrigger(
                model_name='agreement',
                name='insert_insert',
            ),
            pgtrigger.migrations.RemoveTrigger(
                model_name='agreement',
                name='update_update',
            ),
            pgtrigger.migrations.RemoveTrigger(
                model_name='document',
                name='insert_insert',
            ),
            pgtrigger.migrations.RemoveTrigger(
                model_name='document',
                name='update_update',
            ),
            pgtrigger.migrations.RemoveTrigger(
                model_name='participant',
                name='insert_insert',
            ),
            pgtrigger.migrations.RemoveTrigger(
                model_name='participant',
                name='update_update',
            ),
            pgtrigger.migrations.RemoveTrigger(
                model_name='share',
                name='insert_insert',
            ),
            pgtrigger.migrations.RemoveTrigger(
                model_name='share',
                name='update_update',
            ),
            pgtrigger.migrations.RemoveTrigger(
                model_name='step',
                name='insert_insert',
            ),
            pgtrigger.migrations.RemoveTrigger(
                model_name='step',
                name='update_update',
            ),
            migrations.RemoveConstraint(
                model_name='share',
                name='one_live_share',
            ),
            migrations.AddField(
                model_name='agreement',
                name='authentic_languages',
                field=models.CharField(blank=True, help_text='for example vi, en, fr', max_length=120, verbose_name='languages of equal authenticity'),
            ),
            migrations.AddField(
                model_name='agreement',
                name='notice_months',
                field=models.PositiveSmallIntegerField(blank=True, null=True, validators=[django.core.validators.MaxValueValidator(120)], verbose_name='notice period in months'),
            ),
            migrations.AddField(
                model_name='agreement',
                name='occasion_en',
                field=models.CharField(blank=True, max_length=200, verbose_name='visit or event, in English'),
            ),
            migrations.AddField(
                model_name='agreement',
                name='occasion_vi',
                field=models.CharField(blank=True, max_length=200, verbose_name='visit or event, in Vietnamese'),
            ),
            migrations.AddField(
                model_name='agreement',
                name='place',
                field=models.CharField(blank=True, max_length=120, verbose_name='place of signing'),
            ),
            migrations.AddField(
                model_name='agreement',
                name='provisional_on',
                field=models.DateField(blank=True, null=True, verbose_name='applied provisionally from'),
            ),
            migrations.AddField(
                model_name='agreement',
                name='provisional_precision',
                field=models.CharField(choices=[('day', 'day'), ('month', 'month'), ('quarter', 'quarter'), ('year', 'year')], default=agreements.dates.Precision['DAY'], editable=False, max_length=7),
            ),
            migrations.AddField(
                model_name='agreement',
                name='renewal_months',
                field=models.PositiveSmallIntegerField(blank=True, null=True, validators=[django.core.validators.MinValueValidator(1), django.core.validators.MaxValueValidator(1200)], verbose_name='renews for, in months'),
            ),
            migrations.AddField(
                model_name='agreementevent',
                name='authentic_languages',
                field=models.CharField(blank=True, help_text='for example vi, en, fr', max_length=120, verbose_name='languages of equal authenticity'),
            ),
            migrations.AddField(
                model_name='agreementevent',
                name='notice_months',
                field=models.PositiveSmallIntegerField(blank=True, null=True, validators=[django.core.validators.MaxValueValidator(120)], verbose_name='notice period in months'),
            ),
            migrations.AddField(
                model_name='agreementevent',
                name='occasion_en',
                field=models.CharField(blank=True, max_length=200, verbose_name='visit or event, in English'),
            ),
            migrations.AddField(
                model_name='agreementevent',
                name='occasion_vi',
                field=models.CharField(blank=True, max_length=200, verbose_name='visit or event, in Vietnamese'),
            ),
            migrations.AddField(
                model_name='agreementevent',
                name='place',
                field=models.CharField(blank=True, max_length=120, verbose_name='place of signing'),
            ),
            migrations.AddField(
                model_name='agreementevent',
                name='provisional_on',
                field=models.DateField(blank=True, null=True, verbose_name='applied provisionally from'),
            ),
            migrations.AddField(
                model_name='agreementevent',
                name='provisional_precision',
                field=models.CharField(choices=[('day', 'day'), ('month', 'month'), ('quarter', 'quarter'), ('year', 'year')], default=agreements.dates.Precision['DAY'], editable=False, max_length=7),
            ),
            migrations.AddField(
                model_name='agreementevent',
                name='renewal_months',
                field=models.PositiveSmallIntegerField(blank=True, null=True, validators=[django.core.validators.MinValueValidator(1), django.core.validators.MaxValueValidator(1200)], verbose_name='renews for, in months'),
            ),
            migrations.AddField(
                model_name='document',
                name='checked_at',
                field=models.DateTimeField(blank=True, editable=False, null=True, verbose_name='checked'),
            ),
            migrations.AddField(
                model_name='document',
                name='edition',
                field=models.PositiveSmallIntegerField(default=1, editable=False, verbose_name='edition'),
            ),
            migrations.AddField(
                model_name='document',
                name='replaces',
                field=models.OneToOneField(blank=True, editable=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='replaced_by', to='agreements.document', verbose_name='replaces'),
            ),
            migrations.AddField(
                model_name='documentevent',
                name='replaces',
                field=models.ForeignKey(blank=True, db_constraint=False, editable=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='agreements.document', verbose_name='replaces'),
            ),
            migrations.AddField(
                model_name='share',
                name='commitment',
                field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='shares', to='agreements.commitment', verbose_name='commitment'),
            ),
            migrations.AddField(
                model_name='share',
                name='country',
                field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='shares', to='partners.country', verbose_name='country'),
            ),
            migrations.AddField(
                model_name='share',
                name='desk',
                field=models.ForeignKey(blank=True, help_text='whose agreements with the country are shared', null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='partners.desk', verbose_name='desk'),
            ),
            migrations.AddField(
                model_name='shareevent',
                name='commitment',
                field=models.ForeignKey(blank=True, db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='agreements.commitment', verbose_name='commitment'),
            ),
            migrations.AddField(
                model_name='shareevent',
                name='country',
                field=models.ForeignKey(blank=True, db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='partners.country', verbose_name='country'),
            ),
            migrations.AddField(
                model_name='shareevent',
                name='desk',
                field=models.ForeignKey(blank=True, db_constraint=False, help_text='whose agreements with the country are shared', null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='partners.desk', verbose_name='desk'),
            ),
            migrations.AddField(
                model_name='step',
                name='document',
                field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='steps', to='agreements.document', verbose_name='paper'),
            ),
            migrations.AddField(
                model_name='step',
                name='instead_of',
                field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='instead of'),
            ),
            migrations.AddField(
                model_name='step',
                name='undoes',
                field=models.OneToOneField(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='undone_by', to='agreements.step', verbose_name='takes back'),
            ),
            migrations.AddField(
                model_name='stepevent',
                name='document',
                field=models.ForeignKey(blank=True, db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='agreements.document', verbose_name='paper'),
            ),
            migrations.AddField(
                model_name='stepevent',
                name='instead_of',
                field=models.ForeignKey(blank=True, db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to=settings.AUTH_USER_MODEL, verbose_name='instead of'),
            ),
            migrations.AddField(
                model_name='stepevent',
                name='undoes',
                field=models.ForeignKey(blank=True, db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='agreements.step', verbose_name='takes back'),
            ),
            migrations.AddField(
                model_name='document',
                name='is_signed_copy',
                field=models.BooleanField(default=False, verbose_name='signed copy'),
            ),
            migrations.AddField(
                model_name='document',
                name='pages',
                field=models.PositiveIntegerField(blank=True, editable=False, null=True, verbose_name='pages'),
            ),
            migrations.AddField(
                model_name='document',
                name='refused_because',
                field=models.CharField(blank=True, editable=False, max_length=300, verbose_name='refused because'),
            ),
            migrations.AddField(
                model_name='document',
                name='state',
                field=models.CharField(choices=[('waiting', 'Being checked'), ('clean', 'Checked'), ('unread', 'Checked, its text could not be read'), ('refused', 'Refused, its bytes are not kept')], default='clean', editable=False, max_length=8, verbose_name='check'),
            ),
            migrations.AddField(
                model_name='documentevent',
                name='checked_at',
                field=models.DateTimeField(blank=True, editable=False, null=True, verbose_name='checked'),
            ),
            migrations.AddField(
                model_name='documentevent',
                name='edition',
                field=models.PositiveSmallIntegerField(default=1, editable=False, verbose_name='edition'),
            ),
            migrations.AddField(
                model_name='documentevent',
                name='is_signed_copy',
                field=models.BooleanField(default=False, verbose_name='signed copy'),
            ),
            migrations.AddField(
                model_name='documentevent',
                name='pages',
                field=models.PositiveIntegerField(blank=True, editable=False, null=True, verbose_name='pages'),
            ),
            migrations.AddField(
                model_name='documentevent',
                name='refused_because',
                field=models.CharField(blank=True, editable=False, max_length=300, verbose_name='refused because'),
            ),
            migrations.AddField(
                model_name='documentevent',
                name='state',
                field=models.CharField(choices=[('waiting', 'Being checked'), ('clean', 'Checked'), ('unread', 'Checked, its text could not be read'), ('refused', 'Refused, its bytes are not kept')], default='clean', editable=False, max_length=8, verbose_name='check'),
            ),
            migrations.AddField(
                model_name='participant',
                name='effective_on',
                field=models.DateField(blank=True, help_text='where it differs', null=True, verbose_name='in effect from'),
            ),
            migrations.AddField(
                model_name='participant',
                name='effective_precision',
                field=models.CharField(choices=[('day', 'day'), ('month', 'month'), ('quarter', 'quarter'), ('year', 'year')], default=agreements.dates.Precision['DAY'], editable=False, max_length=7),
            ),
            migrations.AddField(
                model_name='participant',
                name='withdrawn_on',
                field=models.DateField(blank=True, null=True, verbose_name='withdrawn'),
            ),
            migrations.AddField(
                model_name='participant',
                name='withdrawn_precision',
                field=models.CharField(choices=[('day', 'day'), ('month', 'month'), ('quarter', 'quarter'), ('year', 'year')], default=agreements.dates.Precision['DAY'], editable=False, max_length=7),
            ),
            migrations.AddField(
                model_name='participantevent',
                name='effective_on',
                field=models.DateField(blank=True, help_text='where it differs', null=True, verbose_name='in effect from'),
            ),
            migrations.AddField(
                model_name='participantevent',
                name='effective_precision',
                field=models.CharField(choices=[('day', 'day'), ('month', 'month'), ('quarter', 'quarter'), ('year', 'year')], default=agreements.dates.Precision['DAY'], editable=False, max_length=7),
            ),
            migrations.AddField(
                model_name='participantevent',
                name='withdrawn_on',
                field=models.DateField(blank=True, null=True, verbose_name='withdrawn'),
            ),
            migrations.AddField(
                model_name='participantevent',
                name='withdrawn_precision',
                field=models.CharField(choices=[('day', 'day'), ('month', 'month'), ('quarter', 'quarter'), ('year', 'year')], default=agreements.dates.Precision['DAY'], editable=False, max_length=7),
            ),
            migrations.AddField(
                model_name='share',
                name='withheld',
                field=django.contrib.postgres.fields.ArrayField(base_field=models.CharField(choices=[('summary', 'Summary'), ('term', 'Term and renewal'), ('signatories', 'Who signed and consented'), ('family', 'Links to other agreements'), ('papers', 'Papers'), ('commitments', 'Commitments'), ('wording', 'Wording of the commitments'), ('milestones', 'Milestones'), ('money', 'Money'), ('reports', 'Reports')], max_length=12), blank=True, default=list, size=None, verbose_name='held back'),
            ),
            migrations.AddField(
                model_name='shareevent',
                name='withheld',
                field=django.contrib.postgres.fields.ArrayField(base_field=models.CharField(choices=[('summary', 'Summary'), ('term', 'Term and renewal'), ('signatories', 'Who signed and consented'), ('family', 'Links to other agreements'), ('papers', 'Papers'), ('commitments', 'Commitments'), ('wording', 'Wording of the commitments'), ('milestones', 'Milestones'), ('money', 'Money'), ('reports', 'Reports')], max_length=12), blank=True, default=list, size=None, verbose_name='held back'),
            ),
            migrations.AddField(
                model_name='step',
                name='before',
                field=models.JSONField(blank=True, default=dict),
            ),
            migrations.AddField(
                model_name='stepevent',
                name='before',
                field=models.JSONField(blank=True, default=dict),
            ),
            migrations.AlterField(
                model_name='agreement',
                name='kind',
                field=models.CharField(choices=[('treaty', 'Treaty'), ('agreement', 'Agreement'), ('mou', 'Memorandum of understanding'), ('joint_statement', 'Joint statement'), ('action_plan', 'Action plan'), ('letter_of_intent', 'Letter of intent'), ('protocol', 'Protocol'), ('annex', 'Annex'), ('exchange_of_notes', 'Exchange of notes'), ('contract', 'Cooperation contract'), ('programme', 'Cooperation without a paper'), ('other', 'Other paper')], default='mou', max_length=20, verbose_name='kind'),
            ),
            migrations.AlterField(
                model_name='agreementevent',
                name='kind',
                field=models.CharField(choices=[('treaty', 'Treaty'), ('agreement', 'Agreement'), ('mou', 'Memorandum of understanding'), ('joint_statement', 'Joint statement'), ('action_plan', 'Action plan'), ('letter_of_intent', 'Letter of intent'), ('protocol', 'Protocol'), ('annex', 'Annex'), ('exchange_of_notes', 'Exchange of notes'), ('contract', 'Cooperation contract'), ('programme', 'Cooperation without a paper'), ('other', 'Other paper')], default='mou', max_length=20, verbose_name='kind'),
            ),
            migrations.AlterField(
                model_name='document',
                name='kind',
                field=models.CharField(choices=[('signed_text', 'Signed text'), ('draft_text', 'Draft text'), ('translation', 'Translation'), ('press', 'Press article'), ('report', 'Report'), ('annex', 'Annex'), ('full_powers', 'Full powers or authorisation'), ('opinion', 'Written opinion'), ('notice', 'Notice of ending or suspension'), ('correspondence', 'Correspondence'), ('other', 'Other')], default='signed_text', max_length=14, verbose_name='kind'),
            ),
            migrations.AlterField(
                model_name='documentevent',
                name='kind',
                field=models.CharField(choices=[('signed_text', 'Signed text'), ('draft_text', 'Draft text'), ('translation', 'Translation'), ('press', 'Press article'), ('report', 'Report'), ('annex', 'Annex'), ('full_powers', 'Full powers or authorisation'), ('opinion', 'Written opinion'), ('notice', 'Notice of ending or suspension'), ('correspondence', 'Correspondence'), ('other', 'Other')], default='signed_text', max_length=14, verbose_name='kind'),
            ),
            migrations.AlterField(
                model_name='share',
                name='agreement',
                field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='shares', to='agreements.agreement', verbose_name='agreement'),
            ),
            migrations.AlterField(
                model_name='shareevent',
                name='agreement',
                field=models.ForeignKey(blank=True, db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='agreements.agreement', verbose_name='agreement'),
            ),
            migrations.AlterField(
                model_name='step',
                name='subject_id',
                field=models.BigIntegerField(blank=True, help_text='the record that the act is about', null=True),
            ),
            migrations.AlterField(
                model_name='stepevent',
                name='subject_id',
                field=models.BigIntegerField(blank=True, help_text='the record that the act is about', null=True),
            ),
            migrations.AddIndex(
                model_name='agreement',
                index=django.contrib.postgres.indexes.GinIndex(partners.folding.Words('folded'), fastupdate=False, name='agreement_words'),
            ),
            migrations.AddIndex(
                model_name='document',
                index=django.contrib.postgres.indexes.GinIndex(fields=['folded'], name='document_folded', opclasses=['gin_trgm_ops']),
            ),
            migrations.AddIndex(
                model_name='document',
                index=models.Index(condition=models.Q(('state', 'waiting')), fields=['id'], name='document_unchecked'),
            ),
            pgtrigger.migrations.AddTrigger(
                model_name='agreement',
                trigger=pgtrigger.compiler.Trigger(name='insert_insert', sql=pgtrigger.compiler.UpsertTriggerSql(func='INSERT INTO "agreements_agreementevent" ("announced_on", "announced_precision", "archived_at", "archived_because", "authentic_languages", "created_at", "created_by_id", "desk_id", "effective_on", "effective_precision", "ending", "expires_on", "expires_precision", "id", "kind", "legal_regime", "notice_days", "notice_months", "occasion_en", "occasion_vi", "open_ended", "owner_id", "parent_id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "place", "provisional_on", "provisional_precision", "ref", "renewal", "renewal_months", "restricted", "signed_on", "signed_precision", "stage", "submitted_by_id", "summary_en", "summary_vi", "supersedes_id", "title_en", "title_vi", "updated_at", "updated_by_id", "version") VALUES (NEW."announced_on", NEW."announced_precision", NEW."archived_at", NEW."archived_because", NEW."authentic_languages", NEW."created_at", NEW."created_by_id", NEW."desk_id", NEW."effective_on", NEW."effective_precision", NEW."ending", NEW."expires_on", NEW."expires_precision", NEW."id", NEW."kind", NEW."legal_regime", NEW."notice_days", NEW."notice_months", NEW."occasion_en", NEW."occasion_vi", NEW."open_ended", NEW."owner_id", NEW."parent_id", _pgh_attach_context(), NOW(), \'insert\', NEW."id", NEW."place", NEW."provisional_on", NEW."provisional_precision", NEW."ref", NEW."renewal", NEW."renewal_months", NEW."restricted", NEW."signed_on", NEW."signed_precision", NEW."stage", NEW."submitted_by_id", NEW."summary_en", NEW."summary_vi", NEW."supersedes_id", NEW."title_en", NEW."title_vi", NEW."updated_at", NEW."updated_by_id", NEW."version"); RETURN NULL;', hash='9ef7d24fa9a22e1bfc0b45c58fc75f21cf4267a6', operation='INSERT', pgid='pgtrigger_insert_insert_13a93', table='agreements_agreement', when='AFTER')),
            ),
            pgtrigger.migrations.AddTrigger(
                model_name='agreement',
                trigger=pgtrigger.compiler.Trigger(name='update_update', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (OLD.* IS DISTINCT FROM NEW.*)', func='INSERT INTO "agreements_agreementevent" ("announced_on", "announced_precision", "archived_at", "archived_because", "authentic_languages", "created_at", "created_by_id", "desk_id", "effective_on", "effective_precision", "ending", "expires_on", "expires_precision", "id", "kind", "legal_regime", "notice_days", "notice_months", "occasion_en", "occasion_vi", "open_ended", "owner_id", "parent_id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "place", "provisional_on", "provisional_precision", "ref", "renewal", "renewal_months", "restricted", "signed_on", "signed_precision", "stage", "submitted_by_id", "summary_en", "summary_vi", "supersedes_id", "title_en", "title_vi", "updated_at", "updated_by_id", "version") VALUES (NEW."announced_on", NEW."announced_precision", NEW."archived_at", NEW."archived_because", NEW."authentic_languages", NEW."created_at", NEW."created_by_id", NEW."desk_id", NEW."effective_on", NEW."effective_precision", NEW."ending", NEW."expires_on", NEW."expires_precision", NEW."id", NEW."kind", NEW."legal_regime", NEW."notice_days", NEW."notice_months", NEW."occasion_en", NEW."occasion_vi", NEW."open_ended", NEW."owner_id", NEW."parent_id", _pgh_attach_context(), NOW(), \'update\', NEW."id", NEW."place", NEW."provisional_on", NEW."provisional_precision", NEW."ref", NEW."renewal", NEW."renewal_months", NEW."restricted", NEW."signed_on", NEW."signed_precision", NEW."stage", NEW."submitted_by_id", NEW."summary_en", NEW."summary_vi", NEW."supersedes_id", NEW."title_en", NEW."title_vi", NEW."updated_at", NEW."updated_by_id", NEW."version"); RETURN NULL;', hash='c7304ef77c693c9075d9ed2b6bad0e47fd370ad8', operation='UPDATE', pgid='pgtrigger_update_update_36fdd', table='agreements_agreement', when='AFTER')),
            ),
            pgtrigger.migrations.AddTrigger(
                model_name='document',
                trigger=pgtrigger.compiler.Trigger(name='insert_insert', sql=pgtrigger.compiler.UpsertTriggerSql(func='INSERT INTO "agreements_documentevent" ("agreement_id", "archived_at", "archived_because", "audience", "checked_at", "checksum", "code", "created_at", "created_by_id", "edition", "file", "filename", "id", "is_signed_copy", "kind", "language", "media_type", "pages", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "published_on", "published_precision", "publisher", "refused_because", "replaces_id", "size", "state", "title_en", "title_vi", "updated_at", "updated_by_id", "version") VALUES (NEW."agreement_id", NEW."archived_at", NEW."archived_because", NEW."audience", NEW."checked_at", NEW."checksum", NEW."code", NEW."created_at", NEW."created_by_id", NEW."edition", NEW."file", NEW."filename", NEW."id", NEW."is_signed_copy", NEW."kind", NEW."language", NEW."media_type", NEW."pages", _pgh_attach_context(), NOW(), \'insert\', NEW."id", NEW."published_on", NEW."published_precision", NEW."publisher", NEW."refused_because", NEW."replaces_id", NEW."size", NEW."state", NEW."title_en", NEW."title_vi", NEW."updated_at", NEW."updated_by_id", NEW."version"); RETURN NULL;', hash='81a18ee2b272a7ba6727ae266903bbd8cf23bc06', operation='INSERT', pgid='pgtrigger_insert_insert_04055', table='agreements_document', when='AFTER')),
            ),
            pgtrigger.migrations.AddTrigger(
                model_name='document',
                trigger=pgtrigger.compiler.Trigger(name='update_update', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (OLD."agreement_id" IS DISTINCT FROM (NEW."agreement_id") OR OLD."archived_at" IS DISTINCT FROM (NEW."archived_at") OR OLD."archived_because" IS DISTINCT FROM (NEW."archived_because") OR OLD."audience" IS DISTINCT FROM (NEW."audience") OR OLD."checked_at" IS DISTINCT FROM (NEW."checked_at") OR OLD."checksum" IS DISTINCT FROM (NEW."checksum") OR OLD."code" IS DISTINCT FROM (NEW."code") OR OLD."created_at" IS DISTINCT FROM (NEW."created_at") OR OLD."created_by_id" IS DISTINCT FROM (NEW."created_by_id") OR OLD."edition" IS DISTINCT FROM (NEW."edition") OR OLD."file" IS DISTINCT FROM (NEW."file") OR OLD."filename" IS DISTINCT FROM (NEW."filename") OR OLD."id" IS DISTINCT FROM (NEW."id") OR OLD."is_signed_copy" IS DISTINCT FROM (NEW."is_signed_copy") OR OLD."kind" IS DISTINCT FROM (NEW."kind") OR OLD."language" IS DISTINCT FROM (NEW."language") OR OLD."media_type" IS DISTINCT FROM (NEW."media_type") OR OLD."pages" IS DISTINCT FROM (NEW."pages") OR OLD."published_on" IS DISTINCT FROM (NEW."published_on") OR OLD."published_precision" IS DISTINCT FROM (NEW."published_precision") OR OLD."publisher" IS DISTINCT FROM (NEW."publisher") OR OLD."refused_because" IS DISTINCT FROM (NEW."refused_because") OR OLD."replaces_id" IS DISTINCT FROM (NEW."replaces_id") OR OLD."size" IS DISTINCT FROM (NEW."size") OR OLD."state" IS DISTINCT FROM (NEW."state") OR OLD."title_en" IS DISTINCT FROM (NEW."title_en") OR OLD."title_vi" IS DISTINCT FROM (NEW."title_vi") OR OLD."updated_at" IS DISTINCT FROM (NEW."updated_at") OR OLD."updated_by_id" IS DISTINCT FROM (NEW."updated_by_id") OR OLD."version" IS DISTINCT FROM (NEW."version"))', func='INSERT INTO "agreements_documentevent" ("agreement_id", "archived_at", "archived_because", "audience", "checked_at", "checksum", "code", "created_at", "created_by_id", "edition", "file", "filename", "id", "is_signed_copy", "kind", "language", "media_type", "pages", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "published_on", "published_precision", "publisher", "refused_because", "replaces_id", "size", "state", "title_en", "title_vi", "updated_at", "updated_by_id", "version") VALUES (NEW."agreement_id", NEW."archived_at", NEW."archived_because", NEW."audience", NEW."checked_at", NEW."checksum", NEW."code", NEW."created_at", NEW."created_by_id", NEW."edition", NEW."file", NEW."filename", NEW."id", NEW."is_signed_copy", NEW."kind", NEW."language", NEW."media_type", NEW."pages", _pgh_attach_context(), NOW(), \'update\', NEW."id", NEW."published_on", NEW."published_precision", NEW."publisher", NEW."refused_because", NEW."replaces_id", NEW."size", NEW."state", NEW."title_en", NEW."title_vi", NEW."updated_at", NEW."updated_by_id", NEW."version"); RETURN NULL;', hash='9595e683b0871e12947a36296ebd4e828cad9760', operation='UPDATE', pgid='pgtrigger_update_update_07db2', table='agreements_document', when='AFTER')),
            ),
            pgtrigger.migrations.AddTrigger(
                model_name='participant',
                trigger=pgtrigger.compiler.Trigger(name='insert_insert', sql=pgtrigger.compiler.UpsertTriggerSql(func='INSERT INTO "agreements_participantevent" ("agreement_id", "archived_at", "archived_because", "consent_by", "consented_on", "consented_precision", "created_at", "created_by_id", "effective_on", "effective_precision", "id", "organisation_id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "role", "signatory", "signed_on", "signed_precision", "updated_at", "updated_by_id", "version", "withdrawn_on", "withdrawn_precision") VALUES (NEW."agreement_id", NEW."archived_at", NEW."archived_because", NEW."consent_by", NEW."consented_on", NEW."consented_precision", NEW."created_at", NEW."created_by_id", NEW."effective_on", NEW."effective_precision", NEW."id", NEW."organisation_id", _pgh_attach_context(), NOW(), \'insert\', NEW."id", NEW."role", NEW."signatory", NEW."signed_on", NEW."signed_precision", NEW."updated_at", NEW."updated_by_id", NEW."version", NEW."withdrawn_on", NEW."withdrawn_precision"); RETURN NULL;', hash='2e66d80e9bb61bc0c768f426313c4fc74d6f12f3', operation='INSERT', pgid='pgtrigger_insert_insert_044c4', table='agreements_participant', when='AFTER')),
            ),
            pgtrigger.migrations.AddTrigger(
                model_name='participant',
                trigger=pgtrigger.compiler.Trigger(name='update_update', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (OLD.* IS DISTINCT FROM NEW.*)', func='INSERT INTO "agreements_participantevent" ("agreement_id", "archived_at", "archived_because", "consent_by", "consented_on", "consented_precision", "created_at", "created_by_id", "effective_on", "effective_precision", "id", "organisation_id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "role", "signatory", "signed_on", "signed_precision", "updated_at", "updated_by_id", "version", "withdrawn_on", "withdrawn_precision") VALUES (NEW."agreement_id", NEW."archived_at", NEW."archived_because", NEW."consent_by", NEW."consented_on", NEW."consented_precision", NEW."created_at", NEW."created_by_id", NEW."effective_on", NEW."effective_precision", NEW."id", NEW."organisation_id", _pgh_attach_context(), NOW(), \'update\', NEW."id", NEW."role", NEW."signatory", NEW."signed_on", NEW."signed_precision", NEW."updated_at", NEW."updated_by_id", NEW."version", NEW."withdrawn_on", NEW."withdrawn_precision"); RETURN NULL;', hash='9c38aa9b1f2cf0fc7f07899863e2604bb9cedc12', operation='UPDATE', pgid='pgtrigger_update_update_2f30e', table='agreements_participant', when='AFTER')),
            ),
            pgtrigger.migrations.AddTrigger(
                model_name='share',
                trigger=pgtrigger.compiler.Trigger(name='insert_insert', sql=pgtrigger.compiler.UpsertTriggerSql(func='INSERT INTO "agreements_shareevent" ("agreement_id", "archived_at", "archived_because", "commitment_id", "country_id", "created_at", "created_by_id", "desk_id", "id", "organisation_id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "revoked_at", "revoked_by_id", "until_on", "updated_at", "updated_by_id", "version", "withheld") VALUES (NEW."agreement_id", NEW."archived_at", NEW."archived_because", NEW."commitment_id", NEW."country_id", NEW."created_at", NEW."created_by_id", NEW."desk_id", NEW."id", NEW."organisation_id", _pgh_attach_context(), NOW(), \'insert\', NEW."id", NEW."revoked_at", NEW."revoked_by_id", NEW."until_on", NEW."updated_at", NEW."updated_by_id", NEW."version", NEW."withheld"); RETURN NULL;', hash='46c7532e2c083073a1636f91f798c043ddbf9eee', operation='INSERT', pgid='pgtrigger_insert_insert_85c49', table='agreements_share', when='AFTER')),
            ),
            pgtrigger.migrations.AddTrigger(
                model_name='share',
                trigger=pgtrigger.compiler.Trigger(name='update_update', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (OLD.* IS DISTINCT FROM NEW.*)', func='INSERT INTO "agreements_shareevent" ("agreement_id", "archived_at", "archived_because", "commitment_id", "country_id", "created_at", "created_by_id", "desk_id", "id", "organisation_id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "revoked_at", "revoked_by_id", "until_on", "updated_at", "updated_by_id", "version", "withheld") VALUES (NEW."agreement_id", NEW."archived_at", NEW."archived_because", NEW."commitment_id", NEW."country_id", NEW."created_at", NEW."created_by_id", NEW."desk_id", NEW."id", NEW."organisation_id", _pgh_attach_context(), NOW(), \'update\', NEW."id", NEW."revoked_at", NEW."revoked_by_id", NEW."until_on", NEW."updated_at", NEW."updated_by_id", NEW."version", NEW."withheld"); RETURN NULL;', hash='62453a717d03c63beea05909feed1a37c2dcb7fd', operation='UPDATE', pgid='pgtrigger_update_update_726cc', table='agreements_share', when='AFTER')),
            ),
            pgtrigger.migrations.AddTrigger(
                model_name='step',
                trigger=pgtrigger.compiler.Trigger(name='insert_insert', sql=pgtrigger.compiler.UpsertTriggerSql(func='INSERT INTO "agreements_stepevent" ("agreement_id", "at", "before", "by_id", "content_hash", "document_id", "from_stage", "id", "instead_of_id", "name", "on", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "reason", "subject_id", "to_stage", "told_at", "undoes_id") VALUES (NEW."agreement_id", NEW."at", NEW."before", NEW."by_id", NEW."content_hash", NEW."document_id", NEW."from_stage", NEW."id", NEW."instead_of_id", NEW."name", NEW."on", _pgh_attach_context(), NOW(), \'insert\', NEW."id", NEW."reason", NEW."subject_id", NEW."to_stage", NEW."told_at", NEW."undoes_id"); RETURN NULL;', hash='72bb9b189504915af0980894d4ed310440fffbe6', operation='INSERT', pgid='pgtrigger_insert_insert_cd302', table='agreements_step', when='AFTER')),
            ),
            pgtrigger.migrations.AddTrigger(
                model_name='step',
                trigger=pgtrigger.compiler.Trigger(name='update_update', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (OLD.* IS DISTINCT FROM NEW.*)', func='INSERT INTO "agreements_stepevent" ("agreement_id", "at", "before", "by_id", "content_hash", "document_id", "from_stage", "id", "instead_of_id", "name", "on", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "reason", "subject_id", "to_stage", "told_at", "undoes_id") VALUES (NEW."agreement_id", NEW."at", NEW."before", NEW."by_id", NEW."content_hash", NEW."document_id", NEW."from_stage", NEW."id", NEW."instead_of_id", NEW."name", NEW."on", _pgh_attach_context(), NOW(), \'update\', NEW."id", NEW."reason", NEW."subject_id", NEW."to_stage", NEW."told_at", NEW."undoes_id"); RETURN NULL;', hash='4ec55113af0272ac266563fa5ecc6f8b979d354c', operation='UPDATE', pgid='pgtrigger_update_update_4608d', table='agreements_step', when='AFTER')),
            ),
            migrations.AddConstraint(
                model_name='agreement',
                constraint=models.CheckConstraint(condition=models.Q(models.Q(('renewal', 'tacit'), _negated=True), ('renewal_months__isnull', False), _connector='OR'), name='tacit_needs_its_length', violation_error_message='Say for how many months it renews each time.'),
            ),
            migrations.AddConstraint(
                model_name='share',
                constraint=models.UniqueConstraint(models.F('agreement'), models.F('commitment'), models.F('country'), models.F('desk'), models.F('organisation'), condition=models.Q(('archived_at', None), ('revoked_at', None)), name='one_live_share', nulls_distinct=False, violation_error_message='It is already shared with this organisation.'),
            ),
            migrations.AddConstraint(
                model_name='share',
                constraint=models.CheckConstraint(condition=models.Q(models.Q(('agreement__isnull', False), ('commitment', None), ('country', None), ('desk', None)), models.Q(('agreement', None), ('commitment__isnull', False), ('country', None), ('desk', None)), models.Q(('agreement', None), ('commitment', None), ('country__isnull', False), ('desk__isnull', False)), _connector='OR'), name='share_of_one_thing'),
            ),
            migrations.AddField(
                model_name='amendment',
                name='agreement',
                field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='amendments', to='agreements.agreement', verbose_name='agreement'),
            ),
            migrations.AddField(
                model_name='amendment',
                name='created_by',
                field=models.ForeignKey(blank=True, editable=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='created by'),
            ),
            migrations.AddField(
                model_name='amendment',
                name='decided_by',
                field=models.ForeignKey(blank=True, editable=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL),
            ),
            migrations.AddField(
                model_name='amendment',
                name='document',
                field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='agreements.document', verbose_name='paper'),
            ),
            migrations.AddField(
                model_name='amendment',
                name='submitted_by',
                field=models.ForeignKey(blank=True, editable=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL),
            ),
            migrations.AddField(
                model_name='amendment',
                name='updated_by',
                field=models.ForeignKey(blank=True, editable=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='last changed by'),
            ),
            migrations.AddField(
                model_name='amendmentevent',
                name='agreement',
                field=models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='agreements.agreement', verbose_name='agreement'),
            ),
            migrations.AddField(
                model_name='amendmentevent',
                name='created_by',
                field=models.ForeignKey(blank=True, db_constraint=False, editable=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to=settings.AUTH_USER_MODEL, verbose_name='created by'),
            ),
            migrations.AddField(
                model_name='amendmentevent',
                name='decided_by',
                field=models.ForeignKey(blank=True, db_constraint=False, editable=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to=settings.AUTH_USER_MODEL),
            ),
            migrations.AddField(
                model_name='amendmentevent',
                name='document',
                field=models.ForeignKey(blank=True, db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='agreements.document', verbose_name='paper'),
            ),
            migrations.AddField(
                model_name='amendmentevent',
                name='pgh_context',
                field=models.ForeignKey(db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='pghistory.context'),
            ),
            migrations.AddField(
                model_name='amendmentevent',
                name='pgh_obj',
                field=models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='events', to='agreements.amendment'),
            ),
            migrations.AddField(
                model_name='amendmentevent',
                name='submitted_by',
                field=models.ForeignKey(blank=True, db_constraint=False, editable=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to=settings.AUTH_USER_MODEL),
            ),
            migrations.AddField(
                model_name='amendmentevent',
                name='updated_by',
                field=models.ForeignKey(blank=True, db_constraint=False, editable=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to=settings.AUTH_USER_MODEL, verbose_name='last changed by'),
            ),
            migrations.AddField(
                model_name='calendarday',
                name='created_by',
                field=models.ForeignKey(blank=True, editable=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='created by'),
            ),
            migrations.AddField(
                model_name='calendarday',
                name='updated_by',
                field=models.ForeignKey(blank=True, editable=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='last changed by'),
            ),
            migrations.AddField(
                model_name='calendardayevent',
                name='created_by',
                field=models.ForeignKey(blank=True, db_constraint=False, editable=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to=settings.AUTH_USER_MODEL, verbose_name='created by'),
            ),
            migrations.AddField(
                model_name='calendardayevent',
                name='pgh_context',
                field=models.ForeignKey(db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='pghistory.context'),
            ),
            migrations.AddField(
                model_name='calendardayevent',
                name='pgh_obj',
                field=models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='events', to='agreements.calendarday'),
            ),
            migrations.AddField(
                model_name='calendardayevent',
                name='updated_by',
                field=models.ForeignKey(blank=True, db_constraint=False, editable=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to=settings.AUTH_USER_MODEL, verbose_name='last changed by'),
            ),
            migrations.AddField(
                model_name='comment',
                name='agreement',
                field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='comments', to='agreements.agreement', verbose_name='agreement'),
            ),
            migrations.AddField(
                model_name='comment',
                name='created_by',
                field=models.ForeignKey(blank=True, editable=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='created by'),
            ),
            migrations.AddField(
                model_name='comment',
                name='mentions',
                field=models.ManyToManyField(blank=True, editable=False, related_name='mentions', to=settings.AUTH_USER_MODEL),
            ),
            migrations.AddField(
                model_name='comment',
                name='resolved_by',
                field=models.ForeignKey(blank=True, editable=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL),
            ),
            migrations.AddField(
                model_name='comment',
                name='thread',
                field=models.ForeignKey(blank=True, editable=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='answers', to='agreements.comment', verbose_name='answers'),
            ),
            migrations.AddField(
                model_name='comment',
                name='updated_by',
                field=models.ForeignKey(blank=True, editable=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='last changed by'),
            ),
            migrations.AddField(
                model_name='commentevent',
                name='agreement',
                field=models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='agreements.agreement', verbose_name='agreement'),
            ),
            migrations.AddField(
                model_name='commentevent',
                name='created_by',
                field=models.ForeignKey(blank=True, db_constraint=False, editable=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to=settings.AUTH_USER_MODEL, verbose_name='created by'),
            ),
            migrations.AddField(
                model_name='commentevent',
                name='pgh_context',
                field=models.ForeignKey(db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='pghistory.context'),
            ),
            migrations.AddField(
                model_name='commentevent',
                name='pgh_obj',
                field=models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='events', to='agreements.comment'),
            ),
            migrations.AddField(
                model_name='commentevent',
                name='resolved_by',
                field=models.ForeignKey(blank=True, db_constraint=False, editable=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to=settings.AUTH_USER_MODEL),
            ),
            migrations.AddField(
                model_name='commentevent',
                name='thread',
                field=models.ForeignKey(blank=True, db_constraint=False, editable=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='agreements.comment', verbose_name='answers'),
            ),
            migrations.AddField(
                model_name='commentevent',
                name='updated_by',
                field=models.ForeignKey(blank=True, db_constraint=False, editable=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to=settings.AUTH_USER_MODEL, verbose_name='last changed by'),
            ),
            migrations.AddField(
                model_name='opening',
                name='agreement',
                field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='openings', to='agreements.agreement', verbose_name='agreement'),
            ),
            migrations.AddField(
                model_name='opening',
                name='commitment',
                field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='openings', to='agreements.commitment'),
            ),
            migrations.AddField(
                model_name='opening',
                name='document',
                field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='openings', to='agreements.document'),
            ),
            migrations.AddField(
                model_name='opening',
                name='user',
                field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='openings', to=settings.AUTH_USER_MODEL, verbose_name='who'),
            ),
            migrations.AddField(
                model_name='pause',
                name='created_by',
                field=models.ForeignKey(blank=True, editable=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='created by'),
            ),
            migrations.AddField(
                model_name='pause',
                name='updated_by',
                field=models.ForeignKey(blank=True, editable=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='last changed by'),
            ),
            migrations.AddField(
                model_name='pauseevent',
                name='created_by',
                field=models.ForeignKey(blank=True, db_constraint=False, editable=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to=settings.AUTH_USER_MODEL, verbose_name='created by'),
            ),
            migrations.AddField(
                model_name='pauseevent',
                name='pgh_context',
                field=models.ForeignKey(db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='pghistory.context'),
            ),
            migrations.AddField(
                model_name='pauseevent',
                name='pgh_obj',
                field=models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='events', to='agreements.pause'),
            ),
            migrations.AddField(
                model_name='pauseevent',
                name='updated_by',
                field=models.ForeignKey(blank=True, db_constraint=False, editable=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to=settings.AUTH_USER_MODEL, verbose_name='last changed by'),
            ),
            migrations.AddField(
                model_name='procedure',
                name='created_by',
                field=models.ForeignKey(blank=True, editable=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='created by'),
            ),
            migrations.AddField(
                model_name='procedure',
                name='updated_by',
                field=models.ForeignKey(blank=True, editable=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='last changed by'),
            ),
            migrations.AddField(
                model_name='procedureevent',
                name='created_by',
                field=models.ForeignKey(blank=True, db_constraint=False, editable=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to=settings.AUTH_USER_MODEL, verbose_name='created by'),
            ),
            migrations.AddField(
                model_name='procedureevent',
                name='pgh_context',
                field=models.ForeignKey(db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='pghistory.context'),
            ),
            migrations.AddField(
                model_name='procedureevent',
                name='pgh_obj',
                field=models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='events', to='agreements.procedure'),
            ),
            migrations.AddField(
                model_name='procedureevent',
                name='updated_by',
                field=models.ForeignKey(blank=True, db_constraint=False, editable=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to=settings.AUTH_USER_MODEL, verbose_name='last changed by'),
            ),
            migrations.AddField(
                model_name='procedurestep',
                name='created_by',
                field=models.ForeignKey(blank=True, editable=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='created by'),
            ),
            migrations.AddField(
                model_name='procedurestep',
                name='procedure',
                field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='steps', to='agreements.procedure', verbose_name='procedure'),
            ),
            migrations.AddField(
                model_name='procedurestep',
                name='updated_by',
                field=models.ForeignKey(blank=True, editable=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='last changed by'),
            ),
            migrations.AddField(
                model_name='procedurestepevent',
                name='created_by',
                field=models.ForeignKey(blank=True, db_constraint=False, editable=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to=settings.AUTH_USER_MODEL, verbose_name='created by'),
            ),
            migrations.AddField(
                model_name='procedurestepevent',
                name='pgh_context',
                field=models.ForeignKey(db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='pghistory.context'),
            ),
            migrations.AddField(
                model_name='procedurestepevent',
                name='pgh_obj',
                field=models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='events', to='agreements.procedurestep'),
            ),
            migrations.AddField(
                model_name='procedurestepevent',
                name='procedure',
                field=models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='agreements.procedure', verbose_name='procedure'),
            ),
            migrations.AddField(
                model_name='procedurestepevent',
                name='updated_by',
                field=models.ForeignKey(blank=True, db_constraint=False, editable=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to=settings.AUTH_USER_MODEL, verbose_name='last changed by'),
            ),
            migrations.AddField(
                model_name='proceeding',
                name='agreement',
                field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='proceedings', to='agreements.agreement', verbose_name='agreement'),
            ),
            migrations.AddField(
                model_name='proceeding',
                name='created_by',
                field=models.ForeignKey(blank=True, editable=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='created by'),
            ),
            migrations.AddField(
                model_name='proceeding',
                name='procedure',
                field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='proceedings', to='agreements.procedure', verbose_name='procedure'),
            ),
            migrations.AddField(
                model_name='proceeding',
                name='updated_by',
                field=models.ForeignKey(blank=True, editable=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='last changed by'),
            ),
            migrations.AddField(
                model_name='proceedingevent',
                name='agreement',
                field=models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='agreements.agreement', verbose_name='agreement'),
            ),
            migrations.AddField(
                model_name='proceedingevent',
                name='created_by',
                field=models.ForeignKey(blank=True, db_constraint=False, editable=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to=settings.AUTH_USER_MODEL, verbose_name='created by'),
            ),
            migrations.AddField(
                model_name='proceedingevent',
                name='pgh_context',
                field=models.ForeignKey(db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='pghistory.context'),
            ),
            migrations.AddField(
                model_name='proceedingevent',
                name='pgh_obj',
                field=models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='events', to='agreements.proceeding'),
            ),
            migrations.AddField(
                model_name='proceedingevent',
                name='procedure',
                field=models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='agreements.procedure', verbose_name='procedure'),
            ),
            migrations.AddField(
                model_name='proceedingevent',
                name='updated_by',
                field=models.ForeignKey(blank=True, db_constraint=False, editable=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to=settings.AUTH_USER_MODEL, verbose_name='last changed by'),
            ),
            migrations.AddField(
                model_name='proceedingstep',
                name='created_by',
                field=models.ForeignKey(blank=True, editable=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='created by'),
            ),
            migrations.AddField(
                model_name='proceedingstep',
                name='document',
                field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='agreements.document', verbose_name='paper'),
            ),
            migrations.AddField(
                model_name='proceedingstep',
                name='done_by',
                field=models.ForeignKey(blank=True, editable=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='noted by'),
            ),
            migrations.AddField(
                model_name='proceedingstep',
                name='proceeding',
                field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='steps', to='agreements.proceeding', verbose_name='proceeding'),
            ),
            migrations.AddField(
                model_name='proceedingstep',
                name='step',
                field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='done', to='agreements.procedurestep', verbose_name='step'),
            ),
            migrations.AddField(
                model_name='proceedingstep',
                name='updated_by',
                field=models.ForeignKey(blank=True, editable=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='last changed by'),
            ),
            migrations.AddField(
                model_name='pauseevent',
                name='step',
                field=models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='agreements.proceedingstep', verbose_name='step'),
            ),
            migrations.AddField(
                model_name='pause',
                name='step',
                field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='pauses', to='agreements.proceedingstep', verbose_name='step'),
            ),
            migrations.AddField(
                model_name='proceedingstepevent',
                name='created_by',
                field=models.ForeignKey(blank=True, db_constraint=False, editable=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to=settings.AUTH_USER_MODEL, verbose_name='created by'),
            ),
            migrations.AddField(
                model_name='proceedingstepevent',
                name='document',
                field=models.ForeignKey(blank=True, db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='agreements.document', verbose_name='paper'),
            ),
            migrations.AddField(
                model_name='proceedingstepevent',
                name='done_by',
                field=models.ForeignKey(blank=True, db_constraint=False, editable=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to=settings.AUTH_USER_MODEL, verbose_name='noted by'),
            ),
            migrations.AddField(
                model_name='proceedingstepevent',
                name='pgh_context',
                field=models.ForeignKey(db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='pghistory.context'),
            ),
            migrations.AddField(
                model_name='proceedingstepevent',
                name='pgh_obj',
                field=models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='events', to='agreements.proceedingstep'),
            ),
            migrations.AddField(
                model_name='proceedingstepevent',
                name='proceeding',
                field=models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='agreements.proceeding', verbose_name='proceeding'),
            ),
            migrations.AddField(
                model_name='proceedingstepevent',
                name='step',
                field=models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='agreements.procedurestep', verbose_name='step'),
            ),
            migrations.AddField(
                model_name='proceedingstepevent',
                name='updated_by',
                field=models.ForeignKey(blank=True, db_constraint=False, editable=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to=settings.AUTH_USER_MODEL, verbose_name='last changed by'),
            ),
            migrations.AddField(
                model_name='signatorylevel',
                name='created_by',
                field=models.ForeignKey(blank=True, editable=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='created by'),
            ),
            migrations.AddField(
                model_name='signatorylevel',
                name='updated_by',
                field=models.ForeignKey(blank=True, editable=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='last changed by'),
            ),
            migrations.AddField(
                model_name='procedureevent',
                name='level',
                field=models.ForeignKey(blank=True, db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='agreements.signatorylevel', verbose_name='signatory level'),
            ),
            migrations.AddField(
                model_name='procedure',
                name='level',
                field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='procedures', to='agreements.signatorylevel', verbose_name='signatory level'),
            ),
            migrations.AddField(
                model_name='signatorylevelevent',
                name='created_by',
                field=models.ForeignKey(blank=True, db_constraint=False, editable=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to=settings.AUTH_USER_MODEL, verbose_name='created by'),
            ),
            migrations.AddField(
                model_name='signatorylevelevent',
                name='pgh_context',
                field=models.ForeignKey(db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='pghistory.context'),
            ),
            migrations.AddField(
                model_name='signatorylevelevent',
                name='pgh_obj',
                field=models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='events', to='agreements.signatorylevel'),
            ),
            migrations.AddField(
                model_name='signatorylevelevent',
                name='updated_by',
                field=models.ForeignKey(blank=True, db_constraint=False, editable=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to=settings.AUTH_USER_MODEL, verbose_name='last changed by'),
            ),
            migrations.AddField(
                model_name='document',
                name='folded',
                field=models.GeneratedField(db_persist=True, expression=partners.folding.Fold(django.db.models.functions.text.Concat('title_vi', models.Value(' '), 'title_en', models.Value(' '), 'content', output_field=models.TextField())), output_field=models.TextField()),
            ),
            migrations.AddIndex(
                model_name='amendment',
                index=models.Index(condition=models.Q(('stage', 'approved')), fields=['effective_on'], name='amendment_waiting'),
            ),
            migrations.AddConstraint(
                model_name='amendment',
                constraint=models.UniqueConstraint(models.F('agreement'), models.F('number'), name='amendment_number'),
            ),
            migrations.AddConstraint(
                model_name='amendment',
                constraint=models.CheckConstraint(condition=models.Q(('decided_by', None), models.Q(('decided_by', models.F('submitted_by')), _negated=True), _connector='OR'), name='amendment_four_eyes'),
            ),
            migrations.AddConstraint(
                model_name='amendment',
                constraint=models.UniqueConstraint(models.F('agreement'), condition=models.Q(('archived_at', None), ('stage__in', ('draft', 'in_review'))), name='one_open_amendment', violation_error_message='Another amendment of this agreement is still open.'),
            ),
            pgtrigger.migrations.AddTrigger(
                model_name='amendment',
                trigger=pgtrigger.compiler.Trigger(name='insert_insert', sql=pgtrigger.compiler.UpsertTriggerSql(func='INSERT INTO "agreements_amendmentevent" ("agreement_id", "applied_at", "archived_at", "archived_because", "changes", "comment", "created_at", "created_by_id", "decided_at", "decided_by_id", "document_id", "effective_on", "effective_precision", "id", "kind", "number", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "stage", "submitted_by_id", "text_en", "text_vi", "updated_at", "updated_by_id", "version") VALUES (NEW."agreement_id", NEW."applied_at", NEW."archived_at", NEW."archived_because", NEW."changes", NEW."comment", NEW."created_at", NEW."created_by_id", NEW."decided_at", NEW."decided_by_id", NEW."document_id", NEW."effective_on", NEW."effective_precision", NEW."id", NEW."kind", NEW."number", _pgh_attach_context(), NOW(), \'insert\', NEW."id", NEW."stage", NEW."submitted_by_id", NEW."text_en", NEW."text_vi", NEW."updated_at", NEW."updated_by_id", NEW."version"); RETURN NULL;', hash='9442e11896a9b42b69fb9b7efa7c3f4975114813', operation='INSERT', pgid='pgtrigger_insert_insert_2a8be', table='agreements_amendment', when='AFTER')),
            ),
            pgtrigger.migrations.AddTrigger(
                model_name='amendment',
                trigger=pgtrigger.compiler.Trigger(name='update_update', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (OLD.* IS DISTINCT FROM NEW.*)', func='INSERT INTO "agreements_amendmentevent" ("agreement_id", "applied_at", "archived_at", "archived_because", "changes", "comment", "created_at", "created_by_id", "decided_at", "decided_by_id", "document_id", "effective_on", "effective_precision", "id", "kind", "number", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "stage", "submitted_by_id", "text_en", "text_vi", "updated_at", "updated_by_id", "version") VALUES (NEW."agreement_id", NEW."applied_at", NEW."archived_at", NEW."archived_because", NEW."changes", NEW."comment", NEW."created_at", NEW."created_by_id", NEW."decided_at", NEW."decided_by_id", NEW."document_id", NEW."effective_on", NEW."effective_precision", NEW."id", NEW."kind", NEW."number", _pgh_attach_context(), NOW(), \'update\', NEW."id", NEW."stage", NEW."submitted_by_id", NEW."text_en", NEW."text_vi", NEW."updated_at", NEW."updated_by_id", NEW."version"); RETURN NULL;', hash='d1935f6add5bb055cef2d6ebe31f3afbfe0e8dbe', operation='UPDATE', pgid='pgtrigger_update_update_82160', table='agreements_amendment', when='AFTER')),
            ),
            pgtrigger.migrations.AddTrigger(
                model_name='amendmentevent',
                trigger=pgtrigger.compiler.Trigger(name='append_only', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;", hash='761f0ec6e501bcdc949d7b4a519ec2919f7ebe1c', operation='UPDATE OR DELETE', pgid='pgtrigger_append_only_c5a16', table='agreements_amendmentevent', when='BEFORE')),
            ),
            pgtrigger.migrations.AddTrigger(
                model_name='calendarday',
                trigger=pgtrigger.compiler.Trigger(name='insert_insert', sql=pgtrigger.compiler.UpsertTriggerSql(func='INSERT INTO "agreements_calendardayevent" ("archived_at", "archived_because", "created_at", "created_by_id", "id", "is_working", "name_en", "name_vi", "on", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "updated_at", "updated_by_id", "version") VALUES (NEW."archived_at", NEW."archived_because", NEW."created_at", NEW."created_by_id", NEW."id", NEW."is_working", NEW."name_en", NEW."name_vi", NEW."on", _pgh_attach_context(), NOW(), \'insert\', NEW."id", NEW."updated_at", NEW."updated_by_id", NEW."version"); RETURN NULL;', hash='1436094093e8854aa662a308687774bc6f044070', operation='INSERT', pgid='pgtrigger_insert_insert_2d7a1', table='agreements_calendarday', when='AFTER')),
            ),
            pgtrigger.migrations.AddTrigger(
                model_name='calendarday',
                trigger=pgtrigger.compiler.Trigger(name='update_update', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (OLD.* IS DISTINCT FROM NEW.*)', func='INSERT INTO "agreements_calendardayevent" ("archived_at", "archived_because", "created_at", "created_by_id", "id", "is_working", "name_en", "name_vi", "on", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "updated_at", "updated_by_id", "version") VALUES (NEW."archived_at", NEW."archived_because", NEW."created_at", NEW."created_by_id", NEW."id", NEW."is_working", NEW."name_en", NEW."name_vi", NEW."on", _pgh_attach_context(), NOW(), \'update\', NEW."id", NEW."updated_at", NEW."updated_by_id", NEW."version"); RETURN NULL;', hash='e03d7bc8d6c12168c0c2ab5bfecfd7ab46e4edcb', operation='UPDATE', pgid='pgtrigger_update_update_a79a6', table='agreements_calendarday', when='AFTER')),
            ),
            pgtrigger.migrations.AddTrigger(
                model_name='calendardayevent',
                trigger=pgtrigger.compiler.Trigger(name='append_only', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;", hash='dfdbacdf920d31e1dab97024bda5f7694b1304cb', operation='UPDATE OR DELETE', pgid='pgtrigger_append_only_eb3e2', table='agreements_calendardayevent', when='BEFORE')),
            ),
            pgtrigger.migrations.AddTrigger(
                model_name='comment',
                trigger=pgtrigger.compiler.Trigger(name='insert_insert', sql=pgtrigger.compiler.UpsertTriggerSql(func='INSERT INTO "agreements_commentevent" ("agreement_id", "archived_at", "archived_because", "created_at", "created_by_id", "id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "resolved_at", "resolved_by_id", "text", "thread_id", "updated_at", "updated_by_id", "version") VALUES (NEW."agreement_id", NEW."archived_at", NEW."archived_because", NEW."created_at", NEW."created_by_id", NEW."id", _pgh_attach_context(), NOW(), \'insert\', NEW."id", NEW."resolved_at", NEW."resolved_by_id", NEW."text", NEW."thread_id", NEW."updated_at", NEW."updated_by_id", NEW."version"); RETURN NULL;', hash='cd89798b9c5bca95b8ac630ab0963ce46f7aeac2', operation='INSERT', pgid='pgtrigger_insert_insert_07329', table='agreements_comment', when='AFTER')),
            ),
            pgtrigger.migrations.AddTrigger(
                model_name='comment',
                trigger=pgtrigger.compiler.Trigger(name='update_update', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (OLD.* IS DISTINCT FROM NEW.*)', func='INSERT INTO "agreements_commentevent" ("agreement_id", "archived_at", "archived_because", "created_at", "created_by_id", "id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "resolved_at", "resolved_by_id", "text", "thread_id", "updated_at", "updated_by_id", "version") VALUES (NEW."agreement_id", NEW."archived_at", NEW."archived_because", NEW."created_at", NEW."created_by_id", NEW."id", _pgh_attach_context(), NOW(), \'update\', NEW."id", NEW."resolved_at", NEW."resolved_by_id", NEW."text", NEW."thread_id", NEW."updated_at", NEW."updated_by_id", NEW."version"); RETURN NULL;', hash='6e86839aeceeb65be6ac1b383af8487f9b099ae8', operation='UPDATE', pgid='pgtrigger_update_update_e44b4', table='agreements_comment', when='AFTER')),
            ),
            pgtrigger.migrations.AddTrigger(
                model_name='commentevent',
                trigger=pgtrigger.compiler.Trigger(name='append_only', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;", hash='06580f9a7016766d30c9b18330856d57f1207343', operation='UPDATE OR DELETE', pgid='pgtrigger_append_only_523a1', table='agreements_commentevent', when='BEFORE')),
            ),
            migrations.AddConstraint(
                model_name='opening',
                constraint=models.UniqueConstraint(models.F('user'), models.F('agreement'), models.F('commitment'), models.F('document'), models.F('on'), name='opening_once_a_day', nulls_distinct=False),
            ),
            migrations.AddConstraint(
                model_name='procedurestep',
                constraint=models.UniqueConstraint(models.F('procedure'), models.F('code'), name='procedure_step_code'),
            ),
            migrations.AddConstraint(
                model_name='procedurestep',
                constraint=models.CheckConstraint(condition=models.Q(models.Q(('clock', None), ('clock_start', '')), models.Q(('clock__gt', 0), models.Q(('clock_start', ''), _negated=True)), _connector='OR'), name='clock_needs_its_event', violation_error_message='A clock needs a length and the event from which it runs.'),
            ),
            pgtrigger.migrations.AddTrigger(
                model_name='procedurestep',
                trigger=pgtrigger.compiler.Trigger(name='insert_insert', sql=pgtrigger.compiler.UpsertTriggerSql(func='INSERT INTO "agreements_procedurestepevent" ("archived_at", "archived_because", "basis", "body_en", "body_vi", "clock", "clock_start", "code", "created_at", "created_by_id", "due_before", "id", "is_optional", "is_verified", "name_en", "name_vi", "needs_paper", "papers_en", "papers_vi", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "position", "procedure_id", "unit", "updated_at", "updated_by_id", "version") VALUES (NEW."archived_at", NEW."archived_because", NEW."basis", NEW."body_en", NEW."body_vi", NEW."clock", NEW."clock_start", NEW."code", NEW."created_at", NEW."created_by_id", NEW."due_before", NEW."id", NEW."is_optional", NEW."is_verified", NEW."name_en", NEW."name_vi", NEW."needs_paper", NEW."papers_en", NEW."papers_vi", _pgh_attach_context(), NOW(), \'insert\', NEW."id", NEW."position", NEW."procedure_id", NEW."unit", NEW."updated_at", NEW."updated_by_id", NEW."version"); RETURN NULL;', hash='b8b808b81f22f64b6db5d8a2491f1401f37d5a6e', operation='INSERT', pgid='pgtrigger_insert_insert_9ddaf', table='agreements_procedurestep', when='AFTER')),
            ),
            pgtrigger.migrations.AddTrigger(
                model_name='procedurestep',
                trigger=pgtrigger.compiler.Trigger(name='update_update', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (OLD.* IS DISTINCT FROM NEW.*)', func='INSERT INTO "agreements_procedurestepevent" ("archived_at", "archived_because", "basis", "body_en", "body_vi", "clock", "clock_start", "code", "created_at", "created_by_id", "due_before", "id", "is_optional", "is_verified", "name_en", "name_vi", "needs_paper", "papers_en", "papers_vi", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "position", "procedure_id", "unit", "updated_at", "updated_by_id", "version") VALUES (NEW."archived_at", NEW."archived_because", NEW."basis", NEW."body_en", NEW."body_vi", NEW."clock", NEW."clock_start", NEW."code", NEW."created_at", NEW."created_by_id", NEW."due_before", NEW."id", NEW."is_optional", NEW."is_verified", NEW."name_en", NEW."name_vi", NEW."needs_paper", NEW."papers_en", NEW."papers_vi", _pgh_attach_context(), NOW(), \'update\', NEW."id", NEW."position", NEW."procedure_id", NEW."unit", NEW."updated_at", NEW."updated_by_id", NEW."version"); RETURN NULL;', hash='e0e730548bb309a9c6552a4e137d031d5ce8fb9a', operation='UPDATE', pgid='pgtrigger_update_update_af5e8', table='agreements_procedurestep', when='AFTER')),
            ),
            pgtrigger.migrations.AddTrigger(
                model_name='procedurestepevent',
                trigger=pgtrigger.compiler.Trigger(name='append_only', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;", hash='672a0d9b584d9f50f8748cdf977920e7078281e9', operation='UPDATE OR DELETE', pgid='pgtrigger_append_only_0bef2', table='agreements_procedurestepevent', when='BEFORE')),
            ),
            migrations.AddConstraint(
                model_name='proceeding',
                constraint=models.UniqueConstraint(models.F('agreement'), condition=models.Q(('archived_at', None), ('closed_on', None)), name='one_open_proceeding', violation_error_message='A procedure is under way already.'),
            ),
            pgtrigger.migrations.AddTrigger(
                model_name='proceeding',
                trigger=pgtrigger.compiler.Trigger(name='insert_insert', sql=pgtrigger.compiler.UpsertTriggerSql(func='INSERT INTO "agreements_proceedingevent" ("agreement_id", "archived_at", "archived_because", "closed_on", "created_at", "created_by_id", "id", "opened_on", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "procedure_id", "reason", "updated_at", "updated_by_id", "version") VALUES (NEW."agreement_id", NEW."archived_at", NEW."archived_because", NEW."closed_on", NEW."created_at", NEW."created_by_id", NEW."id", NEW."opened_on", _pgh_attach_context(), NOW(), \'insert\', NEW."id", NEW."procedure_id", NEW."reason", NEW."updated_at", NEW."updated_by_id", NEW."version"); RETURN NULL;', hash='d3742856c6c9b6b50d6a0c4a043ed11460dc4dd2', operation='INSERT', pgid='pgtrigger_insert_insert_cf38a', table='agreements_proceeding', when='AFTER')),
            ),
            pgtrigger.migrations.AddTrigger(
                model_name='proceeding',
                trigger=pgtrigger.compiler.Trigger(name='update_update', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (OLD.* IS DISTINCT FROM NEW.*)', func='INSERT INTO "agreements_proceedingevent" ("agreement_id", "archived_at", "archived_because", "closed_on", "created_at", "created_by_id", "id", "opened_on", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "procedure_id", "reason", "updated_at", "updated_by_id", "version") VALUES (NEW."agreement_id", NEW."archived_at", NEW."archived_because", NEW."closed_on", NEW."created_at", NEW."created_by_id", NEW."id", NEW."opened_on", _pgh_attach_context(), NOW(), \'update\', NEW."id", NEW."procedure_id", NEW."reason", NEW."updated_at", NEW."updated_by_id", NEW."version"); RETURN NULL;', hash='04a735dd0505bb547261af1e011dddce5c975b1a', operation='UPDATE', pgid='pgtrigger_update_update_a1e3c', table='agreements_proceeding', when='AFTER')),
            ),
            pgtrigger.migrations.AddTrigger(
                model_name='proceedingevent',
                trigger=pgtrigger.compiler.Trigger(name='append_only', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;", hash='fe7dd6fb58f1fccc921bfa419c703b0f6ef1ac64', operation='UPDATE OR DELETE', pgid='pgtrigger_append_only_d196d', table='agreements_proceedingevent', when='BEFORE')),
            ),
            migrations.AddConstraint(
                model_name='proceedingstep',
                constraint=models.UniqueConstraint(models.F('proceeding'), models.F('step'), name='step_once'),
            ),
            migrations.AddConstraint(
                model_name='proceedingstep',
                constraint=models.CheckConstraint(condition=models.Q(('done_on', None), ('started_on', None), ('done_on__gte', models.F('started_on')), _connector='OR'), name='step_dates', violation_error_message='The step was done before it began.'),
            ),
            pgtrigger.migrations.AddTrigger(
                model_name='proceedingstep',
                trigger=pgtrigger.compiler.Trigger(name='insert_insert', sql=pgtrigger.compiler.UpsertTriggerSql(func='INSERT INTO "agreements_proceedingstepevent" ("archived_at", "archived_because", "created_at", "created_by_id", "dated_on", "document_id", "done_by_id", "done_on", "id", "number", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "proceeding_id", "remark", "skipped_because", "started_on", "step_id", "updated_at", "updated_by_id", "version") VALUES (NEW."archived_at", NEW."archived_because", NEW."created_at", NEW."created_by_id", NEW."dated_on", NEW."document_id", NEW."done_by_id", NEW."done_on", NEW."id", NEW."number", _pgh_attach_context(), NOW(), \'insert\', NEW."id", NEW."proceeding_id", NEW."remark", NEW."skipped_because", NEW."started_on", NEW."step_id", NEW."updated_at", NEW."updated_by_id", NEW."version"); RETURN NULL;', hash='f6feced1046c687096c67b01b1e83b81bd9b8db6', operation='INSERT', pgid='pgtrigger_insert_insert_bf8ed', table='agreements_proceedingstep', when='AFTER')),
            ),
            pgtrigger.migrations.AddTrigger(
                model_name='proceedingstep',
                trigger=pgtrigger.compiler.Trigger(name='update_update', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (OLD.* IS DISTINCT FROM NEW.*)', func='INSERT INTO "agreements_proceedingstepevent" ("archived_at", "archived_because", "created_at", "created_by_id", "dated_on", "document_id", "done_by_id", "done_on", "id", "number", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "proceeding_id", "remark", "skipped_because", "started_on", "step_id", "updated_at", "updated_by_id", "version") VALUES (NEW."archived_at", NEW."archived_because", NEW."created_at", NEW."created_by_id", NEW."dated_on", NEW."document_id", NEW."done_by_id", NEW."done_on", NEW."id", NEW."number", _pgh_attach_context(), NOW(), \'update\', NEW."id", NEW."proceeding_id", NEW."remark", NEW."skipped_because", NEW."started_on", NEW."step_id", NEW."updated_at", NEW."updated_by_id", NEW."version"); RETURN NULL;', hash='53ee90a343b177708855ec532c492961ac2b4f37', operation='UPDATE', pgid='pgtrigger_update_update_1225b', table='agreements_proceedingstep', when='AFTER')),
            ),
            pgtrigger.migrations.AddTrigger(
                model_name='pauseevent',
                trigger=pgtrigger.compiler.Trigger(name='append_only', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;", hash='49ec41cbbc18cb393eb6cbd5ef5561f499351a98', operation='UPDATE OR DELETE', pgid='pgtrigger_append_only_69c4c', table='agreements_pauseevent', when='BEFORE')),
            ),
            migrations.AddConstraint(
                model_name='pause',
                constraint=models.CheckConstraint(condition=models.Q(('to_on', None), ('to_on__gte', models.F('from_on')), _connector='OR'), name='pause_dates', violation_error_message='The dossier came back before it was returned.'),
            ),
            migrations.AddConstraint(
                model_name='pause',
                constraint=models.UniqueConstraint(models.F('step'), condition=models.Q(('to_on', None)), name='one_open_pause', violation_error_message='The dossier is returned already.'),
            ),
            pgtrigger.migrations.AddTrigger(
                model_name='pause',
                trigger=pgtrigger.compiler.Trigger(name='insert_insert', sql=pgtrigger.compiler.UpsertTriggerSql(func='INSERT INTO "agreements_pauseevent" ("archived_at", "archived_because", "created_at", "created_by_id", "from_on", "id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "reason", "step_id", "to_on", "updated_at", "updated_by_id", "version") VALUES (NEW."archived_at", NEW."archived_because", NEW."created_at", NEW."created_by_id", NEW."from_on", NEW."id", _pgh_attach_context(), NOW(), \'insert\', NEW."id", NEW."reason", NEW."step_id", NEW."to_on", NEW."updated_at", NEW."updated_by_id", NEW."version"); RETURN NULL;', hash='443d35689bd152431f72f80fe6b8e4779edc07ff', operation='INSERT', pgid='pgtrigger_insert_insert_93903', table='agreements_pause', when='AFTER')),
            ),
            pgtrigger.migrations.AddTrigger(
                model_name='pause',
                trigger=pgtrigger.compiler.Trigger(name='update_update', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (OLD.* IS DISTINCT FROM NEW.*)', func='INSERT INTO "agreements_pauseevent" ("archived_at", "archived_because", "created_at", "created_by_id", "from_on", "id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "reason", "step_id", "to_on", "updated_at", "updated_by_id", "version") VALUES (NEW."archived_at", NEW."archived_because", NEW."created_at", NEW."created_by_id", NEW."from_on", NEW."id", _pgh_attach_context(), NOW(), \'update\', NEW."id", NEW."reason", NEW."step_id", NEW."to_on", NEW."updated_at", NEW."updated_by_id", NEW."version"); RETURN NULL;', hash='e298ff809529ae079df0b825d354b8166bff4d6b', operation='UPDATE', pgid='pgtrigger_update_update_8a91d', table='agreements_pause', when='AFTER')),
            ),
            pgtrigger.migrations.AddTrigger(
                model_name='proceedingstepevent',
                trigger=pgtrigger.compiler.Trigger(name='append_only', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;", hash='875942bd63770d7b45370c8d43ec0aab4fcef409', operation='UPDATE OR DELETE', pgid='pgtrigger_append_only_98e6f', table='agreements_proceedingstepevent', when='BEFORE')),
            ),
            pgtrigger.migrations.AddTrigger(
                model_name='signatorylevel',
                trigger=pgtrigger.compiler.Trigger(name='insert_insert', sql=pgtrigger.compiler.UpsertTriggerSql(func='INSERT INTO "agreements_signatorylevelevent" ("archived_at", "archived_because", "code", "created_at", "created_by_id", "id", "name_en", "name_vi", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "updated_at", "updated_by_id", "valid_from", "valid_to", "version") VALUES (NEW."archived_at", NEW."archived_because", NEW."code", NEW."created_at", NEW."created_by_id", NEW."id", NEW."name_en", NEW."name_vi", _pgh_attach_context(), NOW(), \'insert\', NEW."id", NEW."updated_at", NEW."updated_by_id", NEW."valid_from", NEW."valid_to", NEW."version"); RETURN NULL;', hash='2d3819b33e0bc6d7729f71c80c257412d6b4a932', operation='INSERT', pgid='pgtrigger_insert_insert_f7d62', table='agreements_signatorylevel', when='AFTER')),
            ),
            pgtrigger.migrations.AddTrigger(
                model_name='signatorylevel',
                trigger=pgtrigger.compiler.Trigger(name='update_update', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (OLD.* IS DISTINCT FROM NEW.*)', func='INSERT INTO "agreements_signatorylevelevent" ("archived_at", "archived_because", "code", "created_at", "created_by_id", "id", "name_en", "name_vi", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "updated_at", "updated_by_id", "valid_from", "valid_to", "version") VALUES (NEW."archived_at", NEW."archived_because", NEW."code", NEW."created_at", NEW."created_by_id", NEW."id", NEW."name_en", NEW."name_vi", _pgh_attach_context(), NOW(), \'update\', NEW."id", NEW."updated_at", NEW."updated_by_id", NEW."valid_from", NEW."valid_to", NEW."version"); RETURN NULL;', hash='54f3a9feefdd37e5482678146fe87bdef3ba0c92', operation='UPDATE', pgid='pgtrigger_update_update_26f9b', table='agreements_signatorylevel', when='AFTER')),
            ),
            pgtrigger.migrations.AddTrigger(
                model_name='procedureevent',
                trigger=pgtrigger.compiler.Trigger(name='append_only', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;", hash='db0bf78a48811b26c1931d67b510267d7670470c', operation='UPDATE OR DELETE', pgid='pgtrigger_append_only_217d9', table='agreements_procedureevent', when='BEFORE')),
            ),
            pgtrigger.migrations.AddTrigger(
                model_name='procedure',
                trigger=pgtrigger.compiler.Trigger(name='insert_insert', sql=pgtrigger.compiler.UpsertTriggerSql(func='INSERT INTO "agreements_procedureevent" ("archived_at", "archived_because", "basis", "code", "created_at", "created_by_id", "id", "legal_regime", "level_id", "name_en", "name_vi", "needs_reason", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "purpose", "updated_at", "updated_by_id", "valid_from", "valid_to", "variant", "version") VALUES (NEW."archived_at", NEW."archived_because", NEW."basis", NEW."code", NEW."created_at", NEW."created_by_id", NEW."id", NEW."legal_regime", NEW."level_id", NEW."name_en", NEW."name_vi", NEW."needs_reason", _pgh_attach_context(), NOW(), \'insert\', NEW."id", NEW."purpose", NEW."updated_at", NEW."updated_by_id", NEW."valid_from", NEW."valid_to", NEW."variant", NEW."version"); RETURN NULL;', hash='41dfd032cde5e0c469d201c6920f9a7268f7b8eb', operation='INSERT', pgid='pgtrigger_insert_insert_d21b0', table='agreements_procedure', when='AFTER')),
            ),
            pgtrigger.migrations.AddTrigger(
                model_name='procedure',
                trigger=pgtrigger.compiler.Trigger(name='update_update', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (OLD.* IS DISTINCT FROM NEW.*)', func='INSERT INTO "agreements_procedureevent" ("archived_at", "archived_because", "basis", "code", "created_at", "created_by_id", "id", "legal_regime", "level_id", "name_en", "name_vi", "needs_reason", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "purpose", "updated_at", "updated_by_id", "valid_from", "valid_to", "variant", "version") VALUES (NEW."archived_at", NEW."archived_because", NEW."basis", NEW."code", NEW."created_at", NEW."created_by_id", NEW."id", NEW."legal_regime", NEW."level_id", NEW."name_en", NEW."name_vi", NEW."needs_reason", _pgh_attach_context(), NOW(), \'update\', NEW."id", NEW."purpose", NEW."updated_at", NEW."updated_by_id", NEW."valid_from", NEW."valid_to", NEW."variant", NEW."version"); RETURN NULL;', hash='8e9e7ce3f4317c8723ccce23ed28321568430dae', operation='UPDATE', pgid='pgtrigger_update_update_f132e', table='agreements_procedure', when='AFTER')),
            ),
            pgtrigger.migrations.AddTrigger(
                model_name='signatorylevelevent',
                trigger=pgtrigger.compiler.Trigger(name='append_only', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;", hash='77391abf3364a9d2c81d6a852cbdfd76a83afa9c', operation='UPDATE OR DELETE', pgid='pgtrigger_append_only_e8e0b', table='agreements_signatorylevelevent', when='BEFORE')),
            ),
        ]),
    ]
