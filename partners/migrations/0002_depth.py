import django.db.models.deletion
import pgtrigger.compiler
import pgtrigger.migrations
from django.conf import settings
from django.db import migrations, models
from partners.migrating import Together


class Migration(migrations.Migration):

    dependencies = [
        ('partners', '0001_initial'),
        ('pghistory', '0007_auto_20250421_0444'),
    ]

    operations = [
        Together([
            migrations.CreateModel(
                name='Absence',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('created_at', models.DateTimeField(auto_now_add=True, verbose_name='created')),
                    ('updated_at', models.DateTimeField(auto_now=True, verbose_name='last change')),
                    ('version', models.PositiveIntegerField(default=1, editable=False, verbose_name='version')),
                    ('archived_at', models.DateTimeField(blank=True, editable=False, null=True, verbose_name='archived')),
                    ('archived_because', models.CharField(blank=True, max_length=300, verbose_name='archived because')),
                    ('from_on', models.DateField(verbose_name='from')),
                    ('to_on', models.DateField(verbose_name='to')),
                ],
                options={
                    'verbose_name': 'absence',
                    'verbose_name_plural': 'absences',
                    'ordering': ('-from_on', '-pk'),
                },
            ),
            migrations.CreateModel(
                name='AbsenceEvent',
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
                    ('from_on', models.DateField(verbose_name='from')),
                    ('to_on', models.DateField(verbose_name='to')),
                ],
                options={
                    'abstract': False,
                },
            ),
            migrations.CreateModel(
                name='Assessment',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('created_at', models.DateTimeField(auto_now_add=True, verbose_name='created')),
                    ('updated_at', models.DateTimeField(auto_now=True, verbose_name='last change')),
                    ('version', models.PositiveIntegerField(default=1, editable=False, verbose_name='version')),
                    ('archived_at', models.DateTimeField(blank=True, editable=False, null=True, verbose_name='archived')),
                    ('archived_because', models.CharField(blank=True, max_length=300, verbose_name='archived because')),
                    ('risk', models.CharField(choices=[('low', 'Low'), ('medium', 'Medium'), ('high', 'High')], max_length=6, verbose_name='risk')),
                    ('text_vi', models.TextField(blank=True, verbose_name='grounds, in Vietnamese')),
                    ('text_en', models.TextField(blank=True, verbose_name='grounds, in English')),
                    ('assessed_on', models.DateField(verbose_name='assessed')),
                    ('valid_until_on', models.DateField(blank=True, null=True, verbose_name='valid until')),
                ],
                options={
                    'verbose_name': 'assessment',
                    'verbose_name_plural': 'assessments',
                    'ordering': ('organisation', '-assessed_on', '-pk'),
                },
            ),
            migrations.CreateModel(
                name='AssessmentEvent',
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
                    ('risk', models.CharField(choices=[('low', 'Low'), ('medium', 'Medium'), ('high', 'High')], max_length=6, verbose_name='risk')),
                    ('text_vi', models.TextField(blank=True, verbose_name='grounds, in Vietnamese')),
                    ('text_en', models.TextField(blank=True, verbose_name='grounds, in English')),
                    ('assessed_on', models.DateField(verbose_name='assessed')),
                    ('valid_until_on', models.DateField(blank=True, null=True, verbose_name='valid until')),
                ],
                options={
                    'abstract': False,
                },
            ),
            migrations.CreateModel(
                name='Draft',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('form', models.CharField(max_length=200)),
                    ('window', models.CharField(max_length=40)),
                    ('data', models.JSONField()),
                    ('saved_at', models.DateTimeField(auto_now=True)),
                ],
                options={
                    'verbose_name': 'unsaved text',
                    'verbose_name_plural': 'unsaved texts',
                    'ordering': ('-saved_at', '-pk'),
                },
            ),
            pgtrigger.migrations.RemoveTrigger(
                model_name='organisation',
                name='insert_insert',
            ),
            pgtrigger.migrations.RemoveTrigger(
                model_name='organisation',
                name='update_update',
            ),
            pgtrigger.migrations.RemoveTrigger(
                model_name='person',
                name='insert_insert',
            ),
            pgtrigger.migrations.RemoveTrigger(
                model_name='person',
                name='update_update',
            ),
            migrations.AddField(
                model_name='organisation',
                name='identifier',
                field=models.CharField(blank=True, help_text='of the IATI, or of the register it stands in', max_length=80, verbose_name='identifier'),
            ),
            migrations.AddField(
                model_name='organisation',
                name='merged_into',
                field=models.ForeignKey(blank=True, editable=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='merged', to='partners.organisation', verbose_name='merged into'),
            ),
            migrations.AddField(
                model_name='organisationevent',
                name='identifier',
                field=models.CharField(blank=True, help_text='of the IATI, or of the register it stands in', max_length=80, verbose_name='identifier'),
            ),
            migrations.AddField(
                model_name='organisationevent',
                name='merged_into',
                field=models.ForeignKey(blank=True, db_constraint=False, editable=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='partners.organisation', verbose_name='merged into'),
            ),
            migrations.AddField(
                model_name='person',
                name='aliases',
                field=models.CharField(blank=True, help_text='separated by commas', max_length=1000, verbose_name='other names'),
            ),
            migrations.AddField(
                model_name='person',
                name='merged_into',
                field=models.ForeignKey(blank=True, editable=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='merged', to='partners.person', verbose_name='merged into'),
            ),
            migrations.AddField(
                model_name='personevent',
                name='aliases',
                field=models.CharField(blank=True, help_text='separated by commas', max_length=1000, verbose_name='other names'),
            ),
            migrations.AddField(
                model_name='personevent',
                name='merged_into',
                field=models.ForeignKey(blank=True, db_constraint=False, editable=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='partners.person', verbose_name='merged into'),
            ),
            pgtrigger.migrations.AddTrigger(
                model_name='organisation',
                trigger=pgtrigger.compiler.Trigger(name='insert_insert', sql=pgtrigger.compiler.UpsertTriggerSql(func='INSERT INTO "partners_organisationevent" ("aliases", "archived_at", "archived_because", "code", "country_id", "created_at", "created_by_id", "id", "identifier", "kind", "merged_into_id", "name_en", "name_vi", "parent_id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "short_name", "successor_id", "updated_at", "updated_by_id", "version") VALUES (NEW."aliases", NEW."archived_at", NEW."archived_because", NEW."code", NEW."country_id", NEW."created_at", NEW."created_by_id", NEW."id", NEW."identifier", NEW."kind", NEW."merged_into_id", NEW."name_en", NEW."name_vi", NEW."parent_id", _pgh_attach_context(), NOW(), \'insert\', NEW."id", NEW."short_name", NEW."successor_id", NEW."updated_at", NEW."updated_by_id", NEW."version"); RETURN NULL;', hash='7418b0e081e0ed75c989ee69bed8d777223a997d', operation='INSERT', pgid='pgtrigger_insert_insert_ce7ac', table='partners_organisation', when='AFTER')),
            ),
            pgtrigger.migrations.AddTrigger(
                model_name='organisation',
                trigger=pgtrigger.compiler.Trigger(name='update_update', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (OLD.* IS DISTINCT FROM NEW.*)', func='INSERT INTO "partners_organisationevent" ("aliases", "archived_at", "archived_because", "code", "country_id", "created_at", "created_by_id", "id", "identifier", "kind", "merged_into_id", "name_en", "name_vi", "parent_id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "short_name", "successor_id", "updated_at", "updated_by_id", "version") VALUES (NEW."aliases", NEW."archived_at", NEW."archived_because", NEW."code", NEW."country_id", NEW."created_at", NEW."created_by_id", NEW."id", NEW."identifier", NEW."kind", NEW."merged_into_id", NEW."name_en", NEW."name_vi", NEW."parent_id", _pgh_attach_context(), NOW(), \'update\', NEW."id", NEW."short_name", NEW."successor_id", NEW."updated_at", NEW."updated_by_id", NEW."version"); RETURN NULL;', hash='613ba20a6efe06301438cb3c84eeb0b020d95a99', operation='UPDATE', pgid='pgtrigger_update_update_8fb0e', table='partners_organisation', when='AFTER')),
            ),
            pgtrigger.migrations.AddTrigger(
                model_name='person',
                trigger=pgtrigger.compiler.Trigger(name='insert_insert', sql=pgtrigger.compiler.UpsertTriggerSql(func='INSERT INTO "partners_personevent" ("aliases", "archived_at", "archived_because", "created_at", "created_by_id", "email", "id", "merged_into_id", "name", "organisation_id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "phone", "title_en", "title_vi", "updated_at", "updated_by_id", "version") VALUES (NEW."aliases", NEW."archived_at", NEW."archived_because", NEW."created_at", NEW."created_by_id", NEW."email", NEW."id", NEW."merged_into_id", NEW."name", NEW."organisation_id", _pgh_attach_context(), NOW(), \'insert\', NEW."id", NEW."phone", NEW."title_en", NEW."title_vi", NEW."updated_at", NEW."updated_by_id", NEW."version"); RETURN NULL;', hash='0e3b6450eb3c1914fb15774627394395bef38ab0', operation='INSERT', pgid='pgtrigger_insert_insert_85018', table='partners_person', when='AFTER')),
            ),
            pgtrigger.migrations.AddTrigger(
                model_name='person',
                trigger=pgtrigger.compiler.Trigger(name='update_update', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (OLD.* IS DISTINCT FROM NEW.*)', func='INSERT INTO "partners_personevent" ("aliases", "archived_at", "archived_because", "created_at", "created_by_id", "email", "id", "merged_into_id", "name", "organisation_id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "phone", "title_en", "title_vi", "updated_at", "updated_by_id", "version") VALUES (NEW."aliases", NEW."archived_at", NEW."archived_because", NEW."created_at", NEW."created_by_id", NEW."email", NEW."id", NEW."merged_into_id", NEW."name", NEW."organisation_id", _pgh_attach_context(), NOW(), \'update\', NEW."id", NEW."phone", NEW."title_en", NEW."title_vi", NEW."updated_at", NEW."updated_by_id", NEW."version"); RETURN NULL;', hash='9df174e1444e4772c18896770e5190ae547b5dc5', operation='UPDATE', pgid='pgtrigger_update_update_2d6cd', table='partners_person', when='AFTER')),
            ),
            migrations.AddField(
                model_name='absence',
                name='created_by',
                field=models.ForeignKey(blank=True, editable=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='created by'),
            ),
            migrations.AddField(
                model_name='absence',
                name='deputy',
                field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='stand_ins', to=settings.AUTH_USER_MODEL, verbose_name='deputy'),
            ),
            migrations.AddField(
                model_name='absence',
                name='updated_by',
                field=models.ForeignKey(blank=True, editable=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='last changed by'),
            ),
            migrations.AddField(
                model_name='absence',
                name='user',
                field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='absences', to=settings.AUTH_USER_MODEL, verbose_name='who is away'),
            ),
            migrations.AddField(
                model_name='absenceevent',
                name='created_by',
                field=models.ForeignKey(blank=True, db_constraint=False, editable=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to=settings.AUTH_USER_MODEL, verbose_name='created by'),
            ),
            migrations.AddField(
                model_name='absenceevent',
                name='deputy',
                field=models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to=settings.AUTH_USER_MODEL, verbose_name='deputy'),
            ),
            migrations.AddField(
                model_name='absenceevent',
                name='pgh_context',
                field=models.ForeignKey(db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='pghistory.context'),
            ),
            migrations.AddField(
                model_name='absenceevent',
                name='pgh_obj',
                field=models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='events', to='partners.absence'),
            ),
            migrations.AddField(
                model_name='absenceevent',
                name='updated_by',
                field=models.ForeignKey(blank=True, db_constraint=False, editable=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to=settings.AUTH_USER_MODEL, verbose_name='last changed by'),
            ),
            migrations.AddField(
                model_name='absenceevent',
                name='user',
                field=models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to=settings.AUTH_USER_MODEL, verbose_name='who is away'),
            ),
            migrations.AddField(
                model_name='assessment',
                name='created_by',
                field=models.ForeignKey(blank=True, editable=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='created by'),
            ),
            migrations.AddField(
                model_name='assessment',
                name='organisation',
                field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='assessments', to='partners.organisation', verbose_name='organisation'),
            ),
            migrations.AddField(
                model_name='assessment',
                name='updated_by',
                field=models.ForeignKey(blank=True, editable=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='last changed by'),
            ),
            migrations.AddField(
                model_name='assessmentevent',
                name='created_by',
                field=models.ForeignKey(blank=True, db_constraint=False, editable=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to=settings.AUTH_USER_MODEL, verbose_name='created by'),
            ),
            migrations.AddField(
                model_name='assessmentevent',
                name='organisation',
                field=models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='partners.organisation', verbose_name='organisation'),
            ),
            migrations.AddField(
                model_name='assessmentevent',
                name='pgh_context',
                field=models.ForeignKey(db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='pghistory.context'),
            ),
            migrations.AddField(
                model_name='assessmentevent',
                name='pgh_obj',
                field=models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='events', to='partners.assessment'),
            ),
            migrations.AddField(
                model_name='assessmentevent',
                name='updated_by',
                field=models.ForeignKey(blank=True, db_constraint=False, editable=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to=settings.AUTH_USER_MODEL, verbose_name='last changed by'),
            ),
            migrations.AddField(
                model_name='draft',
                name='user',
                field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='drafts', to=settings.AUTH_USER_MODEL),
            ),
            migrations.AddIndex(
                model_name='absence',
                index=models.Index(fields=['deputy', 'to_on'], name='absence_deputy'),
            ),
            migrations.AddConstraint(
                model_name='absence',
                constraint=models.CheckConstraint(condition=models.Q(('to_on__gte', models.F('from_on'))), name='absence_dates', violation_error_message='The end lies before the start.'),
            ),
            migrations.AddConstraint(
                model_name='absence',
                constraint=models.CheckConstraint(condition=models.Q(('user', models.F('deputy')), _negated=True), name='absence_needs_another', violation_error_message='Nobody stands in for themselves.'),
            ),
            pgtrigger.migrations.AddTrigger(
                model_name='absence',
                trigger=pgtrigger.compiler.Trigger(name='insert_insert', sql=pgtrigger.compiler.UpsertTriggerSql(func='INSERT INTO "partners_absenceevent" ("archived_at", "archived_because", "created_at", "created_by_id", "deputy_id", "from_on", "id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "to_on", "updated_at", "updated_by_id", "user_id", "version") VALUES (NEW."archived_at", NEW."archived_because", NEW."created_at", NEW."created_by_id", NEW."deputy_id", NEW."from_on", NEW."id", _pgh_attach_context(), NOW(), \'insert\', NEW."id", NEW."to_on", NEW."updated_at", NEW."updated_by_id", NEW."user_id", NEW."version"); RETURN NULL;', hash='fbddc6760f517096358af4b9d911f123d5195fab', operation='INSERT', pgid='pgtrigger_insert_insert_28c34', table='partners_absence', when='AFTER')),
            ),
            pgtrigger.migrations.AddTrigger(
                model_name='absence',
                trigger=pgtrigger.compiler.Trigger(name='update_update', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (OLD.* IS DISTINCT FROM NEW.*)', func='INSERT INTO "partners_absenceevent" ("archived_at", "archived_because", "created_at", "created_by_id", "deputy_id", "from_on", "id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "to_on", "updated_at", "updated_by_id", "user_id", "version") VALUES (NEW."archived_at", NEW."archived_because", NEW."created_at", NEW."created_by_id", NEW."deputy_id", NEW."from_on", NEW."id", _pgh_attach_context(), NOW(), \'update\', NEW."id", NEW."to_on", NEW."updated_at", NEW."updated_by_id", NEW."user_id", NEW."version"); RETURN NULL;', hash='bf68ab882b01fe57966450de0b57767f101ae8b8', operation='UPDATE', pgid='pgtrigger_update_update_35fe0', table='partners_absence', when='AFTER')),
            ),
            pgtrigger.migrations.AddTrigger(
                model_name='absenceevent',
                trigger=pgtrigger.compiler.Trigger(name='append_only', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;", hash='abd6d581cb780da9834549c3dd39c082afa38701', operation='UPDATE OR DELETE', pgid='pgtrigger_append_only_a9725', table='partners_absenceevent', when='BEFORE')),
            ),
            pgtrigger.migrations.AddTrigger(
                model_name='assessment',
                trigger=pgtrigger.compiler.Trigger(name='insert_insert', sql=pgtrigger.compiler.UpsertTriggerSql(func='INSERT INTO "partners_assessmentevent" ("archived_at", "archived_because", "assessed_on", "created_at", "created_by_id", "id", "organisation_id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "risk", "text_en", "text_vi", "updated_at", "updated_by_id", "valid_until_on", "version") VALUES (NEW."archived_at", NEW."archived_because", NEW."assessed_on", NEW."created_at", NEW."created_by_id", NEW."id", NEW."organisation_id", _pgh_attach_context(), NOW(), \'insert\', NEW."id", NEW."risk", NEW."text_en", NEW."text_vi", NEW."updated_at", NEW."updated_by_id", NEW."valid_until_on", NEW."version"); RETURN NULL;', hash='61809a23a2e8793cc21149084ef4dbe3e3f69765', operation='INSERT', pgid='pgtrigger_insert_insert_19d12', table='partners_assessment', when='AFTER')),
            ),
            pgtrigger.migrations.AddTrigger(
                model_name='assessment',
                trigger=pgtrigger.compiler.Trigger(name='update_update', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (OLD.* IS DISTINCT FROM NEW.*)', func='INSERT INTO "partners_assessmentevent" ("archived_at", "archived_because", "assessed_on", "created_at", "created_by_id", "id", "organisation_id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "risk", "text_en", "text_vi", "updated_at", "updated_by_id", "valid_until_on", "version") VALUES (NEW."archived_at", NEW."archived_because", NEW."assessed_on", NEW."created_at", NEW."created_by_id", NEW."id", NEW."organisation_id", _pgh_attach_context(), NOW(), \'update\', NEW."id", NEW."risk", NEW."text_en", NEW."text_vi", NEW."updated_at", NEW."updated_by_id", NEW."valid_until_on", NEW."version"); RETURN NULL;', hash='c7ce8f52d86357164caed3c47e5c86813613f410', operation='UPDATE', pgid='pgtrigger_update_update_c4aaa', table='partners_assessment', when='AFTER')),
            ),
            pgtrigger.migrations.AddTrigger(
                model_name='assessmentevent',
                trigger=pgtrigger.compiler.Trigger(name='append_only', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;", hash='1088072eb11378a5188d9cfe69ad28ae663f0313', operation='UPDATE OR DELETE', pgid='pgtrigger_append_only_4e735', table='partners_assessmentevent', when='BEFORE')),
            ),
            migrations.AddConstraint(
                model_name='draft',
                constraint=models.UniqueConstraint(models.F('user'), models.F('form'), models.F('window'), name='draft_once'),
            ),
        ]),
    ]
