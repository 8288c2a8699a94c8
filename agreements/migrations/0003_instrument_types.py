import django.db.models.deletion
import pgtrigger.compiler
import pgtrigger.migrations
from django.conf import settings
from django.db import migrations, models
from partners.migrating import Together


class Migration(migrations.Migration):

    dependencies = [
        ('agreements', '0002_depth'),
        ('pghistory', '0007_auto_20250421_0444'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        Together([
            migrations.CreateModel(
                name='InstrumentType',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('created_at', models.DateTimeField(auto_now_add=True, verbose_name='created')),
                    ('updated_at', models.DateTimeField(auto_now=True, verbose_name='last change')),
                    ('version', models.PositiveIntegerField(default=1, editable=False, verbose_name='version')),
                    ('archived_at', models.DateTimeField(blank=True, editable=False, null=True, verbose_name='archived')),
                    ('archived_because', models.CharField(blank=True, max_length=300, verbose_name='archived because')),
                    ('code', models.SlugField(max_length=40, unique=True, verbose_name='code')),
                    ('name_vi', models.CharField(max_length=150, verbose_name='name in Vietnamese')),
                    ('name_en', models.CharField(max_length=150, verbose_name='name in English')),
                    ('kind', models.CharField(choices=[('treaty', 'Treaty'), ('agreement', 'Agreement'), ('mou', 'Memorandum of understanding'), ('joint_statement', 'Joint statement'), ('action_plan', 'Action plan'), ('letter_of_intent', 'Letter of intent'), ('protocol', 'Protocol'), ('annex', 'Annex'), ('exchange_of_notes', 'Exchange of notes'), ('contract', 'Cooperation contract'), ('programme', 'Cooperation without a paper'), ('other', 'Other paper')], max_length=20, verbose_name='counts as')),
                ],
                options={
                    'verbose_name': 'type of instrument',
                    'verbose_name_plural': 'types of instruments',
                    'ordering': ('name_vi', 'pk'),
                },
            ),
            migrations.CreateModel(
                name='InstrumentTypeEvent',
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
                    ('name_vi', models.CharField(max_length=150, verbose_name='name in Vietnamese')),
                    ('name_en', models.CharField(max_length=150, verbose_name='name in English')),
                    ('kind', models.CharField(choices=[('treaty', 'Treaty'), ('agreement', 'Agreement'), ('mou', 'Memorandum of understanding'), ('joint_statement', 'Joint statement'), ('action_plan', 'Action plan'), ('letter_of_intent', 'Letter of intent'), ('protocol', 'Protocol'), ('annex', 'Annex'), ('exchange_of_notes', 'Exchange of notes'), ('contract', 'Cooperation contract'), ('programme', 'Cooperation without a paper'), ('other', 'Other paper')], max_length=20, verbose_name='counts as')),
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
            pgtrigger.migrations.AddTrigger(
                model_name='agreement',
                trigger=pgtrigger.compiler.Trigger(name='insert_insert', sql=pgtrigger.compiler.UpsertTriggerSql(func='INSERT INTO "agreements_agreementevent" ("announced_on", "announced_precision", "archived_at", "archived_because", "authentic_languages", "created_at", "created_by_id", "desk_id", "effective_on", "effective_precision", "ending", "expires_on", "expires_precision", "id", "instrument_type_id", "kind", "legal_regime", "notice_days", "notice_months", "occasion_en", "occasion_vi", "open_ended", "owner_id", "parent_id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "place", "provisional_on", "provisional_precision", "ref", "renewal", "renewal_months", "restricted", "signed_on", "signed_precision", "stage", "submitted_by_id", "summary_en", "summary_vi", "supersedes_id", "title_en", "title_vi", "updated_at", "updated_by_id", "version") VALUES (NEW."announced_on", NEW."announced_precision", NEW."archived_at", NEW."archived_because", NEW."authentic_languages", NEW."created_at", NEW."created_by_id", NEW."desk_id", NEW."effective_on", NEW."effective_precision", NEW."ending", NEW."expires_on", NEW."expires_precision", NEW."id", NEW."instrument_type_id", NEW."kind", NEW."legal_regime", NEW."notice_days", NEW."notice_months", NEW."occasion_en", NEW."occasion_vi", NEW."open_ended", NEW."owner_id", NEW."parent_id", _pgh_attach_context(), NOW(), \'insert\', NEW."id", NEW."place", NEW."provisional_on", NEW."provisional_precision", NEW."ref", NEW."renewal", NEW."renewal_months", NEW."restricted", NEW."signed_on", NEW."signed_precision", NEW."stage", NEW."submitted_by_id", NEW."summary_en", NEW."summary_vi", NEW."supersedes_id", NEW."title_en", NEW."title_vi", NEW."updated_at", NEW."updated_by_id", NEW."version"); RETURN NULL;', hash='efe3beee03cce54e85539c3f2e05408df592be4d', operation='INSERT', pgid='pgtrigger_insert_insert_13a93', table='agreements_agreement', when='AFTER')),
            ),
            pgtrigger.migrations.AddTrigger(
                model_name='agreement',
                trigger=pgtrigger.compiler.Trigger(name='update_update', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (OLD.* IS DISTINCT FROM NEW.*)', func='INSERT INTO "agreements_agreementevent" ("announced_on", "announced_precision", "archived_at", "archived_because", "authentic_languages", "created_at", "created_by_id", "desk_id", "effective_on", "effective_precision", "ending", "expires_on", "expires_precision", "id", "instrument_type_id", "kind", "legal_regime", "notice_days", "notice_months", "occasion_en", "occasion_vi", "open_ended", "owner_id", "parent_id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "place", "provisional_on", "provisional_precision", "ref", "renewal", "renewal_months", "restricted", "signed_on", "signed_precision", "stage", "submitted_by_id", "summary_en", "summary_vi", "supersedes_id", "title_en", "title_vi", "updated_at", "updated_by_id", "version") VALUES (NEW."announced_on", NEW."announced_precision", NEW."archived_at", NEW."archived_because", NEW."authentic_languages", NEW."created_at", NEW."created_by_id", NEW."desk_id", NEW."effective_on", NEW."effective_precision", NEW."ending", NEW."expires_on", NEW."expires_precision", NEW."id", NEW."instrument_type_id", NEW."kind", NEW."legal_regime", NEW."notice_days", NEW."notice_months", NEW."occasion_en", NEW."occasion_vi", NEW."open_ended", NEW."owner_id", NEW."parent_id", _pgh_attach_context(), NOW(), \'update\', NEW."id", NEW."place", NEW."provisional_on", NEW."provisional_precision", NEW."ref", NEW."renewal", NEW."renewal_months", NEW."restricted", NEW."signed_on", NEW."signed_precision", NEW."stage", NEW."submitted_by_id", NEW."summary_en", NEW."summary_vi", NEW."supersedes_id", NEW."title_en", NEW."title_vi", NEW."updated_at", NEW."updated_by_id", NEW."version"); RETURN NULL;', hash='bf4d8f63cff3ac605f5839fd77577560dee30cb2', operation='UPDATE', pgid='pgtrigger_update_update_36fdd', table='agreements_agreement', when='AFTER')),
            ),
            migrations.AddField(
                model_name='instrumenttype',
                name='created_by',
                field=models.ForeignKey(blank=True, editable=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='created by'),
            ),
            migrations.AddField(
                model_name='instrumenttype',
                name='updated_by',
                field=models.ForeignKey(blank=True, editable=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='last changed by'),
            ),
            migrations.AddField(
                model_name='agreement',
                name='instrument_type',
                field=models.ForeignKey(blank=True, help_text='as the ministry calls it; the kind follows', null=True, on_delete=django.db.models.deletion.PROTECT, related_name='agreements', to='agreements.instrumenttype', verbose_name='type'),
            ),
            migrations.AddField(
                model_name='agreementevent',
                name='instrument_type',
                field=models.ForeignKey(blank=True, db_constraint=False, help_text='as the ministry calls it; the kind follows', null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='agreements.instrumenttype', verbose_name='type'),
            ),
            migrations.AddField(
                model_name='instrumenttypeevent',
                name='created_by',
                field=models.ForeignKey(blank=True, db_constraint=False, editable=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to=settings.AUTH_USER_MODEL, verbose_name='created by'),
            ),
            migrations.AddField(
                model_name='instrumenttypeevent',
                name='pgh_context',
                field=models.ForeignKey(db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='pghistory.context'),
            ),
            migrations.AddField(
                model_name='instrumenttypeevent',
                name='pgh_obj',
                field=models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='events', to='agreements.instrumenttype'),
            ),
            migrations.AddField(
                model_name='instrumenttypeevent',
                name='updated_by',
                field=models.ForeignKey(blank=True, db_constraint=False, editable=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to=settings.AUTH_USER_MODEL, verbose_name='last changed by'),
            ),
            pgtrigger.migrations.AddTrigger(
                model_name='instrumenttype',
                trigger=pgtrigger.compiler.Trigger(name='insert_insert', sql=pgtrigger.compiler.UpsertTriggerSql(func='INSERT INTO "agreements_instrumenttypeevent" ("archived_at", "archived_because", "code", "created_at", "created_by_id", "id", "kind", "name_en", "name_vi", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "updated_at", "updated_by_id", "version") VALUES (NEW."archived_at", NEW."archived_because", NEW."code", NEW."created_at", NEW."created_by_id", NEW."id", NEW."kind", NEW."name_en", NEW."name_vi", _pgh_attach_context(), NOW(), \'insert\', NEW."id", NEW."updated_at", NEW."updated_by_id", NEW."version"); RETURN NULL;', hash='0284d5413cb5566b533063013a1585ce6011c382', operation='INSERT', pgid='pgtrigger_insert_insert_88819', table='agreements_instrumenttype', when='AFTER')),
            ),
            pgtrigger.migrations.AddTrigger(
                model_name='instrumenttype',
                trigger=pgtrigger.compiler.Trigger(name='update_update', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (OLD.* IS DISTINCT FROM NEW.*)', func='INSERT INTO "agreements_instrumenttypeevent" ("archived_at", "archived_because", "code", "created_at", "created_by_id", "id", "kind", "name_en", "name_vi", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "updated_at", "updated_by_id", "version") VALUES (NEW."archived_at", NEW."archived_because", NEW."code", NEW."created_at", NEW."created_by_id", NEW."id", NEW."kind", NEW."name_en", NEW."name_vi", _pgh_attach_context(), NOW(), \'update\', NEW."id", NEW."updated_at", NEW."updated_by_id", NEW."version"); RETURN NULL;', hash='220bf1691eb133cbd1679db9cad76d156d504ae1', operation='UPDATE', pgid='pgtrigger_update_update_f5c64', table='agreements_instrumenttype', when='AFTER')),
            ),
            pgtrigger.migrations.AddTrigger(
                model_name='instrumenttypeevent',
                trigger=pgtrigger.compiler.Trigger(name='append_only', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;", hash='5669390cc06d464be07f853e6a5f5ea203472c60', operation='UPDATE OR DELETE', pgid='pgtrigger_append_only_4d4c8', table='agreements_instrumenttypeevent', when='BEFORE')),
            ),
        ]),
    ]
