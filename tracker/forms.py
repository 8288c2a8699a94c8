"""How form fields are drawn, everywhere."""

from django.forms.renderers import TemplatesSetting


class Renderer(TemplatesSetting):
    field_template_name = "forms/field.html"
