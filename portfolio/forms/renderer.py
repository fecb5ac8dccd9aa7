"""How every form is drawn: one template for a form, one for a field."""

from django.forms.renderers import TemplatesSetting


class GroundworkRenderer(TemplatesSetting):
    """Labels, hints and errors look and read the same on every page."""

    form_template_name = "forms/form.html"
    field_template_name = "forms/field.html"
    formset_template_name = "forms/formset.html"
