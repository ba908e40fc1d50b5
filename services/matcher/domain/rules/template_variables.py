"""The variables of templates: fields of reports, names of the group, and what an alert defines."""

from services.document_faults import InvalidField, suggest_name
from services.matcher.domain.detection.fields import KINDS, MAPS
from services.matcher.domain.windows.template import ALERT_VARIABLES, read_fields
from services.matcher.domain.windows.window_rule import WindowRule

_FIELDS = frozenset((*KINDS, *MAPS))


def refuse_variables(rule: WindowRule) -> None:
    """Check that a template reads nothing that no report and no alert has.

    Raises:
        InvalidField: at the first such variable.
    """
    known = _FIELDS | set(rule.group_by)
    for part, template in (("summary", rule.summary), ("action", rule.action)):
        for name in sorted(read_fields(template) - known):
            hint = suggest_name(name, (*known, *ALERT_VARIABLES))
            raise InvalidField(
                ("alert", part),
                f"no report and no alert has {name!r}",
                hint or "attributes.… holds your own",
            )
