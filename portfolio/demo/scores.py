"""The demonstration's answers to the criteria, each by its project's sponsor, and a correction."""

from portfolio import scoring
from portfolio.demo.data import read
from portfolio.demo.people import People
from portfolio.models import Criterion, Project


def build(projects: dict[str, Project], everybody: People) -> None:
    """Let the sponsors answer, and the manager correct."""
    keys = dict(Criterion.objects.values_list("code", "pk"))
    for name, answers in read("scores")["answers"].items():
        project = projects[name]
        values = {keys[code]: value for code, value in answers.items()}
        if project.sponsor is not None:
            scoring.answer(project, values=values, by=project.sponsor)
    for item in read("scores")["correction"]:
        scoring.correct(
            projects[item["project"]],
            criterion=keys[item["criterion"]],
            value=item["value"],
            reason=item["reason"],
            by=everybody.persons[item["by"]],
        )
